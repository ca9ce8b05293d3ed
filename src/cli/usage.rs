//! Errors that the user can fix: those of usage and of input, which end the program with exit
//! code 2.

use std::error::Error;
use std::fmt;

/// An error of exit code 2: whatever went wrong.
#[derive(Debug)]
pub struct Usage {
    error: Box<dyn Error + Send + Sync>,
}

impl Usage {
    /// What went wrong.
    pub fn error(&self) -> &(dyn Error + 'static) {
        &*self.error
    }
}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl Error for Usage {}

/// An error of exit code 2.
pub fn usage(error: impl Into<Box<dyn Error + Send + Sync>>) -> anyhow::Error {
    let error = error.into();
    anyhow::Error::new(Usage { error })
}
