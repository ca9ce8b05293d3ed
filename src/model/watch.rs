//! The observer of a fit: it is told of every step and of the end, and can cancel the fit.

use super::fitted::Classifier;
use crate::results::{Convergence, LossPoint, ObjectivePoint, Trial};
use serde::{Deserialize, Serialize};

/// How a fit went.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct FitReport {
    /// How the final fit ended, if it is iterative.
    pub convergence: Option<Convergence>,
    /// The objective after each step.
    pub trace: Vec<ObjectivePoint>,
    /// Training and test loss after each step, where they were measured.
    #[serde(default)]
    pub losses: Vec<LossPoint>,
    /// Settings tried on held-out rows; empty if nothing was held out.
    pub tried: Vec<Trial>,
}

impl FitReport {
    /// The lowest log loss on held-out mail, in bits, of the settings that were tried on all
    /// training rows.
    pub fn held_out_loss_bits(&self) -> Option<f64> {
        let whole = self.tried.iter().filter(|tried| tried.share == 1.0);
        whole
            .map(|tried| tried.log_loss_bits)
            .min_by(f64::total_cmp)
    }
}

/// Makes the model as it stands, when it is called.
pub type Snapshot<'a> = &'a dyn Fn() -> Box<dyn Classifier>;

/// Is told how a fit goes, and can cancel it. An observer may score other mail with the model as it
/// stands; the fit never sees that mail.
///
/// ```
/// use spamlab::base::mail::{Email, Label};
/// use spamlab::dataset::features::{Encoder, VocabularySettings};
/// use spamlab::dataset::{CorpusBuilder, CorpusOptions, TrainingSet};
/// use spamlab::generative::{MixtureBayes, MixtureSettings};
/// use spamlab::model::{Convergence, FitError, FitObserver, Learner, ObjectivePoint, Snapshot};
/// use spamlab::tokenize::{Recipe, TokenKinds};
///
/// /// Cancels a fit when its budget of steps is spent.
/// struct Budget(u32);
///
/// impl FitObserver for Budget {
///     fn step(&mut self, _: ObjectivePoint, _: Snapshot<'_>) -> bool {
///         self.0 -= 1;
///         self.0 > 0
///     }
///
///     fn finished(&mut self, _: Convergence) {}
/// }
///
/// # let email = |label, text: &str| Email {
/// #     label: Some(label),
/// #     ..Email::message("", text.as_bytes().to_vec())
/// # };
/// # let mut builder = CorpusBuilder::new(&Recipe::default(), CorpusOptions::default());
/// # builder.add(vec![
/// #     email(Label::Ham, "Subject: lunch\n\nsalad today"),
/// #     email(Label::Spam, "Subject: pills\n\nbuy today"),
/// # ]);
/// # let corpus = builder.finish();
/// # let vocabulary = VocabularySettings::default();
/// # let encoder = Encoder::learn(&corpus, &[0, 1], &vocabulary, TokenKinds::ALL);
/// let settings = MixtureSettings::default();
/// let rows = encoder.encode(&corpus, &[0, 1], MixtureBayes::representation(&settings));
/// let data = TrainingSet::new(&rows, 1);
/// let cancelled = MixtureBayes.fit(&settings, &data, &mut Budget(1));
/// assert!(matches!(cancelled, Err(FitError::Cancelled)));
/// assert!(MixtureBayes.fit(&settings, &data, &mut Budget(1000)).is_ok());
/// ```
pub trait FitObserver {
    /// Before the first step of a fit that stops early: the positions in the training set of the
    /// messages that it does not learn from.
    fn held_out_rows(&mut self, _places: &[usize]) {}
    /// Before a fit begins that can go on after an interruption, once for each fit: what
    /// [`FitObserver::keep`] was given of this very fit, or None to begin anew.
    fn resume(&mut self) -> Option<Vec<u8>> {
        None
    }
    /// After each mini-batch of such a fit. `state` makes the bytes from which it can go on, to the
    /// bits of a fit that was not interrupted; that takes a while, so it should be called seldom.
    fn keep(&mut self, _state: &dyn Fn() -> Vec<u8>) {}
    /// After each step. Returns whether to go on.
    fn step(&mut self, step: ObjectivePoint, now: Snapshot<'_>) -> bool;
    /// At the end of an iterative fit. A fit that has not converged is no error.
    fn finished(&mut self, convergence: Convergence);
}

/// Watches nothing and never cancels.
pub struct NoObserver;

impl FitObserver for NoObserver {
    fn step(&mut self, _: ObjectivePoint, _: Snapshot<'_>) -> bool {
        true
    }
    fn finished(&mut self, _: Convergence) {}
}
