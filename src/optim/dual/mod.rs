//! Dual coordinate descent to a proven duality gap, for any loss that is [`Dual`].
//!
//! Hsieh et al., ICML 2008: one dual variable at a time is set to its optimum while w = Σ α_i y_i
//! x_i follows. Instead of their shrinking rule a row is left alone while its own share of the
//! duality gap is small beside the others' (the gap is a sum over rows, see `loss`): each check
//! measures every row's gap at the current w, and until the next check only rows with at least 0.03
//! of the mean are visited. A check is also the stopping rule, so no row is forgotten. Primal and
//! gap are always those of the weights returned.
//!
//! Once that gets slow, and if the conjugate of the loss is a parabola between bounds, passes take
//! turns with descents among all the variables between them, see `face`. Rows that do not fit into
//! memory are worked on block by block, see `stored`.

mod coordinates;
mod descent;
mod face;
mod in_memory;
mod narrow;
mod stored;

pub use self::stored::{StoredProblem, Unreadable};

use self::coordinates::DualDescent;
use self::descent::run;
use self::stored::StoredDescent;
use super::{Check, Dual, Problem, Solution, Stop};

/// Solves a problem; see [`Solve`](super::Solve).
pub fn solve<L: Dual>(
    problem: Problem<'_>,
    loss: L,
    stop: Stop,
    seed: u64,
    warm: Option<&Solution>,
    check: Check<'_>,
) -> Option<Solution> {
    let descent = DualDescent::new(problem, loss, warm);
    match run(descent, stop, seed, check) {
        Ok(solution) => solution,
        Err(never) => match never {},
    }
}

/// Solves a problem whose rows are on disk, see [`StoredProblem`]; None if it was told not to go
/// on.
///
/// # Errors
/// Rows that could not be read.
pub fn solve_stored<L: Dual>(
    problem: &dyn StoredProblem,
    loss: L,
    stop: Stop,
    seed: u64,
    warm: Option<&Solution>,
    check: Check<'_>,
) -> Result<Option<Solution>, Unreadable> {
    run(StoredDescent::new(problem, loss, warm)?, stop, seed, check)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::math::uniform;
    use crate::base::streams::{Stream, random_stream};
    use crate::dataset::CsrMatrix;
    use crate::optim::At;
    use crate::optim::{Hinge, Logistic, ModifiedHuber, SquaredHinge, primal_objective};

    const EXACT: Stop = Stop {
        tol: 1e-12,
        max_iter: 100_000,
    };

    fn rows(of: &[&[(u32, f32)]], columns: usize) -> CsrMatrix {
        let mut rows = CsrMatrix::new(columns);
        for row in of {
            rows.push(row.iter().copied());
        }
        rows
    }

    fn certified<L: Dual>(problem: Problem<'_>, loss: L) -> Solution {
        solve(problem, loss, EXACT, 1, None, &mut |At { gap, .. }| {
            assert!(gap >= 0.0);
            true
        })
        .unwrap()
    }

    #[test]
    fn two_points_on_a_line_give_the_hand_worked_optimum() {
        // x = 2 spam, x = -2 ham, no bias: minimise w²/2 + 2 C loss(2 w).
        let rows = rows(&[&[(0, 2.0)], &[(0, -2.0)]], 1);
        let solved = |cost: f64, solve: &dyn Fn(Problem<'_>) -> Solution| {
            solve(Problem {
                rows: &rows,
                signs: &[1.0, -1.0],
                costs: &[cost; 2],
                bias: 0.0,
            })
        };
        let (hinge, squared) = (
            |problem: Problem<'_>| certified(problem, Hinge),
            |problem: Problem<'_>| certified(problem, SquaredHinge),
        );
        let (huber, logistic) = (
            |problem: Problem<'_>| certified(problem, ModifiedHuber),
            |problem: Problem<'_>| certified(problem, Logistic),
        );
        // Hinge, C small: w = Σ C x = 4 C as long as the margin 8 C stays below 1; C large: margin
        // exactly 1, w = 1/2.
        assert!((solved(0.05, &hinge).weights[0] - 0.2).abs() < 1e-10);
        assert!((solved(10.0, &hinge).weights[0] - 0.5).abs() < 1e-10);
        // Squared hinge: w = 8 C (1 - 2 w), so w = 8 C / (1 + 16 C).
        assert!((solved(0.5, &squared).weights[0] - 4.0 / 9.0).abs() < 1e-6);
        // Modified Huber: the same, for no margin is below -1.
        assert!((solved(0.5, &huber).weights[0] - 4.0 / 9.0).abs() < 1e-6);
        // Logistic: w = 4 C σ(-2 w); with C = (1 + e²)/4 that is w = 1.
        let cost = (1.0 + 2f64.exp()) / 4.0;
        let logistic = solved(cost, &logistic);
        assert!(
            (logistic.weights[0] - 1.0).abs() < 1e-6,
            "{}",
            logistic.weights[0]
        );
        let objective = 0.5 + 2.0 * cost * (1.0 + (-2f64).exp()).ln();
        assert!((logistic.primal - objective).abs() < 1e-10);
    }

    fn random(seed: u64, count: usize, columns: u32) -> (CsrMatrix, Vec<f64>) {
        let mut rng = random_stream(seed, Stream::Test(0));
        let mut rows = CsrMatrix::new(columns as usize);
        let mut signs = Vec::new();
        for _ in 0..count {
            let sign = if uniform(&mut rng) < 0.4 { 1.0 } else { -1.0 };
            let mut entry = |column: u32| (column, (uniform(&mut rng) - 0.5 + sign * 0.1) as f32);
            let row: Vec<(u32, f32)> = (0..columns)
                .map(&mut entry)
                .filter(|(_, value)| value.abs() > 0.2)
                .collect();
            rows.push(row);
            signs.push(sign);
        }
        (rows, signs)
    }

    fn certify<L: Dual>(loss: L, costs: [f64; 2]) {
        let (rows, signs) = random(3, 200, 30);
        let costs: Vec<f64> = signs
            .iter()
            .map(|sign| costs[usize::from(*sign > 0.0)])
            .collect();
        let problem = Problem {
            rows: &rows,
            signs: &signs,
            costs: &costs,
            bias: 1.0,
        };
        let solution = certified(problem, loss);
        assert!(solution.converged && solution.gap <= 1e-12 * solution.primal);
        let objective = primal_objective(&problem, loss, &solution.weights, solution.bias);
        assert!((objective - solution.primal).abs() <= 1e-12 * objective);
        // No step in any direction makes it smaller.
        let mut rng = random_stream(4, Stream::Test(0));
        for _ in 0..50 {
            let near: Vec<f64> = solution
                .weights
                .iter()
                .map(|weight| weight + 1e-3 * (uniform(&mut rng) - 0.5))
                .collect();
            assert!(
                primal_objective(&problem, loss, &near, solution.bias) >= objective * (1.0 - 1e-12)
            );
        }
        // A warm start leads to the same optimum.
        let tenth: Vec<f64> = costs.iter().map(|cost| cost / 10.0).collect();
        let start = certified(
            Problem {
                costs: &tenth,
                ..problem
            },
            loss,
        );
        let warm = solve(problem, loss, EXACT, 9, Some(&start), &mut |_| true).unwrap();
        assert!((warm.primal - solution.primal).abs() <= 2e-12 * objective);
    }

    #[test]
    fn optima_are_certified_and_reached_from_a_warm_start() {
        certify(Hinge, [0.7, 0.7]);
        certify(SquaredHinge, [1.0, 3.0]);
        certify(ModifiedHuber, [3.0, 1.0]);
        certify(Logistic, [20.0, 20.0]);
    }

    #[test]
    fn degenerate_rows_end_in_finite_numbers() {
        let zero = rows(&[&[], &[], &[]], 2);
        let same = rows(&[&[(0, 1.0)], &[(0, 1.0)], &[(0, 1.0), (1, 1.0)]], 2);
        let huge = rows(&[&[(0, 1e12)], &[(0, -1e12)], &[(1, 1e-12)]], 2);
        for rows in [&zero, &same, &huge] {
            let problem = Problem {
                rows,
                signs: &[1.0, -1.0, 1.0],
                costs: &[1e6; 3],
                bias: 1.0,
            };
            let stop = Stop {
                tol: 1e-4,
                max_iter: 200,
            };
            for solution in [
                solve(problem, Hinge, stop, 1, None, &mut |_| true),
                solve(problem, ModifiedHuber, stop, 1, None, &mut |_| true),
                solve(problem, SquaredHinge, stop, 1, None, &mut |_| true),
                solve(problem, Logistic, stop, 1, None, &mut |_| true),
            ] {
                let solution = solution.unwrap();
                assert!(
                    solution.weights.iter().all(|weight| weight.is_finite())
                        && solution.primal.is_finite()
                );
            }
        }
        let problem = Problem {
            rows: &same,
            signs: &[1.0, -1.0, 1.0],
            costs: &[1.0; 3],
            bias: 0.0,
        };
        assert!(
            solve(problem, Hinge, EXACT, 1, None, &mut |_| false).is_none(),
            "cancelled"
        );
    }
}
