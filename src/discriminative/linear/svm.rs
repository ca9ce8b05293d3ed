//! Linear support vector machine: the widest margin between the classes, `w'w / 2 + C Σ max(0, 1 -
//! y w'x)²`, or the plain hinge, or modified Huber, which a wrong label pulls no harder than by 4
//! C.
//!
//! The bias is a column of ones and is regularised like the rest, as LIBLINEAR has it. Solved in
//! the dual to a proven gap (Hsieh et al., ICML 2008; see `solver`). Its score is a margin, not a
//! probability; calibration makes one of it.

use super::common;
use super::common::{
    CLASS_WEIGHT, INNER_TOLERANCE, INPUT, Linear, MAX_PASSES, Path, SOLVER, TOLERANCE, cost_setting,
};
use crate::dataset::{Representation, TrainingSet};
use crate::model::{
    Auto, Family, FitError, FitObserver, Learner, LinearProblem, Range, Scale, Setting, Settings,
};
use crate::optim::{Hinge, ModifiedHuber, SquaredHinge, Stop, dual, solver};
use serde::{Deserialize, Serialize};

/// Learns a [`Linear`] model by hinge loss.
pub struct LinearSvm;

/// Settings of [`LinearSvm`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SvmSettings {
    /// Cost of the loss against the square of the weights.
    pub c: Auto,
    /// `squared_hinge`, `hinge` or `modified_huber`.
    pub loss: String,
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

impl Default for SvmSettings {
    fn default() -> SvmSettings {
        SvmSettings {
            c: Auto::Tune,
            loss: "squared_hinge".to_owned(),
            tolerance: 1e-4,
            max_passes: 1000,
            input: "tfidf".to_owned(),
            solver: "dual".to_owned(),
            class_weight: "none".to_owned(),
        }
    }
}

/// Values C takes when it is left to training: a margin needs less of it than a likelihood.
const SVM_C_GRID: &[f64] = &[0.1, 1.0, 10.0];

impl Settings for SvmSettings {
    const TABLE: &'static [Setting] = &[
        cost_setting(SVM_C_GRID),
        Setting {
            name: "loss",
            doc: "what a margin short of 1 costs",
            range: Range::OneOf(&["squared_hinge", "hinge", "modified_huber"]),
        },
        TOLERANCE,
        MAX_PASSES,
        INPUT,
        SOLVER,
        CLASS_WEIGHT,
    ];
}

impl Learner for LinearSvm {
    const NAME: &'static str = "svm";
    const FAMILY: Family = Family::Discriminative;
    const SUMMARY: &'static str = "linear support vector machine: only the emails nearest to the boundary decide where it runs, on sparse rows";
    const DEFAULT: bool = true;
    const TUNABLE: &'static [&'static str] = &["class_weight"];
    type Settings = SvmSettings;
    type Fitted = Linear;

    fn representation(settings: &SvmSettings) -> Representation {
        common::representation(&settings.input)
    }

    fn applicable(settings: &SvmSettings, _: usize) -> Result<(), String> {
        if settings.loss == "hinge" && settings.solver != "dual" {
            return Err(format!(
                "the hinge has a corner, which {} cannot take: use svm.solver=dual",
                settings.solver
            ));
        }
        Ok(())
    }

    fn linear_problem(settings: &SvmSettings) -> Option<LinearProblem> {
        common::linear_problem(
            &settings.loss,
            0.0,
            settings.c.or(1.0),
            &settings.class_weight,
        )
    }

    fn grid(settings: &SvmSettings) -> Vec<SvmSettings> {
        let at = |c| SvmSettings {
            c: Auto::Fixed(c),
            ..settings.clone()
        };
        settings
            .c
            .candidates(SVM_C_GRID)
            .into_iter()
            .map(at)
            .collect()
    }

    fn inner(settings: &SvmSettings) -> SvmSettings {
        SvmSettings {
            tolerance: settings.tolerance.max(INNER_TOLERANCE),
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
        tolerance: first.tolerance,
        max_passes: first.max_passes,
    };
    let costs: Vec<f64> = path.iter().map(|settings| settings.c.or(1.0)).collect();
    let (class_weight, rows, seed) = (first.class_weight.as_str(), data.matrix(), data.seed());
    let along = Path {
        data,
        rows,
        costs: &costs,
        class_weight,
        scale: Scale::Margin,
        shown: &|plane| plane,
    };
    let (squared, huber) = (solver(&first.solver), solver(&first.solver));
    along.fit(
        &|problem, from, check| match first.loss.as_str() {
            "hinge" => dual::solve(problem, Hinge, stop, seed, from, check),
            "modified_huber" => huber(problem, ModifiedHuber, stop, seed, from, check),
            _ => squared(problem, SquaredHinge, stop, seed, from, check),
        },
        watch,
    )
}
