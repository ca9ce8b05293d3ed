//! The specification: the defaults, overridden by a file if one is given, overridden by what Python
//! gives. The same as on the command line.

use crate::error::{IntoException, asked_wrongly};
use crate::mail::Mail;
use pyo3::prelude::*;
use serde_json::{Map, Value, json};
use spamlab::lab::ExperimentSpec;
use spamlab::results::LEARNING_CURVE;
use std::path::PathBuf;

/// What is asked of this mail. `given` holds fields of a specification as JSON.
pub fn spec(mail: &Mail, config: Option<PathBuf>, given: &str) -> PyResult<ExperimentSpec> {
    let mut spec = ExperimentSpec::default();
    if let Some(path) = config {
        spec = ExperimentSpec::read(&path, &spec).map_err(IntoException::into_exception)?;
    }
    let mut given: Map<String, Value> = serde_json::from_str(given).map_err(asked_wrongly)?;
    if let Some(analyses) = given.get_mut("analyses") {
        // Those that are not named stay as they are.
        let mut all = json!(spec.analyses);
        for (name, asked) in analyses.as_object().into_iter().flatten() {
            all[name] = asked.clone();
        }
        *analyses = all;
    }
    let searches = given.contains_key("search");
    spec = spec.with(given).map_err(asked_wrongly)?;
    if searches {
        // It would search again for every point.
        let analyses = &mut spec.analyses;
        analyses
            .entry(LEARNING_CURVE.to_owned())
            .or_insert(json!(false));
    }
    spec.data = mail.data.clone();
    spec.resolve(&spamlab::catalog())
        .map_err(IntoException::into_exception)?;
    Ok(spec)
}
