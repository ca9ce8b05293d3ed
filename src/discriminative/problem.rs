//! Labelled mail as a problem of `optim`: rows, signs and costs, whole or divided for early
//! stopping.
//!
//! Where nothing is held out the rows are borrowed; else each side is a matrix of its own, so that
//! what learns cannot see the other.

use crate::base::choices::choices;
use crate::dataset::{CsrMatrix, TrainingSet};
use crate::model::shared_settings::hold_out;
use crate::model::{FitObserver, Setting};
use crate::optim::Problem;
use std::borrow::Cow;

choices! {
    /// What a message of each class costs.
    pub enum ClassWeight {
        /// C.
        None = "none",
        /// C times half of all messages, divided by those of its class.
        Balanced = "balanced",
    }
}

/// The setting of the weight of each class.
pub const CLASS_WEIGHT: Setting<ClassWeight> = Setting::one_of(
    ClassWeight::None,
    "balanced gives both classes the same say however many emails each has",
);

/// The value of the constant column, whose weight is the bias: 1, as LIBLINEAR's `-B 1` has it.
pub const BIAS: f64 = 1.0;

/// Rows of labelled mail with the sign and the cost of each.
pub struct LabelledRows<'a> {
    rows: Cow<'a, CsrMatrix>,
    signs: Vec<f64>,
    costs: Vec<f64>,
}

impl<'a> LabelledRows<'a> {
    /// All messages of `data`, seen as `rows`. The loss of each costs `cost`, or with `balanced`
    /// that times half the messages for each message of its class.
    pub fn new(
        data: &TrainingSet<'_>,
        rows: &'a CsrMatrix,
        cost: f64,
        class_weight: ClassWeight,
    ) -> LabelledRows<'a> {
        let half = data.len() as f64 / 2.0;
        let by_class = data.class_counts().map(|emails| match class_weight {
            ClassWeight::None => 1.0,
            ClassWeight::Balanced => half / emails as f64,
        });
        let labels = data.labels().iter();
        LabelledRows {
            rows: Cow::Borrowed(rows),
            signs: labels.clone().map(|label| label.sign()).collect(),
            costs: labels.map(|label| cost * by_class[label.index()]).collect(),
        }
    }

    /// The rows of `data` to learn from, and, if `share` is above 0 and leaves both classes on that
    /// side, the rows held out, of which `watch` is told.
    pub fn hold_out(
        self,
        data: &TrainingSet<'_>,
        share: f64,
        watch: &mut dyn FitObserver,
    ) -> (LabelledRows<'a>, Option<LabelledRows<'a>>) {
        match hold_out(data, share, watch) {
            Some((kept, held)) => (self.only(&kept), Some(self.only(&held))),
            None => (self, None),
        }
    }

    fn only<'b>(&self, chosen: &[usize]) -> LabelledRows<'b> {
        let mut rows = CsrMatrix::new(self.rows.columns());
        for &row in chosen {
            rows.push_row(self.rows.row(row));
        }
        let of = |all: &[f64]| chosen.iter().map(|&row| all[row]).collect();
        LabelledRows {
            rows: Cow::Owned(rows),
            signs: of(&self.signs),
            costs: of(&self.costs),
        }
    }

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
