//! A multilayer perceptron: one to three hidden layers of rectified units over the most informative
//! tokens; the family's deep net.
//!
//! f(mail) is the log-odds of spam; the boundary may bend, and tokens may mean something only
//! together. Taught by `solver::backprop` with dropout, weight decay and early stopping on mail
//! held out; see `solver::net` for the objective. Weights are f32: half the memory and twice the
//! speed, and the noise of mini-batches is far above its rounding. On a bounded number of tokens,
//! which bounds memory: tokens × units × 4 bytes, three times that while learning.

use super::early_stopping::part;
use super::linear::common::CLASS_WEIGHT;
use super::linear::sgd::{BATCH, SCHEDULE};
use super::linfa::dense::{FEATURES, Selection, validate_selection};
use crate::base::streams::{Stream, random_stream};
use crate::dataset::{Example, Representation, TrainingSet};
use crate::model::early_stopping::{HELD_OUT, PATIENCE};
use crate::model::{
    Classifier, Convergence, Cost, Evidence, EvidencePlace, Family, FitError, FitObserver,
    FittedModel, InvalidModel, Learner, ObjectivePoint, Range, Scale, Setting, Settings,
};
use crate::nn::backprop::{TrainConfig, TrainedNet, train};
use crate::nn::net::Net;
use crate::optim::optimizer::{Rule, Schedule};
use crate::optim::stochastic::Passed;
use serde::{Deserialize, Serialize};

/// Learns a [`Perceptron`].
pub struct MultilayerPerceptron;

/// Settings of [`MultilayerPerceptron`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MlpSettings {
    /// Hidden layers.
    pub layers: usize,
    /// Units of each.
    pub units: usize,
    /// Tokens read.
    pub features: usize,
    /// Share of silent units while learning.
    pub dropout: f64,
    /// Price of half the square of every weight.
    pub decay: f64,
    /// How a gradient becomes a step.
    pub optimizer: String,
    /// The first rate.
    pub rate: f64,
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
    /// Whether both classes have the same say.
    pub class_weight: String,
}

impl Default for MlpSettings {
    fn default() -> MlpSettings {
        MlpSettings {
            layers: 1,
            units: 64,
            features: 70_000,
            dropout: 0.2,
            decay: 1e-5,
            optimizer: "adam".to_owned(),
            rate: 0.002,
            schedule: "cosine".to_owned(),
            batch: 32,
            passes: 15,
            held_out: 0.1,
            patience: 4,
            class_weight: "none".to_owned(),
        }
    }
}

/// FTRL begins at 0, where no unit learns, and averages are of linear models: neither teaches a
/// net.
const OPTIMIZERS: &[&str] = &["sgd", "momentum", "adagrad", "rmsprop", "adam"];

impl Settings for MlpSettings {
    const TABLE: &'static [Setting] = &[
        Setting {
            name: "layers",
            doc: "hidden layers",
            range: Range::Whole { min: 1, max: 3 },
        },
        Setting {
            name: "units",
            doc: "units of each hidden layer",
            range: Range::Whole { min: 1, max: 1024 },
        },
        Setting {
            range: Range::Whole {
                min: 1,
                max: 1_000_000,
            },
            ..FEATURES
        },
        Setting {
            name: "dropout",
            doc: "share of the hidden units that are silent at each step of learning",
            range: Range::Real { min: 0.0, max: 0.9 },
        },
        Setting {
            name: "decay",
            doc: "price of half the square of every weight, against the mean loss of a mail in nats",
            range: Range::Real {
                min: 0.0,
                max: 10.0,
            },
        },
        Setting {
            name: "optimizer",
            doc: "how a gradient becomes a step",
            range: Range::OneOf(OPTIMIZERS),
        },
        Setting {
            name: "rate",
            doc: "the first learning rate",
            range: Range::Real {
                min: 1e-6,
                max: 100.0,
            },
        },
        SCHEDULE,
        BATCH,
        Setting {
            name: "passes",
            doc: "passes over the mail at most",
            range: Range::Whole {
                min: 1,
                max: 100_000,
            },
        },
        HELD_OUT,
        PATIENCE,
        CLASS_WEIGHT,
    ];
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
    const SUMMARY: &'static str = "multilayer perceptron on sparse rows: a boundary that bends, with dropout, weight decay and early stopping";
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
        let selection = Selection::learn(data, settings.features);
        let rows = selection.narrow(data.matrix());
        let (fit, held) = part(
            data,
            &rows,
            settings.held_out,
            1.0,
            &settings.class_weight,
            watch,
        );
        let held = held.as_ref().map(|held| held.problem());
        let config = TrainConfig {
            rule: Rule::named(&settings.optimizer),
            rate: settings.rate,
            schedule: Schedule::named(&settings.schedule),
            batch: settings.batch,
            passes: settings.passes,
            patience: settings.patience,
            decay: settings.decay,
            dropout: settings.dropout,
        };
        let mut rng = random_stream(data.seed(), Stream::NetWeights);
        let net = Net::random(
            selection.columns.len(),
            settings.units,
            settings.layers,
            &mut rng,
        );
        let fitted = |net: Net<f32>| Perceptron {
            columns: data.columns(),
            selected: selection.columns.clone(),
            net,
        };
        let mut step = |Passed {
                            pass,
                            objective,
                            held_out,
                        }: Passed,
                        net: &Net<f32>| {
            let step = ObjectivePoint {
                pass: f64::from(pass),
                objective,
                gap: None,
                held_out,
            };
            watch.step(step, &|| Box::new(fitted(net.clone())))
        };
        let trained = train(
            net,
            &fit.problem(),
            held.as_ref(),
            &config,
            data.seed(),
            &mut step,
        );
        let TrainedNet {
            net,
            objective,
            passes,
            stopped_early,
        } = trained.ok_or(FitError::Cancelled)?;
        watch.finished(Convergence {
            converged: stopped_early,
            passes,
            objective,
            gap: None,
        });
        Ok(fitted(net))
    }
}

impl Perceptron {
    /// Inputs of a message with their columns and values.
    fn entries<'a>(
        &'a self,
        mail: Example<'a>,
    ) -> impl Iterator<Item = (u32, usize, f64)> + Clone + 'a {
        mail.columns
            .iter()
            .zip(mail.values)
            .filter_map(|(column, value)| {
                let input = self.selected.binary_search(column).ok()?;
                Some((*column, input, *value))
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
    fn evidence(&self, mail: Example<'_>) -> Evidence {
        let entries = || self.entries(mail);
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
    fn score(&self, mail: Example<'_>) -> f64 {
        let entries = self.entries(mail).map(|(_, input, value)| (input, value));
        f64::from(self.net.output(entries, &mut self.net.work()))
    }

    fn scale(&self) -> Scale {
        Scale::LogOdds
    }
}
