//! Writes any mail to one CSV file from which the same messages can be read again. The columns are
//! `label,id,raw` for whole messages and `label,id,from,subject,body` for rows of a table; with
//! folds, `split` follows.

use super::error::InputError;
use super::formats::{OWN_FIELDS, OWN_RAW};
use super::source::Source;
use crate::base::files::{reason, write_whole};
use crate::base::mail::{Content, Email, Label};
use std::io;
use std::path::Path;

/// The column of the folds.
const SPLIT: &str = "split";

/// Why mail could not be written to a CSV file.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The mail could not be read.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The file could not be written.
    #[error("{file} cannot be written: {why}")]
    Unwritable {
        /// The file, as the user named it.
        file: String,
        /// The reason that the system gave.
        why: String,
    },
    /// The source holds both whole messages and rows of a table, which do not fit into the same
    /// columns.
    #[error("{0} holds both whole messages and rows of a table, which need different columns")]
    Mixed(String),
}

/// Writes all mail of `source` to `path`, whole or not at all. `on_bytes` gets the number of bytes
/// read from the source since the last call.
pub fn export(
    source: &mut Source,
    path: &Path,
    on_bytes: impl FnMut(u64) + Send,
) -> Result<(), ExportError> {
    let name = source.name().to_owned();
    export_batches(&name, source.with_progress(on_bytes), None, path)
}

/// Writes these messages of a source to `path`, whole or not at all.
pub fn export_emails(source: &str, emails: Vec<Email>, path: &Path) -> Result<(), ExportError> {
    export_batches(source, std::iter::once(Ok(emails)), None, path)
}

/// The same with the fold that tests each message, as a split file has it; empty where none does.
pub fn export_folds(
    source: &str,
    emails: Vec<Email>,
    folds: &[Option<usize>],
    path: &Path,
) -> Result<(), ExportError> {
    export_batches(source, std::iter::once(Ok(emails)), Some(folds), path)
}

fn export_batches(
    source: &str,
    batches: impl Iterator<Item = Result<Vec<Email>, InputError>>,
    folds: Option<&[Option<usize>]>,
    path: &Path,
) -> Result<(), ExportError> {
    let mut failed: Option<ExportError> = None;
    let outcome = write_whole(path, |out| {
        write(source, batches, folds, out).map_err(|error| match error {
            Trouble::Io(error) => error,
            Trouble::Export(error) => {
                let told = io::Error::other(error.to_string());
                failed = Some(error);
                told
            }
        })
    });
    match (failed, outcome) {
        (Some(error), _) => Err(error),
        (None, Err(error)) => Err(ExportError::Unwritable {
            file: path.display().to_string(),
            why: reason(&error),
        }),
        (None, Ok(())) => Ok(()),
    }
}

enum Trouble {
    Io(io::Error),
    Export(ExportError),
}

impl From<csv::Error> for Trouble {
    fn from(error: csv::Error) -> Trouble {
        Trouble::Io(io::Error::other(error))
    }
}

fn write(
    source: &str,
    batches: impl Iterator<Item = Result<Vec<Email>, InputError>>,
    folds: Option<&[Option<usize>]>,
    out: &mut dyn io::Write,
) -> Result<(), Trouble> {
    let mut writer = csv::Writer::from_writer(out);
    let mut numbers = folds.map(<[_]>::iter);
    let mut fold = || {
        let number = numbers.as_mut()?.next().copied().flatten();
        Some(number.map_or(String::new(), |number| number.to_string()))
    };
    let mut whole: Option<bool> = None;
    for batch in batches {
        let batch = batch.map_err(|error| Trouble::Export(error.into()))?;
        for Email {
            id, label, content, ..
        } in batch
        {
            let label = label.map_or("", Label::name);
            let is_whole = matches!(content, Content::Raw(_));
            if whole.is_some_and(|whole| whole != is_whole) {
                return Err(Trouble::Export(ExportError::Mixed(source.to_owned())));
            }
            if whole.is_none() {
                whole = Some(is_whole);
                let fields: &[&str] = if is_whole { &OWN_RAW } else { &OWN_FIELDS };
                let split = folds.map(|_| SPLIT);
                writer.write_record(fields.iter().copied().chain(split))?;
            }
            let fold = fold();
            let fold = fold.as_deref().map(str::as_bytes);
            match content {
                Content::Raw(raw) => {
                    let cells = [label.as_bytes(), id.as_bytes(), &raw];
                    writer.write_record(cells.into_iter().chain(fold))?;
                }
                Content::Fields {
                    from,
                    subject,
                    body,
                } => {
                    let cells = [label, &id, &from, &subject, &body].map(str::as_bytes);
                    writer.write_record(cells.into_iter().chain(fold))?;
                }
            }
        }
    }
    writer.flush().map_err(Trouble::Io)
}
