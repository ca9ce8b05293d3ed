//! spamlab: trains generative and discriminative spam classifiers on the same labelled mail and
//! shows side by side what each knows.
//!
//! The way of the data, one room each, in one direction only (see `ARCHITECTURE.md`):
//!
//! ```text
//! bytes ─input─▶ Mail ─tokenize─▶ tokens ─dataset/encode─▶ rows ─train─▶ Classifier ─score─▶ Prediction ─▶ Experiment ─▶ report
//! ```

pub mod augment;
pub mod catalog;
pub mod classify;
pub mod cli;
pub mod cluster;
pub mod dataset;
pub mod discriminative;
pub mod encode;
pub mod evaluate;
pub mod fetch;
pub mod files;
pub mod generative;
pub mod input;
pub mod mail;
pub mod math;
pub mod model;
pub mod progress;
pub mod report;
pub mod results;
pub mod store;
pub mod tokenize;
pub mod train;
pub mod writing;
