//! What a model says of a message, and the step from its raw score to a probability. How that is
//! learned is the business of `train`.

use crate::base::mail::Label;
use crate::base::math::log_sum_exp;
use serde::{Deserialize, Serialize};

/// What a model says of a message before calibration.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RawOutput {
    /// See [`super::Classifier::score`].
    pub score: f64,
    /// Over how many symbols the score is a sum, where it is one: see
    /// [`super::Generative::symbols`].
    pub symbols: Option<f64>,
    /// What each class pays for the text, by a model of bytes in order.
    pub price: Option<CodeLength>,
}

impl RawOutput {
    /// The score by symbol, where it is a sum over symbols.
    pub fn mean(self) -> Option<f64> {
        self.symbols.map(|symbols| self.score / symbols.max(1.0))
    }
}

/// What a model of bytes in order pays for a text, its end included. Models of the same bytes are
/// comparable by it, whatever they are made of; a bag of words has no such price.
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
    /// Bits by which the text is written as mail of this class.
    pub fn bits(self, label: Label) -> f64 {
        -self.log_likelihood[label.index()] / std::f64::consts::LN_2
    }

    /// Bits by which it is written as mail of either class.
    pub fn marginal_bits(self) -> f64 {
        let joint = [0, 1].map(|class: usize| self.log_prior[class] + self.log_likelihood[class]);
        -log_sum_exp(joint[0], joint[1]) / std::f64::consts::LN_2
    }

    /// So many bits by byte; None of an empty text.
    pub fn by_byte(self, bits: f64) -> Option<f64> {
        (self.bytes > 0).then(|| bits / self.bytes as f64)
    }
}

/// From raw score to calibrated log-odds of spam.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Calibration {
    /// Too little mail to calibrate on: the raw score is taken for log-odds.
    Identity,
    /// Platt's sigmoid: `slope * score + intercept`.
    Platt {
        /// Factor.
        slope: f64,
        /// Log-odds at score 0.
        intercept: f64,
    },
    /// The same of a score that is a sum over symbols which depend on one another, so that a long
    /// mail makes it too sure of itself: `sum * score + mean * score / length + intercept`.
    PlattByLength {
        /// Factor of the sum.
        sum: f64,
        /// Factor of the mean by symbol.
        mean: f64,
        /// Log-odds at score 0.
        intercept: f64,
    },
    /// A function that does not fall, of what another calibration makes of the score: straight
    /// lines from point to point, level beyond.
    Isotonic {
        /// The other one.
        first: Box<Calibration>,
        /// Its log-odds, ascending, and what becomes of them.
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
