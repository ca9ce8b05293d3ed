//! Unlabelled mail: a mixture with one component is multinomial naive Bayes, and with few labels
//! the unlabelled mail helps.

use serde_json::json;
use spamlab::base::mail::{Content, Email, Label};
use spamlab::base::math::below;
use spamlab::base::streams::{Stream, random_stream};
use spamlab::dataset::features::Encoded;
use spamlab::dataset::{Corpus, CorpusBuilder, CorpusOptions};
use spamlab::tokenize::{Recipe, Stem};
use spamlab::train::{ModelSpec, TrainOptions, train};

/// Each class has 120 words of its own and shares forty with the other; a message has twelve of
/// them. The first `labelled` messages have a label.
fn corpus(emails: usize, labelled: usize, tested: usize) -> Corpus {
    let mut rng = random_stream(5, Stream::Test(5));
    let mail = |at: usize| {
        let label = Label::from_is_spam(at % 2 == 1);
        let mut word = || match below(&mut rng, 3) {
            0 => format!("common{}", below(&mut rng, 40)),
            _ => format!("{label}word{}", below(&mut rng, 120)),
        };
        let body: Vec<String> = (0..12).map(|_| word()).collect();
        Email::new(
            at.to_string(),
            (at < labelled || at >= emails - tested).then_some(label),
            Content::text("", body.join(" ")),
        )
    };
    let recipe = Recipe {
        stem: Stem::No,
        ..Recipe::default()
    };
    let mut builder = CorpusBuilder::new(&recipe, CorpusOptions::default());
    builder.add((0..emails).map(mail).collect());
    builder.finish()
}

fn choice(model: &str, settings: &serde_json::Value) -> ModelSpec {
    let entry = spamlab::catalog().model(model).unwrap();
    ModelSpec::new(entry, settings, true).unwrap()
}

/// Scores of the last `tested` messages by a model trained on the first `labelled`.
fn scores(corpus: &Corpus, labelled: usize, tested: usize, choice: ModelSpec) -> Vec<f64> {
    let rows: Vec<usize> = (0..labelled).collect();
    let test: Vec<usize> = (corpus.len() - tested..corpus.len()).collect();
    let training = train(&[choice], corpus, &rows, TrainOptions::seeded(1), &|| ());
    let trained = training.models[0].as_ref().unwrap();
    let encoded = Encoded::new(corpus, &training.encoders, &test);
    trained
        .scores(encoded.rows(trained.view))
        .iter()
        .map(|raw| raw.score)
        .collect()
}

#[test]
fn one_component_without_unlabelled_mail_is_multinomial() {
    let corpus = corpus(60, 40, 20);
    let one = choice(
        "mixture",
        &json!({ "n_components": 1, "alpha": 0.5, "unlabelled_weight": 0.0 }),
    );
    let other = choice("multinomial", &json!({ "alpha": 0.5 }));
    for (a, b) in scores(&corpus, 40, 20, one)
        .iter()
        .zip(scores(&corpus, 40, 20, other))
    {
        assert!((a - b).abs() < 1e-9 * (1.0 + b.abs()), "{a} {b}");
    }
}

#[test]
fn with_few_labels_the_unlabelled_mail_lowers_the_error() {
    let (labelled, tested) = (4, 200);
    let corpus = corpus(1000, labelled, tested);
    let errors = |lambda: f64| {
        let choice = choice(
            "mixture",
            &json!({ "n_components": 1, "alpha": 0.1, "unlabelled_weight": lambda }),
        );
        let scores = scores(&corpus, labelled, tested, choice);
        let first = corpus.len() - tested;
        let wrong = |(at, score): &(usize, &f64)| {
            (**score > 0.0) != corpus.label(first + at).unwrap().is_spam()
        };
        scores.iter().enumerate().filter(wrong).count()
    };
    let (without, with) = (errors(0.0), errors(1.0));
    assert!(
        without > 20 && 4 * with < 3 * without,
        "{without} errors without, {with} with"
    );
}
