//! What filters made of a stream, in numbers, and the fusion of two of them.

use super::filter::{Said, code_lengths};
use crate::base::mail::Label;
use crate::base::math::softplus;
use crate::base::progress::Progress;
use crate::model::{CodeLength, Family, ModelEntry, Scale};
use crate::results::experiments::{
    FUSION, FilterFound, METRICS_OF_A_STREAM, SPAM_MISSED_AT, StreamPoint,
};
use crate::results::{
    Bound, Calibration, ChosenDecision, EmailTable, Estimate, FoldRun, ModelRecord, Outcome,
    Scored, ScoredEmails, bootstrap_models, estimates, measure,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// The first number of messages at which a curve has a point; each further one is twice as large.
const FIRST_POINT: usize = 50;
/// The metric that [`SPAM_MISSED_AT`] is what is left of.
const RECALL_AT: &str = "recall_at_ham_01_pct";
const BITS_PER_BYTE: &str = "bits_per_byte";

/// Estimates by the keys of their metrics.
type Estimates = BTreeMap<String, Estimate>;

/// What a filter said along a stream.
#[derive(Serialize, Deserialize)]
pub(super) struct Passed {
    name: String,
    family: Option<Family>,
    score: Vec<f64>,
    log_odds: Vec<f64>,
    code_lengths: Vec<CodeLength>,
    told: Vec<bool>,
    learned: usize,
}

impl Passed {
    pub(super) fn of(
        entry: &dyn ModelEntry,
        said: &[Said],
        told: Vec<bool>,
        learned: usize,
    ) -> Passed {
        Passed {
            name: entry.name().to_owned(),
            family: Some(entry.family()),
            score: said.iter().map(|one| one.raw.score).collect(),
            log_odds: said.iter().map(|one| one.log_odds).collect(),
            code_lengths: code_lengths(said),
            told,
            learned,
        }
    }

    fn scored<'a>(&'a self, labels: &'a [Label], first: usize) -> ScoredEmails<'a> {
        ScoredEmails {
            labels: &labels[..first],
            score: &self.score[..first],
            scale: Scale::Margin,
            log_odds: &self.log_odds[..first],
            decision: ChosenDecision::default().decision,
            code_lengths: self.code_lengths.get(..first).unwrap_or_default(),
        }
    }
}

/// Filters of each family that are combined.
const COMBINED: usize = 2;

/// The mean of the log-odds of several filters (logit averaging: Lynam and Cormack, SIGIR 2006): of
/// each family those [`COMBINED`] that have lost least on the messages whose labels were told so
/// far. None without as many of both families.
pub(super) fn fusion(passes: &[Passed], labels: &[Label]) -> Option<Passed> {
    let families = [Family::Generative, Family::Discriminative].map(|family| {
        let of = passes.iter().filter(|pass| pass.family == Some(family));
        of.collect::<Vec<&Passed>>()
    });
    if families.iter().any(|of| of.len() < COMBINED) {
        return None;
    }
    let told = &passes[0].told;
    let mut lost = families.each_ref().map(|of| vec![0.0; of.len()]);
    let mut log_odds = Vec::with_capacity(labels.len());
    for (at, label) in labels.iter().enumerate() {
        let best = |(of, lost): (&Vec<&Passed>, &Vec<f64>)| {
            let mut order: Vec<usize> = (0..of.len()).collect();
            order.sort_by(|a, b| lost[*a].total_cmp(&lost[*b]));
            let best = order.iter().take(COMBINED);
            best.map(|&one| of[one].log_odds[at]).sum::<f64>()
        };
        let sum: f64 = families.iter().zip(&lost).map(best).sum();
        log_odds.push(sum / (COMBINED * families.len()) as f64);
        if told[at] {
            for (lost, of) in lost.iter_mut().zip(&families) {
                for (lost, one) in lost.iter_mut().zip(of) {
                    *lost += softplus(-label.sign() * one.log_odds[at]);
                }
            }
        }
    }
    Some(Passed {
        name: FUSION.to_owned(),
        family: None,
        score: log_odds.clone(),
        log_odds,
        code_lengths: Vec::new(),
        // It learns from each which of the filters do best.
        learned: told.iter().filter(|told| **told).count(),
        told: told.clone(),
    })
}

/// Every filter's metrics on all of the stream and over time, with their intervals.
pub(super) fn measured(
    passes: &[Passed],
    rows: &[usize],
    emails: &EmailTable,
    (resamples, seed): (u32, u64),
    progress: &dyn Progress,
) -> Vec<FilterFound> {
    let labels: Vec<Label> = rows
        .iter()
        .filter_map(|&row| emails.label(row as u32))
        .collect();
    let sizes = sizes(labels.len());
    let on_first = |&size: &usize| {
        let record = |pass: &Passed| record(pass, &rows[..size], &labels[..size], emails);
        let mut records: Vec<ModelRecord> = passes.iter().map(record).collect();
        bootstrap_models(&mut records, emails, resamples, seed, progress);
        records.into_iter().map(known).collect()
    };
    let by_size: Vec<Vec<Estimates>> = sizes.iter().map(on_first).collect();
    let found = passes.iter().enumerate().map(|(at, pass)| {
        let points = sizes.iter().zip(&by_size);
        let point = |(&emails, of): (&usize, &Vec<Estimates>)| {
            let mut metrics = of[at].clone();
            metrics.remove(BITS_PER_BYTE);
            StreamPoint { emails, metrics }
        };
        FilterFound {
            name: pass.name.clone(),
            family: pass.family,
            told: pass.told.iter().filter(|told| **told).count(),
            learned: pass.learned,
            estimates: by_size.last().map(|of| of[at].clone()).unwrap_or_default(),
            curve: points.map(point).collect(),
        }
    });
    found.collect()
}

/// How many messages there are at each point over time, ascending; last all.
fn sizes(all: usize) -> Vec<usize> {
    let sizes = std::iter::successors(Some(FIRST_POINT), |size| Some(size * 2));
    // A point close to the last one would show the same.
    let sizes = sizes.take_while(|size| 5 * size < 4 * all);
    sizes.chain([all]).collect()
}

/// What is told of a filter.
fn known(record: ModelRecord) -> Estimates {
    let mut estimates = record.estimates;
    let missed = estimates.get(RECALL_AT).map(missed);
    estimates.extend(missed.map(|missed| (SPAM_MISSED_AT.to_owned(), missed)));
    let told = |key: &str| METRICS_OF_A_STREAM.contains(&key) || key == BITS_PER_BYTE;
    estimates.retain(|key, estimate| told(key) && estimate.value.is_some());
    estimates
}

/// The share missed, from that found.
fn missed(found: &Estimate) -> Estimate {
    let of = |recall: f64| 100.0 * (1.0 - recall);
    Estimate {
        value: found.value.map(of),
        interval: found.interval.map(|[low, high]| [of(high), of(low)]),
        ..Estimate::default()
    }
}

fn record(pass: &Passed, rows: &[usize], labels: &[Label], emails: &EmailTable) -> ModelRecord {
    let metrics = measure(&pass.scored(labels, labels.len()));
    let scored = Scored {
        chosen: Value::Null,
        scale: Scale::Margin,
        calibration: Calibration::Identity,
        decision: ChosenDecision::default(),
        tried: Vec::new(),
        convergence: None,
        trace: Vec::new(),
        losses: Vec::new(),
        model_bytes: 0,
        bound: Bound::Exact,
        rows: rows.iter().map(|&row| row as u32).collect(),
        score: pass.score.clone(),
        log_odds: pass.log_odds.clone(),
        metrics,
    };
    let mut record = ModelRecord {
        name: pass.name.clone(),
        family: pass.family.unwrap_or(Family::Discriminative),
        external: false,
        summary: String::new(),
        settings: Value::Null,
        runs: vec![FoldRun {
            fold: 0,
            outcome: Outcome::Scored(scored),
        }],
        estimates: BTreeMap::new(),
        outcome: None,
    };
    record.estimates = estimates(&record, emails);
    record
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::progress::Silent;

    /// 8,000 messages, ham and spam by turns; one spam in four scores below all ham. The rate of
    /// one ham in a thousand is known from 3,000 ham on.
    #[test]
    fn spam_missed_at_a_low_rate_has_an_interval_wherever_it_is_known() {
        let emails = 8_000;
        let labels: Vec<Label> = (0..emails).map(|at| Label::BOTH[at % 2]).collect();
        let log_odds = |at: usize| match labels[at] {
            Label::Ham => -5.0,
            Label::Spam if at % 8 == 1 => -7.0,
            Label::Spam => 2.0,
        };
        let log_odds: Vec<f64> = (0..emails).map(log_odds).collect();
        let pass = Passed {
            name: "filter".to_owned(),
            family: Some(Family::Generative),
            score: log_odds.clone(),
            log_odds,
            code_lengths: Vec::new(),
            told: vec![true; emails],
            learned: emails,
        };
        let table = EmailTable {
            ids: vec![String::new(); emails],
            labels: labels.into_iter().map(Some).collect(),
            groups: (0..emails as u32).collect(),
            ..EmailTable::default()
        };
        let rows: Vec<usize> = (0..emails).collect();
        let found = measured(&[pass], &rows, &table, (200, 1), &Silent);
        let curve = &found[0].curve;
        let sizes: Vec<usize> = curve.iter().map(|point| point.emails).collect();
        assert_eq!(sizes, [50, 100, 200, 400, 800, 1_600, 3_200, 8_000]);
        for point in curve {
            assert_eq!(
                point.metrics.contains_key(SPAM_MISSED_AT),
                point.emails == 8_000
            );
            assert!(point.metrics.values().all(|of| of.interval.is_some()));
        }
        let missed = &curve[7].metrics[SPAM_MISSED_AT];
        assert_eq!(missed.value, Some(25.0));
        // That of a share of 4,000, with a standard error of √(¼ · ¾ / 4,000), or 0.68 points.
        let [low, high] = missed.interval.unwrap();
        assert!(
            (low - 23.7).abs() < 0.3 && (high - 26.4).abs() < 0.3,
            "{low} to {high}"
        );
        assert_eq!(found[0].estimates, curve[7].metrics);
    }
}
