//! Mail that is read from files, or that Python holds.

use crate::error::{IntoException, Raised, asked_wrongly};
use crate::work;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyDict, PyFloat, PyInt, PyIterator, PyString};
use serde_json::{Value, json};
use spamlab::base::mail::{Content, Email, Label};
use spamlab::base::progress::Progress;
use spamlab::input::{Cell, Handed, InputError, Labels, MemoryTable, NoPiece, PieceTable, Pieces};
use spamlab::lab::spec::DataSpec;
use std::path::PathBuf;
use std::sync::Arc;

/// The values of a column.
type Column<'py> = Vec<Bound<'py, PyAny>>;

/// Mail as a specification describes it; nothing of it is read yet.
#[pyclass(frozen, module = "spamlab._native")]
pub struct Mail {
    /// Where it comes from and how it is read.
    pub data: DataSpec,
}

#[pymethods]
impl Mail {
    /// Files and folders; none for the mail that comes with the program.
    #[staticmethod]
    fn of_inputs(inputs: Vec<PathBuf>, options: &str) -> PyResult<Mail> {
        let data = DataSpec {
            inputs,
            ..described(options)?
        };
        Ok(Mail { data })
    }

    /// Columns of values, of which one holds the messages. If `strict`, the values of the first are
    /// messages and nothing else.
    #[staticmethod]
    fn of_columns(
        name: String,
        columns: Vec<String>,
        values: Vec<Column<'_>>,
        options: &str,
        strict: bool,
    ) -> PyResult<Mail> {
        let table = table_of(name, columns, &values, strict)?;
        handed(Handed::Whole(Arc::new(table)), options)
    }

    /// A table in pieces: `batches` is called for an iterator over pairs of the names of columns
    /// and their values.
    #[staticmethod]
    fn of_batches(
        name: String,
        batches: Py<PyAny>,
        is_repeatable: bool,
        options: &str,
    ) -> PyResult<Mail> {
        let table = Batches {
            name,
            begin: batches,
            is_repeatable,
        };
        handed(Handed::InPieces(Arc::new(table)), options)
    }

    /// Whether Python holds it.
    #[getter]
    fn in_memory(&self) -> bool {
        self.data.table.is_some()
    }

    /// Whether Python hands it over in pieces.
    #[getter]
    fn in_batches(&self) -> bool {
        matches!(self.data.table, Some(Handed::InPieces(_)))
    }

    /// The names of its files, or what a table in memory is called.
    #[getter]
    fn inputs(&self) -> Vec<PathBuf> {
        self.data.inputs.clone()
    }

    /// How it is read, as JSON.
    #[getter]
    fn options(&self) -> String {
        let mut options = json!(self.data);
        if let Some(fields) = options.as_object_mut() {
            fields.remove("inputs");
        }
        options.to_string()
    }

    /// The names and the values of a table in memory, column by column.
    fn values<'py>(&self, py: Python<'py>) -> Option<(Vec<String>, Vec<Column<'py>>)> {
        let Some(Handed::Whole(table)) = &self.data.table else {
            return None;
        };
        let column = |at: usize| table.rows.iter().map(|row| value(py, &row[at])).collect();
        let columns = (0..table.columns.len()).map(column).collect();
        Some((table.columns.clone(), columns))
    }

    /// Reads it: what each message is called, its label, and its parts.
    fn read<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let data = self.data.clone();
        let emails = work::run(py, false, move |progress| {
            emails(&data, Labels::Optional, progress)
        })?;
        let emails = emails.map_err(IntoException::into_exception)?;
        let read = PyDict::new(py);
        let ids: Vec<&str> = emails.iter().map(|email| email.id.as_str()).collect();
        read.set_item("id", ids)?;
        let labels = emails.iter().map(|email| email.label.map(Label::name));
        read.set_item("label", labels.collect::<Vec<_>>())?;
        if emails.iter().any(|email| email.kind.is_some()) {
            let kinds: Vec<_> = emails.iter().map(|email| email.kind.as_deref()).collect();
            read.set_item("kind", kinds)?;
        }
        for (name, of) in [
            ("from", sender as fn(&Content) -> &str),
            ("subject", subject),
        ] {
            let fields: Vec<&str> = emails.iter().map(|email| of(&email.content)).collect();
            if fields.iter().any(|field| !field.is_empty()) {
                read.set_item(name, fields)?;
            }
        }
        let texts = emails.iter().map(|email| text(py, &email.content));
        read.set_item("text", texts.collect::<Vec<_>>())?;
        Ok(read)
    }
}

/// Mail that Python hands over.
fn handed(table: Handed, options: &str) -> PyResult<Mail> {
    let options = described(options)?;
    let DataSpec { inputs, table, .. } = DataSpec::of_table(table);
    let data = DataSpec {
        inputs,
        table,
        ..options
    };
    Ok(Mail { data })
}

/// A table of columns, all of one length. If `strict`, the values of the first are messages and
/// nothing else.
fn table_of(
    name: String,
    columns: Vec<String>,
    values: &[Column<'_>],
    strict: bool,
) -> PyResult<MemoryTable> {
    let length = values.first().map_or(0, Vec::len);
    if let Some(at) = values.iter().position(|column| column.len() != length) {
        let (column, found) = (&columns[at], values[at].len());
        let sentence = format!("{name}: {length} messages and {found} values of `{column}`");
        return Err(asked_wrongly(sentence));
    }
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    rows.resize_with(length, || Vec::with_capacity(columns.len()));
    for (column, values) in values.iter().enumerate() {
        for (at, (row, value)) in rows.iter_mut().zip(values).enumerate() {
            row.push(if strict && column == 0 {
                message(value, at)?
            } else {
                cell(value)?
            });
        }
    }
    Ok(MemoryTable {
        name,
        columns,
        rows,
    })
}

/// A table that Python hands over in pieces.
struct Batches {
    name: String,
    /// Is called for an iterator.
    begin: Py<PyAny>,
    is_repeatable: bool,
}

impl PieceTable for Batches {
    fn name(&self) -> &str {
        &self.name
    }

    fn is_repeatable(&self) -> bool {
        self.is_repeatable
    }

    fn pieces(&self) -> Result<Pieces, NoPiece> {
        let begun = Python::attach(|py| self.begin.call0(py)).map_err(Raised)?;
        let name = self.name.clone();
        let next = move || {
            let piece = Python::attach(|py| piece(begun.bind(py), &name));
            piece.map_err(|error| Raised(error).into()).transpose()
        };
        Ok(Box::new(std::iter::from_fn(next)))
    }
}

/// The next piece of an iterator.
fn piece(batches: &Bound<'_, PyAny>, name: &str) -> PyResult<Option<MemoryTable>> {
    let Some(next) = batches.cast::<PyIterator>()?.clone().next() else {
        return Ok(None);
    };
    let (columns, values): (Vec<String>, Vec<Column<'_>>) = next?.extract()?;
    table_of(name.to_owned(), columns, &values, false).map(Some)
}

fn sender(content: &Content) -> &str {
    match content {
        Content::Fields { from, .. } => from,
        Content::Raw(_) => "",
    }
}

fn subject(content: &Content) -> &str {
    match content {
        Content::Fields { subject, .. } => subject,
        Content::Raw(_) => "",
    }
}

fn text<'py>(py: Python<'py>, content: &Content) -> Bound<'py, PyAny> {
    match content {
        Content::Fields { body, .. } => PyString::new(py, body).into_any(),
        Content::Raw(bytes) => PyBytes::new(py, bytes).into_any(),
    }
}

/// How mail is read, without where it comes from.
fn described(options: &str) -> PyResult<DataSpec> {
    let options: Value = serde_json::from_str(options).map_err(asked_wrongly)?;
    serde_json::from_value(options).map_err(asked_wrongly)
}

/// All mail, or why it cannot be read.
pub fn emails(
    data: &DataSpec,
    labels: Labels,
    progress: &dyn Progress,
) -> Result<Vec<Email>, InputError> {
    let mut source = data.open(labels, false)?;
    progress.begin("reading mail", source.size().unwrap_or(0));
    let batches = source.with_progress(|bytes| progress.advance(bytes));
    let read: Vec<Vec<Email>> = batches.collect::<Result<_, _>>()?;
    progress.end();
    Ok(read.into_iter().flatten().collect())
}

/// A message that Python holds.
fn message(value: &Bound<'_, PyAny>, at: usize) -> PyResult<Cell> {
    if let Some(cell) = text_or_bytes(value) {
        return Ok(cell);
    }
    if value.hasattr("as_bytes")? {
        let bytes = value.call_method0("as_bytes")?;
        return Ok(Cell::Message(bytes.cast::<PyBytes>()?.as_bytes().to_vec()));
    }
    let found = value.get_type().name()?;
    Err(PyTypeError::new_err(format!(
        "message {at} is of the type {found}; a message is str, bytes or email.message.Message"
    )))
}

/// Any value of a table. What is missing is empty.
fn cell(value: &Bound<'_, PyAny>) -> PyResult<Cell> {
    if let Some(cell) = text_or_bytes(value) {
        return Ok(cell);
    }
    let is_nan = value
        .cast::<PyFloat>()
        .is_ok_and(|number| number.value().is_nan());
    let is_missing = || -> PyResult<bool> {
        // Of pandas.
        let kind = value.get_type().name()?;
        Ok(kind == "NAType" || kind == "NaTType")
    };
    if value.is_none() || is_nan || is_missing()? {
        return Ok(Cell::Text(String::new()));
    }
    let is_plain = value.is_instance_of::<PyBool>()
        || value.is_instance_of::<PyInt>()
        || value.is_instance_of::<PyFloat>();
    let is_message = !is_plain && value.hasattr("as_bytes")?;
    if is_message {
        return message(value, 0);
    }
    Ok(Cell::Text(value.str()?.to_string_lossy().into_owned()))
}

fn text_or_bytes(value: &Bound<'_, PyAny>) -> Option<Cell> {
    if let Ok(text) = value.cast::<PyString>() {
        // A lone surrogate is no text.
        return Some(Cell::Text(text.to_string_lossy().into_owned()));
    }
    let bytes = value.cast::<PyBytes>().ok()?;
    Some(Cell::Message(bytes.as_bytes().to_vec()))
}

fn value<'py>(py: Python<'py>, cell: &Cell) -> Bound<'py, PyAny> {
    match cell {
        Cell::Text(text) => PyString::new(py, text).into_any(),
        Cell::Message(bytes) => PyBytes::new(py, bytes).into_any(),
    }
}
