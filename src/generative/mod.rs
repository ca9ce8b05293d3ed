//! The generative family: models of p(mail | class), which decide by Bayes' rule (stated once, in `model.rs`).
//!
//! One file a model, one row in [`MODELS`]. `counts` is what the naive Bayes models learn from: one pass of counting.

mod bernoulli;
mod complement;
mod counts;
mod multinomial;

pub use bernoulli::{Bernoulli, BernoulliBayes, BernoulliSettings};
pub use complement::{Complement, ComplementBayes, ComplementSettings};
pub use multinomial::{Multinomial, MultinomialBayes, MultinomialSettings};

use crate::model::ModelEntry;

/// Every model of the family.
pub static MODELS: &[&dyn ModelEntry] = &[&MultinomialBayes, &BernoulliBayes, &ComplementBayes];
