//! spamlab: trains generative and discriminative spam classifiers on the same labelled mail and
//! shows side by side what each knows.
//!
//! The way of the data, one room each, in one direction only (see `ARCHITECTURE.md`):
//!
//! ```text
//! bytes ─input─▶ Mail ─tokenize─▶ tokens ─dataset/encode─▶ rows ─train─▶ Classifier ─score─▶ Prediction ─▶ Experiment ─▶ report
//! ```

pub mod base;
pub mod catalog;
#[cfg(feature = "cli")]
pub mod cli;
pub mod dataset;
pub mod discriminative;
pub mod generate;
pub mod generative;
pub mod input;
pub mod lab;
pub mod model;
pub mod nn;
pub mod optim;
pub mod predict;
#[cfg(feature = "report")]
pub mod report;
pub mod results;
pub mod tokenize;
pub mod train;
