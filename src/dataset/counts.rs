//! The sufficient statistics of the models that only count: for each class how many messages, and
//! for each column the sum of its values. Counts of two piles add up to the counts of their union.

use super::TrainingSet;

/// Sums by class, ham first.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassCounts {
    /// Messages of each class.
    pub emails: [f64; 2],
    /// Sum of the values of each column, by class.
    pub columns: [Vec<f64>; 2],
    /// Sum of all values, by class.
    pub total: [f64; 2],
}

impl ClassCounts {
    /// Counts from the messages of each class and the sums of each column.
    pub fn new(emails: [f64; 2], columns: [Vec<f64>; 2]) -> ClassCounts {
        let total = [columns[0].iter().sum(), columns[1].iter().sum()];
        ClassCounts {
            emails,
            columns,
            total,
        }
    }

    /// One pass over the training mail.
    pub fn of(data: &TrainingSet<'_>) -> ClassCounts {
        let mut columns = [vec![0.0; data.columns()], vec![0.0; data.columns()]];
        for (label, (indices, values)) in data.labels().iter().zip(data.matrix().iter()) {
            let sums = &mut columns[label.index()];
            for (&column, &value) in indices.iter().zip(values) {
                sums[column as usize] += value;
            }
        }
        ClassCounts::new(data.class_counts().map(|emails| emails as f64), columns)
    }
}
