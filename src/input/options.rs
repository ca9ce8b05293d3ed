//! Options for reading mail.

use crate::base::mail::Label;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The largest message that is read, in bytes.
pub const LARGEST_MESSAGE: usize = 32 << 20;

/// What the user can specify about an input.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The column that holds the label.
    pub label_column: Option<String>,
    /// The column that holds the text.
    pub text_column: Option<String>,
    /// The label that means spam; every other label then means ham.
    pub spam_label: Option<String>,
    /// The class of all mail whose rows state none, whatever names of files and folders say.
    pub label: Option<Label>,
    /// What to do with rows that cannot be used.
    pub bad_rows: BadRows,
    /// The CSV file to write rows to that cannot be used.
    pub rejects: Option<PathBuf>,
    /// Whether to compute the SHA-256 of the bytes read.
    pub hash: bool,
    /// What labels are read for.
    pub labels: Labels,
}

/// What labels are read for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Labels {
    /// For training. A table without a label column is refused, and so is mail of a single class,
    /// by [`Source::require_classes`](super::Source::require_classes).
    BothClasses,
    /// For measuring. A table without a label column is refused.
    #[default]
    Needed,
    /// For passing them on. A table without a label column is accepted.
    Optional,
    /// For nothing. A file or row without a label is accepted, and text in no known format is read
    /// as one message.
    Ignored,
}

impl Labels {
    /// Whether a table without a label column is refused.
    pub fn are_needed(self) -> bool {
        matches!(self, Labels::BothClasses | Labels::Needed)
    }
}

/// What to do with rows that cannot be used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BadRows {
    /// Skip and count them, but fail if they are more than one in twenty.
    #[default]
    Few,
    /// Skip and count them, however many there are.
    Skip,
    /// Fail at the first one.
    Fail,
}
