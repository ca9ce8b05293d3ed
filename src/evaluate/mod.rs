//! From tokenized mail and a list of models to an [`Experiment`](crate::results::Experiment): splits, cross-validation, learning curve, the token
//! contrast and the telling messages. Trains through `train` only and measures through `results` only.

mod best;
mod compare;
mod contrast;
mod curve;
mod fold;
mod messages;
mod split;

pub use compare::compare;
pub use fold::Asked;
pub use split::{Fold, Split, SplitError};
