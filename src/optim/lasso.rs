//! Coordinate descent for solutions with many weights of 0: it minimises `l1 ‖w‖₁ + l2 w'w / 2 +
//! Σ cost_i · loss(y_i w'x_i)` for a smooth loss.
//!
//! newGLMNET (Yuan, Ho and Lin, JMLR 13, 2012): the losses are replaced by their second-order
//! expansion, which `quadratic` minimises, and a line search takes the step. Only columns whose
//! weight is not 0 or whose slope is near the lasso or beyond it take part; the next expansion
//! looks at all of them again (the active set with a check of the optimum conditions of Tibshirani
//! and others, JRSS B 74, 2012). Where there is no solution to start from, rough fits at rising
//! costs come first (Friedman, Hastie and Tibshirani, Journal of Statistical Software 33, 2010).
//!
//! It stops by the duality gap. The dual variables are the slopes of the losses with their signs
//! turned; where l2 is 0 they are scaled down until they are feasible. The bias is penalised like
//! the other weights, as in LIBLINEAR.

pub use super::penalty::Penalty;
use super::problem::inner;
use super::quadratic::{Near, Quadratic};
use super::{At, Check, Problem, Smooth, Solution, Stop};
use crate::dataset::CsrMatrix;

/// The least `l1` at which all weights of the solution are 0: the largest slope of the losses
/// there.
pub fn least_empty_lasso<L: Smooth>(problem: &Problem<'_>, loss: L) -> f64 {
    let mut pull = vec![0.0; problem.length()];
    problem.add_rows(
        problem.slopes(loss, &vec![0.0; problem.rows.len()]),
        &mut pull,
    );
    pull.iter().fold(0.0, |most, by| most.max(by.abs()))
}

/// Solves a problem, whose columns are `columns`, with this penalty in place of w'w / 2; see
/// [`Solve`](super::Solve). Nothing is drawn at random. On the way to the start, too, `check` is
/// told the objective of the whole problem, with all of it as the gap: it cannot fall below 0.
pub fn solve<L: Smooth>(
    problem: Problem<'_>,
    columns: &Columns,
    loss: L,
    penalty: Penalty,
    stop: Stop,
    from: Option<&Solution>,
    check: Check<'_>,
) -> Option<Solution> {
    let (weights, shares) = match from {
        Some(from) if from.weights.len() + 1 == problem.length() => {
            ([&from.weights[..], &[from.bias]].concat(), Vec::new())
        }
        _ => {
            let times = least_empty_lasso(&problem, loss) / penalty.l1;
            (vec![0.0; problem.length()], shares(times))
        }
    };
    let part = |share: f64| problem.costs.iter().map(|cost| share * cost).collect();
    let parts: Vec<Vec<f64>> = shares.into_iter().map(part).collect();
    let mut descent = LassoDescent {
        problem,
        whole: problem,
        loss,
        penalty,
        columns: &columns.0,
        products: problem.products(&weights),
        weights,
        visits: 0,
        near: f64::INFINITY,
    };
    let tol = ROUGHLY;
    for costs in &parts {
        descent.problem = Problem { costs, ..problem };
        descent.run(Stop { tol, ..stop }, &mut |at| {
            let gap = at.objective;
            check(At { gap, ..at })
        })?;
        descent.near = f64::INFINITY;
    }
    descent.problem = problem;
    descent.run(stop, check)
}

/// The shares of the costs at which a path begins that ends at the whole of them, where they are
/// `times` those at which all weights are 0.
fn shares(times: f64) -> Vec<f64> {
    let mut shares: Vec<f64> = Vec::new();
    let mut share = APART.recip();
    while share * times > WORTH_A_FIT && times.is_finite() {
        shares.push(share);
        share /= APART;
    }
    shares.reverse();
    shares
}

/// The columns of a problem, each with its rows; the constant one last.
pub struct Columns(CsrMatrix);

impl Columns {
    /// Those of this problem, and of any other of the same rows.
    pub fn of(problem: &Problem<'_>) -> Columns {
        let mut columns = problem.rows.transposed();
        let rows = 0..problem.rows.len() as u32;
        let constant = rows.filter(|_| problem.bias != 0.0);
        columns.push(constant.map(|row| (row, problem.bias as f32)));
        Columns(columns)
    }
}

struct LassoDescent<'a, L> {
    /// What is being solved: the whole problem, or on the way to the start a part of its costs.
    problem: Problem<'a>,
    whole: Problem<'a>,
    loss: L,
    penalty: Penalty,
    columns: &'a CsrMatrix,
    weights: Vec<f64>,
    products: Vec<f64>,
    /// Entries of the matrix looked at.
    visits: usize,
    /// How exactly the next expansion is minimised.
    near: f64,
}

/// The losses to second order, where the descent stands.
struct Expansion {
    objective: f64,
    gap: f64,
    /// Slope of the losses by each weight.
    slopes: Vec<f64>,
    /// Curvature of the loss of each row.
    curvatures: Vec<f64>,
}

/// Ratio of neighbouring costs on the way to the start.
const APART: f64 = 10.0;
/// A rough fit is worth its time at more than this many times the costs at which all weights are 0.
const WORTH_A_FIT: f64 = 3.0;
/// Relative gap at which a fit on the way to the start ends.
const ROUGHLY: f64 = 1.0;
/// What the inexact minimum of an expansion may add to the gap, as a share of the gap to stop at.
const ENOUGH_OF_TOL: f64 = 0.1;
/// After this many halvings a step is given up.
const MOST_HALVINGS: u32 = 40;
/// A step must lower the objective by this share of what the slopes promise.
const ENOUGH: f64 = 0.01;

impl<L: Smooth> LassoDescent<'_, L> {
    /// Steps until the gap is small enough. None if `check` says not to go on.
    fn run(&mut self, stop: Stop, check: Check<'_>) -> Option<Solution> {
        loop {
            let expansion = self.expand();
            let (passes, objective, gap) = (self.passes(), expansion.objective, expansion.gap);
            let (&bias, weights) = self.weights.split_last().unwrap_or((&0.0, &[]));
            let of_whole =
                self.penalty.of(&self.weights) + self.whole.loss(self.loss, &self.products);
            if !check(At {
                passes,
                objective: of_whole,
                gap,
                weights,
                bias,
            }) {
                return None;
            }
            let converged = gap <= stop.tol * objective;
            let over = converged || passes >= stop.max_iter || !objective.is_finite();
            if over || !self.improve(&expansion, stop.tol) {
                let (&bias, weights) = self.weights.split_last().unwrap_or((&0.0, &[]));
                return Some(Solution {
                    weights: weights.to_vec(),
                    bias,
                    primal: objective,
                    gap,
                    passes,
                    converged,
                    states: Vec::new(),
                });
            }
        }
    }

    fn passes(&self) -> u32 {
        self.visits.div_ceil(self.problem.rows.entries().max(1)) as u32
    }

    fn expand(&mut self) -> Expansion {
        self.visits += self.problem.rows.entries();
        let problem = &self.problem;
        let mut slopes = vec![0.0; self.weights.len()];
        problem.add_rows(problem.slopes(self.loss, &self.products), &mut slopes);
        let rows = || self.products.iter().zip(problem.signs).zip(problem.costs);
        let curvatures = rows()
            .map(|((product, sign), &cost)| self.loss.curvature(sign * product, cost))
            .collect();
        // Slopes are minus the pull of the dual variables; signs do not matter below.
        let share = self.penalty.allowed(&slopes);
        let conjugate = |((product, sign), &cost): ((&f64, &f64), &f64)| {
            self.loss
                .conjugate(-share * self.loss.slope(sign * product, cost), cost)
        };
        let objective = self.penalty.of(&self.weights) + problem.loss(self.loss, &self.products);
        let dual = -rows().map(conjugate).sum::<f64>() - self.penalty.conjugate(&slopes, share);
        Expansion {
            objective,
            gap: (objective - dual).max(0.0),
            slopes,
            curvatures,
        }
    }

    /// Takes one step. Returns whether there was one.
    fn improve(&mut self, expansion: &Expansion, tol: f64) -> bool {
        let active = self.active(expansion);
        let mut model = Quadratic::new(
            self.columns,
            self.penalty,
            &self.weights,
            &expansion.slopes,
            &expansion.curvatures,
        );
        // Where there is a ridge, the squares of the violations are 2 l2 times the gap.
        let near = Near {
            sum: self.near,
            squares: ENOUGH_OF_TOL * tol * expansion.objective * 2.0 * self.penalty.l2,
        };
        if model.minimise(active, near) {
            self.near /= 4.0;
        }
        let along = model.along();
        let step = &model.step;
        self.visits += model.visits;
        // The slope of the objective along the step, the corner of the lasso taken at its far end.
        let moved: Vec<f64> = self
            .weights
            .iter()
            .zip(step)
            .map(|(weight, by)| weight + by)
            .collect();
        let promised = inner(&expansion.slopes, step) + self.penalty.of(&moved)
            - self.penalty.of(&self.weights);
        let mut length = 1.0;
        for _ in 0..MOST_HALVINGS {
            let weights: Vec<f64> = self
                .weights
                .iter()
                .zip(step)
                .map(|(weight, by)| weight + length * by)
                .collect();
            let products: Vec<f64> = self
                .products
                .iter()
                .zip(&along)
                .map(|(product, by)| product + length * by)
                .collect();
            let objective = self.penalty.of(&weights) + self.problem.loss(self.loss, &products);
            // Below the rounding of the objective a step is judged by its promise.
            if objective - expansion.objective
                <= ENOUGH * length * promised + 1e-15 * expansion.objective
            {
                let still = weights == self.weights;
                (self.weights, self.products) = (weights, products);
                return !still;
            }
            length /= 2.0;
        }
        false
    }

    /// Columns that may have to move: those whose weight is not 0, and those near the edge of the
    /// lasso or beyond. The others are looked at again with the next expansion. Says too how exact
    /// the inner fit has to be.
    fn active(&mut self, expansion: &Expansion) -> Vec<u32> {
        let columns = || self.weights.iter().zip(&expansion.slopes);
        let all: f64 = columns()
            .map(|(&weight, &slope)| self.penalty.violation(weight, slope))
            .sum();
        let active = (0..)
            .zip(columns())
            .filter(|(_, (weight, slope))| self.penalty.may_move(**weight, **slope))
            .map(|(at, _)| at)
            .collect();
        self.near = self.near.min(0.2 * all);
        active
    }
}
