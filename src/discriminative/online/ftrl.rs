//! Logistic regression that learns one message at a time by FTRL-Proximal (McMahan et al., KDD
//! 2013, Algorithm 1).
//!
//! The rate of each token falls with the gradients it has seen: `learning_rate / (beta + √Σ g²)`. A
//! token must earn its weight against the lasso, so a model of many rare tokens can stay small. The
//! step itself is `solver::optimizer`'s.

use super::common::{MAX_ITER, Online, decision, mail_by_mail, with_constant, with_last_as_bias};
use crate::dataset::{CsrMatrix, Representation, TrainingSet};
use crate::discriminative::linear::common::{Linear, LinearRepresentation, REPRESENTATION};
use crate::model::{Auto, Family, FitError, FitObserver, Learner, Scale, Setting, settings};
use crate::optim::optimizer::{Optimizer, Proximal, Rule};
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
        l1: f64 = Setting::real(0.0, 0.0..=1e6, "price of a weight's size: makes weights 0"),
        l2: f64 = Setting::real(0.0, 0.0..=1e6, "price of half a weight's square"),
        max_iter: u32 = MAX_ITER.with_default(3),
        representation: LinearRepresentation = REPRESENTATION,
    }
}

/// Rates tried when it is left to training.
const RATES: &[f64] = &[1.0, 4.0, 16.0];

impl Learner for Ftrl {
    const NAME: &'static str = "ftrl";
    const FAMILY: Family = Family::Discriminative;
    const SUMMARY: &'static str = "logistic regression online by FTRL-Proximal: learns mail by mail, each token at a rate of its own";
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
        let proximal = Proximal {
            beta: settings.beta,
            l1: settings.l1,
            l2: settings.l2,
        };
        let machine = Machine {
            rows: data.matrix(),
            optimizer: Optimizer::new(Rule::Ftrl, columns + 1, 1).with_proximal(proximal),
            weights: vec![0.0; columns + 1],
            rate: settings.learning_rate.or(RATES[0]),
        };
        mail_by_mail(machine, data, settings.max_iter, watch)
    }
}

/// While it learns.
struct Machine<'a> {
    rows: &'a CsrMatrix,
    optimizer: Optimizer<f64>,
    /// The last weight is that of the constant column.
    weights: Vec<f64>,
    rate: f64,
}

impl Online for Machine<'_> {
    type Fitted = Linear;

    fn learn(&mut self, row: usize, sign: f64) -> f64 {
        let margin = sign * decision(self.rows, row, &self.weights);
        let slope = sign * Logistic.slope(margin, 1.0);
        for (at, value) in with_constant(self.rows, row) {
            self.optimizer
                .step(at, &mut self.weights[at..=at], &[slope * value], self.rate);
        }
        Logistic.primal(margin, 1.0)
    }

    fn fitted(&self) -> Linear {
        with_last_as_bias(self.weights.clone(), Scale::LogOdds)
    }
}
