//! Logistic regression that learns one message at a time by FTRL-Proximal (McMahan et al., KDD
//! 2013, Algorithm 1).
//!
//! The rate of each token falls with the gradients it has seen: `learning_rate / (beta + √Σ g²)`. A
//! token must earn its weight against the lasso, so a model of many rare tokens can stay small. The
//! step itself is that of `optim::optimizer`.

use super::common::{GrowingWeights, MAX_ITER, entries, linear, one_at_a_time, raw};
use crate::base::mail::Label;
use crate::dataset::{Example, Representation, TrainingSet};
use crate::discriminative::linear::common::{Linear, LinearRepresentation, REPRESENTATION};
use crate::model::{
    Auto, Family, FitError, FitObserver, Fitted, Incremental, Learner, RawOutput, Scale, Setting,
    settings,
};
use crate::optim::optimizer::{Optimizer, Proximal, UpdateRule};
use crate::optim::{Logistic, Loss};

/// Learns a [`Linear`] model by FTRL-Proximal.
pub struct Ftrl;

settings! {
    /// Settings of [`Ftrl`].
    pub struct FtrlSettings {
        learning_rate: Auto = Setting::tuned(
            1e-4..=1e4,
            RATES,
            "the first learning rate of a token",
        ),
        beta: f64 = Setting::real(1.0, 1e-6..=1e6, "slows the first steps"),
        l1: f64 = Setting::real(0.0, 0.0..=1e6, "L1 penalty on the weights: makes weights 0"),
        l2: f64 = Setting::real(0.0, 0.0..=1e6, "L2 penalty on the weights"),
        max_iter: u32 = MAX_ITER.with_default(3),
        representation: LinearRepresentation = REPRESENTATION,
    }
}

/// Rates tried when it is left to training.
const RATES: &[f64] = &[1.0, 4.0, 16.0];

impl Learner for Ftrl {
    const NAME: &'static str = "ftrl";
    const FAMILY: Family = Family::Discriminative;
    const SUMMARY: &'static str = "\
        logistic regression online by FTRL-Proximal: learns one message at a time, each token \
        at its own rate";
    const DEFAULT: bool = false;
    type Settings = FtrlSettings;
    type Fitted = Linear;

    fn representation(settings: &FtrlSettings) -> Representation {
        settings.representation.into()
    }

    fn fit(
        &self,
        settings: &FtrlSettings,
        data: &TrainingSet<'_>,
        watch: &mut dyn FitObserver,
    ) -> Result<Linear, FitError> {
        let columns = data.columns();
        let learn = |state: &mut FtrlState, row: usize| {
            state.step(data.example(row), data.labels()[row].sign())
        };
        one_at_a_time(
            FtrlState::new(settings, columns),
            data,
            settings.max_iter,
            watch,
            learn,
            |state| state.linear(columns),
        )
    }

    fn incremental(&self, settings: &FtrlSettings) -> Option<Box<dyn Incremental>> {
        Some(Box::new(FtrlState::new(settings, 0)))
    }
}

/// The model while it learns.
struct FtrlState {
    optimizer: Optimizer<f64>,
    weights: GrowingWeights,
    rate: f64,
}

impl FtrlState {
    fn new(settings: &FtrlSettings, columns: usize) -> FtrlState {
        let proximal = Proximal {
            beta: settings.beta,
            l1: settings.l1,
            l2: settings.l2,
        };
        FtrlState {
            optimizer: Optimizer::new(UpdateRule::Ftrl, columns + 1, 1).with_proximal(proximal),
            weights: GrowingWeights::new(columns),
            rate: settings.learning_rate.or(RATES[0]),
        }
    }

    /// Learns a message of known columns; returns its loss before.
    fn step(&mut self, email: Example<'_>, sign: f64) -> f64 {
        let margin = sign * self.weights.decision(email);
        let slope = sign * Logistic.slope(margin, 1.0);
        for (at, value) in entries(email) {
            let weight = &mut self.weights.0[at..=at];
            self.optimizer.step(at, weight, &[slope * value], self.rate);
        }
        Logistic.primal(margin, 1.0)
    }

    fn linear(&self, columns: usize) -> Linear {
        linear(self.weights.0.iter().copied(), columns, Scale::LogOdds)
    }
}

impl Incremental for FtrlState {
    fn raw(&self, email: Example<'_>) -> RawOutput {
        raw(email, |at| self.weights.0.get(at).copied())
    }

    fn learn(&mut self, email: Example<'_>, label: Label) {
        let needed = self.weights.needed(email);
        self.weights.0.resize(needed, 0.0);
        self.optimizer.grow(needed);
        self.step(email, label.sign());
    }

    fn fitted(&self, columns: usize) -> Result<Box<dyn Fitted>, FitError> {
        Ok(Box::new(self.linear(columns)))
    }
}
