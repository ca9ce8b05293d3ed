//! What the models share that learn one message at a time and never look back.
//!
//! Messages come in an order drawn by the seed, for files are often sorted by class. What each step
//! reports is the loss of messages before they were learned from, so that no message is tested by a
//! model that has learned from it (progressive validation: McMahan et al., KDD 2013, section 5).
//! Most is learned in the first pass, so that it is told in tenths.

use crate::base::math::shuffle;
use crate::base::streams::{Stream, random_stream};
use crate::dataset::{Example, TrainingSet};
use crate::discriminative::linear::common::Linear;
use crate::discriminative::problem::BIAS;
use crate::model::{
    Classifier, Convergence, FitError, FitObserver, ObjectivePoint, RawOutput, Scale, Setting,
};

/// The setting of the number of passes.
pub const MAX_ITER: Setting<u32> = Setting::whole(
    1,
    1..=10_000,
    "passes over the mail; 1 is learning as it arrives",
);

/// Weights of a hyperplane that may grow. The constant column has the first one, so that new
/// columns come after all others.
#[derive(Debug, Clone)]
pub struct GrowingWeights(pub Vec<f64>);

impl GrowingWeights {
    /// All 0, for so many columns.
    pub fn new(columns: usize) -> GrowingWeights {
        GrowingWeights(vec![0.0; columns + 1])
    }

    /// How many weights it takes to learn a message.
    pub fn needed(&self, email: Example<'_>) -> usize {
        let last = email.columns.iter().max();
        self.0.len().max(last.map_or(0, |&last| last as usize + 2))
    }

    /// w'x of a message of which every column has a weight.
    pub fn decision(&self, email: Example<'_>) -> f64 {
        entries(email).map(|(at, value)| self.0[at] * value).sum()
    }
}

/// Places of the weights of a message's columns with their values, the constant one last.
pub fn entries(email: Example<'_>) -> impl Iterator<Item = (usize, f64)> {
    let columns = email.entries().map(|(column, value)| (column + 1, value));
    columns.chain([(0, BIAS)])
}

/// What the weight at each place says of a message, as a [`Linear`] model of these has it.
pub fn raw(email: Example<'_>, weight: impl Fn(usize) -> Option<f64>) -> RawOutput {
    let known = email
        .entries()
        .filter_map(|(column, value)| Some(weight(column + 1)? * value));
    RawOutput::of_score(BIAS * BIAS * weight(0).unwrap_or(0.0) + known.sum::<f64>())
}

/// The hyperplane of weights of which the first is that of the constant column, over so many
/// columns.
pub fn linear(weights: impl Iterator<Item = f64>, columns: usize, scale: Scale) -> Linear {
    let mut weights = weights.chain(std::iter::repeat(0.0));
    let bias = weights.next().unwrap_or(0.0);
    Linear::new(weights.take(columns).collect(), BIAS * BIAS * bias, scale)
}

/// Parts in which the first pass is told.
const PARTS: usize = 10;

/// Shows the messages one after the other to `model`: `learn` teaches it one and says what it lost
/// before, `fitted` is what it then is. The objective told is what the messages since the step
/// before lost, scaled to all messages.
pub fn one_at_a_time<M, C: Classifier + 'static>(
    mut model: M,
    data: &TrainingSet<'_>,
    passes: u32,
    watch: &mut dyn FitObserver,
    learn: impl Fn(&mut M, usize) -> f64,
    fitted: impl Fn(&M) -> C,
) -> Result<C, FitError> {
    let emails = data.len();
    let mut order: Vec<usize> = (0..emails).collect();
    let mut rng = random_stream(data.seed(), Stream::OnlineOrder);
    let mut last = 0.0;
    for pass in 1..=passes {
        shuffle(&mut order, &mut rng);
        let parts = if pass == 1 { PARTS.min(emails) } else { 1 };
        last = 0.0;
        for part in 1..=parts {
            let span = (part - 1) * emails / parts..part * emails / parts;
            let lost: f64 = order[span.clone()]
                .iter()
                .map(|&row| learn(&mut model, row))
                .sum();
            last += lost;
            let told = f64::from(pass - 1) + part as f64 / parts as f64;
            let objective = lost * emails as f64 / span.len() as f64;
            let step = ObjectivePoint {
                pass: told,
                objective,
                gap: None,
                held_out: None,
            };
            if !watch.step(step, &|| Box::new(fitted(&model))) {
                return Err(FitError::Cancelled);
            }
        }
    }
    // There is no optimum it is on the way to: it has learned what it was shown.
    watch.finished(Convergence {
        converged: true,
        passes,
        objective: last,
        gap: None,
    });
    Ok(fitted(&model))
}
