//! The discriminative family: models that learn only where the boundary between the classes runs.
//!
//! One file a model, one row in [`MODELS`]. `linear` is what the sparse linear models share;
//! `solver` minimises and knows nothing of mail; `dense` is what the linfa models share, `online`
//! what those do that learn mail by mail, `held_out` what those do that stop early.

mod early_stopping;
pub mod linear;
mod linfa;
mod mlp;
mod online;

pub use linear::common::{ClassWeight, Linear};
pub use linear::elastic_net::{ElasticNet, ElasticNetSettings};
pub use linear::logistic::{LogisticRegression, LogisticSettings};
pub use linear::nb_svm::{NaiveBayesSvm, NbSvmSettings};
pub use linear::sgd::{SgdSettings, StochasticDescent};
pub use linear::svm::{LinearSvm, SvmSettings};
pub use linfa::interop::{AsSparse, SparseFitError, SparseLinear};
pub use linfa::logistic::{LinfaLogistic, LinfaLogisticSettings};
pub use linfa::svm::{
    GaussianMachine, GaussianSettings, LinfaSvm, LinfaSvmGaussian, LinfaSvmSettings,
};
pub use mlp::{MlpSettings, MultilayerPerceptron, Perceptron};
pub use online::ftrl::{Ftrl, FtrlSettings};
pub use online::passive_aggressive::{PassiveAggressive, PassiveAggressiveSettings};
pub use online::relaxed_svm::{GramMachine, RelaxedSvm, RelaxedSvmSettings};

use crate::model::ModelEntry;

/// Every model of the family.
pub static MODELS: &[&dyn ModelEntry] = &[
    &LogisticRegression,
    &LinearSvm,
    &NaiveBayesSvm,
    &ElasticNet,
    &StochasticDescent,
    &Ftrl,
    &PassiveAggressive,
    &RelaxedSvm,
    &MultilayerPerceptron,
    &LinfaLogistic,
    &LinfaSvm,
    &LinfaSvmGaussian,
];
