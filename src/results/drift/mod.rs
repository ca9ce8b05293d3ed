//! How new mail differs from the mail that models were trained on.

mod findings;
mod score_sketch;

pub use findings::{
    Drift, ModelDrift, PriorShift, ScoreShift, SharedMail, TokenShift, estimated_share,
};
pub use score_sketch::ScoreSketch;
