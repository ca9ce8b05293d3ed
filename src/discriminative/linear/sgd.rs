//! A linear model by stochastic gradient descent: any loss, any optimizer, in mini-batches, with
//! early stopping.
//!
//! Minimises what `logistic` and `svm` minimise, `w'w / 2 + C Σ loss(y w'x)`, only not to the end:
//! messages held out say when to stop (see `solver::stochastic`). It is there to show how
//! optimizers behave beside the proven optimum, step by step; where only the model counts,
//! `logistic` is faster and exact.

use super::common;
use super::common::{CLASS_WEIGHT, INPUT, Linear};
use crate::dataset::{Representation, TrainingSet};
use crate::discriminative::early_stopping::part;
use crate::model::early_stopping::{HELD_OUT, PATIENCE};
use crate::model::{
    Auto, Convergence, Family, FitError, FitObserver, Learner, ObjectivePoint, Range, Scale,
    Setting, Settings,
};
use crate::optim::optimizer::{RULES, Rule, SCHEDULES, Schedule};
use crate::optim::stochastic::{DescentPlan, Passed, solve};
use crate::optim::{Hinge, Logistic, Loss, ModifiedHuber, SquaredHinge};
use serde::{Deserialize, Serialize};

/// Learns a [`Linear`] model by stochastic gradient descent.
pub struct StochasticDescent;

/// Settings of [`StochasticDescent`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SgdSettings {
    /// `logistic`, `squared_hinge`, `hinge` or `modified_huber`.
    pub loss: String,
    /// Cost of the loss against the square of the weights.
    pub c: f64,
    /// How a gradient becomes a step.
    pub optimizer: String,
    /// The first rate.
    pub rate: Auto,
    /// How it falls.
    pub schedule: String,
    /// Messages a step is learned from.
    pub batch: usize,
    /// Passes over the mail.
    pub passes: u32,
    /// Share held out to stop by.
    pub held_out: f64,
    /// Passes without progress.
    pub patience: u32,
    /// What is read.
    pub input: String,
    /// Whether both classes have the same say.
    pub class_weight: String,
}

impl Default for SgdSettings {
    fn default() -> SgdSettings {
        SgdSettings {
            loss: "logistic".to_owned(),
            c: 10.0,
            optimizer: "adam".to_owned(),
            rate: Auto::Tune,
            schedule: "cosine".to_owned(),
            batch: 32,
            passes: 30,
            held_out: 0.1,
            patience: 5,
            input: "tfidf".to_owned(),
            class_weight: "none".to_owned(),
        }
    }
}

/// Rates tried when it is left to training.
const RATES: &[f64] = &[0.01, 0.1, 1.0];

/// The setting of the number of messages a step is learned from.
pub const BATCH: Setting = Setting {
    name: "batch",
    doc: "emails a step is learned from",
    range: Range::Whole {
        min: 1,
        max: 1_000_000,
    },
};

/// The setting of the schedule.
pub const SCHEDULE: Setting = Setting {
    name: "schedule",
    doc: "how the rate falls over all passes",
    range: Range::OneOf(SCHEDULES),
};

impl Settings for SgdSettings {
    const TABLE: &'static [Setting] = &[
        Setting {
            name: "loss",
            doc: "what a mail on the wrong side costs",
            range: Range::OneOf(&["logistic", "squared_hinge", "hinge", "modified_huber"]),
        },
        Setting {
            name: "c",
            doc: "cost of the loss against the square of the weights (weight decay is 1 / c)",
            range: Range::Real {
                min: 1e-6,
                max: 1e6,
            },
        },
        Setting {
            name: "optimizer",
            doc: "how a gradient becomes a step",
            range: Range::OneOf(RULES),
        },
        Setting {
            name: "rate",
            doc: "the first learning rate",
            range: Range::RealOrAuto {
                min: 1e-6,
                max: 1e3,
                grid: RATES,
            },
        },
        SCHEDULE,
        BATCH,
        Setting {
            name: "passes",
            doc: "passes over the mail at most",
            range: Range::Whole {
                min: 1,
                max: 1_000_000,
            },
        },
        HELD_OUT,
        PATIENCE,
        INPUT,
        CLASS_WEIGHT,
    ];
}

impl Learner for StochasticDescent {
    const NAME: &'static str = "sgd";
    const FAMILY: Family = Family::Discriminative;
    const SUMMARY: &'static str = "linear model by stochastic gradient descent: seven optimizers, any loss, early stopping, a loss curve to look at";
    const DEFAULT: bool = false;
    const TUNABLE: &'static [&'static str] = &["optimizer"];
    type Settings = SgdSettings;
    type Fitted = Linear;

    fn representation(settings: &SgdSettings) -> Representation {
        common::representation(&settings.input)
    }

    fn grid(settings: &SgdSettings) -> Vec<SgdSettings> {
        let at = |rate| SgdSettings {
            rate: Auto::Fixed(rate),
            ..settings.clone()
        };
        settings
            .rate
            .candidates(RATES)
            .into_iter()
            .map(at)
            .collect()
    }

    fn fit(
        &self,
        settings: &SgdSettings,
        data: &TrainingSet<'_>,
        watch: &mut dyn FitObserver,
    ) -> Result<Linear, FitError> {
        match settings.loss.as_str() {
            "hinge" => descend(settings, data, Hinge, Scale::Margin, watch),
            "squared_hinge" => descend(settings, data, SquaredHinge, Scale::Margin, watch),
            "modified_huber" => descend(settings, data, ModifiedHuber, Scale::Margin, watch),
            _ => descend(settings, data, Logistic, Scale::LogOdds, watch),
        }
    }
}

fn descend<L: Loss>(
    settings: &SgdSettings,
    data: &TrainingSet<'_>,
    loss: L,
    scale: Scale,
    watch: &mut dyn FitObserver,
) -> Result<Linear, FitError> {
    let (fit, held) = part(
        data,
        data.matrix(),
        settings.held_out,
        settings.c,
        &settings.class_weight,
        watch,
    );
    let held = held.as_ref().map(|held| held.problem());
    let plan = DescentPlan {
        rule: Rule::named(&settings.optimizer),
        rate: settings.rate.or(RATES[0]),
        schedule: Schedule::named(&settings.schedule),
        batch: settings.batch,
        passes: settings.passes,
        patience: settings.patience,
        tolerance: 1e-3,
    };
    let mut step = |Passed {
                        pass,
                        objective,
                        held_out,
                    }: Passed,
                    weights: &[f64]| {
        let (bias, weights) = weights.split_last().unwrap_or((&0.0, &[]));
        let step = ObjectivePoint {
            pass: f64::from(pass),
            objective,
            gap: None,
            held_out,
        };
        watch.step(step, &|| {
            Box::new(Linear::new(weights.to_vec(), *bias, scale))
        })
    };
    let found = solve(
        &fit.problem(),
        held.as_ref(),
        loss,
        &plan,
        data.seed(),
        &mut step,
    );
    let found = found.ok_or(FitError::Cancelled)?;
    let (objective, gap) = (found.primal, Some(found.gap));
    watch.finished(Convergence {
        converged: found.converged,
        passes: found.passes,
        objective,
        gap,
    });
    Ok(Linear::new(found.weights, found.bias, scale))
}
