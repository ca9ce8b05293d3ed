//! The protocol.
//!
//! The messages stay in the order of the file, in batches of 100: batch i + 1 is tested on models
//! trained on batches 1 to i. Attributes are chosen anew at each step by the information gain of
//! their presence, among tokens of at least 5 training messages (of one for term frequencies).
//! Nothing is tuned or calibrated: a message is spam if p(spam | mail) > 1/2. Recalls are of all
//! tested messages of a class together.

use crate::base::mail::Label;
use crate::base::progress::Progress;
use crate::dataset::features::{Encoder, VocabularySettings};
use crate::dataset::{Corpus, TrainingSet};
use crate::model::{ModelEntry, NoObserver, SettingError};
use crate::results::Decision;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Messages of a batch.
const BATCH: usize = 100;
/// Numbers of attributes that are chosen.
const ATTRIBUTES: [usize; 3] = [500, 1000, 3000];

/// What one event model came to on one set of mail.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recalls {
    /// The set of mail.
    pub set: String,
    /// The event model, as the paper calls it.
    pub event: String,
    /// How many attributes.
    pub attributes: usize,
    /// Share of the spam that was called spam, in percent.
    pub spam_recall_pct: f64,
    /// Share of the ham that was called ham, in percent.
    pub ham_recall_pct: f64,
}

/// One event model of the paper.
struct Event {
    title: &'static str,
    model: &'static str,
    settings: Value,
    /// Training messages that must hold an attribute.
    min_df: u32,
}

/// The five event models, in the order of the paper's table.
fn events() -> [Event; 5] {
    let event = |title, model, settings, min_df| Event {
        title,
        model,
        settings,
        min_df,
    };
    [
        event("flexible Bayes", "flexible", json!({ "mode": "weka" }), 5),
        event(
            "multivariate Gauss",
            "gaussian",
            json!({ "mode": "weka" }),
            5,
        ),
        event(
            "multinomial, term frequency",
            "multinomial",
            json!({ "representation": "counts", "alpha": 1.0 }),
            1,
        ),
        event(
            "multivariate Bernoulli",
            "bernoulli",
            json!({ "alpha": 1.0 }),
            5,
        ),
        event(
            "multinomial, Boolean",
            "multinomial",
            json!({ "representation": "binary", "alpha": 1.0 }),
            5,
        ),
    ]
}

/// Repeats the experiment on one set, whose messages must be in the order of the file and split at
/// spaces.
pub fn replicate(
    set: &str,
    corpus: &Corpus,
    progress: &dyn Progress,
) -> Result<Vec<Recalls>, SettingError> {
    let rows = corpus.labelled_rows();
    let steps: Vec<usize> = (BATCH..rows.len()).step_by(BATCH).collect();
    let events = events();
    progress.begin(set, (steps.len() * ATTRIBUTES.len() * events.len()) as u64);
    let cells: Vec<(usize, &Event)> = ATTRIBUTES
        .iter()
        .flat_map(|&most| events.iter().map(move |event| (most, event)))
        .collect();
    let cell = |&(attributes, event): &(usize, &Event)| {
        let Some(entry) = crate::catalog().model(event.model) else {
            return Ok(None);
        };
        let settings = entry.settings(&event.settings)?;
        let step = |&trained: &usize| {
            let tested = &rows[trained..rows.len().min(trained + BATCH)];
            let right = step(
                entry,
                &settings,
                corpus,
                [&rows[..trained], tested],
                event.min_df,
                attributes,
            );
            progress.advance(1);
            right
        };
        let right = steps
            .par_iter()
            .map(step)
            .collect::<Result<Vec<[usize; 2]>, SettingError>>()?;
        let tested = Label::BOTH.map(|label| {
            rows.iter()
                .skip(BATCH)
                .filter(|&&row| corpus.label(row) == Some(label))
                .count()
        });
        let recall = |label: Label| {
            let right: usize = right.iter().map(|right| right[label.index()]).sum();
            100.0 * right as f64 / tested[label.index()] as f64
        };
        Ok(Some(Recalls {
            set: set.to_owned(),
            event: event.title.to_owned(),
            attributes,
            spam_recall_pct: recall(Label::Spam),
            ham_recall_pct: recall(Label::Ham),
        }))
    };
    let recalls = cells
        .iter()
        .map(cell)
        .collect::<Result<Vec<Option<Recalls>>, SettingError>>()?;
    Ok(recalls.into_iter().flatten().collect())
}

/// How many messages of each class one step gets right.
fn step(
    entry: &dyn ModelEntry,
    settings: &Value,
    corpus: &Corpus,
    [train, test]: [&[usize]; 2],
    min_df: u32,
    attributes: usize,
) -> Result<[usize; 2], SettingError> {
    let view = entry.view(settings)?;
    let vocabulary = VocabularySettings {
        min_df,
        max_features: Some(attributes),
    };
    let encoder = Encoder::learn(corpus, train, &vocabulary, view.kinds);
    let training = encoder.encode(corpus, train, view.representation);
    // While only one class was seen there is nothing to decide: it is the answer.
    let only = corpus.label(train[0]).unwrap_or(Label::Ham);
    let data = TrainingSet::new(&training, 0);
    let fitted = entry
        .fit_path(std::slice::from_ref(settings), &data, &mut NoObserver)
        .ok();
    let fitted = fitted.as_ref().and_then(|fitted| fitted.first());
    let rows = encoder.encode(corpus, test, view.representation);
    let mut right = [0; 2];
    for (mail, &row) in rows.examples().zip(test) {
        let answer = fitted.map_or(only, |fitted| {
            Decision::label_of_raw_score(fitted.classifier().score(mail))
        });
        right[answer.index()] += usize::from(corpus.label(row) == Some(answer));
    }
    Ok(right)
}
