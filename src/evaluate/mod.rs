//! From tokenized mail and a list of models to an [`Experiment`](crate::results::Experiment):
//! splits, cross-validation, ablation, learning curve, the token contrast and the telling messages.
//! Trains through `train` only and measures through `results` only.

mod ablate;
mod compare;
mod contrast;
mod curve;
mod facts;
mod fold;
mod inside;
mod messages;
mod metsis;
mod reading;
mod split;
mod validation;

pub use ablate::{Ablated, changes, changing_each_kind, fare};
pub use compare::compare;
pub use fold::Asked;
pub use metsis::replicate;
pub use reading::{Reading, Taken, train_by_best};
pub use split::{Fold, Split, SplitError};
pub use validation::Sweep;
