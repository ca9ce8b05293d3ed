//! Intervals and tests: whether a difference is more than chance explains.

pub(super) mod bootstrap;
pub(super) mod mcnemar;
pub(super) mod pairs;
