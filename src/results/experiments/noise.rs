//! What damage does to models: wrong labels, rare spam, missing words, short messages.

use super::NamedModel;
use crate::results::fit::Family;
use crate::results::metric::Estimate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Its name.
pub const NOISE: &str = "noise";
/// The error rate with the share of spam as expectation maximisation finds it from the scores alone
/// (Saerens, Latinne and Decaestecker 2002).
pub const PRIOR_CORRECTED: &str = "error_pct_prior_corrected";
/// What is measured: keys of metrics, lower being better in all. By the first three the best models
/// are compared.
pub const METRICS_OF_NOISE: [&str; 6] = [
    "error_pct",
    "one_minus_roca_pct",
    "log_loss_bits",
    "ham_misclassified_pct",
    "spam_misclassified_pct",
    PRIOR_CORRECTED,
];

/// What an experiment on damage found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NoiseFound {
    /// What the mail is called.
    pub mail: String,
    /// Ham and spam that is learned from, undamaged.
    pub training: [usize; 2],
    /// Ham and spam of the test set.
    pub test: [usize; 2],
    /// Near-duplicates that were left out: all messages of a group but its first.
    pub left_out: usize,
    /// Seed.
    pub seed: u64,
    /// Replicates of the bootstrap.
    pub replicates: u32,
    /// The models, in the order of the catalog.
    pub models: Vec<NamedModel>,
    /// The model of each family, by its number, that makes the fewest errors on undamaged mail: the
    /// generative one first.
    pub best: [Option<usize>; 2],
    /// Undamaged mail, and then each level of each damage.
    pub levels: Vec<NoiseLevel>,
}

/// What is damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Damage {
    /// Labels of the training set, of both classes alike.
    WrongLabels,
    /// Labels of ham of the training set.
    HamCalledSpam,
    /// Labels of spam of the training set.
    SpamCalledHam,
    /// The share of spam in the training set.
    RareSpam,
    /// Words of the test messages.
    MissingWords,
    /// The length of the test messages.
    ShortMessages,
}

/// All models at a level of a damage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NoiseLevel {
    /// What is damaged; nothing in undamaged mail.
    pub damage: Option<Damage>,
    /// How much: see [`Damage::levels`].
    pub level: usize,
    /// Draws of what is damaged.
    pub draws: usize,
    /// By the number of the model.
    pub models: Vec<NoisyModel>,
    /// By metric, the best generative model less the best discriminative one, with the 95 %
    /// interval for the draws of damage and of test messages: below 0 the generative one is ahead.
    pub differences: BTreeMap<String, (f64, [f64; 2])>,
}

/// A model at a level of a damage.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct NoisyModel {
    /// Means over draws, with deviations where there are several.
    pub metrics: BTreeMap<String, Estimate>,
    /// Why there is no fit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
}

impl Damage {
    /// All, in the order of tables.
    pub const ALL: [Damage; 6] = [
        Damage::WrongLabels,
        Damage::HamCalledSpam,
        Damage::SpamCalledHam,
        Damage::RareSpam,
        Damage::MissingWords,
        Damage::ShortMessages,
    ];

    /// From little to much: the share of labels or of words in percent, how much ham there is for
    /// one spam, or the words that are left.
    pub fn levels(self) -> &'static [usize] {
        match self {
            Damage::WrongLabels | Damage::HamCalledSpam | Damage::SpamCalledHam => {
                &[5, 10, 20, 30, 40]
            }
            Damage::RareSpam => &[10, 100, 1_000],
            Damage::MissingWords => &[25, 50, 75],
            Damage::ShortMessages => &[32, 16, 8, 4],
        }
    }

    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Damage::WrongLabels => "wrong labels",
            Damage::HamCalledSpam => "ham labelled as spam",
            Damage::SpamCalledHam => "spam labelled as ham",
            Damage::RareSpam => "rare spam",
            Damage::MissingWords => "missing words",
            Damage::ShortMessages => "short messages",
        }
    }

    /// A level in words.
    pub fn level_name(self, level: usize) -> String {
        match self {
            Damage::RareSpam => format!("1:{level}"),
            Damage::ShortMessages => format!("{level} words"),
            _ => format!("{level} %"),
        }
    }

    /// Whether it is the training set that is damaged; else the test messages are.
    pub fn is_of_training(self) -> bool {
        !matches!(self, Damage::MissingWords | Damage::ShortMessages)
    }
}

impl NoiseFound {
    /// Undamaged mail, and then each level of a damage.
    pub fn of(&self, damage: Damage) -> Vec<&NoiseLevel> {
        let wanted = |level: &&NoiseLevel| level.damage.is_none_or(|of| of == damage);
        self.levels.iter().filter(wanted).collect()
    }

    /// The best model of a family on undamaged mail, by its number.
    pub fn best(&self, family: Family) -> Option<usize> {
        self.best[usize::from(family == Family::Discriminative)]
    }
}

impl NoiseLevel {
    /// A metric of a model, by its number.
    pub fn value(&self, model: usize, key: &str) -> Option<f64> {
        self.models[model].metrics.get(key)?.value
    }

    /// In words.
    pub fn name(&self) -> String {
        self.damage
            .map_or_else(|| "none".to_owned(), |damage| damage.level_name(self.level))
    }
}
