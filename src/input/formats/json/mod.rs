//! JSON: objects whose names are the columns, one per line, one after the other or in an array, and
//! the forms in which pandas writes a whole table.

mod document;
mod values;

use super::columns::{find, knows_names};
use super::format::{Entry, Format, Head, MailReader, Named, Recognition};
use super::rows::{OTHER_FIELDS, RowReader};
use super::sample::Sample;
use crate::input::account::Reason;
use crate::input::error::InputError;
use crate::input::options::{BadRows, LARGEST_MESSAGE, Options};
use crate::input::unpack::ByteStream;
use document::{Row, rows_of};
use encoding_rs::{Encoding, UTF_8};
use serde_json::Value;
use std::collections::VecDeque;
use values::{Found, Framing, Values, begins_with_a_literal, is_whole, parse, weight};

/// Number of rows from which the columns are found.
const MOST_ROWS: usize = 200;
/// Number of columns of a table.
const MOST_NAMES: usize = 200;
/// Largest document that is read as a whole, in bytes.
const LARGEST_DOCUMENT: usize = 256 << 20;
/// Most values in such a document, and in a row, as [`weight`] counts them: a value takes many
/// times the memory of its two bytes.
const MOST_VALUES: usize = 2 << 20;
const MOST_VALUES_OF_ROW: usize = 256 << 10;
/// Number of bytes of a row that are kept if it cannot be used.
const SHOWN: usize = 64 << 10;

pub(super) const FORMAT: Format = Format {
    name: "JSON",
    extensions: &["json", "jsonl", "ndjson"],
    recognises,
    open: |named, options| Ok(Box::new(JsonReader::open(named, options)?)),
};

/// Whether the text begins as an object or an array of JSON does.
fn recognises(head: &Head<'_>) -> Recognition {
    let text = head
        .bytes
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(head.bytes)
        .trim_ascii_start();
    let mut signs = text.iter().filter(|byte| !byte.is_ascii_whitespace());
    let begins = (signs.next(), signs.next(), signs.next());
    let inner = || text[1..].trim_ascii_start();
    let is_json = match begins {
        (Some(b'{'), Some(b'"' | b'}'), _) | (Some(b'['), Some(b'{' | b'['), Some(b'"' | b'}')) => {
            true
        }
        (Some(b'['), Some(b'['), _) => begins_with_a_literal(inner()),
        (Some(b'['), Some(b'"'), _) => is_whole(first_line(text)),
        (Some(b'['), _, _) => begins_with_a_literal(text) && is_whole(first_line(text)),
        _ => false,
    };
    if is_json {
        Recognition::Certain
    } else {
        Recognition::No
    }
}

fn first_line(text: &[u8]) -> &[u8] {
    let text = text.trim_ascii_start();
    &text[..memchr::memchr(b'\n', text).unwrap_or(text.len())]
}

/// How the rows are arranged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Arrangement {
    /// One after the other, as told by the framing.
    Rows(Framing),
    /// All in one object.
    Document,
}

impl Arrangement {
    /// How the rows are arranged in an input that begins with `text`, and is no longer if it is
    /// `whole`.
    fn of(text: &[u8], whole: bool) -> Arrangement {
        let text = text.trim_ascii();
        let mut values = Values::new(text, Framing::Values, usize::MAX);
        let mut first = Vec::new();
        let first_is_whole = matches!(values.next(&mut first), Ok(Some(Found { whole: true, .. })));
        if text.starts_with(b"[") {
            let inner = text[1..].trim_ascii_start().first();
            return Arrangement::Rows(match inner {
                Some(b'{' | b'[') | None => Framing::Array,
                Some(_) => Framing::Values,
            });
        }
        if holds_lines(text) {
            let alone = whole && first.len() == text.len();
            return if alone && is_document(text) {
                Arrangement::Document
            } else {
                Arrangement::Rows(Framing::Lines)
            };
        }
        // An object over several lines, or one that is larger than any row.
        let alone = !first_is_whole || matches!(values.next(&mut Vec::new()), Ok(None));
        if alone && (!first_is_whole || is_document(&first)) {
            Arrangement::Document
        } else {
            Arrangement::Rows(Framing::Values)
        }
    }
}

/// Whether the rows are objects on lines of their own: the first line is one, or most of the first
/// lines are, since one of them may be broken.
fn holds_lines(text: &[u8]) -> bool {
    const EXAMINED: usize = 20;
    let is_object = |line: &[u8]| line.trim_ascii().starts_with(b"{") && is_whole(line);
    if is_object(first_line(text)) {
        return true;
    }
    let lines = text.split(|&byte| byte == b'\n');
    let filled = lines.filter(|line| !line.trim_ascii().is_empty());
    let objects: Vec<bool> = filled.take(EXAMINED).map(is_object).collect();
    objects.iter().filter(|is_object| **is_object).count() * 2 > objects.len()
}

/// Whether a value holds a whole table. One that holds more values than a row may is no row.
fn is_document(value: &[u8]) -> bool {
    weight(value) > MOST_VALUES_OF_ROW
        || parse(value, UTF_8).is_some_and(|value| rows_of(value).is_some())
}

/// Where rows come from.
enum Source {
    Stream(Values<ByteStream>),
    Document(VecDeque<Row>),
}

/// Reads mail from JSON.
struct JsonReader {
    name: String,
    source: Source,
    encoding: &'static Encoding,
    value: Vec<u8>,
    rows: RowReader,
    /// Whether the next row holds the names of the columns.
    header: bool,
    number: u64,
    bad_rows: BadRows,
    arranged: &'static str,
}

impl JsonReader {
    /// Finds the columns among the names in the first objects.
    fn open(named: Named, options: &Options) -> Result<JsonReader, InputError> {
        let limit = LARGEST_MESSAGE + OTHER_FIELDS;
        let mut sample = Sample::of(named)?;
        if !sample.whole && !holds_a_value(&sample.head) {
            sample = sample.longer(limit)?;
        }
        let arrangement = Arrangement::of(&sample.head, sample.whole);
        let Sample {
            name,
            head,
            whole,
            encoding,
            stream,
        } = sample;
        let (first, source) = match arrangement {
            Arrangement::Rows(framing) => (
                first_rows(&head, whole, framing, encoding),
                Source::Stream(Values::new(stream, framing, limit)),
            ),
            Arrangement::Document => {
                let rows = document(&name, stream, encoding)?;
                let first = rows.iter().take(MOST_ROWS).cloned().collect();
                (first, Source::Document(rows.into()))
            }
        };
        if first.is_empty() {
            return Err(InputError::OpenJson {
                file: name,
                line: 1,
            });
        }
        let (names, header) = names(&first);
        let columns: Vec<Vec<u8>> = names.iter().map(|name| name.clone().into_bytes()).collect();
        let fields = first.iter().skip(usize::from(header));
        let fields: Vec<Vec<Vec<u8>>> = fields.map(|row| row.fields(&names)).collect();
        let plan = find(&name, Some(&columns), &fields, options)?;
        Ok(JsonReader {
            name,
            source,
            encoding,
            value: Vec::new(),
            rows: RowReader::new(plan, UTF_8, b',', options.label),
            header,
            number: 0,
            bad_rows: options.bad_rows,
            arranged: match arrangement {
                Arrangement::Rows(Framing::Lines) => "one object per line",
                Arrangement::Rows(Framing::Values) => "one value after the other",
                Arrangement::Rows(Framing::Array) => "an array of rows",
                Arrangement::Document => "a whole table",
            },
        })
    }

    fn entry(&mut self, line: u64, row: Result<&Row, Reason>) -> Entry {
        let read = match row {
            Err(reason) => Err(reason),
            Ok(row) => {
                let fields = row.fields(&self.rows.plan.names);
                self.rows.read(line, fields.len(), |at| &fields[at])
            }
        };
        read.map_or_else(
            |reason| Entry::Rejected {
                line,
                reason,
                row: self.value[..self.value.len().min(SHOWN)].to_vec(),
            },
            Entry::Email,
        )
    }
}

/// Whether the first value of a text, or the first in its array, ends in it.
fn holds_a_value(text: &[u8]) -> bool {
    let mut values = Values::new(text, Framing::Array, usize::MAX);
    matches!(
        values.next(&mut Vec::new()),
        Ok(Some(Found { whole: true, .. }))
    )
}

/// The rows at the beginning of a stream.
fn first_rows(head: &[u8], whole: bool, framing: Framing, encoding: &'static Encoding) -> Vec<Row> {
    let mut values = Values::new(head, framing, usize::MAX);
    let (mut value, mut rows) = (Vec::new(), Vec::new());
    while let (true, Ok(Some(found))) = (rows.len() < MOST_ROWS, values.next(&mut value)) {
        if found.whole || whole {
            rows.extend(row_of(&value, encoding));
        }
    }
    rows
}

/// The row that a text is.
fn row_of(text: &[u8], encoding: &'static Encoding) -> Result<Row, Reason> {
    if weight(text) > MOST_VALUES_OF_ROW {
        return Err(Reason::TooManyValues);
    }
    parse(text, encoding)
        .and_then(Row::of)
        .ok_or(Reason::NotJson)
}

/// The rows of a document that holds all of them in one value.
fn document(
    name: &str,
    stream: ByteStream,
    encoding: &'static Encoding,
) -> Result<Vec<Row>, InputError> {
    let mut values = Values::new(stream, Framing::Values, LARGEST_DOCUMENT);
    let mut value = Vec::new();
    let found = values.next(&mut value);
    let found = found.map_err(|source| InputError::from_io(name, 0, source))?;
    let file = || name.to_owned();
    match found {
        Some(Found {
            too_large: true, ..
        }) => Err(InputError::LargeDocument {
            file: file(),
            limit: LARGEST_DOCUMENT,
        }),
        Some(Found {
            line, whole: false, ..
        }) => Err(InputError::OpenJson { file: file(), line }),
        _ if weight(&value) > MOST_VALUES => Err(InputError::ManyValues {
            file: file(),
            limit: MOST_VALUES,
        }),
        _ => {
            let rows = parse(&value, encoding).and_then(rows_of);
            rows.ok_or_else(|| InputError::OpenJson {
                file: file(),
                line: 1,
            })
        }
    }
}

/// The names of the columns, and whether the first row holds them.
fn names(rows: &[Row]) -> (Vec<String>, bool) {
    let mut names: Vec<String> = Vec::new();
    let mut longest = 0;
    for row in rows {
        match row {
            Row::Object(object) => {
                for key in object.keys() {
                    if !names.contains(key) && names.len() < MOST_NAMES {
                        names.push(key.clone());
                    }
                }
            }
            Row::Array(values) => longest = longest.max(values.len().min(MOST_NAMES)),
        }
    }
    if !names.is_empty() {
        return (names, false);
    }
    if let Some(first @ Row::Array(values)) = rows.first() {
        let numbered: Vec<String> = (1..=longest).map(|n| format!("column {n}")).collect();
        let given = first.fields(&numbered);
        if values.iter().all(Value::is_string) && knows_names(&given) > 0 {
            let text = |name: &Vec<u8>| String::from_utf8_lossy(name).into_owned();
            return (given.iter().map(text).collect(), true);
        }
        return (numbered, false);
    }
    (names, false)
}

impl MailReader for JsonReader {
    fn next(&mut self) -> Result<Option<Entry>, InputError> {
        loop {
            let (line, row) = match &mut self.source {
                Source::Document(rows) => {
                    self.number += 1;
                    let Some(row) = rows.pop_front() else {
                        return Ok(None);
                    };
                    (self.number, Ok(row))
                }
                Source::Stream(values) => {
                    let found = values.next(&mut self.value);
                    let found =
                        found.map_err(|source| InputError::from_io(&self.name, 0, source))?;
                    let Some(found) = found else { return Ok(None) };
                    if found.too_large {
                        self.rows.number += 1;
                        return Ok(Some(Entry::Rejected {
                            line: found.line,
                            reason: Reason::TooLarge,
                            row: Vec::new(),
                        }));
                    }
                    if !found.whole && self.bad_rows != BadRows::Skip {
                        let (file, line) = (self.name.clone(), found.line);
                        return Err(InputError::OpenJson { file, line });
                    }
                    (found.line, row_of(&self.value, self.encoding))
                }
            };
            if !std::mem::take(&mut self.header) {
                return Ok(Some(self.entry(line, row.as_ref().map_err(Reason::clone))));
            }
        }
    }

    fn described(&self) -> String {
        format!("{} (JSON, {})", self.rows.plan, self.arranged)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::options::Labels;

    fn is_json(text: &str) -> bool {
        let head = Head::new("mail", text.as_bytes(), false, Labels::Needed);
        recognises(&head) == Recognition::Certain
    }

    /// By what `json.dump`, `DataFrame.to_json` and `jq -c` write.
    #[test]
    fn rows_are_arranged_as_programs_write_them() {
        use Arrangement::{Document, Rows};
        use Framing::{Array, Lines, Values};
        let row = r#"{"label": "ham", "text": "at noon"}"#;
        let broken = r#"{"label": "ham", "text": "at no"#;
        let pretty = row.replace(", ", ",\n");
        for (text, expected) in [
            (row.to_owned(), Rows(Lines)),
            (format!("{row}\n{row}\n"), Rows(Lines)),
            (format!("{broken}\n{row}\n\n{row}\n"), Rows(Lines)),
            (pretty.clone(), Rows(Values)),
            (format!("{pretty}\n{pretty}"), Rows(Values)),
            (format!("{row},\n{row}"), Rows(Values)),
            (format!("[{row},\n{row}]"), Rows(Array)),
            (format!("[\n{row},\n{row}\n]"), Rows(Array)),
            (format!("[{row}]\n[{row}]\n{row}"), Rows(Array)),
            (r#"[[1, "text"], [0, "text"]]"#.to_owned(), Rows(Array)),
            ("[\n [\n  null,\n  \"text\"\n ]\n]".to_owned(), Rows(Array)),
            ("[1, \"text\"]\n[0, \"text\"]".to_owned(), Rows(Values)),
            (format!(r#"{{"data": [{row}]}}"#), Document),
            (format!("{{\"data\": [\n{row},\n{row}\n]}}"), Document),
        ] {
            assert!(is_json(&text), "{text}");
            assert_eq!(Arrangement::of(text.as_bytes(), true), expected, "{text}");
        }
        // No row is as long as what is cut off here.
        let cut = format!(r#"{{"version": 1, "data": [{row}, "#);
        assert_eq!(Arrangement::of(cut.as_bytes(), false), Document);
    }

    #[test]
    fn text_that_begins_with_a_bracket_is_no_json() {
        for text in [
            "[1] see the notes below\n",
            "[1, 2",
            "[[link]] of a wiki\n",
            "[[1] and [2], both\n",
            "[true story] it was\n",
            "{smile}\n",
            "[image: x]\n",
        ] {
            assert!(!is_json(text), "{text}");
        }
    }
}
