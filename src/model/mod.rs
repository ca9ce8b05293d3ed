//! The contract between the models and the rest of the house.
//!
//! The author of a model implements [`Learner`] (and its [`Settings`]), [`FittedModel`], and
//! [`Classifier`] or [`Generative`], from which [`Classifier`] follows by Bayes' rule. One blanket
//! implementation turns every learner into a [`ModelEntry`], the object-safe face that the
//! workbench sees: settings with range errors, fitting, saving and loading all come from it.

mod catalog;
pub mod early_stopping;
mod entry;
pub mod file;
mod fitted;
mod incremental;
mod novelty;
mod problem;
mod settings;
mod watch;

pub use crate::results::{
    Bound, Calibration, CodeLength, Convergence, Family, LossPoint, ObjectivePoint, RawOutput,
    Reasons, Scale, Trial,
};
pub use catalog::{Catalog, settings_on_one_line};
pub use entry::{Fitted, ModelEntry};
pub use fitted::{
    Classifier, END, FittedModel, Generative, InvalidModel, Sample, SampleRequest, Sequence,
};
pub use incremental::Incremental;
pub use novelty::{Novelty, NoveltyReference};
pub use problem::{LinearProblem, MarginLoss};
pub use settings::{
    Auto, NoSettings, Prior, Range, Setting, SettingError, SettingRow, Settings, Whole, settings,
};
pub use watch::{FitObserver, FitReport, NoObserver, Snapshot};

use crate::base::mail::Label;
use crate::dataset::{ClassCounts, Example, Representation, TrainingSet};
use crate::tokenize::TokenKinds;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::ops::Range as Span;

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
    #[error("no token is left to learn from")]
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
    /// Whether it is fitted again, on all rows, when held-out ones have chosen its settings and its
    /// calibration. Where that is too expensive, the fit on nine tenths is kept: only that of a
    /// model that is [`Cost::Costly`] and reads [`Representation::Bytes`], for the columns of all
    /// other models are those of the vocabulary of all rows.
    const REFIT: bool = true;
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

    /// The problem that a fit solves, of a linear model that solves one: another solver can check
    /// the fit by it.
    fn linear_problem(_settings: &Self::Settings) -> Option<LinearProblem> {
        None
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

    /// The model before it has learned anything, to be taught one message after the other; None if
    /// it cannot learn so with these settings.
    fn incremental(&self, _settings: &Self::Settings) -> Option<Box<dyn Incremental>> {
        None
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
