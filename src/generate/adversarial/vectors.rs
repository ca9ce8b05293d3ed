//! Document vectors of messages, with the class of each.

use crate::base::mail::Label;

/// Rows of one width, each of a message of a class.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Vectors {
    /// Numbers of a row.
    pub width: usize,
    /// Row by row.
    pub values: Vec<f32>,
    /// The class of each row.
    pub labels: Vec<Label>,
}

impl Vectors {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// One row.
    pub fn row(&self, at: usize) -> &[f32] {
        &self.values[at * self.width..(at + 1) * self.width]
    }

    /// All rows.
    pub fn rows(&self) -> impl Iterator<Item = &[f32]> {
        (0..self.len()).map(|at| self.row(at))
    }

    /// Some of the rows, in this order.
    pub fn select(&self, rows: impl IntoIterator<Item = usize>) -> Vectors {
        let mut some = Vectors {
            width: self.width,
            ..Vectors::default()
        };
        for at in rows {
            some.values.extend_from_slice(self.row(at));
            some.labels.push(self.labels[at]);
        }
        some
    }
}

/// Appends which class a row is of, as two inputs of a net.
pub(super) fn with_class(out: &mut Vec<f32>, row: &[f32], label: Label) {
    out.extend_from_slice(row);
    out.extend(Label::BOTH.map(|of| f32::from(u8::from(of == label))));
}
