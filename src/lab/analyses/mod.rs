//! What can be asked of a data set and its models beyond the comparison itself: one file an
//! analysis.

pub(super) mod ablation;
pub mod certification;
pub(super) mod contrast;
pub mod denoising;
mod error;
pub mod generated_mail;
pub(super) mod introspection;
pub(super) mod learning_curve;
pub(super) mod messages;
pub mod novelty;
pub(super) mod validation_curve;

pub use error::AnalysisError;
