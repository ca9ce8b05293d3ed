//! Why nothing is generated or denoised.

use crate::model::Family;
use crate::model::file::StoreError;

/// Why nothing is generated or denoised.
#[derive(Debug, thiserror::Error)]
pub enum GenerateError {
    /// The model file cannot be read or does not hold the model.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No model was named, and none of the file can generate mail.
    #[error("the file holds no model that can generate mail")]
    NoGenerator,
    /// The model that was named has no likelihood of mail.
    #[error(
        "{model} cannot generate mail: it knows {}, not how mail is written",
        knowledge(*.family)
    )]
    NotGenerative {
        /// The model's name.
        model: String,
        /// The family of the model.
        family: Family,
    },
    /// A prompt for a model that does not generate text.
    #[error("{model} draws words, not a text, so that it cannot continue one")]
    NoPrompt {
        /// The model's name.
        model: String,
    },
    /// The likeliest symbols asked of a model that does not generate text.
    #[error(
        "{model} does not predict one symbol after another, so that it cannot choose the likeliest"
    )]
    NoSymbols {
        /// The model's name.
        model: String,
    },
    /// Steps asked of a model that has none.
    #[error("{model} does not make a message step by step from noise")]
    NoSteps {
        /// The model's name.
        model: String,
    },
    /// A text to denoise for a model that neither tells the next byte nor fills in words.
    #[error("{model} does not predict the next byte nor fill in words, so that it cannot denoise")]
    NoText {
        /// The model's name.
        model: String,
    },
}

/// What a model without a likelihood knows of spam.
fn knowledge(family: Family) -> &'static str {
    match family {
        Family::Discriminative => "where the boundary runs",
        Family::Generative => "which class a word speaks for",
    }
}
