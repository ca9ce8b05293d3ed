//! The table of what the decision of each model came to on test messages.

use super::table::{Beside, Column, DataTable, TableCell, column};
use crate::base::math::sigmoid;
use crate::results::{Bounded, DecisionOutcome, Experiment, LAMBDAS, ModelRecord, TotalCostRatio};

/// Most decimals shown of a cost or a ratio.
const MOST_DECIMALS: f64 = 4.0;

/// One row per model with a result. A threshold is the median of those of the folds; cost stands in
/// it where the rule names costs. A ratio is infinite where nothing went wrong.
pub fn decisions(experiment: &Experiment) -> DataTable {
    let bounded = |name: &str| column(name, name).with(Beside::Interval);
    let mut columns: Vec<Column> = vec![
        column("model", "model"),
        column("threshold, probability of spam", "threshold, p(spam)"),
    ];
    columns.push(column("ham called spam", "ham called spam"));
    // Without a band the rate is the metric of that name, which stands in the summary.
    let outcomes = || {
        experiment
            .models
            .iter()
            .filter_map(|model| model.outcome.as_ref())
    };
    let has_band = outcomes().any(|outcome| outcome.unsure() > 0);
    if has_band {
        columns.push(bounded("FPR %"));
    }
    let counts = ["spam called ham", "unsure"];
    columns.extend(counts.map(|name| column(name, name)));
    if experiment.decision.costs().is_some() {
        columns.push(bounded("cost per message"));
    }
    columns.extend(LAMBDAS.map(|lambda| {
        let (key, label) = (
            format!("TCR, λ = {lambda}"),
            format!("TCR, λ\u{a0}=\u{a0}{lambda}"),
        );
        column(&key, &label).with(Beside::Interval)
    }));
    let models = experiment.models.iter();
    let rows = models.filter_map(|model| Some(row(model, model.outcome.as_ref()?, has_band)));
    DataTable {
        columns,
        rows: rows.collect(),
    }
}

fn row(model: &ModelRecord, outcome: &DecisionOutcome, has_band: bool) -> Vec<TableCell> {
    let [[_, _, false_positives], [false_negatives, _, _]] = outcome.verdicts;
    let threshold = sigmoid(model.decision().threshold);
    let mut row = vec![
        TableCell::Text(model.name.clone()),
        TableCell::known(Some(threshold), 4),
        TableCell::count(false_positives),
    ];
    row.extend(has_band.then(|| false_positive_rate(outcome)));
    row.push(TableCell::count(false_negatives));
    row.push(TableCell::count(outcome.unsure()));
    let cost = outcome.cost.iter();
    row.extend(cost.map(|&Bounded { value, interval }| bounded(value, interval)));
    row.extend(outcome.total_cost_ratios.iter().map(ratio));
    row
}

/// The share of ham called spam in percent, by the same verdicts as the count beside it.
fn false_positive_rate(outcome: &DecisionOutcome) -> TableCell {
    let rate = outcome.false_positive_rate;
    rate.map_or(TableCell::Missing, |Bounded { value, interval }| {
        let interval = interval.map(|end| 100.0 * end);
        TableCell::spread(100.0 * value, None, Some(interval), 2)
    })
}

/// A value with its interval, of which the lower end, or else the upper one, shows two digits: an
/// interval of a cost reaches further up than down.
fn bounded(mean: f64, interval: [f64; 2]) -> TableCell {
    let [low, high] = interval;
    let end = if low > 0.0 { low } else { high };
    let decimals = (1.0 - end.log10().floor()).clamp(0.0, MOST_DECIMALS);
    TableCell::Spread {
        mean,
        deviation: None,
        interval: Some(interval),
        decimals: decimals as usize,
    }
}

fn ratio(of: &TotalCostRatio) -> TableCell {
    let (low, high) = of.interval;
    let [mean, high] = [of.value, high].map(|value| value.unwrap_or(f64::INFINITY));
    bounded(mean, [low, high])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lower_end_shows_two_digits_and_what_has_no_end_is_infinite() {
        let shown = |mean, interval| {
            let cell = bounded(mean, interval);
            format!(
                "{} ({})",
                cell.shown(),
                cell.uncertainty().unwrap_or_default()
            )
        };
        assert_eq!(shown(0.0132, [0.0087, 0.0812]), "0.0132 (0.0087 to 0.0812)");
        assert_eq!(shown(0.0, [0.0, 0.0671]), "0.000 (0.000 to 0.067)");
        assert_eq!(shown(17.0, [0.42, 21.3]), "17.00 (0.42 to 21.30)");
        assert_eq!(shown(1896.0, [265.4, 10748.2]), "1,896 (265 to 10,748)");
        let ratio = ratio(&TotalCostRatio {
            lambda: 9,
            value: None,
            interval: (51.4, None),
        });
        assert_eq!(ratio.shown(), "∞");
        assert_eq!(ratio.uncertainty().as_deref(), Some("51 to ∞"));
    }
}
