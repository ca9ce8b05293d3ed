//! The saved experiment, `experiment.json`: the truth from which every table and chart is drawn.
//! Everything in it is the same for the same input and seed; times live apart in [`Timing`]
//! (`timing.json`).

use super::comparison::{Comparison, Families};
use super::data_card::{DataCard, EmailTable};
use super::decision::{Decision, DecisionRule};
use super::metric::Metrics;
use super::model_record::ModelRecord;
use super::tokenizer_trial::{self, TokenizerTrial};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// Version of the layout of `experiment.json`. Raised when a reader of the old one would misread
/// the new.
pub const SCHEMA: u32 = 5;

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
    /// A name for it, after its first input.
    pub name: String,
    /// What was asked: the whole specification, from which it can be run again.
    pub spec: Value,
    /// What the decision of each model on each fold was chosen by.
    pub decision: DecisionRule,
    /// How the mail was split.
    pub split: SplitRecord,
    /// What mail was read, and what of it could not be used.
    pub data: DataCard,
    /// The messages, by row.
    pub emails: EmailTable,
    /// Each model with its run on each fold, in the order of the catalog.
    pub models: Vec<ModelRecord>,
    /// Metrics of always answering with the majority class, mean over folds.
    pub baseline: Metrics,
    /// Every pair of models that have a result.
    pub comparisons: Vec<Comparison>,
    /// The best model of each family, and by how much they differ; of an experiment with resamples.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub families: Option<Families>,
    /// A model that the user wants to see beside the best in charts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub highlighted: Option<String>,
    /// What the analyses found, by name; see [`Experiment::found`].
    pub analyses: BTreeMap<String, Value>,
    /// The candidates of a search over the tokenizer, of which each training set took the best.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tokenizer_trials: Vec<TokenizerTrial>,
}

impl Experiment {
    /// The tokenizer that each training set took, as a place in
    /// [`tokenizer_trials`](Experiment::tokenizer_trials).
    pub fn chosen_tokenizers(&self) -> Vec<usize> {
        tokenizer_trial::chosen(&self.tokenizer_trials)
    }

    /// The rows of the messages that were tested: scored on some fold by some model. Of a single
    /// split they are fewer than were read.
    pub fn tested_rows(&self) -> Vec<u32> {
        let folds = self.models.iter().flat_map(ModelRecord::scored);
        let rows = folds.flat_map(|(_, scored)| &scored.rows);
        let mut rows: Vec<u32> = rows.copied().collect();
        rows.sort_unstable();
        rows.dedup();
        rows
    }

    /// How many ham and spam were tested.
    pub fn tested(&self) -> [usize; 2] {
        let mut emails = [0, 0];
        let rows = self.tested_rows().into_iter();
        for label in rows.filter_map(|row| self.emails.label(row)) {
            emails[label.index()] += 1;
        }
        emails
    }

    /// The decision of a model on the fold that tested a message; the default one where none did.
    pub fn decision_on(&self, model: &str, row: u32) -> Decision {
        let model = self.models.iter().find(|one| one.name == model);
        let mut folds = model.into_iter().flat_map(ModelRecord::scored);
        let fold = folds.find(|(_, scored)| scored.rows.contains(&row));
        fold.map_or_else(Decision::default, |(_, scored)| scored.decision.decision)
    }

    /// Whether the test mail came in several folds, so that a text may speak of them.
    pub fn has_folds(&self) -> bool {
        self.split.folds > 1
    }

    /// Resamples of the bootstrap behind the intervals; 0 if there are no intervals.
    pub fn resamples(&self) -> u64 {
        self.spec["resamples"].as_u64().unwrap_or(0)
    }

    /// What contradicts itself in the experiment, if anything: a file may have been changed by
    /// hand, and whatever draws it relies on this.
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
        let messages = self.messages();
        let quoted = messages.iter().map(|message| message.row);
        let plane = self.likelihood_plane();
        let placed = plane.iter().flat_map(|plane| plane.rows.iter().copied());
        let shared = self.drift().and_then(|drift| drift.shared);
        let missing = quoted
            .chain(placed)
            .chain(shared.into_iter().flat_map(|shared| shared.rows))
            .chain(self.split.shared.iter().copied())
            .chain(self.worked_example().map(|one| one.row))
            .chain(self.latent_space().into_iter().flat_map(|space| space.rows))
            .chain(self.attention().into_iter().map(|one| one.row))
            .find(|&at| !row(at));
        missing.map(|at| format!("it quotes message {at}, which is not there"))
    }
}

/// How the mail was split.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SplitRecord {
    /// Number of folds, at least 1.
    pub folds: u32,
    /// How they were made: `10 stratified folds, near-duplicates kept together`, or the file that
    /// says so.
    pub description: String,
    /// Rows of the test messages with a near-duplicate in the training set of their fold; none of
    /// folds that the program made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shared: Vec<u32>,
    /// Of a single split made elsewhere, whether its test mail is like its training mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resemblance: Option<Resemblance>,
}

/// By how much the tokens of test mail differ from those of training mail.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Resemblance {
    /// Jensen-Shannon divergence of the token frequencies, at the same share of spam.
    pub divergence_bits: f64,
    /// Random divisions of the same mail into parts of the same sizes.
    pub divisions: u32,
    /// The largest divergence of any of these.
    pub most_by_chance: f64,
}

impl Resemblance {
    /// Whether the two differ by more than every random division.
    pub fn is_change(&self) -> bool {
        self.divergence_bits > self.most_by_chance
    }
}

/// Seconds, which differ from run to run: `timing.json`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Timing {
    /// Reading and tokenizing all mail.
    pub read_seconds: f64,
    /// The whole comparison, report not included.
    pub total_seconds: f64,
    /// By model: wall seconds of all fits that tune and calibrate it and of the last one, added up,
    /// mean over folds. Fits of several models may run at the same time.
    pub fit_seconds: BTreeMap<String, f64>,
    /// By model: encoded messages in memory scored per second.
    pub emails_per_second: BTreeMap<String, f64>,
}

/// Most seconds that anything took, three hundred years.
const MOST_SECONDS: f64 = 1e10;
/// Most messages that anything scores in a second.
const MOST_PER_SECOND: f64 = 1e12;

impl Timing {
    /// Whether something could have taken these times. A file may have been changed by hand, and
    /// whatever draws it relies on this.
    pub fn is_plausible(&self) -> bool {
        let seconds = self.fit_seconds.values();
        let seconds = seconds.chain([&self.read_seconds, &self.total_seconds]);
        let mut rates = self.emails_per_second.values();
        let is_measured = |value: f64| value == 0.0 || value >= 1.0 / MOST_PER_SECOND;
        seconds
            .copied()
            .all(|seconds| is_measured(seconds) && seconds <= MOST_SECONDS)
            && rates.all(|&rate| is_measured(rate) && rate <= MOST_PER_SECOND)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_that_nothing_can_take_are_not_plausible() {
        let timing = |seconds: f64, rate: f64| Timing {
            fit_seconds: [("svm".to_owned(), seconds)].into(),
            emails_per_second: [("svm".to_owned(), rate)].into(),
            ..Timing::default()
        };
        assert!(Timing::default().is_plausible() && timing(0.3, 2e6).is_plausible());
        for odd in [1.7e308, 5e-324, -1.0, f64::NAN, f64::INFINITY] {
            assert!(!timing(odd, 1.0).is_plausible(), "{odd} s");
            assert!(!timing(1.0, odd).is_plausible(), "{odd} per second");
        }
    }
}
