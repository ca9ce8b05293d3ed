//! The sufficient statistics of the naive Bayes models: for each class how many mails, and for each column the sum of its
//! values. Counts of two piles add up to the counts of their union.

use crate::dataset::TrainingSet;
use crate::mail::Label;
use crate::model::FitError;

/// Values α takes when it is left to training: from Laplace's rule down to hardly any smoothing.
pub const ALPHA_GRID: &[f64] = &[1.0, 0.1, 0.01, 0.001];

/// Sums by class.
pub struct ClassCounts {
    /// Mails of each class.
    pub mails: [f64; 2],
    /// Sum of the values of each column, by class.
    pub columns: [Vec<f64>; 2],
    /// Sum of all values, by class.
    pub total: [f64; 2],
}

impl ClassCounts {
    /// One pass over the training mail.
    pub fn of(data: &TrainingSet<'_>) -> Result<ClassCounts, FitError> {
        if data.columns() == 0 {
            return Err(FitError::NoColumns);
        }
        let mut columns = [vec![0.0; data.columns()], vec![0.0; data.columns()]];
        for (label, (indices, values)) in data.labels().iter().zip(data.matrix().iter()) {
            let sums = &mut columns[label.index()];
            for (&column, &value) in indices.iter().zip(values) {
                sums[column as usize] += value;
            }
        }
        let total = [columns[0].iter().sum(), columns[1].iter().sum()];
        Ok(ClassCounts { mails: data.class_counts().map(|mails| mails as f64), columns, total })
    }

    /// ln of each class's share of the mails.
    pub fn log_priors(&self) -> [f64; 2] {
        let all = self.mails[0] + self.mails[1];
        self.mails.map(|mails| (mails / all).ln())
    }
}

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
