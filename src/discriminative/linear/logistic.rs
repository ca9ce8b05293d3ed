//! Logistic regression: p(spam | mail) = σ(w'x + b), with w minimising `w'w / 2 + C Σ ln(1 + exp(-y
//! w'x))`.
//!
//! The bias is a column of ones and is regularised like the rest, as LIBLINEAR has it. Solved in
//! the dual to a proven gap (Yu, Huang and Lin, Machine Learning 85, 2011; see `solver`). Reads
//! tf-idf rows of unit length unless told otherwise.

use super::common;
use super::common::{
    C_GRID, CLASS_WEIGHT, INNER_TOLERANCE, INPUT, Linear, MAX_PASSES, Path, SOLVER, TOLERANCE,
    cost_setting,
};
use crate::dataset::{Representation, TrainingSet};
use crate::model::{
    Auto, Family, FitError, FitObserver, Learner, LinearProblem, Scale, Setting, Settings,
};
use crate::optim::{Logistic, Stop, solver};
use serde::{Deserialize, Serialize};

/// Learns a [`Linear`] model by logistic loss.
pub struct LogisticRegression;

/// Settings of [`LogisticRegression`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LogisticSettings {
    /// Cost of the loss against the square of the weights.
    pub c: Auto,
    /// Relative duality gap to stop at.
    pub tolerance: f64,
    /// Limit on passes.
    pub max_passes: u32,
    /// What is read.
    pub input: String,
    /// How the optimum is sought.
    pub solver: String,
    /// Whether both classes have the same say.
    pub class_weight: String,
}

impl Default for LogisticSettings {
    fn default() -> LogisticSettings {
        LogisticSettings {
            c: Auto::Tune,
            tolerance: 1e-4,
            max_passes: 1000,
            input: "tfidf".to_owned(),
            solver: "dual".to_owned(),
            class_weight: "none".to_owned(),
        }
    }
}

impl Settings for LogisticSettings {
    const TABLE: &'static [Setting] = &[
        cost_setting(C_GRID),
        TOLERANCE,
        MAX_PASSES,
        INPUT,
        SOLVER,
        CLASS_WEIGHT,
    ];
}

impl Learner for LogisticRegression {
    const NAME: &'static str = "logistic";
    const FAMILY: Family = Family::Discriminative;
    const SUMMARY: &'static str = "L2-regularised logistic regression: learns the probability of spam directly, to a proven optimum, on sparse rows";
    const DEFAULT: bool = true;
    const TUNABLE: &'static [&'static str] = &["class_weight"];
    type Settings = LogisticSettings;
    type Fitted = Linear;

    fn representation(settings: &LogisticSettings) -> Representation {
        common::representation(&settings.input)
    }

    fn linear_problem(settings: &LogisticSettings) -> Option<LinearProblem> {
        common::linear_problem("logistic", 0.0, settings.c.or(1.0), &settings.class_weight)
    }

    fn grid(settings: &LogisticSettings) -> Vec<LogisticSettings> {
        let at = |c| LogisticSettings {
            c: Auto::Fixed(c),
            ..settings.clone()
        };
        settings.c.candidates(C_GRID).into_iter().map(at).collect()
    }

    fn inner(settings: &LogisticSettings) -> LogisticSettings {
        LogisticSettings {
            tolerance: settings.tolerance.max(INNER_TOLERANCE),
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
        tolerance: first.tolerance,
        max_passes: first.max_passes,
    };
    let costs: Vec<f64> = path.iter().map(|settings| settings.c.or(1.0)).collect();
    let (class_weight, rows) = (first.class_weight.as_str(), data.matrix());
    let solve = solver(&first.solver);
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
