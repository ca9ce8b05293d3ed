//! Mail to learn from and mail to stop by: a training set parted for early stopping, copies kept on
//! one side.
//!
//! Where nothing is held out the rows are borrowed; else each side is a matrix of its own, so that
//! what learns cannot see the other.

use super::linear::common::{BIAS, ClassWeight, email_costs, signs};
use crate::dataset::{CsrMatrix, TrainingSet};
use crate::model::{FitObserver, Setting};
use crate::optim::Problem;
use std::borrow::Cow;

/// The setting of how much is held out.
pub const VALIDATION_FRACTION: Setting<f64> = Setting::real(
    0.1,
    0.0..=0.5,
    "share of the mail that is not learned from but says when to stop; 0 learns from all of it",
);

/// The setting of how long progress is waited for.
pub const N_ITER_NO_CHANGE: Setting<u32> = Setting::whole(
    5,
    1..=1_000_000,
    "passes without progress after which the fit ends with the best weights so far",
);

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
    let whole = |signs, costs| Part {
        rows: Cow::Borrowed(rows),
        signs,
        costs,
    };
    if share <= 0.0 {
        return (whole(signs, costs), None);
    }
    let (kept, held) = data.hold_out(share);
    let both = [-1.0, 1.0]
        .iter()
        .all(|sign| kept.iter().any(|&at| signs[at] == *sign));
    if !both || held.is_empty() {
        return (whole(signs, costs), None);
    }
    watch.held_out_rows(&held);
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
