//! Passive-aggressive II (Crammer et al., JMLR 7, 2006): a linear model that learns one message at
//! a time.
//!
//! A message with its margin changes nothing; one short of it moves the plane just far
//! enough, softened by C: `w += y x · loss / (x'x + 1 / 2C)` with the hinge as loss. Kept is the
//! mean of all the weights there have been (Freund and Schapire 1999), without which the last
//! messages weigh too much.

use super::common::{GrowingWeights, MAX_ITER, entries, linear, one_at_a_time, raw};
use crate::base::mail::Label;
use crate::dataset::{Example, Representation, TrainingSet};
use crate::discriminative::linear::common::{Linear, LinearRepresentation, REPRESENTATION};
use crate::model::{
    Auto, Family, FitError, FitObserver, Fitted, Incremental, Learner, RawOutput, Scale, Setting,
    settings,
};
use crate::optim::{Hinge, Loss};

/// Learns a [`Linear`] model by passive-aggressive steps.
pub struct PassiveAggressive;

settings! {
    /// Settings of [`PassiveAggressive`].
    pub struct PassiveAggressiveSettings {
        c: Auto = Setting::tuned(
            1e-6..=1e6,
            AGGRESSION,
            "how far one message may move the boundary",
        ),
        max_iter: u32 = MAX_ITER.with_default(10),
        representation: LinearRepresentation = REPRESENTATION,
    }
}

const AGGRESSION: &[f64] = &[0.1, 1.0, 10.0];

impl Learner for PassiveAggressive {
    const NAME: &'static str = "passive-aggressive";
    const FAMILY: Family = Family::Discriminative;
    const SUMMARY: &'static str = "\
        linear model online by passive-aggressive steps: each message short of its margin moves \
        the boundary just far enough";
    const DEFAULT: bool = false;
    type Settings = PassiveAggressiveSettings;
    type Fitted = Linear;

    fn representation(settings: &PassiveAggressiveSettings) -> Representation {
        settings.representation.into()
    }

    fn fit(
        &self,
        settings: &PassiveAggressiveSettings,
        data: &TrainingSet<'_>,
        watch: &mut dyn FitObserver,
    ) -> Result<Linear, FitError> {
        let columns = data.columns();
        let learn = |state: &mut PassiveAggressiveState, row: usize| {
            state.step(data.example(row), data.labels()[row].sign())
        };
        one_at_a_time(
            PassiveAggressiveState::new(settings, columns),
            data,
            settings.max_iter,
            watch,
            learn,
            |state| state.linear(columns),
        )
    }

    fn incremental(&self, settings: &PassiveAggressiveSettings) -> Option<Box<dyn Incremental>> {
        Some(Box::new(PassiveAggressiveState::new(settings, 0)))
    }
}

/// The model while it learns.
struct PassiveAggressiveState {
    weights: GrowingWeights,
    /// Each step times the steps before it: the mean of all weights without keeping them.
    moved: Vec<f64>,
    steps: f64,
    /// What softens a step: 1 / 2C.
    soft: f64,
}

impl PassiveAggressiveState {
    fn new(settings: &PassiveAggressiveSettings, columns: usize) -> PassiveAggressiveState {
        PassiveAggressiveState {
            weights: GrowingWeights::new(columns),
            moved: vec![0.0; columns + 1],
            steps: 0.0,
            soft: 0.5 / settings.c.or(1.0),
        }
    }

    /// Learns a message of known columns; returns its loss before.
    fn step(&mut self, email: Example<'_>, sign: f64) -> f64 {
        let margin = sign * self.weights.decision(email);
        let loss = Hinge.primal(margin, 1.0);
        if loss > 0.0 {
            let norm: f64 = entries(email).map(|(_, value)| value * value).sum();
            let step_size = sign * loss / (norm + self.soft);
            for (at, value) in entries(email) {
                self.weights.0[at] += step_size * value;
                self.moved[at] += self.steps * step_size * value;
            }
        }
        self.steps += 1.0;
        loss
    }

    /// The mean of the weights there have been at a place, if it has any.
    fn mean(&self, at: usize) -> Option<f64> {
        Some(self.weights.0.get(at)? - self.moved[at] / self.steps.max(1.0))
    }

    fn linear(&self, columns: usize) -> Linear {
        let means = (0..self.moved.len()).filter_map(|at| self.mean(at));
        linear(means, columns, Scale::Margin)
    }
}

impl Incremental for PassiveAggressiveState {
    fn raw(&self, email: Example<'_>) -> RawOutput {
        raw(email, |at| self.mean(at))
    }

    fn learn(&mut self, email: Example<'_>, label: Label) {
        let needed = self.weights.needed(email);
        self.weights.0.resize(needed, 0.0);
        self.moved.resize(needed, 0.0);
        self.step(email, label.sign());
    }

    fn fitted(&self, columns: usize) -> Result<Box<dyn Fitted>, FitError> {
        Ok(Box::new(self.linear(columns)))
    }
}
