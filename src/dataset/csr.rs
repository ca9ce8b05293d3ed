//! Lists of different lengths, and matrices in compressed sparse row (CSR) form, each in a few
//! allocations whatever the number of rows.

/// Lists of different lengths in one allocation.
#[derive(Debug, Clone)]
pub struct Ragged<T> {
    starts: Vec<usize>,
    items: Vec<T>,
}

impl<T> Default for Ragged<T> {
    fn default() -> Ragged<T> {
        Ragged {
            starts: vec![0],
            items: Vec::new(),
        }
    }
}

impl<T: Copy> Ragged<T> {
    /// How many lists.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether there is no list.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Appends one list.
    pub fn push(&mut self, list: impl IntoIterator<Item = T>) {
        self.items.extend(list);
        self.starts.push(self.items.len());
    }

    /// List `at`; empty if there is none.
    pub fn get(&self, at: usize) -> &[T] {
        match (self.starts.get(at), self.starts.get(at + 1)) {
            (Some(&start), Some(&end)) => &self.items[start..end],
            _ => &[],
        }
    }

    /// All lists one after the other.
    pub fn items(&self) -> &[T] {
        &self.items
    }
}

/// A matrix in compressed sparse row form: `u32` columns, `f32` values, no column twice in a row.
///
/// Going through the rows waits for memory, and a value of half the size is half of the wait: with
/// `f64` training took a tenth longer. What is computed from the values is `f64`. Counts are exact
/// up to 2^24, and every solver and model sees the same rounded values.
#[derive(Debug, Clone, Default)]
pub struct CsrMatrix {
    columns: usize,
    starts: Vec<usize>,
    indices: Vec<u32>,
    values: Vec<f32>,
}

impl CsrMatrix {
    /// An empty matrix of `columns` columns.
    pub fn new(columns: usize) -> CsrMatrix {
        CsrMatrix {
            columns,
            starts: vec![0],
            indices: Vec::new(),
            values: Vec::new(),
        }
    }

    /// Appends a row. Columns must be below [`CsrMatrix::columns`] and distinct.
    pub fn push(&mut self, entries: impl IntoIterator<Item = (u32, f32)>) {
        for (column, value) in entries {
            debug_assert!((column as usize) < self.columns);
            self.indices.push(column);
            self.values.push(value);
        }
        self.starts.push(self.indices.len());
    }

    /// Takes all rows away, but not the room that they took.
    pub(super) fn clear(&mut self) {
        self.starts.truncate(1);
        self.indices.clear();
        self.values.clear();
    }

    /// Makes room for so many more entries, and no more.
    pub fn reserve(&mut self, entries: usize) {
        self.indices.reserve_exact(entries);
        self.values.reserve_exact(entries);
    }

    /// Appends a row of columns, which must be below [`CsrMatrix::columns`] and distinct, and as
    /// many values.
    pub(super) fn push_numbers(
        &mut self,
        columns: impl Iterator<Item = u32>,
        values: impl Iterator<Item = f32>,
    ) {
        self.indices.extend(columns);
        self.values.extend(values);
        self.starts.push(self.indices.len());
    }

    /// Appends a row of this matrix or of another one with as many columns.
    pub fn push_row(&mut self, (columns, values): (&[u32], &[f32])) {
        self.indices.extend_from_slice(columns);
        self.values.extend_from_slice(values);
        self.starts.push(self.indices.len());
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of columns.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Number of stored entries.
    pub fn entries(&self) -> usize {
        self.indices.len()
    }

    /// Columns and values of row `at`.
    pub fn row(&self, at: usize) -> (&[u32], &[f32]) {
        let range = self.starts[at]..self.starts[at + 1];
        (&self.indices[range.clone()], &self.values[range])
    }

    /// The columns as rows, the entries of each in the order of the rows.
    pub fn transposed(&self) -> CsrMatrix {
        // `starts[column + 1]` is first where column begins, then where its next entry goes.
        let mut starts = vec![0; self.columns + 2];
        for &column in &self.indices {
            starts[column as usize + 2] += 1;
        }
        for column in 2..starts.len() {
            starts[column] += starts[column - 1];
        }
        let mut indices = vec![0; self.entries()];
        let mut values = vec![0.0; self.entries()];
        for (row, (columns, row_values)) in (0..).zip(self.iter()) {
            for (&column, &value) in columns.iter().zip(row_values) {
                let next = &mut starts[column as usize + 1];
                indices[*next] = row;
                values[*next] = value;
                *next += 1;
            }
        }
        starts.pop();
        CsrMatrix {
            columns: self.len(),
            starts,
            indices,
            values,
        }
    }

    /// Rows in order.
    pub fn iter(&self) -> impl Iterator<Item = (&[u32], &[f32])> {
        (0..self.len()).map(|at| self.row(at))
    }
}
