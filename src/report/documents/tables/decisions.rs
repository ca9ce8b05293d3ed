//! The table of what the decision of each model came to on test messages.

use super::table::{Beside, Column, DataTable, TableCell, column};
use crate::base::math::sigmoid;
use crate::results::{Bounded, DecisionOutcome, Experiment, LAMBDAS, ModelRecord, TotalCostRatio};

/// One row per model with a result. A threshold is the median of those of the folds; cost stands in
/// it where the rule names costs.
pub fn decisions(experiment: &Experiment) -> DataTable {
    let has_cost = experiment.decision.costs().is_some();
    let labels = [
        "model",
        "threshold, probability of spam",
        "ham called spam",
        "spam called ham",
        "unsure",
    ];
    let mut columns: Vec<Column> = labels.iter().map(|label| column(label, label)).collect();
    let with_interval = |name: &str| Column {
        beside: Beside::Interval,
        ..column(name, name)
    };
    if has_cost {
        columns.push(with_interval("cost per message"));
    }
    let ratios = LAMBDAS.iter().map(|lambda| format!("TCR at λ = {lambda}"));
    columns.extend(ratios.map(|name| with_interval(&name)));
    let models = experiment.models.iter();
    let rows = models.filter_map(|model| Some(row(model, model.outcome.as_ref()?)));
    let rows = rows.collect();
    DataTable { columns, rows }.evenly_rounded()
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
        row.push(TableCell::spread(value, None, Some(interval), 4));
    }
    let ratios = outcome
        .total_cost_ratios
        .iter()
        .map(|ratio: &TotalCostRatio| {
            // Where nothing went wrong, a filter is worth any number of those that cost something.
            let value = ratio.value.unwrap_or(f64::INFINITY);
            let (low, high) = ratio.interval;
            let ends = [low, high.unwrap_or(f64::INFINITY)];
            let decimals = if ends[1].is_finite() { 4 } else { 2 };
            TableCell::spread(value, None, Some(ends), decimals)
        });
    row.extend(ratios);
    row
}
