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
use crate::tokenize::{Kind, Kinds};

/// What naive Bayes reads: all but function words, markup and images. Their tokens hang together so closely that it counts
/// the same evidence many times over. Without them multinomial makes fewer errors on SpamAssassin, Enron, Ling-Spam and the SMS
/// collection, and (1-ROCA) % falls on the first two from 0.19 to 0.18 and from 0.15 to 0.14; `docs/tokenizer.md` has the tables.
const WORDS_NOT_MARKUP: Kinds = Kinds::ALL.without(Kind::Function).without(Kind::Markup).without(Kind::Image);

/// Every model of the family.
pub static MODELS: &[&dyn ModelEntry] = &[&MultinomialBayes, &BernoulliBayes, &ComplementBayes];
