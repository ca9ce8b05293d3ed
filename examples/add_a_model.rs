//! How to add a model: one file like this in the folder of its family, and one row in that folder's
//! `MODELS`.
//!
//! The model here is the nearest centroid (Rocchio): a message is spam if its tf-idf vector lies
//! nearer to the mean of spam than to that of ham. What it gets for these lines: settings with
//! range errors, saving and loading, tuning, calibration, cross-validation, every metric and every
//! chart. Run it with `cargo run --release --example add_a_model`.

use serde::{Deserialize, Serialize};
use serde_json::json;
use spamlab::dataset::{CorpusBuilder, CorpusOptions, Example, Representation, TrainingSet};
use spamlab::input;
use spamlab::model::{
    Classifier, Evidence, Family, FitError, FitObserver, FittedModel, InvalidModel, Learner, Scale,
    Setting, SettingError, settings,
};
use spamlab::tokenize::Recipe;
use spamlab::train::{ModelSpec, TrainOptions, train};

/// The learner: it has no state of its own.
struct NearestCentroid;

settings! {
    /// What the user may choose: default, range and help of each setting.
    struct CentroidSettings {
        shrink: f64 = Setting::real(
            0.0,
            0.0..=1.0,
            "weights below this share of the largest count as zero",
        ),
    }
}

/// The fitted model: a weight for each column and a threshold, for the score is linear.
#[derive(Serialize, Deserialize)]
struct Centroids {
    weights: Vec<f64>,
    threshold: f64,
}

impl Learner for NearestCentroid {
    const NAME: &'static str = "centroid";
    const FAMILY: Family = Family::Discriminative;
    const SUMMARY: &'static str =
        "nearest centroid: spam if nearer to the mean of spam than to that of ham";
    const DEFAULT: bool = false;
    type Settings = CentroidSettings;
    type Fitted = Centroids;

    fn representation(_: &CentroidSettings) -> Representation {
        Representation::TfIdf
    }

    fn fit(
        &self,
        settings: &CentroidSettings,
        data: &TrainingSet<'_>,
        _: &mut dyn FitObserver,
    ) -> Result<Centroids, FitError> {
        let emails = data.class_counts();
        let mut centroids = [vec![0.0; data.columns()], vec![0.0; data.columns()]];
        for (mail, label) in data.examples().zip(data.labels()) {
            for (column, value) in mail.entries() {
                centroids[label.index()][column] += value / emails[label.index()] as f64;
            }
        }
        let [ham, spam] = &centroids;
        let square = |centroid: &[f64]| centroid.iter().map(|value| value * value).sum::<f64>();
        let threshold = (square(spam) - square(ham)) / 2.0;
        let mut weights: Vec<f64> = spam.iter().zip(ham).map(|(spam, ham)| spam - ham).collect();
        let largest = weights
            .iter()
            .fold(0.0, |largest: f64, weight| largest.max(weight.abs()));
        weights
            .iter_mut()
            .filter(|weight| weight.abs() < settings.shrink * largest)
            .for_each(|weight| *weight = 0.0);
        Ok(Centroids { weights, threshold })
    }
}

impl FittedModel for Centroids {
    fn validate(&self, columns: usize) -> Result<(), InvalidModel> {
        InvalidModel::unless_columns(self.weights.len(), columns)?;
        InvalidModel::unless_finite(self.weights.iter().chain([&self.threshold]))
    }

    fn evidence(&self, mail: Example<'_>) -> Evidence {
        Evidence::linear(mail, -self.threshold, |column| self.weights[column])
    }

    fn weight(&self, column: u32) -> Option<f64> {
        self.weights.get(column as usize).copied()
    }
}

impl Classifier for Centroids {
    fn score(&self, mail: Example<'_>) -> f64 {
        mail.entries()
            .map(|(column, value)| self.weights[column] * value)
            .sum::<f64>()
            - self.threshold
    }

    fn scale(&self) -> Scale {
        Scale::Margin
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let source = input::builtin(&input::Options::default())?;
    let mut builder = CorpusBuilder::new(&Recipe::default(), CorpusOptions::default());
    builder.read_all(source)?;
    let corpus = builder.finish();
    let refused: Result<ModelSpec, SettingError> =
        ModelSpec::new(&NearestCentroid, &json!({ "shrink": 2.0 }), true);
    println!(
        "a setting out of range: {}",
        refused
            .err()
            .map(|error| error.to_string())
            .unwrap_or_default()
    );
    let choice = ModelSpec::new(&NearestCentroid, &json!({ "shrink": 0.01 }), true)?;
    let training = train(
        &[choice],
        &corpus,
        &corpus.labelled_rows(),
        TrainOptions::seeded(1),
        &|| (),
    );
    for model in training.models {
        let model = model?;
        println!(
            "{}: calibrated as {:?}, {} bytes",
            model.entry.name(),
            model.calibration,
            model.fitted.save()?.len()
        );
    }
    Ok(())
}
