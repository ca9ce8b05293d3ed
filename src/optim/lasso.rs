//! Coordinate descent for weights that are to be 0: minimise `l1 ‖w‖₁ + l2 w'w / 2 + Σ cost_i
//! · loss(y_i w'x_i)` for a smooth loss.
//!
//! newGLMNET (Yuan, Ho and Lin, JMLR 13, 2012): the losses are replaced by their second-order
//! expansion, that is minimised by cyclic coordinate descent over the columns, and a line search
//! takes the step. Columns whose weight is 0 and whose slope is well within the lasso are left
//! alone until the next expansion. The stop is a duality gap: minus the slopes of the losses,
//! scaled down where l2 is 0 so that they are allowed, are dual variables. The bias is penalised
//! like the others, as LIBLINEAR has it.

use super::problem::inner;
use super::{At, Check, Problem, Smooth, Solution, Stop};
use crate::dataset::CsrMatrix;

/// How weights are held down: `l1 ‖w‖₁ + l2 w'w / 2`; not both 0.
#[derive(Debug, Clone, Copy)]
pub struct Penalty {
    /// Factor of the absolute weights: makes weights 0.
    pub l1: f64,
    /// Factor of half their squares: makes weights small, and equal where tokens go together.
    pub l2: f64,
}

impl Penalty {
    /// The penalty on these weights.
    pub fn of(self, weights: &[f64]) -> f64 {
        self.l1 * weights.iter().map(|weight| weight.abs()).sum::<f64>()
            + self.l2 * inner(weights, weights) / 2.0
    }

    /// The share by which dual variables with `Σ α y x = pull` must be scaled down to be allowed.
    fn allowed(self, pull: &[f64]) -> f64 {
        if self.l2 > 0.0 {
            return 1.0;
        }
        let most = pull.iter().fold(0.0_f64, |most, by| most.max(by.abs()));
        if most > self.l1 { self.l1 / most } else { 1.0 }
    }

    /// The convex conjugate at `share · pull`, where that is allowed.
    fn conjugate(self, pull: &[f64], share: f64) -> f64 {
        if self.l2 == 0.0 {
            return 0.0;
        }
        let beyond = |by: &f64| (share * by.abs() - self.l1).max(0.0).powi(2);
        pull.iter().map(beyond).sum::<f64>() / (2.0 * self.l2)
    }

    /// Where a weight goes if the smooth part has this slope and curvature there.
    fn step(self, weight: f64, slope: f64, curvature: f64) -> f64 {
        let (slope, curvature) = (slope + self.l2 * weight, curvature + self.l2);
        let least = weight - slope / curvature;
        let shrunk = (least.abs() - self.l1 / curvature).max(0.0).copysign(least);
        if shrunk.is_finite() {
            shrunk - weight
        } else {
            0.0
        }
    }
}

/// The penalty of the last weight the path starts with: the least lasso at which all weights are 0,
/// for a share of lasso in the whole.
pub fn least_empty_lasso<L: Smooth>(problem: &Problem<'_>, loss: L) -> f64 {
    let mut pull = vec![0.0; problem.length()];
    problem.add_rows(
        problem.slopes(loss, &vec![0.0; problem.rows.len()]),
        &mut pull,
    );
    pull.iter().fold(0.0, |most, by| most.max(by.abs()))
}

/// Solves a problem with this penalty in place of w'w / 2; see [`Solve`](super::Solve). Nothing is
/// drawn at random.
pub fn solve<L: Smooth>(
    problem: Problem<'_>,
    loss: L,
    penalty: Penalty,
    stop: Stop,
    from: Option<&Solution>,
    check: Check<'_>,
) -> Option<Solution> {
    let weights = match from {
        Some(from) if from.weights.len() + 1 == problem.length() => {
            [&from.weights[..], &[from.bias]].concat()
        }
        _ => vec![0.0; problem.length()],
    };
    let products = problem.products(&weights);
    let columns = Columns::of(&problem);
    let mut descent = LassoDescent {
        problem,
        loss,
        penalty,
        columns,
        weights,
        products,
        visits: 0,
        near: f64::INFINITY,
    };
    loop {
        let expansion = descent.expand();
        let (passes, objective, gap) = (descent.passes(), expansion.objective, expansion.gap);
        let (bias, weights) = descent.weights.split_last().unwrap_or((&0.0, &[]));
        if !check(At {
            passes,
            objective,
            gap,
            weights,
            bias: *bias,
        }) {
            return None;
        }
        let converged = gap <= stop.tol * objective;
        let over = converged || passes >= stop.max_iter || !objective.is_finite();
        if over || !descent.improve(&expansion) {
            let bias = descent.weights.pop().unwrap_or(0.0);
            let (weights, states) = (descent.weights, Vec::new());
            return Some(Solution {
                weights,
                bias,
                primal: objective,
                gap,
                passes,
                converged,
                states,
            });
        }
    }
}

/// The columns of a matrix, each with its rows; the constant one last.
struct Columns(CsrMatrix);

impl Columns {
    fn of(problem: &Problem<'_>) -> Columns {
        let length = problem.length();
        let mut lists: Vec<Vec<(u32, f64)>> = vec![Vec::new(); length];
        for (row, (columns, values)) in (0..).zip(problem.rows.iter()) {
            for (&column, &value) in columns.iter().zip(values) {
                lists[column as usize].push((row, value));
            }
        }
        if problem.bias != 0.0 {
            lists[length - 1] = (0..problem.rows.len() as u32)
                .map(|row| (row, problem.bias))
                .collect();
        }
        let mut by_column = CsrMatrix::new(problem.rows.len());
        for list in lists {
            by_column.push(list);
        }
        Columns(by_column)
    }
}

struct LassoDescent<'a, L> {
    problem: Problem<'a>,
    loss: L,
    penalty: Penalty,
    columns: Columns,
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

/// Rounds over the columns for one expansion.
const MOST_ROUNDS: u32 = 100;
/// Halvings of a step before it is given up.
const MOST_HALVINGS: u32 = 40;
/// Share of the decrease that the slopes promise which a step must bring.
const ENOUGH: f64 = 0.01;

impl<L: Smooth> LassoDescent<'_, L> {
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

    /// How far the optimum condition of a column is from being met; 0 where it is.
    fn violation(&self, weight: f64, slope: f64) -> f64 {
        let slope = slope + self.penalty.l2 * weight;
        if weight == 0.0 {
            (slope.abs() - self.penalty.l1).max(0.0)
        } else {
            (slope + self.penalty.l1.copysign(weight)).abs()
        }
    }

    /// Takes one step. Returns whether there was one.
    fn improve(&mut self, expansion: &Expansion) -> bool {
        let active = self.active(expansion);
        let (step, along) = self.minimise(expansion, active);
        // The slope of the objective along the step, the corner of the lasso taken at its far end.
        let moved: Vec<f64> = self
            .weights
            .iter()
            .zip(&step)
            .map(|(weight, by)| weight + by)
            .collect();
        let promised = inner(&expansion.slopes, &step) + self.penalty.of(&moved)
            - self.penalty.of(&self.weights);
        let mut length = 1.0;
        for _ in 0..MOST_HALVINGS {
            let weights: Vec<f64> = self
                .weights
                .iter()
                .zip(&step)
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

    /// Columns that may have to move: all but those well within the lasso at 0. Says too how exact
    /// the inner fit has to be.
    fn active(&mut self, expansion: &Expansion) -> Vec<u32> {
        let columns = || self.weights.iter().zip(&expansion.slopes);
        let violations = || columns().map(|(&weight, &slope)| self.violation(weight, slope));
        let (worst, all) =
            violations().fold((0.0_f64, 0.0), |(worst, all), by| (worst.max(by), all + by));
        let within = self.penalty.l1 - worst;
        let may_move = |(&weight, slope): (&f64, &f64)| weight != 0.0 || slope.abs() >= within;
        let active = (0..)
            .zip(columns())
            .filter(|(_, column)| may_move(*column))
            .map(|(at, _)| at)
            .collect();
        self.near = self.near.min(0.1 * all);
        active
    }

    /// The step that minimises the expansion over these columns, and what it adds to each row's
    /// product.
    fn minimise(&mut self, expansion: &Expansion, mut active: Vec<u32>) -> (Vec<f64>, Vec<f64>) {
        let mut step = vec![0.0; self.weights.len()];
        let mut along = vec![0.0; self.products.len()];
        let mut curvatures = vec![f64::NAN; self.weights.len()];
        for round in 0..MOST_ROUNDS {
            let mut violated = 0.0;
            active.retain(|&column| {
                let (rows, values) = self.columns.0.row(column as usize);
                self.visits += rows.len();
                let at = column as usize;
                let entries = || rows.iter().map(|row| *row as usize).zip(values);
                if curvatures[at].is_nan() {
                    curvatures[at] = entries()
                        .map(|(row, value)| expansion.curvatures[row] * value * value)
                        .sum();
                }
                let pull: f64 = entries()
                    .map(|(row, value)| expansion.curvatures[row] * value * along[row])
                    .sum();
                let weight = self.weights[at] + step[at];
                let slope = expansion.slopes[at] + pull;
                let violation = self.violation(weight, slope);
                violated += violation;
                // A column no row bends still has a slope: the least curvature keeps its step
                // finite.
                let by = self.penalty.step(weight, slope, curvatures[at].max(1e-12));
                if by != 0.0 {
                    step[at] += by;
                    entries().for_each(|(row, value)| along[row] += by * value);
                }
                weight != 0.0 || by != 0.0 || slope.abs() >= 0.9 * self.penalty.l1
            });
            if violated <= self.near {
                if round == 0 {
                    self.near /= 4.0;
                }
                break;
            }
        }
        (step, along)
    }
}
