//! Settings of a model: a plain struct with defaults, and a table that names each with its range.
//! Setting by name, refusing unknown names and numbers out of range, and the listing of `spamlab
//! models` all come from the table.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned};
use serde_json::Value;
use std::fmt;

/// What values a setting takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Range {
    /// A number in `min..=max`.
    Real {
        /// Lowest.
        min: f64,
        /// Highest.
        max: f64,
    },
    /// A number in `min..=max`, or `auto`: chosen on inner folds from `grid`.
    RealOrAuto {
        /// Lowest.
        min: f64,
        /// Highest.
        max: f64,
        /// What `auto` chooses from.
        grid: &'static [f64],
    },
    /// A number in `min..=max`, or `learned`: the training mail's own.
    RealOrLearned {
        /// Lowest.
        min: f64,
        /// Highest.
        max: f64,
    },
    /// A whole number in `min..=max`.
    Whole {
        /// Lowest.
        min: u64,
        /// Highest.
        max: u64,
    },
    /// A whole number in `min..=max`, or `auto`: found by the model from its training mail.
    WholeOrAuto {
        /// Lowest.
        min: u64,
        /// Highest.
        max: u64,
    },
    /// One of these words.
    OneOf(&'static [&'static str]),
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Range::Real { min, max } => write!(f, "a number from {min} to {max}"),
            Range::RealOrAuto { min, max, grid } => {
                write!(f, "a number from {min} to {max}, or auto: the best of")?;
                grid.iter().try_for_each(|value| write!(f, " {value}"))
            }
            Range::RealOrLearned { min, max } => {
                write!(f, "a number from {min} to {max}, or learned")
            }
            Range::Whole { min, max } => write!(f, "a whole number from {min} to {max}"),
            Range::WholeOrAuto { min, max } => {
                write!(f, "a whole number from {min} to {max}, or auto")
            }
            Range::OneOf(words) => write!(f, "one of {}", words.join(", ")),
        }
    }
}

fn within(value: &Value, min: f64, max: f64) -> bool {
    value.as_f64().is_some_and(|x| (min..=max).contains(&x))
}

impl Range {
    fn admits(&self, value: &Value) -> bool {
        match self {
            Range::Real { min, max } => within(value, *min, *max),
            Range::RealOrAuto { min, max, .. } => {
                value.as_str() == Some("auto") || within(value, *min, *max)
            }
            Range::RealOrLearned { min, max } => {
                value.as_str() == Some("learned") || within(value, *min, *max)
            }
            Range::Whole { min, max } => value.as_u64().is_some_and(|x| (*min..=*max).contains(&x)),
            Range::WholeOrAuto { min, max } => {
                let whole = value.as_f64().is_some_and(|x| x.fract() == 0.0);
                value.as_str() == Some("auto") || (whole && within(value, *min as f64, *max as f64))
            }
            Range::OneOf(words) => value.as_str().is_some_and(|word| words.contains(&word)),
        }
    }
}

/// One row of a model's table of settings.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Its name, as the field of the struct.
    pub name: &'static str,
    /// What it does, in one line.
    pub doc: &'static str,
    /// What it takes.
    pub range: Range,
}

/// A setting that cannot be.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum SettingError {
    /// No such setting.
    #[error("{model} has no setting `{name}`; it has: {known}")]
    Unknown {
        /// The model.
        model: String,
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
    /// A value outside the range.
    #[error("{model}.{name} = {value} is out of range: it takes {range}")]
    OutOfRange {
        /// The model.
        model: String,
        /// The setting.
        name: String,
        /// What was given.
        value: String,
        /// What it takes.
        range: String,
    },
}

/// The settings of one model.
pub trait Settings: Default + Clone + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// One row a field.
    const TABLE: &'static [Setting];

    /// Settings from the values given over the defaults; names and ranges are checked.
    fn from_values(model: &str, given: &Value) -> Result<Self, SettingError> {
        let mut all = serde_json::to_value(Self::default()).unwrap_or_default();
        for (name, value) in given.as_object().into_iter().flatten() {
            let Some(setting) = Self::TABLE.iter().find(|setting| setting.name == name) else {
                let known: Vec<&str> = Self::TABLE.iter().map(|setting| setting.name).collect();
                let known = if known.is_empty() {
                    "none".to_owned()
                } else {
                    known.join(", ")
                };
                return Err(SettingError::Unknown {
                    model: model.to_owned(),
                    name: name.clone(),
                    known,
                });
            };
            let refused = || SettingError::OutOfRange {
                model: model.to_owned(),
                name: name.clone(),
                value: value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned),
                range: setting.range.to_string(),
            };
            if !setting.range.admits(value) {
                return Err(refused());
            }
            all[name] = value.clone();
        }
        serde_json::from_value(all).map_err(|error| SettingError::OutOfRange {
            model: model.to_owned(),
            name: "settings".to_owned(),
            value: error.to_string(),
            range: "what the table of its settings allows".to_owned(),
        })
    }
}

/// No settings at all.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct NoSettings {}

impl Settings for NoSettings {
    const TABLE: &'static [Setting] = &[];
}

/// A number that training may be left to choose: `auto` or fixed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Auto {
    /// Chosen on inner folds.
    Tune,
    /// Given.
    Fixed(f64),
}

impl Auto {
    /// The value, or `otherwise` while it is left open.
    pub fn or(self, otherwise: f64) -> f64 {
        match self {
            Auto::Tune => otherwise,
            Auto::Fixed(value) => value,
        }
    }

    /// The values to try: `grid` while it is left open, else only the one given.
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
    /// Given.
    Fixed(f64),
}

impl Prior {
    /// ln p(ham) and ln p(spam), after so many training messages of each.
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
