//! What the naive Bayes models share: the grid of α, the rows of their common settings, and checks and ratios of a pair of
//! tables, one a class.

use crate::mail::Label;
use crate::model::{Range, Setting};

/// Values α takes when it is left to training: from Laplace's rule down to hardly any smoothing.
pub const ALPHA_GRID: &[f64] = &[1.0, 0.1, 0.01, 0.001];

/// The row of `prior` in a table of settings.
pub const PRIOR: Setting = Setting {
    name: "prior",
    doc: "probability of spam before the mail is read",
    range: Range::RealOrLearned { min: 1e-9, max: 1.0 - 1e-9 },
};

/// Whether both classes have a table of finite numbers of the same length; that length.
pub fn agreeing_columns(tables: &[Vec<f64>; 2], others: &[f64]) -> Option<usize> {
    let finite = |values: &[f64]| values.iter().all(|value| value.is_finite());
    let [ham, spam] = tables;
    (ham.len() == spam.len() && finite(ham) && finite(spam) && finite(others)).then_some(ham.len())
}

/// Spam's entry less ham's in a pair of tables: the log ratio of a column.
pub fn log_ratio(tables: &[Vec<f64>; 2], column: usize) -> f64 {
    tables[Label::Spam.index()][column] - tables[Label::Ham.index()][column]
}
