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
    /// The code length of the message, see `model::Generative::code_length`.
    pub code_length: Option<CodeLength>,
}

impl RawOutput {
    /// A score that is no sum over symbols.
    pub fn of_score(score: f64) -> RawOutput {
        RawOutput {
            score,
            code_length: None,
        }
    }

    /// Log-odds by Bayes' rule from ln p(class) and ln p(mail | class), ham first.
    pub fn by_bayes(log_prior: [f64; 2], log_likelihood: [f64; 2]) -> RawOutput {
        let joint = [0, 1].map(|class: usize| log_prior[class] + log_likelihood[class]);
        RawOutput::of_score(joint[1] - joint[0])
    }

    /// [`RawOutput::by_bayes`] of a sum over symbols.
    pub fn of_code_length(code_length: CodeLength) -> RawOutput {
        RawOutput {
            code_length: Some(code_length),
            ..RawOutput::by_bayes(code_length.log_prior, code_length.log_likelihood)
        }
    }

    /// The score per term, where it is a sum over symbols and perhaps the coordinates of a latent
    /// vector.
    pub fn mean(self) -> Option<f64> {
        let length = self.code_length?;
        let terms = length.symbols + length.latent as f64;
        Some(self.score / terms.max(1.0))
    }

    /// What the text costs, by a model of bytes in order. Models of the same bytes are comparable
    /// by it, whatever they are made of.
    pub fn text_code_length(self) -> Option<CodeLength> {
        self.code_length
            .filter(|code_length| code_length.bytes.is_some())
    }
}

/// Whether a likelihood is the true one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// It is the true one.
    #[default]
    Exact,
    /// The true one is at least as high, so that bits made of it are an upper bound.
    Lower,
}

/// What a message costs by a model that is a sum over its symbols.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct CodeLength {
    /// Words or bytes over which ln p(mail | class) is a sum, the end included where the model has
    /// one.
    pub symbols: f64,
    /// Coordinates of a latent vector, each of which has a term of its own in a bound of the
    /// likelihood.
    #[serde(skip)]
    pub latent: usize,
    /// Bytes that were read, the end not counted, by a model of bytes in order. A bag of words does
    /// not say in which order its words stand and so has no bits per byte.
    pub bytes: Option<usize>,
    /// ln p(mail | class), in nats.
    pub log_likelihood: [f64; 2],
    /// Standard errors of these, where they are means over draws.
    #[serde(skip)]
    pub standard_error: Option<[f64; 2]>,
    /// ln p(class), in nats.
    pub log_prior: [f64; 2],
    /// ln p(text) in nats by a background model, which knows how anything is written and nothing of
    /// mail; None of a model without one.
    pub log_background: Option<f64>,
    /// Whether the likelihoods are exact.
    pub bound: Bound,
}

impl Bound {
    /// Whether it is the true one.
    pub fn is_exact(&self) -> bool {
        *self == Bound::Exact
    }
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

    /// Bits per byte; None for an empty text, and for a model that reads no bytes.
    pub fn by_byte(self, bits: f64) -> Option<f64> {
        self.bytes
            .filter(|&bytes| bytes > 0)
            .map(|bytes| bits / bytes as f64)
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
        /// Factor of the score.
        slope: f64,
        /// Log-odds at score 0.
        intercept: f64,
    },
    /// Platt's sigmoid for a score that is a sum over symbols. Symbols depend on one another, so a
    /// long message makes the sum over-confident: `sum * score + mean * score / terms +
    /// intercept`, see [`RawOutput::mean`].
    PlattByLength {
        /// Factor of the sum.
        sum: f64,
        /// Factor of the mean per term.
        mean: f64,
        /// Log-odds at score 0.
        intercept: f64,
    },
    /// A non-decreasing function of the log-odds of another calibration: linear between its points,
    /// constant beyond them.
    Isotonic {
        /// The calibration whose log-odds are mapped.
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
