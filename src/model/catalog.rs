//! The table of models as a value: whoever registers models stands above whoever uses them, and a
//! library user may hand in a table of their own.

use super::entry::ModelEntry;
use crate::results::Family;
use serde_json::Value;

/// Models, in the order of tables and charts.
#[derive(Clone)]
pub struct Catalog(Vec<&'static dyn ModelEntry>);

impl Catalog {
    /// The models of all `families`, one after the other.
    pub fn new(families: &[&[&'static dyn ModelEntry]]) -> Catalog {
        Catalog(families.concat())
    }

    /// Every model, in order.
    pub fn models(&self) -> impl Iterator<Item = &'static dyn ModelEntry> + Clone + use<> {
        self.0.clone().into_iter()
    }

    /// The model of that name.
    pub fn model(&self, name: &str) -> Option<&'static dyn ModelEntry> {
        self.models().find(|entry| entry.name() == name)
    }

    /// One model of each family, where all would take too long: the first of its default models.
    pub fn representatives(&self) -> Vec<&'static dyn ModelEntry> {
        let first = |family: Family| {
            let mut models = self.models();
            models.find(|entry| entry.is_default() && entry.family() == family)
        };
        Family::BOTH.into_iter().filter_map(first).collect()
    }

    /// The names of all models, separated by commas.
    pub fn names(&self) -> String {
        self.models()
            .map(ModelEntry::name)
            .collect::<Vec<_>>()
            .join(", ")
    }
}

/// Settings on one line, as they are given: `alpha=0.01 counts=binary`.
pub fn settings_on_one_line(settings: &Value) -> String {
    let assignment = |(name, value): (&String, &Value)| match value {
        Value::String(text) => format!("{name}={text}"),
        other => format!("{name}={other}"),
    };
    settings
        .as_object()
        .into_iter()
        .flatten()
        .map(assignment)
        .collect::<Vec<_>>()
        .join(" ")
}
