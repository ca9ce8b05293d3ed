//! What the author of a model writes to have it fitted: [`Learner`].

use super::fit_error::FitError;
use super::fitted::Classifier;
use super::incremental::Incremental;
use super::problem::LinearProblem;
use super::settings::Settings;
use super::watch::FitObserver;
use crate::dataset::{ClassCounts, Representation, StoredRows, TrainingSet};
use crate::results::Family;
use crate::tokenize::TokenKinds;
use serde::{Serialize, de::DeserializeOwned};

/// How expensive a fit is. It decides how many inner fits tuning and calibration may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cost {
    /// Quick to fit: tuned and calibrated on three inner folds (tuned on the first alone where it
    /// is large), and part of every learning curve.
    Cheap,
    /// Tuned and calibrated on three inner folds where a tenth of the mail would be too little to
    /// calibrate on, else on one held-out tenth; left out of learning curves, which take hundreds
    /// of fits.
    Moderate,
    /// Calibrated on one held-out tenth in any case, and left out of learning curves.
    Costly,
}

/// The least that a model learns from, which decides how it learns from a corpus that memory does
/// not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// The messages: it learns from a corpus in memory alone.
    Messages,
    /// Rows, which may be on disk: see [`Learner::fit_stored`].
    StoredRows,
    /// Counts of tokens by class: see [`Learner::fit_counts`].
    Counts,
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
    /// Generative or discriminative.
    const FAMILY: Family;
    /// One line that says what the model does, for help, README and report.
    const SUMMARY: &'static str;
    /// Whether it is trained and compared unless models are named.
    const DEFAULT: bool;
    /// How expensive a fit is.
    const COST: Cost = Cost::Cheap;
    /// Whether it is fitted again, on all rows, when held-out ones have chosen its settings and its
    /// calibration. Where that is too expensive, the fit on nine tenths is kept: only that of a
    /// model that is [`Cost::Costly`] and reads [`Representation::Bytes`], for the columns of all
    /// other models are those of the vocabulary of all rows.
    const REFIT: bool = true;
    /// The least that it learns from.
    const NEEDS: Needs = Needs::Messages;
    /// Whether it learns from mail without labels, too.
    const SEMI_SUPERVISED: bool = false;
    /// Names of the settings that a search varies unless the user fixes them, beside those that are
    /// `auto`.
    const TUNABLE: &'static [&'static str] = &[];
    /// Its hyperparameters.
    type Settings: Settings;
    /// The fitted model.
    type Fitted: Classifier + Serialize + DeserializeOwned + 'static;

    /// What the model reads of a message.
    fn representation(settings: &Self::Settings) -> Representation;

    /// Which kinds of token the model reads of the one shared stream. Leaving one out is a decision
    /// that carries its measurement.
    fn kinds(_settings: &Self::Settings) -> TokenKinds {
        TokenKinds::ALL
    }

    /// Settings among which training chooses on inner folds, in the order in which they are fitted.
    /// One candidate if every setting is fixed.
    fn grid(settings: &Self::Settings) -> Vec<Self::Settings> {
        settings.candidates()
    }

    /// Settings for the fits on inner folds, which only rank candidates and calibrate: an iterative
    /// fit may end sooner there.
    fn inner(settings: &Self::Settings) -> Self::Settings {
        settings.clone()
    }

    /// Whether this number of training messages is within the model's limit; if not, a sentence
    /// that says what to use instead.
    fn applicable(_settings: &Self::Settings, _emails: usize) -> Result<(), String> {
        Ok(())
    }

    /// The problem that a fit of a linear model solves, so that another solver can check the fit.
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

    /// Fits each of a grid. To be written where a fit can start from the result for its neighbour.
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
    /// the same bits as from the messages that were counted. To be written where it
    /// [`NEEDS`](Learner::NEEDS) no more than [`Needs::Counts`].
    fn fit_counts(
        &self,
        _grid: &[Self::Settings],
        _counts: &ClassCounts,
    ) -> Result<Vec<Self::Fitted>, FitError> {
        Err(FitError::NeedsMessages)
    }

    /// Fits each of a grid from rows on disk, for a corpus larger than memory. To be written where
    /// it [`NEEDS`](Learner::NEEDS) no more than [`Needs::StoredRows`].
    fn fit_stored(
        &self,
        _grid: &[Self::Settings],
        _rows: &StoredRows,
        _seed: u64,
        _watch: &mut dyn FitObserver,
    ) -> Result<Vec<Self::Fitted>, FitError> {
        Err(FitError::NeedsMessages)
    }

    /// The model before its first message, to be given one after the other; None if it cannot learn
    /// incrementally with these settings.
    fn incremental(&self, _settings: &Self::Settings) -> Option<Box<dyn Incremental>> {
        None
    }
}
