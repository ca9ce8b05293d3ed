//! The table of what augmentation of the training mail changed, by model.

use super::table::{DataTable, TableCell};
use crate::base::numbers::number;
use crate::results::{EFFECT_METRICS, Effect, Experiment, METRICS, Metric, Metrics, ModelEffect};

/// Every model without and with augmentation, by the first `most` metrics; no rows if nothing was
/// added.
pub fn effect(experiment: &Experiment, most: usize) -> DataTable {
    let keys = &EFFECT_METRICS[..most.min(EFFECT_METRICS.len())];
    let metrics: Vec<&Metric> = METRICS
        .iter()
        .filter(|metric| keys.contains(&metric.key))
        .collect();
    let mut labels = vec!["model".to_owned()];
    labels.extend(
        metrics
            .iter()
            .flat_map(|metric| [format!("{} without", metric.short), "with".to_owned()]),
    );
    labels.extend(["fixed", "regressed", "p, McNemar"].map(str::to_owned));
    let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
    let row = |of: &ModelEffect| {
        let value = |metrics: &Metrics, metric: &Metric| {
            TableCell::known(metrics.get(metric.key).copied().flatten(), metric.decimals)
        };
        let mut row = vec![TableCell::Text(of.model.clone())];
        row.extend(
            metrics
                .iter()
                .flat_map(|metric| [value(&of.without, metric), value(&of.with, metric)]),
        );
        row.push(TableCell::count(of.comparison.only_a_right));
        row.push(TableCell::count(of.comparison.only_b_right));
        row.push(TableCell::PValue(of.comparison.p_value));
        row
    };
    let effect = experiment.augmentation();
    let models = effect.iter().flat_map(|effect| &effect.models);
    let mut table = DataTable::of(&labels, models.map(row).collect());
    for (at, column) in table.columns.iter_mut().enumerate().skip(1) {
        if let Some(metric) = metrics.get((at - 1) / 2) {
            column.key = format!(
                "{}_{}",
                metric.key,
                if at % 2 == 1 { "without" } else { "with" }
            );
        }
    }
    table
}

/// A sentence about what was added and its effect; None if nothing was added.
pub fn effect_in_words(experiment: &Experiment) -> Option<String> {
    let Effect {
        added,
        emails,
        models,
    } = &experiment.augmentation()?;
    let mean = emails.iter().sum::<usize>() as f64 / emails.len().max(1) as f64;
    let better = |of: &&ModelEffect| {
        let loss = |metrics: &Metrics| metrics.get("log_loss_bits").copied().flatten();
        loss(&of.with)
            .zip(loss(&of.without))
            .is_some_and(|(with, without)| with < without)
    };
    Some(format!(
        "{} added {} emails to each training set and none to what is tested. {} of {} \
         models lose less with them than without.",
        added.join(", "),
        number(mean, 0),
        models.iter().filter(better).count(),
        models.len()
    ))
}
