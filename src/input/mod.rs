//! From files to [`Email`](crate::base::mail::Email): tables (CSV of every layout, JSON lines),
//! messages, mailboxes, folders, packed or not, told apart by their content; and the mail that
//! comes with the program.
//!
//! [`open`] judges each input by its head and finds its columns; the [`Source`] it returns is an
//! iterator over batches of mail and never holds more than one. A row that cannot be used is never
//! dropped in silence: it goes into the [`IngestReport`] with its line and reason. An input format
//! is one file and one row of the table in `formats`.

mod account;
mod error;
mod export;
pub mod fetch;
mod formats;
mod labels;
mod options;
mod source;
mod text;
mod unpack;

pub use account::{DETAILED, IngestReport, Reason, RejectedRow};
pub use error::{ColumnRole, InputError};
pub use export::{ExportError, export};
pub use formats::accepted;
pub use options::{BadRows, LARGEST_MESSAGE, Labels, Options};
pub use source::{Source, builtin, open, open_all};
pub use unpack::without_packing;
