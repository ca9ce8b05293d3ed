//! Two experiments set side by side: for each model in both its metrics and, where both tested the
//! same messages, how its errors changed, and the messages whose verdict changed.

use super::between::{ChangedErrors, changed_errors, have_same_messages};
use crate::base::mail::Label;
use crate::results::experiment::Experiment;
use crate::results::model_record::ModelRecord;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The metrics that are set side by side.
const METRICS: [&str; 3] = ["accuracy", "one_minus_roca_pct", "log_loss_bits"];

/// Two experiments side by side.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Versus {
    /// Whether both hold the same messages. Of others only metrics are compared.
    pub same_messages: bool,
    /// The models that both hold, in the order of the first.
    pub models: Vec<ModelVersus>,
    /// Models that only one of them holds.
    pub only_in_one: Vec<String>,
    /// Messages whose verdict changed.
    pub changed: Vec<ChangedVerdict>,
}

/// One model in both.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ModelVersus {
    /// Its name.
    pub model: String,
    /// By metric.
    pub metrics: Vec<MetricVersus>,
    /// How its errors changed; none of different messages.
    pub errors: Option<ChangedErrors>,
}

/// One metric of one model in both.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MetricVersus {
    /// Its key.
    pub metric: &'static str,
    /// Its value in the first and in the second.
    pub values: [Option<f64>; 2],
}

/// A message whose verdict changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChangedVerdict {
    /// Its identifier.
    pub id: String,
    /// Its true label.
    pub label: Label,
    /// The model.
    pub model: String,
    /// Log-odds of spam in the first and in the second.
    pub log_odds: [f64; 2],
    /// The class named in the first and in the second.
    pub predicted: [Label; 2],
}

/// Sets two experiments side by side.
pub fn versus(first: &Experiment, second: &Experiment) -> Versus {
    let names = |experiment: &Experiment| -> BTreeSet<String> {
        experiment
            .models
            .iter()
            .map(|model| model.name.clone())
            .collect()
    };
    let errors = changed_errors(first, second);
    let of_model = |(a, b): (&ModelRecord, &ModelRecord)| ModelVersus {
        model: a.name.clone(),
        metrics: METRICS
            .map(|metric| MetricVersus {
                metric,
                values: [a.value(metric), b.value(metric)],
            })
            .to_vec(),
        errors: errors.iter().find(|one| one.model == a.name).cloned(),
    };
    Versus {
        same_messages: have_same_messages(first, second),
        models: in_both(first, second).map(of_model).collect(),
        only_in_one: names(first)
            .symmetric_difference(&names(second))
            .cloned()
            .collect(),
        changed: changed_verdicts(first, second),
    }
}

/// The messages whose verdict changed, of each model that both experiments hold; none of two
/// experiments on different messages.
pub fn changed_verdicts(first: &Experiment, second: &Experiment) -> Vec<ChangedVerdict> {
    if !have_same_messages(first, second) {
        return Vec::new();
    }
    let both = in_both(first, second);
    both.flat_map(|(a, b)| changes(first, a, b)).collect()
}

/// The models that both experiments hold.
fn in_both<'a>(
    first: &'a Experiment,
    second: &'a Experiment,
) -> impl Iterator<Item = (&'a ModelRecord, &'a ModelRecord)> {
    let twin = |a: &ModelRecord| second.models.iter().find(|b| b.name == a.name);
    let models = first.models.iter();
    models.filter_map(move |a| Some((a, twin(a)?)))
}

fn changes(first: &Experiment, a: &ModelRecord, b: &ModelRecord) -> Vec<ChangedVerdict> {
    let (before, after) = (judged(a), judged(b));
    let change = |(&row, &(then, was)): (&u32, &(f64, Label))| {
        let &(now, is) = after.get(&row)?;
        (was != is).then_some(ChangedVerdict {
            id: first.emails.ids.get(row as usize)?.clone(),
            label: first.emails.label(row)?,
            model: a.name.clone(),
            log_odds: [then, now],
            predicted: [was, is],
        })
    };
    before.iter().filter_map(change).collect()
}

/// Of each message that a model scored, by row, its log-odds and the class named.
fn judged(model: &ModelRecord) -> BTreeMap<u32, (f64, Label)> {
    let folds = model.scored().flat_map(|(_, scored)| {
        let rows = scored.rows.iter().enumerate();
        rows.map(|(at, &row)| (row, (scored.log_odds[at], scored.label(at))))
    });
    folds.collect()
}
