//! Why a model could not be fitted.

use crate::base::mail::Label;

/// Why a model could not be fitted.
#[derive(Debug, thiserror::Error)]
pub enum FitError {
    /// One of the two classes is missing.
    #[error("the training mail holds no {missing}: a classifier needs mail of both classes")]
    OneClass {
        /// The class without training messages.
        missing: Label,
    },
    /// The vocabulary is empty.
    #[error("no token is left to learn from")]
    NoColumns,
    /// More data than the model can hold; says what to change.
    #[error("{0}")]
    TooLarge(String),
    /// The solver failed; says why.
    #[error("the solver failed: {0}")]
    Solver(String),
    /// The loss or the weights of a net are no longer finite numbers.
    #[error("the fit diverged at step {step}: the learning rate is too high")]
    Diverged {
        /// Steps before.
        step: u32,
    },
    /// What was kept of the fit is no state of it.
    #[error("what was kept of the interrupted fit is not of this model")]
    Checkpoint,
    /// The model was given counts, from which it cannot learn.
    #[error("it learns from the messages themselves, not from counts of their words")]
    NeedsMessages,
    /// Rows on disk that could not be written or read; says what and what to do.
    #[error("{0}")]
    Storage(String),
    /// Cancelled by the [`FitObserver`](super::FitObserver).
    #[error("cancelled")]
    Cancelled,
}
