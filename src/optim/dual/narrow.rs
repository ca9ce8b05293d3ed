//! Some rows of a problem, copied so that passes over them stay within the processor's cache.

use crate::dataset::CsrMatrix;
use crate::optim::Problem;

/// Some rows, and the columns they have entries in, numbered anew as they are met: the most
/// frequent ones come first, more or less, and lie together.
pub(super) struct Narrow {
    /// The rows, by their number in the whole problem.
    pub chosen: Vec<u32>,
    /// The columns, by their number in the whole problem.
    pub columns: Vec<u32>,
    rows: CsrMatrix,
    signs: Vec<f64>,
    costs: Vec<f64>,
}

impl Narrow {
    pub(super) fn of(problem: &Problem<'_>, chosen: &[u32]) -> Narrow {
        let mut places = vec![u32::MAX; problem.rows.columns()];
        let mut columns = Vec::new();
        for &row in chosen {
            for &column in problem.rows.row(row as usize).0 {
                let place = &mut places[column as usize];
                if *place == u32::MAX {
                    *place = columns.len() as u32;
                    columns.push(column);
                }
            }
        }
        let mut rows = CsrMatrix::new(columns.len());
        for &row in chosen {
            let (columns, values) = problem.rows.row(row as usize);
            let places = columns.iter().map(|&column| places[column as usize]);
            rows.push(places.zip(values.iter().copied()));
        }
        Narrow {
            chosen: chosen.to_vec(),
            columns,
            rows,
            signs: picked(problem.signs, chosen),
            costs: picked(problem.costs, chosen),
        }
    }

    /// The rows as a problem of their own; `bias` is the value of the constant column.
    pub(super) fn problem(&self, bias: f64) -> Problem<'_> {
        Problem {
            rows: &self.rows,
            signs: &self.signs,
            costs: &self.costs,
            bias,
        }
    }
}

/// The values at these places.
pub(super) fn picked(values: &[f64], places: &[u32]) -> Vec<f64> {
    places.iter().map(|&at| values[at as usize]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chosen_rows_have_the_same_products() {
        let mut rows = CsrMatrix::new(4);
        rows.push([(0, 1.0), (3, 2.0)]);
        rows.push([(1, -5.0)]);
        rows.push([(0, 0.5), (2, 4.0), (3, -1.0)]);
        let problem = Problem {
            rows: &rows,
            signs: &[1.0, 1.0, -1.0],
            costs: &[2.0, 3.0, 5.0],
            bias: 1.0,
        };
        let narrow = Narrow::of(&problem, &[2, 0]);
        assert_eq!(narrow.columns, [0, 2, 3]);
        let chosen = narrow.problem(problem.bias);
        assert_eq!(
            (chosen.signs, chosen.costs),
            (&[-1.0, 1.0][..], &[5.0, 2.0][..])
        );
        let weights = [0.25, 8.0, 0.5, -2.0];
        let there = picked(&weights, &narrow.columns);
        for (at, row) in [(0, 2), (1, 0)] {
            let product = problem.product(row, &weights, 0.125);
            assert_eq!(chosen.product(at, &there, 0.125), product);
        }
    }
}
