//! Values of settings that are a number or a word: a number left to training, and a prior.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

/// A number that training may be left to choose: `auto` or fixed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Auto {
    /// Chosen by training, on inner folds.
    Tune,
    /// Given by the user.
    Fixed(f64),
}

impl Auto {
    /// The value, or `otherwise` while it is `auto`.
    pub fn or(self, otherwise: f64) -> f64 {
        match self {
            Auto::Tune => otherwise,
            Auto::Fixed(value) => value,
        }
    }

    /// The values to try: `grid` while it is `auto`, else only the one given.
    pub fn candidates(self, grid: &[f64]) -> Vec<f64> {
        match self {
            Auto::Tune => grid.to_vec(),
            Auto::Fixed(value) => vec![value],
        }
    }
}

impl Serialize for Auto {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Auto::Tune => serializer.serialize_str("auto"),
            Auto::Fixed(value) => serializer.serialize_f64(*value),
        }
    }
}

impl<'de> Deserialize<'de> for Auto {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Auto, D::Error> {
        Ok(number_or(deserializer, "auto")?.map_or(Auto::Tune, Auto::Fixed))
    }
}

/// The probability of spam before anything is read: `learned` or given.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Prior {
    /// Each class's share of the training mail.
    Learned,
    /// Given by the user.
    Fixed(f64),
}

impl Prior {
    /// ln p(ham) and ln p(spam), given the number of training messages of each.
    pub fn log_priors(self, emails: [f64; 2]) -> [f64; 2] {
        match self {
            Prior::Learned => emails.map(|of_class| (of_class / (emails[0] + emails[1])).ln()),
            Prior::Fixed(spam) => [(-spam).ln_1p(), spam.ln()],
        }
    }
}

impl Serialize for Prior {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Prior::Learned => serializer.serialize_str("learned"),
            Prior::Fixed(value) => serializer.serialize_f64(*value),
        }
    }
}

impl<'de> Deserialize<'de> for Prior {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Prior, D::Error> {
        Ok(number_or(deserializer, "learned")?.map_or(Prior::Learned, Prior::Fixed))
    }
}

/// A number, or None for `word`.
fn number_or<'de, D: Deserializer<'de>>(
    deserializer: D,
    word: &str,
) -> Result<Option<f64>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::String(found) if found == word => Ok(None),
        Value::Number(number) => Ok(Some(number.as_f64().unwrap_or(f64::NAN))),
        other => Err(serde::de::Error::custom(format!(
            "{other} is neither a number nor {word}"
        ))),
    }
}
