//! Everything that can be wrong with an input. Each error is one sentence: what, where, and what to
//! do.

use crate::base::mail::Label;

/// Why mail could not be read.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// There is no such file.
    #[error("{file}: there is no such file; check the name")]
    NotFound {
        /// As the user named it.
        file: String,
    },
    /// The system refuses to open it.
    #[error("{file}: permission denied; make it readable for the user who runs this program")]
    Denied {
        /// As the user named it.
        file: String,
    },
    /// It is a directory where one message was expected.
    #[error("{file} is a directory; name a file in it")]
    Directory {
        /// As the user named it.
        file: String,
    },
    /// It holds no byte.
    #[error("{file} is empty; {expected} was expected")]
    Empty {
        /// As the user named it.
        file: String,
        /// What should have been in it.
        expected: &'static str,
    },
    /// It is no text.
    #[error(
        "{file}: this is {what}, not mail; give a table (CSV, JSON lines), messages, an mbox or a folder, packed by gzip, xz or zip or not"
    )]
    Binary {
        /// As the user named it.
        file: String,
        /// What it looks like.
        what: &'static str,
    },
    /// The first line names no column that could be a label or a text.
    #[error(
        "{file}, line 1: no header line with a label and a text column; it holds {found}; write one such as `label,text` \
         first, or name the columns with --label-column and --text-column"
    )]
    NoHeader {
        /// As the user named it.
        file: String,
        /// The names found.
        found: String,
    },
    /// There is a text column but none for the label.
    #[error(
        "{file}, line 1: no label column among {found}; rename one to `label` or name it with --label-column"
    )]
    NoLabelColumn {
        /// As the user named it.
        file: String,
        /// The names found.
        found: String,
    },
    /// There is a label column but none for the text.
    #[error(
        "{file}, line 1: no text column among {found}; rename one to `text` or name it with --text-column"
    )]
    NoTextColumn {
        /// As the user named it.
        file: String,
        /// The names found.
        found: String,
    },
    /// The column the user named is not there.
    #[error("{file}, line 1: there is no column `{name}` among {found}; check {option}")]
    NoSuchColumn {
        /// As the user named it.
        file: String,
        /// The column asked for.
        name: String,
        /// The option that asked for it.
        option: &'static str,
        /// The names found.
        found: String,
    },
    /// A table of numbers, without the mail they were counted in.
    #[error(
        "{file}: a table of {columns} columns of numbers and none of text: the words were counted already; give the mail itself"
    )]
    Counts {
        /// As the user named it.
        file: String,
        /// Columns of numbers.
        columns: usize,
    },
    /// The label column holds nothing known.
    #[error(
        "{file}: the label column `{column}` holds {values}, which mean neither spam nor ham to this program; say which means spam with --spam-label"
    )]
    UnknownLabels {
        /// As the user named it.
        file: String,
        /// Its name.
        column: String,
        /// Some of its values.
        values: String,
    },
    /// No mail has a label.
    #[error(
        "{file}: none of {rows} emails has a label; training needs both spam and ham: add a label column, name files or folders ham and spam, or give --label with each input of one class"
    )]
    NoLabels {
        /// As the user named it.
        file: String,
        /// Messages there are.
        rows: u64,
    },
    /// More rows were rejected than can be an accident.
    #[error(
        "{file}: {rejected} of {read} rows cannot be used ({reasons}), more than one in twenty; mend them, or go on without them with --bad-rows skip"
    )]
    TooManyRejected {
        /// As the user named it.
        file: String,
        /// Rows rejected.
        rejected: u64,
        /// Rows read.
        read: u64,
        /// Reasons with their numbers.
        reasons: String,
    },
    /// A row was rejected, and that was to be an error.
    #[error("{file}, line {line}: {reason}; mend the row, or leave it out with --bad-rows skip")]
    BadRow {
        /// As the user named it.
        file: String,
        /// Where it begins.
        line: u64,
        /// Why it cannot be used.
        reason: String,
    },
    /// A packed file that cannot be unpacked.
    #[error("{file} cannot be unpacked: {why}")]
    Damaged {
        /// As the user named it.
        file: String,
        /// What is wrong and what to do.
        why: String,
    },
    /// The file for rejected rows cannot be written.
    #[error("{file} cannot be written: {why}; choose another place with --rejects")]
    Unwritable {
        /// As the user named it.
        file: String,
        /// What the system says.
        why: String,
    },
    /// The end of the file comes inside a quoted field.
    #[error(
        "{file}, line {line}: the quoted field that begins here is never closed; the file is cut off (get it whole) or \
         the quote is stray (write it twice)"
    )]
    OpenQuote {
        /// As the user named it.
        file: String,
        /// Where the field begins.
        line: u64,
    },
    /// All rows were rejected, or there are none.
    #[error(
        "{file}: not one of {read} rows can be used ({reasons}); mend the rows or choose other columns"
    )]
    NoUsableRow {
        /// As the user named it.
        file: String,
        /// Rows read.
        read: u64,
        /// Reasons with their numbers.
        reasons: String,
    },
    /// Only one class occurs.
    #[error(
        "{file}: all {rows} usable rows are {label}; add mail of the other class, since training needs both"
    )]
    OneClass {
        /// As the user named it.
        file: String,
        /// How many rows there are.
        rows: u64,
        /// The class they are of.
        label: Label,
    },
    /// A single message is too large.
    #[error("{file}: the message is larger than {} MiB, the most that is read; leave it out or cut its attachments", limit >> 20)]
    TooLarge {
        /// As the user named it.
        file: String,
        /// The most that is read, in bytes.
        limit: usize,
    },
    /// The system failed while reading.
    #[error(
        "{file}: reading failed after {read} bytes: {source}; check the disk or the connection and try again"
    )]
    Failed {
        /// As the user named it.
        file: String,
        /// Bytes read until then.
        read: u64,
        /// What the system says.
        source: std::io::Error,
    },
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
