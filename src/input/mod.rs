//! Reads files into [`Email`](crate::base::mail::Email): tables (CSV in any layout, JSON),
//! single messages, mailboxes and folders, compressed or not. The content of an input tells its
//! format. The mail that comes with the program is read in the same way.
//!
//! [`open`] detects the format of an input from its first bytes and finds its columns. It returns a
//! [`Source`], an iterator over batches of mail that holds only one batch at a time. A row that
//! cannot be used is never dropped silently: the [`IngestReport`] holds its line and the reason. An
//! input format is one file and one row of the table in `formats`.

mod account;
mod error;
mod export;
pub mod fetch;
mod formats;
mod labels;
mod options;
mod plan;
mod source;
mod text;
mod unpack;

pub use account::{DETAILED, IngestReport, Reason, RejectedRow};
pub use error::{ColumnRole, InputError, NoPiece};
pub use export::{ExportError, export, export_emails, export_folds};
pub use formats::accepted;
pub use formats::memory::{Cell, Handed, IN_MEMORY, MemoryTable, PieceTable, Pieces};
pub use labels::of_value as label_of;
pub use options::{BadRows, LARGEST_MESSAGE, Labels, Options};
pub use source::{Source, builtin, open, open_all, open_table};
pub use unpack::{open_stream, without_packing};
