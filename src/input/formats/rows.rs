//! Mail from the rows of a table: CSV and its kin, and JSON with an object a line.

use super::columns::ColumnPlan;
use super::layout;
use super::layout::{Layout, SAMPLE};
use super::records::{Next, Record, Records};
use super::{Detected, MailFormat};
use crate::base::mail::{Content, Email, Label};
use crate::input::text::{decode, detect, transcoded, utf_16};
use crate::input::unpack::{Named, Stream};
use crate::input::{BadRows, InputError, LARGEST_MESSAGE, Options, Reason};
use encoding_rs::{Encoding, UTF_8};
use std::io::{self, Read};

/// Room in a record for the fields beside the message.
const OTHER_FIELDS: usize = 1 << 20;
/// Lines inside quotes from which a record is suspected of having swallowed others.
const SUSPECT_LINES: u64 = 2;
/// Records with a stray quote after which no quote of the file means anything.
const MOST_STRAY: u64 = 1000;
/// Lines of a record that are looked at to tell whether it swallowed others.
const MOST_JUDGED: usize = 2000;
/// Ways of writing a label that are remembered.
const MOST_LABELS: usize = 16;

/// The beginning of a stream, and the stream with that beginning again.
pub(crate) fn peek(
    mut stream: Stream,
    name: &str,
    most: usize,
) -> Result<(Vec<u8>, Stream), InputError> {
    let mut head = Vec::new();
    (&mut stream)
        .take(most as u64)
        .read_to_end(&mut head)
        .map_err(|source| InputError::from_io(name, 0, source))?;
    let again = io::Cursor::new(head.clone()).chain(stream);
    Ok((head, Box::new(again)))
}

/// A table of mail.
pub(crate) struct RowSource {
    name: String,
    records: Records<Stream>,
    record: Record,
    rows: TableRows,
    stray: u64,
    bad_rows: BadRows,
    described: String,
}

/// What turns the fields of a row into mail.
struct TableRows {
    plan: ColumnPlan,
    encoding: &'static Encoding,
    delimiter: u8,
    /// The class of rows that do not say themselves what they are.
    label: Option<Label>,
    /// Labels of the rows read so far, as they are written.
    labels_seen: Vec<Vec<u8>>,
    number: u64,
}

impl RowSource {
    /// Finds out how the table is written and what its columns are.
    pub fn open(named: Named, options: &Options) -> Result<RowSource, InputError> {
        let Named { name, mut stream } = named;
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
            return Err(InputError::Empty {
                file: name,
                expected: "a CSV file with a header line",
            });
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
        let parted = match delimiter {
            b'\t' => "tabs",
            b';' => "semicolons",
            b'|' => "pipes",
            _ => "commas",
        };
        let about = |yes: bool, what: &'static str| if yes { what } else { "" };
        let described = format!(
            "{plan} ({}, parted by {parted}{}{})",
            encoding.name(),
            about(!header, ", no header line"),
            about(!quotes, ", quotes mean nothing")
        );
        let rows = TableRows {
            plan,
            encoding,
            delimiter,
            label: options.label,
            labels_seen: Vec::new(),
            number: 0,
        };
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

    /// Whether the record just read swallowed others: some of its lines are records of their own.
    /// One whose quotes are in order, as a program writes them, is suspected only if all its lines
    /// are.
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
        // Cheap first: most lines of a message have another number of delimiters.
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

impl MailFormat for RowSource {
    fn next(&mut self) -> Result<Option<Detected>, InputError> {
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
            return Ok(Some(Detected::RejectedRow {
                line: self.record.line,
                reason: Reason::OpenQuote,
                row,
            }));
        }
        let (line, width) = (self.record.line, self.record.len());
        if self.record.too_large {
            self.rows.number += 1;
            return Ok(Some(Detected::RejectedRow {
                line,
                reason: Reason::TooLarge,
                row: Vec::new(),
            }));
        }
        let record = &self.record;
        let read = self.rows.read(line, width, |at| record.field(at));
        let delimiter = self.rows.delimiter;
        Ok(Some(match read {
            Ok(mail) => Detected::Email(mail),
            Err(reason) => Detected::RejectedRow {
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
            1 => vec!["1 stray quote was read as a sign like any other".to_owned()],
            more => vec![format!(
                "{more} stray quotes were read as signs like any other"
            )],
        }
    }
}

impl TableRows {
    /// The mail in a row of `width` fields.
    fn read<'a>(
        &mut self,
        line: u64,
        width: usize,
        field: impl Fn(usize) -> &'a [u8],
    ) -> Result<Email, Reason> {
        self.number += 1;
        let TableRows {
            plan,
            encoding,
            delimiter,
            label: otherwise,
            labels_seen,
            number,
        } = self;
        let expected = plan.names.len();
        let enough = width > plan.text && plan.label.is_none_or(|label| width > label);
        // Fields beyond the last column are text with delimiters that nobody quoted, if the text
        // comes last.
        let overflowing = width > expected && plan.text + 1 == expected && !plan.whole_messages;
        if !enough || width > expected && !overflowing && !plan.text_goes_on {
            return Err(Reason::FieldCount {
                expected,
                found: width,
            });
        }
        let field = |column: Option<usize>| column.filter(|&at| at < width).map_or(&[][..], &field);
        let string = |bytes: &[u8]| decode(bytes, encoding).into_owned();
        let stated = plan.label_of(&String::from_utf8_lossy(field(plan.label)))?;
        let written = field(plan.label);
        if stated.is_some()
            && labels_seen.len() < MOST_LABELS
            && !labels_seen.iter().any(|seen| seen == written)
        {
            labels_seen.push(written.to_vec());
        }
        let label = stated.or(*otherwise);
        if let Some(second) = plan.second_label
            && let Ok(Some(other)) = plan.label_of(&String::from_utf8_lossy(field(Some(second))))
            && label.is_some_and(|label| label != other)
        {
            return Err(Reason::LabelsDisagree);
        }
        let text = field(Some(plan.text));
        if text.len() > LARGEST_MESSAGE {
            return Err(Reason::TooLarge);
        }
        let subject = field(plan.subject);
        if text.trim_ascii().is_empty() && subject.trim_ascii().is_empty() {
            return Err(Reason::EmptyText);
        }
        let content = if plan.whole_messages {
            Content::Raw(text.to_vec())
        } else {
            let mut body = string(text);
            if overflowing || plan.text_goes_on {
                for more in (plan.text + 1..width)
                    .map(|at| field(Some(at)))
                    .filter(|more| !more.is_empty())
                {
                    body.push(char::from(*delimiter));
                    body.push_str(&string(more));
                }
            }
            Content::Fields {
                from: string(field(plan.from)),
                subject: string(subject),
                body,
            }
        };
        let id = match field(plan.id).trim_ascii() {
            [] => number.to_string(),
            id => string(id),
        };
        let kind = Some(string(field(plan.kind).trim_ascii())).filter(|kind| !kind.is_empty());
        Ok(Email {
            id,
            line,
            label,
            kind,
            content,
        })
    }
}

/// Mail as JSON, an object a line.
pub(crate) struct JsonLines {
    name: String,
    stream: Stream,
    line: Vec<u8>,
    number: u64,
    rows: TableRows,
}

/// Whether a stream of this beginning holds JSON objects line by line.
pub(crate) fn is_json_lines(head: &[u8]) -> bool {
    let head = head
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(head)
        .trim_ascii_start();
    let end = memchr::memchr(b'\n', head).unwrap_or(head.len());
    head.starts_with(b"{")
        && serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(&head[..end])
            .is_ok()
}

impl JsonLines {
    /// Finds what is what among the names of the first objects.
    pub fn open(named: Named, options: &Options) -> Result<JsonLines, InputError> {
        let Named { name, stream } = named;
        let (head, stream) = peek(stream, &name, SAMPLE)?;
        let mut lines: Vec<&[u8]> = head.split(|&byte| byte == b'\n').collect();
        if head.len() >= SAMPLE {
            lines.pop();
        }
        let objects: Vec<_> = lines
            .iter()
            .filter_map(|line| object(line))
            .take(200)
            .collect();
        let mut names: Vec<String> = Vec::new();
        for key in objects.iter().flat_map(serde_json::Map::keys) {
            if !names.contains(key) && names.len() < 200 {
                names.push(key.clone());
            }
        }
        let header: Vec<Vec<u8>> = names.iter().map(|name| name.clone().into_bytes()).collect();
        let row = |object: &serde_json::Map<String, serde_json::Value>| {
            names
                .iter()
                .map(|name| value(object.get(name)))
                .collect::<Vec<Vec<u8>>>()
        };
        let sample: Vec<Vec<Vec<u8>>> = objects.iter().map(row).collect();
        let plan = ColumnPlan::find(&name, Some(&header), &sample, options)?;
        let rows = TableRows {
            plan,
            encoding: UTF_8,
            delimiter: b',',
            label: options.label,
            labels_seen: Vec::new(),
            number: 0,
        };
        Ok(JsonLines {
            name,
            stream,
            line: Vec::new(),
            number: 0,
            rows,
        })
    }
}

fn object(line: &[u8]) -> Option<serde_json::Map<String, serde_json::Value>> {
    serde_json::from_slice(line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line)).ok()
}

fn value(value: Option<&serde_json::Value>) -> Vec<u8> {
    match value {
        None | Some(serde_json::Value::Null) => Vec::new(),
        Some(serde_json::Value::String(text)) => text.clone().into_bytes(),
        Some(other) => other.to_string().into_bytes(),
    }
}

impl MailFormat for JsonLines {
    fn next(&mut self) -> Result<Option<Detected>, InputError> {
        loop {
            self.line.clear();
            let mut bounded = (&mut self.stream).take((LARGEST_MESSAGE + OTHER_FIELDS) as u64);
            let read = io::BufRead::read_until(&mut bounded, b'\n', &mut self.line);
            if read.map_err(|source| InputError::from_io(&self.name, 0, source))? == 0 {
                return Ok(None);
            }
            self.number += 1;
            if self.line.trim_ascii().is_empty() {
                continue;
            }
            let rejected = |reason| Detected::RejectedRow {
                line: self.number,
                reason,
                row: self.line.clone(),
            };
            let Some(object) = object(&self.line) else {
                return Ok(Some(rejected(Reason::NotJson)));
            };
            let fields: Vec<Vec<u8>> = self
                .rows
                .plan
                .names
                .iter()
                .map(|name| value(object.get(name)))
                .collect();
            let read = self.rows.read(self.number, fields.len(), |at| &fields[at]);
            return Ok(Some(read.map_or_else(rejected, Detected::Email)));
        }
    }

    fn described(&self) -> String {
        format!("{} (JSON, an object a line)", self.rows.plan)
    }
}
