//! Errors that are the user's to mend: those of usage and of input, which end the program with exit
//! code 2.

use std::error::Error;
use std::fmt;

/// An error of exit code 2: whatever went wrong, and what it is about if it does not say itself.
#[derive(Debug)]
pub struct Usage {
    about: Option<String>,
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
        match &self.about {
            Some(about) => write!(f, "{about}: {}", self.error),
            None => self.error.fmt(f),
        }
    }
}

impl Error for Usage {}

/// An error of exit code 2.
pub fn usage(error: impl Into<Box<dyn Error + Send + Sync>>) -> anyhow::Error {
    let error = error.into();
    anyhow::Error::new(Usage { about: None, error })
}

/// An error of exit code 2 that does not say itself which file or model it is about.
pub fn usage_of<E: Into<Box<dyn Error + Send + Sync>>>(
    about: &str,
) -> impl FnOnce(E) -> anyhow::Error {
    let about = Some(about.to_owned());
    move |error| {
        let error = error.into();
        anyhow::Error::new(Usage { about, error })
    }
}
