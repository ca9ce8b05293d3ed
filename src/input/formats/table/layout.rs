//! Detects from its beginning how a table is written: the delimiter, what quotes, backslashes and
//! carriage returns mean, and whether the first line is a header.

use super::parser::{Dialect, Record};
use super::records::{Next, Records};
use crate::input::formats::columns::{knows_names, names_text};
use crate::input::formats::sample::Sample;
use crate::input::labels;
use crate::input::text::decode;
use encoding_rs::Encoding;

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

/// The delimiter that a first line `sep=;` names, as Excel writes and reads it, and the size of
/// that line.
pub(super) fn named_delimiter(head: &[u8]) -> Option<(u8, usize)> {
    let end = memchr::memchr2(b'\n', b'\r', head)?;
    let line = head[..end].trim_ascii_end();
    // The tab that is named would be trimmed.
    let line = if line.len() < 5 {
        &head[..end.min(5)]
    } else {
        line
    };
    let line = match line {
        [b'"', inner @ .., b'"'] => inner,
        line => line,
    };
    let [s, e, p, b'=', delimiter] = line else {
        return None;
    };
    let is_pair = head[end] == b'\r' && head.get(end + 1) == Some(&b'\n');
    let named = [*s, *e, *p].eq_ignore_ascii_case(b"sep") && delimiter.is_ascii();
    named.then_some((*delimiter, end + 1 + usize::from(is_pair)))
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
    let judged = candidates
        .into_iter()
        .map(|dialect| Judged::of(sample, dialect).with_returns(sample));
    // Of equal scores, the first wins.
    let best = judged.reduce(|best, next| {
        if next.score() > best.score() {
            next
        } else {
            best
        }
    });
    let best = best.expect("there are candidates").with_escapes(sample);
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
    /// Carriage returns outside quotes that end no line, in all records and in the first.
    returns: u64,
    first_returns: u64,
}

impl Judged {
    fn of(sample: &Sample, dialect: Dialect) -> Judged {
        let decoded = |field: &[u8], encoding: &'static Encoding| {
            decode(field, encoding).into_owned().into_bytes()
        };
        let mut source = Records::new(&sample.head[..], dialect, usize::MAX, 1);
        let mut record = Record::default();
        let mut records: Vec<Vec<Vec<u8>>> = Vec::new();
        let (mut read, mut open, mut first_returns) = (0, false, 0);
        loop {
            match source.next(&mut record) {
                Ok(Next::Record) => {}
                Ok(Next::OpenQuote(_)) => open = true,
                _ => break,
            }
            read += 1;
            if records.len() < MOST_RECORDS && (!open || records.is_empty()) {
                let fields = record.fields();
                records.push(
                    fields
                        .map(|field| decoded(field, sample.encoding))
                        .collect(),
                );
            }
            if read == 1 {
                first_returns = record.returns;
            }
        }
        // The last record of a sample may be cut off.
        if !sample.whole && !open && records.len() > 1 && records.len() as u64 == read {
            records.pop();
        }
        let noticed = source.noticed;
        Judged {
            dialect,
            records,
            read,
            out_of_order: noticed.stray + noticed.ragged + u64::from(open),
            escaped: noticed.escaped,
            returns: noticed.returns,
            first_returns,
        }
    }

    /// The same with carriage returns as line ends, if that is what they are: one ends the first
    /// line, or one line in three.
    fn with_returns(self, sample: &Sample) -> Judged {
        if self.first_returns == 0 && self.returns * 2 < self.read || self.returns == 0 {
            return self;
        }
        let returns = true;
        Judged::of(
            sample,
            Dialect {
                returns,
                ..self.dialect
            },
        )
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
    fn width(&self) -> (usize, usize) {
        let mut widths: Vec<usize> = self.records.iter().map(Vec::len).collect();
        widths.sort_unstable();
        let commonest = widths
            .chunk_by(|a, b| a == b)
            .max_by_key(|same| (same.len(), same[0]));
        commonest.map_or((0, 0), |same| (same[0], same.len()))
    }

    /// Number of records that no program would write like this.
    fn disorder(&self) -> u64 {
        self.out_of_order + self.escaped + (self.records.len() - self.width().1) as u64
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
        let share = same as f64 / self.records.len() as f64;
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
/// above `1` or `yes` is a name, and so is `safe` above `legit` beside `text`). Otherwise it is if
/// it has a known name, or if its fields are short, all different, and not numbers.
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
    if knows_names(first) > 0 {
        return true;
    }
    let labelled = first
        .iter()
        .any(|field| labels::of_value(&text(field)).is_some());
    let short = first
        .iter()
        .all(|field| field.len() <= 40 && text(field).parse::<f64>().is_err());
    let mut names: Vec<String> = first.iter().map(|field| text(field)).collect();
    names.sort_unstable();
    names.dedup();
    !labelled && short && names.len() == first.len()
}
