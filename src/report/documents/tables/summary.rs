//! The table of all models with their metrics, and the table of pairwise comparisons.

use super::table::{Beside, DataTable, TableCell, column};
use crate::results::metric::metric;
use crate::results::{
    Comparison, Experiment, Family, METRICS, Metric, ModelRecord, Timing, ranking,
};
use std::collections::BTreeMap;

/// Whether a model has a result on any fold. Models without one are listed separately, see
/// [`super::not_run`].
pub fn has_result(model: &ModelRecord) -> bool {
    !model.estimates.is_empty()
}

/// The metrics of every model with a result and of the baseline, one row per model, with times if
/// they are known.
pub fn summary(experiment: &Experiment, timing: Option<&Timing>) -> DataTable {
    let mut columns = vec![column("model", ""), column("family", "family")];
    columns.extend(
        METRICS
            .iter()
            .map(|metric| column(metric.key, metric.title).with(Beside::Spread)),
    );
    columns.push(column(
        "ece_if_calibrated",
        "ECE that true probabilities stay below",
    ));
    // Only a bound is worth a column.
    let bounds = experiment
        .models
        .iter()
        .any(|model| !model.bound().is_exact());
    if bounds {
        columns.push(column("bits_are", "bits per byte are"));
    }
    columns.push(column("model_bytes", "bytes of model"));
    if timing.is_some() {
        columns.push(column("fit_seconds", "seconds to fit"));
        columns.push(column("emails_per_second", "emails scored per second"));
    }
    let models = experiment.models.iter().filter(|model| has_result(model));
    let mut rows: Vec<Vec<TableCell>> = models
        .map(|model| model_row(model, timing, bounds))
        .collect();
    rows.push(baseline_row(experiment, columns.len()));
    DataTable { columns, rows }.evenly_rounded()
}

fn model_row(model: &ModelRecord, timing: Option<&Timing>, bounds: bool) -> Vec<TableCell> {
    let mut row = vec![
        TableCell::Text(model.name.clone()),
        TableCell::Text(model.family.to_string()),
    ];
    row.extend(METRICS.iter().map(|metric| spread(model, metric)));
    let estimate = model.estimates.get("ece");
    let if_calibrated = estimate.and_then(|estimate| estimate.if_calibrated);
    row.push(TableCell::known(if_calibrated, 4));
    if bounds {
        row.push(match model.value("bits_per_byte") {
            None => TableCell::Missing,
            Some(_) if model.bound().is_exact() => TableCell::Text("exact".to_owned()),
            Some(_) => TableCell::Text("an upper bound".to_owned()),
        });
    }
    let bytes = model.scored().map(|(_, scored)| scored.model_bytes).max();
    let bytes = bytes.filter(|_| !model.external);
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
    let of = |metric: &Metric| {
        let value = experiment.baseline.get(metric.key).copied().flatten();
        TableCell::known(value, metric.decimals)
    };
    let mut row = ["majority", "baseline"]
        .map(|text| TableCell::Text(text.to_owned()))
        .to_vec();
    row.extend(METRICS.iter().map(of));
    row.resize(columns, TableCell::Missing);
    row
}

fn spread(model: &ModelRecord, metric: &Metric) -> TableCell {
    let Some(mean) = model.value(metric.key) else {
        return TableCell::Missing;
    };
    let deviation = model
        .estimates
        .get(metric.key)
        .and_then(|estimate| estimate.deviation);
    let interval = model.interval(metric.key);
    TableCell::spread(mean, deviation, interval, metric.decimals)
}

/// The metrics of [`main_metrics`] beside the error rate. MCC and not F1, since it counts ham that
/// is called ham, and means the same at any share of spam.
const MAIN: [&str; 5] = [
    "ham_misclassified_pct",
    "spam_misclassified_pct",
    "one_minus_roca_pct",
    "log_loss_bits",
    "mcc",
];

/// The name of the error rate in tables, which is what accuracy lacks to 1.
pub const ERROR: &str = "error %";

/// The names and meanings of the columns of [`main_metrics`].
pub fn main_meanings() -> Vec<(&'static str, &'static str)> {
    let mut meanings = vec![(
        ERROR,
        "share of all messages judged wrong: 1 minus accuracy",
    )];
    let others = MAIN.iter().filter_map(|key| metric(key));
    meanings.extend(others.map(|metric| (metric.short, metric.meaning)));
    meanings
}

/// Every model with a result by the six metrics that matter most, the families one after the other
/// and the best of each first, and the baseline.
pub fn main_metrics(experiment: &Experiment) -> DataTable {
    let metrics: Vec<&Metric> = MAIN.iter().filter_map(|key| metric(key)).collect();
    let mut columns = vec![column("model", "model"), column("family", "family")];
    columns.extend(main_meanings().iter().map(|(name, _)| column(name, name)));
    let row = |at: usize| {
        let model = &experiment.models[at];
        let mut row = vec![
            TableCell::Text(model.name.clone()),
            TableCell::Text(model.family.to_string()),
            error_rate(model),
        ];
        row.extend(metrics.iter().map(|metric| spread(model, metric)));
        row
    };
    let of_family = |family: Family| {
        let ranked = ranking(&experiment.models, family);
        // A model without ranks, where a class is missing, has no place among them.
        let others = (0..experiment.models.len()).filter(|at| !ranked.contains(at));
        let others = others.filter(|&at| experiment.models[at].family == family);
        let others = others.filter(|&at| has_result(&experiment.models[at]));
        let others: Vec<usize> = others.collect();
        [ranked, others].concat()
    };
    let order = Family::BOTH.map(of_family).concat();
    let mut rows: Vec<Vec<TableCell>> = order.into_iter().map(row).collect();
    let baseline = |key: &str| experiment.baseline.get(key).copied().flatten();
    // It takes the decimals of its column.
    let plain = |value: Option<f64>| {
        value.map_or(TableCell::Missing, |value| {
            TableCell::spread(value, None, None, 0)
        })
    };
    let mut majority = vec![
        TableCell::Text("majority class".to_owned()),
        TableCell::Text("baseline".to_owned()),
        plain(baseline("accuracy").map(|share| 100.0 * (1.0 - share))),
    ];
    majority.extend(metrics.iter().map(|metric| plain(baseline(metric.key))));
    rows.push(majority);
    DataTable { columns, rows }.evenly_rounded()
}

/// The error rate of a model in percent.
pub fn error_rate(model: &ModelRecord) -> TableCell {
    let Some(estimate) = model.estimates.get("accuracy") else {
        return TableCell::Missing;
    };
    let percent = |accuracy: f64| 100.0 * (1.0 - accuracy);
    let interval = estimate
        .interval
        .map(|[low, high]| [percent(high), percent(low)]);
    let deviation = estimate.deviation.map(|deviation| 100.0 * deviation);
    estimate.value.map_or(TableCell::Missing, |accuracy| {
        TableCell::spread(percent(accuracy), deviation, interval, 2)
    })
}

/// Every pair of models with the results of both tests, and of the one on halves where it was made.
pub fn comparisons(experiment: &Experiment) -> DataTable {
    let halves = experiment.pairs_in_halves();
    let row = |pair: &Comparison| {
        let test = pair.resampled_t;
        let p = |p: Option<f64>| p.map_or(TableCell::Missing, TableCell::PValue);
        let mut row = vec![
            TableCell::Text(pair.a.clone()),
            TableCell::Text(pair.b.clone()),
            TableCell::count(pair.only_a_right),
            TableCell::count(pair.only_b_right),
            TableCell::PValue(pair.p_value),
            p(pair.p_adjusted),
            TableCell::known(test.map(|test| 100.0 * test.gain), 2),
            TableCell::known(test.map(|test| test.t), 2),
            p(test.map(|test| test.p_value)),
            TableCell::known(test.and_then(|test| test.belief).map(|of| of.equivalent), 3),
        ];
        if !halves.is_empty() {
            let on_halves = halves.iter().find(|one| one.a == pair.a && one.b == pair.b);
            let on_halves = on_halves.map(|one| one.test);
            row.push(TableCell::known(on_halves.map(|test| test.f), 2));
            row.push(p(on_halves.map(|test| test.p_value)));
        }
        row
    };
    let mut labels = vec![
        "A",
        "B",
        "only A right",
        "only B right",
        "p, McNemar by groups",
        "p, as one of all pairs",
        "A more accurate by, points",
        "t, corrected",
        "p, corrected t",
        "P(practically equivalent)",
    ];
    if !halves.is_empty() {
        labels.extend(["F, 5x2cv", "p, 5x2cv"]);
    }
    DataTable::of(&labels, experiment.comparisons.iter().map(row).collect())
}
