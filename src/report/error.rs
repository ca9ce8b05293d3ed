//! Why a report could not be written or read.

use super::ink::InkError;
use std::io;
use std::path::PathBuf;

/// Why a report could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The folder holds something other than a report.
    #[error("{} exists and is not a spamlab report", .0.display())]
    NotOurs(PathBuf),
    /// There is no experiment at this path.
    #[error("{} does not exist", .0.display())]
    Missing(PathBuf),
    /// The file is not a valid experiment.
    #[error("{} is not a whole spamlab experiment: {reason}", .path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What is wrong and where.
        reason: String,
    },
    /// The file has another schema version.
    #[error("{} is of schema {found}, and this program reads schema {known}", .path.display())]
    Schema {
        /// The file.
        path: PathBuf,
        /// The version of the file.
        found: u64,
        /// The version that this program reads.
        known: u32,
    },
    /// A file could not be read or written.
    #[error("cannot {verb} {}: {}", .path.display(), crate::base::files::reason(.error))]
    File {
        /// `read` or `write`.
        verb: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// A chart could not be drawn.
    #[error("chart {chart}: {source}")]
    Ink {
        /// Its name.
        chart: &'static str,
        /// Why.
        source: InkError,
    },
    /// A document could not be written.
    #[error("cannot write the report: {0}")]
    Document(String),
}
