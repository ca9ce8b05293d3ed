//! What the models share that learn one mail at a time and never look back.
//!
//! Mails come in an order drawn by the seed, for files are often sorted by class. What each pass reports is the loss of every mail
//! before it was learned from, so that no mail judges itself (progressive validation: McMahan et al., KDD 2013, section 5).

use super::linear::{BIAS, signs};
use crate::dataset::{SparseRows, TrainingSet};
use crate::math::{random_stream, shuffle};
use crate::model::{Convergence, FitError, Range, Setting, Step, Watch};

/// The setting of the number of passes.
pub const PASSES: Setting = Setting {
    name: "passes",
    doc: "passes over the mail; 1 is learning as it arrives",
    range: Range::Whole { min: 1, max: 10_000 },
};

/// Columns and values of a row, the constant one last.
pub fn with_constant(rows: &SparseRows, row: usize) -> impl Iterator<Item = (usize, f64)> {
    let (columns, values) = rows.row(row);
    let entries = columns.iter().map(|column| *column as usize).zip(values.iter().copied());
    entries.chain([(rows.columns(), BIAS)])
}

/// w'x of a row; the last weight is that of the constant column.
pub fn decision(rows: &SparseRows, row: usize, weights: &[f64]) -> f64 {
    with_constant(rows, row).map(|(at, value)| weights[at] * value).sum()
}

/// Shows the mails one after the other to `learn`, which says what each lost before it was learned from.
pub fn mail_by_mail(
    data: &TrainingSet<'_>,
    passes: u32,
    watch: &mut dyn Watch,
    mut learn: impl FnMut(&SparseRows, usize, f64) -> f64,
) -> Result<(), FitError> {
    let signs = signs(data);
    let mut order: Vec<usize> = (0..data.len()).collect();
    let mut rng = random_stream(data.seed(), 0x0911);
    let mut objective = 0.0;
    for pass in 1..=passes {
        shuffle(&mut order, &mut rng);
        objective = order.iter().map(|&row| learn(data.matrix(), row, signs[row])).sum();
        if !watch.step(Step { pass, objective, gap: None, held_out: None }) {
            return Err(FitError::Cancelled);
        }
    }
    // There is no optimum it is on the way to: it has learned what it was shown.
    watch.finished(Convergence { converged: true, passes, objective, gap: None });
    Ok(())
}
