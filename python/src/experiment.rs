//! A comparison and what it found.

use crate::error::{IntoException, asked_wrongly, failed};
use crate::mail::Mail;
use crate::spec::spec;
use crate::work;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use spamlab::base::shown::CsvText;
use spamlab::input::IN_MEMORY;
use spamlab::lab;
use spamlab::report::charts::CHARTS;
use spamlab::report::documents::{csv, tables};
use spamlab::report::{self, ReportOptions, ink, statements};
use spamlab::results::{Experiment as Found, Timing, write_predictions};
use std::path::PathBuf;

/// What a report gives its reader to type, as one does that the program writes.
const REPEAT: &str = "spamlab compare --config experiment.json";
const TRAIN: &str =
    "spamlab train --config experiment.json --model {model} --threshold {probability}";

/// A value as people see it, and its uncertainty.
type ShownCell = (String, Option<String>);

/// Everything that a comparison found.
#[pyclass(frozen, module = "spamlab._native")]
pub struct Experiment {
    found: Found,
    timing: Option<Timing>,
}

#[pymethods]
impl Experiment {
    /// Compares the models as asked.
    #[staticmethod]
    fn compare(
        py: Python<'_>,
        mail: &Mail,
        config: Option<PathBuf>,
        given: &str,
        shown: bool,
    ) -> PyResult<Experiment> {
        let spec = spec(mail, config, given)?;
        let compared = work::run(py, shown, move |progress| {
            lab::compare(&spec, &spamlab::catalog(), progress)
        })?;
        let (found, timing) = compared.map_err(IntoException::into_exception)?;
        Ok(Experiment {
            found,
            timing: Some(timing),
        })
    }

    /// Reads the folder of a report, or its `experiment.json`.
    #[staticmethod]
    fn load(path: PathBuf) -> PyResult<Experiment> {
        let found = report::load(&path).map_err(IntoException::into_exception)?;
        Ok(Experiment {
            found,
            timing: report::load_timing(&path),
        })
    }

    /// Reads the bytes of [`Experiment::to_bytes`].
    #[staticmethod]
    fn from_bytes(bytes: &[u8]) -> PyResult<Experiment> {
        let (found, timing): (Found, _) = serde_json::from_slice(bytes).map_err(asked_wrongly)?;
        match found.contradiction() {
            Some(what) => Err(asked_wrongly(format!(
                "the experiment contradicts itself: {what}"
            ))),
            None => Ok(Experiment { found, timing }),
        }
    }

    /// All of it as bytes.
    fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let all = (&self.found, &self.timing);
        let bytes = serde_json::to_vec(&all).map_err(failed)?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// The `experiment.json`.
    fn json(&self) -> PyResult<String> {
        serde_json::to_string(&self.found).map_err(failed)
    }

    /// What it is called.
    #[getter]
    fn name(&self) -> &str {
        &self.found.name
    }

    /// The names of its models.
    #[getter]
    fn models(&self) -> Vec<&str> {
        let models = self.found.models.iter();
        models.map(|model| model.name.as_str()).collect()
    }

    /// The finding in a few words, and the sentence below it.
    fn finding(&self) -> (String, String) {
        let headline = statements::headline(&self.found).text;
        (headline, statements::difference(&self.found).text)
    }

    /// The six metrics of every model as people see them: the headings, and per model each value
    /// with its uncertainty.
    fn main_metrics(&self) -> (Vec<String>, Vec<Vec<ShownCell>>) {
        let table = tables::main_metrics(&self.found);
        let rows = table.rows.iter().map(|row| {
            let cells = row.iter().map(|cell| (cell.shown(), cell.uncertainty()));
            cells.collect()
        });
        let headings = table.columns.iter().map(|column| column.label.clone());
        (headings.collect(), rows.collect())
    }

    /// Every pair of models and the tests between them, as JSON.
    fn pairs(&self) -> PyResult<String> {
        serde_json::to_string(&self.found.comparisons).map_err(failed)
    }

    /// What depends on the clock, as JSON.
    fn timing(&self) -> PyResult<String> {
        serde_json::to_string(&self.timing).map_err(failed)
    }

    /// Each table of the report as CSV, without what depends on the clock.
    fn tables<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let all = PyDict::new(py);
        for (name, table) in tables::all(&self.found, None) {
            let bytes = csv(&table, CsvText::Exact).map_err(IntoException::into_exception)?;
            all.set_item(name, String::from_utf8_lossy(&bytes))?;
        }
        Ok(all)
    }

    /// Every prediction as CSV.
    fn predictions(&self) -> PyResult<String> {
        let mut bytes = Vec::new();
        write_predictions(&mut bytes, CsvText::Exact, self.found.predictions()).map_err(failed)?;
        String::from_utf8(bytes).map_err(failed)
    }

    /// The names of the charts that it has the data for, each with its title.
    fn charts(&self) -> Vec<(&'static str, String)> {
        let drawn = CHARTS.iter().filter_map(|chart| {
            let figure = chart.figure(&self.found, self.timing.as_ref())?;
            Some((chart.key, figure.title))
        });
        drawn.collect()
    }

    /// A chart as SVG; None if it has not the data.
    fn chart(&self, name: &str) -> PyResult<Option<String>> {
        let Some(chart) = CHARTS.iter().find(|chart| chart.key == name) else {
            let known: Vec<&str> = CHARTS.iter().map(|chart| chart.key).collect();
            let known = known.join(", ");
            return Err(asked_wrongly(format!(
                "there is no chart {name:?}; there are {known}"
            )));
        };
        let figure = chart.figure(&self.found, self.timing.as_ref());
        Ok(figure.map(|figure| ink::svg(&figure)))
    }

    /// Writes the report into a folder.
    fn save(&self, py: Python<'_>, folder: PathBuf, times: bool) -> PyResult<()> {
        let options = ReportOptions {
            repeat: Some(REPEAT).filter(|_| !self.was_in_memory()),
            train: Some(TRAIN).filter(|_| !self.was_in_memory()),
            ..ReportOptions::default()
        };
        let timing = self.timing.as_ref().filter(|_| times);
        let written = work::wait_for(py, || report::write(&self.found, timing, &folder, &options))?;
        written.map_err(IntoException::into_exception)
    }
}

impl Experiment {
    /// Whether the mail was in memory, so that no command reads it again.
    fn was_in_memory(&self) -> bool {
        let mut plan = self.found.data.plan.iter();
        plan.any(|read| read.ends_with(IN_MEMORY))
    }
}
