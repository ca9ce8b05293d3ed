//! The discriminative family: models that learn only where the boundary between the classes runs.
//!
//! One file a model, one row in [`MODELS`]. `linear` holds the sparse linear models, `online` those
//! that learn message by message, `linfa` (a feature of the crate) those of that library;
//! `selection` chooses features for dense models, `problem` makes of labelled mail what `optim`
//! solves.

pub mod linear;
#[cfg(feature = "linfa")]
mod linfa;
mod mlp;
mod online;
mod problem;
mod selection;
mod transformer_classifier;

pub use linear::common::Linear;
pub use linear::elastic_net::{ElasticNet, ElasticNetSettings};
pub use linear::logistic::{LogisticRegression, LogisticSettings};
pub use linear::nb_svm::{NaiveBayesSvm, NbSvmSettings};
pub use linear::sgd::{SgdSettings, StochasticDescent};
pub use linear::svm::{LinearSvm, SvmSettings};
#[cfg(feature = "linfa")]
pub use linfa::interop::{AsSparse, SparseFitError, SparseLinear};
#[cfg(feature = "linfa")]
pub use linfa::logistic::{LinfaLogistic, LinfaLogisticSettings};
#[cfg(feature = "linfa")]
pub use linfa::svm::{
    GaussianMachine, GaussianSvmSettings, LinfaSvm, LinfaSvmGaussian, LinfaSvmSettings,
};
pub use mlp::{MlpSettings, MultilayerPerceptron, Perceptron};
pub use online::ftrl::{Ftrl, FtrlSettings};
pub use online::passive_aggressive::{PassiveAggressive, PassiveAggressiveSettings};
pub use online::relaxed_svm::{GramMachine, RelaxedSvm, RelaxedSvmSettings};
pub use problem::ClassWeight;
pub use transformer_classifier::{
    PooledTransformer, TransformerClassifier, TransformerClassifierSettings,
};

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
    &TransformerClassifier,
    #[cfg(feature = "linfa")]
    &LinfaLogistic,
    #[cfg(feature = "linfa")]
    &LinfaSvm,
    #[cfg(feature = "linfa")]
    &LinfaSvmGaussian,
];
