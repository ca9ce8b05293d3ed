//! The walk that all gradient methods share: a direction, a step along it, and the stop at a proven
//! gap.
//!
//! For any w the slopes of the losses are feasible dual variables; the dual objective there is
//! lower than the primal one by exactly ‖∇‖² / 2, since w'w / 2 is strongly convex with modulus
//! one. So half the squared gradient is a duality gap, and the stopping rule is that of the dual
//! solver. A step costs no pass over the matrix: along a direction d the products are w'x + t d'x.
//! Its length is the root of the derivative, not the least objective, since near the optimum the
//! derivative has its digits still when differences of the objective have lost theirs.

use super::problem::inner;
use super::{At, Check, Problem, Smooth, Solution, Stop};

/// Where the walk is. Vectors end with the weight of the constant column.
pub(crate) struct Point {
    pub weights: Vec<f64>,
    /// w'x of each row.
    pub products: Vec<f64>,
    pub objective: f64,
    pub gradient: Vec<f64>,
}

/// A way of choosing where to go.
pub(crate) trait Direction<L> {
    /// A direction of descent, and the passes over the rows that finding it took.
    fn choose(&mut self, problem: &Problem<'_>, loss: L, at: &Point) -> (Vec<f64>, u32);
    /// Is told the step that was taken and how the gradient changed.
    fn learn(&mut self, _step: Vec<f64>, _change: Vec<f64>) {}
}

impl Point {
    fn new<L: Smooth>(
        problem: &Problem<'_>,
        loss: L,
        weights: Vec<f64>,
        products: Vec<f64>,
    ) -> Point {
        let objective = inner(&weights, &weights) / 2.0 + problem.loss(loss, &products);
        let mut gradient = weights.clone();
        problem.add_rows(problem.slopes(loss, &products), &mut gradient);
        Point {
            weights,
            products,
            objective,
            gradient,
        }
    }

    fn gap(&self) -> f64 {
        inner(&self.gradient, &self.gradient) / 2.0
    }
}

/// Walks from the weights of `from`, or from 0, until the gap is within the tolerance.
pub(crate) fn walk<L: Smooth>(
    problem: &Problem<'_>,
    loss: L,
    stop: Stop,
    from: Option<&Solution>,
    check: Check<'_>,
    direction: &mut dyn Direction<L>,
) -> Option<Solution> {
    let weights = match from {
        Some(from) if from.weights.len() + 1 == problem.length() => {
            [&from.weights[..], &[from.bias]].concat()
        }
        _ => vec![0.0; problem.length()],
    };
    let products = problem.products(&weights);
    let mut at = Point::new(problem, loss, weights, products);
    let mut passes = 1;
    loop {
        let (bias, weights) = at.weights.split_last().unwrap_or((&0.0, &[]));
        if !check(At {
            passes,
            objective: at.objective,
            gap: at.gap(),
            weights,
            bias: *bias,
        }) {
            return None;
        }
        let converged = at.gap() <= stop.tol * at.objective;
        if converged || passes >= stop.max_iter || !at.objective.is_finite() {
            return Some(finish(at, passes, converged));
        }
        let (towards, spent) = direction.choose(problem, loss, &at);
        passes += spent + 1;
        let Some((next, step)) = advance(problem, loss, &at, &towards) else {
            // Rounding leaves no way down: this is as near as these numbers come.
            return Some(finish(at, passes, false));
        };
        let change = next
            .gradient
            .iter()
            .zip(&at.gradient)
            .map(|(after, before)| after - before)
            .collect();
        direction.learn(step, change);
        at = next;
    }
}

fn finish(at: Point, passes: u32, converged: bool) -> Solution {
    let (gap, primal, mut weights) = (at.gap(), at.objective, at.weights);
    let bias = weights.pop().unwrap_or(0.0);
    Solution {
        weights,
        bias,
        primal,
        gap,
        passes,
        converged,
        states: Vec::new(),
    }
}

/// A step along `towards`, and how far each weight moved. None if there is no way down.
fn advance<L: Smooth>(
    problem: &Problem<'_>,
    loss: L,
    at: &Point,
    towards: &[f64],
) -> Option<(Point, Vec<f64>)> {
    let along = problem.products(towards);
    let length = step_length(problem, loss, at, towards, &along)?;
    let step: Vec<f64> = towards.iter().map(|by| length * by).collect();
    let weights = at
        .weights
        .iter()
        .zip(&step)
        .map(|(weight, by)| weight + by)
        .collect();
    let products = at
        .products
        .iter()
        .zip(&along)
        .map(|(product, by)| product + length * by)
        .collect();
    Some((Point::new(problem, loss, weights, products), step))
}

/// The slope along the direction falls to this share of what it was: near enough to the lowest
/// point of the line.
const FLAT: f64 = 0.1;
/// Trials before the line is given up.
const MOST_TRIALS: u32 = 60;

/// How far to go: the root of the derivative along the line, by Newton's method within a bracket.
fn step_length<L: Smooth>(
    problem: &Problem<'_>,
    loss: L,
    at: &Point,
    towards: &[f64],
    along: &[f64],
) -> Option<f64> {
    let square = inner(towards, towards);
    let start = inner(&at.gradient, towards);
    if !(start < 0.0 && square.is_finite()) {
        return None;
    }
    let outset = inner(&at.weights, towards);
    let (mut low, mut high, mut length) = (0.0, f64::INFINITY, 1.0);
    for _ in 0..MOST_TRIALS {
        let (mut slope, mut curvature) = (outset + length * square, square);
        for (row, (product, by)) in at.products.iter().zip(along).enumerate() {
            let (sign, cost) = (problem.signs[row], problem.costs[row]);
            let margin = sign * (product + length * by);
            slope += sign * by * loss.slope(margin, cost);
            curvature += by * by * loss.curvature(margin, cost);
        }
        if slope.abs() <= -FLAT * start {
            return Some(length);
        }
        if slope < 0.0 {
            low = length;
        } else {
            // Not a number counts as too far.
            high = length;
        }
        let newton = length - slope / curvature;
        let most = if high.is_finite() {
            high
        } else {
            10.0 * length
        };
        length = if newton > low && newton < most {
            newton
        } else {
            f64::midpoint(low, most)
        };
    }
    (low > 0.0).then_some(low)
}
