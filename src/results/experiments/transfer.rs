//! What models that learned from one corpus are worth on another.

use super::NamedModel;
use crate::results::metric::Estimate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Its name.
pub const TRANSFER: &str = "transfer";
/// What is measured: keys of metrics, lower being better in all.
pub const METRICS_OF_A_TRANSFER: [&str; 2] = ["error_pct", "one_minus_roca_pct"];

/// What a transfer experiment found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TransferFound {
    /// Seed.
    pub seed: u64,
    /// Draws of labelled messages of the target, over which the cells with few of them are means.
    pub draws: u32,
    /// The corpora.
    pub corpora: Vec<TransferCorpus>,
    /// The models, in the order of the catalog.
    pub models: Vec<NamedModel>,
    /// Every fit on every target, by model.
    pub cells: Vec<TransferCell>,
}

/// A corpus.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TransferCorpus {
    /// What it is called.
    pub name: String,
    /// Ham and spam that is learned from, and that is tested.
    pub training: [usize; 2],
    /// Ham and spam that is tested.
    pub test: [usize; 2],
}

/// What a model learned from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LearnedFrom {
    /// From one corpus, by its number.
    Corpus(usize),
    /// From the messages of the target that stand before those that are tested.
    Earlier,
    /// From all corpora but the target, and from so many messages of the target.
    Others(usize),
    /// From so many messages of the target alone.
    Target(usize),
}

/// A model that learned from something, on a target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TransferCell {
    /// The model, by its number.
    pub model: usize,
    /// What it learned from.
    pub learned_from: LearnedFrom,
    /// The corpus that it was tested on, by its number.
    pub target: usize,
    /// The metrics of a transfer: with intervals where there was one fit, with the deviation over
    /// draws where there were several.
    pub metrics: BTreeMap<String, Estimate>,
    /// The error rate with the share of spam of the target as expectation maximisation finds it
    /// from the scores alone (Saerens, Latinne and Decaestecker 2002).
    pub corrected: Option<Estimate>,
    /// Why there is no fit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
}

impl TransferFound {
    /// The numbers of labelled messages of the target that were learned from beside all others,
    /// ascending.
    pub fn labels(&self) -> Vec<usize> {
        let few = self
            .cells
            .iter()
            .filter_map(|cell| match cell.learned_from {
                LearnedFrom::Others(labels) if labels > 0 => Some(labels),
                _ => None,
            });
        let mut labels: Vec<usize> = few.collect();
        labels.sort_unstable();
        labels.dedup();
        labels
    }

    /// The cell of a model that learned from something, on a target.
    pub fn cell(&self, model: usize, from: LearnedFrom, target: usize) -> Option<&TransferCell> {
        self.cells
            .iter()
            .find(|cell| (cell.model, cell.learned_from, cell.target) == (model, from, target))
    }
}

impl TransferCell {
    /// A metric.
    pub fn value(&self, key: &str) -> Option<f64> {
        self.metrics.get(key)?.value
    }
}
