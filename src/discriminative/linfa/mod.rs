//! The same models by linfa, on dense rows: an independent implementation.

pub(super) mod dense;
pub(super) mod interop;
pub(super) mod logistic;
pub(super) mod svm;
