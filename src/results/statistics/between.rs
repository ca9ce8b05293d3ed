//! One model in two experiments on the same messages: by how much its errors differ, and whether
//! that is more than chance explains.

use super::interval::DEVIATIONS;
use super::mcnemar::mcnemar;
use super::pairs::difference_over_folds;
use crate::results::comparison::SIGNIFICANCE_LEVEL;
use crate::results::experiment::Experiment;
use crate::results::model_record::ModelRecord;
use serde::Serialize;
use std::collections::BTreeMap;

/// How the errors of a model changed from a first experiment to a second one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChangedErrors {
    /// The model.
    pub model: String,
    /// Messages that both tested.
    pub emails: usize,
    /// Messages that only the second gets right.
    pub fixed: usize,
    /// Messages that only the first gets right.
    pub regressed: usize,
    /// Error rate of the second less that of the first.
    pub difference: f64,
    /// Its 95 % interval: over folds where both have the same ones (corrected resampled t), else by
    /// groups of near-duplicates. None where no verdict changed.
    pub interval: Option<[f64; 2]>,
    /// P-value of McNemar's test by groups of near-duplicates.
    pub p_value: f64,
}

impl ChangedErrors {
    /// Whether the two are distinguishable as one of so many models: by the test, and by an
    /// interval that leaves out 0.
    pub fn is_distinguishable(&self, models: usize) -> bool {
        let leaves_out_zero = |[low, high]: [f64; 2]| low > 0.0 || high < 0.0;
        self.p_value * (models as f64) < SIGNIFICANCE_LEVEL
            && self.interval.is_some_and(leaves_out_zero)
    }
}

/// Whether two experiments hold the same messages with the same labels in the same order.
pub fn have_same_messages(first: &Experiment, second: &Experiment) -> bool {
    let (a, b) = (&first.emails, &second.emails);
    !a.ids.is_empty() && a.ids == b.ids && a.labels == b.labels
}

/// Each model that both experiments tested, in the order of the first. None of two experiments on
/// different messages.
pub fn changed_errors(first: &Experiment, second: &Experiment) -> Vec<ChangedErrors> {
    if !have_same_messages(first, second) {
        return Vec::new();
    }
    let twin = |a: &ModelRecord| second.models.iter().find(|b| b.name == a.name);
    let pairs = first.models.iter().filter_map(|a| Some((a, twin(a)?)));
    pairs.filter_map(|(a, b)| changed(first, a, b)).collect()
}

fn changed(first: &Experiment, a: &ModelRecord, b: &ModelRecord) -> Option<ChangedErrors> {
    let (before, after) = (right(first, a), right(first, b));
    // By group: how many messages more the second gets right, and how many there are.
    let mut groups: BTreeMap<u32, (f64, f64)> = BTreeMap::new();
    let (mut emails, mut fixed, mut regressed) = (0, 0, 0);
    for (row, was) in &before {
        let Some(is) = after.get(row) else { continue };
        let group = first.emails.groups.get(*row as usize).copied();
        let (gain, size) = groups.entry(group.unwrap_or(*row)).or_default();
        *gain += f64::from(u8::from(*is)) - f64::from(u8::from(*was));
        *size += 1.0;
        emails += 1;
        fixed += usize::from(*is && !was);
        regressed += usize::from(*was && !is);
    }
    if emails == 0 {
        return None;
    }
    let gain = (fixed as f64 - regressed as f64) / emails as f64;
    let spread = |(gained, size): &(f64, f64)| (gained - size * gain).powi(2);
    let half = DEVIATIONS * groups.values().map(spread).sum::<f64>().sqrt() / emails as f64;
    let have_same_folds = a.runs.len() == b.runs.len()
        && a.scored()
            .zip(b.scored())
            .all(|((m, a), (n, b))| m == n && a.rows == b.rows);
    let by_folds = have_same_folds
        .then(|| difference_over_folds(a, b, "accuracy"))
        .flatten();
    let (difference, interval) = match by_folds {
        Some(test) => (test.gain, test.interval),
        None => (-gain, [-gain - half, -gain + half]),
    };
    Some(ChangedErrors {
        model: a.name.clone(),
        emails,
        fixed,
        regressed,
        difference,
        interval: (fixed + regressed > 0).then_some(interval),
        p_value: mcnemar(groups.values().map(|(gain, _)| *gain)).p_value,
    })
}

/// Whether the verdict on each message that a model scored is right, by row.
fn right(experiment: &Experiment, model: &ModelRecord) -> BTreeMap<u32, bool> {
    let folds = model.scored().flat_map(|(_, scored)| {
        let rows = scored.rows.iter().enumerate();
        rows.filter_map(|(at, &row)| {
            let label = experiment.emails.label(row)?;
            Some((row, scored.label(at) == label))
        })
    });
    folds.collect()
}
