//! The saved experiment, `experiment.json`: the truth from which every table and chart is drawn.
//! Everything in it is the same for the same input and seed; times live apart in [`Timing`]
//! (`timing.json`).

use super::comparison::Comparison;
use super::curves::{Curve, UnlabelledCurve, ValidationCurve};
use super::data_card::{DataCard, EmailTable};
use super::decision::Decision;
use super::effect::Effect;
use super::introspection::{Contrast, LikelihoodPlane, QuotedMessage, TopTokens, WorkedExample};
use super::metric::Metrics;
use super::model_record::ModelRecord;
use super::tokenizer_trial::{self, TokenizerTrial};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// Version of the layout of `experiment.json`. Raised when a reader of the old one would misread
/// the new.
pub const SCHEMA: u32 = 3;

/// Everything one `compare` found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Experiment {
    /// See [`SCHEMA`].
    pub schema: u32,
    /// Name and version of the program.
    pub program: String,
    /// When it was made, if the user asked for that: without it the same input and seed give the
    /// same bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stamp: Option<String>,
    /// What was to be done.
    pub plan: Plan,
    /// From log-odds to verdicts: the rule behind every metric that counts errors.
    pub decision: Decision,
    /// What was read.
    pub data: DataCard,
    /// The messages, by row.
    pub emails: EmailTable,
    /// Each model with its run on each fold, in the order of the catalog.
    pub models: Vec<ModelRecord>,
    /// Metrics of always answering with the majority class, mean over folds.
    pub baseline: Metrics,
    /// Every pair of models that have a result.
    pub comparisons: Vec<Comparison>,
    /// The effect of what was added to the training mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<Effect>,
    /// Learning curve: error by number of training messages.
    pub curve: Option<Curve>,
    /// Semi-supervised learning curve: what mail without labels is worth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unlabelled_curve: Option<UnlabelledCurve>,
    /// Tokenizers that were tried; each training part took the best of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tokenizer_trials: Vec<TokenizerTrial>,
    /// Validation curves: what single settings do to the loss.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub validation_curves: Vec<ValidationCurve>,
    /// Token contrast: each token as the two families see it.
    pub contrast: Option<Contrast>,
    /// Each test message by its two likelihoods under the best generative model.
    pub likelihood_plane: Option<LikelihoodPlane>,
    /// The tokens on which each model relies most.
    pub top_tokens: Vec<TopTokens>,
    /// One message followed through both families.
    pub worked_example: Option<WorkedExample>,
    /// Selected messages with each model's evidence.
    pub messages: Vec<QuotedMessage>,
}

impl Experiment {
    /// The tokenizer that each training part took, as a place in
    /// [`tokenizer_trials`](Experiment::tokenizer_trials).
    pub fn chosen_tokenizers(&self) -> Vec<usize> {
        tokenizer_trial::chosen(&self.tokenizer_trials)
    }

    /// What contradicts itself in the experiment, if anything: a file may have been changed by hand,
    /// and whatever draws it relies on this.
    pub fn contradiction(&self) -> Option<String> {
        let emails = self.emails.labels.len();
        if self.emails.ids.len() != emails {
            return Some(format!(
                "it has {} ids for {emails} labels",
                self.emails.ids.len()
            ));
        }
        let row = |row: u32| (row as usize) < emails;
        for model in &self.models {
            for (fold, scored) in model.scored() {
                let length = scored.rows.len();
                let numbers = scored.score.iter().chain(&scored.log_odds);
                if scored.score.len() != length || scored.log_odds.len() != length {
                    return Some(format!(
                        "{} has columns of different lengths on fold {fold}",
                        model.name
                    ));
                }
                if !scored.rows.iter().all(|&at| row(at)) || !numbers.copied().all(f64::is_finite) {
                    return Some(format!(
                        "{} scores a message that is not there, or by no number, on fold {fold}",
                        model.name
                    ));
                }
            }
        }
        let quoted = self.messages.iter().map(|message| message.row);
        let placed = self
            .likelihood_plane
            .iter()
            .flat_map(|likelihood_plane| likelihood_plane.rows.iter().copied());
        let missing = quoted
            .chain(placed)
            .chain(self.worked_example.iter().map(|one| one.row))
            .find(|&at| !row(at));
        missing.map(|at| format!("it quotes message {at}, which is not there"))
    }
}

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Name of the report.
    pub name: String,
    /// Seed of everything random.
    pub seed: u64,
    /// Number of folds.
    pub folds: u32,
    /// How the folds were made, in words: `10 stratified folds, near-duplicates kept together` or
    /// the split file.
    pub split: String,
    /// The tokenizer's recipe.
    pub recipe: Value,
    /// How the vocabulary is learned.
    pub vocabulary: Value,
    /// Resamples of the bootstrap behind the intervals.
    #[serde(default)]
    pub resamples: u32,
    /// Kinds of token that no model read, by name.
    #[serde(default)]
    pub without: Vec<String>,
    /// Settings given by the user, by model.
    pub settings: Value,
    /// How settings were searched for, beyond the grid of each model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<Searched>,
    /// What was added to the training mail, as on the command line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub augment: Vec<String>,
    /// How scores become probabilities, if not by Platt's sigmoid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calibration: Option<String>,
}

/// A search for settings, on the inner folds of each training part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Searched {
    /// `grid`, `random` or `halving`.
    pub way: String,
    /// Settings that each family could try.
    pub settings: usize,
    /// Choices of the shared tokenizer and vocabulary that were searched, as they were given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recipe: Vec<String>,
}

/// Seconds, which differ from run to run: `timing.json`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Timing {
    /// Reading and tokenizing all mail.
    pub read_seconds: f64,
    /// The whole comparison, report not included.
    pub total_seconds: f64,
    /// By model: seconds to tune, calibrate and fit, mean over folds.
    pub fit_seconds: BTreeMap<String, f64>,
    /// By model: encoded messages in memory scored per second.
    pub emails_per_second: BTreeMap<String, f64>,
}
