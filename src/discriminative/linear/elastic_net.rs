//! Elastic-net logistic regression: few weights, and like ones for tokens that go together.
//!
//! Minimises `l1_ratio ‖w‖₁ + (1 - l1_ratio) w'w / 2 + C Σ loss(y w'x)` (Zou and Hastie, JRSS B 67,
//! 2005; scaled as scikit-learn has it), to a proven gap, by `solver::lasso`. A ratio of 1 is the
//! lasso alone. The regularisation path is its fits along ascending C, from a model of nothing on,
//! each started from the one before; `spamlab certify` prints it, with the number of weights.

use super::common;
use super::common::{
    C_GRID, CLASS_WEIGHT, ClassWeight, INNER_TOL, Linear, LinearRepresentation, MAX_ITER, Path,
    REPRESENTATION, TOL, cost,
};
use crate::base::choices::choices;
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
use crate::optim::lasso;
use crate::optim::lasso::Penalty;
use crate::optim::{Logistic, ModifiedHuber, SquaredHinge, Stop};

use crate::model::MarginLoss;

/// Learns a [`Linear`] model with few weights.
pub struct ElasticNet;

choices! {
    /// What a message on the wrong side costs; it must be smooth.
    pub enum ElasticNetLoss {
        /// ln(1 + e^-m).
        Logistic = "logistic",
        /// max(0, 1 - m)².
        SquaredHinge = "squared_hinge",
        /// The same, straight from m = -1 on.
        ModifiedHuber = "modified_huber",
    }
}

impl From<ElasticNetLoss> for MarginLoss {
    fn from(loss: ElasticNetLoss) -> MarginLoss {
        match loss {
            ElasticNetLoss::Logistic => MarginLoss::Logistic,
            ElasticNetLoss::SquaredHinge => MarginLoss::SquaredHinge,
            ElasticNetLoss::ModifiedHuber => MarginLoss::ModifiedHuber,
        }
    }
}

settings! {
    /// Settings of [`ElasticNet`].
    pub struct ElasticNetSettings {
        c: Auto = cost(C_GRID),
        l1_ratio: f64 = Setting::real(
            0.5,
            0.0..=1.0,
            "share of the lasso in the penalty: 1 makes most weights 0, 0 none",
        ),
        loss: ElasticNetLoss = Setting::one_of(
            ElasticNetLoss::Logistic,
            "what a mail on the wrong side costs",
        ),
        tol: f64 = TOL,
        max_iter: u32 = MAX_ITER.with_default(10_000),
        representation: LinearRepresentation = REPRESENTATION,
        class_weight: ClassWeight = CLASS_WEIGHT,
    }
}

impl Learner for ElasticNet {
    const NAME: &'static str = "elastic-net";
    const FAMILY: Family = Family::Discriminative;
    const SUMMARY: &'static str = "\
        logistic regression that leaves most tokens without a weight: lasso and ridge mixed, to a \
        proven optimum";
    const DEFAULT: bool = false;
    const TUNABLE: &'static [&'static str] = &["l1_ratio"];
    type Settings = ElasticNetSettings;
    type Fitted = Linear;

    fn representation(settings: &ElasticNetSettings) -> Representation {
        settings.representation.into()
    }

    fn linear_problem(settings: &ElasticNetSettings) -> Option<LinearProblem> {
        Some(common::linear_problem(
            settings.loss.into(),
            settings.l1_ratio,
            settings.c.or(1.0),
            settings.class_weight,
        ))
    }

    fn inner(settings: &ElasticNetSettings) -> ElasticNetSettings {
        ElasticNetSettings {
            tol: settings.tol.max(INNER_TOL),
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
        tol: first.tol,
        max_iter: first.max_iter,
    };
    let costs: Vec<f64> = path.iter().map(|settings| settings.c.or(1.0)).collect();
    let penalty = Penalty {
        l1: first.l1_ratio,
        l2: 1.0 - first.l1_ratio,
    };
    let scale = match first.loss {
        ElasticNetLoss::Logistic => Scale::LogOdds,
        ElasticNetLoss::SquaredHinge | ElasticNetLoss::ModifiedHuber => Scale::Margin,
    };
    Path {
        data,
        rows: data.matrix(),
        costs: &costs,
        class_weight: first.class_weight,
        scale,
        shown: &|plane| plane,
    }
    .fit(
        &|problem, from, check| match first.loss {
            ElasticNetLoss::Logistic => lasso::solve(problem, Logistic, penalty, stop, from, check),
            ElasticNetLoss::SquaredHinge => {
                lasso::solve(problem, SquaredHinge, penalty, stop, from, check)
            }
            ElasticNetLoss::ModifiedHuber => {
                lasso::solve(problem, ModifiedHuber, penalty, stop, from, check)
            }
        },
        watch,
    )
}
