//! Mail after tokenizing: integers only.
//!
//! A [`Corpus`] holds every message of a corpus once, as a bag of token numbers (and, where a model
//! wants them, the token sequence and the text), with labels and the groups of near-duplicates that
//! a split must not part. Folds, learning curves and grids are lists of row numbers into it.
//! [`CsrMatrix`] is the matrix a model reads, [`Example`] one row of it, and [`TrainingSet`]
//! labelled rows in a model's own encoding.

mod augmented;
mod builder;
mod corpus;
mod counts;
mod csr;
pub mod features;
mod fingerprints;
mod folds;
mod gather;
mod near_duplicates;
mod on_disk;
mod rows;
mod streamed_counts;

pub use augmented::{AddedMail, AugmentedCorpus};
pub use builder::CorpusBuilder;
pub use corpus::{Corpus, CorpusOptions};
pub use counts::ClassCounts;
pub use csr::{CsrMatrix, Ragged};
pub use fingerprints::{Fingerprints, Likeness, MessageFingerprint, similarity};
pub use folds::{apart, fold_and_others, parts};
pub use gather::{Counter, Streaming, TrainingMail};
pub use on_disk::StoredRows;
pub use rows::{Example, Rows, TrainingSet, UNKNOWN, beginning};
pub use streamed_counts::{ClassSums, CountRow, Counted, CountsError, PARTS};
pub use streamed_counts::{StreamedCounts, hashing, zeros_of};

use crate::tokenize::TokenKinds;
use serde::{Deserialize, Serialize};

/// What a model reads of a message, and so what [`Example::values`] holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Representation {
    /// The text bytes only; columns and values are empty.
    Bytes,
    /// The token sequence only; columns and values are empty.
    TokenSequence,
    /// How often each token of the vocabulary occurs.
    Counts,
    /// 1 for each token of the vocabulary that occurs.
    Binary,
    /// Sublinear term frequency times smoothed inverse document frequency, scaled to unit Euclidean
    /// length.
    TfIdf,
    /// How often each token of the vocabulary occurs, divided by the number of tokens of the
    /// message, unknown ones included.
    Frequencies,
}

/// How a model sees mail: which tokens of the shared stream it reads, and as what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FeatureView {
    /// What it reads of a message.
    pub representation: Representation,
    /// Which kinds of token it reads.
    pub kinds: TokenKinds,
}

/// A view of all kinds of token.
impl From<Representation> for FeatureView {
    fn from(representation: Representation) -> FeatureView {
        FeatureView {
            representation,
            kinds: TokenKinds::ALL,
        }
    }
}

impl FeatureView {
    /// The kinds of token that at least one of `views` reads.
    pub fn union(views: impl Iterator<Item = FeatureView>) -> TokenKinds {
        views.fold(TokenKinds::NONE, |union, view| union.or(view.kinds))
    }
}
