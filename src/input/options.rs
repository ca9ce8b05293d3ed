//! What the user may say about an input.

use crate::base::mail::Label;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The largest message that is read, in bytes.
pub const LARGEST_MESSAGE: usize = 32 << 20;

/// What the user may say about an input.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The column that holds the label.
    pub label_column: Option<String>,
    /// The column that holds the text.
    pub text_column: Option<String>,
    /// The one label that means spam; every other means ham.
    pub spam_label: Option<String>,
    /// The class of all mail that does not say itself what it is.
    pub label: Option<Label>,
    /// What becomes of rows that cannot be used.
    pub bad_rows: BadRows,
    /// Where rows that cannot be used are written, as CSV.
    pub rejects: Option<PathBuf>,
    /// Whether to compute the SHA-256 of the bytes read.
    pub hash: bool,
    /// What labels are read for.
    pub labels: Labels,
}

/// What labels are read for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Labels {
    /// To learn from: a table without a label column is refused, and so is mail of one class, by
    /// [`Source::require_classes`](super::Source::require_classes).
    BothClasses,
    /// To measure with: a table without a label column is refused.
    #[default]
    Needed,
    /// To be passed on: a table without a label column is fine.
    Optional,
    /// For nothing: a file or row without one is fine, and text of no known format is a message.
    Ignored,
}

impl Labels {
    /// Whether a table without a label column is refused.
    pub fn are_needed(self) -> bool {
        matches!(self, Labels::BothClasses | Labels::Needed)
    }
}

/// What becomes of rows that cannot be used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BadRows {
    /// They are left out and counted; more than one in twenty is an error.
    #[default]
    Few,
    /// They are left out and counted, however many.
    Skip,
    /// The first is an error.
    Fail,
}
