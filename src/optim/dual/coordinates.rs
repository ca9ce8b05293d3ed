//! Dual coordinate descent: the dual variables, the weights that follow them, passes over rows and
//! the measurement of every row's gap.

use super::narrow::{Narrow, picked};
use crate::optim::problem::inner;
use crate::optim::{Dual, Problem, Solution};

/// The work under way.
pub(super) struct DualDescent<'a, L> {
    pub problem: Problem<'a>,
    pub loss: L,
    /// x'x of each row, the bias included.
    pub norms: Vec<f64>,
    pub states: Vec<f64>,
    pub weights: Vec<f64>,
    /// Weight of the constant column.
    pub bias: f64,
}

/// What a check found.
#[derive(Clone, Copy)]
pub(super) struct Found {
    pub primal: f64,
    pub gap: f64,
}

impl<'a, L: Dual> DualDescent<'a, L> {
    /// At the dual variables of `warm`, or (nearly) at 0.
    pub fn new(problem: Problem<'a>, loss: L, warm: Option<&Solution>) -> DualDescent<'a, L> {
        let rows = problem.rows.len();
        let square = |values: &[f32]| {
            values
                .iter()
                .map(|&value| f64::from(value) * f64::from(value))
                .sum::<f64>()
        };
        let norms = problem
            .rows
            .iter()
            .map(|(_, values)| square(values) + problem.bias * problem.bias)
            .collect();
        let cold = |row: usize| loss.start(problem.costs[row]);
        let states = match warm {
            Some(warm) if warm.states.len() == rows => {
                let rescale =
                    |(&(state, cost), now): (&(f64, f64), &f64)| loss.rescale(state, now / cost);
                warm.states.iter().zip(problem.costs).map(rescale).collect()
            }
            _ => (0..rows).map(cold).collect(),
        };
        let weights = vec![0.0; problem.rows.columns()];
        let mut descent = DualDescent {
            problem,
            loss,
            norms,
            states,
            weights,
            bias: 0.0,
        };
        descent.recompute_weights();
        descent
    }

    /// Visits rows once, each set to its optimum. Returns the sum of the gaps they had when
    /// visited.
    pub fn pass(&mut self, active: &[u32]) -> f64 {
        let mut gaps = 0.0;
        for &row in active {
            let row = row as usize;
            let (sign, cost, state) = (
                self.problem.signs[row],
                self.problem.costs[row],
                self.states[row],
            );
            let margin = sign * self.problem.product(row, &self.weights, self.bias);
            let visit = self.loss.visit(state, margin, self.norms[row], cost);
            gaps += visit.gap;
            self.states[row] = visit.state;
            if visit.change != 0.0 {
                self.add(row, sign * visit.change);
            }
        }
        gaps
    }

    /// w += factor · x.
    fn add(&mut self, row: usize, factor: f64) {
        let (columns, values) = self.problem.rows.row(row);
        for (&column, value) in columns.iter().zip(values) {
            self.weights[column as usize] += factor * f64::from(*value);
        }
        self.bias += factor * self.problem.bias;
    }

    /// Whether the dual variable of a row is between its bounds, and a parabola there.
    pub fn is_free(&self, row: usize) -> bool {
        let parabola = self.loss.parabola(self.problem.costs[row]);
        parabola.is_some_and(|to| self.states[row] > 0.0 && self.states[row] < to.most)
    }

    /// The same work on some of the rows alone, while the others stay.
    pub fn on<'b>(&self, narrow: &'b Narrow) -> DualDescent<'b, L> {
        DualDescent {
            problem: narrow.problem(self.problem.bias),
            loss: self.loss,
            norms: picked(&self.norms, &narrow.chosen),
            states: picked(&self.states, &narrow.chosen),
            weights: picked(&self.weights, &narrow.columns),
            bias: self.bias,
        }
    }

    /// Takes over what was reached on some of the rows.
    pub fn take(&mut self, narrow: &Narrow, states: &[f64], weights: &[f64], bias: f64) {
        for (&row, state) in narrow.chosen.iter().zip(states) {
            self.states[row as usize] = *state;
        }
        for (&column, weight) in narrow.columns.iter().zip(weights) {
            self.weights[column as usize] = *weight;
        }
        self.bias = bias;
    }

    /// w is the sum of the dual variables again.
    pub fn recompute_weights(&mut self) {
        self.weights.fill(0.0);
        self.bias = 0.0;
        for row in 0..self.states.len() {
            let alpha = self.loss.alpha(self.states[row], self.problem.costs[row]);
            if alpha != 0.0 {
                self.add(row, self.problem.signs[row] * alpha);
            }
        }
    }

    /// Measures every row's gap and the objective at the current weights.
    pub fn check(&self, row_gaps: &mut [f64]) -> Found {
        let square = inner(&self.weights, &self.weights) + self.bias * self.bias;
        let mut found = Found {
            primal: square / 2.0,
            gap: 0.0,
        };
        for (row, row_gap) in row_gaps.iter_mut().enumerate() {
            let cost = self.problem.costs[row];
            let margin =
                self.problem.signs[row] * self.problem.product(row, &self.weights, self.bias);
            let measure = self.loss.measure(self.states[row], margin, cost);
            *row_gap = measure.gap;
            found.gap += measure.gap;
            found.primal += measure.primal;
        }
        found
    }

    /// The solution.
    pub fn finish(self, found: &Found, passes: u32, converged: bool) -> Solution {
        Solution {
            bias: self.bias,
            weights: self.weights,
            primal: found.primal,
            gap: found.gap,
            passes,
            converged,
            states: self
                .states
                .into_iter()
                .zip(self.problem.costs.iter().copied())
                .collect(),
        }
    }
}
