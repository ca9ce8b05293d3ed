//! What can be asked of a data set and its models beyond the comparison itself: one file an
//! analysis.

pub(super) mod ablation;
pub(super) mod contrast;
pub(super) mod introspection;
pub(super) mod learning_curve;
pub(super) mod messages;
pub(super) mod validation_curve;
