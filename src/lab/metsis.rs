//! The experiment of Metsis, Androutsopoulos and Paliouras, "Spam Filtering with Naive Bayes -
//! Which Naive Bayes?" (CEAS 2006), again.
//!
//! The messages stay in the order of the file, in batches of 100: batch i + 1 is tested on what
//! batches 1 to i taught. Attributes are chosen anew at each step by the information gain of their
//! presence, among tokens of at least 5 training messages (of one for term frequencies). Nothing is
//! tuned or calibrated: a message is spam if p(spam | mail) > 1/2. Recalls are of all tested
//! messages of a class together.

use crate::base::mail::Label;
use crate::base::progress::Progress;
use crate::catalog;
use crate::dataset::features::{Encoder, VocabularySettings};
use crate::dataset::{Corpus, TrainingSet};
use crate::model::{ModelEntry, NoObserver, SettingError};
use crate::results::Replica;
use rayon::prelude::*;
use serde_json::{Value, json};

/// Messages of a batch.
const BATCH: usize = 100;
/// How many attributes are chosen.
const ATTRIBUTES: [usize; 3] = [500, 1000, 3000];

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

/// Repeats the experiment on one set, whose messages must be in the order of the file and cut at
/// spaces.
pub fn replicate(
    set: &str,
    corpus: &Corpus,
    progress: &dyn Progress,
) -> Result<Vec<Replica>, SettingError> {
    let rows = corpus.labelled_rows();
    let steps: Vec<usize> = (BATCH..rows.len()).step_by(BATCH).collect();
    let events = events();
    progress.begin(set, (steps.len() * ATTRIBUTES.len() * events.len()) as u64);
    let cells: Vec<(usize, &Event)> = ATTRIBUTES
        .iter()
        .flat_map(|&most| events.iter().map(move |event| (most, event)))
        .collect();
    let cell = |&(attributes, event): &(usize, &Event)| {
        let Some(entry) = catalog::model(event.model) else {
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
        Ok(Some(Replica {
            set: set.to_owned(),
            event: event.title.to_owned(),
            attributes,
            spam_recall_pct: recall(Label::Spam),
            ham_recall_pct: recall(Label::Ham),
        }))
    };
    let replicas = cells
        .iter()
        .map(cell)
        .collect::<Result<Vec<Option<Replica>>, SettingError>>()?;
    Ok(replicas.into_iter().flatten().collect())
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
            Label::from_is_spam(fitted.classifier().score(mail) > 0.0)
        });
        right[answer.index()] += usize::from(corpus.label(row) == Some(answer));
    }
    Ok(right)
}
