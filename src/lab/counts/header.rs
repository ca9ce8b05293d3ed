//! How mail was counted, in the first line of its counts.

use crate::dataset::{StreamedCounts, hashing};
use crate::tokenize::Recipe;
use serde::{Deserialize, Serialize};

/// The number of this format. Whoever changes what a line means raises it.
pub const FORMAT: u32 = 1;

/// How mail was counted. What differs in one of these cannot be added up, except for `drawn`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    pub format: u32,
    pub program: String,
    pub recipe: Recipe,
    pub seed: u64,
    /// See [`hashing`].
    pub hashing: u64,
    /// Of 2 to this power of messages one is drawn.
    pub drawn: u32,
}

impl Header {
    pub fn of(counts: &StreamedCounts) -> Header {
        Header {
            format: FORMAT,
            program: program(),
            recipe: counts.recipe().clone(),
            seed: counts.seed(),
            hashing: hashing(),
            drawn: counts.zeros(),
        }
    }
}

pub fn program() -> String {
    format!("spamlab {}", env!("CARGO_PKG_VERSION"))
}
