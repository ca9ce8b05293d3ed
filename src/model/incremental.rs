//! Models that go on learning.

use super::fit_error::FitError;
use super::saved::Fitted;
use crate::base::mail::Label;
use crate::dataset::Example;

/// A model that learns one message after the other and never looks back, over a vocabulary that may
/// grow: a column that it has not seen counts nothing until it learns from it. See
/// [`GrowingEncoder`](crate::dataset::features::GrowingEncoder) for such columns.
///
/// ```
/// use spamlab::base::mail::Label;
/// use spamlab::dataset::Example;
/// use spamlab::generative::{MultinomialBayes, MultinomialSettings};
/// use spamlab::model::Learner;
///
/// let settings = MultinomialSettings::default();
/// let mut model = MultinomialBayes.incremental(&settings).expect("it can go on learning");
/// let (lunch, pills) = (Example::sparse(&[0], &[1.0]), Example::sparse(&[1], &[1.0]));
/// // It knows nothing of the first message: one bit, in nats.
/// assert_eq!(model.learn(lunch, Label::Ham), 2f64.ln());
/// model.learn(pills, Label::Spam);
/// assert!(model.score(pills) > 0.0 && model.score(lunch) < 0.0);
/// assert!(model.fitted(2).is_ok());
/// ```
pub trait Incremental: Send + Sync {
    /// The score by what has been learned so far; above 0 means spam.
    fn score(&self, email: Example<'_>) -> f64;

    /// Learns a message. Returns its loss before that, by the loss function that the model
    /// minimises, so that no message is scored by what was learned from it (progressive
    /// validation).
    fn learn(&mut self, email: Example<'_>, label: Label) -> f64;

    /// The model as it stands, over a vocabulary of `columns` columns, which are at least those it
    /// has seen. The state that it needs to go on learning is left out.
    fn fitted(&self, columns: usize) -> Result<Box<dyn Fitted>, FitError>;
}
