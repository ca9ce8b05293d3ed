//! Experiments that answer one question by a protocol of their own, over many fits: each is a row
//! in the table of analyses.

mod adversary;
pub mod attack;
mod cells;
mod contributions;
pub mod crossover;
pub mod duplicates;
pub mod fewshot;
mod fixed_test;
pub mod game;
pub mod metsis;
pub mod noise;
pub mod stream;
pub mod transfer;

pub use cells::Cells;

use super::analysis::{Analysis, LooksAt, erased, parameters};
use crate::base::mail::Label;
use crate::base::math::logit;
use crate::base::progress::Progress;
use crate::dataset::features::Encoded;
use crate::dataset::{Corpus, CorpusOptions, Representation};
use crate::lab::data::facts;
use crate::lab::error::{LabError, SpecError};
use crate::lab::forecast::{self, Ahead};
use crate::lab::spec::ExperimentSpec;
use crate::model::{Catalog, ModelEntry};
use crate::results::estimated_share;
use crate::results::experiments::{Answered, MailFacts, NamedModel};
use crate::train::{ModelSpec, TrainOptions, Trained};
use rustc_hash::FxHashSet;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// An experiment, by its parameters; their defaults are its protocol in full.
pub trait Experiment: Default + Serialize + DeserializeOwned {
    /// Its name in a specification, on the command line and of its folder.
    const NAME: &'static str;
    /// The question that it answers, in one sentence.
    const QUESTION: &'static str;
    /// Whether its models are its own, so that those of a specification are not used.
    const HAS_OWN_MODELS: bool = false;
    /// What it finds.
    type Found: Serialize;

    /// A smaller protocol: under a minute on the mail that comes with the program.
    fn quick() -> Self;

    /// The parameters that a specification gives it, or else the defaults.
    ///
    /// # Errors
    /// Parameters that it does not have.
    fn of_spec(spec: &ExperimentSpec) -> Result<Self, SpecError> {
        let given = spec.analyses.get(Self::NAME);
        given.map_or_else(
            || Ok(Self::default()),
            |given| parameters(Self::NAME, given),
        )
    }

    /// Runs it, and goes on from the cells that are kept.
    ///
    /// # Errors
    /// Parameters that cannot be, and mail that cannot be read or is too little. A model that
    /// cannot be fitted is a result that says so.
    fn run(
        &self,
        spec: &ExperimentSpec,
        catalog: &Catalog,
        cells: &Cells,
        progress: &dyn Progress,
    ) -> Result<Self::Found, LabError>;

    /// The same with what misleads readers of it.
    ///
    /// # Errors
    /// Those of [`Experiment::run`].
    fn answer(
        &self,
        spec: &ExperimentSpec,
        catalog: &Catalog,
        cells: &Cells,
        progress: &dyn Progress,
    ) -> Result<Answered<Self::Found>, LabError> {
        let is_asked = |named: &[String]| !named.is_empty();
        let names_models =
            is_asked(&spec.models) || is_asked(&spec.also) || !spec.settings.is_empty();
        if Self::HAS_OWN_MODELS && names_models {
            let name = Self::NAME;
            progress.note(&format!(
                "{name} has models of its own; those of the specification are not used"
            ));
        }
        Ok(Answered {
            found: self.run(spec, catalog, cells, progress)?,
            caveats: cells.caveats(),
        })
    }
}

/// The row of the table for an experiment.
pub(super) const fn row<E: Experiment>() -> Analysis {
    Analysis {
        name: E::NAME,
        question: E::QUESTION,
        looks_at: LooksAt::Mail(by_name::<E>),
        section: None,
        charts: &[],
    }
}

fn by_name<E: Experiment>(
    spec: &ExperimentSpec,
    catalog: &Catalog,
    given: &Value,
    progress: &dyn Progress,
) -> Result<Value, LabError> {
    let asked: E = parameters(E::NAME, given)?;
    erased(asked.answer(spec, catalog, &Cells::nowhere(), progress))
}

/// The labelled messages without near-duplicates: of each group the first one. How many were left
/// out is told beside them.
fn distinct(corpus: &Corpus) -> (Vec<usize>, usize) {
    let mut seen = FxHashSet::default();
    let mut rows = corpus.labelled_rows();
    let all = rows.len();
    rows.retain(|&row| seen.insert(corpus.group(row)));
    let left_out = all - rows.len();
    (rows, left_out)
}

/// Calibrated log-odds of test messages.
fn log_odds(trained: &Trained, test: &Encoded<'_>) -> Vec<f64> {
    let raw = trained.scores(test.rows(trained.view)).into_iter();
    raw.map(|raw| trained.calibration.log_odds(raw)).collect()
}

/// Log-odds with the share of spam that expectation maximisation finds in them, in place of that of
/// the training set.
fn prior_corrected(log_odds: &[f64], share: f64) -> Vec<f64> {
    let shift = logit(estimated_share(log_odds, share)) - logit(share);
    log_odds.iter().map(|odds| odds + shift).collect()
}

/// The labels of these rows, which all have one.
fn labels(corpus: &Corpus, rows: &[usize]) -> Vec<Label> {
    rows.iter().filter_map(|&row| corpus.label(row)).collect()
}

/// Ham and spam among these rows.
fn classes(corpus: &Corpus, rows: &[usize]) -> [usize; 2] {
    let mut classes = [0, 0];
    for label in labels(corpus, rows) {
        classes[label.index()] += 1;
    }
    classes
}

/// What is known of the mail of these rows, which have labels.
fn mail_facts(name: String, corpus: &Corpus, rows: &[usize]) -> MailFacts {
    MailFacts {
        name,
        emails: classes(corpus, rows),
        dates: facts::dates(corpus, rows),
        leaky_tokens: facts::leaky_tokens(corpus, rows),
        halves: None,
    }
}

/// Refuses parameters of an experiment.
fn refused<E: Experiment>(why: String) -> SpecError {
    SpecError::Refused {
        what: E::NAME.to_owned(),
        why,
    }
}

/// The models that a specification names, in the order of the catalog, or else the `usual` ones.
fn models(
    spec: &ExperimentSpec,
    catalog: &Catalog,
    usual: impl Fn(&dyn ModelEntry) -> bool,
) -> Result<Vec<ModelSpec>, SpecError> {
    spec.check_names(catalog)?;
    let model = |(entry, required): (&'static dyn ModelEntry, bool)| {
        let model = ModelSpec::new(entry, &spec.given(entry), required)?;
        Ok(model.without(spec.exclude_kinds))
    };
    spec.asked_for(catalog, usual).map(model).collect()
}

/// The four models of experiments that fit often: of each family one of words and one that is
/// stronger.
const FOUR_MODELS: [&str; 4] = ["multinomial", "byte-ngram", "logistic", "svm"];

/// What a model is called.
fn named(model: &ModelSpec) -> NamedModel {
    NamedModel {
        name: model.entry.name().to_owned(),
        family: model.entry.family(),
    }
}

/// Tells beforehand how long these models will learn from sets of so many messages, if that is
/// long.
fn announce(
    models: &[ModelSpec],
    corpus: &Corpus,
    sets: &[usize],
    seed: u64,
    progress: &dyn Progress,
) {
    let ahead = Ahead::of_sets(models.len(), sets);
    forecast::announce(&ahead, models, corpus, TrainOptions::seeded(seed), progress);
}

/// Refuses mail that cannot be read twice.
fn require_repeatable(spec: &ExperimentSpec) -> Result<(), SpecError> {
    if spec.data.is_repeatable() {
        Ok(())
    } else {
        Err(SpecError::NotRepeatable)
    }
}

/// What a corpus must keep for these models, and groups of near-duplicates.
fn kept(models: &[ModelSpec]) -> CorpusOptions {
    let read = |wanted: Representation| {
        let mut views = models.iter().flat_map(ModelSpec::views);
        views.any(|view| view.representation == wanted)
    };
    CorpusOptions {
        text: read(Representation::Bytes),
        sequence: read(Representation::TokenSequence),
        near_duplicates: true,
    }
}
