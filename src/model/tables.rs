//! Tables of parameters in a model file: what a model keeps for each column, or looks up word by
//! word, is a table of its own behind the rest of its parameters. So a model can be read whole, or
//! narrowed to the columns that one message holds, which it then scores to the same bits.

use crate::base::parts::{PartReader, Parts, ReadAt, numbers};
use serde::{Serialize, Serializer};

/// The tables of a model, one after the other.
pub struct Tables<'a> {
    parts: PartReader<'a>,
    next: usize,
    columns: usize,
    touched: Option<Touched<'a>>,
}

/// What one message touches of a model.
#[derive(Debug, Clone, Copy)]
pub struct Touched<'a> {
    /// The columns of the model that the message holds, ascending. Narrowed to the message, column
    /// `columns[i]` is column `i`.
    pub columns: &'a [u32],
    /// The tokens of the message in order, as narrowed columns; empty for a model that does not
    /// read them.
    pub tokens: &'a [u32],
}

impl<'a> Tables<'a> {
    /// The rest of the parameters, and the tables after it, of a model over this number of columns.
    /// It is read whole unless it says what is touched.
    pub fn open(
        source: &'a mut dyn ReadAt,
        columns: usize,
        touched: Option<Touched<'a>>,
    ) -> Result<(Vec<u8>, Tables<'a>), String> {
        let mut parts = PartReader::new(source)?;
        let rest = parts.whole(0)?;
        let tables = Tables {
            parts,
            next: 1,
            columns,
            touched,
        };
        Ok((rest, tables))
    }

    /// Number of columns of the whole model, by the vocabulary.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// What is touched, where the model is not read whole.
    pub fn touched(&self) -> Option<Touched<'a>> {
        self.touched
    }

    /// Takes the next table: the number of its part.
    pub fn take(&mut self) -> usize {
        self.next += 1;
        self.next - 1
    }

    /// The parts, of which each table is one.
    pub fn parts(&mut self) -> &mut PartReader<'a> {
        &mut self.parts
    }

    /// Whether every table was taken.
    pub fn is_empty(&self) -> bool {
        self.next == self.parts.len()
    }

    /// Fills lists of one number per column with those that [`push_by_column`] wrote.
    pub fn by_column<'l>(
        &mut self,
        lists: impl IntoIterator<Item = &'l mut Vec<f64>>,
    ) -> Result<(), String> {
        let mut lists: Vec<&mut Vec<f64>> = lists.into_iter().collect();
        let (table, row) = (self.take(), 8 * lists.len());
        let expected = (self.columns as u64).saturating_mul(row as u64);
        if self.parts.length(table) != expected {
            return Err(format!(
                "its parameters are for {} tokens, the vocabulary has {}",
                self.parts.length(table) / row.max(1) as u64,
                self.columns
            ));
        }
        let rows = match self.touched {
            None => self.parts.whole(table)?,
            Some(Touched { columns, .. }) => {
                let mut rows = vec![0; row * columns.len()];
                for (row_bytes, &column) in rows.chunks_mut(row.max(1)).zip(columns) {
                    let at = u64::from(column) * row as u64;
                    self.parts.read_at(table, at, row_bytes)?;
                }
                rows
            }
        };
        let count = lists.len();
        for (at, list) in lists.iter_mut().enumerate() {
            let own = numbers(&rows).skip(at).step_by(count);
            list.clear();
            list.extend(own.map(f64::from_le_bytes));
        }
        Ok(())
    }
}

/// Appends a table of lists that have one number per column: the numbers of one column are
/// neighbours.
pub fn push_by_column<'l>(parts: &mut Parts, lists: impl IntoIterator<Item = &'l Vec<f64>>) {
    let lists: Vec<&Vec<f64>> = lists.into_iter().collect();
    let columns = lists.first().map_or(0, |list| list.len());
    let mut bytes = Vec::with_capacity(8 * lists.len() * columns);
    for column in 0..columns {
        for list in &lists {
            bytes.extend(list[column].to_le_bytes());
        }
    }
    parts.push(bytes);
}

/// For a field that stands in a table: what is saved of it beside the others is nothing.
pub fn in_table<T: Default + Serialize, S: Serializer>(
    _: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    T::default().serialize(serializer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_come_back_whole_or_narrowed() {
        let lists = [vec![1.0, 2.0, 3.0], vec![-1.0, -2.0, -3.0]];
        let mut parts = Parts::default();
        parts.push(b"rest".to_vec());
        push_by_column(&mut parts, &lists);
        let bytes = parts.to_bytes();
        let read = |columns: usize, touched| {
            let mut source = &bytes[..];
            let (rest, mut tables) = Tables::open(&mut source, columns, touched).unwrap();
            assert_eq!(rest, b"rest");
            let mut lists = [Vec::new(), Vec::new()];
            tables.by_column(&mut lists).map(|()| lists)
        };
        assert_eq!(read(3, None).unwrap(), lists);
        let touched = |columns| {
            let tokens = &[];
            Some(Touched { columns, tokens })
        };
        let narrow = [vec![1.0, 3.0], vec![-1.0, -3.0]];
        assert_eq!(read(3, touched(&[0, 2])).unwrap(), narrow);
        assert!(read(3, touched(&[3])).is_err());
        assert!(read(4, None).is_err() && read(4, touched(&[0])).is_err());
    }
}
