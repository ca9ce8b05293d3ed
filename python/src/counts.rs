//! Mail counted by many processes, and models trained from what they counted.

use crate::error::{IntoException, asked_wrongly, failed};
use crate::mail::{Mail, emails};
use crate::tokens::checked;
use crate::work;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyIterator};
use serde_json::{Map, Value};
use spamlab::base::progress::Silent;
use spamlab::dataset::{self, zeros_of};
use spamlab::input::{InputError, Labels};
use spamlab::lab::ExperimentSpec;
use spamlab::lab::counts::{self, Counts, CountsReader, Form, train_from_counts};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

/// Counts messages as they come.
#[pyclass(frozen, module = "spamlab._native")]
pub struct Counter {
    counter: Mutex<dataset::Counter>,
}

#[pymethods]
impl Counter {
    /// `messages` is about how many there are in all parts of the data set.
    #[new]
    fn new(recipe: &str, seed: u64, messages: Option<u64>) -> PyResult<Counter> {
        let zeros = messages.map_or(0, zeros_of);
        let counter = dataset::Counter::new(&checked(recipe)?, seed, zeros);
        Ok(Counter {
            counter: Mutex::new(counter),
        })
    }

    /// Counts labelled mail. Says whether it is time to take the counts.
    fn add(&self, py: Python<'_>, mail: &Mail) -> PyResult<bool> {
        let full = work::wait_for(py, || {
            let emails = emails(&mail.data, Labels::Needed, &Silent)?;
            let mut counter = self.counter.lock().unwrap_or_else(PoisonError::into_inner);
            Ok(counter.add(emails))
        })?;
        full.map_err(|error: InputError| error.into_exception())
    }

    /// The counts since the last time, as lines.
    fn take<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let lines = work::wait_for(py, || {
            let mut counter = self.counter.lock().unwrap_or_else(PoisonError::into_inner);
            let mut lines = Vec::new();
            counts::write(&counter.take(), 0, Form::Tabs, &mut lines).map(|()| lines)
        })?;
        Ok(PyBytes::new(py, &lines.map_err(failed)?))
    }
}

/// Trains models from counts: of these files and folders, or of pieces of whole lines. Returns the
/// bytes of the model file.
#[pyfunction]
pub fn train_counts<'py>(
    py: Python<'py>,
    paths: Option<Vec<PathBuf>>,
    pieces: Option<Bound<'py, PyIterator>>,
    given: &str,
    shown: bool,
) -> PyResult<Bound<'py, PyBytes>> {
    let given: Map<String, Value> = serde_json::from_str(given).map_err(asked_wrongly)?;
    let spec = ExperimentSpec::default();
    let mut spec = spec.with(given).map_err(asked_wrongly)?;
    spec.analyses.clear();
    let mut reader = CountsReader::default();
    for piece in pieces.into_iter().flatten() {
        let piece = piece?;
        let mut lines = piece.cast::<PyBytes>()?.as_bytes();
        let read = py.detach(|| reader.read(IN_MEMORY, &mut lines));
        read.map_err(IntoException::into_exception)?;
    }
    let trained = work::run(py, shown, move |progress| {
        let counts = match paths {
            Some(paths) => Counts::read(&paths)?,
            None => reader.finish(IN_MEMORY)?,
        };
        train_from_counts(&spec, &counts, &spamlab::catalog(), progress)?.to_bytes()
    })?;
    Ok(PyBytes::new(
        py,
        &trained.map_err(IntoException::into_exception)?,
    ))
}

/// What errors call counts in memory.
const IN_MEMORY: &str = "the counts";
