//! From tokenized mail and a list of models to an [`Experiment`](crate::results::Experiment):
//! splits, cross-validation, ablation, learning curve, the token contrast and the telling messages.
//! Trains through `train` only and measures through `results` only.

pub mod analyses;
pub mod clustering;
mod compare;
mod cross_validation;
mod facts;
pub mod replications;
mod split;
mod tokenizer_search;

pub use analyses::ablation::{Ablated, changes, changing_each_kind, run_variant};
pub use analyses::validation_curve::Sweep;
pub use compare::compare;
pub use cross_validation::Asked;
pub use split::{Fold, Split, SplitError};
pub use tokenizer_search::{BestTokenizer, CandidateCorpus, train_with_best_tokenizer};
