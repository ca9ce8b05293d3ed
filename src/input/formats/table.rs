//! Tables of mail with one message per row: CSV and similar formats, with any delimiter.
//!
//! `layout` detects how a table is written, and `columns` what its columns hold. A stray quote is
//! detected by the rows that it swallowed, and its row is then read again.

use super::columns::ColumnPlan;
use super::format::{Entry, Format, MailReader, Recognition};
use super::layout;
use super::layout::{Layout, SAMPLE};
use super::records::{Next, Record, Records};
use super::rows::{OTHER_FIELDS, RowReader};
use crate::input::account::Reason;
use crate::input::error::InputError;
use crate::input::options::{BadRows, LARGEST_MESSAGE, Options};
use crate::input::text::{detect, transcoded, utf_16};
use crate::input::unpack::{ByteStream, Named, peek};
use encoding_rs::UTF_8;

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
        let Named {
            name, mut stream, ..
        } = named;
        let mut encoding = UTF_8;
        let (mut head, again) = peek(stream, &name, SAMPLE)?;
        stream = again;
        if let Some(wide) = utf_16(&head) {
            encoding = wide;
            (head, stream) = peek(transcoded(stream, wide), &name, SAMPLE)?;
        } else {
            let found = detect(&head, head.len() < SAMPLE);
            encoding = if found == UTF_8 { encoding } else { found };
        }
        if head.trim_ascii().is_empty() {
            return Err(InputError::Empty { file: name });
        }
        let Layout {
            delimiter,
            quotes,
            header,
            sample,
        } = layout::tell(&head, head.len() < SAMPLE);
        let (names, rows) = if header {
            (sample.first(), sample.get(1..))
        } else {
            (None, Some(&sample[..]))
        };
        let plan = match ColumnPlan::find(
            &name,
            names.map(Vec::as_slice),
            rows.unwrap_or_default(),
            options,
        ) {
            Err(InputError::NoHeader { file, .. }) if head.contains(&0) => {
                return Err(InputError::Binary {
                    file,
                    what: "a binary file",
                });
            }
            plan => plan?,
        };
        let mut records = Records::new(stream, delimiter, quotes, LARGEST_MESSAGE + OTHER_FIELDS);
        let mut record = Record::default();
        if header {
            let next = records
                .next(&mut record)
                .map_err(|source| InputError::from_io(&name, 0, source))?;
            if let Next::OpenQuote(line) = next {
                return Err(InputError::OpenQuote { file: name, line });
            }
        }
        let separator = match delimiter {
            b'\t' => "tabs",
            b';' => "semicolons",
            b'|' => "pipes",
            _ => "commas",
        };
        let about = |yes: bool, what: &'static str| if yes { what } else { "" };
        let described = format!(
            "{plan} ({}, separated by {separator}{}{})",
            encoding.name(),
            about(!header, ", no header line"),
            about(!quotes, ", quotes have no meaning")
        );
        let rows = RowReader::new(plan, encoding, delimiter, options.label);
        Ok(RowSource {
            name,
            records,
            record,
            rows,
            stray: 0,
            bad_rows: options.bad_rows,
            described,
        })
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
        let next = self.records.next(&mut self.record);
        let next = next.map_err(|source| InputError::from_io(&self.name, 0, source))?;
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
                return Err(InputError::OpenQuote {
                    file: self.name.clone(),
                    line,
                });
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
