//! Why a model file cannot be read or written.

use std::path::{Path, PathBuf};

/// Why a model file cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file cannot be read.
    #[error("{file} cannot be read: {why}")]
    Unreadable {
        /// Path of the file.
        file: PathBuf,
        /// The reason that the system gave.
        why: String,
    },
    /// The file cannot be written.
    #[error("{file} cannot be written: {why}")]
    Unwritable {
        /// Path of the file.
        file: PathBuf,
        /// The reason that the system gave.
        why: String,
    },
    /// The file is not a model file.
    #[error("{0} is not a spamlab model file")]
    Foreign(PathBuf),
    /// The file was written by a newer program.
    #[error("{file} has format {found}, and this program reads up to {newest}")]
    Newer {
        /// Path of the file.
        file: PathBuf,
        /// The version of its format.
        found: u32,
        /// The newest format that this program reads.
        newest: u32,
    },
    /// The file was cut short or changed.
    #[error("{file} is damaged ({what})")]
    Damaged {
        /// Path of the file.
        file: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// The file holds no model of that name.
    #[error("{file} holds no model {name:?}; it holds {held}")]
    NoModel {
        /// Path of the file.
        file: PathBuf,
        /// The name that was asked for.
        name: String,
        /// The names of its models, separated by commas.
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
