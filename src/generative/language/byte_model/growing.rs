//! The models of text, while they learn message by message.

use super::{ByteModel, TextBayes, log_likelihoods};
use crate::base::mail::Label;
use crate::dataset::{Example, beginning};
use crate::generative::language::background::Background;
use crate::generative::language::strings::{SYMBOLS, symbols};
use crate::model::{CodeLength, FitError, Fitted, Incremental, Prior, RawOutput};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A model of bytes that goes on learning.
pub(crate) trait GrowingBytes: ByteModel {
    /// What it is when it has learned enough.
    type Fitted: ByteModel + Serialize + DeserializeOwned + 'static;

    /// Learns a text of a class.
    fn learn(&mut self, text: &[u8], label: Label);

    /// The model as it stands.
    fn fitted(&self) -> Self::Fitted;
}

/// [`TextBayes`] before it is fitted.
pub(crate) struct GrowingText<M> {
    model: M,
    prior: Prior,
    max_bytes: u64,
    emails: [f64; 2],
    /// How often each symbol was seen.
    seen: Vec<u64>,
}

impl<M> GrowingText<M> {
    /// Before the first message.
    pub(crate) fn new(prior: Prior, max_bytes: u64, model: M) -> GrowingText<M> {
        GrowingText {
            model,
            prior,
            max_bytes,
            emails: [0.0; 2],
            seen: vec![0; SYMBOLS],
        }
    }

    /// The class of which no message was seen.
    fn missing(&self) -> Option<Label> {
        let seen = |label: &Label| self.emails[label.index()] > 0.0;
        Label::BOTH.into_iter().find(|label| !seen(label))
    }
}

impl<M: GrowingBytes> Incremental for GrowingText<M> {
    fn raw(&self, email: Example<'_>) -> RawOutput {
        let text = beginning(email.text, self.max_bytes);
        let emails = self.missing().map_or(self.emails, |_| [1.0; 2]);
        RawOutput::of_code_length(CodeLength {
            symbols: 1.0 + text.len() as f64,
            bytes: Some(text.len()),
            log_likelihood: log_likelihoods(&self.model, text),
            log_prior: self.prior.log_priors(emails),
            ..CodeLength::default()
        })
    }

    fn learn(&mut self, email: Example<'_>, label: Label) {
        let text = beginning(email.text, self.max_bytes);
        self.emails[label.index()] += 1.0;
        symbols(text).for_each(|symbol| self.seen[usize::from(symbol)] += 1);
        self.model.learn(text, label);
    }

    fn fitted(&self, _columns: usize) -> Result<Box<dyn Fitted>, FitError> {
        match self.missing() {
            Some(missing) => Err(FitError::OneClass { missing }),
            None => Ok(Box::new(TextBayes {
                log_prior: self.prior.log_priors(self.emails),
                max_bytes: self.max_bytes,
                background: Background::from(self.seen.clone()),
                model: self.model.fitted(),
            })),
        }
    }
}
