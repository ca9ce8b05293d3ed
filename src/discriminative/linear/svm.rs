//! Linear support vector machine: the widest margin between the classes, `w'w / 2 + C Σ max(0, 1 -
//! y w'x)²`, or the plain hinge, or modified Huber, which a wrong label pulls no harder than by 4
//! C.
//!
//! The bias is a column of ones and is regularised like the rest, as LIBLINEAR has it. Solved in
//! the dual to a proven gap (Hsieh et al., ICML 2008; see `solver`). Its score is a margin, not a
//! probability; calibration makes one of it.

use super::common;
use super::common::{
    CLASS_WEIGHT, ClassWeight, INNER_TOL, Linear, LinearRepresentation, MAX_ITER, Path,
    REPRESENTATION, SOLVER, TOL, cost,
};
use crate::base::choices::{Choice, choices};
use crate::dataset::{Representation, TrainingSet};
use crate::model::Auto;
use crate::model::Family;
use crate::model::FitError;
use crate::model::FitObserver;
use crate::model::Learner;
use crate::model::LinearProblem;
use crate::model::Scale;
use crate::model::Setting;
use crate::model::settings;
use crate::optim::Hinge;
use crate::optim::ModifiedHuber;
use crate::optim::Solver;
use crate::optim::SquaredHinge;
use crate::optim::Stop;
use crate::optim::dual;

use crate::model::MarginLoss;

/// Learns a [`Linear`] model by hinge loss.
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
        loss: SvmLoss = Setting::one_of(SvmLoss::SquaredHinge, "what a margin short of 1 costs"),
        tol: f64 = TOL,
        max_iter: u32 = MAX_ITER,
        representation: LinearRepresentation = REPRESENTATION,
        solver: Solver = SOLVER,
        class_weight: ClassWeight = CLASS_WEIGHT,
    }
}

/// Values C takes when it is left to training: a margin needs less of it than a likelihood.
const SVM_C_GRID: &[f64] = &[0.1, 1.0, 10.0];

impl Learner for LinearSvm {
    const NAME: &'static str = "svm";
    const FAMILY: Family = Family::Discriminative;
    const SUMMARY: &'static str = "\
        linear support vector machine: only the emails nearest to the boundary decide where it \
        runs, on sparse rows";
    const DEFAULT: bool = true;
    const TUNABLE: &'static [&'static str] = &["class_weight"];
    type Settings = SvmSettings;
    type Fitted = Linear;

    fn representation(settings: &SvmSettings) -> Representation {
        settings.representation.into()
    }

    fn applicable(settings: &SvmSettings, _: usize) -> Result<(), String> {
        match (settings.loss, settings.solver) {
            (SvmLoss::Hinge, solver @ (Solver::Newton | Solver::Lbfgs)) => Err(format!(
                "the hinge has a corner, which {} cannot take: use svm.solver=dual",
                solver.name()
            )),
            (SvmLoss::Hinge, Solver::Dual)
            | (SvmLoss::SquaredHinge | SvmLoss::ModifiedHuber, _) => Ok(()),
        }
    }

    fn linear_problem(settings: &SvmSettings) -> Option<LinearProblem> {
        Some(common::linear_problem(
            settings.loss.into(),
            0.0,
            settings.c.or(1.0),
            settings.class_weight,
        ))
    }

    fn inner(settings: &SvmSettings) -> SvmSettings {
        SvmSettings {
            tol: settings.tol.max(INNER_TOL),
            ..settings.clone()
        }
    }

    fn fit(
        &self,
        settings: &SvmSettings,
        data: &TrainingSet<'_>,
        watch: &mut dyn FitObserver,
    ) -> Result<Linear, FitError> {
        let fitted = self.fit_path(std::slice::from_ref(settings), data, watch)?;
        fitted.into_iter().next().ok_or(FitError::NoColumns)
    }

    fn fit_path(
        &self,
        grid: &[SvmSettings],
        data: &TrainingSet<'_>,
        watch: &mut dyn FitObserver,
    ) -> Result<Vec<Linear>, FitError> {
        common::by_path(grid, |path| fit_along(path, data, watch))
    }
}

/// Fits settings that are alike but for C.
fn fit_along(
    path: &[SvmSettings],
    data: &TrainingSet<'_>,
    watch: &mut dyn FitObserver,
) -> Result<Vec<Linear>, FitError> {
    let Some(first) = path.first() else {
        return Ok(Vec::new());
    };
    let stop = Stop {
        tol: first.tol,
        max_iter: first.max_iter,
    };
    let costs: Vec<f64> = path.iter().map(|settings| settings.c.or(1.0)).collect();
    let (class_weight, rows, seed) = (first.class_weight, data.matrix(), data.seed());
    let along = Path {
        data,
        rows,
        costs: &costs,
        class_weight,
        scale: Scale::Margin,
        shown: &|plane| plane,
    };
    let (squared, huber) = (first.solver.solve(), first.solver.solve());
    along.fit(
        &|problem, from, check| match first.loss {
            SvmLoss::SquaredHinge => squared(problem, SquaredHinge, stop, seed, from, check),
            SvmLoss::Hinge => dual::solve(problem, Hinge, stop, seed, from, check),
            SvmLoss::ModifiedHuber => huber(problem, ModifiedHuber, stop, seed, from, check),
        },
        watch,
    )
}
