//! Why a model file cannot be read or written.

use std::path::{Path, PathBuf};

/// Why a model file cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It cannot be read.
    #[error("{file} cannot be read: {why}")]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system said.
        why: String,
    },
    /// It cannot be written.
    #[error("{file} cannot be written: {why}")]
    Unwritable {
        /// The file.
        file: PathBuf,
        /// What the system said.
        why: String,
    },
    /// Not a model file at all.
    #[error("{0} is not a spamlab model file")]
    Foreign(PathBuf),
    /// Written by a newer program.
    #[error("{file} has format {found}, and this program reads up to {newest}")]
    Newer {
        /// The file.
        file: PathBuf,
        /// Its format.
        found: u32,
        /// The newest format that this program reads.
        newest: u32,
    },
    /// Cut short or changed.
    #[error("{file} is damaged ({what})")]
    Damaged {
        /// The file.
        file: PathBuf,
        /// What does not fit.
        what: String,
    },
    /// No such model in it.
    #[error("{file} holds no model {name:?}; it holds {held}")]
    NoModel {
        /// The file.
        file: PathBuf,
        /// What was asked for.
        name: String,
        /// What there is.
        held: String,
    },
}

impl StoreError {
    /// The error of a file that cannot be written, and why.
    pub(super) fn unwritable(file: &Path, why: String) -> StoreError {
        StoreError::Unwritable {
            file: file.to_owned(),
            why,
        }
    }
}
