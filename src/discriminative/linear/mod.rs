//! Sparse linear models fitted to all mail at once, one file a model.

pub(super) mod common;
pub(super) mod elastic_net;
pub mod liblinear;
pub(super) mod logistic;
pub(super) mod nb_svm;
mod path;
pub(super) mod sgd;
pub(super) mod svm;
