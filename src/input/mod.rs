//! From files to [`Email`]: tables (CSV of every layout, JSON lines), messages, mailboxes, folders,
//! packed or not, told apart by their content; and the mail that comes with the program.
//!
//! [`open`] judges each input by its head and finds its columns; the [`Source`] it returns yields
//! mail batch by batch and never holds more than one. A row that cannot be used is never dropped in
//! silence: it goes into the [`IngestReport`] with its line and reason. An input format is one
//! implementation of `MailFormat`, in a file of its own; `pile.rs` tells which.

mod account;
mod error;
mod export;
pub mod fetch;
mod formats;
mod labels;
mod text;
mod unpack;

pub use account::{DETAILED, IngestReport, Reason, RejectedRow};
pub use error::InputError;
pub use export::{ExportError, export};

use crate::base::files::{Unfinished, reason};
use crate::base::mail::{Email, Label};
use formats::folder::{self, Folder};
use formats::rows::RowSource;
use formats::{Detected, MailFormat, detect};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};
use unpack::{Meter, Named, metered, streams, unpack};

/// The largest message that is read, in bytes.
pub const LARGEST_MESSAGE: usize = 32 << 20;

/// Bytes and messages after which a batch is full.
const BATCH_BYTES: usize = 1 << 20;
const BATCH_MAILS: usize = 512;

/// What the user may say about an input.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The column that holds the label.
    pub label_column: Option<String>,
    /// The column that holds the text.
    pub text_column: Option<String>,
    /// The one label that means spam; every other means ham.
    pub spam_label: Option<String>,
    /// The class of all mail that does not say itself what it is.
    pub label: Option<Label>,
    /// What becomes of rows that cannot be used.
    pub bad_rows: BadRows,
    /// Where rows that cannot be used are written, as CSV.
    pub rejects: Option<PathBuf>,
    /// Whether to compute the SHA-256 of the bytes read.
    pub hash: bool,
    /// What labels are read for.
    pub labels: Labels,
}

/// What labels are read for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Labels {
    /// To learn or measure from: a table without a label column is refused.
    #[default]
    Needed,
    /// To be passed on: a table without a label column is fine.
    Optional,
    /// For nothing: a file or row without one is fine, and text of no known form is a message.
    Ignored,
}

/// What becomes of rows that cannot be used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BadRows {
    /// They are left out and counted; more than one in twenty is an error.
    #[default]
    Few,
    /// They are left out and counted, however many.
    Skip,
    /// The first is an error.
    Fail,
}

/// One input of a source.
struct Input {
    name: String,
    pile: Box<dyn MailFormat>,
}

/// Mail of one or more inputs, batch by batch.
pub struct Source {
    name: String,
    size: Option<u64>,
    meter: Meter,
    inputs: VecDeque<Input>,
    plan: Vec<String>,
    notes: Vec<String>,
    account: IngestReport,
    bad_rows: BadRows,
    rejects: Option<(PathBuf, csv::Writer<Unfinished>)>,
}

/// Opens one input: a file, a folder, or `-` for standard input.
pub fn open(path: &Path, options: &Options) -> Result<Source, InputError> {
    open_all(&[path.to_owned()], options)
}

/// Opens several inputs as one pile.
pub fn open_all(paths: &[PathBuf], options: &Options) -> Result<Source, InputError> {
    let meter = Meter::new(options.hash);
    let (mut inputs, mut size) = (VecDeque::new(), Some(0));
    for path in paths {
        let name = path.display().to_string();
        let failed = |source| InputError::from_io(&name, 0, source);
        if path == Path::new("-") {
            size = None;
            let name = "standard input".to_owned();
            let stream = unpack(metered(io::stdin(), &meter), &name)?;
            inputs.push_back(Input {
                pile: detect(
                    Named {
                        name: name.clone(),
                        stream,
                    },
                    options,
                    false,
                )?,
                name,
            });
        } else if std::fs::metadata(path).map_err(failed)?.is_dir() {
            let files = folder::files(path)?;
            size = size.map(|size| size + folder::size(&files));
            inputs.push_back(Input {
                name,
                pile: Box::new(Folder::open(path, files, options, &meter)?),
            });
        } else {
            size = size.map(|size| size + path.metadata().map_or(0, |about| about.len()));
            let all = streams(path, &name, &meter)?;
            let several = all.len() > 1;
            for named in all {
                let name = named.name.clone();
                inputs.push_back(Input {
                    pile: detect(named, options, several)?,
                    name,
                });
            }
        }
    }
    let name = paths.first().map_or_else(String::new, |path| {
        let first = if path == Path::new("-") {
            "standard input".to_owned()
        } else {
            path.display().to_string()
        };
        if paths.len() > 1 {
            format!("{first} and {} more", paths.len() - 1)
        } else {
            first
        }
    });
    Source::new(name, size, meter, inputs, options)
}

/// The mail that comes with the program.
pub fn builtin(options: &Options) -> Result<Source, InputError> {
    let mail: &'static [u8] = include_bytes!("../../data/emails.csv");
    let name = "the mail that comes with the program".to_owned();
    let meter = Meter::new(options.hash);
    let stream = metered(mail, &meter);
    let pile = Box::new(RowSource::open(
        Named {
            name: name.clone(),
            stream,
        },
        options,
    )?);
    let inputs = [Input {
        name: name.clone(),
        pile,
    }]
    .into();
    Source::new(name, Some(mail.len() as u64), meter, inputs, options)
}

impl Source {
    fn new(
        name: String,
        size: Option<u64>,
        meter: Meter,
        inputs: VecDeque<Input>,
        options: &Options,
    ) -> Result<Source, InputError> {
        let several = inputs.len() > 1;
        let line = |input: &Input| {
            let described = input.pile.described();
            if several {
                format!("{}: {described}", input.name)
            } else {
                described
            }
        };
        let plan = inputs.iter().map(line).collect();
        let begin = |path: &PathBuf| {
            let unwritable = |error: &io::Error| InputError::Unwritable {
                file: path.display().to_string(),
                why: reason(error),
            };
            let mut writer = csv::Writer::from_writer(
                Unfinished::create(path).map_err(|error| unwritable(&error))?,
            );
            writer
                .write_record(["file", "line", "reason", "row"])
                .map_err(|error| unwritable(&io::Error::other(error)))?;
            Ok((path.clone(), writer))
        };
        let rejects = options.rejects.as_ref().map(begin).transpose()?;
        let (account, bad_rows) = (IngestReport::default(), options.bad_rows);
        Ok(Source {
            name,
            size,
            meter,
            inputs,
            plan,
            notes: Vec::new(),
            account,
            bad_rows,
            rejects,
        })
    }

    /// How the user names it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What was taken for what: a line for each input.
    pub fn plan(&self) -> &[String] {
        &self.plan
    }

    /// What the user should know of how it was read; complete at the end.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Rows read so far and what became of them.
    pub fn account(&self) -> &IngestReport {
        &self.account
    }

    /// Bytes read so far.
    pub fn bytes_read(&self) -> u64 {
        self.meter.bytes()
    }

    /// Bytes there are to read, where that is known.
    pub fn size(&self) -> Option<u64> {
        self.size
    }

    /// SHA-256 of the bytes read so far, in hexadecimal, if it was asked for.
    pub fn sha256(&self) -> Option<String> {
        self.meter.sha256()
    }

    /// The next messages: about a megabyte, at most 512. None at the end; an error if there was no
    /// usable row at all, or too many that cannot be used.
    pub fn next_batch(&mut self) -> Result<Option<Vec<Email>>, InputError> {
        let mut batch = Vec::with_capacity(BATCH_MAILS);
        let mut bytes = 0;
        while bytes < BATCH_BYTES && batch.len() < BATCH_MAILS {
            let Some(input) = self.inputs.front_mut() else {
                break;
            };
            match input.pile.next()? {
                Some(Detected::Email(mail)) => {
                    self.account.keep(mail.label);
                    bytes += mail.content.len();
                    batch.push(mail);
                }
                Some(Detected::RejectedRow { line, reason, row }) => {
                    let file = input.name.clone();
                    self.reject(&file, line, reason, &row)?;
                }
                None => {
                    let (name, notes) = (&input.name, input.pile.notes());
                    self.notes
                        .extend(notes.into_iter().map(|note| format!("{name}: {note}")));
                    self.inputs.pop_front();
                    if self.inputs.is_empty() {
                        self.end()?;
                    }
                }
            }
        }
        Ok(if batch.is_empty() { None } else { Some(batch) })
    }

    fn reject(
        &mut self,
        file: &str,
        line: u64,
        reason: Reason,
        row: &[u8],
    ) -> Result<(), InputError> {
        if self.bad_rows == BadRows::Fail {
            return Err(InputError::BadRow {
                file: file.to_owned(),
                line,
                reason: reason.to_string(),
            });
        }
        if let Some((path, writer)) = &mut self.rejects {
            let (line, reason) = (line.to_string(), reason.to_string());
            let written =
                writer.write_record([file.as_bytes(), line.as_bytes(), reason.as_bytes(), row]);
            written.map_err(|error| unwritable(path, &io::Error::other(error)))?;
        }
        self.account.reject(file, line, reason);
        Ok(())
    }

    /// What is to be said and done when everything was read.
    fn end(&mut self) -> Result<(), InputError> {
        if let Some((path, writer)) = self.rejects.take() {
            let whole = writer
                .into_inner()
                .map_err(|error| unwritable(&path, &io::Error::other(error.to_string())))?;
            whole.finish().map_err(|error| unwritable(&path, &error))?;
        }
        let (file, read, rejected) = (
            self.name.clone(),
            self.account.read(),
            self.account.rejected(),
        );
        let reasons = self.account.reasons();
        if self.account.kept() == 0 {
            return Err(InputError::NoUsableRow {
                file,
                read,
                reasons,
            });
        }
        if self.bad_rows == BadRows::Few && rejected * 20 > read {
            return Err(InputError::TooManyRejected {
                file,
                rejected,
                read,
                reasons,
            });
        }
        Ok(())
    }
}

fn unwritable(path: &Path, error: &io::Error) -> InputError {
    InputError::Unwritable {
        file: path.display().to_string(),
        why: reason(error),
    }
}
