//! Why a model could not be fitted.

use crate::base::mail::Label;

/// Why a model could not be fitted.
#[derive(Debug, thiserror::Error)]
pub enum FitError {
    /// One of the two classes is missing.
    #[error("the training mail holds no {missing}: a classifier needs mail of both classes")]
    OneClass {
        /// The class without mail.
        missing: Label,
    },
    /// Nothing to read.
    #[error("no token is left to learn from")]
    NoColumns,
    /// Beyond what this model can take.
    #[error("{0}")]
    TooLarge(String),
    /// The solver of a library gave up.
    #[error("the solver failed: {0}")]
    Solver(String),
    /// Only counts were there to learn from.
    #[error("it learns from the emails themselves, not from counts of their words")]
    NeedsMails,
    /// Cancelled by the [`FitObserver`](super::FitObserver).
    #[error("cancelled")]
    Cancelled,
}
