//! What a row of the table of analyses is, and what an analysis of a comparison may look at.

use crate::base::progress::Progress;
use crate::dataset::Corpus;
use crate::lab::cross_validation::{FoldResult, Protocol};
use crate::lab::spec::{ExperimentSpec, SpecError};
use crate::model::ModelEntry;
use crate::results::{BestModels, ModelRecord};
use crate::train::ModelSpec;
use serde::Serialize;
use serde_json::Value;

/// One row of the table.
pub struct Analysis {
    /// Its name in a specification and in `experiment.json`.
    pub name: &'static str,
    /// The question that it answers, in one sentence.
    pub question: &'static str,
    /// What it looks at.
    pub looks_at: LooksAt,
    /// Keys of the charts that show what it finds.
    pub charts: &'static [&'static str],
}

/// What an analysis looks at.
pub enum LooksAt {
    /// The trained folds of a comparison.
    Comparison(OnComparison),
    /// A data set, which it reads itself, several times.
    DataSet,
    /// The models of a file.
    ModelFile,
}

/// An analysis of the trained folds of a comparison.
#[derive(Clone, Copy)]
pub struct OnComparison {
    /// Whether every comparison makes it.
    pub(crate) by_default: bool,
    /// Models without which there is nothing to see: added where none that is compared is one.
    pub(crate) wants: Option<fn(&dyn ModelEntry) -> bool>,
    /// Refuses parameters before any mail is read.
    pub(crate) check: fn(&ExperimentSpec, &[ModelSpec], &Value) -> Result<(), SpecError>,
    /// What it finds; none where there is nothing to see.
    pub(crate) run: fn(&Compared<'_>, &Value) -> Option<Value>,
}

impl OnComparison {
    /// An analysis without parameters.
    pub(crate) const fn new(run: fn(&Compared<'_>, &Value) -> Option<Value>) -> OnComparison {
        OnComparison {
            by_default: true,
            wants: None,
            check: |_, _, _| Ok(()),
            run,
        }
    }
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
    /// The best model of each family.
    pub(crate) best: &'a BestModels,
    /// Is told how far it is.
    pub(crate) progress: &'a dyn Progress,
}

/// As plain data.
pub(crate) fn plain<T: Serialize>(found: T) -> Option<Value> {
    serde_json::to_value(found).ok()
}
