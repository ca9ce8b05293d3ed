//! Why an analysis came to no result.

use crate::base::files;
use crate::model::{FitError, SettingError};
use std::io;
use std::path::PathBuf;

/// Why an analysis came to no result.
#[derive(Debug, thiserror::Error)]
pub enum AnalysisError {
    /// The data are beyond a model's stated limit.
    #[error("{model}: {reason}")]
    NotApplicable {
        /// The model's name.
        model: &'static str,
        /// The limit, and what to use instead.
        reason: String,
    },
    /// A fit failed.
    #[error("{model}: {error}")]
    Fit {
        /// The model's name.
        model: &'static str,
        /// Why.
        error: FitError,
    },
    /// A setting cannot be.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// A fit that does not report how it ended.
    #[error("{model} has no optimum to certify: its fit is not a search for one")]
    NoOptimum {
        /// The model's name.
        model: &'static str,
    },
    /// A problem that LIBLINEAR cannot solve.
    #[error(
        "LIBLINEAR has no such problem as {model} with {settings}; it has logistic and squared \
         hinge loss with an L1 or an L2 penalty, and hinge loss with an L2 penalty"
    )]
    NotInLiblinear {
        /// The model's name.
        model: &'static str,
        /// Its settings on one line.
        settings: String,
    },
    /// A file of an export could not be written.
    #[error("{} cannot be written: {}", .path.display(), files::reason(.error))]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// A model without code lengths, or trained on too little mail to hold any out, was asked for
    /// the novelty of mail.
    #[error(
        "{model} cannot tell the novelty of mail: it gives no code lengths, or held out no mail"
    )]
    NoNovelty {
        /// The model's name.
        model: String,
    },
    /// There is no mail to analyse.
    #[error("no mail was read")]
    NoMail,
}
