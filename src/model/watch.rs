//! What is told of a fit and of the choice of its settings: steps, how it ended, what was tried.
//! All plain data but the one who is told.

use super::Classifier;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One step of an iterative fit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ObjectivePoint {
    /// Passes over the training mail so far; a part of one where a model tells of its first pass in
    /// parts.
    pub pass: f64,
    /// The objective that is being minimised.
    pub objective: f64,
    /// Objective minus its proven lower bound, where the solver knows one.
    pub gap: Option<f64>,
    /// The objective with the mean loss of rows held out in place of the training rows', where some
    /// are.
    #[serde(default)]
    pub held_out: Option<f64>,
}

/// Mean loss after a step: log loss in bits of a model whose score is log-odds, hinge loss of one
/// whose score is a margin.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LossPoint {
    /// Passes over the training mail so far.
    pub pass: f64,
    /// Of the mail that is learned from.
    pub training: f64,
    /// Of mail that is looked at, and never learned from.
    pub held_out: f64,
}

/// What is known of a fit besides the model.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct FitReport {
    /// How the final fit ended, if it is iterative.
    pub convergence: Option<Convergence>,
    /// Its objective by step.
    pub trace: Vec<ObjectivePoint>,
    /// What it lost by step, where mail was there to look at.
    #[serde(default)]
    pub losses: Vec<LossPoint>,
    /// Settings tried on held-out rows; empty if nothing was held out.
    pub tried: Vec<Trial>,
}

impl FitReport {
    /// The least that settings judged on all training rows lost of the mail held out, in bits.
    pub fn held_out_loss_bits(&self) -> Option<f64> {
        let judged = self.tried.iter().filter(|tried| tried.share == 1.0);
        judged
            .map(|tried| tried.log_loss_bits)
            .min_by(f64::total_cmp)
    }
}

/// Settings tried on rows that did not fit them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// All settings.
    pub settings: Value,
    /// Mean loss of the calibrated scores, in bits.
    pub log_loss_bits: f64,
    /// Share of the training rows that it was fitted on: below 1 where a search gave up on it.
    pub share: f64,
}

/// How an iterative fit ended.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Convergence {
    /// Whether the stopping rule was met before the limit on passes.
    pub converged: bool,
    /// Passes over the training mail.
    pub passes: u32,
    /// The objective at the end.
    pub objective: f64,
    /// Objective minus its proven lower bound at the end, where the solver knows one.
    pub gap: Option<f64>,
}

/// Makes the model as it stands; not made unless somebody wants to look.
pub type Snapshot<'a> = &'a dyn Fn() -> Box<dyn Classifier>;

/// Is told how a fit goes, and can cancel it. What a watch looks at a fit never sees: mail to judge
/// by stays on this side.
pub trait FitObserver {
    /// Before the first step, by a fit that stops early: the places in the training set of messages
    /// that it does not learn from.
    fn held_out_rows(&mut self, _places: &[usize]) {}
    /// After each step. Returns whether to go on.
    fn step(&mut self, step: ObjectivePoint, now: Snapshot<'_>) -> bool;
    /// At the end of an iterative fit. Not converging is a fact, not an error.
    fn finished(&mut self, convergence: Convergence);
}

/// Watches nothing and never cancels.
pub struct NoObserver;

impl FitObserver for NoObserver {
    fn step(&mut self, _: ObjectivePoint, _: Snapshot<'_>) -> bool {
        true
    }
    fn finished(&mut self, _: Convergence) {}
}
