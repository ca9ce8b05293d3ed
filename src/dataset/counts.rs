//! The sufficient statistics of the models that only count: for each class how many messages, and
//! for each column the sum of its values.
//!
//! Counts of two shards merge into the counts of their union, and a message can be added to them:
//! to the bit where the values are whole numbers, as counts and presence are.

use super::{Example, TrainingSet};
use crate::base::mail::Label;

/// Sums by class, ham first.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassCounts {
    /// Number of messages of each class.
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
                sums[column as usize] += f64::from(value);
            }
        }
        ClassCounts::new(data.class_counts().map(|emails| emails as f64), columns)
    }

    /// Counts one more message; columns not seen so far are new.
    pub fn add(&mut self, email: Example<'_>, label: Label) {
        let class = label.index();
        let last = email.columns.iter().max();
        self.grow(last.map_or(0, |&last| last as usize + 1));
        self.emails[class] += 1.0;
        for (column, value) in email.entries() {
            self.columns[class][column] += value;
            self.total[class] += value;
        }
    }

    /// Adds the counts of another shard, over the same columns as far as both know them.
    pub fn merge(&mut self, other: &ClassCounts) {
        self.grow(other.columns[0].len());
        for class in 0..2 {
            self.emails[class] += other.emails[class];
            self.total[class] += other.total[class];
            for (sum, more) in self.columns[class].iter_mut().zip(&other.columns[class]) {
                *sum += more;
            }
        }
    }

    /// Makes room for `columns` columns.
    pub fn grow(&mut self, columns: usize) {
        for sums in &mut self.columns {
            sums.resize(columns.max(sums.len()), 0.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_added_and_shards_merged_give_the_counts_worked_by_hand() {
        let emails: [(&[u32], &[f32], Label); 3] = [
            (&[0, 1], &[2.0, 1.0], Label::Ham),
            (&[1], &[3.0], Label::Spam),
            (&[2, 0], &[1.0, 1.0], Label::Spam),
        ];
        let counted = |emails: &[(&[u32], &[f32], Label)]| {
            let mut counts = ClassCounts::new([0.0; 2], [Vec::new(), Vec::new()]);
            for &(columns, values, label) in emails {
                counts.add(Example::sparse(columns, values), label);
            }
            counts
        };
        let all = ClassCounts::new([1.0, 2.0], [vec![2.0, 1.0, 0.0], vec![1.0, 3.0, 1.0]]);
        assert_eq!(counted(&emails), all);
        for cut in 0..=3 {
            let mut merged = counted(&emails[..cut]);
            merged.merge(&counted(&emails[cut..]));
            assert_eq!(merged, all);
        }
    }
}
