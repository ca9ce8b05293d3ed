//! The table of an experiment on duplicates: every model under both splits.

use crate::base::numbers::{count, number};
use crate::report::documents::tables::table::{DataTable, TableCell};
use crate::results::experiments::{DuplicatesFound, METRICS_OF_DUPLICATES};

/// Decimals of a metric.
const DECIMALS: usize = 3;

/// Every model: each metric under both splits, and the difference with its interval.
pub fn flattered(found: &DuplicatesFound) -> DataTable {
    let labels = [
        "model",
        "family",
        "metric",
        "naive",
        "grouped",
        "difference",
        "low",
        "high",
    ];
    let mut rows = Vec::new();
    for model in &found.models {
        for key in METRICS_OF_DUPLICATES {
            let [naive, grouped] = [&model.naive, &model.grouped]
                .map(|split| split.get(key).and_then(|estimate| estimate.value));
            let difference = model.differences.get(key);
            let end = |at: usize| difference.map(|(_, interval)| interval[at]);
            let numbers = [
                naive,
                grouped,
                difference.map(|(value, _)| *value),
                end(0),
                end(1),
            ];
            let texts = [model.name.clone(), model.family.to_string(), key.to_owned()];
            let mut row: Vec<TableCell> = texts.map(TableCell::Text).into();
            row.extend(numbers.map(|value| TableCell::known(value, DECIMALS)));
            rows.push(row);
        }
    }
    DataTable::of(&labels, rows)
}

/// How the numbers came about.
pub fn duplicates_in_words(found: &DuplicatesFound) -> String {
    let [ham, spam] = found.twins.map(|share| number(100.0 * share, 1));
    let failed = found.models.iter().filter_map(|model| {
        let why = model.failed.as_ref()?;
        Some(format!(" {} has no result: {why}.", model.name))
    });
    let failed: String = failed.collect();
    format!(
        "{} emails, of which {} are near-duplicates of an earlier one, in {} folds. Dealt to folds \
         one by one, {ham} % of the tested ham and {spam} % of the spam have a near-duplicate in \
         the training set; grouped, none has. All folds are measured together, at the threshold \
         ½.{failed}",
        count(found.emails.iter().sum::<usize>()),
        count(found.near_duplicates),
        found.folds,
    )
}
