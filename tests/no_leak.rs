//! What is learned is learned from the training rows alone: whatever stands in the other rows, and whatever their labels,
//! not a bit of vocabulary, settings, calibration or model changes.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use serde_json::json;
use spamlab::catalog;
use spamlab::dataset::{Corpus, CorpusBuilder, Keep};
use spamlab::mail::{Content, Label, Mail};
use spamlab::tokenize::Recipe;
use spamlab::train::{Choice, Terms, train};

const TRAINING: usize = 90;

/// Ninety mails to train on, then thirty that `other` writes and labels.
fn corpus(other: impl Fn(usize) -> (Label, String)) -> Corpus {
    let own = |at: usize| {
        let (label, words) = if at.is_multiple_of(3) {
            (Label::Spam, ["prize", "claim", "cash", "winner", "meeting"])
        } else {
            (Label::Ham, ["meeting", "notes", "lunch", "project", "cash"])
        };
        (label, format!("{} {} {}", words[at % 5], words[at / 5 % 5], words[at / 7 % 5]))
    };
    let mail = |at: usize| {
        let (label, body) = if at < TRAINING { own(at) } else { other(at) };
        let content = Content::Fields { from: String::new(), subject: String::new(), body };
        Mail { id: at.to_string(), line: 1, label: Some(label), kind: None, content }
    };
    let mut builder = CorpusBuilder::new(&Recipe::default(), Keep::default());
    builder.add((0..TRAINING + 30).map(mail).collect());
    builder.finish()
}

/// Everything that training leaves behind, as bytes.
fn learned(corpus: &Corpus) -> Vec<Vec<u8>> {
    let choices: Vec<Choice> = catalog::models().map(|entry| Choice::new(entry, &json!({}), true).unwrap()).collect();
    let rows: Vec<usize> = (0..TRAINING).collect();
    let training = train(&choices, corpus, &rows, Terms::seeded(3), &|| ());
    let vocabulary = training.encoders.whole().vocabulary(corpus.lexicon()).save().unwrap();
    let model = |model: Result<spamlab::train::Trained, _>| {
        let model = model.unwrap_or_else(|error: spamlab::train::TrainError| panic!("{error}"));
        let about = json!([model.settings, model.calibration, model.facts]).to_string();
        [model.fitted.save().unwrap(), about.into_bytes()].concat()
    };
    [vocabulary].into_iter().chain(training.models.into_iter().map(model)).collect()
}

#[test]
fn rows_that_do_not_train_change_nothing_that_is_learned() {
    let plain = learned(&corpus(|at| (Label::Ham, format!("notes number {at}"))));
    let other =
        learned(&corpus(|at| (Label::Spam, format!("meeting prize prize unheard{} of words{}", at % 3, at % 4))));
    assert!(plain.len() > 4);
    for (part, (plain, other)) in plain.iter().zip(&other).enumerate() {
        assert!(plain == other, "part {part} (the vocabulary, then the models in order) saw rows that do not train");
    }
}
