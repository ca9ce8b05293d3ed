//! What the models share that learn one message at a time and never look back.
//!
//! Messages come in an order drawn by the seed, for files are often sorted by class. What each step
//! reports is the loss of messages before they were learned from, so that no mail judges itself
//! (progressive validation: McMahan et al., KDD 2013, section 5). Most is learned in the first
//! pass, so that it is told in tenths.

use crate::base::math::{random_stream, shuffle};
use crate::dataset::{CsrMatrix, TrainingSet};
use crate::discriminative::linear::common::{BIAS, Linear, signs};
use crate::model::{
    Classifier, Convergence, FitError, FitObserver, ObjectivePoint, Scale, Setting,
};

/// The setting of the number of passes.
pub const MAX_ITER: Setting<u32> = Setting::whole(
    1,
    1..=10_000,
    "passes over the mail; 1 is learning as it arrives",
);

/// Columns and values of a row, the constant one last.
pub fn with_constant(rows: &CsrMatrix, row: usize) -> impl Iterator<Item = (usize, f64)> {
    let (columns, values) = rows.row(row);
    let entries = columns
        .iter()
        .map(|column| *column as usize)
        .zip(values.iter().copied());
    entries.chain([(rows.columns(), BIAS)])
}

/// w'x of a row; the last weight is that of the constant column.
pub fn decision(rows: &CsrMatrix, row: usize, weights: &[f64]) -> f64 {
    with_constant(rows, row)
        .map(|(at, value)| weights[at] * value)
        .sum()
}

/// The hyperplane of weights of which the last is that of the constant column.
pub fn with_last_as_bias(mut weights: Vec<f64>, scale: Scale) -> Linear {
    let bias = weights.pop().unwrap_or(0.0);
    Linear::new(weights, BIAS * bias, scale)
}

/// A model while it learns.
pub trait Online {
    /// What it is when it has learned.
    type Fitted: Classifier + 'static;
    /// Learns a message; what it lost before.
    fn learn(&mut self, row: usize, sign: f64) -> f64;
    /// What it is so far.
    fn fitted(&self) -> Self::Fitted;
}

/// Parts in which the first pass is told.
const PARTS: usize = 10;

/// Shows the messages one after the other to `model`. The objective told is what the messages since
/// the step before lost, scaled to all messages.
pub fn mail_by_mail<O: Online>(
    mut model: O,
    data: &TrainingSet<'_>,
    passes: u32,
    watch: &mut dyn FitObserver,
) -> Result<O::Fitted, FitError> {
    let signs = signs(data);
    let emails = data.len();
    let mut order: Vec<usize> = (0..emails).collect();
    let mut rng = random_stream(data.seed(), 0x0911);
    let mut last = 0.0;
    for pass in 1..=passes {
        shuffle(&mut order, &mut rng);
        let parts = if pass == 1 { PARTS.min(emails) } else { 1 };
        last = 0.0;
        for part in 1..=parts {
            let span = (part - 1) * emails / parts..part * emails / parts;
            let lost: f64 = order[span.clone()]
                .iter()
                .map(|&row| model.learn(row, signs[row]))
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
            if !watch.step(step, &|| Box::new(model.fitted())) {
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
    Ok(model.fitted())
}
