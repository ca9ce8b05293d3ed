//! What a row of the table of analyses is, and what an analysis may look at.

use crate::base::progress::Progress;
use crate::dataset::Corpus;
use crate::lab::cross_validation::{FoldResult, Protocol};
use crate::lab::error::{LabError, SpecError};
use crate::lab::spec::{DataSpec, ExperimentSpec};
use crate::model::file::ModelFile;
use crate::model::{Catalog, ModelEntry};
use crate::results::{BestModels, ModelRecord};
use crate::train::{ModelSpec, TrainOptions};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// One row of the table.
pub struct Analysis {
    /// Its name in a specification and in `experiment.json`.
    pub name: &'static str,
    /// The question that it answers, in one sentence.
    pub question: &'static str,
    /// What it looks at, and how it is run.
    pub looks_at: LooksAt,
    /// The section of the report that shows what it finds, by its anchor; none where only charts
    /// show it, or a command.
    pub section: Option<&'static str>,
    /// Keys of the charts that show what it finds.
    pub charts: &'static [&'static str],
}

/// What an analysis looks at. Each is run with its parameters, which are `true` where it has none
/// or takes its defaults, and gives plain data.
pub enum LooksAt {
    /// The trained folds of a comparison, which runs it.
    Comparison(OnComparison),
    /// The mail of a specification, which it reads itself. The parameters stand in the
    /// specification.
    Mail(fn(&ExperimentSpec, &Catalog, &Value, &dyn Progress) -> Result<Value, LabError>),
    /// The models of a file, and mail to measure them on.
    ModelFile(OnModelFile),
}

/// An analysis of the models of a file.
pub type OnModelFile =
    fn(&ModelFile, &DataSpec, &Catalog, &Value, &dyn Progress) -> Result<Value, LabError>;

/// An analysis of the trained folds of a comparison.
#[derive(Clone, Copy)]
pub struct OnComparison {
    /// Whether every comparison makes it.
    pub(crate) by_default: bool,
    /// Models without which there is nothing to see: added where none that is compared is one.
    pub(crate) wants: Option<fn(&dyn ModelEntry) -> bool>,
    /// Refuses parameters before any mail is read; None if it takes none.
    pub(crate) check: Option<CheckParameters>,
    /// From how many messages it lets a model learn, over and above the comparison, with these
    /// parameters.
    pub(crate) messages: fn(&Planned<'_>, &ModelSpec, &Value) -> usize,
    /// What it finds; none where there is nothing to see.
    pub(crate) run: fn(&Compared<'_>, &Value) -> Option<Value>,
}

impl OnComparison {
    /// An analysis without parameters.
    pub(crate) const fn new(run: fn(&Compared<'_>, &Value) -> Option<Value>) -> OnComparison {
        OnComparison {
            by_default: true,
            wants: None,
            check: None,
            messages: |_, _, _| 0,
            run,
        }
    }
}

/// Refuses parameters that cannot be, for the models compared.
pub(crate) type CheckParameters =
    fn(&ExperimentSpec, &[ModelSpec], &Value) -> Result<(), SpecError>;

/// A comparison before it is made: as much as tells how much will be learned.
pub(crate) struct Planned<'a> {
    /// What was asked.
    pub(crate) spec: &'a ExperimentSpec,
    /// The models, in the order of the catalog.
    pub(crate) models: &'a [ModelSpec],
    /// Labelled messages.
    pub(crate) labelled: usize,
    /// Messages of each training set.
    pub(crate) folds: Vec<usize>,
    /// How they will be trained.
    pub(crate) options: TrainOptions<'a>,
}

/// A comparison, as its analyses see it.
pub struct Compared<'a> {
    /// What was asked.
    pub(crate) spec: &'a ExperimentSpec,
    /// How each fold was trained.
    pub(crate) protocol: &'a Protocol<'a>,
    /// The mail, as it is read without a search.
    pub(crate) corpus: &'a Corpus,
    /// The trained folds.
    pub(crate) results: &'a [FoldResult<'a>],
    /// The records of the models, in the order of the protocol.
    pub(crate) models: &'a [ModelRecord],
    /// The best of these of each family.
    pub(crate) best: &'a BestModels,
    /// The records of models that were fitted elsewhere, of which no more is known.
    pub(crate) external: &'a [ModelRecord],
    /// Is told how far it is.
    pub(crate) progress: &'a dyn Progress,
}

/// The parameters of an analysis from those of a specification: `true` stands for the defaults, and
/// a list of `NAME=VALUE` for these values.
pub(crate) fn parameters<P: Default + DeserializeOwned>(
    analysis: &str,
    given: &Value,
) -> Result<P, SpecError> {
    let refused = |why: String| SpecError::Refused {
        what: analysis.to_owned(),
        why,
    };
    let assigned = |text: &Value| {
        let (name, value) = text.as_str()?.split_once('=')?;
        let value = serde_json::from_str(value).unwrap_or_else(|_| Value::from(value));
        Some((name.to_owned(), value))
    };
    let given = match given {
        Value::Bool(true) => return Ok(P::default()),
        Value::Array(texts) => {
            let values: Option<Map<String, Value>> = texts.iter().map(assigned).collect();
            let form = || refused("write each parameter as NAME=VALUE".to_owned());
            Value::Object(values.ok_or_else(form)?)
        }
        given => given.clone(),
    };
    P::deserialize(given).map_err(|error| refused(error.to_string()))
}

/// Refuses whatever parameters an analysis is given that takes none.
pub(crate) fn no_parameters(analysis: &str, given: &Value) -> Result<(), SpecError> {
    match given {
        Value::Bool(true) => Ok(()),
        _ => Err(SpecError::Refused {
            what: analysis.to_owned(),
            why: "it takes no parameters".to_owned(),
        }),
    }
}

/// As plain data; none only for what JSON cannot hold, which no result of an analysis is.
pub(crate) fn plain<T: Serialize>(found: T) -> Option<Value> {
    serde_json::to_value(found).ok()
}

/// What an analysis found, as plain data.
pub(crate) fn erased<T: Serialize>(found: Result<T, LabError>) -> Result<Value, LabError> {
    found.map(|found| plain(found).unwrap_or_default())
}
