//! What a model says of a mail, and the step from its raw score to a probability. How that is learned is the business of `train`.

use crate::mail::Label;
use crate::math::log_sum_exp;
use serde::{Deserialize, Serialize};

/// What a model says of a mail before calibration.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Raw {
    /// See [`super::Classifier::score`].
    pub score: f64,
    /// What each class pays for the text, by a model of bytes in order.
    pub price: Option<Price>,
}

impl Raw {
    /// The score by symbol, where it is a sum over symbols.
    pub fn mean(self) -> Option<f64> {
        self.price.map(|price| self.score / price.bytes.saturating_add(1) as f64)
    }
}

/// What a model of bytes in order pays for a text, its end included. Models of the same bytes are comparable by it, whatever
/// they are made of; a bag of words has no such price.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Price {
    /// Bytes that were read.
    pub bytes: usize,
    /// ln p(text | class).
    pub log_likelihood: [f64; 2],
    /// ln p(class).
    pub log_prior: [f64; 2],
}

impl Price {
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
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
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
    /// The same of a score that is a sum over symbols which depend on one another, so that a long mail makes it too sure of itself:
    /// `sum * score + mean * score / length + intercept`.
    PlattByLength {
        /// Factor of the sum.
        sum: f64,
        /// Factor of the mean by symbol.
        mean: f64,
        /// Log-odds at score 0.
        intercept: f64,
    },
}

impl Calibration {
    /// Calibrated log-odds of what a model said.
    pub fn log_odds(self, raw: Raw) -> f64 {
        match self {
            Calibration::Identity => raw.score,
            Calibration::Platt { slope, intercept } => slope * raw.score + intercept,
            Calibration::PlattByLength { sum, mean, intercept } => {
                sum * raw.score + mean * raw.mean().unwrap_or(raw.score) + intercept
            }
        }
    }
}
