//! Two models on the same messages: what each alone got right, the tests between them, and when a
//! difference counts as more than chance explains: one level for every test and interval.

use serde::{Deserialize, Serialize};

/// The p-value below which a difference is significant; intervals hold 1 less this much.
pub const SIGNIFICANCE_LEVEL: f64 = 0.05;

/// Whether a difference with this p-value is more than chance explains.
pub fn is_significant(p_value: f64) -> bool {
    p_value < SIGNIFICANCE_LEVEL
}

/// Two models on the same messages: McNemar's test, and the corrected resampled t-test over folds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// Name of one model.
    pub a: String,
    /// Name of the other.
    pub b: String,
    /// Messages that only `a` got right.
    pub only_a_right: usize,
    /// Messages that only `b` got right.
    pub only_b_right: usize,
    /// Two-sided p-value.
    pub p_value: f64,
    /// Whether it is the exact binomial one (fewer than 25 messages on which they differ) or
    /// chi-square with continuity correction.
    pub exact: bool,
    /// The test over folds, where there are folds to test by.
    pub resampled_t: Option<ResampledT>,
}

impl Comparison {
    /// Whether the two differ by more than chance explains, by every test there is.
    pub fn is_significant(&self) -> bool {
        is_significant(self.p_value)
            && self
                .resampled_t
                .is_none_or(|test| is_significant(test.p_value))
    }
}

/// The corrected resampled t-test on the accuracies of the folds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ResampledT {
    /// Mean gain in accuracy of `a` over `b`.
    pub gain: f64,
    /// The statistic, of one degree of freedom less than there are folds.
    pub t: f64,
    /// Two-sided p-value.
    pub p_value: f64,
}
