//! A comparison on the terminal: one line a model, the tests between families, what did not run,
//! what augmentation changed, and a small plot.

use super::plot;
use super::table::Table;
use crate::base::shown::shown_text;
use crate::results::{
    Comparison, EFFECT_METRICS, EFFECT_SHOWN, Effect, Estimate, Experiment, METRICS, Metric,
    Metrics, ModelRecord, Timing,
};

/// What the table shows of the metrics.
const SHOWN: [&str; 7] = [
    "accuracy",
    "ham_misclassified_pct",
    "spam_misclassified_pct",
    "one_minus_roca_pct",
    "f1",
    "log_loss_bits",
    "ece",
];

/// The metrics among these keys, in the order of the table of metrics.
fn metrics(keys: &[&str]) -> Vec<&'static Metric> {
    let of_keys = METRICS.iter().filter(|metric| keys.contains(&metric.key));
    of_keys.collect()
}

/// A value with the decimals of its metric, or a dash.
fn value(of: &Metrics, metric: &Metric) -> String {
    match of.get(metric.key).copied().flatten() {
        Some(value) => format!("{value:.*}", metric.decimals),
        None => "–".to_owned(),
    }
}

/// Mean and standard deviation over the folds.
fn mean_and_deviation(model: &ModelRecord, metric: &Metric) -> String {
    let decimals = metric.decimals;
    let Some(Estimate {
        value: Some(mean),
        deviation,
        ..
    }) = model.estimates.get(metric.key)
    else {
        return "–".to_owned();
    };
    match deviation {
        Some(deviation) => format!("{mean:.decimals$} ± {deviation:.decimals$}"),
        None => format!("{mean:.decimals$}"),
    }
}

/// All of a comparison, ready for a terminal. `colour` sets the families of the plot apart as the
/// report does.
pub fn as_text(experiment: &Experiment, timing: Option<&Timing>, colour: bool) -> String {
    let table = models(experiment, timing);
    let tests = experiment.between_families().map_or_else(String::new, test);
    let effect = experiment.augmentation().map_or_else(String::new, effect);
    let plot = plot::errors(experiment, colour);
    let plain = format!("{table}{tests}{}{effect}", troubles(experiment));
    shown_text(&plain) + &plot
}

/// One line a model, and one of always answering the majority class.
fn models(experiment: &Experiment, timing: Option<&Timing>) -> Table {
    let metrics = metrics(&SHOWN);
    let mut titles = vec!["model", "family"];
    titles.extend(metrics.iter().map(|metric| metric.short));
    titles.extend(timing.map(|_| "fit s"));
    let mut table = Table::new(titles);
    let measured = |model: &&ModelRecord| !model.estimates.is_empty();
    for model in experiment.models.iter().filter(measured) {
        let mut row = vec![model.name.clone(), model.family.to_string()];
        row.extend(
            metrics
                .iter()
                .map(|metric| mean_and_deviation(model, metric)),
        );
        row.extend(
            timing.map(|timing| match timing.fit_seconds.get(&model.name) {
                Some(seconds) => format!("{seconds:.2}"),
                None => "–".to_owned(),
            }),
        );
        table.push(row);
    }
    let mut row = vec!["majority class".to_owned(), String::new()];
    row.extend(
        metrics
            .iter()
            .map(|metric| value(&experiment.baseline, metric)),
    );
    table.push(row);
    table
}

/// McNemar's test between the best models of the two families.
fn test(test: &Comparison) -> String {
    let p_value = if test.p_value < 0.001 {
        "< 0.001".to_owned()
    } else {
        format!("= {:.3}", test.p_value)
    };
    format!(
        "McNemar: only {} right on {}, only {} right on {} emails, p {p_value}\n",
        test.a, test.only_a_right, test.b, test.only_b_right,
    )
}

/// What kept models from running.
fn troubles(experiment: &Experiment) -> String {
    let trouble = |model: &ModelRecord| Some(format!("{}: {}\n", model.name, model.trouble()?));
    experiment.models.iter().filter_map(trouble).collect()
}

/// Every model without and with what was added to the training mail.
fn effect(effect: Effect) -> String {
    let metrics = metrics(&EFFECT_METRICS[..EFFECT_SHOWN]);
    let mut titles = vec![format!("with {}", effect.added.join(", "))];
    titles.extend(metrics.iter().map(|metric| metric.short.to_owned()));
    titles.extend(["fixed".to_owned(), "regressed".to_owned()]);
    let mut table = Table::new(titles);
    for of in effect.models {
        let both = |metric| {
            format!(
                "{} → {}",
                value(&of.without, metric),
                value(&of.with, metric)
            )
        };
        let mut row = vec![of.model.clone()];
        row.extend(metrics.iter().copied().map(both));
        row.push(of.comparison.only_a_right.to_string());
        row.push(of.comparison.only_b_right.to_string());
        table.push(row);
    }
    table.to_string()
}
