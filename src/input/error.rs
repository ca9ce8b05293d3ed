//! Everything that can be wrong with an input. Each error is one sentence that says what is wrong
//! and where.

use crate::base::mail::Label;
use crate::base::numbers::count;

/// Why a piece of a table was not handed over.
pub type NoPiece = Box<dyn std::error::Error + Send + Sync>;

/// Why mail could not be read. `file` is always what the user called the input, and `found` the
/// column names in its first line.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the doc of each variant explains its fields")]
pub enum InputError {
    /// There is no such file.
    #[error("{file}: there is no such file")]
    NotFound { file: String },
    /// The system does not permit opening it.
    #[error("{file}: permission denied")]
    Denied { file: String },
    /// It is a directory, but one message was expected.
    #[error("{file} is a directory")]
    Directory { file: String },
    /// It holds nothing but white space, or it is a folder without files.
    #[error("{file} is empty")]
    Empty { file: String },
    /// None of the files in it is mail; `first` is one of them.
    #[error("{file}: none of its {} files is mail, such as {first}", count(*files))]
    NoMail {
        file: String,
        files: u64,
        first: String,
    },
    /// It is not text but `what`.
    #[error("{file}: this is {what}, not mail")]
    Binary { file: String, what: &'static str },
    /// The first line names no column that could be a label or a text.
    #[error(
        "{file}, line 1: there is no header line with a label and a text column; it holds {found}"
    )]
    NoHeader { file: String, found: String },
    /// There is a text column but no label column.
    #[error("{file}, line 1: there is no label column among {found}")]
    NoLabelColumn { file: String, found: String },
    /// There is a label column but no text column.
    #[error("{file}, line 1: there is no text column among {found}")]
    NoTextColumn { file: String, found: String },
    /// The column that the user named for `role` does not exist.
    #[error("{file}, line 1: there is no column `{name}` among {found} to hold the {role}")]
    NoSuchColumn {
        file: String,
        role: ColumnRole,
        name: String,
        found: String,
    },
    /// It is a table of word counts, without the text that was counted.
    #[error(
        "{file}: this is a table of word counts, with {} columns of numbers and none of text",
        count(*columns)
    )]
    Counts { file: String, columns: usize },
    /// The label column holds only unknown values.
    #[error(
        "{file}: the label column `{column}` holds {values}, which mean neither spam nor ham to \
         this program"
    )]
    UnknownLabels {
        file: String,
        column: String,
        values: String,
    },
    /// None of the messages has a label.
    #[error("{file}: none of {} emails has a label", count(*emails))]
    NoLabels { file: String, emails: u64 },
    /// So many rows were rejected that it is probably not an accident.
    #[error(
        "{file}: {} of {} rows cannot be used ({reasons}), more than one in twenty",
        count(*rejected),
        count(*read)
    )]
    TooManyRejected {
        file: String,
        rejected: u64,
        read: u64,
        reasons: String,
    },
    /// The row that begins on `line` was rejected, and the options make that an error.
    #[error("{file}, line {line}: {reason}")]
    BadRow {
        file: String,
        line: u64,
        reason: String,
    },
    /// It is a compressed file that cannot be decompressed.
    #[error("{file} cannot be unpacked: {why}")]
    Damaged { file: String, why: String },
    /// The file for rejected rows cannot be written.
    #[error("{file} cannot be written: {why}")]
    Unwritable { file: String, why: String },
    /// The file ends inside the quoted field that begins on `line`.
    #[error("{file}, line {line}: the quoted field that begins here is never closed")]
    OpenQuote { file: String, line: u64 },
    /// The JSON value that begins on `line` is cut off, or it is no table.
    #[error("{file}, line {line}: the JSON value that begins here cannot be read to its end")]
    OpenJson { file: String, line: u64 },
    /// The table is one JSON value that is larger than `limit` bytes.
    #[error("{file}: one JSON value has more than {} MiB, the most that is read", limit >> 20)]
    LargeDocument { file: String, limit: usize },
    /// The table is one JSON value that holds more than `limit` others.
    #[error(
        "{file}: one JSON value holds more than {} others, the most that are read",
        count(*limit)
    )]
    ManyValues { file: String, limit: usize },
    /// It is a document of an office program.
    #[error("{file}: this is {what}, which is not read")]
    Office { file: String, what: &'static str },
    /// All rows were rejected, or there are no rows.
    #[error("{file}: not one of {} rows can be used ({reasons})", count(*read))]
    NoUsableRow {
        file: String,
        read: u64,
        reasons: String,
    },
    /// All usable rows have the same class.
    #[error("{file}: all {} usable rows are {label}", count(*rows))]
    OneClass {
        file: String,
        rows: u64,
        label: Label,
    },
    /// The message is larger than `limit` bytes.
    #[error("{file}: the message is larger than {} MiB, the most that is read", limit >> 20)]
    TooLarge { file: String, limit: usize },
    /// Whoever hands it over in pieces stopped.
    #[error("{file}: reading broke off: {why}")]
    BrokenOff {
        file: String,
        #[source]
        why: NoPiece,
    },
    /// Reading failed after `read` bytes.
    #[error("{file}: reading failed after {} bytes: {source}", count(*read))]
    Failed {
        file: String,
        read: u64,
        source: std::io::Error,
    },
}

/// The role of a column that the user can name.
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
    /// The error for a failure of the system on `file` after `read` bytes.
    pub(super) fn from_io(file: &str, read: u64, source: std::io::Error) -> InputError {
        let file = file.to_owned();
        match source.kind() {
            std::io::ErrorKind::NotFound => InputError::NotFound { file },
            std::io::ErrorKind::PermissionDenied => InputError::Denied { file },
            std::io::ErrorKind::IsADirectory => InputError::Directory { file },
            std::io::ErrorKind::UnexpectedEof => InputError::Damaged {
                file,
                why: "it is cut off".to_owned(),
            },
            // What decompresses fails without the system.
            _ if source.raw_os_error().is_none() => InputError::Damaged {
                file,
                why: source.to_string(),
            },
            _ => InputError::Failed { file, read, source },
        }
    }
}
