//! Mail to learn from and mail to stop by: a training set parted for early stopping, as the problem
//! of a linear model or a net.
//!
//! Where nothing is held out the rows are borrowed; else each side is a matrix of its own, so that
//! what learns cannot see the other.

use super::linear::common::{BIAS, ClassWeight, email_costs, signs};
use crate::dataset::{CsrMatrix, TrainingSet};
use crate::model::FitObserver;
use crate::model::early_stopping::hold_out;
use crate::optim::Problem;
use std::borrow::Cow;

/// One side.
pub struct Part<'a> {
    rows: Cow<'a, CsrMatrix>,
    signs: Vec<f64>,
    costs: Vec<f64>,
}

impl Part<'_> {
    /// The problem of fitting these messages.
    pub fn problem(&self) -> Problem<'_> {
        Problem {
            rows: &self.rows,
            signs: &self.signs,
            costs: &self.costs,
            bias: BIAS,
        }
    }
}

/// The mail to learn from, seen as `rows`, and, if `share` is above 0 and leaves both classes on
/// that side, the mail held out, of which `watch` is told.
pub fn part<'a>(
    data: &TrainingSet<'_>,
    rows: &'a CsrMatrix,
    share: f64,
    cost: f64,
    class_weight: ClassWeight,
    watch: &mut dyn FitObserver,
) -> (Part<'a>, Option<Part<'a>>) {
    let (signs, costs) = (signs(data), email_costs(data, cost, class_weight));
    let Some((kept, held)) = hold_out(data, share, watch) else {
        let whole = Part {
            rows: Cow::Borrowed(rows),
            signs,
            costs,
        };
        return (whole, None);
    };
    let side = |chosen: &[usize]| {
        let mut matrix = CsrMatrix::new(rows.columns());
        for &row in chosen {
            let (columns, values) = rows.row(row);
            matrix.push(columns.iter().copied().zip(values.iter().copied()));
        }
        let of = |all: &[f64]| chosen.iter().map(|&row| all[row]).collect();
        Part {
            rows: Cow::Owned(matrix),
            signs: of(&signs),
            costs: of(&costs),
        }
    };
    (side(&kept), Some(side(&held)))
}
