//! Models that learn message by message, one file a model.

pub(super) mod common;
pub(super) mod ftrl;
pub(super) mod passive_aggressive;
pub(super) mod relaxed_svm;
