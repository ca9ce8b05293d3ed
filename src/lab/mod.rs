//! From a specification to results: what the command line can ask, the library can run.
//!
//! [`compare`] runs a whole experiment, [`train`] fits models for a model file, [`tune`] searches
//! for settings, and the analyses answer further questions. Models are trained through `train`
//! only and measured through `results` only.

pub mod analyses;
mod compare;
mod cross_validation;
pub mod data;
mod facts;
mod resolve;
pub mod spec;
mod split;
mod tokenizer_search;
mod training;
mod tune;

pub use compare::compare;
pub use resolve::Resolved;
pub use spec::ExperimentSpec;
pub use split::{Fold, Split, SplitError};
pub use tokenizer_search::TokenizerCandidate;
pub use training::{TrainedModels, train};
pub use tune::{Tuned, tune};

use crate::input::InputError;
use crate::model::file::StoreError;
use crate::train::TrainError;
use spec::SpecError;

/// Why an experiment could not be run.
#[derive(Debug, thiserror::Error)]
pub enum LabError {
    /// It cannot be carried out as asked.
    #[error(transparent)]
    Spec(#[from] SpecError),
    /// The mail cannot be read.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The mail of an input cannot be split into folds.
    #[error("{file}: {error}")]
    Split {
        /// The input.
        file: String,
        /// Why.
        error: SplitError,
    },
    /// The file that holds the split is not one for this mail.
    #[error(transparent)]
    SplitFile(#[from] SplitError),
    /// The mail was read several times and was not the same.
    #[error("{0}: it changed while it was being read")]
    Changed(String),
    /// The training mail is beyond the limit of a model that must run.
    #[error("{0}")]
    NotApplicable(String),
    /// A model that must run cannot be fitted.
    #[error("{model}: {error}")]
    Model {
        /// The model.
        model: String,
        /// Why.
        error: TrainError,
    },
    /// No model could be fitted.
    #[error("no model could be trained: {0}")]
    NoModel(TrainError),
    /// The model file cannot be written.
    #[error(transparent)]
    Store(#[from] StoreError),
}
