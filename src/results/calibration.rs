//! What a model says of a message, and the step from its raw score to a probability. How that is
//! learned is the business of `train`.

use crate::base::mail::Label;
use crate::base::math::log_sum_exp;
use serde::{Deserialize, Serialize};

/// What a model says of a message before calibration.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RawOutput {
    /// Above 0: spam, by the model's own rule; what else it means is told by its
    /// [`Scale`](super::Scale).
    pub score: f64,
    /// How many symbols, words or bytes, the score is a sum over, where it is one.
    pub symbols: Option<f64>,
    /// The code length of the text under each class, by a model of bytes in order.
    pub code_length: Option<CodeLength>,
}

impl RawOutput {
    /// The score per symbol, where it is a sum over symbols.
    pub fn mean(self) -> Option<f64> {
        self.symbols.map(|symbols| self.score / symbols.max(1.0))
    }
}

/// The code length of a text under a model of bytes in order, its end included. Models of the same
/// bytes are comparable by it, whatever they are made of; a bag of words has no code length.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CodeLength {
    /// Bytes that were read.
    pub bytes: usize,
    /// ln p(text | class).
    pub log_likelihood: [f64; 2],
    /// ln p(class).
    pub log_prior: [f64; 2],
    /// ln p(text) by a background model, which knows how anything is written and nothing of mail.
    pub log_background: f64,
}

impl CodeLength {
    /// Bits of the text under the model of this class.
    pub fn bits(self, label: Label) -> f64 {
        -self.log_likelihood[label.index()] / std::f64::consts::LN_2
    }

    /// Bits of the text under the mixture of both classes.
    pub fn marginal_bits(self) -> f64 {
        let joint = [0, 1].map(|class: usize| self.log_prior[class] + self.log_likelihood[class]);
        -log_sum_exp(joint[0], joint[1]) / std::f64::consts::LN_2
    }

    /// Bits per byte that the model of mail, whatever its class, saves over the background model:
    /// the less, the more novel the mail. The end of the text counts as a byte.
    pub fn log_likelihood_ratio_per_byte(self) -> f64 {
        (-self.log_background / std::f64::consts::LN_2 - self.marginal_bits())
            / self.bytes.saturating_add(1) as f64
    }

    /// Bits per byte; None for an empty text.
    pub fn by_byte(self, bits: f64) -> Option<f64> {
        (self.bytes > 0).then(|| bits / self.bytes as f64)
    }
}

/// The savings per byte over the background model ([`CodeLength::log_likelihood_ratio_per_byte`])
/// of held-out mail, as its percentiles 0 to 100 in ascending order.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct NoveltyReference(Vec<f64>);

impl NoveltyReference {
    /// The percentiles of mail held out of training; None if the model gives no code lengths.
    pub fn of(held_out: &[RawOutput]) -> Option<NoveltyReference> {
        let mut saved: Vec<f64> = held_out
            .iter()
            .filter_map(|raw| Some(raw.code_length?.log_likelihood_ratio_per_byte()))
            .collect();
        let last = saved.len().checked_sub(1)?;
        saved.sort_by(f64::total_cmp);
        Some(NoveltyReference(
            (0..=100)
                .map(|hundredth| saved[last * hundredth / 100])
                .collect(),
        ))
    }

    /// Share of the held-out mail that saves less than `saved`, in whole hundredths: the p-value of
    /// the hypothesis that a message is like the held-out mail.
    pub fn p_value(&self, saved: f64) -> f64 {
        let below = self.0.partition_point(|&usual| usual < saved);
        below.min(100) as f64 / 100.0
    }
}

/// From raw score to calibrated log-odds of spam.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Calibration {
    /// None, for want of mail to calibrate on: the raw score stands for log-odds.
    Identity,
    /// Platt's sigmoid: `slope * score + intercept`.
    Platt {
        /// Factor.
        slope: f64,
        /// Log-odds at score 0.
        intercept: f64,
    },
    /// Platt's sigmoid for a score that is a sum over symbols. Symbols depend on one another, so a
    /// long message makes the sum over-confident: `sum * score + mean * score / symbols +
    /// intercept`.
    PlattByLength {
        /// Factor of the sum.
        sum: f64,
        /// Factor of the mean per symbol.
        mean: f64,
        /// Log-odds at score 0.
        intercept: f64,
    },
    /// A non-decreasing function of the log-odds of another calibration: linear between its points,
    /// constant beyond them.
    Isotonic {
        /// The other calibration.
        first: Box<Calibration>,
        /// Log-odds of the other calibration, ascending, and the log-odds they become.
        steps: Vec<[f64; 2]>,
    },
}

impl Calibration {
    /// Calibrated log-odds of what a model said.
    pub fn log_odds(&self, raw: RawOutput) -> f64 {
        match *self {
            Calibration::Identity => raw.score,
            Calibration::Platt { slope, intercept } => slope * raw.score + intercept,
            Calibration::PlattByLength {
                sum,
                mean,
                intercept,
            } => sum * raw.score + mean * raw.mean().unwrap_or(raw.score) + intercept,
            Calibration::Isotonic {
                ref first,
                ref steps,
            } => along(steps, first.log_odds(raw)),
        }
    }
}

/// Where a line through the points stands at x, level beyond its ends.
fn along(points: &[[f64; 2]], x: f64) -> f64 {
    let after = points.partition_point(|point| point[0] <= x);
    match (
        after.checked_sub(1).and_then(|before| points.get(before)),
        points.get(after),
    ) {
        (Some([from, low]), Some([to, high])) => low + (x - from) / (to - from) * (high - low),
        (Some([_, y]), None) | (None, Some([_, y])) => *y,
        (None, None) => x,
    }
}
