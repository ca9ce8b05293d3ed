//! The contract between the models and the rest of the house.
//!
//! The author of a model implements [`Learner`] (and its [`Settings`]) and [`Classifier`], or
//! [`Generative`], from which [`Classifier`] follows by Bayes' rule. One blanket implementation
//! turns every learner into a [`ModelEntry`], the object-safe face that the workbench sees:
//! settings with range errors, fitting, saving and loading all come from it.

mod calibration;
mod entry;
pub mod file;
mod settings;
mod watch;

pub use calibration::{Calibration, CodeLength, NoveltyReference, RawOutput};
pub use entry::{Fitted, ModelEntry};
pub use settings::{
    Auto, NoSettings, Prior, Range, Setting, SettingError, SettingRow, Settings, Whole, settings,
};
pub use watch::{Convergence, FitObserver, LossPoint, NoObserver, ObjectivePoint, Snapshot, Trial};

use crate::base::mail::Label;
use crate::dataset::{ClassCounts, Example, Representation, TrainingSet};
use crate::tokenize::TokenKinds;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::fmt;
use std::ops::Range as Span;

/// The two ways of knowing spam.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Family {
    /// Learns p(mail | class) and decides by Bayes' rule.
    Generative,
    /// Learns only the boundary: p(class | mail) or a margin.
    Discriminative,
}

impl Family {
    /// Both.
    pub const BOTH: [Family; 2] = [Family::Generative, Family::Discriminative];
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Family::Generative => "generative",
            Family::Discriminative => "discriminative",
        })
    }
}

/// What the number that [`Classifier::score`] returns means. Only log-odds are a probability by
/// themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// ln p(spam | mail) / p(ham | mail), in nats.
    LogOdds,
    /// Distance from a boundary in the model's own unit.
    Margin,
    /// A bounded or combined figure without a unit.
    Index,
}

/// How dear a fit is: it decides how many inner fits calibration may spend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cost {
    /// Fits in a moment: tuned and calibrated on three inner folds, and part of every learning
    /// curve.
    Cheap,
    /// Tuned and calibrated on three inner folds where a tenth of the mail would be too little to
    /// calibrate on, else on one held-out tenth; left out of learning curves, which take hundreds
    /// of fits.
    Moderate,
    /// Calibrated on one held-out tenth in any case, and left out of learning curves.
    Costly,
}

/// Why a model could not be fitted.
#[derive(Debug, thiserror::Error)]
pub enum FitError {
    /// One of the two classes is missing.
    #[error("the training mail holds no {missing}: a classifier needs mail of both classes")]
    OneClass {
        /// The class without mail.
        missing: Label,
    },
    /// Nothing to read.
    #[error("no token is left to learn from: lower --min-df or give more mail")]
    NoColumns,
    /// Beyond what this model can take.
    #[error("{0}")]
    TooLarge(String),
    /// The solver of a library gave up.
    #[error("the solver failed: {0}")]
    Solver(String),
    /// Only counts were there to learn from.
    #[error("it learns from the emails themselves, not from counts of their words")]
    NeedsMails,
    /// Cancelled by the [`FitObserver`].
    #[error("cancelled")]
    Cancelled,
}

/// What the author of a model writes to have it fitted. One file in the folder of its family, one
/// row in that folder's table.
pub trait Learner: Send + Sync + 'static {
    /// Name on the command line, in tables and in model files.
    const NAME: &'static str;
    /// Which way of knowing.
    const FAMILY: Family;
    /// One honest line: help, README table, report.
    const SUMMARY: &'static str;
    /// Part of a plain `train` and `compare`, or only when asked for.
    const DEFAULT: bool;
    /// How dear a fit is.
    const COST: Cost = Cost::Cheap;
    /// Whether counts by class are all it learns from, see [`Learner::fit_counts`].
    const FITS_FROM_COUNTS: bool = false;
    /// Whether mail without labels teaches it anything.
    const SEMI_SUPERVISED: bool = false;
    /// Settings that a search goes through unless the user fixes them, beside those that are
    /// `auto`.
    const TUNABLE: &'static [&'static str] = &[];
    /// Choices left to the user.
    type Settings: Settings;
    /// What a fit leaves behind.
    type Fitted: Classifier + Serialize + DeserializeOwned + 'static;

    /// What the model reads of a message.
    fn representation(settings: &Self::Settings) -> Representation;

    /// Which kinds of token the model reads of the one shared stream. Leaving one out is a decision
    /// that carries its measurement.
    fn kinds(_settings: &Self::Settings) -> TokenKinds {
        TokenKinds::ALL
    }

    /// Settings among which training chooses on inner folds, in the order in which they are fitted.
    /// One if nothing is open.
    fn grid(settings: &Self::Settings) -> Vec<Self::Settings> {
        settings.candidates()
    }

    /// Settings for the fits on inner folds, which only rank candidates and calibrate: an iterative
    /// fit may end sooner there.
    fn inner(settings: &Self::Settings) -> Self::Settings {
        settings.clone()
    }

    /// Whether so many messages are within the model's stated limit; else a sentence that says what
    /// to use instead.
    fn applicable(_settings: &Self::Settings, _mails: usize) -> Result<(), String> {
        Ok(())
    }

    /// Learns from the training set.
    fn fit(
        &self,
        settings: &Self::Settings,
        data: &TrainingSet<'_>,
        watch: &mut dyn FitObserver,
    ) -> Result<Self::Fitted, FitError>;

    /// Fits each of a grid; a model that can start from its neighbour's answer does better than one
    /// after the other.
    fn fit_path(
        &self,
        grid: &[Self::Settings],
        data: &TrainingSet<'_>,
        watch: &mut dyn FitObserver,
    ) -> Result<Vec<Self::Fitted>, FitError> {
        grid.iter()
            .map(|settings| self.fit(settings, data, watch))
            .collect()
    }

    /// Fits each of a grid from counts alone, so that a pile larger than memory can train it; to
    /// the same bits as from the messages that were counted. To be written where
    /// [`Learner::FITS_FROM_COUNTS`].
    fn fit_counts(
        &self,
        _grid: &[Self::Settings],
        _counts: &ClassCounts,
    ) -> Result<Vec<Self::Fitted>, FitError> {
        Err(FitError::NeedsMails)
    }
}

/// Where in the mail a piece of evidence sits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum EvidencePlace {
    /// A token of the vocabulary.
    Column(u32),
    /// Bytes of the text.
    Bytes(Span<usize>),
    /// The mail as a whole.
    Whole,
}

/// What each part of a message added to its score; above 0 speaks for spam.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// Contribution of each part.
    pub parts: Vec<(EvidencePlace, f64)>,
    /// What the score would be without any part.
    pub intercept: f64,
    /// Whether `intercept` and `parts` add up to the score.
    pub exact: bool,
}

impl Evidence {
    /// Evidence of a score that is linear in the values: weight times value for each column.
    pub fn linear(mail: Example<'_>, intercept: f64, weight: impl Fn(usize) -> f64) -> Evidence {
        Evidence::by_column(mail, intercept, |column, value| weight(column) * value)
    }

    /// Evidence of a score that is a sum over the columns: what each adds by its value.
    pub fn by_column(
        mail: Example<'_>,
        intercept: f64,
        gain: impl Fn(usize, f64) -> f64,
    ) -> Evidence {
        let parts = mail
            .entries()
            .map(|(column, value)| (EvidencePlace::Column(column as u32), gain(column, value)));
        Evidence {
            parts: parts.collect(),
            intercept,
            exact: true,
        }
    }

    /// The evidence in words: its `most` heaviest parts by name. `token` names a column, `text` is
    /// the mail's.
    pub fn reasons(&self, most: usize, text: &[u8], token: impl Fn(u32) -> String) -> Reasons {
        let word = |place: &EvidencePlace| match place {
            EvidencePlace::Column(column) => token(*column),
            EvidencePlace::Bytes(span) => {
                String::from_utf8_lossy(text.get(span.clone()).unwrap_or_default())
                    .trim()
                    .to_owned()
            }
            EvidencePlace::Whole => "the mail as a whole".to_owned(),
        };
        let mut parts: Vec<&(EvidencePlace, f64)> = self.parts.iter().collect();
        parts.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
        let (heaviest, others) = parts.split_at(most.min(parts.len()));
        Reasons {
            tokens: heaviest
                .iter()
                .map(|(place, value)| (word(place), *value))
                .collect(),
            rest: others.iter().map(|(_, value)| value).sum(),
            intercept: self.intercept,
            exact: self.exact,
        }
    }

    /// Intercept and parts added up: the score, if exact.
    pub fn total(&self) -> f64 {
        self.intercept + self.parts.iter().map(|(_, value)| value).sum::<f64>()
    }
}

/// What decided, in words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reasons {
    /// The tokens that weighed most, heaviest first, with what each added to the raw score.
    pub tokens: Vec<(String, f64)>,
    /// What all others added.
    pub rest: f64,
    /// The raw score without any token.
    pub intercept: f64,
    /// Whether it all adds up to the raw score.
    pub exact: bool,
}

/// A fitted model. Scoring cannot fail and gives a finite number for any mail.
pub trait Classifier: Send + Sync {
    /// Above 0: spam, by the model's own rule.
    fn score(&self, mail: Example<'_>) -> f64;

    /// What that number means.
    fn scale(&self) -> Scale;

    /// What decided.
    fn evidence(&self, mail: Example<'_>) -> Evidence;

    /// Number of vocabulary columns its parameters are for; None if its parameters contradict one
    /// another (a damaged file).
    fn columns(&self) -> Option<usize>;

    /// What one more unit in `column` adds to the score, where the score is linear in the values.
    fn weight(&self, _column: u32) -> Option<f64> {
        None
    }

    /// The model as one of p(mail | class), where it is one.
    fn as_generative(&self) -> Option<&dyn Generative> {
        None
    }

    /// The model as one of bytes in order, where it is one.
    fn as_sequence(&self) -> Option<&dyn Sequence> {
        None
    }

    /// The score, with the number of symbols it is a sum over and the price, where there are any.
    /// Symbols depend on one another, so that such a score is too sure of itself, the longer the
    /// mail the more: calibration then takes the length into account.
    fn raw(&self, mail: Example<'_>) -> RawOutput {
        RawOutput {
            score: self.score(mail),
            symbols: None,
            price: None,
        }
    }
}

/// What to write.
#[derive(Debug, Clone)]
pub struct SampleRequest {
    /// The class to write as.
    pub label: Label,
    /// How many tokens, or bytes of text; None lets the model choose.
    pub length: Option<usize>,
    /// 1 samples from the model as it is; below 1 it keeps to what is likely, above 1 it strays.
    pub temperature: f64,
    /// How the text begins, for a model of bytes in order; others have no beginning.
    pub prompt: Vec<u8>,
}

impl SampleRequest {
    /// A message of a class as the model would write it.
    pub fn of(label: Label) -> SampleRequest {
        SampleRequest {
            label,
            length: None,
            temperature: 1.0,
            prompt: Vec::new(),
        }
    }
}

/// What a model wrote: vocabulary columns in order, or text. A bag of words has no order of its
/// own; its sample is in drawing order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sample {
    /// Columns of the tokens written, by a model of tokens.
    pub columns: Vec<u32>,
    /// Bytes written, by a model of text.
    pub text: Vec<u8>,
}

/// A fitted model of how each class writes. [`Classifier`] follows from it: Bayes' rule stands
/// there and nowhere else.
pub trait Generative: Send + Sync {
    /// ln p(label).
    fn log_prior(&self, label: Label) -> f64;

    /// ln p(mail | label): the SUM over the mail, never a mean.
    fn log_likelihood(&self, mail: Example<'_>, label: Label) -> f64;

    /// [`Generative::log_likelihood`] of ham and spam; to be written where both at once cost less
    /// than one after the other.
    fn log_likelihoods(&self, mail: Example<'_>) -> [f64; 2] {
        Label::BOTH.map(|label| self.log_likelihood(mail, label))
    }

    /// What each part adds to the log-odds.
    fn evidence(&self, mail: Example<'_>) -> Evidence;

    /// Number of vocabulary columns its parameters are for; None if its parameters contradict one
    /// another.
    fn columns(&self) -> Option<usize>;

    /// What one more unit in `column` adds to the log-odds, where they are linear in the values.
    fn weight(&self, _column: u32) -> Option<f64> {
        None
    }

    /// Writes a message.
    fn sample(&self, request: &SampleRequest, rng: &mut dyn rand::Rng) -> Sample;

    /// See [`Classifier::as_sequence`].
    fn as_sequence(&self) -> Option<&dyn Sequence> {
        None
    }

    /// How many symbols of a message, words or bytes, ln p(mail | label) adds up; None where it is
    /// no such sum.
    fn symbols(&self, _mail: Example<'_>) -> Option<f64> {
        None
    }

    /// How many bytes of a message are priced, by a model of bytes in order.
    fn priced_bytes(&self, _mail: Example<'_>) -> Option<usize> {
        None
    }

    /// ln p of what is priced by a background model, which knows how anything is written and
    /// nothing of mail.
    fn log_background(&self, _mail: Example<'_>) -> f64 {
        0.0
    }
}

/// The symbol after the last byte of a message.
pub const END: u16 = 256;

/// A fitted model of the order in which bytes follow one another.
pub trait Sequence: Send + Sync {
    /// p(symbol | context, label) of the 256 bytes and of [`END`], after what stands in the message
    /// so far.
    fn next(&self, context: &[u8], label: Label) -> [f64; END as usize + 1];
}

impl<G: Generative> Classifier for G {
    /// Bayes' rule: ln p(spam | mail) - ln p(ham | mail).
    fn raw(&self, mail: Example<'_>) -> RawOutput {
        let (log_prior, log_likelihood) = (
            Label::BOTH.map(|label| self.log_prior(label)),
            self.log_likelihoods(mail),
        );
        let joint = |label: Label| log_prior[label.index()] + log_likelihood[label.index()];
        let log_background = self.log_background(mail);
        let price = self.priced_bytes(mail).map(|bytes| CodeLength {
            bytes,
            log_likelihood,
            log_prior,
            log_background,
        });
        RawOutput {
            score: joint(Label::Spam) - joint(Label::Ham),
            symbols: self.symbols(mail),
            price,
        }
    }

    fn score(&self, mail: Example<'_>) -> f64 {
        self.raw(mail).score
    }

    fn scale(&self) -> Scale {
        Scale::LogOdds
    }

    fn evidence(&self, mail: Example<'_>) -> Evidence {
        Generative::evidence(self, mail)
    }

    fn columns(&self) -> Option<usize> {
        Generative::columns(self)
    }

    fn weight(&self, column: u32) -> Option<f64> {
        Generative::weight(self, column)
    }

    fn as_generative(&self) -> Option<&dyn Generative> {
        Some(self)
    }

    fn as_sequence(&self) -> Option<&dyn Sequence> {
        Generative::as_sequence(self)
    }
}
