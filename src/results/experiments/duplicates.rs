//! By how much near-duplicates on both sides of a split flatter models.

use crate::results::fit::Family;
use crate::results::metric::Estimate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Its name.
pub const DUPLICATES: &str = "duplicates";
/// What is measured: keys of metrics, lower being better in all.
pub const METRICS_OF_DUPLICATES: [&str; 2] = ["error_pct", "one_minus_roca_pct"];

/// What an experiment on duplicates found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DuplicatesFound {
    /// What the mail is called.
    pub mail: String,
    /// Ham and spam.
    pub emails: [usize; 2],
    /// Messages that are near-duplicates of an earlier one.
    pub near_duplicates: usize,
    /// The share of the tested ham and spam that has a near-duplicate in the training set of a
    /// naive split.
    pub twins: [f64; 2],
    /// Folds.
    pub folds: usize,
    /// Seed.
    pub seed: u64,
    /// Each model, in the order of the catalog.
    pub models: Vec<FlatteredModel>,
}

/// A model under both splits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FlatteredModel {
    /// Its name.
    pub name: String,
    /// Its family.
    pub family: Family,
    /// Metrics where messages are dealt to folds one by one, on all folds together.
    pub naive: BTreeMap<String, Estimate>,
    /// Metrics where near-duplicates stay in one fold.
    pub grouped: BTreeMap<String, Estimate>,
    /// By metric, naive less grouped, with its 95 % interval: below 0 the naive split flatters.
    pub differences: BTreeMap<String, (f64, [f64; 2])>,
    /// Why there is no result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
}
