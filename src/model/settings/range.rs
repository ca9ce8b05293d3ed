//! What values a setting takes, how that is said, and whether a given value is among them.

use serde_json::Value;
use std::fmt;

/// What values a setting takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Range {
    /// A number in `min..=max`.
    Real {
        /// The lowest value.
        min: f64,
        /// The highest value.
        max: f64,
    },
    /// A number in `min..=max`, or `auto`: chosen on inner folds from `grid`.
    RealOrAuto {
        /// The lowest value.
        min: f64,
        /// The highest value.
        max: f64,
        /// The candidates of `auto`.
        grid: &'static [f64],
    },
    /// A number in `min..=max`, or `learned`: estimated from the training mail.
    RealOrLearned {
        /// The lowest value.
        min: f64,
        /// The highest value.
        max: f64,
    },
    /// A whole number in `min..=max`.
    Whole {
        /// The lowest value.
        min: u64,
        /// The highest value.
        max: u64,
    },
    /// A whole number in `min..=max`, or `auto`: found by the model from its training mail.
    WholeOrAuto {
        /// The lowest value.
        min: u64,
        /// The highest value.
        max: u64,
    },
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// `true` or `false`.
    Bool,
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
            Range::Bool => f.write_str("true or false"),
        }
    }
}

fn within(value: &Value, min: f64, max: f64) -> bool {
    value.as_f64().is_some_and(|x| (min..=max).contains(&x))
}

impl Range {
    /// Whether a value is one of those that the setting takes.
    pub fn admits(&self, value: &Value) -> bool {
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
            Range::Bool => value.is_boolean(),
        }
    }

    /// Every value, of a setting that takes only a few: words, or `false` and `true`.
    pub fn few_values(&self) -> Option<Vec<Value>> {
        match self {
            Range::OneOf(words) => Some(words.iter().map(|&word| word.into()).collect()),
            Range::Bool => Some(vec![false.into(), true.into()]),
            _ => None,
        }
    }
}
