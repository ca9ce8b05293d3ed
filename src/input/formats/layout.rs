//! How a table is written, told from its beginning: what parts its fields, whether quotes mean
//! anything, and whether its first line is a header.

use super::columns::knows_names;
use super::records::{Next, Record, Records};
use crate::input::labels;

/// Records looked at.
const MOST_RECORDS: usize = 200;
/// Bytes looked at.
pub(crate) const SAMPLE: usize = 256 << 10;

/// What a table looks like.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    pub delimiter: u8,
    pub quotes: bool,
    pub header: bool,
    /// The first records, the header included.
    pub sample: Vec<Vec<Vec<u8>>>,
}

/// The layout of the table that begins with `head`, which is `whole` if nothing follows.
pub(crate) fn tell(head: &[u8], whole: bool) -> Layout {
    let candidates = [
        (b',', true),
        (b';', true),
        (b'\t', true),
        (b'\t', false),
        (b'|', true),
    ];
    let judged = candidates.map(|(delimiter, quotes)| {
        let (sample, cut) = records(head, whole, delimiter, quotes);
        (
            score(&sample, cut),
            Layout {
                delimiter,
                quotes,
                header: false,
                sample,
            },
        )
    });
    // The first of equals.
    let best = judged
        .into_iter()
        .reduce(|best, next| if next.0 > best.0 { next } else { best });
    let mut layout = best.map_or_else(
        || Layout {
            delimiter: b',',
            quotes: true,
            header: true,
            sample: Vec::new(),
        },
        |(_, layout)| layout,
    );
    layout.header = has_header(&layout.sample);
    layout
}

/// The first records, and whether the last of them was still open when the sample ended.
fn records(head: &[u8], whole: bool, delimiter: u8, quotes: bool) -> (Vec<Vec<Vec<u8>>>, bool) {
    let mut records = Records::new(head, delimiter, quotes, usize::MAX);
    let (mut record, mut found) = (Record::default(), Vec::new());
    while found.len() < MOST_RECORDS {
        match records.next(&mut record) {
            Ok(Next::Record) => found.push(record.fields().map(<[u8]>::to_vec).collect()),
            Ok(Next::OpenQuote(_)) => {
                if found.is_empty() {
                    found.push(record.fields().map(<[u8]>::to_vec).collect());
                }
                return (found, true);
            }
            _ => {
                // The last record of a sample may be cut off.
                if !whole && found.len() > 1 {
                    found.pop();
                }
                break;
            }
        }
    }
    (found, false)
}

/// How well a way of reading fits: the names of the first record, the share of records of the
/// commonest length, and labels.
fn score(sample: &[Vec<Vec<u8>>], open: bool) -> f64 {
    let Some(first) = sample.first() else {
        return 0.0;
    };
    let mut lengths: Vec<usize> = sample.iter().map(Vec::len).collect();
    lengths.sort_unstable();
    let commonest = lengths
        .chunk_by(|a, b| a == b)
        .max_by_key(|same| (same.len(), same[0]));
    let (same, fields) = commonest.map_or((0, 0), |same| (same.len(), same[0]));
    if fields < 2 && first.len() < 2 {
        // One column: a dump of texts, to be refused by what is missing from it. Commas are the
        // likeliest.
        return 0.01;
    }
    let share = same as f64 / sample.len() as f64;
    let labelled = (0..fields.min(50))
        .map(|column| share_of_labels(sample, column))
        .fold(0.0, f64::max);
    let names = knows_names(first);
    // What swallows the rest of the sample inside a quote, or more than one line at a time as a
    // stray quote does, fits less well.
    let swallowed = sample
        .iter()
        .flatten()
        .filter(|field| is_swallowed(field))
        .count() as f64;
    2.0 * f64::from(names) + share * f64::from(u8::from(fields > 1)) + labelled
        - 0.3 * f64::from(u8::from(open))
        - (swallowed / sample.len() as f64).min(0.3)
}

/// Whether a field holds what looks like the end of one record and the beginning of another: a line
/// with a tab in it that begins with a label.
fn is_swallowed(field: &[u8]) -> bool {
    field.split(|&byte| byte == b'\n').skip(1).any(|line| {
        let first = line.split(|&byte| byte == b'\t').next().unwrap_or_default();
        first.len() < line.len() && labels::of_value(&String::from_utf8_lossy(first)).is_some()
    })
}

/// Share of the records after the first whose `column` is a known label.
fn share_of_labels(sample: &[Vec<Vec<u8>>], column: usize) -> f64 {
    let labelled = |record: &&Vec<Vec<u8>>| {
        record
            .get(column)
            .is_some_and(|field| labels::of_value(&String::from_utf8_lossy(field)).is_some())
    };
    let rows = &sample[1.min(sample.len())..];
    rows.iter().filter(labelled).count() as f64 / rows.len().max(1) as f64
}

/// Whether the first record names columns. It does if both a label and a text are among its names.
/// It does not if one of its fields is a label as later records bear it in the same place (`spam`
/// above `1` is a name). Else it does if it has a known name, or if its fields are short, all
/// different, and no numbers.
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
                    later == value
                        || labels::of_value(&later).is_some() && !labels::is_numeric(&later)
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
