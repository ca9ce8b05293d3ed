//! The tables of a stream: what each filter made of it under each way to teach, and its curves.

use crate::base::numbers::{count, number};
use crate::report::documents::tables::table::{DataTable, TableCell};
use crate::results::Estimate;
use crate::results::experiments::{FilterFound, METRICS_OF_A_STREAM, Stream, StreamFound};
use std::collections::BTreeMap;

/// Decimals of a metric.
const DECIMALS: usize = 3;

/// Every filter under every way to teach: each metric with its interval.
pub fn filters(found: &StreamFound) -> DataTable {
    let labels = ["ham", "spam", "told", "learned"];
    of_filters(found, &labels, |stream, filter| {
        let counts = [
            stream.emails[0],
            stream.emails[1],
            filter.told,
            filter.learned,
        ];
        vec![(counts.into(), &filter.estimates)]
    })
}

/// Every point of the curves: each metric of the first messages with its interval.
pub fn over_time(found: &StreamFound) -> DataTable {
    of_filters(found, &["emails"], |_, filter| {
        let points = filter.curve.iter();
        points
            .map(|point| (vec![point.emails], &point.metrics))
            .collect()
    })
}

/// Counts, and the metrics of what is counted.
type Measured<'a> = (Vec<usize>, &'a BTreeMap<String, Estimate>);

/// A row for each metric of what is measured of every filter under every way to teach.
fn of_filters<'a>(
    found: &'a StreamFound,
    counts: &[&str],
    measured: impl Fn(&'a Stream, &'a FilterFound) -> Vec<Measured<'a>>,
) -> DataTable {
    let first = ["mail", "feedback", "regime", "filter"];
    let labels = [&first, counts, &["metric", "value", "low", "high"]].concat();
    let mut rows = Vec::new();
    for stream in &found.streams {
        for lesson in &stream.lessons {
            for filter in &lesson.filters {
                let names = [
                    stream.mail.clone(),
                    lesson.feedback.name(),
                    lesson.regime.name().to_owned(),
                    filter.name.clone(),
                ];
                for (counts, estimates) in measured(stream, filter) {
                    rows.extend(of_metrics(&names, &counts, estimates));
                }
            }
        }
    }
    DataTable::of(&labels, rows)
}

/// Each metric that is known, with its interval.
fn of_metrics(
    names: &[String],
    counts: &[usize],
    estimates: &BTreeMap<String, Estimate>,
) -> Vec<Vec<TableCell>> {
    let row = |key: &str| {
        let estimate = estimates.get(key)?;
        let end = |at: usize| estimate.interval.map(|interval| interval[at]);
        let counts = counts.iter().map(|&count| (Some(count as f64), 0));
        let numbers = [estimate.value, end(0), end(1)].map(|value| (value, DECIMALS));
        let number = |(value, decimals)| TableCell::known(value, decimals);
        let texts = names.iter().cloned().map(TableCell::Text);
        let metric = TableCell::Text(key.to_owned());
        let numbers = numbers.map(number);
        Some(
            texts
                .chain(counts.map(number))
                .chain([metric])
                .chain(numbers)
                .collect(),
        )
    };
    METRICS_OF_A_STREAM.into_iter().filter_map(row).collect()
}

/// How the numbers came about.
pub fn stream_in_words(found: &StreamFound) -> String {
    let emails: Vec<String> = found
        .streams
        .iter()
        .map(|stream| {
            format!(
                "{} of {}",
                count(stream.emails.iter().sum::<usize>()),
                stream.mail
            )
        })
        .collect();
    format!(
        "Each email is scored before its label is told ({}). hm % and sm % are ham and spam \
         misclassified, lam % is between them on the scale of log-odds, h=.1 % is the spam missed \
         where one in a thousand ham is misclassified. Intervals in the tables are those of {} \
         bootstrap resamples of groups of near-duplicates.",
        emails.join(", "),
        number(f64::from(found.resamples), 0)
    )
}
