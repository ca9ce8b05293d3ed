//! Linear support vector machine: the widest margin between the classes, `w'w / 2 + C Σ max(0, 1 -
//! y w'x)²`, or the plain hinge, or modified Huber, by which a wrong label
//! pulls no harder than 4 C.
//!
//! The bias is a column of ones and is regularised like the rest, as LIBLINEAR has it. Solved in
//! the dual to a proven gap (Hsieh et al., ICML 2008; see `optim::dual`). Its score is a margin,
//! not a probability; calibration makes one of it.

use super::common::{
    LinearRepresentation, MAX_ITER, REPRESENTATION, SOLVER, TOL, cost, works_on_disk,
};
use super::path::{PathLearner, PathSettings, path_settings};
use crate::base::choices::{Choice, choices};
use crate::discriminative::problem::{CLASS_WEIGHT, ClassWeight};
use crate::model::{Auto, MarginLoss, Setting, settings};
use crate::optim::{
    Check, Hinge, ModifiedHuber, Problem, Solution, Solver, SquaredHinge, StoredProblem,
    Unreadable, dual,
};

/// Learns a [`Linear`](super::common::Linear) model by hinge loss.
pub struct LinearSvm;

choices! {
    /// What a margin short of 1 costs.
    pub enum SvmLoss {
        /// max(0, 1 - m)².
        SquaredHinge = "squared_hinge",
        /// max(0, 1 - m).
        Hinge = "hinge",
        /// The square, straight from m = -1 on.
        ModifiedHuber = "modified_huber",
    }
}

impl From<SvmLoss> for MarginLoss {
    fn from(loss: SvmLoss) -> MarginLoss {
        match loss {
            SvmLoss::SquaredHinge => MarginLoss::SquaredHinge,
            SvmLoss::Hinge => MarginLoss::Hinge,
            SvmLoss::ModifiedHuber => MarginLoss::ModifiedHuber,
        }
    }
}

settings! {
    /// Settings of [`LinearSvm`].
    pub struct SvmSettings {
        c: Auto = cost(SVM_C_GRID),
        loss: SvmLoss = Setting::one_of(SvmLoss::SquaredHinge, "loss of a message by its margin"),
        tol: f64 = TOL,
        max_iter: u32 = MAX_ITER,
        representation: LinearRepresentation = REPRESENTATION,
        solver: Solver = SOLVER,
        class_weight: ClassWeight = CLASS_WEIGHT,
    }
}

/// Values C takes when it is left to training: a margin needs less of it than a likelihood.
const SVM_C_GRID: &[f64] = &[0.1, 1.0, 10.0];

path_settings!(SvmSettings);

impl PathLearner for LinearSvm {
    const NAME: &'static str = "svm";
    const SUMMARY: &'static str = "\
        linear support vector machine: only the emails nearest to the boundary decide where it \
        runs, on a sparse matrix";
    const DEFAULT: bool = true;
    const TUNABLE: &'static [&'static str] = &["class_weight"];
    const FROM_DISK: bool = true;
    type Settings = SvmSettings;
    type Kept = ();

    fn loss(settings: &SvmSettings) -> MarginLoss {
        settings.loss.into()
    }

    fn applicable(settings: &SvmSettings) -> Result<(), String> {
        match (settings.loss, settings.solver) {
            (SvmLoss::Hinge, solver @ (Solver::Newton | Solver::Lbfgs)) => Err(format!(
                "the hinge has a corner, which {} cannot take: use svm.solver=dual",
                solver.name()
            )),
            (SvmLoss::Hinge, Solver::Dual)
            | (SvmLoss::SquaredHinge | SvmLoss::ModifiedHuber, _) => Ok(()),
        }
    }

    fn solve(
        settings: &SvmSettings,
        problem: Problem<'_>,
        seed: u64,
        from: Option<&Solution>,
        (): &mut (),
        check: Check<'_>,
    ) -> Option<Solution> {
        let (solver, stop) = (settings.solver, settings.stop());
        match settings.loss {
            SvmLoss::SquaredHinge => solver.solve()(problem, SquaredHinge, stop, seed, from, check),
            SvmLoss::Hinge => dual::solve(problem, Hinge, stop, seed, from, check),
            SvmLoss::ModifiedHuber => {
                solver.solve()(problem, ModifiedHuber, stop, seed, from, check)
            }
        }
    }

    fn works_on_disk(settings: &SvmSettings) -> Result<(), String> {
        works_on_disk(<Self as PathLearner>::NAME, settings.solver)
    }

    fn solve_stored(
        settings: &SvmSettings,
        problem: &dyn StoredProblem,
        seed: u64,
        from: Option<&Solution>,
        check: Check<'_>,
    ) -> Result<Option<Solution>, Unreadable> {
        let stop = settings.stop();
        match settings.loss {
            SvmLoss::SquaredHinge => {
                dual::solve_stored(problem, SquaredHinge, stop, seed, from, check)
            }
            SvmLoss::Hinge => dual::solve_stored(problem, Hinge, stop, seed, from, check),
            SvmLoss::ModifiedHuber => {
                dual::solve_stored(problem, ModifiedHuber, stop, seed, from, check)
            }
        }
    }
}
