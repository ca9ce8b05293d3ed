//! Everything that can be wrong with an input. Each error is one sentence: what is wrong, and
//! where.

use crate::base::mail::Label;

/// Why mail could not be read. `file` is always what the user called the input, `found` the column
/// names of its first line.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "what the fields are stands above them")]
pub enum InputError {
    /// There is no such file.
    #[error("{file}: there is no such file")]
    NotFound { file: String },
    /// The system refuses to open it.
    #[error("{file}: permission denied")]
    Denied { file: String },
    /// It is a directory where one message was expected.
    #[error("{file} is a directory")]
    Directory { file: String },
    /// It holds nothing but white space, or no file.
    #[error("{file} is empty")]
    Empty { file: String },
    /// It is no text but `what`.
    #[error("{file}: this is {what}, not mail")]
    Binary { file: String, what: &'static str },
    /// The first line names no column that could be a label or a text.
    #[error(
        "{file}, line 1: there is no header line with a label and a text column; it holds {found}"
    )]
    NoHeader { file: String, found: String },
    /// There is a text column but none for the label.
    #[error("{file}, line 1: there is no label column among {found}")]
    NoLabelColumn { file: String, found: String },
    /// There is a label column but none for the text.
    #[error("{file}, line 1: there is no text column among {found}")]
    NoTextColumn { file: String, found: String },
    /// The column that was to hold `role` is not there.
    #[error("{file}, line 1: there is no column `{name}` among {found} to hold the {role}")]
    NoSuchColumn {
        file: String,
        role: ColumnRole,
        name: String,
        found: String,
    },
    /// A table of numbers, without the mail they were counted in.
    #[error(
        "{file}: a table of {columns} columns of numbers and none of text, whose words were \
         counted already"
    )]
    Counts { file: String, columns: usize },
    /// The label column holds none but unknown values.
    #[error(
        "{file}: the label column `{column}` holds {values}, which mean neither spam nor ham to \
         this program"
    )]
    UnknownLabels {
        file: String,
        column: String,
        values: String,
    },
    /// None of so many messages has a label.
    #[error("{file}: none of {emails} emails has a label")]
    NoLabels { file: String, emails: u64 },
    /// More rows were rejected than can be an accident.
    #[error(
        "{file}: {rejected} of {read} rows cannot be used ({reasons}), more than one in twenty"
    )]
    TooManyRejected {
        file: String,
        rejected: u64,
        read: u64,
        reasons: String,
    },
    /// The row that begins on `line` was rejected, and that was to be an error.
    #[error("{file}, line {line}: {reason}")]
    BadRow {
        file: String,
        line: u64,
        reason: String,
    },
    /// A packed file that cannot be unpacked.
    #[error("{file} cannot be unpacked: {why}")]
    Damaged { file: String, why: String },
    /// The file for rejected rows cannot be written.
    #[error("{file} cannot be written: {why}")]
    Unwritable { file: String, why: String },
    /// The end of the file comes inside the quoted field that begins on `line`.
    #[error("{file}, line {line}: the quoted field that begins here is never closed")]
    OpenQuote { file: String, line: u64 },
    /// All rows were rejected, or there are none.
    #[error("{file}: not one of {read} rows can be used ({reasons})")]
    NoUsableRow {
        file: String,
        read: u64,
        reasons: String,
    },
    /// Only one class occurs, in so many rows.
    #[error("{file}: all {rows} usable rows are {label}")]
    OneClass {
        file: String,
        rows: u64,
        label: Label,
    },
    /// A single message is larger than `limit` bytes.
    #[error("{file}: the message is larger than {} MiB, the most that is read", limit >> 20)]
    TooLarge { file: String, limit: usize },
    /// The system failed after so many bytes.
    #[error("{file}: reading failed after {read} bytes: {source}")]
    Failed {
        file: String,
        read: u64,
        source: std::io::Error,
    },
}

/// What a column was to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnRole {
    /// The class.
    Label,
    /// The text or the whole message.
    Text,
}

impl std::fmt::Display for ColumnRole {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            ColumnRole::Label => "label",
            ColumnRole::Text => "text",
        })
    }
}

impl InputError {
    /// The error for what the system says about `file` after `read` bytes.
    pub(super) fn from_io(file: &str, read: u64, source: std::io::Error) -> InputError {
        let file = file.to_owned();
        match source.kind() {
            std::io::ErrorKind::NotFound => InputError::NotFound { file },
            std::io::ErrorKind::PermissionDenied => InputError::Denied { file },
            std::io::ErrorKind::IsADirectory => InputError::Directory { file },
            _ => InputError::Failed { file, read, source },
        }
    }
}
