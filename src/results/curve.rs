//! Learning curves: what fits on few of the mails came to, on one fixed set of test mails.

use super::Metrics;
use serde::{Deserialize, Serialize};

/// Error against the number of training mails, on one fixed set of test mails.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// Number of test mails.
    pub test: usize,
    /// One for each model, size and resample.
    pub points: Vec<CurvePoint>,
}

/// Error against the number of labels, for models that learn from mail without one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnlabelledCurve {
    /// With the labels of all other training mail hidden.
    pub with: Curve,
    /// Without that mail.
    pub without: Curve,
}

/// One fit of a learning curve.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// The model.
    pub model: String,
    /// Training mails.
    pub mails: usize,
    /// Which resample, from 0.
    pub resample: u32,
    /// Metrics on the test mails.
    pub metrics: Metrics,
}
