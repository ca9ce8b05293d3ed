//! The tables of a stream: what each filter made of it under each way to teach, and its curves.

use crate::base::numbers::{count, number};
use crate::report::documents::tables::table::{DataTable, TableCell};
use crate::results::experiments::{METRICS_OF_A_STREAM, StreamFound};

/// Decimals of a metric.
const DECIMALS: usize = 3;

/// Every filter under every way to teach: each metric with its interval.
pub fn filters(found: &StreamFound) -> DataTable {
    let labels = [
        "mail", "ham", "spam", "feedback", "regime", "filter", "told", "learned", "metric",
        "value", "low", "high",
    ];
    let mut rows = Vec::new();
    for stream in &found.streams {
        for lesson in &stream.lessons {
            for filter in &lesson.filters {
                for key in METRICS_OF_A_STREAM {
                    let Some(estimate) = filter.estimates.get(key) else {
                        continue;
                    };
                    let whole = |value: usize| TableCell::known(Some(value as f64), 0);
                    let end = |at: usize| estimate.interval.map(|interval| interval[at]);
                    let texts = [lesson.feedback.name(), lesson.regime.name().to_owned()];
                    let mut row = vec![
                        TableCell::Text(stream.mail.clone()),
                        whole(stream.emails[0]),
                        whole(stream.emails[1]),
                    ];
                    row.extend(texts.map(TableCell::Text));
                    row.push(TableCell::Text(filter.name.clone()));
                    row.extend([whole(filter.told), whole(filter.learned)]);
                    row.push(TableCell::Text(key.to_owned()));
                    let numbers = [estimate.value, end(0), end(1)];
                    row.extend(numbers.map(|value| TableCell::known(value, DECIMALS)));
                    rows.push(row);
                }
            }
        }
    }
    DataTable::of(&labels, rows)
}

/// Every point of the curves.
pub fn over_time(found: &StreamFound) -> DataTable {
    let mut labels = vec!["mail", "feedback", "regime", "filter", "emails"];
    labels.extend(METRICS_OF_A_STREAM);
    let mut rows = Vec::new();
    for stream in &found.streams {
        for lesson in &stream.lessons {
            for filter in &lesson.filters {
                for point in &filter.curve {
                    let mut row: Vec<TableCell> = [
                        stream.mail.clone(),
                        lesson.feedback.name(),
                        lesson.regime.name().to_owned(),
                        filter.name.clone(),
                    ]
                    .map(TableCell::Text)
                    .into();
                    row.push(TableCell::known(Some(point.emails as f64), 0));
                    let value = |key: &str| point.metrics.get(key)?.value;
                    row.extend(
                        METRICS_OF_A_STREAM.map(|key| TableCell::known(value(key), DECIMALS)),
                    );
                    rows.push(row);
                }
            }
        }
    }
    DataTable::of(&labels, rows)
}

/// How the numbers came about.
pub fn stream_in_words(found: &StreamFound) -> String {
    let emails: Vec<String> = found
        .streams
        .iter()
        .map(|stream| format!("{} of {}", count(stream.emails.iter().sum()), stream.mail))
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
