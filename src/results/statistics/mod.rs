//! Intervals and tests: whether a difference is more than chance explains.

pub(super) mod between;
pub(super) mod closed_form;
pub(super) mod corpora;
pub(super) mod crossed;
pub(super) mod decision_outcome;
pub(super) mod estimates;
pub(super) mod five_by_two;
pub(super) mod interval;
mod max_statistic;
pub(super) mod mcnemar;
pub(super) mod pairs;
pub(super) mod resample;
mod tested;
pub(super) mod uncertainty;
pub(super) mod versus;

pub use estimates::is_miscalibrated;
pub use interval::wilson_of_count;
