//! Tables of mail with one message per row: CSV and similar formats, with any delimiter.
//!
//! `layout` detects how a table is written, and `columns` what its columns hold. A stray quote is
//! detected by the rows that it swallowed, and its row is then read again.

use super::columns::ColumnPlan;
use super::format::{Entry, Format, MailReader, Named, Recognition};
use super::layout;
use super::layout::{Layout, SAMPLE};
use super::records::{Next, Record, Records};
use super::rows::{OTHER_FIELDS, RowReader};
use crate::input::account::Reason;
use crate::input::error::InputError;
use crate::input::options::{BadRows, LARGEST_MESSAGE, Options};
use crate::input::text::detect;
use crate::input::unpack::{ByteStream, peek};
use encoding_rs::Encoding;

/// Number of lines inside quotes that makes a record suspected of having swallowed others.
const SUSPECT_LINES: u64 = 2;
/// Number of records with a stray quote after which all quotes of the file are ordinary characters.
const MOST_STRAY: u64 = 1000;
/// Number of lines of a record that are examined to tell whether it swallowed others.
const MOST_JUDGED: usize = 2000;

/// Any text may be a table: the search for its columns tells what is missing if it is not.
pub(in crate::input) const FORMAT: Format = Format {
    name: "tables (CSV, TSV)",
    extensions: &["csv", "tsv", "tab", "psv"],
    recognises: |_| Recognition::Possible,
    open: |named, options| Ok(Box::new(RowSource::open(named, options)?)),
};

/// The beginning of a table, its encoding, and the table from the beginning on.
struct Sample {
    head: Vec<u8>,
    encoding: &'static Encoding,
    stream: ByteStream,
}

impl Sample {
    fn of(named: Named) -> Result<Sample, InputError> {
        let (head, stream) = peek(named.stream, &named.name, SAMPLE)?;
        let encoding = named.converted_from;
        Ok(Sample {
            encoding: encoding.unwrap_or_else(|| detect(&head, head.len() < SAMPLE)),
            head,
            stream,
        })
    }
}

/// What the columns of a table are, by its first records.
fn plan(name: &str, layout: &Layout, options: &Options) -> Result<ColumnPlan, InputError> {
    let (header, rows) = match &layout.sample[..] {
        [header, rows @ ..] if layout.header => (Some(&header[..]), rows),
        rows => (None, rows),
    };
    ColumnPlan::find(name, header, rows, options)
}

/// How a table is read, in a line.
fn described(plan: &ColumnPlan, encoding: &'static Encoding, layout: &Layout) -> String {
    let separator = match layout.delimiter {
        b'\t' => "tabs",
        b';' => "semicolons",
        b'|' => "pipes",
        _ => "commas",
    };
    let about = |yes: bool, what: &'static str| if yes { what } else { "" };
    format!(
        "{plan} ({}, separated by {separator}{}{})",
        encoding.name(),
        about(!layout.header, ", no header line"),
        about(!layout.quotes, ", quotes have no meaning")
    )
}

/// A table of mail.
pub(crate) struct RowSource {
    name: String,
    records: Records<ByteStream>,
    record: Record,
    rows: RowReader,
    stray: u64,
    bad_rows: BadRows,
    described: String,
}

impl RowSource {
    /// Detects how the table is written and finds its columns.
    pub fn open(named: Named, options: &Options) -> Result<RowSource, InputError> {
        let name = named.name.clone();
        let Sample {
            head,
            encoding,
            stream,
        } = Sample::of(named)?;
        if head.trim_ascii().is_empty() {
            return Err(InputError::Empty { file: name });
        }
        let layout = layout::tell(&head, head.len() < SAMPLE);
        let plan = match plan(&name, &layout, options) {
            Err(InputError::NoHeader { file, .. }) if head.contains(&0) => {
                return Err(InputError::Binary {
                    file,
                    what: "a binary file",
                });
            }
            plan => plan?,
        };
        let Layout {
            delimiter, quotes, ..
        } = layout;
        let mut source = RowSource {
            described: described(&plan, encoding, &layout),
            name,
            records: Records::new(stream, delimiter, quotes, LARGEST_MESSAGE + OTHER_FIELDS),
            record: Record::default(),
            rows: RowReader::new(plan, encoding, delimiter, options.label),
            stray: 0,
            bad_rows: options.bad_rows,
        };
        if layout.header
            && let Next::OpenQuote(line) = source.next_record()?
        {
            return Err(source.open_quote(line));
        }
        Ok(source)
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

    /// Whether the record just read swallowed others, that is, whether some of its lines are
    /// records themselves. A record with well-formed quotes, as a program writes them, is suspected
    /// only if all its lines are records.
    fn swallowed(&self, open: bool) -> bool {
        let Some(label) = self.rows.plan.label else {
            return false;
        };
        let width = self.rows.plan.names.len();
        if self.record.inner_lines < SUSPECT_LINES || self.record.source().is_empty() {
            return false;
        }
        let lines = self.record.source().split(|&byte| byte == b'\n').skip(1);
        let mut lines = lines
            .filter(|line| !line.trim_ascii().is_empty())
            .take(MOST_JUDGED);
        let mut is_record = |line: &[u8]| self.looks_like_a_record(line, label, width);
        let in_order = !open && !self.record.ragged && self.record.len() == width;
        if in_order {
            lines.all(&mut is_record)
        } else {
            lines.any(&mut is_record)
        }
    }

    fn looks_like_a_record(&self, line: &[u8], label: usize, width: usize) -> bool {
        // The cheap test comes first: most lines of a message have a different number of
        // delimiters.
        if memchr::memchr_iter(self.rows.delimiter, line).count() + 1 < width {
            return false;
        }
        let mut records = Records::new(line, self.rows.delimiter, true, usize::MAX);
        let mut record = Record::default();
        let read = records.next(&mut record);
        matches!(read, Ok(Next::Record))
            && record.len() == width
            && self
                .rows
                .labels_seen
                .iter()
                .any(|seen| seen == record.field(label))
            && !record.field(self.rows.plan.text).trim_ascii().is_empty()
    }
}

impl MailReader for RowSource {
    fn next(&mut self) -> Result<Option<Entry>, InputError> {
        let next = self.next_record()?;
        if next == Next::End {
            return Ok(None);
        }
        if self.swallowed(matches!(next, Next::OpenQuote(_))) {
            self.records.read_again(&self.record);
            self.stray += 1;
            if self.stray >= MOST_STRAY {
                self.records.ignore_quotes();
            }
            return self.next();
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
        let read = self.rows.read(line, width, |at| record.field(at));
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
        match self.stray {
            0 => Vec::new(),
            1 => vec!["1 stray quote was read as an ordinary character".to_owned()],
            more => vec![format!(
                "{more} stray quotes were read as ordinary characters"
            )],
        }
    }
}
