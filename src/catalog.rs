//! The one table of all models: the rows of both families, generative first.

use crate::model::{Family, ModelEntry};
use crate::{discriminative, generative};
use serde_json::Value;

/// Every model, in the order of tables and pictures.
pub fn models() -> impl Iterator<Item = &'static dyn ModelEntry> {
    generative::MODELS
        .iter()
        .chain(discriminative::MODELS)
        .copied()
}

/// The model of that name.
pub fn model(name: &str) -> Option<&'static dyn ModelEntry> {
    models().find(|entry| entry.name() == name)
}

/// One model of each family, where all would take too long: the first of its default models.
pub fn representatives() -> Vec<&'static dyn ModelEntry> {
    let first =
        |family: Family| models().find(|entry| entry.is_default() && entry.family() == family);
    Family::BOTH.into_iter().filter_map(first).collect()
}

/// Settings on one line, as `--set` takes them: `alpha=0.01 counts=boolean`.
pub fn settings_in_words(settings: &Value) -> String {
    let word = |(name, value): (&String, &Value)| match value {
        Value::String(text) => format!("{name}={text}"),
        other => format!("{name}={other}"),
    };
    settings
        .as_object()
        .into_iter()
        .flatten()
        .map(word)
        .collect::<Vec<_>>()
        .join(" ")
}
