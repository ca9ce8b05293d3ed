//! Mail after tokenizing: integers only.
//!
//! A [`Corpus`] holds every mail of a pile once, as a bag of token numbers (and, where a model
//! wants them, the token sequence and the text), with labels and the groups of copies that a split
//! must not part. Folds, learning curves and grids are lists of row numbers into it. [`SparseRows`]
//! is the matrix a model reads, [`Example`] one row of it, and [`TrainingSet`] labelled rows in a
//! model's own encoding.

mod augmented;
mod builder;
mod corpus;
mod counts;
mod csr;
pub mod features;
mod folds;
mod gather;
mod near_duplicates;
mod rows;
mod streamed_counts;

pub use augmented::{Extended, Variant};
pub use builder::CorpusBuilder;
pub use corpus::{Corpus, Keep};
pub use counts::ClassCounts;
pub use csr::{Ragged, SparseRows};
pub use folds::grouped_folds;
pub use gather::Gathered;
pub use rows::{Example, Rows, TrainingSet, UNKNOWN, beginning};
pub use streamed_counts::{PARTS, Sums, Tally};

use crate::tokenize::Kinds;
use serde::{Deserialize, Serialize};

/// What a model reads of a mail, and so what [`Example::values`] holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reads {
    /// The text bytes only; columns and values are empty.
    Text,
    /// The token sequence only; columns and values are empty.
    Sequence,
    /// How often each token of the vocabulary occurs.
    Counts,
    /// 1 for each token of the vocabulary that occurs.
    Boolean,
    /// Sublinear term frequency times smoothed inverse document frequency, scaled to unit Euclidean
    /// length.
    TfIdf,
    /// How often each token of the vocabulary occurs, divided by the number of tokens of the mail,
    /// unknown ones included.
    Share,
}

/// How a model sees mail: which tokens of the shared stream it reads, and as what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct View {
    /// What its values are.
    pub reads: Reads,
    /// Which kinds of token it reads.
    pub kinds: Kinds,
}

/// All kinds of token.
impl From<Reads> for View {
    fn from(reads: Reads) -> View {
        View {
            reads,
            kinds: Kinds::ALL,
        }
    }
}

impl View {
    /// The kinds of token that at least one of `views` reads.
    pub fn union(views: impl Iterator<Item = View>) -> Kinds {
        views.fold(Kinds::NONE, |union, view| union.or(view.kinds))
    }
}
