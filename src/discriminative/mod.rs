//! The discriminative family: models that learn only where the boundary between the classes runs.
//!
//! One file a model, one row in [`MODELS`]. `linear` is what the sparse linear models share; `solver` minimises and knows nothing
//! of mail; `dense` is what the linfa models share.

mod dense;
mod linear;
mod linfa_logistic;
mod linfa_svm;
mod logistic;
pub mod solver;
mod svm;

pub use linear::Linear;
pub use linfa_logistic::{LinfaLogistic, LinfaLogisticSettings};
pub use linfa_svm::{GaussianMachine, GaussianSettings, LinfaSvm, LinfaSvmGaussian, LinfaSvmSettings};
pub use logistic::{LogisticRegression, LogisticSettings};
pub use svm::{LinearSvm, SvmSettings};

use crate::model::ModelEntry;

/// Every model of the family.
pub static MODELS: &[&dyn ModelEntry] =
    &[&LogisticRegression, &LinearSvm, &LinfaLogistic, &LinfaSvm, &LinfaSvmGaussian];
