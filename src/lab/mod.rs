//! From a specification to results: what the command line can ask, the library can run.
//!
//! [`compare`] runs a whole experiment, [`train`] fits models for a model file, [`tune`] searches
//! for settings, and the analyses answer further questions. Models are trained through `train`
//! only and measured through `results` only.

pub mod analyses;
mod compare;
pub mod counts;
mod cross_validation;
pub mod data;
mod defaults;
mod error;
mod evaluation;
mod external;
mod forecast;
pub mod limits;
mod not_run;
mod prepared;
mod resolve;
pub mod spec;
mod split;
mod tokenizer_search;
mod training;
mod tune;

pub use compare::{compare, compare_with};
pub use data::{NewMail, Purpose, read_new};
pub use error::{LabError, SpecError, SplitError};
pub use evaluation::{deciding, evaluate};
pub use external::{ExternalModel, ExternalPrediction, Said};
pub use not_run::not_run;
pub use resolve::Resolved;
pub use spec::ExperimentSpec;
pub use split::{Fold, Split};
pub use tokenizer_search::TokenizerCandidate;
pub use training::{TrainedModels, train};
pub use tune::{Tuned, tune};
