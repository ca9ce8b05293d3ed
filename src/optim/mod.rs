//! Solvers of linear problems. They know rows, signs and costs, and nothing of mail.
//!
//! `problem` says what is solved, `loss` holds the losses; each further file is one way to the
//! optimum, all behind the one signature [`Solve`]. `dual` takes any loss; `newton` and `lbfgs`
//! follow the gradient of a smooth one by the walk of `primal`. Which one is chosen changes the
//! time it takes, never the problem that is solved, nor what its gap means. `lasso` holds other
//! penalties; `stochastic` steps by the rules of `optimizer`, as `nn` does. Both end by
//! `early_stopping`.

pub mod dual;
pub mod early_stopping;
pub mod em;
pub mod lasso;
pub mod lbfgs;
mod loss;
pub mod newton;
pub mod optimizer;
mod penalty;
mod primal;
mod problem;
mod quadratic;
pub mod stochastic;

pub use dual::{StoredProblem, Unreadable};
pub use loss::{
    Dual, Hinge, Logistic, Loss, Measure, ModifiedHuber, Parabola, Smooth, SquaredHinge, Visit,
};
pub use problem::{At, Check, Problem, Solution, Solve, Stop, primal_objective};

use crate::base::choices::choices;

choices! {
    /// The solvers of a smooth loss.
    pub enum Solver {
        /// See [`dual`].
        Dual = "dual",
        /// See [`newton`].
        Newton = "newton",
        /// See [`lbfgs`].
        Lbfgs = "lbfgs",
    }
}

impl Solver {
    /// How it solves a problem of the loss `L`.
    pub fn solve<L: Dual + Smooth>(self) -> Solve<L> {
        match self {
            Solver::Dual => dual::solve,
            Solver::Newton => newton::solve,
            Solver::Lbfgs => lbfgs::solve,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::choices::Choice;
    use crate::dataset::CsrMatrix;
    use crate::optim::lasso::{Columns, Penalty};

    const STOP: Stop = Stop {
        tol: 1e-4,
        max_iter: 500,
    };

    fn matrix(rows: [&[(u32, f32)]; 3]) -> CsrMatrix {
        let mut matrix = CsrMatrix::new(2);
        for row in rows {
            matrix.push(row.iter().copied());
        }
        matrix
    }

    /// Calls `solve` with rows of nothing, rows all alike, and numbers of 1e12, each at a low and
    /// a high cost: it must give a finite answer, and come to an end.
    fn on_degenerate_rows(solve: impl Fn(Problem<'_>) -> Option<Solution>) {
        let degenerate = [
            matrix([&[], &[], &[]]),
            matrix([&[(0, 1.0)], &[(0, 1.0)], &[(0, 1.0), (1, 1.0)]]),
            matrix([&[(0, 1e12)], &[(0, -1e12)], &[(1, 1e-12)]]),
        ];
        for (rows, cost) in degenerate
            .iter()
            .flat_map(|rows| [(rows, 1e-6), (rows, 1e6)])
        {
            let solution = solve(Problem {
                rows,
                signs: &[1.0, -1.0, 1.0],
                costs: &[cost; 3],
                bias: 1.0,
            });
            let solution = solution.unwrap();
            let numbers = [solution.bias, solution.primal, solution.gap];
            let mut numbers = solution.weights.iter().chain(&numbers);
            assert!(numbers.all(|number| number.is_finite()), "{solution:?}");
            assert_eq!(solution.weights.len(), 2);
        }
    }

    fn no_solver_fails_with<L: Dual + Smooth + Copy>(loss: L) {
        for solver in Solver::ALL {
            on_degenerate_rows(|problem| {
                solver.solve()(problem, loss, STOP, 1, None, &mut |_| true)
            });
        }
    }

    #[test]
    fn no_solver_fails_on_degenerate_rows() {
        no_solver_fails_with(Logistic);
        no_solver_fails_with(SquaredHinge);
        no_solver_fails_with(ModifiedHuber);
    }

    #[test]
    fn the_lasso_does_not_fail_on_degenerate_rows() {
        for penalty in [Penalty { l1: 1.0, l2: 0.0 }, Penalty { l1: 0.5, l2: 0.5 }] {
            on_degenerate_rows(|problem| {
                let columns = Columns::of(&problem);
                lasso::solve(
                    problem,
                    &columns,
                    Logistic,
                    penalty,
                    STOP,
                    None,
                    &mut |_| true,
                )
            });
            on_degenerate_rows(|problem| {
                let columns = Columns::of(&problem);
                lasso::solve(
                    problem,
                    &columns,
                    SquaredHinge,
                    penalty,
                    STOP,
                    None,
                    &mut |_| true,
                )
            });
        }
    }

    #[test]
    fn the_lasso_can_be_stopped_anywhere_and_tells_of_the_whole_problem_from_the_start() {
        const COST: f64 = 1e6;
        let rows = matrix([&[(0, 1.0)], &[(0, -1.0), (1, 0.5)], &[(1, 1.0)]]);
        let problem = Problem {
            rows: &rows,
            signs: &[1.0, -1.0, -1.0],
            costs: &[COST; 3],
            bias: 1.0,
        };
        let penalty = Penalty { l1: 0.5, l2: 0.5 };
        let columns = Columns::of(&problem);
        let solve = |check: Check<'_>| {
            lasso::solve(problem, &columns, Logistic, penalty, STOP, None, check)
        };
        let mut told = Vec::new();
        let solution = solve(&mut |at| {
            told.push((at.objective, at.gap));
            true
        });
        let solution = solution.unwrap();
        // With no weights each of the three rows costs ln 2, at the cost of the whole.
        let nothing = 3.0 * COST * std::f64::consts::LN_2;
        assert!((told[0].0 / nothing - 1.0).abs() < 1e-12);
        assert_eq!(told.last(), Some(&(solution.primal, solution.gap)));
        // Every gap is one: no objective less it is above the optimum.
        let bounded = |&(objective, gap): &(f64, f64)| objective - gap <= solution.primal;
        assert!(told.iter().all(bounded), "{told:?}");
        for last in 0..told.len() {
            let mut calls = 0;
            let stopped = solve(&mut |_| {
                calls += 1;
                calls <= last
            });
            assert!(stopped.is_none() && calls == last + 1, "{last}");
        }
    }
}
