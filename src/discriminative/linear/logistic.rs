//! Logistic regression: p(spam | mail) = σ(w'x + b), with w minimising `w'w / 2 + C Σ ln(1 + exp(-y
//! w'x))`.
//!
//! The bias is a column of ones and is regularised like the rest, as LIBLINEAR has it. Solved in
//! the dual to a proven gap (Yu, Huang and Lin, Machine Learning 85, 2011; see `optim::dual`).
//! Reads tf-idf rows of unit length unless told otherwise.

use super::common::{
    C_GRID, LinearRepresentation, MAX_ITER, REPRESENTATION, SOLVER, TOL, cost, works_on_disk,
};
use super::path::{PathLearner, PathSettings, path_settings};
use crate::discriminative::problem::{CLASS_WEIGHT, ClassWeight};
use crate::model::{Auto, MarginLoss, settings};
use crate::optim::{Check, Logistic, Problem, Solution, Solver, StoredProblem, Unreadable, dual};

/// Learns a [`Linear`](super::common::Linear) model by logistic loss.
pub struct LogisticRegression;

settings! {
    /// Settings of [`LogisticRegression`].
    pub struct LogisticSettings {
        c: Auto = cost(C_GRID),
        tol: f64 = TOL,
        max_iter: u32 = MAX_ITER,
        representation: LinearRepresentation = REPRESENTATION,
        solver: Solver = SOLVER,
        class_weight: ClassWeight = CLASS_WEIGHT,
    }
}

path_settings!(LogisticSettings);

impl PathLearner for LogisticRegression {
    const NAME: &'static str = "logistic";
    const SUMMARY: &'static str = "\
        L2-regularised logistic regression: learns the probability of spam directly, to a proven \
        optimum, on a sparse matrix";
    const DEFAULT: bool = true;
    const TUNABLE: &'static [&'static str] = &["class_weight"];
    const FROM_DISK: bool = true;
    type Settings = LogisticSettings;
    type Kept = ();

    fn loss(_: &LogisticSettings) -> MarginLoss {
        MarginLoss::Logistic
    }

    fn solve(
        settings: &LogisticSettings,
        problem: Problem<'_>,
        seed: u64,
        from: Option<&Solution>,
        (): &mut (),
        check: Check<'_>,
    ) -> Option<Solution> {
        settings.solver.solve()(problem, Logistic, settings.stop(), seed, from, check)
    }

    fn works_on_disk(settings: &LogisticSettings) -> Result<(), String> {
        works_on_disk(<Self as PathLearner>::NAME, settings.solver)
    }

    fn solve_stored(
        settings: &LogisticSettings,
        problem: &dyn StoredProblem,
        seed: u64,
        from: Option<&Solution>,
        check: Check<'_>,
    ) -> Result<Option<Solution>, Unreadable> {
        dual::solve_stored(problem, Logistic, settings.stop(), seed, from, check)
    }
}
