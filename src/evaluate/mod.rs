//! From tokenized mail and a list of models to an [`Experiment`](crate::results::Experiment): splits, cross-validation, learning curve, the token
//! contrast and the telling messages. Trains through `train` only and measures through `results` only.

mod compare;
mod contrast;
mod curve;
mod messages;
mod split;

pub use compare::{Asked, compare};
pub use split::{Fold, Split, SplitError};
