//! Logistic regression that learns one message at a time by FTRL-Proximal (McMahan et al., KDD
//! 2013, Algorithm 1).
//!
//! The rate of each token falls with the gradients it has seen: `rate / (beta + √Σ g²)`. A token
//! must earn its weight against the lasso, so a model of many rare tokens can stay small. The step
//! itself is `solver::optimizer`'s.

use super::common::{GrowingWeights, PASSES, entries, linear, mail_by_mail, score};
use crate::base::mail::Label;
use crate::dataset::{Example, Representation, TrainingSet};
use crate::discriminative::linear::common;
use crate::discriminative::linear::common::{INPUT, Linear};
use crate::model::{
    Auto, Family, FitError, FitObserver, Fitted, Incremental, Learner, Range, Scale, Setting,
    Settings,
};
use crate::optim::optimizer::{Optimizer, Proximal, Rule};
use crate::optim::{Logistic, Loss};
use serde::{Deserialize, Serialize};

/// Learns a [`Linear`] model by FTRL-Proximal.
pub struct Ftrl;

/// Settings of [`Ftrl`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FtrlSettings {
    /// The rate of a token that has seen no gradient, times beta.
    pub rate: Auto,
    /// Slows the first steps.
    pub beta: f64,
    /// Price of a weight's size.
    pub lasso: f64,
    /// Price of half its square.
    pub ridge: f64,
    /// Passes over the mail.
    pub passes: u32,
    /// What is read.
    pub input: String,
}

impl Default for FtrlSettings {
    fn default() -> FtrlSettings {
        FtrlSettings {
            rate: Auto::Tune,
            beta: 1.0,
            lasso: 0.0,
            ridge: 0.0,
            passes: 3,
            input: "tfidf".to_owned(),
        }
    }
}

/// Rates tried when it is left to training.
const RATES: &[f64] = &[1.0, 4.0, 16.0];

const fn price(name: &'static str, doc: &'static str) -> Setting {
    Setting {
        name,
        doc,
        range: Range::Real { min: 0.0, max: 1e6 },
    }
}

impl Settings for FtrlSettings {
    const TABLE: &'static [Setting] = &[
        Setting {
            name: "rate",
            doc: "the first learning rate of a token",
            range: Range::RealOrAuto {
                min: 1e-4,
                max: 1e4,
                grid: RATES,
            },
        },
        Setting {
            name: "beta",
            doc: "slows the first steps",
            range: Range::Real {
                min: 1e-6,
                max: 1e6,
            },
        },
        price("lasso", "price of a weight's size: makes weights 0"),
        price("ridge", "price of half a weight's square"),
        PASSES,
        INPUT,
    ];
}

impl Learner for Ftrl {
    const NAME: &'static str = "ftrl";
    const FAMILY: Family = Family::Discriminative;
    const SUMMARY: &'static str = "logistic regression online by FTRL-Proximal: learns mail by mail, each token at a rate of its own";
    const DEFAULT: bool = false;
    type Settings = FtrlSettings;
    type Fitted = Linear;

    fn representation(settings: &FtrlSettings) -> Representation {
        common::representation(&settings.input)
    }

    fn grid(settings: &FtrlSettings) -> Vec<FtrlSettings> {
        let at = |rate| FtrlSettings {
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
        settings: &FtrlSettings,
        data: &TrainingSet<'_>,
        watch: &mut dyn FitObserver,
    ) -> Result<Linear, FitError> {
        let columns = data.columns();
        let learn = |machine: &mut Machine, row: usize| {
            machine.step(data.example(row), data.labels()[row].sign())
        };
        mail_by_mail(
            Machine::new(settings, columns),
            data,
            settings.passes,
            watch,
            learn,
            |machine| machine.linear(columns),
        )
    }

    fn incremental(&self, settings: &FtrlSettings) -> Option<Box<dyn Incremental>> {
        Some(Box::new(Machine::new(settings, 0)))
    }
}

/// While it learns.
struct Machine {
    optimizer: Optimizer<f64>,
    weights: GrowingWeights,
    rate: f64,
}

impl Machine {
    fn new(settings: &FtrlSettings, columns: usize) -> Machine {
        let proximal = Proximal {
            beta: settings.beta,
            lasso: settings.lasso,
            ridge: settings.ridge,
        };
        Machine {
            optimizer: Optimizer::new(Rule::Ftrl(proximal), columns + 1, 1),
            weights: GrowingWeights::new(columns),
            rate: settings.rate.or(RATES[0]),
        }
    }

    /// Learns a message of known columns; what it lost before.
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

impl Incremental for Machine {
    fn score(&self, email: Example<'_>) -> f64 {
        score(email, |at| self.weights.0.get(at).copied())
    }

    fn learn(&mut self, email: Example<'_>, label: Label) -> f64 {
        let needed = self.weights.needed(email);
        self.weights.0.resize(needed, 0.0);
        self.optimizer.grow(needed);
        self.step(email, label.sign())
    }

    fn fitted(&self, columns: usize) -> Result<Box<dyn Fitted>, FitError> {
        Ok(Box::new(self.linear(columns)))
    }
}
