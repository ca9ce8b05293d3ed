//! Logistic regression: p(spam | mail) = σ(w'x + b), with w minimising `w'w / 2 + C Σ ln(1 + exp(-y
//! w'x))`.
//!
//! The bias is a column of ones and is regularised like the rest, as LIBLINEAR has it. Solved in
//! the dual to a proven gap (Yu, Huang and Lin, Machine Learning 85, 2011; see `solver`). Reads
//! tf-idf rows of unit length unless told otherwise.

use super::common;
use super::common::{
    C_GRID, CLASS_WEIGHT, ClassWeight, INNER_TOL, Linear, LinearRepresentation, MAX_ITER, Path,
    REPRESENTATION, SOLVER, TOL, cost,
};
use crate::dataset::{Representation, TrainingSet};
use crate::model::Auto;
use crate::model::Family;
use crate::model::FitError;
use crate::model::FitObserver;
use crate::model::Learner;
use crate::model::LinearProblem;
use crate::model::Scale;
use crate::model::settings;
use crate::optim::Logistic;
use crate::optim::Solver;
use crate::optim::Stop;

use crate::model::MarginLoss;

/// Learns a [`Linear`] model by logistic loss.
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

impl Learner for LogisticRegression {
    const NAME: &'static str = "logistic";
    const FAMILY: Family = Family::Discriminative;
    const SUMMARY: &'static str = "\
        L2-regularised logistic regression: learns the probability of spam directly, to a proven \
        optimum, on sparse rows";
    const DEFAULT: bool = true;
    const TUNABLE: &'static [&'static str] = &["class_weight"];
    type Settings = LogisticSettings;
    type Fitted = Linear;

    fn representation(settings: &LogisticSettings) -> Representation {
        settings.representation.into()
    }

    fn linear_problem(settings: &LogisticSettings) -> Option<LinearProblem> {
        Some(common::linear_problem(
            MarginLoss::Logistic,
            0.0,
            settings.c.or(1.0),
            settings.class_weight,
        ))
    }

    fn inner(settings: &LogisticSettings) -> LogisticSettings {
        LogisticSettings {
            tol: settings.tol.max(INNER_TOL),
            ..settings.clone()
        }
    }

    fn fit(
        &self,
        settings: &LogisticSettings,
        data: &TrainingSet<'_>,
        watch: &mut dyn FitObserver,
    ) -> Result<Linear, FitError> {
        let fitted = self.fit_path(std::slice::from_ref(settings), data, watch)?;
        fitted.into_iter().next().ok_or(FitError::NoColumns)
    }

    fn fit_path(
        &self,
        grid: &[LogisticSettings],
        data: &TrainingSet<'_>,
        watch: &mut dyn FitObserver,
    ) -> Result<Vec<Linear>, FitError> {
        common::by_path(grid, |path| fit_along(path, data, watch))
    }
}

/// Fits settings that are alike but for C.
fn fit_along(
    path: &[LogisticSettings],
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
    let (class_weight, rows) = (first.class_weight, data.matrix());
    let solve = first.solver.solve();
    Path {
        data,
        rows,
        costs: &costs,
        class_weight,
        scale: Scale::LogOdds,
        shown: &|plane| plane,
    }
    .fit(
        &|problem, from, check| solve(problem, Logistic, stop, data.seed(), from, check),
        watch,
    )
}
