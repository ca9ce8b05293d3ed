//! When a difference counts as more than chance explains: one level for every test and interval.

/// The p-value below which a difference is significant; intervals hold 1 less this much.
pub const SIGNIFICANCE_LEVEL: f64 = 0.05;

/// Whether a difference with this p-value is more than chance explains.
pub fn is_significant(p_value: f64) -> bool {
    p_value < SIGNIFICANCE_LEVEL
}
