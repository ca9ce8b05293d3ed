//! Intervals and tests: whether a difference is more than chance explains.

pub(super) mod between;
pub(super) mod crossed;
pub(super) mod decision_outcome;
pub(super) mod estimates;
pub(super) mod interval;
mod max_statistic;
pub(super) mod mcnemar;
pub(super) mod over_time;
pub(super) mod pairs;
pub(super) mod resample;
pub(super) mod roc_area;
mod tested;
pub(super) mod uncertainty;
pub(super) mod versus;

pub use interval::wilson_of_count;
