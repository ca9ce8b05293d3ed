//! What one model did on every fold: predictions, metrics, the course of the fit, or why there is
//! no result.

use super::calibration::{Bound, Calibration};
use super::decision::{ChosenDecision, Decision, DecisionOutcome, Verdict};
use super::fit::{Convergence, Family, LossPoint, ObjectivePoint, Scale, Trial};
use super::metric::{Estimate, Metrics, ScoredEmails};
use crate::base::mail::Label;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// One model over all folds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelRecord {
    /// Its name in the table of models.
    pub name: String,
    /// Generative or discriminative.
    pub family: Family,
    /// Whether it was fitted elsewhere, so that no more than its predictions is known.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub external: bool,
    /// One line that says what it is.
    pub summary: String,
    /// Its settings, before training chose what they leave open.
    pub settings: Value,
    /// One for each fold.
    pub runs: Vec<FoldRun>,
    /// Over all folds, by metric; empty if no run scored.
    pub estimates: BTreeMap<String, Estimate>,
    /// What its decisions came to on test messages; none if no run scored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<DecisionOutcome>,
}

impl ModelRecord {
    /// The runs that scored their fold, each with the number of the fold.
    pub fn scored(&self) -> impl Iterator<Item = (u32, &Scored)> {
        self.runs.iter().filter_map(|run| match &run.outcome {
            Outcome::Scored(scored) => Some((run.fold, scored)),
            _ => None,
        })
    }

    /// Why it has no result on some fold, if so: the first reason.
    pub fn trouble(&self) -> Option<&str> {
        self.runs.iter().find_map(|run| match &run.outcome {
            Outcome::Failed(why) | Outcome::NotApplicable(why) => Some(why.as_str()),
            Outcome::Scored(_) => None,
        })
    }

    /// Its decision where one stands for those of all folds: the median threshold, and the median
    /// ends of the band if every fold has one.
    pub fn decision(&self) -> Decision {
        let decisions = || self.scored().map(|(_, scored)| scored.decision.decision);
        let median = |mut ends: Vec<f64>| {
            let middle = ends.len().checked_sub(1)? / 2;
            ends.sort_by(f64::total_cmp);
            Some(ends[middle])
        };
        let bands: Option<Vec<[f64; 2]>> = decisions().map(|one| one.unsure_band).collect();
        let bands = bands.unwrap_or_default();
        let end = |at: usize| median(bands.iter().map(|band| band[at]).collect());
        let threshold = median(decisions().map(|one| one.threshold).collect());
        Decision {
            threshold: threshold.unwrap_or_default(),
            unsure_band: end(0).zip(end(1)).map(|(low, high)| [low, high]),
        }
    }

    /// Whether the likelihoods behind its bits per byte are exact.
    pub fn bound(&self) -> Bound {
        let exact = self.scored().all(|(_, scored)| scored.bound.is_exact());
        if exact { Bound::Exact } else { Bound::Lower }
    }

    /// A metric over all folds.
    pub fn value(&self, metric: &str) -> Option<f64> {
        self.estimates.get(metric)?.value
    }

    /// Its 95 % interval.
    pub fn interval(&self, metric: &str) -> Option<[f64; 2]> {
        self.estimates.get(metric)?.interval
    }
}

/// One model on one fold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FoldRun {
    /// The fold, from 0.
    pub fold: u32,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "nearly all are Scored")]
pub enum Outcome {
    /// It was fitted and scored the fold's test messages.
    Scored(Scored),
    /// It failed; a sentence that says why.
    Failed(String),
    /// The data are beyond its stated limit; what to use instead.
    NotApplicable(String),
}

/// The scores of a fitted model on the test messages of its fold, column by column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scored {
    /// Settings that training chose.
    pub chosen: Value,
    /// What the raw score means.
    pub scale: Scale,
    /// From raw score to log-odds.
    pub calibration: Calibration,
    /// From log-odds to verdicts: behind every metric that counts errors.
    #[serde(default)]
    pub decision: ChosenDecision,
    /// Settings that training chose among; empty where it had no choice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tried: Vec<Trial>,
    /// How the fit ended, for iterative ones.
    pub convergence: Option<Convergence>,
    /// The objective by pass, for iterative fits.
    pub trace: Vec<ObjectivePoint>,
    /// Training and test loss by step, on the first fold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub losses: Vec<LossPoint>,
    /// Bytes of the fitted model.
    pub model_bytes: usize,
    /// Whether the likelihoods behind bits per byte are exact.
    #[serde(default, skip_serializing_if = "Bound::is_exact")]
    pub bound: Bound,
    /// Row of each message in [`EmailTable`](super::EmailTable).
    pub rows: Vec<u32>,
    /// Raw score of each.
    pub score: Vec<f64>,
    /// Calibrated log-odds of spam of each, in nats.
    pub log_odds: Vec<f64>,
    /// Metrics on this fold.
    pub metrics: Metrics,
}

impl Scored {
    /// The messages as metrics want them, with the label of each; without code lengths.
    pub(super) fn emails<'a>(&'a self, labels: &'a [Label]) -> ScoredEmails<'a> {
        ScoredEmails {
            labels,
            score: &self.score,
            scale: self.scale,
            log_odds: &self.log_odds,
            decision: self.decision.decision,
            code_lengths: &[],
        }
    }

    /// The losses by pass, where finite, if there are two passes or more. Of several steps in one
    /// pass, the last counts.
    pub fn losses_by_pass(&self) -> Option<Vec<LossPoint>> {
        let finite = |loss: &&LossPoint| loss.training.is_finite() && loss.held_out.is_finite();
        let finite: Vec<LossPoint> = self.losses.iter().filter(finite).copied().collect();
        let passes = finite.chunk_by(|a, b| a.pass == b.pass);
        let losses: Vec<LossPoint> = passes.filter_map(|pass| pass.last().copied()).collect();
        (losses.len() > 1).then_some(losses)
    }

    /// The class that is named for the message at a place.
    pub fn label(&self, at: usize) -> Label {
        self.decision.decision.label(self.log_odds[at])
    }

    /// The verdict on the message at a place.
    pub fn verdict(&self, at: usize) -> Verdict {
        self.decision.decision.verdict(self.log_odds[at])
    }
}
