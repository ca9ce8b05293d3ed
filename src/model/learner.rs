//! What the author of a model writes to have it fitted: [`Learner`].

use super::fit_error::FitError;
use super::fitted::Classifier;
use super::incremental::Incremental;
use super::problem::LinearProblem;
use super::settings::Settings;
use super::watch::FitObserver;
use crate::dataset::{ClassCounts, Representation, TrainingSet};
use crate::results::Family;
use crate::tokenize::TokenKinds;
use serde::{Serialize, de::DeserializeOwned};

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

/// What the author of a model writes to have it fitted. One file in the folder of its family, one
/// row in that folder's table.
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use spamlab::dataset::{Example, Representation, TrainingSet};
/// use spamlab::model::{
///     Catalog, Classifier, Evidence, Family, FitError, FitObserver, FittedModel, Learner,
///     NoSettings, Scale,
/// };
///
/// /// Fits [`Majority`].
/// struct MajorityClass;
///
/// /// Answers with the more frequent class, whatever the message says.
/// #[derive(Serialize, Deserialize)]
/// struct Majority {
///     log_odds: f64,
/// }
///
/// impl Learner for MajorityClass {
///     const NAME: &'static str = "majority";
///     const FAMILY: Family = Family::Discriminative;
///     const SUMMARY: &'static str = "the more frequent class, whatever the message says";
///     const DEFAULT: bool = false;
///     type Settings = NoSettings;
///     type Fitted = Majority;
///
///     fn representation(_: &NoSettings) -> Representation {
///         Representation::Binary
///     }
///
///     fn fit(
///         &self,
///         _: &NoSettings,
///         data: &TrainingSet<'_>,
///         _: &mut dyn FitObserver,
///     ) -> Result<Majority, FitError> {
///         let [ham, spam] = data.class_counts().map(|emails| emails as f64);
///         Ok(Majority { log_odds: (spam / ham).ln() })
///     }
/// }
/// # impl FittedModel for Majority {
/// #     fn evidence(&self, email: Example<'_>) -> Evidence {
/// #         Evidence::linear(email, self.log_odds, |_| 0.0)
/// #     }
/// # }
/// # impl Classifier for Majority {
/// #     fn score(&self, _: Example<'_>) -> f64 {
/// #         self.log_odds
/// #     }
/// #     fn scale(&self) -> Scale {
/// #         Scale::LogOdds
/// #     }
/// # }
///
/// // With `FittedModel` and `Classifier` for `Majority` it is a row in a table of models.
/// let catalog = Catalog::new(&[&[&MajorityClass]]);
/// assert_eq!(catalog.names(), "majority");
/// ```
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

    /// Fits each of a grid from counts alone, so that a corpus larger than memory can train it; to
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
