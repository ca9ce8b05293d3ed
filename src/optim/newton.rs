//! Newton's method on the primal problem, its linear systems solved roughly by preconditioned
//! conjugate gradients.
//!
//! The Hessian is H = I + Σ c x x' with c the curvature of each row's loss; H d costs two passes
//! and no matrix. Truncated Newton with a line search: Galli and Lin, "A study on truncated Newton
//! methods for linear classification", IEEE TNNLS 33 (2022), which LIBLINEAR has used since 2.40 in
//! place of a trust region; the preconditioner `0.01 diag(H) + 0.99 I` is that of Hsia, Chiang and
//! Lin, ACML 2018. For a squared hinge H is a generalised one (Keerthi and DeCoste, JMLR 6, 2005).

use super::primal::{Direction, Point, walk};
use super::problem::inner;
use super::{Check, Problem, Smooth, Solution, Stop};

/// Solves a problem; see [`Solve`](super::Solve). Nothing is drawn at random.
pub fn solve<L: Smooth>(
    problem: Problem<'_>,
    loss: L,
    stop: Stop,
    _: u64,
    from: Option<&Solution>,
    check: Check<'_>,
) -> Option<Solution> {
    walk(&problem, loss, stop, from, check, &mut Newton)
}

/// The residual of a system may be this share of the gradient, or less near the optimum.
const ROUGH: f64 = 0.1;
/// Steps of conjugate gradients before the direction is taken as it is.
const MOST_STEPS: u32 = 200;
/// How much of the preconditioner is the diagonal.
const DIAGONAL: f64 = 0.01;

struct Newton;

impl<L: Smooth> Direction<L> for Newton {
    fn choose(&mut self, problem: &Problem<'_>, loss: L, at: &Point) -> (Vec<f64>, u32) {
        let rows = at.products.iter().zip(problem.signs).zip(problem.costs);
        let curvatures: Vec<f64> = rows
            .map(|((product, sign), &cost)| loss.curvature(sign * product, cost))
            .collect();
        let conditioner = conditioner(problem, &curvatures);
        let condition = |vector: &[f64]| -> Vec<f64> {
            vector
                .iter()
                .zip(&conditioner)
                .map(|(x, by)| x / by)
                .collect()
        };
        let mut direction = vec![0.0; problem.length()];
        let mut residual: Vec<f64> = at.gradient.iter().map(|slope| -slope).collect();
        let mut search = condition(&residual);
        let mut square = inner(&residual, &search);
        let first = square;
        let near = ROUGH.min(first.sqrt() / at.objective).powi(2);
        let mut steps = 0;
        while steps < MOST_STEPS && square > near.max(1e-12) * first {
            let bent = bend(problem, &curvatures, &search);
            let length = square / inner(&search, &bent);
            steps += 1;
            if !length.is_finite() {
                break;
            }
            for at in 0..direction.len() {
                direction[at] += length * search[at];
                residual[at] -= length * bent[at];
            }
            let conditioned = condition(&residual);
            let next = inner(&residual, &conditioned);
            let keep = next / square;
            square = next;
            search
                .iter_mut()
                .zip(conditioned)
                .for_each(|(search, new)| *search = new + keep * *search);
        }
        (direction, steps + 1)
    }
}

/// H v.
pub(crate) fn bend(problem: &Problem<'_>, curvatures: &[f64], vector: &[f64]) -> Vec<f64> {
    let products = problem.products(vector);
    let mut bent = vector.to_vec();
    problem.add_rows(
        products
            .iter()
            .zip(curvatures)
            .map(|(product, curvature)| product * curvature),
        &mut bent,
    );
    bent
}

/// The diagonal of the preconditioner.
fn conditioner(problem: &Problem<'_>, curvatures: &[f64]) -> Vec<f64> {
    let mut diagonal = vec![1.0; problem.length()];
    let mut constant = 0.0;
    for (curvature, (columns, values)) in curvatures.iter().zip(problem.rows.iter()) {
        if *curvature != 0.0 {
            columns.iter().zip(values).for_each(|(&column, value)| {
                diagonal[column as usize] += curvature * f64::from(*value) * f64::from(*value);
            });
            constant += curvature;
        }
    }
    diagonal[problem.rows.columns()] += problem.bias * problem.bias * constant;
    diagonal
        .iter()
        .map(|entry| DIAGONAL * entry + (1.0 - DIAGONAL))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::CsrMatrix;
    use crate::optim::{Logistic, ModifiedHuber, SquaredHinge};

    fn agrees<L: Smooth>(loss: L) {
        let mut rows = CsrMatrix::new(3);
        rows.push([(0, 1.0), (2, -0.5)]);
        rows.push([(1, 2.0)]);
        rows.push([(0, 0.3), (1, -0.7), (2, 1.1)]);
        let problem = Problem {
            rows: &rows,
            signs: &[1.0, -1.0, -1.0],
            costs: &[2.0, 0.5, 3.0],
            bias: 1.5,
        };
        let weights = [0.2, -0.4, 0.9, 0.1];
        let products = problem.products(&weights);
        let gradient = |weights: &[f64]| {
            let mut gradient = weights.to_vec();
            problem.add_rows(
                problem.slopes(loss, &problem.products(weights)),
                &mut gradient,
            );
            gradient
        };
        let objective = |w: &[f64]| inner(w, w) / 2.0 + problem.loss(loss, &problem.products(w));
        let curvatures: Vec<f64> = products
            .iter()
            .zip(problem.signs)
            .zip(problem.costs)
            .map(|((product, sign), &cost)| loss.curvature(sign * product, cost))
            .collect();
        for column in 0..4 {
            let step = 1e-6;
            let moved = |by: f64| -> Vec<f64> {
                (0..4)
                    .map(|at| weights[at] + if at == column { by } else { 0.0 })
                    .collect()
            };
            let slope = (objective(&moved(step)) - objective(&moved(-step))) / (2.0 * step);
            assert!(
                (slope - gradient(&weights)[column]).abs() < 1e-8,
                "gradient, column {column}"
            );
            let unit: Vec<f64> = (0..4).map(|at| f64::from(u8::from(at == column))).collect();
            let bent = bend(&problem, &curvatures, &unit);
            let (after, before) = (gradient(&moved(step)), gradient(&moved(-step)));
            for at in 0..4 {
                assert!(
                    (bent[at] - (after[at] - before[at]) / (2.0 * step)).abs() < 1e-7,
                    "Hessian, {column} {at}"
                );
            }
        }
    }

    #[test]
    fn gradient_and_hessian_are_the_differences() {
        agrees(Logistic);
        agrees(SquaredHinge);
        agrees(ModifiedHuber);
    }
}
