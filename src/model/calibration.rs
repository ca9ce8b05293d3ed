//! The step from a raw score to a probability. How it is learned is the business of `train`.

use serde::{Deserialize, Serialize};

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
}

impl Calibration {
    /// Calibrated log-odds of a raw score.
    pub fn log_odds(self, score: f64) -> f64 {
        match self {
            Calibration::Identity => score,
            Calibration::Platt { slope, intercept } => slope * score + intercept,
        }
    }
}
