//! What is asked of the table of generative models, and how much of it may be.

use crate::lab::analyses::analysis::parameters;
use crate::lab::error::SpecError;
use crate::results::GENERATIVE_MODELS;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Parameters {
    /// Messages that each model generates, half of them as spam.
    pub emails: u32,
    /// Words of the shared vocabulary, at most.
    pub words: usize,
    /// Draws of the importance-weighted bound.
    pub draws: usize,
}

impl Default for Parameters {
    fn default() -> Parameters {
        Parameters {
            emails: 400,
            words: 5_000,
            draws: 64,
        }
    }
}

impl Parameters {
    /// Those of a specification, if they can be carried out.
    pub fn read(given: &Value) -> Result<Parameters, SpecError> {
        let read: Parameters = parameters(GENERATIVE_MODELS, given)?;
        let ranges = [
            ("emails", read.emails as usize, 2..=100_000),
            ("words", read.words, 1..=1_000_000),
            ("draws", read.draws, 1..=10_000),
        ];
        for (name, value, range) in ranges {
            if !range.contains(&value) {
                let (least, most) = (range.start(), range.end());
                return Err(SpecError::Refused {
                    what: GENERATIVE_MODELS.to_owned(),
                    why: format!("{name} is {value}, and must be from {least} to {most}"),
                });
            }
        }
        Ok(read)
    }
}
