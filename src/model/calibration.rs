//! The step from a raw score to a probability. How it is learned is the business of `train`.

use super::Classifier;
use crate::dataset::Example;
use serde::{Deserialize, Serialize};

/// What a model says of a mail before calibration.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Raw {
    /// See [`Classifier::score`].
    pub score: f64,
    /// See [`Classifier::length`].
    pub length: Option<usize>,
}

impl Raw {
    /// What `classifier` says of `mail`.
    pub fn of(classifier: &dyn Classifier, mail: Example<'_>) -> Raw {
        Raw { score: classifier.score(mail), length: classifier.length(mail) }
    }

    /// The score by symbol, where it is a sum over symbols.
    pub fn mean(self) -> Option<f64> {
        self.length.map(|length| self.score / length.max(1) as f64)
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
