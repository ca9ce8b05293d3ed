//! What is told of a fit and of the choice of its settings: steps, how it ended, what was tried. All plain data but the one who is told.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One step of an iterative fit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Passes over the training mail so far.
    pub pass: u32,
    /// The objective that is being minimised.
    pub objective: f64,
    /// Objective minus its proven lower bound, where the solver knows one.
    pub gap: Option<f64>,
    /// The objective with the mean loss of rows held out in place of the training rows', where some are.
    #[serde(default)]
    pub held_out: Option<f64>,
}

/// Settings tried on rows that did not fit them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tried {
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

/// Is told how a fit goes, and can cancel it.
pub trait Watch {
    /// After each step. Returns whether to go on.
    fn step(&mut self, step: Step) -> bool;
    /// At the end of an iterative fit. Not converging is a fact, not an error.
    fn finished(&mut self, convergence: Convergence);
}

/// Watches nothing and never cancels.
pub struct Unwatched;

impl Watch for Unwatched {
    fn step(&mut self, _: Step) -> bool {
        true
    }
    fn finished(&mut self, _: Convergence) {}
}
