//! The settings that training chose, without those that it had no choice of.

use crate::model::Trial;
use serde_json::Value;

/// The settings of a model that were searched: those in which what was tried differs.
fn searched(tried: &[Trial]) -> Vec<&String> {
    let Some(first) = tried.first() else {
        return Vec::new();
    };
    let differs = |name: &&String| {
        tried
            .iter()
            .any(|other| other.settings[*name] != first.settings[*name])
    };
    first
        .settings
        .as_object()
        .into_iter()
        .flat_map(|settings| settings.keys())
        .filter(differs)
        .collect()
}

/// Only the settings that were searched.
pub fn chosen(settings: &Value, tried: &[Trial]) -> Value {
    searched(tried)
        .into_iter()
        .map(|name| (name.clone(), settings[name].clone()))
        .collect::<serde_json::Map<_, _>>()
        .into()
}
