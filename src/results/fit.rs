//! Plain data that a fit leaves behind, beside the model itself: the family and the scale of a
//! model, the course of the fit, the settings tried, and the tokens that decided. Models fill it
//! in, a saved experiment keeps it.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;

/// The two families of models.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Family {
    /// Learns p(mail | class) and decides by Bayes' rule.
    Generative,
    /// Learns only the boundary: p(class | mail) or a margin.
    Discriminative,
}

impl Family {
    /// Both families, in the order of every table.
    pub const BOTH: [Family; 2] = [Family::Generative, Family::Discriminative];
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Family::Generative => "generative",
            Family::Discriminative => "discriminative",
        })
    }
}

/// What a raw score means. Only log-odds are a probability by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// ln p(spam | mail) / p(ham | mail), in nats.
    LogOdds,
    /// Distance from a boundary in the model's own unit.
    Margin,
    /// A bounded or combined figure without a unit.
    Index,
}

/// One step of an iterative fit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ObjectivePoint {
    /// Passes over the training mail so far; a fraction where a model reports its first pass in
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
    /// Mean loss on the mail that is learned from.
    pub training: f64,
    /// Mean loss on mail that is never learned from.
    pub held_out: f64,
    /// Over how many messages of either; 0 in what was written before they were counted.
    #[serde(default)]
    pub messages: [usize; 2],
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

/// The tokens behind a score, by name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reasons {
    /// The tokens that weighed most, heaviest first, with what each added to the raw score.
    pub tokens: Vec<(String, f64)>,
    /// What all other tokens added.
    pub rest: f64,
    /// The raw score without any token.
    pub intercept: f64,
    /// Whether it all adds up to the raw score.
    pub exact: bool,
}
