//! The table of all models with their metrics, and the table of pairwise comparisons.

use super::table::{DataTable, TableCell, column};
use crate::results::metric::Better;
use crate::results::{Comparison, Experiment, METRICS, Metric, ModelRecord, Timing};
use std::collections::BTreeMap;

/// Whether a model has a result on any fold. Models without one are listed separately, see
/// [`super::not_run`].
pub fn has_result(model: &ModelRecord) -> bool {
    !model.estimates.is_empty()
}

/// The metrics of every model with a result and of the baseline, one row per model, with times if
/// they are known.
pub fn summary(experiment: &Experiment, timing: Option<&Timing>) -> DataTable {
    let mut columns = vec![
        column("model", "", false),
        column("family", "family", false),
    ];
    columns.extend(
        METRICS
            .iter()
            .map(|metric| column(metric.key, metric.title, true)),
    );
    columns.push(column(
        "ece_if_calibrated",
        "ECE that true probabilities stay below",
        false,
    ));
    columns.push(column("model_bytes", "bytes of model", false));
    if timing.is_some() {
        columns.push(column("fit_seconds", "seconds to fit", false));
        columns.push(column(
            "emails_per_second",
            "emails scored per second",
            false,
        ));
    }
    let models = experiment.models.iter().filter(|model| has_result(model));
    let mut rows: Vec<Vec<TableCell>> = models
        .map(|model| model_row(experiment, model, timing))
        .collect();
    rows.push(baseline_row(experiment, columns.len()));
    DataTable { columns, rows }
}

fn model_row(
    experiment: &Experiment,
    model: &ModelRecord,
    timing: Option<&Timing>,
) -> Vec<TableCell> {
    let mut row = vec![
        TableCell::Text(model.name.clone()),
        TableCell::Text(model.family.to_string()),
    ];
    row.extend(
        METRICS
            .iter()
            .map(|metric| spread(experiment, model, metric)),
    );
    let estimate = model.estimates.get("ece");
    let if_calibrated = estimate.and_then(|estimate| estimate.if_calibrated);
    row.push(TableCell::known(if_calibrated, 4));
    let bytes = model.scored().map(|(_, scored)| scored.model_bytes).max();
    row.push(bytes.map_or(TableCell::Missing, TableCell::count));
    if let Some(timing) = timing {
        let known = |times: &BTreeMap<String, f64>, decimals| {
            TableCell::known(times.get(&model.name).copied(), decimals)
        };
        row.push(known(&timing.fit_seconds, 3));
        row.push(known(&timing.emails_per_second, 0));
    }
    row
}

fn baseline_row(experiment: &Experiment, columns: usize) -> Vec<TableCell> {
    let metric = |metric: &Metric| {
        let value = experiment.baseline.get(metric.key).copied().flatten();
        TableCell::known(value, metric.decimals)
    };
    let mut row = ["majority", "baseline"]
        .map(|text| TableCell::Text(text.to_owned()))
        .to_vec();
    row.extend(METRICS.iter().map(metric));
    row.resize(columns, TableCell::Missing);
    row
}

fn spread(experiment: &Experiment, model: &ModelRecord, metric: &Metric) -> TableCell {
    let Some(mean) = model.value(metric.key) else {
        return TableCell::Missing;
    };
    let deviation = model
        .estimates
        .get(metric.key)
        .and_then(|estimate| estimate.deviation);
    let better = |other: f64| {
        if metric.better == Better::Higher {
            other > mean
        } else {
            other < mean
        }
    };
    let best = !experiment
        .models
        .iter()
        .filter_map(|model| model.value(metric.key))
        .any(better);
    let interval = model.interval(metric.key);
    TableCell::Spread {
        mean,
        deviation,
        interval,
        decimals: metric.decimals,
        best: best && experiment.models.len() > 1,
    }
}

/// Every pair of models with the results of both tests.
pub fn comparisons(experiment: &Experiment) -> DataTable {
    let row = |pair: &Comparison| {
        let test = pair.resampled_t;
        vec![
            TableCell::Text(pair.a.clone()),
            TableCell::Text(pair.b.clone()),
            TableCell::count(pair.only_a_right),
            TableCell::count(pair.only_b_right),
            TableCell::known(Some(pair.p_value), 4),
            TableCell::known(pair.p_adjusted, 4),
            TableCell::known(test.map(|test| 100.0 * test.gain), 2),
            TableCell::known(test.map(|test| test.t), 2),
            TableCell::known(test.map(|test| test.p_value), 4),
        ]
    };
    let labels = [
        "A",
        "B",
        "only A right",
        "only B right",
        "p, McNemar by groups",
        "p, as one of all pairs",
        "A more accurate by, points",
        "t, corrected",
        "p, corrected t",
    ];
    DataTable::of(&labels, experiment.comparisons.iter().map(row).collect())
}
