//! The discriminative family: models that learn only where the boundary between the classes runs.
//!
//! One file a model, one row in [`MODELS`]. `linear` is what the sparse linear models share;
//! `solver` minimises and knows nothing of mail; `dense` is what the linfa models share, `online`
//! what those do that learn mail by mail, `held_out` what those do that stop early.

mod dense;
mod elastic_net;
mod ftrl;
mod held_out;
pub mod liblinear;
mod linear;
mod linfa_interop;
mod linfa_logistic;
mod linfa_svm;
mod logistic;
mod mlp;
mod nb_svm;
mod online;
mod passive_aggressive;
mod relaxed_svm;
mod sgd;
pub mod solver;
mod svm;

pub use elastic_net::{ElasticNet, ElasticNetSettings};
pub use ftrl::{Ftrl, FtrlSettings};
pub use linear::Linear;
pub use linfa_interop::{AsSparse, SparseFitError, SparseLinear};
pub use linfa_logistic::{LinfaLogistic, LinfaLogisticSettings};
pub use linfa_svm::{
    GaussianMachine, GaussianSettings, LinfaSvm, LinfaSvmGaussian, LinfaSvmSettings,
};
pub use logistic::{LogisticRegression, LogisticSettings};
pub use mlp::{MlpSettings, MultilayerPerceptron, Perceptron};
pub use nb_svm::{NaiveBayesSvm, NbSvmSettings};
pub use passive_aggressive::{PassiveAggressive, PassiveAggressiveSettings};
pub use relaxed_svm::{GramMachine, RelaxedSvm, RelaxedSvmSettings};
pub use sgd::{SgdSettings, StochasticDescent};
pub use svm::{LinearSvm, SvmSettings};

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
