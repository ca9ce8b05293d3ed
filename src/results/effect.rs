//! What was added to the training mail, and what that changed: every model with it and without it,
//! on the same folds.

use super::comparison::Comparison;
use super::data_card::EmailTable;
use super::metric::Metrics;
use super::model_record::ModelRecord;
use super::statistics::pairs::compare_pair;
use serde::{Deserialize, Serialize};

/// The metrics recorded of a model trained without what was added.
pub const EFFECT_METRICS: [&str; 5] = [
    "accuracy",
    "one_minus_roca_pct",
    "log_loss_bits",
    "ham_misclassified_pct",
    "spam_misclassified_pct",
];
/// The first of them are shown where there is little room.
pub const EFFECT_SHOWN: usize = 3;

/// What was added to the training mail, and its effect on each model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Effect {
    /// What was added, as on the command line: `noise=0.1`.
    pub added: Vec<String>,
    /// Messages added to the training part of each fold.
    pub emails: Vec<usize>,
    /// One for each model that has a result both times.
    pub models: Vec<ModelEffect>,
}

/// The effect on one model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelEffect {
    /// Its name.
    pub model: String,
    /// Means over folds with what was added.
    pub with: Metrics,
    /// Means over folds without.
    pub without: Metrics,
    /// Both on the same messages; `a` is the model with what was added, `b` without.
    pub comparison: Comparison,
}

impl Effect {
    /// Sets models trained with additional mail beside the same models trained without.
    pub fn of(
        (added, emails): (Vec<String>, Vec<usize>),
        with: &[ModelRecord],
        without: &[ModelRecord],
        tested: &EmailTable,
    ) -> Effect {
        let means = |model: &ModelRecord| {
            EFFECT_METRICS
                .iter()
                .map(|key| ((*key).to_owned(), model.value(key)))
                .collect()
        };
        let effect = |with: &ModelRecord| {
            let without = without.iter().find(|without| without.name == with.name)?;
            Some(ModelEffect {
                model: with.name.clone(),
                with: means(with),
                without: means(without),
                comparison: compare_pair(with, without, tested)?,
            })
        };
        Effect {
            added,
            emails,
            models: with.iter().filter_map(effect).collect(),
        }
    }
}
