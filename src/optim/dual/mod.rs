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
mod face;
mod narrow;
mod stored;

pub use self::stored::{StoredProblem, Unreadable};

use self::coordinates::{DualDescent, Found};
use self::face::{Budget, descend};
use self::narrow::Narrow;
use self::stored::StoredDescent;
use super::{At, Check, Dual, Problem, Solution, Stop};
use crate::base::math::shuffle;
use crate::base::streams::{Stream, random_stream};
use std::convert::Infallible;

/// What the work between two checks is to reach.
#[derive(Clone, Copy)]
struct Goal {
    /// Passes over the chosen rows at most.
    rounds: u32,
    /// The sum of their gaps that is small enough, in the unit of the objective.
    aim: f64,
    /// Visits of a row at most.
    visits: u64,
    /// Where a descent between two passes ends, once there are any.
    enough: Option<f64>,
}

/// Puts rows into random order.
type Mix<'a> = &'a mut (dyn FnMut(&mut [u32]) + Send);

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
    run(
        StoredDescent::new(problem, loss, seed, warm)?,
        stop,
        seed,
        check,
    )
}

/// The work that [`run`] directs, wherever the rows are.
trait Descent {
    /// What can go wrong.
    type Error;
    /// Number of rows.
    fn rows(&self) -> usize;
    /// Works on these rows until the goal is reached. Returns how many rows were visited, each
    /// visit counted.
    fn work(&mut self, chosen: &mut [u32], goal: Goal, mix: Mix<'_>) -> Result<u64, Self::Error>;
    /// Measures every row's gap and the objective at the current weights.
    fn check(&mut self, row_gaps: &mut [f64]) -> Result<Found, Self::Error>;
    /// w is the sum of the dual variables again.
    fn recompute_weights(&mut self) -> Result<(), Self::Error>;
    /// Whether the dual variable of a row is between its bounds, and a parabola there.
    fn is_free(&self, row: usize) -> bool;
    /// The weights and the bias as they are.
    fn plane(&self) -> (&[f64], f64);
    /// The solution.
    fn finish(self, found: &Found, passes: u32, converged: bool) -> Solution;
}

/// Descends until the gap is closed, checking on the way.
fn run<D: Descent>(
    mut descent: D,
    stop: Stop,
    seed: u64,
    check: Check<'_>,
) -> Result<Option<Solution>, D::Error> {
    let rows = descent.rows();
    let mut rng = random_stream(seed, Stream::DualOrder);
    let mut mix = |rows: &mut [u32]| shuffle(rows, &mut rng);
    let mut active: Vec<u32> = (0..rows as u32).collect();
    let mut row_gaps = vec![0.0; rows];
    let mut visits = 0_u64;
    let limit = u64::from(stop.max_iter) * rows as u64;
    let mut goal = Goal::first(limit);
    let mut before = f64::INFINITY;
    loop {
        visits += descent.work(&mut active, goal, &mut mix)?;
        let mut found = descent.check(&mut row_gaps)?;
        let passes = visits.div_ceil(rows.max(1) as u64) as u32;
        let (objective, gap) = (found.primal, found.gap);
        let (weights, bias) = descent.plane();
        if !check(At {
            passes,
            objective,
            gap,
            weights,
            bias,
        }) {
            return Ok(None);
        }
        let over = visits >= limit || !found.primal.is_finite();
        if stop.tol < ROUNDED && (over || found.gap <= stop.tol * found.primal) {
            // w has followed many steps, each rounded: from here on it is the sum of the dual
            // variables again.
            descent.recompute_weights()?;
            found = descent.check(&mut row_gaps)?;
        }
        let converged = found.gap <= stop.tol * found.primal;
        if converged || over {
            return Ok(Some(descent.finish(&found, passes, converged)));
        }
        goal = goal.next(found, before, stop.tol, limit - visits);
        before = found.gap;
        let least = found.gap / rows as f64 * QUIET;
        active.clear();
        active.extend((0..rows as u32).filter(|&row| {
            row_gaps[row as usize] >= least
                || goal.enough.is_some() && descent.is_free(row as usize)
        }));
    }
}

/// Passes over the chosen rows after which every row is measured again.
const MOST_ROUNDS: u32 = 5;
/// Passes before the first measurement: enough to tell which rows need work.
const FIRST_ROUNDS: u32 = 3;
/// A row whose gap is below this share of the mean is left alone until the next measurement. On the
/// tf-idf of SpamAssassin (`benches/against_liblinear.py`) shares of 0.1, 0.03 and 0 take logistic
/// regression at C = 1 to 1e-6 in 38, 23 and 22 ms, and the SVM at C = 10 in 71, 74 and 179 ms.
const QUIET: f64 = 0.03;
/// Below this tolerance the rounding of w along the way is no longer negligible (it is about 1e-13
/// of the objective).
const ROUNDED: f64 = 1e-8;
/// Passes are slow when this share of the gap is left at the next check.
const SLOW: f64 = 0.3;
/// Descents begin below this gap, as a share of the objective: before it most of the variables
/// that a descent moves would end at a bound. On the same matrix 1e-3 takes the hinge at C = 10 to
/// 1e-6 in twice the time of 3e-3.
const SETTLED: f64 = 3e-3;

impl Goal {
    fn first(visits: u64) -> Goal {
        Goal {
            rounds: FIRST_ROUNDS,
            aim: 0.0,
            visits,
            enough: None,
        }
    }

    /// The goal after a check, before which the gap was `before`.
    fn next(self, found: Found, before: f64, tol: f64, visits: u64) -> Goal {
        let enough = tol * found.primal / 2.0;
        let slow = found.gap > SLOW * before && found.gap <= SETTLED * found.primal;
        Goal {
            rounds: MOST_ROUNDS,
            aim: (found.gap / 5.0).max(enough),
            visits,
            enough: (slow || self.enough.is_some()).then_some(enough),
        }
    }
}

impl<L: Dual> Descent for DualDescent<'_, L> {
    type Error = Infallible;

    fn rows(&self) -> usize {
        self.states.len()
    }

    fn work(&mut self, chosen: &mut [u32], goal: Goal, mix: Mix<'_>) -> Result<u64, Infallible> {
        // A copy pays only where there are many passes over few rows.
        if goal.enough.is_none() || chosen.len() > self.states.len() / 2 {
            return Ok(self.rounds(chosen, goal, mix));
        }
        let narrow = Narrow::of(&self.problem, chosen);
        let mut on = self.on(&narrow);
        let mut order: Vec<u32> = (0..chosen.len() as u32).collect();
        let visits = on.rounds(&mut order, goal, mix);
        self.take(&narrow, &on.states, &on.weights, on.bias);
        Ok(visits)
    }

    fn check(&mut self, row_gaps: &mut [f64]) -> Result<Found, Infallible> {
        Ok(self.measure(row_gaps))
    }

    fn recompute_weights(&mut self) -> Result<(), Infallible> {
        self.add_up();
        Ok(())
    }

    fn is_free(&self, row: usize) -> bool {
        self.is_between(row)
    }

    fn plane(&self) -> (&[f64], f64) {
        (&self.weights, self.bias)
    }

    fn finish(self, found: &Found, passes: u32, converged: bool) -> Solution {
        let costs = self.problem.costs.iter().copied();
        let states = self.states.into_iter().zip(costs).collect();
        found.solution(self.weights, self.bias, states, passes, converged)
    }
}

impl<L: Dual> DualDescent<'_, L> {
    fn rounds(&mut self, chosen: &mut [u32], goal: Goal, mix: Mix<'_>) -> u64 {
        let mut visits = 0;
        for round in 1.. {
            mix(chosen);
            // The gaps met on the way tell when another check pays.
            let left = self.pass(chosen);
            visits += chosen.len() as u64;
            if left <= goal.aim || round >= goal.rounds || visits >= goal.visits {
                break;
            }
            if let Some(enough) = goal.enough {
                let visits_left = goal.visits - visits;
                visits += descend(
                    self,
                    Budget {
                        enough,
                        visits: visits_left,
                    },
                );
            }
        }
        visits
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::math::uniform;
    use crate::dataset::CsrMatrix;
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
