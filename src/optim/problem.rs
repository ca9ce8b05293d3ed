//! What is solved and what comes out, the same for every solver, and the few products all of them
//! are made of.
//!
//! The problem: minimise `w'w / 2 + Σ cost_i · loss(y_i w'x_i)` over w, the bias being the weight
//! of one more column that holds the same value in every row. A gap is the objective less a proven
//! lower bound of the optimum, in the unit of the objective: so whoever solved it, the optimum is
//! at most so far below.

use super::Loss;
use crate::dataset::CsrMatrix;

/// Rows with labels and costs.
#[derive(Clone, Copy)]
pub struct Problem<'a> {
    /// The rows x, without the constant column.
    pub rows: &'a CsrMatrix,
    /// The sign y of each row: +1 or -1.
    pub signs: &'a [f64],
    /// The cost of each row, above 0.
    pub costs: &'a [f64],
    /// The value of the constant column; 0 for no bias.
    pub bias: f64,
}

/// When a solver stops.
#[derive(Debug, Clone, Copy)]
pub struct Stop {
    /// Stop when the gap is at most this share of the objective.
    pub tol: f64,
    /// Stop after this many passes over all rows in any case.
    pub max_iter: u32,
}

/// Where a solver stands, as its observer is told.
#[derive(Clone, Copy)]
pub struct At<'a> {
    /// Passes over all rows.
    pub passes: u32,
    /// The objective at these weights.
    pub objective: f64,
    /// The objective less a lower bound of the optimum.
    pub gap: f64,
    /// Weight of each column.
    pub weights: &'a [f64],
    /// Weight of the constant column.
    pub bias: f64,
}

/// Is told how the work goes on, and says whether to go on.
pub type Check<'a> = &'a mut dyn FnMut(At<'_>) -> bool;

/// A solver: problem, loss, when to stop, seed, the solution of a like problem to start from, and
/// who is told. None if it was told not to go on.
pub type Solve<L> = fn(Problem<'_>, L, Stop, u64, Option<&Solution>, Check<'_>) -> Option<Solution>;

/// A solved problem, or the best so far.
#[derive(Debug, Clone)]
pub struct Solution {
    /// Weight of each column.
    pub weights: Vec<f64>,
    /// Weight of the constant column.
    pub bias: f64,
    /// The objective at the weights.
    pub primal: f64,
    /// The objective less a lower bound of the optimum.
    pub gap: f64,
    /// Passes over all rows, partial ones added up.
    pub passes: u32,
    /// Whether the gap is within the tolerance.
    pub converged: bool,
    /// The state of each row's dual variable and the row's cost, where the solver keeps them.
    pub states: Vec<(f64, f64)>,
}

impl Problem<'_> {
    /// w'x of a row, without its sign.
    pub(crate) fn product(&self, row: usize, weights: &[f64], bias: f64) -> f64 {
        let (columns, values) = self.rows.row(row);
        dot(columns, values, weights) + self.bias * bias
    }

    /// Columns, the constant one included: how long the vectors of a primal solver are.
    pub(crate) fn length(&self) -> usize {
        self.rows.columns() + 1
    }

    /// w'x of every row; the last weight is that of the constant column.
    pub(crate) fn products(&self, weights: &[f64]) -> Vec<f64> {
        let (bias, weights) = weights.split_last().unwrap_or((&0.0, &[]));
        (0..self.rows.len())
            .map(|row| self.product(row, weights, *bias))
            .collect()
    }

    /// vector += Σ factor_i x_i.
    pub(crate) fn add_rows(&self, factors: impl Iterator<Item = f64>, vector: &mut [f64]) {
        let mut constant = 0.0;
        for (factor, (columns, values)) in factors.zip(self.rows.iter()) {
            if factor != 0.0 {
                for (&column, value) in columns.iter().zip(values) {
                    vector[column as usize] += factor * f64::from(*value);
                }
                constant += factor;
            }
        }
        if let Some(last) = vector.last_mut() {
            *last += self.bias * constant;
        }
    }

    /// Σ cost · loss of rows with these products.
    pub(crate) fn loss<L: Loss>(&self, loss: L, products: &[f64]) -> f64 {
        let rows = products.iter().zip(self.signs).zip(self.costs);
        rows.map(|((product, sign), &cost)| loss.primal(sign * product, cost))
            .sum()
    }

    /// y · slope of the loss, of every row.
    pub(crate) fn slopes<L: Loss>(&self, loss: L, products: &[f64]) -> impl Iterator<Item = f64> {
        let rows = products.iter().zip(self.signs).zip(self.costs);
        rows.map(move |((product, sign), &cost)| sign * loss.slope(sign * product, cost))
    }
}

/// Σ values · weights[columns], in four running sums: one would wait for itself at every addition.
pub(crate) fn dot(columns: &[u32], values: &[f32], weights: &[f64]) -> f64 {
    let mut sums = [0.0; 4];
    let (fours, rest) = columns.as_chunks::<4>();
    let (value_fours, value_rest) = values.as_chunks::<4>();
    for (columns, values) in fours.iter().zip(value_fours) {
        for lane in 0..4 {
            sums[lane] += f64::from(values[lane]) * weights[columns[lane] as usize];
        }
    }
    let rest: f64 = rest
        .iter()
        .zip(value_rest)
        .map(|(&column, &value)| f64::from(value) * weights[column as usize])
        .sum();
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest
}

/// a'b.
pub(crate) fn inner(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The objective at any weights, from its definition.
pub fn primal_objective<L: Loss>(
    problem: &Problem<'_>,
    loss: L,
    weights: &[f64],
    bias: f64,
) -> f64 {
    let square = inner(weights, weights) + bias * bias;
    let row = |row| {
        loss.primal(
            problem.signs[row] * problem.product(row, weights, bias),
            problem.costs[row],
        )
    };
    square / 2.0 + (0..problem.rows.len()).map(row).sum::<f64>()
}
