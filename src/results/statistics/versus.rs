//! Two experiments set side by side: for each model in both its metrics and, where both tested the
//! same messages, how its errors changed, and the messages whose verdict changed.

use super::between::{ChangedErrors, changed_errors, have_same_messages};
use crate::base::mail::Label;
use crate::results::experiment::Experiment;
use crate::results::model_record::{ModelRecord, Scored};
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
    let twin = |a: &ModelRecord| second.models.iter().find(|b| b.name == a.name);
    let pairs = first.models.iter().filter_map(|a| Some((a, twin(a)?)));
    let same_messages = have_same_messages(first, second);
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
    let changed = pairs.clone().filter(|_| same_messages);
    Versus {
        same_messages,
        models: pairs.map(of_model).collect(),
        only_in_one: names(first)
            .symmetric_difference(&names(second))
            .cloned()
            .collect(),
        changed: changed
            .flat_map(|(a, b)| changes(first, second, a, b))
            .collect(),
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
