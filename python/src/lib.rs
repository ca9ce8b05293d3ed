//! The module `spamlab._native`, over which the package `spamlab` in the folder beside it stands.
//!
//! Python turns whatever it holds into rows of values and asks in JSON; here they become mail and a
//! specification, the same as those of the command line, and the library does the work. Numbers go
//! back as bytes, from which numpy makes arrays without a copy, so that nothing is needed to run.

#![expect(clippy::needless_pass_by_value, reason = "Python hands over values")]

mod counts;
mod error;
mod experiment;
mod mail;
mod model;
mod spec;
mod tokens;
mod work;

use error::SpamlabError;
use pyo3::prelude::*;
use spamlab::base::mail::Label;
use spamlab::input;

/// The class that a label means, if it is known.
#[pyfunction]
fn label_of(value: &str) -> Option<&'static str> {
    input::label_of(value).map(Label::name)
}

/// Every model: its name, its family, what it is, and the names of its settings.
#[pyfunction]
fn models() -> Vec<(&'static str, String, &'static str, Vec<&'static str>)> {
    let catalog = spamlab::catalog();
    let one = |entry: &dyn spamlab::model::ModelEntry| {
        let settings = entry.settings_table().iter().map(|row| row.name);
        let family = entry.family().to_string();
        (entry.name(), family, entry.summary(), settings.collect())
    };
    catalog.models().map(one).collect()
}

#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add("SpamlabError", module.py().get_type::<SpamlabError>())?;
    module.add_class::<mail::Mail>()?;
    module.add_class::<experiment::Experiment>()?;
    module.add_class::<model::Model>()?;
    module.add_function(wrap_pyfunction!(tokens::tokenize, module)?)?;
    module.add_function(wrap_pyfunction!(tokens::count, module)?)?;
    module.add_class::<counts::Counter>()?;
    module.add_function(wrap_pyfunction!(counts::train_counts, module)?)?;
    module.add_function(wrap_pyfunction!(tokens::fingerprints, module)?)?;
    module.add_function(wrap_pyfunction!(tokens::similarity, module)?)?;
    module.add_function(wrap_pyfunction!(label_of, module)?)?;
    module.add_function(wrap_pyfunction!(models, module)?)?;
    Ok(())
}
