//! The models that only count, while they learn message by message: counts of two messages add up,
//! so that the model of all that was learned is at hand at any time, exactly.

use crate::base::mail::Label;
use crate::dataset::{ClassCounts, Example};
use crate::model::{Classifier, FitError, Fitted, Incremental, RawOutput};
use serde::Serialize;

/// Settings of a model that is a function of counts by class.
pub trait OfCounts: Clone + Send + Sync + 'static {
    /// The fitted model.
    type Fitted: Classifier + Serialize + 'static;

    /// The model of these counts, of which each class has some.
    fn of_counts(&self, counts: &ClassCounts) -> Self::Fitted;
}

/// Settings of a model whose word on a message rests on the counts of the message's own columns and
/// a few sums.
pub trait ByOwnColumns: OfCounts {
    /// What that model says of a message, without making all of it. Columns that are newer than the
    /// last message counted say nothing. As long as a class has no message, both are as likely.
    fn raw(&self, counts: &ClassCounts, email: Example<'_>) -> RawOutput;
}

/// Counts that go on.
pub struct Counting<S> {
    /// What was counted.
    pub counts: ClassCounts,
    /// What is made of it.
    pub settings: S,
}

impl<S: OfCounts> Counting<S> {
    /// Before the first message.
    pub fn new(settings: &S) -> Counting<S> {
        Counting {
            counts: ClassCounts::new([0.0; 2], [Vec::new(), Vec::new()]),
            settings: settings.clone(),
        }
    }

    /// See [`Incremental::fitted`].
    pub fn fitted(&self, columns: usize) -> Result<Box<dyn Fitted>, FitError> {
        let emails = self.counts.emails;
        let mut classes = Label::BOTH.into_iter();
        if let Some(missing) = classes.find(|label| emails[label.index()] == 0.0) {
            return Err(FitError::OneClass { missing });
        }
        let mut counts = self.counts.clone();
        counts.grow(columns);
        Ok(Box::new(self.settings.of_counts(&counts)))
    }
}

impl<S: ByOwnColumns> Incremental for Counting<S> {
    fn raw(&self, email: Example<'_>) -> RawOutput {
        self.settings.raw(&self.counts, email)
    }

    fn learn(&mut self, email: Example<'_>, label: Label) {
        self.counts.add(email, label);
    }

    fn fitted(&self, columns: usize) -> Result<Box<dyn Fitted>, FitError> {
        self.fitted(columns)
    }
}

/// Messages of each class, for a prior: those counted, or one of each as long as a class has none.
pub fn emails_for_prior(counts: &ClassCounts) -> [f64; 2] {
    if counts.emails.iter().all(|&emails| emails > 0.0) {
        counts.emails
    } else {
        [1.0; 2]
    }
}

/// Columns of a message that have been counted, with their values and their counts by class.
pub fn counted<'a>(
    counts: &'a ClassCounts,
    email: Example<'a>,
) -> impl Iterator<Item = (f64, [f64; 2])> + 'a {
    let [ham, spam] = &counts.columns;
    email
        .entries()
        .filter_map(|(column, value)| Some((value, [*ham.get(column)?, *spam.get(column)?])))
}
