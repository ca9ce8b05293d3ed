//! spamlab: trains generative and discriminative spam classifiers on the same labelled mail and shows side by side what
//! each knows.
//!
//! The way of the data, one room each, in one direction only (see `ARCHITECTURE.md`):
//!
//! ```text
//! bytes ─input─▶ Mail ─tokenize─▶ tokens ─dataset/encode─▶ rows ─train─▶ Classifier ─score─▶ Prediction ─▶ Experiment ─▶ report
//! ```

pub mod dataset;
pub mod input;
pub mod mail;
pub mod math;
pub mod model;
pub mod results;
pub mod tokenize;
