//! Passive-aggressive II (Crammer et al., JMLR 7, 2006): a linear model that learns one message at
//! a time.
//!
//! A message with its margin changes nothing; one short of it pulls the plane just as far as it
//! takes, softened by C: `w += y x · loss / (x'x + 1 / 2C)` with the hinge as loss. Kept is the
//! mean of all the weights there have been (Freund and Schapire 1999), without which the last
//! messages weigh too much.

use super::common::{MAX_ITER, Online, decision, mail_by_mail, with_constant, with_last_as_bias};
use crate::dataset::{CsrMatrix, Representation, TrainingSet};
use crate::discriminative::linear::common::{Linear, LinearRepresentation, REPRESENTATION};
use crate::model::{Auto, Family, FitError, FitObserver, Learner, Scale, Setting, settings};
use crate::optim::{Hinge, Loss};

/// Learns a [`Linear`] model by passive-aggressive steps.
pub struct PassiveAggressive;

settings! {
    /// Settings of [`PassiveAggressive`].
    pub struct PassiveAggressiveSettings {
        c: Auto = Setting::tuned(1e-6..=1e6, AGGRESSION, "how far one mail may pull the boundary"),
        max_iter: u32 = MAX_ITER.with_default(10),
        representation: LinearRepresentation = REPRESENTATION,
    }
}

const AGGRESSION: &[f64] = &[0.1, 1.0, 10.0];

impl Learner for PassiveAggressive {
    const NAME: &'static str = "passive-aggressive";
    const FAMILY: Family = Family::Discriminative;
    const SUMMARY: &'static str = "linear model online by passive-aggressive steps: each mail short of its margin pulls just as far as it takes";
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
        let zero = vec![0.0; data.columns() + 1];
        let soft = 0.5 / settings.c.or(1.0);
        let machine = Machine {
            rows: data.matrix(),
            weights: zero.clone(),
            moved: zero,
            steps: 0.0,
            soft,
        };
        mail_by_mail(machine, data, settings.max_iter, watch)
    }
}

/// While it learns.
struct Machine<'a> {
    rows: &'a CsrMatrix,
    /// The last weight is that of the constant column.
    weights: Vec<f64>,
    /// Each step times the steps before it: the mean of all weights without keeping them.
    moved: Vec<f64>,
    steps: f64,
    /// What softens a pull: half of 1 / C.
    soft: f64,
}

impl Online for Machine<'_> {
    type Fitted = Linear;

    fn learn(&mut self, row: usize, sign: f64) -> f64 {
        let margin = sign * decision(self.rows, row, &self.weights);
        let loss = Hinge.primal(margin, 1.0);
        if loss > 0.0 {
            let norm: f64 = with_constant(self.rows, row)
                .map(|(_, value)| value * value)
                .sum();
            let pull = sign * loss / (norm + self.soft);
            for (at, value) in with_constant(self.rows, row) {
                self.weights[at] += pull * value;
                self.moved[at] += self.steps * pull * value;
            }
        }
        self.steps += 1.0;
        loss
    }

    fn fitted(&self) -> Linear {
        let weights = self.weights.iter().zip(&self.moved);
        with_last_as_bias(
            weights
                .map(|(weight, moved)| weight - moved / self.steps)
                .collect(),
            Scale::Margin,
        )
    }
}
