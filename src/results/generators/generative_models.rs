//! What the generative models of a comparison are worth as such, on its first fold: how well each
//! predicts mail, how well it decides by likelihood alone, and how good the mail is that it
//! generates.
//!
//! What a model cannot be measured by says why, and is never a number.

use crate::results::calibration::Bound;
use serde::{Deserialize, Serialize};

/// The generative models of a comparison, each by the same measures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GenerativeModels {
    /// Messages that they were tested on.
    pub test: usize,
    /// Words of the shared vocabulary.
    pub words: usize,
    /// Draws of the importance-weighted bound.
    pub draws: usize,
    /// Messages that each generated.
    pub generated: usize,
    /// Who judged what they generated, and learned from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judge: Option<Judge>,
    /// The models, in the order of the comparison.
    pub models: Vec<GenerativeModel>,
}

/// The discriminative model by which generated mail is judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Judge {
    /// Its name.
    pub model: String,
    /// Its accuracy when it learned from as many real messages as were generated.
    pub accuracy_from_real: Option<f64>,
}

/// One generative model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GenerativeModel {
    /// Its name.
    pub model: String,
    /// Bits per byte of the texts, each under the model of its class.
    pub bits_per_byte: Measured,
    /// Its standard error, where it is estimated by draws. It says nothing of the choice of mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bits_per_byte_error: Option<f64>,
    /// Perplexity per word of the same texts: e to the nats of all of a text by its words, spaces,
    /// punctuation and rare words included.
    pub text_perplexity: Measured,
    /// Perplexity per word of the shared vocabulary, of a model fitted to nothing but these words.
    pub word_perplexity: Measured,
    /// The same by the importance-weighted bound.
    pub weighted_perplexity: Measured,
    /// Error rate in percent of the decision by prior and likelihood alone.
    pub error_pct: Measured,
    /// (1-ROCA) % of the same.
    pub one_minus_roca_pct: Measured,
    /// Inception Score of what it generates.
    pub inception_score: Measured,
    /// Accuracy on the test mail of the judge when it learned from what this one generated.
    pub accuracy_from_generated: Measured,
}

/// What was measured, or why it was not.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measured {
    /// A value.
    Exact(f64),
    /// An upper bound of the value.
    AtMost(f64),
    /// There is none.
    Missing {
        /// Why.
        why: Unmeasured,
    },
}

impl Measured {
    /// There is no value, for this reason.
    pub fn missing(why: Unmeasured) -> Measured {
        Measured::Missing { why }
    }

    /// A value, or an upper bound of it where the likelihood behind it is a lower one.
    pub fn of(value: f64, likelihood: Bound) -> Measured {
        match likelihood {
            _ if !value.is_finite() => Measured::missing(Unmeasured::TooLarge),
            Bound::Exact => Measured::Exact(value),
            Bound::Lower => Measured::AtMost(value),
        }
    }

    /// The number, if there is one.
    pub fn value(self) -> Option<f64> {
        match self {
            Measured::Exact(value) | Measured::AtMost(value) => Some(value),
            Measured::Missing { .. } => None,
        }
    }

    /// Why there is none.
    pub fn why(self) -> Option<Unmeasured> {
        match self {
            Measured::Missing { why } => Some(why),
            _ => None,
        }
    }
}

/// Why something was not measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unmeasured {
    /// The model could not be fitted.
    NotFitted,
    /// It has no likelihood of mail.
    NoLikelihood,
    /// Its likelihood is not one of bytes.
    NotOfBytes,
    /// Its likelihood is not one of words in order.
    NotOfWords,
    /// It does not know all words of the shared vocabulary.
    FewerWords,
    /// Its likelihood is no bound that draws could tighten.
    NoDraws,
    /// The test mail has nothing to measure it by: no word, no byte, or a single class.
    NoMail,
    /// It is too large for a number.
    TooLarge,
    /// No discriminative model is compared that could judge.
    NoJudge,
    /// The judge could not learn from what it generated.
    NothingLearned,
}

impl Unmeasured {
    /// What is missing and why, in words that go before the names of models.
    pub fn in_words(self) -> &'static str {
        match self {
            Unmeasured::NotFitted => "nothing, since the model could not be fitted",
            Unmeasured::NoLikelihood => {
                "nothing, since the model has no likelihood of mail and so generates none"
            }
            Unmeasured::NotOfBytes => {
                "no bits per byte and no perplexity of texts, since the model reads no bytes"
            }
            Unmeasured::NotOfWords => {
                "no perplexity per shared word, since the likelihood is not that of words in order"
            }
            Unmeasured::FewerWords => {
                "no perplexity per shared word, since the model does not know all of these words"
            }
            Unmeasured::NoDraws => {
                "no importance-weighted bound, since the model draws no latent vector"
            }
            Unmeasured::NoMail => "no figure where the test mail has nothing to measure",
            Unmeasured::TooLarge => "no perplexity where it is too large for a number",
            Unmeasured::NoJudge => {
                "no Inception Score and no TSTR, since no discriminative model is compared"
            }
            Unmeasured::NothingLearned => {
                "no TSTR, since nothing could be learned from what the model generates"
            }
        }
    }
}

impl GenerativeModel {
    /// A model of which nothing was measured, for this reason.
    pub fn unmeasured(model: &str, why: Unmeasured) -> GenerativeModel {
        let missing = Measured::missing(why);
        GenerativeModel {
            model: model.to_owned(),
            bits_per_byte: missing,
            bits_per_byte_error: None,
            text_perplexity: missing,
            word_perplexity: missing,
            weighted_perplexity: missing,
            error_pct: missing,
            one_minus_roca_pct: missing,
            inception_score: missing,
            accuracy_from_generated: missing,
        }
    }

    /// Everything that was measured.
    pub fn all(&self) -> [Measured; 8] {
        [
            self.bits_per_byte,
            self.text_perplexity,
            self.word_perplexity,
            self.weighted_perplexity,
            self.error_pct,
            self.one_minus_roca_pct,
            self.inception_score,
            self.accuracy_from_generated,
        ]
    }
}
