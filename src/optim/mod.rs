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
mod primal;
mod problem;
pub mod stochastic;

pub use loss::{Dual, Hinge, Logistic, Loss, Measure, ModifiedHuber, Smooth, SquaredHinge, Visit};
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
    use crate::optim::lasso::Penalty;

    /// Rows of nothing, rows all alike, and numbers of 1e12: a finite answer, and an end.
    #[test]
    fn no_solver_fails_on_degenerate_rows() {
        let rows = |of: [&[(u32, f64)]; 3]| {
            let mut rows = CsrMatrix::new(2);
            for row in of {
                rows.push(row.iter().copied());
            }
            rows
        };
        let zero = rows([&[], &[], &[]]);
        let same = rows([&[(0, 1.0)], &[(0, 1.0)], &[(0, 1.0), (1, 1.0)]]);
        let huge = rows([&[(0, 1e12)], &[(0, -1e12)], &[(1, 1e-12)]]);
        let stop = Stop {
            tol: 1e-4,
            max_iter: 500,
        };
        for (rows, cost) in [&zero, &same, &huge]
            .into_iter()
            .flat_map(|rows| [(rows, 1e-6), (rows, 1e6)])
        {
            let problem = Problem {
                rows,
                signs: &[1.0, -1.0, 1.0],
                costs: &[cost; 3],
                bias: 1.0,
            };
            let finite = |solution: Option<Solution>| {
                let solution = solution
                    .into_iter()
                    .next()
                    .map(|of| (of.weights, of.bias, of.primal, of.gap));
                let (weights, bias, primal, gap) = solution.unwrap_or_default();
                assert!(
                    weights.len() == 2
                        && weights
                            .iter()
                            .chain([&bias, &primal, &gap])
                            .all(|x| x.is_finite())
                );
            };
            for solver in Solver::ALL {
                let mut go_on = |_: At<'_>| true;
                finite(solver.solve()(problem, Logistic, stop, 1, None, &mut go_on));
                finite(solver.solve()(
                    problem,
                    SquaredHinge,
                    stop,
                    1,
                    None,
                    &mut go_on,
                ));
                finite(solver.solve()(
                    problem,
                    ModifiedHuber,
                    stop,
                    1,
                    None,
                    &mut go_on,
                ));
            }
            for penalty in [Penalty { l1: 1.0, l2: 0.0 }, Penalty { l1: 0.5, l2: 0.5 }] {
                finite(lasso::solve(
                    problem,
                    Logistic,
                    penalty,
                    stop,
                    None,
                    &mut |_| true,
                ));
                finite(lasso::solve(
                    problem,
                    SquaredHinge,
                    penalty,
                    stop,
                    None,
                    &mut |_| true,
                ));
            }
        }
    }
}
