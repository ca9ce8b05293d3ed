//! Elastic-net logistic regression: few weights, and like ones for tokens that go together.
//!
//! Minimises `ratio ‖w‖₁ + (1 - ratio) w'w / 2 + C Σ loss(y w'x)` (Zou and Hastie, JRSS B 67, 2005;
//! scaled as scikit-learn has it), to a proven gap, by `solver::lasso`. A ratio of 1 is the lasso
//! alone. The regularisation path is its fits along ascending C, from a model of nothing on, each
//! started from the one before; `spamlab certify` prints it, with the number of weights.

use super::common;
use super::common::{
    CLASS_WEIGHT, INNER_TOLERANCE, INPUT, Linear, MAX_PASSES, Path, TOLERANCE, cost_setting,
};
use crate::dataset::{Representation, TrainingSet};
use crate::model::{
    Auto, Family, FitError, FitObserver, Learner, LinearProblem, Range, Scale, Setting, Settings,
};
use crate::optim::lasso;
use crate::optim::lasso::Penalty;
use crate::optim::{Logistic, ModifiedHuber, SquaredHinge, Stop};
use serde::{Deserialize, Serialize};

/// Learns a [`Linear`] model with few weights.
pub struct ElasticNet;

/// Settings of [`ElasticNet`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ElasticNetSettings {
    /// Cost of the loss against the penalty.
    pub c: Auto,
    /// Share of the lasso in the penalty.
    pub ratio: f64,
    /// `logistic`, `squared_hinge` or `modified_huber`.
    pub loss: String,
    /// Relative duality gap to stop at.
    pub tolerance: f64,
    /// Limit on passes.
    pub max_passes: u32,
    /// What is read.
    pub input: String,
    /// Whether both classes have the same say.
    pub class_weight: String,
}

impl Default for ElasticNetSettings {
    fn default() -> ElasticNetSettings {
        ElasticNetSettings {
            c: Auto::Tune,
            ratio: 0.5,
            loss: "logistic".to_owned(),
            tolerance: 1e-4,
            max_passes: 10_000,
            input: "tfidf".to_owned(),
            class_weight: "none".to_owned(),
        }
    }
}

/// Values C takes when it is left to training.
const PATH: &[f64] = &[1.0, 10.0, 100.0];

impl Settings for ElasticNetSettings {
    const TABLE: &'static [Setting] = &[
        cost_setting(PATH),
        Setting {
            name: "ratio",
            doc: "share of the lasso in the penalty: 1 makes most weights 0, 0 none",
            range: Range::Real { min: 0.0, max: 1.0 },
        },
        Setting {
            name: "loss",
            doc: "what a mail on the wrong side costs",
            range: Range::OneOf(&["logistic", "squared_hinge", "modified_huber"]),
        },
        TOLERANCE,
        MAX_PASSES,
        INPUT,
        CLASS_WEIGHT,
    ];
}

impl Learner for ElasticNet {
    const NAME: &'static str = "elastic-net";
    const FAMILY: Family = Family::Discriminative;
    const SUMMARY: &'static str = "logistic regression that leaves most tokens without a weight: lasso and ridge mixed, to a proven optimum";
    const DEFAULT: bool = false;
    const TUNABLE: &'static [&'static str] = &["ratio"];
    type Settings = ElasticNetSettings;
    type Fitted = Linear;

    fn representation(settings: &ElasticNetSettings) -> Representation {
        common::representation(&settings.input)
    }

    fn linear_problem(settings: &ElasticNetSettings) -> Option<LinearProblem> {
        common::linear_problem(
            &settings.loss,
            settings.ratio,
            settings.c.or(1.0),
            &settings.class_weight,
        )
    }

    fn grid(settings: &ElasticNetSettings) -> Vec<ElasticNetSettings> {
        let at = |c| ElasticNetSettings {
            c: Auto::Fixed(c),
            ..settings.clone()
        };
        settings.c.candidates(PATH).into_iter().map(at).collect()
    }

    fn inner(settings: &ElasticNetSettings) -> ElasticNetSettings {
        ElasticNetSettings {
            tolerance: settings.tolerance.max(INNER_TOLERANCE),
            ..settings.clone()
        }
    }

    fn fit(
        &self,
        settings: &ElasticNetSettings,
        data: &TrainingSet<'_>,
        watch: &mut dyn FitObserver,
    ) -> Result<Linear, FitError> {
        let fitted = self.fit_path(std::slice::from_ref(settings), data, watch)?;
        fitted.into_iter().next().ok_or(FitError::NoColumns)
    }

    fn fit_path(
        &self,
        grid: &[ElasticNetSettings],
        data: &TrainingSet<'_>,
        watch: &mut dyn FitObserver,
    ) -> Result<Vec<Linear>, FitError> {
        common::by_path(grid, |path| fit_along(path, data, watch))
    }
}

/// Fits settings that are alike but for C.
fn fit_along(
    path: &[ElasticNetSettings],
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
    let penalty = Penalty {
        lasso: first.ratio,
        ridge: 1.0 - first.ratio,
    };
    let scale = if first.loss == "logistic" {
        Scale::LogOdds
    } else {
        Scale::Margin
    };
    Path {
        data,
        rows: data.matrix(),
        costs: &costs,
        class_weight: &first.class_weight,
        scale,
        shown: &|plane| plane,
    }
    .fit(
        &|problem, from, check| match first.loss.as_str() {
            "squared_hinge" => lasso::solve(problem, SquaredHinge, penalty, stop, from, check),
            "modified_huber" => lasso::solve(problem, ModifiedHuber, penalty, stop, from, check),
            _ => lasso::solve(problem, Logistic, penalty, stop, from, check),
        },
        watch,
    )
}
