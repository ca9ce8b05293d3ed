//! Tables of mail with one message per row: CSV and similar formats, with any delimiter.
//!
//! `layout` detects how a table is written, `records` reads its records, and `columns` tells what
//! its columns hold.

mod layout;
mod parser;
mod records;
mod rewind;

use super::columns::{ColumnPlan, find};
use super::format::{Entry, Format, MailReader, Named, Recognition};
use super::rows::{OTHER_FIELDS, RowReader};
use super::sample::Sample;
use crate::input::account::Reason;
use crate::input::error::InputError;
use crate::input::options::{BadRows, LARGEST_MESSAGE, Options};
use crate::input::unpack::ByteStream;
use encoding_rs::Encoding;
use layout::{Layout, Preamble};
use parser::Record;
use records::{Next, Records};

/// Any text may be a table: the search for its columns tells what is missing if it is not.
pub(in crate::input) const FORMAT: Format = Format {
    name: "tables (CSV, TSV)",
    extensions: &["csv", "tsv", "tab", "psv"],
    recognises: |_| Recognition::Possible,
    open: |named, options| Ok(Box::new(RowSource::open(named, options)?)),
};

/// What the columns of a table are, by its first records.
fn plan(name: &str, layout: &Layout, options: &Options) -> Result<ColumnPlan, InputError> {
    let (header, rows) = match &layout.sample[..] {
        [header, rows @ ..] if layout.header => (Some(&header[..]), rows),
        rows => (None, rows),
    };
    find(name, header, rows, options)
}

/// How a table is read, in a line.
fn described(plan: &ColumnPlan, encoding: &'static Encoding, layout: &Layout) -> String {
    let dialect = layout.dialect;
    let separator = match dialect.delimiter {
        b'\t' => "tab".to_owned(),
        b';' => "semicolon".to_owned(),
        b'|' => "pipe".to_owned(),
        b',' => "comma".to_owned(),
        other => format!("`{}`", other.escape_ascii()),
    };
    let about = |yes: bool, what: &'static str| if yes { what } else { "" };
    format!(
        "{plan} ({}, {separator}-separated{}{}{}{})",
        encoding.name(),
        about(!layout.header, ", no header line"),
        about(!dialect.quotes, ", quotes have no meaning"),
        about(dialect.escapes, ", backslashes escape"),
        about(dialect.returns, ", carriage returns end lines")
    )
}

/// A table of mail.
pub(crate) struct RowSource {
    name: String,
    records: Records<ByteStream>,
    record: Record,
    rows: RowReader,
    bad_rows: BadRows,
    described: String,
    /// The fields of the header; none without one.
    header: Vec<Vec<u8>>,
}

impl RowSource {
    /// Detects how the table is written and finds its columns.
    pub fn open(named: Named, options: &Options) -> Result<RowSource, InputError> {
        let mut sample = Sample::of(named)?;
        let preamble = Preamble::of(&sample.head);
        sample.skip(preamble.size)?;
        let layout = layout::tell(&sample, preamble.delimiter);
        let Sample {
            name,
            head,
            encoding,
            stream,
            ..
        } = sample;
        let plan = match plan(&name, &layout, options) {
            Err(InputError::NoHeader { file, .. }) if head.contains(&0) => {
                return Err(InputError::Binary {
                    file,
                    what: "a binary file",
                });
            }
            plan => plan?,
        };
        let dialect = layout.dialect;
        let first_line = 1 + preamble.lines;
        let mut source = RowSource {
            described: described(&plan, encoding, &layout),
            name,
            records: Records::new(stream, dialect, LARGEST_MESSAGE + OTHER_FIELDS, first_line),
            record: Record::default(),
            rows: RowReader::new(plan, encoding, dialect.delimiter, options.label),
            bad_rows: options.bad_rows,
            header: Vec::new(),
        };
        if layout.header {
            if let Next::OpenQuote(line) = source.next_record()? {
                return Err(source.open_quote(line));
            }
            source.header = source.record.fields().map(<[u8]>::to_vec).collect();
        }
        Ok(source)
    }

    /// Whether the record just read is the header once more.
    fn is_header_again(&self) -> bool {
        let (header, record) = (&self.header, &self.record);
        !header.is_empty()
            && header.len() == record.len()
            && header.iter().map(Vec::as_slice).eq(record.fields())
    }

    fn next_record(&mut self) -> Result<Next, InputError> {
        let next = self.records.next(&mut self.record);
        next.map_err(|source| InputError::from_io(&self.name, 0, source))
    }

    fn open_quote(&self, line: u64) -> InputError {
        InputError::OpenQuote {
            file: self.name.clone(),
            line,
        }
    }
}

impl MailReader for RowSource {
    fn next(&mut self) -> Result<Option<Entry>, InputError> {
        let next = self.next_record()?;
        if next == Next::End {
            return Ok(None);
        }
        if let Next::OpenQuote(line) = next {
            if self.bad_rows != BadRows::Skip {
                return Err(self.open_quote(line));
            }
            let row = self.record.shown(self.rows.delimiter);
            return Ok(Some(Entry::Rejected {
                line: self.record.line,
                reason: Reason::OpenQuote,
                row,
            }));
        }
        let (line, width) = (self.record.line, self.record.len());
        if self.record.too_large {
            self.rows.number += 1;
            return Ok(Some(Entry::Rejected {
                line,
                reason: Reason::TooLarge,
                row: Vec::new(),
            }));
        }
        let record = &self.record;
        let read = if self.is_header_again() {
            self.rows.number += 1;
            Err(Reason::HeaderAgain)
        } else {
            self.rows.read(line, width, |at| record.field(at))
        };
        let delimiter = self.rows.delimiter;
        Ok(Some(match read {
            Ok(mail) => Entry::Email(mail),
            Err(reason) => Entry::Rejected {
                line,
                reason,
                row: record.shown(delimiter),
            },
        }))
    }

    fn described(&self) -> String {
        self.described.clone()
    }

    fn notes(&self) -> Vec<String> {
        let noticed = self.records.noticed;
        let mut notes = Vec::new();
        match noticed.stray {
            0 => {}
            1 => notes.push("1 stray quote was read as an ordinary character".to_owned()),
            more => notes.push(format!(
                "{more} stray quotes were read as ordinary characters"
            )),
        }
        if noticed.escaped > 0 {
            notes.push(format!(
                "rows with backslashes before quotes that were read unlike the others: {}",
                noticed.escaped
            ));
        }
        if let Some(line) = noticed.gave_up {
            notes.push(format!(
                "so many quotes are out of order that all from line {line} on were read as \
                 ordinary characters"
            ));
        }
        if noticed.returns > 0 {
            notes.push(format!(
                "carriage returns that end no line were read as text: {}",
                noticed.returns
            ));
        }
        notes
    }
}
