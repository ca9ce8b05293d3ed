//! Learning curves: the error of fits on few of the messages, over resamples that are each tested
//! on another part of the mail.
//! Validation curves: the loss of fits by the value of one setting.

use super::metric::Metrics;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Error against the number of training messages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// Number of test messages of all resamples.
    pub test: usize,
    /// One for each model, size and resample.
    pub points: Vec<CurvePoint>,
}

/// Error against the number of labels, for models that learn from mail without one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnlabelledCurve {
    /// Learned from all other training mail too, its labels hidden.
    pub with: Curve,
    /// Learned without that mail.
    pub without: Curve,
}

/// Loss against one setting of a model, all others as they were asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ValidationCurve {
    /// The model.
    pub model: String,
    /// The setting.
    pub setting: String,
    /// One for each value, in the order asked for.
    pub points: Vec<ValidationPoint>,
}

impl ValidationCurve {
    /// Whether no loss was measured.
    pub fn is_empty(&self) -> bool {
        self.points.iter().all(|point| point.test.is_empty())
    }
}

/// Mean loss by fold at one value of a setting, in the units of
/// [`LossPoint`](super::LossPoint). Folds on which it could not be fitted are left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ValidationPoint {
    /// The value.
    pub value: Value,
    /// Loss on the training mail.
    pub training: Vec<f64>,
    /// Loss on the test mail.
    pub test: Vec<f64>,
}

/// One fit of a learning curve.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// The model.
    pub model: String,
    /// Training messages.
    pub emails: usize,
    /// Which resample, from 0.
    pub resample: u32,
    /// Number of messages that this resample is tested on.
    pub test: usize,
    /// Metrics on the test messages.
    pub metrics: Metrics,
}
