//! The table of a transfer: every fit on every target.

use crate::base::numbers::count;
use crate::report::documents::tables::table::{DataTable, TableCell};
use crate::results::Estimate;
use crate::results::experiments::{
    LearnedFrom, METRICS_OF_A_TRANSFER, TransferCell, TransferFound,
};

/// Decimals of a metric.
const DECIMALS: usize = 3;

/// Every fit on every target: each metric with its interval, or its deviation over draws.
pub fn transfers(found: &TransferFound) -> DataTable {
    let labels = [
        "model",
        "family",
        "learned from",
        "labels of the target",
        "tested on",
        "metric",
        "value",
        "low",
        "high",
        "deviation",
    ];
    let mut rows = Vec::new();
    for cell in &found.cells {
        let metrics = METRICS_OF_A_TRANSFER.iter().filter_map(|&key| {
            let estimate = cell.metrics.get(key)?;
            Some((key.to_owned(), estimate))
        });
        let corrected = cell.corrected.as_ref();
        let corrected = corrected.map(|of| ("error_pct, prior corrected".to_owned(), of));
        rows.extend(metrics.chain(corrected).map(|one| row(found, cell, one)));
    }
    DataTable::of(&labels, rows)
}

fn row(found: &TransferFound, cell: &TransferCell, of: (String, &Estimate)) -> Vec<TableCell> {
    let (key, estimate) = of;
    let model = &found.models[cell.model];
    let target = &found.corpora[cell.target].name;
    let (from, labels) = match cell.learned_from {
        LearnedFrom::Corpus(at) => (found.corpora[at].name.clone(), None),
        LearnedFrom::Earlier => ("its own first three quarters".to_owned(), None),
        LearnedFrom::Others(labels) => ("all others".to_owned(), Some(labels)),
        LearnedFrom::Target(labels) => (target.clone(), Some(labels)),
    };
    let end = |at: usize| estimate.interval.map(|interval| interval[at]);
    let mut row = vec![
        TableCell::Text(model.name.clone()),
        TableCell::Text(model.family.to_string()),
        TableCell::Text(from),
        TableCell::known(labels.map(|labels| labels as f64), 0),
        TableCell::Text(target.clone()),
        TableCell::Text(key),
    ];
    let numbers = [estimate.value, end(0), end(1), estimate.deviation];
    row.extend(numbers.map(|value| TableCell::known(value, DECIMALS)));
    row
}

/// How the numbers came about.
pub fn transfer_in_words(found: &TransferFound) -> String {
    let corpora: Vec<String> = found
        .corpora
        .iter()
        .map(|corpus| {
            let [ham, spam] = corpus.test;
            format!("{} ({} ham, {} spam)", corpus.name, count(ham), count(spam))
        })
        .collect();
    let draws = match found.draws {
        1 => "one draw is shown".to_owned(),
        draws => format!("numbers are means over {draws} draws"),
    };
    let failed = found.cells.iter().find_map(|cell| {
        let (why, model) = (cell.failed.as_ref()?, &found.models[cell.model].name);
        let failed = found
            .cells
            .iter()
            .filter(|cell| cell.failed.is_some())
            .count();
        Some(format!(
            " {failed} results are missing or lack draws; {model}: {why}."
        ))
    });
    format!(
        "Tested on a quarter of each corpus: {}. No near-duplicate of a test email was learned \
         from. Where labels of the target were drawn, {draws}.{}",
        corpora.join(", "),
        failed.unwrap_or_default()
    )
}
