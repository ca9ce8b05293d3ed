//! The contract every model of both families keeps, over the whole table: a new model gets these
//! tests for its one row.

mod damaged;
mod fitting;
mod inside;
mod interrupted;
mod likelihood;
mod narrowed;
mod scoring;

use serde_json::{Value, json};
use spamlab::base::mail::{Content, Email, Label};
use spamlab::base::math::{below, uniform};
use spamlab::base::streams::{Stream, random_stream};
use spamlab::dataset::features::{Encoder, VocabularySettings};
use spamlab::dataset::{Corpus, CorpusBuilder, CorpusOptions, Representation, Rows, TrainingSet};
use spamlab::model::{Fitted, ModelEntry, NoObserver};
use spamlab::tokenize::{Recipe, TokenKinds};
use spamlab::train::TrainOptions;

const ALL: VocabularySettings = VocabularySettings {
    min_df: 1,
    max_features: None,
    half: None,
};

/// Mail of 24 words each from 40: spam prefers the first twenty by `contrast`, ham the last twenty.
fn emails(count: usize, contrast: f64, seed: u64) -> Vec<Email> {
    let mut rng = random_stream(seed, Stream::Test(1));
    (0..count)
        .map(|at| {
            let label = Label::from_is_spam(at % 3 == 0);
            let word = |rng: &mut dyn rand::Rng| {
                let own = uniform(rng) < f64::midpoint(1.0, contrast);
                let first_half = own == label.is_spam();
                let number = below(rng, 20) + if first_half { 0 } else { 20 };
                // Letters only: digits might be read as a class of their own.
                format!(
                    "w{}{}q",
                    char::from(b'a' + (number / 20) as u8),
                    char::from(b'a' + (number % 20) as u8)
                )
            };
            let body = (0..24)
                .map(|_| word(&mut rng))
                .collect::<Vec<_>>()
                .join(" ");
            Email {
                id: at.to_string(),
                label: Some(label),
                ..with_body(&body)
            }
        })
        .collect()
}

/// Ham with nothing but a body.
fn with_body(body: &str) -> Email {
    Email::new("", Some(Label::Ham), Content::text("", body))
}

/// Mail read with all that any model may ask for.
pub fn corpus(emails: Vec<Email>) -> Corpus {
    let mut builder = CorpusBuilder::new(
        &Recipe::default(),
        CorpusOptions {
            text: true,
            sequence: true,
            near_duplicates: true,
        },
    );
    builder.add(emails);
    builder.finish()
}

/// Sizes of the nets that are trained here: an unoptimised program takes minutes for larger ones.
pub fn small(model: &str) -> Value {
    match model {
        "vae" => json!({ "hidden_units": 16, "latent_dimensions": 4, "max_iter": 30 }),
        "recurrent" => json!({
            "units": 16, "embedding": 8, "window": 16, "vocabulary": 300, "max_bytes": 400,
            "max_iter": 4, "batch_size": 4, "learning_rate": 0.03,
        }),
        "transformer" | "transformer-classifier" | "diffusion" => json!({
            "layers": 1, "heads": 2, "head_size": 4, "window": 24, "vocabulary": 300,
            "max_bytes": 400, "max_iter": 4, "batch_size": 4, "learning_rate": 0.03,
        }),
        _ => json!({}),
    }
}

/// The settings of a model with nothing asked for, but for the size of a net.
fn defaults(entry: &dyn ModelEntry) -> Value {
    entry.settings(&small(entry.name())).unwrap()
}

/// What the model reads of a message unless told otherwise.
fn representation(entry: &dyn ModelEntry) -> Representation {
    entry.view(&defaults(entry)).unwrap().representation
}

/// An encoder that knows every token of the rows.
fn encoder(corpus: &Corpus, rows: &[usize]) -> Encoder {
    Encoder::learn(corpus, rows, &ALL, TokenKinds::ALL)
}

/// A model fitted with the first of all `settings` that are asked for.
pub fn fit_rows(entry: &dyn ModelEntry, settings: &Value, rows: &Rows<'_>) -> Box<dyn Fitted> {
    let grid = entry.grid(settings).unwrap();
    let data = TrainingSet::new(rows, 1);
    let fitted = entry.fit_path(&grid[..1], &data, &mut NoObserver);
    fitted.unwrap().remove(0)
}

fn fit(entry: &dyn ModelEntry, corpus: &Corpus, rows: &[usize]) -> (Encoder, Box<dyn Fitted>) {
    let encoder = encoder(corpus, rows);
    let encoded = encoder.encode(corpus, rows, representation(entry));
    let fitted = fit_rows(entry, &defaults(entry), &encoded);
    (encoder, fitted)
}

/// How a training that knows every token is asked for.
fn knowing_all(seed: u64) -> TrainOptions<'static> {
    TrainOptions {
        vocabulary: ALL,
        ..TrainOptions::seeded(seed)
    }
}

/// Whether it reads values of columns, not bytes or tokens in order.
pub fn reads_columns(entry: &dyn ModelEntry) -> bool {
    !matches!(
        representation(entry),
        Representation::Bytes | Representation::TokenSequence
    )
}

fn scores(
    entry: &dyn ModelEntry,
    fitted: &dyn Fitted,
    encoder: &Encoder,
    corpus: &Corpus,
    rows: &[usize],
) -> Vec<f64> {
    let encoded = encoder.encode(corpus, rows, representation(entry));
    let raw = fitted.classifier().raw_batch(&encoded);
    raw.into_iter().map(|raw| raw.score).collect()
}

/// Runs a check on every model; there must be some.
fn every_model(check: impl FnMut(&'static dyn ModelEntry)) {
    let catalog = spamlab::catalog();
    assert!(catalog.models().count() >= 4);
    catalog.models().for_each(check);
}
