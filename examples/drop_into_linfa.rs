//! A sparse learner of this crate in a linfa program: linfa's own cross-validation chooses the cost
//! of the support vector machine on the mail that comes with the program, and the model is then
//! fitted on sparse rows, which linfa has no type for. Run it with `cargo run --release --example
//! drop_into_linfa`.

use linfa::dataset::DatasetBase;
use linfa::traits::{Fit, Predict};
use ndarray::{Array1, Array2, ArrayView1};
use spamlab::base::mail::Label;
use spamlab::base::math::shuffle;
use spamlab::base::streams::{Stream, random_stream};
use spamlab::dataset::features::{Encoder, VocabularySettings};
use spamlab::dataset::{CorpusBuilder, CorpusOptions, Representation};
use spamlab::discriminative::SparseLinear;
use spamlab::input;
use spamlab::tokenize::{Recipe, TokenKinds};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let source = input::builtin(&input::Options::default())?;
    let mut builder = CorpusBuilder::new(&Recipe::default(), CorpusOptions::default());
    builder.read_all(source)?;
    let corpus = builder.finish();
    // linfa makes folds of rows as they stand.
    let mut rows = corpus.labelled_rows();
    shuffle(&mut rows, &mut random_stream(1, Stream::Test(0)));
    let settings = VocabularySettings {
        min_df: 1,
        max_features: Some(500),
        ..VocabularySettings::default()
    };
    let encoder = Encoder::learn(&corpus, &rows, &settings, TokenKinds::ALL);
    let encoded = encoder.encode(&corpus, &rows, Representation::TfIdf);
    let sparse = encoded.matrix().clone();
    let spam: Array1<bool> = rows
        .iter()
        .map(|&row| corpus.label(row).is_some_and(Label::is_spam))
        .collect();

    let mut dense = Array2::zeros((sparse.len(), sparse.columns()));
    for (row, (columns, values)) in sparse.iter().enumerate() {
        for (&column, &value) in columns.iter().zip(values) {
            dense[[row, column as usize]] = f64::from(value);
        }
    }
    let costs = [0.01, 0.1, 1.0, 10.0, 100.0];
    let learners = costs.map(SparseLinear::squared_hinge);
    let right = |predicted: &Array1<bool>, truth: &ArrayView1<'_, bool>| {
        Ok(share_right(predicted.view(), *truth))
    };
    let found = DatasetBase::new(dense, spam.clone()).cross_validate_single(5, &learners, right)?;
    for (cost, accuracy) in costs.iter().zip(&found) {
        println!("C = {cost}: {accuracy:.4} right");
    }
    let best = (0..costs.len()).fold(
        0,
        |best, at| if found[at] > found[best] { at } else { best },
    );

    let dataset = DatasetBase::new(sparse, spam);
    let model = learners[best].fit(&dataset)?;
    let predicted: Array1<bool> = model.predict(&dataset);
    let share = share_right(predicted.view(), dataset.targets().view());
    println!(
        "C = {} on the sparse rows it was fitted on: {share:.4} right",
        costs[best]
    );
    Ok(())
}

fn share_right(predicted: ArrayView1<'_, bool>, truth: ArrayView1<'_, bool>) -> f64 {
    predicted
        .iter()
        .zip(truth)
        .filter(|(one, other)| one == other)
        .count() as f64
        / truth.len().max(1) as f64
}
