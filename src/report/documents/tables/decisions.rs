//! The table of what the decision of each model came to on test messages.

use super::table::{DataTable, TableCell};
use crate::base::math::sigmoid;
use crate::results::{Bounded, DecisionOutcome, Experiment, LAMBDAS, ModelRecord, TotalCostRatio};

/// One row per model with a result. A threshold is the median of those of the folds; cost stands in
/// it where the rule names costs.
pub fn decisions(experiment: &Experiment) -> DataTable {
    let has_cost = experiment.decision.costs().is_some();
    let mut labels = vec![
        "model".to_owned(),
        "threshold, probability of spam".to_owned(),
        "ham called spam".to_owned(),
        "spam called ham".to_owned(),
        "unsure".to_owned(),
    ];
    let with_interval = |name: &str| [name.to_owned(), format!("{name}, 95 % interval")];
    if has_cost {
        labels.extend(with_interval("cost per message"));
    }
    labels.extend(
        LAMBDAS
            .iter()
            .flat_map(|lambda| with_interval(&format!("TCR at λ = {lambda}"))),
    );
    let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
    let models = experiment.models.iter();
    let rows = models.filter_map(|model| Some(row(model, model.outcome.as_ref()?)));
    DataTable::of(&labels, rows.collect())
}

fn row(model: &ModelRecord, outcome: &DecisionOutcome) -> Vec<TableCell> {
    let [[_, _, false_positives], [false_negatives, _, _]] = outcome.verdicts;
    let threshold = sigmoid(model.decision().threshold);
    let mut row = vec![
        TableCell::Text(model.name.clone()),
        TableCell::known(Some(threshold), 4),
        TableCell::count(false_positives),
        TableCell::count(false_negatives),
        TableCell::count(outcome.unsure()),
    ];
    if let Some(Bounded { value, interval }) = outcome.cost {
        row.push(TableCell::known(Some(value), 4));
        row.push(TableCell::Text(ends(interval[0], Some(interval[1]), 4)));
    }
    for TotalCostRatio {
        value, interval, ..
    } in &outcome.total_cost_ratios
    {
        row.push(match value {
            Some(_) => TableCell::known(*value, digits(*value)),
            None => TableCell::Text("no error".to_owned()),
        });
        row.push(TableCell::Text(ends(
            interval.0,
            interval.1,
            digits(Some(interval.0)),
        )));
    }
    row
}

/// Decimals worth showing of a ratio.
fn digits(ratio: Option<f64>) -> usize {
    match ratio {
        Some(ratio) if ratio < 0.1 => 4,
        _ => 2,
    }
}

fn ends(low: f64, high: Option<f64>, decimals: usize) -> String {
    let high = high.map_or("∞".to_owned(), |high| format!("{high:.decimals$}"));
    format!("{low:.decimals$} to {high}")
}
