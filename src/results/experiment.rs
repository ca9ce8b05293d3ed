//! The saved experiment, `experiment.json`: the truth from which every table and chart is drawn.
//! Everything in it is the same for the same input and seed; times live apart in [`Timing`]
//! (`timing.json`).

use super::calibration::Calibration;
use super::curve::{Curve, UnlabelledCurve, ValidationCurve};
use super::effect::Effect;
use super::fit::{Convergence, Family, LossPoint, ObjectivePoint, Scale, Trial};
use super::knowledge::{Contrast, LikelihoodPlane, QuotedMessage, TopTokens, WorkedExample};
use super::readings::TokenizerTrial;
use crate::base::mail::Label;
use crate::base::math::sigmoid;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// Version of the layout of `experiment.json`. Raised when a reader of the old one would misread
/// the new.
pub const SCHEMA: u32 = 3;

/// Value of each metric by its key; `None` where it is not defined (no probability, one class
/// only).
pub type Metrics = BTreeMap<String, Option<f64>>;

/// Everything one `compare` found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Experiment {
    /// See [`SCHEMA`].
    pub schema: u32,
    /// Name and version of the program.
    pub program: String,
    /// When it was made, if the user wanted that told: without it the same input and seed give the
    /// same bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stamp: Option<String>,
    /// What was to be done.
    pub plan: Plan,
    /// What was read.
    pub data: DataCard,
    /// The messages, by row.
    pub emails: Mails,
    /// Each model with its run on each fold, in the order of the table of models.
    pub models: Vec<ModelRecord>,
    /// What always answering with the majority class gets, mean over folds.
    pub baseline: Metrics,
    /// Every pair of models that both came to a result.
    pub comparisons: Vec<Comparison>,
    /// What was added to the training mail, and what that changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<Effect>,
    /// Error against the number of training messages.
    pub curve: Option<Curve>,
    /// The same of what mail without labels is worth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unlabelled_curve: Option<UnlabelledCurve>,
    /// Ways to read the mail, of which each training part took the best.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub readings: Vec<TokenizerTrial>,
    /// What single settings do to the loss.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub validation_curves: Vec<ValidationCurve>,
    /// Each token as the two families see it.
    pub contrast: Option<Contrast>,
    /// Each test mail by what it costs the best model of p(mail | class).
    pub likelihood_plane: Option<LikelihoodPlane>,
    /// The tokens on which each model relies most.
    pub top_tokens: Vec<TopTokens>,
    /// One message followed through both families.
    pub worked_example: Option<WorkedExample>,
    /// Telling messages with each model's evidence.
    pub messages: Vec<QuotedMessage>,
}

impl Experiment {
    /// What contradicts itself in it, if anything: a file may have been changed by hand. Whoever
    /// draws relies on this.
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
                        "{} scores a mail that is not there, or by no number, on fold {fold}",
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
        let lost = quoted
            .chain(placed)
            .chain(self.worked_example.iter().map(|one| one.row))
            .find(|&at| !row(at));
        lost.map(|at| format!("it quotes mail {at}, which is not there"))
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
    /// How the folds were made, in words: `10 stratified folds, near_duplicates kept together` or
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

/// What was read and what was not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DataCard {
    /// Where the mail came from, as the user named it.
    pub source: String,
    /// What was taken for what, a line for each input, and what is to be known of how it was read.
    #[serde(default)]
    pub plan: Vec<String>,
    /// SHA-256 of the input, hexadecimal.
    pub sha256: String,
    /// Rows read.
    pub read: usize,
    /// Messages kept of each class: ham, spam.
    pub kept: [usize; 2],
    /// Messages kept that have no label.
    #[serde(default)]
    pub unlabelled: usize,
    /// Rows that could not be used: the first hundred.
    pub rejected: Vec<Rejected>,
    /// How many could not be used, by reason.
    pub rejected_by_reason: BTreeMap<String, usize>,
    /// Messages that are a copy of an earlier one up to case, digits, punctuation and spaces, or
    /// nearly so.
    pub near_duplicates: usize,
    /// Groups of copies that hold both ham and spam: the first hundred.
    #[serde(default)]
    pub conflicts: Vec<Conflict>,
    /// How many such groups there are.
    #[serde(default)]
    pub conflicting: usize,
    /// Tokens that alone nearly tell the class.
    #[serde(default)]
    pub leaky_tokens: Vec<LeakyToken>,
    /// Whether texts, addresses and numbers were hidden.
    #[serde(default)]
    pub redacted: bool,
    /// Distinct tokens.
    pub tokens: usize,
    /// Bytes of mail.
    pub bytes: usize,
}

/// A token that nearly all mail of one class holds and nearly none of the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeakyToken {
    /// The token.
    pub token: String,
    /// Messages that hold it: ham, spam.
    pub emails: [u32; 2],
}

/// A row that could not be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejected {
    /// The input it stands in.
    #[serde(default)]
    pub file: String,
    /// Line on which it begins.
    pub line: u64,
    /// Why.
    pub reason: String,
}

/// Copies of one message that do not all have the same label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    /// The first ten that are called ham.
    pub ham: Vec<SourceLine>,
    /// The first ten that are called spam.
    pub spam: Vec<SourceLine>,
}

/// Where a message stands in its input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceLine {
    /// Identifier, which names the file where there are several.
    pub id: String,
    /// Line, from 1.
    pub line: u64,
}

/// The messages, column by column.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Mails {
    /// Identifier.
    pub ids: Vec<String>,
    /// True label; none of mail of unknown class, which no fold tests.
    pub labels: Vec<Option<Label>>,
    /// Group of copies: the row of its first member.
    pub groups: Vec<u32>,
    /// What kind of ham or spam the source says it is; empty where no mail has one.
    pub kinds: Vec<Option<String>>,
    /// Tokens of every kind.
    pub tokens: Vec<u32>,
    /// Language, where it could be told.
    pub languages: Vec<Option<String>>,
    /// Whether it holds a link.
    pub links: Vec<bool>,
    /// Whether it is a page.
    pub html: Vec<bool>,
}

impl Mails {
    /// The true label of the mail in a row; None of one that is not there or of unknown class.
    pub fn label(&self, row: u32) -> Option<Label> {
        self.labels.get(row as usize).copied().flatten()
    }

    /// The identifier of the mail in a row; empty of one that is not there.
    pub fn id(&self, row: u32) -> &str {
        self.ids.get(row as usize).map_or("", String::as_str)
    }
}

/// One model over all folds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelRecord {
    /// Its name.
    pub name: String,
    /// Its family.
    pub family: Family,
    /// Its one line.
    pub summary: String,
    /// Its settings, before training chose what they leave open.
    pub settings: Value,
    /// One for each fold.
    pub runs: Vec<Run>,
    /// Mean and deviation over the folds, by metric; empty if no run scored.
    pub spread: BTreeMap<String, Spread>,
    /// Bootstrap interval of the mean, 95 %, by metric.
    #[serde(default)]
    pub intervals: BTreeMap<String, [f64; 2]>,
}

impl ModelRecord {
    /// The folds that were scored.
    pub fn scored(&self) -> impl Iterator<Item = (u32, &Scored)> {
        self.runs.iter().filter_map(|run| match &run.outcome {
            Outcome::Scored(scored) => Some((run.fold, scored)),
            _ => None,
        })
    }

    /// Why it did not run, if it did not on some fold: the first reason.
    pub fn trouble(&self) -> Option<&str> {
        self.runs.iter().find_map(|run| match &run.outcome {
            Outcome::Failed(why) | Outcome::NotApplicable(why) => Some(why.as_str()),
            Outcome::Scored(_) => None,
        })
    }

    /// Mean of a metric over the folds.
    pub fn mean(&self, metric: &str) -> Option<f64> {
        self.spread.get(metric).and_then(|spread| spread.mean)
    }
}

/// Mean and standard deviation (n - 1) of a metric over the folds on which it is defined.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// Mean.
    pub mean: Option<f64>,
    /// Standard deviation over folds; none for a single fold.
    pub deviation: Option<f64>,
}

/// One model on one fold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// The fold, from 0.
    pub fold: u32,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "nearly all are Scored")]
pub enum Outcome {
    /// It was fitted and scored the fold's test messages.
    Scored(Scored),
    /// It failed; why.
    Failed(String),
    /// The data are beyond its stated limit; what to use instead.
    NotApplicable(String),
}

/// What a fitted model said of the test messages of its fold, column by column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scored {
    /// Settings that training chose.
    pub chosen: Value,
    /// What the raw score means.
    pub scale: Scale,
    /// From raw score to log-odds.
    pub calibration: Calibration,
    /// Settings that training chose among; empty where it had no choice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tried: Vec<Trial>,
    /// How the fit ended, for iterative ones.
    pub convergence: Option<Convergence>,
    /// The objective by pass, for iterative fits.
    pub trace: Vec<ObjectivePoint>,
    /// What was lost by step, on the first fold: of the training mail and of the test messages.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub losses: Vec<LossPoint>,
    /// Bytes of the fitted model.
    pub model_bytes: usize,
    /// Row of each message in [`Mails`].
    pub rows: Vec<u32>,
    /// Raw score of each.
    pub score: Vec<f64>,
    /// Calibrated log-odds of spam of each, in nats.
    pub log_odds: Vec<f64>,
    /// Metrics on this fold.
    pub metrics: Metrics,
}

impl Scored {
    /// Probability of spam of the mail at `at`.
    pub fn probability(&self, at: usize) -> f64 {
        sigmoid(self.log_odds[at])
    }

    /// The class predicted for the mail at `at`: spam from a probability of one half.
    pub fn predicted(&self, at: usize) -> Label {
        Label::from_is_spam(self.log_odds[at] >= 0.0)
    }
}

/// Two models on the same messages: McNemar's test, and the corrected resampled t-test over folds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// One model.
    pub a: String,
    /// The other.
    pub b: String,
    /// Messages that only `a` got right.
    pub only_a_right: usize,
    /// Messages that only `b` got right.
    pub only_b_right: usize,
    /// Two-sided p-value.
    pub p_value: f64,
    /// Whether it is the exact binomial one (fewer than 25 messages on which they differ) or
    /// chi-square with continuity correction.
    pub exact: bool,
    /// The test over folds, where there are folds to test by.
    pub resampled_t: Option<ResampledT>,
}

/// The corrected resampled t-test on the accuracies of the folds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ResampledT {
    /// Mean gain in accuracy of `a` over `b`.
    pub gain: f64,
    /// The statistic.
    pub t: f64,
    /// Two-sided p-value.
    pub p_value: f64,
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
    /// By model: messages scored in a second, encoded messages in memory.
    pub mails_per_second: BTreeMap<String, f64>,
}
