//! Metsis, Androutsopoulos and Paliouras, "Spam Filtering with Naive Bayes - Which Naive Bayes?"
//! (CEAS 2006): five event models on Enron1 to Enron6.
//!
//! The messages stay in the order of the file, in batches of 100: batch i + 1 is tested on models
//! trained on batches 1 to i. Attributes are chosen anew at each step by the information gain of
//! their presence, among tokens of at least 5 training messages (of one for term frequencies).
//! Nothing is tuned or calibrated: a message is spam if p(spam | mail) > 1/2. Recalls are of all
//! tested messages of a class together.

use super::cells::KeyedCells;
use super::{Cells, Experiment, classes, mail_facts, refused};
use crate::base::mail::Label;
use crate::base::progress::Progress;
use crate::dataset::features::{Encoder, VocabularySettings};
use crate::dataset::{Corpus, CorpusOptions, TrainingSet};
use crate::lab::data::Reading;
use crate::lab::error::{LabError, SpecError};
use crate::lab::spec::ExperimentSpec;
use crate::model::{Catalog, ModelEntry, NoObserver, SettingError};
use crate::results::Decision;
use crate::results::experiments::{
    METSIS, METSIS_ATTRIBUTES, METSIS_PUBLISHED, METSIS_SETS, MetsisCell, MetsisFound, MetsisSet,
    Recalls,
};
use crate::tokenize::{Recipe, WordSplit};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Messages of a batch.
const BATCH: usize = 100;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MetsisParameters {
    /// Numbers of attributes that are chosen.
    pub attributes: Vec<usize>,
}

impl Default for MetsisParameters {
    fn default() -> MetsisParameters {
        MetsisParameters {
            attributes: vec![500, 1000, METSIS_ATTRIBUTES],
        }
    }
}

impl Experiment for MetsisParameters {
    const NAME: &'static str = METSIS;
    const QUESTION: &'static str =
        "Which naive Bayes is best, as Metsis and others measured it in 2006?";
    const HAS_OWN_MODELS: bool = true;
    type Found = MetsisFound;

    fn quick() -> MetsisParameters {
        MetsisParameters {
            attributes: vec![500],
        }
    }

    /// Repeats the experiment on each input: Enron1 to Enron6 in this order, each with its messages
    /// in the order in which they were published.
    fn run(
        &self,
        spec: &ExperimentSpec,
        catalog: &Catalog,
        cells: &Cells,
        progress: &dyn Progress,
    ) -> Result<MetsisFound, LabError> {
        self.check(spec)?;
        let recipe = Recipe {
            tokenizer: WordSplit::Whitespace,
            ..spec.recipe.clone()
        };
        let mut found = MetsisFound {
            sets: Vec::new(),
            batch: BATCH,
            cells: Vec::new(),
        };
        for (at, data) in spec.data.each().iter().enumerate() {
            let reading = Reading::new(data, &recipe, CorpusOptions::default());
            let mail = reading.read(progress)?.mail;
            let corpus = mail.emails();
            let rows = corpus.labelled_rows();
            let name = data.name();
            cells.note(mail_facts(name.clone(), corpus, &rows));
            let set = Set {
                at,
                is_given: !spec.data.inputs.is_empty(),
                corpus,
                rows: &rows,
            };
            let emails = classes(corpus, &rows);
            found.sets.push(MetsisSet { name, emails });
            let cells = cells.of(spec, corpus);
            let made = set.cells(&self.attributes, catalog, &cells, progress);
            found.cells.extend(made.map_err(SpecError::from)?);
            progress.end();
        }
        Ok(found)
    }
}

impl MetsisParameters {
    fn check(&self, spec: &ExperimentSpec) -> Result<(), SpecError> {
        let why = if spec.data.inputs.len() > METSIS_SETS {
            format!("the experiment has {METSIS_SETS} sets of mail")
        } else if self.attributes.is_empty() || self.attributes.contains(&0) {
            "attributes must be one or more numbers above 0".to_owned()
        } else {
            return Ok(());
        };
        Err(refused::<MetsisParameters>(why))
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

/// A set of mail.
struct Set<'a> {
    /// Its place in the paper.
    at: usize,
    /// Whether it was given, or else is the mail that comes with the program.
    is_given: bool,
    corpus: &'a Corpus,
    rows: &'a [usize],
}

impl Set<'_> {
    /// Every event model with every number of attributes.
    fn cells(
        &self,
        attributes: &[usize],
        catalog: &Catalog,
        kept: &KeyedCells<'_>,
        progress: &dyn Progress,
    ) -> Result<Vec<MetsisCell>, SettingError> {
        let events = events();
        let steps = self.rows.len().saturating_sub(1) / BATCH;
        progress.begin("steps", (steps * attributes.len() * events.len()) as u64);
        let all = attributes
            .iter()
            .flat_map(|&attributes| events.iter().map(move |event| (attributes, event)));
        let cell = |(attributes, event): (usize, &Event)| {
            let entry = catalog.model(event.model)?;
            let name = format!("metsis {} {attributes} {}", self.at, event.title);
            let mut was_kept = true;
            let found = kept.cell(&name, |_| {
                was_kept = false;
                self.recalls(entry, event, attributes, progress)
            });
            if was_kept {
                progress.advance(steps as u64);
            }
            Some(found.map(|found| self.cell(event, attributes, found)))
        };
        all.filter_map(cell).collect()
    }

    fn cell(&self, event: &Event, attributes: usize, found: Result<Recalls, String>) -> MetsisCell {
        let published = METSIS_PUBLISHED.iter();
        let published = published
            .filter(|_| self.is_given && attributes == METSIS_ATTRIBUTES)
            .find(|(title, _)| *title == event.title)
            .map(|(_, sets)| sets[self.at]);
        MetsisCell {
            set: self.at,
            event: event.title.to_owned(),
            attributes,
            measured: found.clone().unwrap_or_default(),
            published: published.map(|[spam, ham]| Recalls {
                spam_pct: Some(spam),
                ham_pct: Some(ham),
            }),
            failed: found.err(),
        }
    }

    /// Of all steps together; or why a step has no model.
    fn recalls(
        &self,
        entry: &dyn ModelEntry,
        event: &Event,
        attributes: usize,
        progress: &dyn Progress,
    ) -> Result<Result<Recalls, String>, SettingError> {
        let settings = entry.settings(&event.settings)?;
        let steps: Vec<usize> = (BATCH..self.rows.len()).step_by(BATCH).collect();
        let step = |&trained: &usize| {
            let tested = &self.rows[trained..self.rows.len().min(trained + BATCH)];
            let sets = [&self.rows[..trained], tested];
            let model = (entry, &settings);
            let right = step(model, self.corpus, sets, (event.min_df, attributes));
            progress.advance(1);
            right
        };
        let steps = steps.par_iter().map(step);
        let steps = steps.collect::<Result<Vec<Result<[usize; 2], String>>, SettingError>>()?;
        let right: Result<Vec<[usize; 2]>, String> = steps.into_iter().collect();
        let tested = classes(self.corpus, self.rows.get(BATCH..).unwrap_or_default());
        Ok(right.map(|right| {
            let recall = |label: Label| {
                let of = label.index();
                let right: usize = right.iter().map(|right| right[of]).sum();
                (tested[of] > 0).then(|| 100.0 * right as f64 / tested[of] as f64)
            };
            Recalls {
                spam_pct: recall(Label::Spam),
                ham_pct: recall(Label::Ham),
            }
        }))
    }
}

/// How many messages of each class one step gets right; or why there is no model.
fn step(
    (entry, settings): (&dyn ModelEntry, &Value),
    corpus: &Corpus,
    [train, test]: [&[usize]; 2],
    (min_df, attributes): (u32, usize),
) -> Result<Result<[usize; 2], String>, SettingError> {
    let view = entry.view(settings)?;
    let vocabulary = VocabularySettings {
        min_df,
        max_features: Some(attributes),
        ..VocabularySettings::default()
    };
    let encoder = Encoder::learn(corpus, train, &vocabulary, view.kinds);
    let training = encoder.encode(corpus, train, view.representation);
    // While only one class was seen there is nothing to decide: it is the answer.
    let only = match classes(corpus, train) {
        [_, 0] => Some(Label::Ham),
        [0, _] => Some(Label::Spam),
        _ => None,
    };
    let data = TrainingSet::new(&training, 0);
    let fitted = match only {
        Some(_) => Vec::new(),
        None => match entry.fit_path(std::slice::from_ref(settings), &data, &mut NoObserver) {
            Ok(fitted) => fitted,
            Err(error) => {
                let emails = train.len();
                return Ok(Err(format!("after {emails} emails: {error}")));
            }
        },
    };
    let rows = encoder.encode(corpus, test, view.representation);
    let mut right = [0; 2];
    for (mail, &row) in rows.examples().zip(test) {
        let told = fitted
            .first()
            .map(|fitted| Decision::label_of_raw_score(fitted.classifier().score(mail)));
        let told = told.or(only);
        right[told.unwrap_or(Label::Ham).index()] += usize::from(corpus.label(row) == told);
    }
    Ok(Ok(right))
}
