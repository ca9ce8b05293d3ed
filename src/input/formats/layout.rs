//! Detects from its beginning how a table is written: the delimiter, whether quotes have a meaning,
//! and whether the first line is a header.

use super::columns::knows_names;
use super::records::{Next, Record, Records};
use crate::input::labels;

/// Largest number of records examined.
const MOST_RECORDS: usize = 200;
/// Number of bytes examined.
pub(crate) const SAMPLE: usize = 256 << 10;

/// How a table is written.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    pub delimiter: u8,
    pub quotes: bool,
    pub header: bool,
    /// The first records, the header included.
    pub sample: Vec<Vec<Vec<u8>>>,
}

/// The layout of the table that begins with `head`. `whole` says that nothing follows.
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
    // Of equal scores, the first wins.
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

/// How well a layout fits, judged by known names in the first record, the share of records with the
/// most common length, and labels.
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
        // With a single column this is no table of mail. It scores just above nothing, so that
        // commas are assumed and the error can say which columns are missing.
        return 0.01;
    }
    let share = same as f64 / sample.len() as f64;
    let labelled = (0..fields.min(50))
        .map(|column| share_of_labels(sample, column))
        .fold(0.0, f64::max);
    let names = knows_names(first);
    // A layout in which a quote swallows the rest of the sample, or several lines at a time as a
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

/// Whether a field seems to hold the end of one record and the beginning of another: a line with a
/// tab that begins with a label.
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

/// Whether the first record is a header. It is if it has known names for both a label and a text.
/// It is not if one of its fields is a label written as in later records at the same place (`spam`
/// above `1` is a name). Otherwise it is if it has a known name, or if its fields are short, all
/// different, and not numbers.
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
