//! The search space of a model: which of its settings are searched, and over what.
//!
//! Searched is every number left `auto`, one decade beyond its own grid on either side; what a
//! model names as worth it; and what the user gives as a list or, of numbers, as a range
//! `0.1..100`.

use crate::model::{ModelEntry, Range, SettingRow};
use serde_json::{Map, Value, json};

/// One setting that is searched.
pub enum Dimension {
    /// One of a list of values.
    Among(Vec<Value>),
    /// Numbers from low to high, in even steps or even factors.
    Between {
        low: f64,
        high: f64,
        by_factor: bool,
        whole: bool,
    },
}

impl Dimension {
    /// What stands at `place` from 0 to 1.
    pub fn at(&self, place: f64) -> Value {
        match self {
            Dimension::Among(values) => {
                values[((place * values.len() as f64) as usize).min(values.len() - 1)].clone()
            }
            Dimension::Between {
                low,
                high,
                by_factor,
                whole,
            } => {
                let between = |low: f64, high: f64| low + place * (high - low);
                let exact = if *by_factor {
                    between(low.ln(), high.ln()).exp()
                } else {
                    between(*low, *high)
                };
                if *whole {
                    return json!(exact.round() as u64);
                }
                // Three digits: more tell nothing and cannot be read.
                let short: f64 = format!("{exact:.2e}").parse().unwrap_or(exact);
                json!(short.clamp(*low, *high))
            }
        }
    }

    /// Whether it is a list, not a range.
    pub fn is_among(&self) -> bool {
        matches!(self, Dimension::Among(_))
    }
}

/// The axis of a setting that is not given; none if it is not searched.
fn axis(setting: &SettingRow, worth_it: bool) -> Option<Dimension> {
    let between = |low: f64, high: f64, whole| Dimension::Between {
        low,
        high,
        by_factor: low > 0.0,
        whole,
    };
    match setting.range {
        Range::RealOrAuto { min, max, grid } => {
            let least = grid.iter().copied().fold(f64::INFINITY, f64::min);
            let most = grid.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            Some(between(
                (least / 10.0).max(min),
                (most * 10.0).min(max),
                false,
            ))
        }
        Range::OneOf(_) | Range::Bool if worth_it => {
            setting.range.few_values().map(Dimension::Among)
        }
        Range::Real { min, max } if worth_it => Some(between(min, max, false)),
        Range::Whole { min, max } | Range::WholeOrAuto { min, max } if worth_it => {
            Some(between(min as f64, max as f64, true))
        }
        _ => None,
    }
}

/// A range as the user writes it: `0.1..100`.
fn range(text: &str) -> Option<(f64, f64)> {
    let (low, high) = text.split_once("..")?;
    let (low, high) = (
        low.trim().parse::<f64>().ok()?,
        high.trim().parse::<f64>().ok()?,
    );
    (low < high && high.is_finite() && low.is_finite()).then_some((low, high))
}

/// The search space of a model: its settings that stay as given, and those that are searched.
pub fn open(
    entry: &dyn ModelEntry,
    given: &Value,
) -> (Map<String, Value>, Vec<(&'static str, Dimension)>) {
    let mut fixed = given.as_object().cloned().unwrap_or_default();
    let mut axes: Vec<(&'static str, Dimension)> = Vec::new();
    for setting in entry.settings_table() {
        let found = match fixed.get(setting.name) {
            None => axis(setting, entry.tunable().contains(&setting.name)),
            Some(Value::String(word)) if word == "auto" => axis(setting, false),
            Some(Value::Array(values)) if !values.is_empty() => {
                Some(Dimension::Among(values.clone()))
            }
            Some(Value::String(text)) => range(text).map(|(low, high)| {
                let whole = matches!(
                    setting.range,
                    Range::Whole { .. } | Range::WholeOrAuto { .. }
                );
                Dimension::Between {
                    low,
                    high,
                    by_factor: low > 0.0 && high / low >= 10.0,
                    whole,
                }
            }),
            Some(_) => None,
        };
        if let Some(axis) = found {
            fixed.remove(setting.name);
            axes.push((setting.name, axis));
        }
    }
    // What has few values first and numbers last: neighbours then start from one another's answers.
    axes.sort_by_key(|(_, axis)| !axis.is_among());
    (fixed, axes)
}
