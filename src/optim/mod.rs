//! Solvers of linear problems. They know rows, signs and costs, and nothing of mail.
//!
//! `problem` says what is solved, `loss` holds the losses; each further file is one way to the
//! optimum, all behind the one signature [`Solve`]. `dual` takes any loss; `newton` and `lbfgs`
//! follow the gradient of a smooth one by the walk of `primal`. Which one is chosen changes the
//! time it takes, never the problem that is solved, nor what its gap means. `lasso` holds other
//! penalties; `stochastic` goes by the rules of `optimizer`, and so does `backprop`, which teaches
//! the nets of `net`. Both end by `early_stopping`.

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

/// Names of the solvers of a smooth loss.
pub const SOLVERS: &[&str] = &["dual", "newton", "lbfgs"];

/// The solver of that name; `dual` if there is none.
pub fn solver<L: Dual + Smooth>(name: &str) -> Solve<L> {
    match name {
        "newton" => newton::solve,
        "lbfgs" => lbfgs::solve,
        _ => dual::solve,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
            tolerance: 1e-4,
            max_passes: 500,
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
            for name in SOLVERS {
                finite(solver(name)(problem, Logistic, stop, 1, None, &mut |_| {
                    true
                }));
                finite(solver(name)(
                    problem,
                    SquaredHinge,
                    stop,
                    1,
                    None,
                    &mut |_| true,
                ));
                finite(solver(name)(
                    problem,
                    ModifiedHuber,
                    stop,
                    1,
                    None,
                    &mut |_| true,
                ));
            }
            for penalty in [
                Penalty {
                    lasso: 1.0,
                    ridge: 0.0,
                },
                Penalty {
                    lasso: 0.5,
                    ridge: 0.5,
                },
            ] {
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
