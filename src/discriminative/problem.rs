//! Labelled mail as a problem of `optim`: rows, signs and costs, whole or divided for early
//! stopping.
//!
//! Where nothing is held out the rows are borrowed; else each side is a matrix of its own, so that
//! what learns cannot see the other.

use crate::base::choices::choices;
use crate::base::mail::Label;
use crate::dataset::{CsrMatrix, StoredRows, TrainingSet};
use crate::model::shared_settings::hold_out;
use crate::model::{FitObserver, Setting};
use crate::optim::{Problem, StoredProblem, Unreadable};
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

impl ClassWeight {
    /// What a message of each class costs where C is `cost` and there are so many of each.
    fn costs(self, cost: f64, emails: [usize; 2]) -> [f64; 2] {
        let half = emails.iter().sum::<usize>() as f64 / 2.0;
        emails.map(|emails| match self {
            ClassWeight::None => cost,
            ClassWeight::Balanced => cost * (half / emails as f64),
        })
    }
}

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
        let costs = class_weight.costs(cost, data.class_counts());
        let labels = data.labels().iter();
        LabelledRows {
            rows: Cow::Borrowed(rows),
            signs: labels.clone().map(|label| label.sign()).collect(),
            costs: labels.map(|label| costs[label.index()]).collect(),
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

/// Labelled mail on disk as a problem.
pub struct StoredLabelledRows<'a> {
    rows: &'a StoredRows,
    costs: [f64; 2],
}

impl<'a> StoredLabelledRows<'a> {
    /// See [`LabelledRows::new`].
    pub fn new(
        rows: &'a StoredRows,
        cost: f64,
        class_weight: ClassWeight,
    ) -> StoredLabelledRows<'a> {
        StoredLabelledRows {
            costs: class_weight.costs(cost, rows.class_counts()),
            rows,
        }
    }
}

impl StoredProblem for StoredLabelledRows<'_> {
    fn columns(&self) -> usize {
        self.rows.columns()
    }

    fn bias(&self) -> f64 {
        BIAS
    }

    fn chunks(&self) -> Vec<Vec<(f64, f64)>> {
        let row = |label: Label| (label.sign(), self.costs[label.index()]);
        let chunks = self.rows.labels();
        chunks.map(|labels| labels.map(row).collect()).collect()
    }

    fn read(&self, chunks: &[usize], rows: &mut CsrMatrix) -> Result<(), Unreadable> {
        self.rows.read(chunks, rows).map_err(Unreadable)
    }
}
