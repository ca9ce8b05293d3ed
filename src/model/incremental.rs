//! Models that go on learning.

use super::fit_error::FitError;
use super::saved::Fitted;
use crate::base::mail::Label;
use crate::dataset::Example;
use crate::results::RawOutput;

/// A model that learns one message after the other and never looks back, over a vocabulary that may
/// grow: a column that is newer than all it learned from counts nothing. See
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
/// // It knows nothing of the first message.
/// assert_eq!(model.raw(lunch).score, 0.0);
/// model.learn(lunch, Label::Ham);
/// model.learn(pills, Label::Spam);
/// assert!(model.raw(pills).score > 0.0 && model.raw(lunch).score < 0.0);
/// assert!(model.fitted(2).is_ok());
/// ```
pub trait Incremental: Send + Sync {
    /// What it says by what has been learned so far, as [`Classifier::raw`](super::Classifier::raw)
    /// does. A message that is scored before it is learned is not judged by what was learned from
    /// it (progressive validation).
    fn raw(&self, email: Example<'_>) -> RawOutput;

    /// Learns a message.
    fn learn(&mut self, email: Example<'_>, label: Label);

    /// The model as it stands, over a vocabulary of `columns` columns, which are at least those it
    /// has seen: for a model that counts, that which a fit to the same messages gives, to the bit.
    /// The state that it needs to go on learning is left out.
    fn fitted(&self, columns: usize) -> Result<Box<dyn Fitted>, FitError>;
}
