//! The protocol.
//!
//! The messages stay in the order of the file, in batches of 100: batch i + 1 is tested on models
//! trained on batches 1 to i. Attributes are chosen anew at each step by the information gain of
//! their presence, among tokens of at least 5 training messages (of one for term frequencies).
//! Nothing is tuned or calibrated: a message is spam if p(spam | mail) > 1/2. Recalls are of all
//! tested messages of a class together.

use super::published::{PUBLISHED, PUBLISHED_ATTRIBUTES, SETS};
use crate::base::mail::Label;
use crate::base::progress::Progress;
use crate::dataset::features::{Encoder, VocabularySettings};
use crate::dataset::{Corpus, CorpusBuilder, CorpusOptions, TrainingSet};
use crate::input::Labels;
use crate::lab::data::read_into;
use crate::lab::error::{LabError, SpecError};
use crate::lab::spec::{DataSpec, ExperimentSpec};
use crate::model::{Catalog, ModelEntry, NoObserver, SettingError};
use crate::results::Decision;
use crate::tokenize::{Recipe, WordSplit};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::path::PathBuf;

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

impl Recalls {
    /// Spam and ham recall in percent as published of this event model on set number `set`, counted
    /// from 0; None of other numbers of attributes.
    pub fn published(&self, set: usize) -> Option<[f64; 2]> {
        let (_, published) = PUBLISHED.iter().find(|(event, _)| *event == self.event)?;
        let found = published.get(set).copied();
        found.filter(|_| self.attributes == PUBLISHED_ATTRIBUTES)
    }
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

/// Repeats the experiment on each input of the data of `spec`: Enron1 to Enron6 in this order, each
/// with its messages in the order in which they were published.
pub fn replicate(
    spec: &ExperimentSpec,
    catalog: &Catalog,
    progress: &dyn Progress,
) -> Result<Vec<Vec<Recalls>>, LabError> {
    if spec.data.inputs.len() > SETS {
        return Err(SpecError::Refused {
            what: "data".to_owned(),
            why: format!("the experiment has {SETS} sets of mail"),
        }
        .into());
    }
    let recipe = Recipe {
        tokenizer: WordSplit::Whitespace,
        ..Recipe::default()
    };
    let set = |path: &PathBuf| {
        let data = DataSpec {
            inputs: vec![path.clone()],
            ..spec.data.clone()
        };
        let mut builder = CorpusBuilder::new(&recipe, CorpusOptions::default());
        read_into(&mut builder, &data, Labels::BothClasses, progress)?;
        let recalls = recalls(&data.name(), &builder.finish(), catalog, progress);
        progress.end();
        Ok(recalls.map_err(SpecError::from)?)
    };
    spec.data.inputs.iter().map(set).collect()
}

/// All recalls on one set.
fn recalls(
    set: &str,
    corpus: &Corpus,
    catalog: &Catalog,
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
        let Some(entry) = catalog.model(event.model) else {
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
        ..VocabularySettings::default()
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
