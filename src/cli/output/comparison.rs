//! A comparison on the terminal: one line per model, what the difference between families is, what
//! did not run, what augmentation changed, and a small plot. All of it fits eighty columns; the
//! wide table has every metric of the terminal with its interval.

use super::table::Table;
use super::{decisions, plot};
use crate::base::shown::shown_text;
use crate::cli::wrap::paragraph;
use crate::lab::not_run;
use crate::model::Family;
use crate::report::statements::{finding, in_words};
use crate::results::metric::metric;
use crate::results::{Effect, Estimate, Experiment, Metrics, ModelRecord, Outcome, Timing};
use serde_json::Value;
use std::collections::BTreeMap;

/// What the default table shows beside the error.
const SHOWN: [&str; 4] = [
    "ham_misclassified_pct",
    "spam_misclassified_pct",
    "one_minus_roca_pct",
    "log_loss_bits",
];
/// The title of the seconds that a model took.
const FIT_SECONDS: &str = "fits, wall s";
/// What the wide table shows beside these.
const MORE: [&str; 5] = ["f1", "mcc", "roc_auc", "recall_at_ham_1_pct", "ece"];

/// How a comparison is shown.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// Whether the table may be wider than eighty columns.
    pub wide: bool,
    /// Whether the plot sets families apart by colour.
    pub colour: bool,
}

/// A model and what was measured of it.
pub struct Measured<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its family.
    pub family: Family,
    /// By metric.
    pub estimates: &'a BTreeMap<String, Estimate>,
}

impl<'a> From<&'a ModelRecord> for Measured<'a> {
    fn from(model: &'a ModelRecord) -> Measured<'a> {
        Measured {
            name: &model.name,
            family: model.family,
            estimates: &model.estimates,
        }
    }
}

/// All of a comparison, ready for a terminal.
pub fn as_text(experiment: &Experiment, timing: Option<&Timing>, look: Look) -> String {
    let measured = experiment
        .models
        .iter()
        .filter(|model| !model.estimates.is_empty());
    let measured: Vec<Measured<'_>> = measured.map(Measured::from).collect();
    let baseline = estimates(&experiment.baseline);
    let mut text = models(&measured, Some(&baseline), timing, look.wide).to_string();
    text += &troubles(experiment);
    text += &timing.map_or_else(String::new, |timing| took(timing, look.wide));
    text.push('\n');
    text += &paragraph(&in_words(&finding(experiment)), 0);
    let decision = decisions::measured(experiment);
    text.extend(decision.map(|decision| format!("\n{decision}")));
    text += &experiment.augmentation().map_or_else(String::new, effect);
    shown_text(&text) + &plot::errors(experiment, look.colour)
}

/// The time that all of it took; the wide table says what its times are of.
fn took(timing: &Timing, wide: bool) -> String {
    let [read, total] = [timing.read_seconds, timing.total_seconds];
    let took = format!("read in {read:.1} s, trained and tested in {total:.1} s\n");
    let of_fits = format!(
        "{FIT_SECONDS}: the wall seconds of all fits of a model in one fold, added up; fits of \
         other models may run at the same time"
    );
    took + &if wide {
        paragraph(&of_fits, 2)
    } else {
        String::new()
    }
}

/// Values that were measured once, and so have no interval.
pub fn estimates(metrics: &Metrics) -> BTreeMap<String, Estimate> {
    let estimate = |(key, &value): (&String, &Option<f64>)| {
        let estimate = Estimate {
            value,
            ..Estimate::default()
        };
        (key.clone(), estimate)
    };
    metrics.iter().map(estimate).collect()
}

/// One line per model, grouped by family, and one of always answering the majority class.
pub fn models(
    models: &[Measured<'_>],
    baseline: Option<&BTreeMap<String, Estimate>>,
    timing: Option<&Timing>,
    wide: bool,
) -> Table {
    let timing = timing.filter(|_| wide);
    let keys = SHOWN.iter().chain(if wide { &MORE[..] } else { &[] });
    let keys: Vec<&str> = keys.copied().collect();
    let short = |key: &str| metric(key).map_or(key, |metric| metric.short).to_owned();
    let has_interval = models.iter().any(|model| {
        model
            .estimates
            .get("accuracy")
            .is_some_and(|error| error.interval.is_some())
    });
    let error = if has_interval {
        "error % (95 % CI)"
    } else {
        "error %"
    };
    let mut titles = vec!["model".to_owned(), error.to_owned()];
    titles.extend(keys.iter().map(|key| short(key)));
    titles.extend(timing.map(|_| FIT_SECONDS.to_owned()));
    let mut table = Table::new(titles).wide(wide);
    let row = |name: &str, estimates: &BTreeMap<String, Estimate>| {
        let estimate = |key: &str| estimates.get(key).copied().unwrap_or_default();
        let mut row = vec![name.to_owned(), error_cell(estimate("accuracy"))];
        row.extend(keys.iter().map(|key| cell(key, estimate(key), wide)));
        row.extend(timing.map(|timing| match timing.fit_seconds.get(name) {
            Some(seconds) => format!("{seconds:.2}"),
            None => "–".to_owned(),
        }));
        row
    };
    for family in Family::BOTH {
        let of_family = models.iter().filter(|model| model.family == family);
        for (nth, model) in of_family.enumerate() {
            if nth == 0 {
                table.section(&family.to_string());
            }
            table.push(row(model.name, model.estimates));
        }
    }
    if let Some(baseline) = baseline {
        table.section("baseline");
        table.push(row("majority class", baseline));
    }
    table
}

/// The error in percent, from the accuracy.
fn error_cell(accuracy: Estimate) -> String {
    let error = |accuracy: f64| 100.0 * (1.0 - accuracy);
    let Some(value) = accuracy.value else {
        return "–".to_owned();
    };
    let interval = accuracy
        .interval
        .map(|[low, high]| [error(high), error(low)]);
    with_interval(error(value), interval, |value| format!("{value:.2}"))
}

fn cell(key: &str, estimate: Estimate, wide: bool) -> String {
    let show = |value: f64| shown(key, value);
    match estimate.value {
        Some(value) => with_interval(value, estimate.interval.filter(|_| wide), show),
        None => "–".to_owned(),
    }
}

fn with_interval(value: f64, interval: Option<[f64; 2]>, show: impl Fn(f64) -> String) -> String {
    match interval {
        Some([low, high]) => format!("{} ({}–{})", show(value), show(low), show(high)),
        None => show(value),
    }
}

/// A value of a metric with as many decimals as its size is worth, three at most.
fn shown(key: &str, value: f64) -> String {
    let most = metric(key).map_or(3, |metric| metric.decimals).min(3);
    let decimals = if value.abs() >= 1.0 {
        most.min(2)
    } else {
        most
    };
    format!("{value:.decimals$}")
}

/// What kept models from running.
fn troubles(experiment: &Experiment) -> String {
    let refused = |model: &ModelRecord| {
        let outcomes = model.runs.iter().map(|run| &run.outcome);
        outcomes
            .into_iter()
            .any(|outcome| matches!(outcome, Outcome::NotApplicable(_)))
    };
    let (refused, failed): (Vec<&ModelRecord>, Vec<&ModelRecord>) = experiment
        .models
        .iter()
        .filter(|model| model.trouble().is_some())
        .partition(|model| refused(model));
    let described = |model: &&'_ ModelRecord| -> (String, Value, String) {
        let why = model.trouble().unwrap_or_default().to_owned();
        (model.name.clone(), model.settings.clone(), why)
    };
    let mut lines = not_run(&refused.iter().map(described).collect::<Vec<_>>());
    lines.extend(
        failed
            .iter()
            .map(|model| format!("{}: {}", model.name, model.trouble().unwrap_or_default())),
    );
    lines.iter().map(|line| paragraph(line, 2)).collect()
}

/// Every model without and with what was added to the training mail.
fn effect(effect: Effect) -> String {
    let titles = [
        "model",
        "error %",
        "(1-ROCA) %",
        "log loss",
        "fixed",
        "regressed",
    ];
    let mut table = Table::new(titles);
    let error = |of: &Metrics| {
        let accuracy = of.get("accuracy").copied().flatten();
        error_cell(Estimate {
            value: accuracy,
            ..Estimate::default()
        })
    };
    let value = |of: &Metrics, key: &str| {
        let value = of.get(key).copied().flatten();
        cell(
            key,
            Estimate {
                value,
                ..Estimate::default()
            },
            false,
        )
    };
    for of in effect.models {
        let both = |key| format!("{} → {}", value(&of.without, key), value(&of.with, key));
        table.push([
            of.model.clone(),
            format!("{} → {}", error(&of.without), error(&of.with)),
            both("one_minus_roca_pct"),
            both("log_loss_bits"),
            of.comparison.only_a_right.to_string(),
            of.comparison.only_b_right.to_string(),
        ]);
    }
    let added = format!(
        "Without and with {} in the training set:",
        effect.added.join(", ")
    );
    format!("\n{}{table}", paragraph(&added, 2))
}
