//! Two experiments set side by side: for each model in both, the folds that the second won, tied or
//! lost, and the messages whose verdict changed.
//!
//! Folds are comparable only if both tested the same messages in them, which is so if data, seed
//! and split are the same. Messages are matched by their identifier, so that verdicts can be
//! compared even where the folds cannot.

use crate::base::mail::Label;
use crate::results::experiment::Experiment;
use crate::results::model_record::{ModelRecord, Scored};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The metrics by which folds are won, with whether higher is better.
const BY: [(&str, bool); 3] = [
    ("accuracy", true),
    ("one_minus_roca_pct", false),
    ("log_loss_bits", false),
];

/// Two experiments side by side.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Versus {
    /// Whether both read the same data.
    pub same_data: bool,
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
    /// Verdicts that became right, and that became wrong.
    pub fixed: usize,
    /// See [`ModelVersus::fixed`].
    pub regressed: usize,
}

/// One metric of one model in both.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MetricVersus {
    /// Its key.
    pub metric: &'static str,
    /// Mean over folds in the first and in the second.
    pub means: [Option<f64>; 2],
    /// Folds that the second won, tied, lost; None where the folds tested other messages.
    pub folds: Option<[usize; 3]>,
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
    let mut changed = Vec::new();
    let mut models = Vec::new();
    for a in &first.models {
        let Some(b) = second.models.iter().find(|model| model.name == a.name) else {
            continue;
        };
        let of_model = changes(first, second, a, b);
        let fixed = of_model
            .iter()
            .filter(|one| one.predicted[1] == one.label)
            .count();
        models.push(ModelVersus {
            model: a.name.clone(),
            metrics: BY
                .iter()
                .map(|&(metric, higher)| metric_versus(metric, higher, a, b))
                .collect(),
            fixed,
            regressed: of_model.len() - fixed,
        });
        changed.extend(of_model);
    }
    Versus {
        same_data: first.data.sha256 == second.data.sha256,
        models,
        only_in_one: names(first)
            .symmetric_difference(&names(second))
            .cloned()
            .collect(),
        changed,
    }
}

fn metric_versus(
    metric: &'static str,
    higher: bool,
    a: &ModelRecord,
    b: &ModelRecord,
) -> MetricVersus {
    let pairs: Vec<(&Scored, &Scored)> = a
        .scored()
        .filter_map(|(fold, one)| Some((one, b.scored().find(|&(other, _)| other == fold)?.1)))
        .collect();
    let comparable = !pairs.is_empty() && pairs.iter().all(|(a, b)| a.rows == b.rows);
    let mut folds = [0; 3];
    for (a, b) in &pairs {
        let value = |scored: &Scored| scored.metrics.get(metric).copied().flatten();
        let (Some(a), Some(b)) = (value(a), value(b)) else {
            continue;
        };
        let gain = if higher { b - a } else { a - b };
        folds[if gain > 0.0 {
            0
        } else {
            1 + usize::from(gain < 0.0)
        }] += 1;
    }
    MetricVersus {
        metric,
        means: [a.value(metric), b.value(metric)],
        folds: comparable.then_some(folds),
    }
}

fn changes(
    first: &Experiment,
    second: &Experiment,
    a: &ModelRecord,
    b: &ModelRecord,
) -> Vec<ChangedVerdict> {
    let (before, after) = (verdicts(first, a), verdicts(second, b));
    let change = |(id, then): (&&str, &Judged)| {
        let now = after.get(id)?;
        (then.predicted != now.predicted).then(|| ChangedVerdict {
            id: (*id).to_owned(),
            label: then.label,
            model: a.name.clone(),
            log_odds: [then.log_odds, now.log_odds],
            predicted: [then.predicted, now.predicted],
        })
    };
    before.iter().filter_map(change).collect()
}

/// A message as one model judged it.
struct Judged {
    label: Label,
    log_odds: f64,
    predicted: Label,
}

/// Each message that a model scored, by identifier.
fn verdicts<'a>(experiment: &'a Experiment, model: &ModelRecord) -> BTreeMap<&'a str, Judged> {
    let emails = &experiment.emails;
    let of_fold = |(_, scored): (u32, &Scored)| -> Vec<(&'a str, Judged)> {
        let judged = |(at, &row): (usize, &u32)| {
            let judged = Judged {
                label: emails.label(row)?,
                log_odds: scored.log_odds[at],
                predicted: scored.label(at),
            };
            Some((emails.ids.get(row as usize)?.as_str(), judged))
        };
        scored.rows.iter().enumerate().filter_map(judged).collect()
    };
    model.scored().flat_map(of_fold).collect()
}
