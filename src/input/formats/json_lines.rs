//! JSON lines: one object per line, whose names are the columns.

use super::column_finder::find;
use super::format::{Entry, Format, Head, MailReader, Named, Recognition};
use super::rows::{OTHER_FIELDS, RowReader};
use super::sample::SAMPLE;
use crate::input::account::Reason;
use crate::input::error::InputError;
use crate::input::options::{LARGEST_MESSAGE, Options};
use crate::input::unpack::{ByteStream, peek};
use encoding_rs::UTF_8;
use serde_json::{Map, Value};
use std::io::{BufRead, Read};

pub(super) const FORMAT: Format = Format {
    name: "JSON lines",
    extensions: &["jsonl", "ndjson"],
    recognises,
    open: |named, options| Ok(Box::new(JsonLines::open(named, options)?)),
};

/// Whether the first line is an object.
fn recognises(head: &Head<'_>) -> Recognition {
    let text = head
        .bytes
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(head.bytes)
        .trim_ascii_start();
    let end = memchr::memchr(b'\n', text).unwrap_or(text.len());
    let is_object = text.starts_with(b"{")
        && serde_json::from_slice::<Map<String, Value>>(&text[..end]).is_ok();
    if is_object {
        Recognition::Certain
    } else {
        Recognition::No
    }
}

/// Reads mail from JSON with one object per line.
struct JsonLines {
    name: String,
    stream: ByteStream,
    line: Vec<u8>,
    number: u64,
    rows: RowReader,
}

impl JsonLines {
    /// Finds the columns among the names in the first objects.
    fn open(named: Named, options: &Options) -> Result<JsonLines, InputError> {
        let Named { name, stream, .. } = named;
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
        for key in objects.iter().flat_map(Map::keys) {
            if !names.contains(key) && names.len() < 200 {
                names.push(key.clone());
            }
        }
        let header: Vec<Vec<u8>> = names.iter().map(|name| name.clone().into_bytes()).collect();
        let row = |object: &Map<String, Value>| {
            names
                .iter()
                .map(|name| value(object.get(name)))
                .collect::<Vec<Vec<u8>>>()
        };
        let sample: Vec<Vec<Vec<u8>>> = objects.iter().map(row).collect();
        let plan = find(&name, Some(&header), &sample, options)?;
        let rows = RowReader::new(plan, UTF_8, b',', options.label);
        Ok(JsonLines {
            name,
            stream,
            line: Vec::new(),
            number: 0,
            rows,
        })
    }
}

fn object(line: &[u8]) -> Option<Map<String, Value>> {
    serde_json::from_slice(line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line)).ok()
}

fn value(value: Option<&Value>) -> Vec<u8> {
    match value {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::String(text)) => text.clone().into_bytes(),
        Some(other) => other.to_string().into_bytes(),
    }
}

impl MailReader for JsonLines {
    fn next(&mut self) -> Result<Option<Entry>, InputError> {
        loop {
            self.line.clear();
            let mut bounded = (&mut self.stream).take((LARGEST_MESSAGE + OTHER_FIELDS) as u64);
            let read = bounded.read_until(b'\n', &mut self.line);
            if read.map_err(|source| InputError::from_io(&self.name, 0, source))? == 0 {
                return Ok(None);
            }
            self.number += 1;
            if self.line.trim_ascii().is_empty() {
                continue;
            }
            let rejected = |reason| Entry::Rejected {
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
            return Ok(Some(read.map_or_else(rejected, Entry::Email)));
        }
    }

    fn described(&self) -> String {
        format!("{} (JSON, one object per line)", self.rows.plan)
    }
}
