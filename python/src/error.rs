//! From errors of the library to exceptions: `ValueError` for what is asked wrongly, `OSError` for
//! files, `SpamlabError` for everything else. Each carries the one sentence of the library.

use pyo3::exceptions::{
    PyException, PyFileNotFoundError, PyIsADirectoryError, PyOSError, PyPermissionError,
    PyValueError,
};
use pyo3::types::PyTypeMethods;
use pyo3::{PyErr, Python, create_exception};
use spamlab::generate::GenerateError;
use spamlab::input::InputError;
use spamlab::lab::{LabError, SpecError};
use spamlab::model::file::StoreError;
use spamlab::report::ReportError;
use std::error::Error;
use std::fmt::{self, Display, Formatter};
use std::io;
use std::path::Path;

create_exception!(
    spamlab,
    SpamlabError,
    PyException,
    "What went wrong although it was asked rightly: a fit that failed, a damaged model file."
);

/// What is asked wrongly.
pub fn asked_wrongly(error: impl Display) -> PyErr {
    PyValueError::new_err(error.to_string())
}

/// Anything else.
pub fn failed(error: impl Display) -> PyErr {
    SpamlabError::new_err(error.to_string())
}

fn of_file(error: impl Display) -> PyErr {
    PyOSError::new_err(error.to_string())
}

/// What the system says of a file.
pub fn system(path: &Path, error: &io::Error) -> PyErr {
    let path = path.display();
    match error.kind() {
        io::ErrorKind::NotFound => {
            PyFileNotFoundError::new_err(format!("{path}: there is no such file"))
        }
        io::ErrorKind::PermissionDenied => {
            PyPermissionError::new_err(format!("{path}: permission denied"))
        }
        _ => of_file(format!("{path}: {error}")),
    }
}

/// Errors of the library that have an exception.
pub trait IntoException {
    /// The exception.
    fn into_exception(self) -> PyErr;
}

/// What Python raised while the library asked it for mail.
#[derive(Debug)]
pub struct Raised(pub PyErr);

impl Display for Raised {
    /// What it says, and of what kind it is.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Python::attach(|py| {
            let kind = self.0.get_type(py).name().map(|name| name.to_string());
            match kind {
                Ok(kind) if kind != "ValueError" => write!(f, "{kind}: {}", self.0.value(py)),
                _ => self.0.value(py).fmt(f),
            }
        })
    }
}

impl Error for Raised {}

impl IntoException for InputError {
    fn into_exception(self) -> PyErr {
        let sentence = self.to_string();
        match self {
            InputError::BrokenOff { why, .. } => {
                let raised = why.downcast::<Raised>().ok().map(|raised| raised.0);
                let broken = asked_wrongly(sentence);
                Python::attach(|py| broken.set_cause(py, raised));
                broken
            }
            InputError::NotFound { .. } => PyFileNotFoundError::new_err(sentence),
            InputError::Denied { .. } => PyPermissionError::new_err(sentence),
            InputError::Directory { .. } => PyIsADirectoryError::new_err(sentence),
            InputError::Failed { .. } | InputError::Unwritable { .. } => of_file(sentence),
            _ => asked_wrongly(sentence),
        }
    }
}

impl IntoException for SpecError {
    fn into_exception(self) -> PyErr {
        match self {
            SpecError::Unreadable { .. } => of_file(self),
            _ => asked_wrongly(self),
        }
    }
}

impl IntoException for StoreError {
    fn into_exception(self) -> PyErr {
        match self {
            StoreError::Unreadable { .. } | StoreError::Unwritable { .. } => of_file(self),
            StoreError::Foreign(_) | StoreError::NoModel { .. } => asked_wrongly(self),
            _ => failed(self),
        }
    }
}

impl IntoException for GenerateError {
    fn into_exception(self) -> PyErr {
        match self {
            GenerateError::Store(error) => error.into_exception(),
            other => asked_wrongly(other),
        }
    }
}

impl IntoException for LabError {
    fn into_exception(self) -> PyErr {
        match self {
            LabError::Spec(error) => error.into_exception(),
            LabError::Input(error) => error.into_exception(),
            LabError::Store(error) => error.into_exception(),
            LabError::Generate(error) => error.into_exception(),
            LabError::NoFolder { .. }
            | LabError::Unwritable { .. }
            | LabError::Unreadable { .. } => of_file(self),
            LabError::Split { .. }
            | LabError::SplitFile(_)
            | LabError::External { .. }
            | LabError::Counts { .. }
            | LabError::WrongCounts { .. }
            | LabError::NoMail => asked_wrongly(self),
            _ => failed(self),
        }
    }
}

impl IntoException for ReportError {
    fn into_exception(self) -> PyErr {
        match self {
            ReportError::Missing(_) => PyFileNotFoundError::new_err(self.to_string()),
            ReportError::File { .. } | ReportError::NotOurs(_) => of_file(self),
            ReportError::Foreign { .. } | ReportError::Schema { .. } => asked_wrongly(self),
            _ => failed(self),
        }
    }
}
