//! The one table of all models: the rows of both families, generative first.

use crate::model::ModelEntry;
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

/// Settings on one line, as `--set` takes them: `alpha=0.01 representation=binary`.
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
