//! A multilayer perceptron: one to three hidden layers of rectified units over the most informative
//! tokens; the family's deep net.
//!
//! f(mail) is the log-odds of spam; the boundary may bend, and tokens may mean something only
//! together. Trained by `nn::training` with dropout, weight decay and early stopping on mail
//! held out; see `nn::net` for the objective. Weights are f32: half the memory and twice the
//! speed, and the noise of mini-batches is far above its rounding. On a bounded number of tokens,
//! which bounds memory: tokens × units × 4 bytes, three times that while learning.

use super::linear::sgd::{BATCH_SIZE, SCHEDULE, objective_point};
use super::problem::{CLASS_WEIGHT, ClassWeight, LabelledRows};
use super::selection::{MAX_FEATURES, Selection, validate_selection};
use crate::base::choices::choices;
use crate::base::streams::{Stream, random_stream};
use crate::dataset::{Example, Representation, TrainingSet};
use crate::model::shared_settings::{N_ITER_NO_CHANGE, VALIDATION_FRACTION};
use crate::model::{
    Classifier, Convergence, Cost, Evidence, EvidencePlace, Family, FitError, FitObserver,
    FittedModel, InvalidModel, Learner, Scale, Setting, settings,
};
use crate::nn::backprop::Regularisation;
use crate::nn::net::Net;
use crate::nn::training::{TrainConfig, train};
use crate::optim::optimizer::{Schedule, UpdateRule};
use crate::optim::stochastic::Passed;
use serde::{Deserialize, Serialize};

/// Learns a [`Perceptron`].
pub struct MultilayerPerceptron;

choices! {
    /// How a gradient becomes a step. FTRL begins at 0, where no unit learns, and averages are of
    /// linear models: neither trains a net.
    pub enum NetRule {
        /// See [`UpdateRule::Sgd`].
        Sgd = "sgd",
        /// See [`UpdateRule::Momentum`].
        Momentum = "momentum",
        /// See [`UpdateRule::AdaGrad`].
        AdaGrad = "adagrad",
        /// See [`UpdateRule::RmsProp`].
        RmsProp = "rmsprop",
        /// See [`UpdateRule::Adam`].
        Adam = "adam",
    }
}

impl From<NetRule> for UpdateRule {
    fn from(rule: NetRule) -> UpdateRule {
        match rule {
            NetRule::Sgd => UpdateRule::Sgd,
            NetRule::Momentum => UpdateRule::Momentum,
            NetRule::AdaGrad => UpdateRule::AdaGrad,
            NetRule::RmsProp => UpdateRule::RmsProp,
            NetRule::Adam => UpdateRule::Adam,
        }
    }
}

settings! {
    /// Settings of [`MultilayerPerceptron`].
    pub struct MlpSettings {
        hidden_layers: usize = Setting::whole(1, 1..=3, "hidden layers"),
        hidden_units: usize = Setting::whole(64, 1..=1024, "units of each hidden layer"),
        max_features: usize = Setting::whole(70_000, 1..=1_000_000, MAX_FEATURES.doc),
        dropout: f64 = Setting::real(
            0.2,
            0.0..=0.9,
            "share of the hidden units that are silent at each step",
        ),
        weight_decay: f64 = Setting::real(
            1e-5,
            0.0..=10.0,
            "factor of half the square of every weight, against the mean loss in nats per message",
        ),
        optimizer: NetRule = Setting::one_of(NetRule::Adam, "how a gradient becomes a step"),
        learning_rate: f64 = Setting::real(0.002, 1e-6..=100.0, "the first learning rate"),
        schedule: Schedule = SCHEDULE,
        batch_size: usize = BATCH_SIZE,
        max_iter: u32 = Setting::whole(15, 1..=100_000, "passes over the mail at most"),
        validation_fraction: f64 = VALIDATION_FRACTION,
        n_iter_no_change: u32 = N_ITER_NO_CHANGE.with_default(4),
        class_weight: ClassWeight = CLASS_WEIGHT,
    }
}

impl MlpSettings {
    /// How they have the net trained.
    fn train_config(&self) -> TrainConfig {
        TrainConfig {
            rule: self.optimizer.into(),
            learning_rate: self.learning_rate,
            schedule: self.schedule,
            batch_size: self.batch_size,
            max_iter: self.max_iter,
            n_iter_no_change: self.n_iter_no_change,
            regularisation: Regularisation {
                weight_decay: self.weight_decay,
                dropout: self.dropout,
            },
        }
    }
}

/// A net over selected tokens.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Perceptron {
    /// Columns of the vocabulary in all.
    columns: usize,
    /// Columns that are read, ascending.
    selected: Vec<u32>,
    net: Net<f32>,
}

impl Learner for MultilayerPerceptron {
    const NAME: &'static str = "mlp";
    const FAMILY: Family = Family::Discriminative;
    const SUMMARY: &'static str = "\
        multilayer perceptron on a sparse matrix: a boundary that bends, with dropout, weight \
        decay and early stopping";
    const DEFAULT: bool = false;
    const COST: Cost = Cost::Costly;
    const TUNABLE: &'static [&'static str] = &["dropout"];
    type Settings = MlpSettings;
    type Fitted = Perceptron;

    fn representation(_: &MlpSettings) -> Representation {
        Representation::TfIdf
    }

    fn fit(
        &self,
        settings: &MlpSettings,
        data: &TrainingSet<'_>,
        watch: &mut dyn FitObserver,
    ) -> Result<Perceptron, FitError> {
        let selection = Selection::learn(data, settings.max_features);
        let rows = selection.narrow(data.matrix());
        let emails = LabelledRows::new(data, &rows, 1.0, settings.class_weight);
        let (fit, held) = emails.hold_out(data, settings.validation_fraction, watch);
        let held = held.as_ref().map(|held| held.problem());
        let mut rng = random_stream(data.seed(), Stream::NetWeights);
        let net = Net::random(
            selection.columns.len(),
            settings.hidden_units,
            settings.hidden_layers,
            &mut rng,
        );
        let fitted = |net: Net<f32>| Perceptron {
            columns: data.columns(),
            selected: selection.columns.clone(),
            net,
        };
        let mut step = |passed: Passed, net: &Net<f32>| {
            watch.step(objective_point(&passed), &|| Box::new(fitted(net.clone())))
        };
        let trained = train(
            net,
            &fit.problem(),
            held.as_ref(),
            &settings.train_config(),
            data.seed(),
            &mut step,
        );
        let trained = trained.ok_or(FitError::Cancelled)?;
        watch.finished(Convergence {
            converged: trained.stopped_early,
            passes: trained.passes,
            objective: trained.objective,
            gap: None,
        });
        Ok(fitted(trained.net))
    }
}

impl Perceptron {
    /// Inputs of a message with their columns and values.
    fn entries<'a>(
        &'a self,
        email: Example<'a>,
    ) -> impl Iterator<Item = (u32, usize, f64)> + Clone + 'a {
        email
            .columns
            .iter()
            .zip(email.values)
            .filter_map(|(column, value)| {
                let input = self.selected.binary_search(column).ok()?;
                Some((*column, input, f64::from(*value)))
            })
    }
}

impl FittedModel for Perceptron {
    fn validate(&self, columns: usize) -> Result<(), InvalidModel> {
        InvalidModel::unless_columns(self.columns, columns)?;
        validate_selection(&self.selected, columns)?;
        InvalidModel::unless(
            self.net.inputs() == Some(self.selected.len()),
            "its layers do not fit one another",
        )
    }

    /// What leaving out each token alone would change: a bent boundary has no exact shares.
    fn evidence(&self, email: Example<'_>) -> Evidence {
        let entries = || self.entries(email);
        let (whole, without) = self
            .net
            .leave_one_out(entries().map(|(_, input, value)| (input, value)));
        let change = |((column, ..), rest): ((u32, usize, f64), f32)| {
            (EvidencePlace::Column(column), f64::from(whole - rest))
        };
        let parts: Vec<(EvidencePlace, f64)> = entries().zip(without).map(change).collect();
        let intercept = f64::from(whole) - parts.iter().map(|(_, value)| value).sum::<f64>();
        Evidence {
            parts,
            intercept,
            exact: false,
        }
    }
}

impl Classifier for Perceptron {
    fn score(&self, email: Example<'_>) -> f64 {
        let entries = self.entries(email).map(|(_, input, value)| (input, value));
        f64::from(self.net.output(entries, &mut self.net.work()))
    }

    fn scale(&self) -> Scale {
        Scale::LogOdds
    }
}
