//! The table of what the decision of each model came to on test messages.

use super::table::{Beside, Column, DataTable, TableCell, column};
use crate::base::math::sigmoid;
use crate::results::{Bounded, DecisionOutcome, Experiment, LAMBDAS, ModelRecord, TotalCostRatio};

/// Most decimals shown of a cost or a ratio.
const MOST_DECIMALS: usize = 4;

/// One row per model with a result. A threshold is the median of those of the folds; cost stands in
/// it where the rule names costs. A ratio is infinite where nothing went wrong.
pub fn decisions(experiment: &Experiment) -> DataTable {
    let bounded = |name: &str| column(name, name).with(Beside::Interval);
    let mut columns: Vec<Column> = vec![
        column("model", "model"),
        column("threshold, probability of spam", "threshold, p(spam)"),
    ];
    let counts = ["ham called spam", "spam called ham", "unsure"];
    columns.extend(counts.map(|name| column(name, name)));
    if experiment.decision.costs().is_some() {
        columns.push(bounded("cost per message"));
    }
    columns.extend(LAMBDAS.map(|lambda| bounded(&format!("TCR, λ = {lambda}"))));
    let models = experiment.models.iter();
    let rows = models.filter_map(|model| Some(row(model, model.outcome.as_ref()?)));
    DataTable {
        columns,
        rows: rows.collect(),
    }
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
    let cost = outcome.cost.iter();
    row.extend(cost.map(|&Bounded { value, interval }| {
        TableCell::spread(value, None, Some(interval), MOST_DECIMALS)
    }));
    row.extend(outcome.total_cost_ratios.iter().map(ratio));
    row
}

fn ratio(of: &TotalCostRatio) -> TableCell {
    let (low, high) = of.interval;
    let mean = of.value.unwrap_or(f64::INFINITY);
    // An interval without an upper end is as exact as its lower half.
    let exact = [low, high.unwrap_or(mean)];
    let most = if mean.is_finite() { MOST_DECIMALS } else { 1 };
    TableCell::Spread {
        mean,
        deviation: None,
        interval: Some([low, high.unwrap_or(f64::INFINITY)]),
        decimals: TableCell::decimals_within(exact, most),
    }
}
