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

/// The state a row begins with: that of a like problem, scaled to its cost, or (nearly) 0.
pub(super) fn begin<L: Dual>(loss: L, cost: f64, warm: Option<(f64, f64)>) -> f64 {
    match warm {
        Some((state, before)) => loss.rescale(state, cost / before),
        None => loss.start(cost),
    }
}

/// What a check found.
#[derive(Clone, Copy)]
pub(super) struct Found {
    pub primal: f64,
    pub gap: f64,
}

impl Found {
    /// What the weights have of the objective.
    pub fn of_weights(weights: &[f64], bias: f64) -> Found {
        let square = inner(weights, weights) + bias * bias;
        Found {
            primal: square / 2.0,
            gap: 0.0,
        }
    }

    /// The solution of these weights; `states` are those of the rows with their costs.
    pub fn solution(
        self,
        weights: Vec<f64>,
        bias: f64,
        states: Vec<(f64, f64)>,
        passes: u32,
        converged: bool,
    ) -> Solution {
        Solution {
            weights,
            bias,
            primal: self.primal,
            gap: self.gap,
            passes,
            converged,
            states,
        }
    }
}

impl<'a, L: Dual> DualDescent<'a, L> {
    /// At the dual variables of `warm`, or (nearly) at 0.
    pub fn new(problem: Problem<'a>, loss: L, warm: Option<&Solution>) -> DualDescent<'a, L> {
        let rows = problem.rows.len();
        let from = warm.filter(|warm| warm.states.len() == rows);
        let costs = problem.costs.iter().enumerate();
        let states = costs
            .map(|(row, &cost)| begin(loss, cost, from.map(|warm| warm.states[row])))
            .collect();
        let weights = vec![0.0; problem.rows.columns()];
        let mut descent = DualDescent::at(problem, loss, states, weights, 0.0);
        descent.ready();
        descent.add_up();
        descent
    }

    /// At these dual variables, with the weights that follow from them and from those of rows
    /// elsewhere; only to be measured until it is [`ready`](DualDescent::ready).
    pub fn at(
        problem: Problem<'a>,
        loss: L,
        states: Vec<f64>,
        weights: Vec<f64>,
        bias: f64,
    ) -> DualDescent<'a, L> {
        DualDescent {
            problem,
            loss,
            norms: Vec::new(),
            states,
            weights,
            bias,
        }
    }

    /// Computes what passes over the rows need.
    pub fn ready(&mut self) {
        let square = |values: &[f32]| {
            values
                .iter()
                .map(|&value| f64::from(value) * f64::from(value))
                .sum::<f64>()
        };
        let bias = self.problem.bias;
        let rows = self.problem.rows.iter();
        self.norms = rows
            .map(|(_, values)| square(values) + bias * bias)
            .collect();
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
    pub fn is_between(&self, row: usize) -> bool {
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
    pub fn add_up(&mut self) {
        self.weights.fill(0.0);
        self.bias = 0.0;
        self.add_all();
    }

    /// w += the sum of the dual variables.
    pub fn add_all(&mut self) {
        for row in 0..self.states.len() {
            let alpha = self.loss.alpha(self.states[row], self.problem.costs[row]);
            if alpha != 0.0 {
                self.add(row, self.problem.signs[row] * alpha);
            }
        }
    }

    /// Measures every row's gap and the objective at the current weights.
    pub fn measure(&self, row_gaps: &mut [f64]) -> Found {
        let mut found = Found::of_weights(&self.weights, self.bias);
        self.measure_rows(row_gaps, &mut found);
        found
    }

    /// Measures every row's gap, and adds what the rows have of the objective and of the gap.
    pub fn measure_rows(&self, row_gaps: &mut [f64], found: &mut Found) {
        for (row, row_gap) in row_gaps.iter_mut().enumerate() {
            let cost = self.problem.costs[row];
            let margin =
                self.problem.signs[row] * self.problem.product(row, &self.weights, self.bias);
            let measure = self.loss.measure(self.states[row], margin, cost);
            *row_gap = measure.gap;
            found.gap += measure.gap;
            found.primal += measure.primal;
        }
    }
}
