//! Detects from its beginning how a table is written: the delimiter, what quotes, backslashes and
//! carriage returns mean, and whether the first line is a header.

use super::parser::{Dialect, Record};
use super::records::{Next, Records};
use crate::input::formats::columns::{knows_names, names_text};
use crate::input::formats::sample::Sample;
use crate::input::labels;
use crate::input::text::decode;
use encoding_rs::Encoding;
use std::collections::BTreeMap;

/// Largest number of records that are kept for closer examination.
const MOST_RECORDS: usize = 200;
const TABS_WITHOUT_QUOTES: Dialect = Dialect {
    quotes: false,
    ..Dialect::separated_by(b'\t')
};

/// How a table is written.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    pub dialect: Dialect,
    pub header: bool,
    /// The first records in UTF-8, the header included.
    pub sample: Vec<Vec<Vec<u8>>>,
}

/// What stands before a table: the size of these lines, and the delimiter that they name.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Preamble {
    pub size: usize,
    pub lines: u64,
    pub delimiter: Option<u8>,
}

impl Preamble {
    /// Blank lines, a line `#TYPE` as PowerShell writes it, and a line `sep=;` as Excel writes and
    /// reads it. A program that saved the latter again may have added empty fields.
    pub fn of(head: &[u8]) -> Preamble {
        let (mut size, mut lines) = (0, 0);
        let mut found = Preamble::default();
        while let Some(end) = memchr::memchr2(b'\n', b'\r', &head[size..]) {
            let line = &head[size..size + end];
            let is_pair = head[size + end] == b'\r' && head.get(size + end + 1) == Some(&b'\n');
            size += end + 1 + usize::from(is_pair);
            lines += 1;
            let delimiter = named_delimiter(line);
            if delimiter.is_some() || line.starts_with(b"#TYPE ") {
                found = Preamble {
                    size,
                    lines,
                    delimiter,
                };
            }
            if delimiter.is_some() || !(line.trim_ascii().is_empty() || found.lines == lines) {
                break;
            }
        }
        found
    }
}

/// The delimiter that a line `sep=;` names.
fn named_delimiter(line: &[u8]) -> Option<u8> {
    let line = line.strip_prefix(b"\"").unwrap_or(line);
    let named = line.get(..3)?.eq_ignore_ascii_case(b"sep");
    let [b'=', after @ ..] = line[3..].trim_ascii_start() else {
        return None;
    };
    let at = after.iter().position(|&byte| byte != b' ').unwrap_or(0);
    let (&delimiter, rest) = after.get(at..)?.split_first()?;
    let is_empty = |byte: &u8| byte.is_ascii_whitespace() || b"\",;|".contains(byte);
    let is_delimiter =
        delimiter.is_ascii() && !delimiter.is_ascii_alphanumeric() && delimiter != b'"';
    (named && is_delimiter && rest.iter().all(is_empty)).then_some(delimiter)
}

/// The layout of a table, whose `delimiter` may be known.
pub(super) fn tell(sample: &Sample, delimiter: Option<u8>) -> Layout {
    let named = delimiter.map(|delimiter| vec![Dialect::separated_by(delimiter)]);
    let candidates = named.unwrap_or_else(|| {
        let mut candidates = [b',', b';', b'\t', b'|']
            .map(Dialect::separated_by)
            .to_vec();
        candidates.insert(3, TABS_WITHOUT_QUOTES);
        candidates
    });
    let judged = candidates.into_iter().map(|dialect| {
        Judged::of(sample, dialect)
            .with_returns(sample)
            .with_escapes(sample)
    });
    // Of equal scores, the first wins.
    let best = judged.reduce(|best, next| {
        if next.score() > best.score() {
            next
        } else {
            best
        }
    });
    let best = best.expect("there are candidates");
    Layout {
        header: has_header(&best.records),
        dialect: best.dialect,
        sample: best.records,
    }
}

/// The beginning of a table as it is read in some dialect.
struct Judged {
    dialect: Dialect,
    /// The first records, in UTF-8.
    records: Vec<Vec<Vec<u8>>>,
    /// Number of records, and of those with quotes that are out of order.
    read: u64,
    out_of_order: u64,
    /// Number of records with backslashes read otherwise than in this dialect.
    escaped: u64,
    /// How many records have so many fields.
    widths: BTreeMap<usize, u64>,
    /// Carriage returns outside quotes that end no line.
    returns: u64,
}

impl Judged {
    fn of(sample: &Sample, dialect: Dialect) -> Judged {
        let decoded = |field: &[u8], encoding: &'static Encoding| {
            decode(field, encoding).into_owned().into_bytes()
        };
        let mut source = Records::new(&sample.head[..], dialect, usize::MAX, 1);
        let mut record = Record::default();
        let mut records: Vec<Vec<Vec<u8>>> = Vec::new();
        let (mut read, mut open, mut widths) = (0, false, BTreeMap::new());
        loop {
            match source.next(&mut record) {
                Ok(Next::Record) => {}
                Ok(Next::OpenQuote(_)) => open = true,
                _ => break,
            }
            read += 1;
            if !open || read == 1 {
                *widths.entry(record.len()).or_default() += 1;
            }
            if records.len() < MOST_RECORDS && (!open || records.is_empty()) {
                let fields = record.fields();
                records.push(
                    fields
                        .map(|field| decoded(field, sample.encoding))
                        .collect(),
                );
            }
        }
        // The last record of a sample may be cut off.
        if !sample.whole && !open && read > 1 {
            widths.entry(record.len()).and_modify(|count| *count -= 1);
            if records.len() as u64 == read {
                records.pop();
            }
        }
        let noticed = source.noticed;
        Judged {
            dialect,
            records,
            read,
            out_of_order: noticed.stray + noticed.ragged + u64::from(open),
            escaped: noticed.escaped,
            returns: noticed.returns,
            widths,
        }
    }

    /// The same with carriage returns as line ends, if that is what they are: if most of what they
    /// part has as many fields as a row. A text with carriage returns that nobody quoted holds no
    /// delimiter, or it would be quoted. Fewer than one in ten lines are not trusted: whoever sent
    /// a text may have put them there.
    fn with_returns(self, sample: &Sample) -> Judged {
        if self.returns * 10 < self.read || self.returns == 0 {
            return self;
        }
        let returns = true;
        let other = Judged::of(
            sample,
            Dialect {
                returns,
                ..self.dialect
            },
        );
        let parted = other.read.saturating_sub(self.read);
        let misfits = other.misfits().saturating_sub(self.misfits());
        if other.width().0 > 1 && misfits * 2 < parted.max(1) {
            other
        } else {
            self
        }
    }

    /// The same with backslashes as escapes, if that brings most of what is out of order in order.
    fn with_escapes(self, sample: &Sample) -> Judged {
        let disorder = self.disorder();
        if disorder == 0 || !sample.head.contains(&b'\\') {
            return self;
        }
        let escapes = true;
        let other = Judged::of(
            sample,
            Dialect {
                escapes,
                ..self.dialect
            },
        );
        if other.disorder() * 2 <= disorder {
            other
        } else {
            self
        }
    }

    /// The most common number of fields of a record, and how many records have it.
    fn width(&self) -> (usize, u64) {
        let most = self
            .widths
            .iter()
            .max_by_key(|&(&width, &count)| (count, width));
        most.map_or((0, 0), |(&width, &count)| (width, count))
    }

    /// Number of records with another number of fields than most.
    fn misfits(&self) -> u64 {
        self.widths.values().sum::<u64>() - self.width().1
    }

    /// Number of records that no program would write like this.
    fn disorder(&self) -> u64 {
        self.out_of_order + self.escaped + self.misfits()
    }

    /// How well the dialect fits, judged by known names in the first record, the share of records
    /// with the most common length, labels, and quotes in order.
    fn score(&self) -> f64 {
        let Some(first) = self.records.first() else {
            return 0.0;
        };
        let (fields, same) = self.width();
        if fields < 2 && first.len() < 2 {
            // With a single column this is no table of mail. It scores just above nothing, so that
            // commas are assumed and the error can say which columns are missing.
            return 0.01;
        }
        let share = same as f64 / (same + self.misfits()) as f64;
        let labelled = (0..fields.min(50))
            .map(|column| share_of_labels(&self.records, column))
            .fold(0.0, f64::max);
        let names = knows_names(first);
        let out_of_order = self.out_of_order as f64 / self.read as f64;
        2.0 * f64::from(names) + share * f64::from(u8::from(fields > 1)) + labelled
            - out_of_order.min(0.3)
    }
}

/// Share of the records after the first whose `column` is a known label.
fn share_of_labels(sample: &[Vec<Vec<u8>>], column: usize) -> f64 {
    let labelled = |record: &&Vec<Vec<u8>>| {
        let field = record.get(column);
        field.is_some_and(|field| labels::of_value(&String::from_utf8_lossy(field)).is_some())
    };
    let rows = &sample[1.min(sample.len())..];
    rows.iter().filter(labelled).count() as f64 / rows.len().max(1) as f64
}

/// Whether the first record is a header. It is if it has known names for both a label and a text.
/// It is not if one of its fields is a label written as in later records at the same place (`spam`
/// above `1` or `yes` is a name, and so is `safe` above `legit` beside `text`); the same record
/// once more says nothing, since tables are put one after the other. Otherwise it is if it has a
/// known name, or if its fields are short, all different, and not numbers.
fn has_header(sample: &[Vec<Vec<u8>>]) -> bool {
    let Some(first) = sample.first() else {
        return true;
    };
    if knows_names(first) == 2 {
        return true;
    }
    let text = |field: &[u8]| String::from_utf8_lossy(field).trim().to_lowercase();
    let is_data = first.iter().enumerate().any(|(column, field)| {
        let value = text(field);
        labels::of_value(&value).is_some()
            && sample[1..]
                .iter()
                .filter(|record| *record != first)
                .filter_map(|record| record.get(column))
                .any(|field| {
                    let later = text(field);
                    let is_word =
                        || labels::of_value(&later).is_some() && labels::truth(&later).is_none();
                    later == value || !names_text(first) && is_word()
                })
            && share_of_labels(sample, column) > 0.5
    });
    if is_data {
        return false;
    }
    let labelled = |(_, field): &(usize, &Vec<u8>)| labels::of_value(&text(field)).is_some();
    let columns = || first.iter().enumerate();
    // Above truth values, a class word is a name.
    let names_labels = columns()
        .filter(|(_, field)| labels::truth(&text(field)).is_none())
        .filter(labelled)
        .any(|(column, _)| share_of_labels(sample, column) > 0.5);
    if knows_names(first) > 0 || names_labels {
        return true;
    }
    let labelled = columns().any(|field| labelled(&field));
    let short = first
        .iter()
        .all(|field| field.len() <= 40 && text(field).parse::<f64>().is_err());
    let mut names: Vec<String> = first.iter().map(|field| text(field)).collect();
    names.sort_unstable();
    names.dedup();
    !labelled && short && names.len() == first.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By what Excel and `Export-Csv` of PowerShell write first, and what is left of it when a
    /// spreadsheet has saved it again.
    #[test]
    fn what_stands_before_a_table_is_told_from_it() {
        let of = |head: &str| {
            let found = Preamble::of(head.as_bytes());
            let delimiter = found.delimiter.map(char::from);
            (found.size, found.lines, delimiter)
        };
        for (before, lines, delimiter) in [
            ("sep=;\r\n", 1, Some(';')),
            ("SEP = |\n", 1, Some('|')),
            ("\"sep=\t\"\r", 1, Some('\t')),
            ("sep= \n", 1, Some(' ')),
            ("sep=;;;\n", 1, Some(';')),
            ("sep=,,\r\n", 1, Some(',')),
            ("\r\n \nsep=^\n", 3, Some('^')),
            ("#TYPE System.Object\r\n", 1, None),
            ("", 0, None),
        ] {
            let head = format!("{before}label;text\nham;a\n");
            assert_eq!(of(&head), (before.len(), lines, delimiter), "{before:?}");
        }
        for head in [
            "sep=a\n",
            "september\nx\n",
            "sep=;label\n",
            "sep\n",
            "# TYPE\n",
            "sep=;",
        ] {
            assert_eq!(of(head), (0, 0, None), "{head:?}");
        }
    }
}
