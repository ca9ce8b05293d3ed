//! The one table of all models: the rows of both families, generative first.

use crate::generative;
use crate::model::ModelEntry;

/// Every model, in the order of tables and pictures.
pub fn models() -> impl Iterator<Item = &'static dyn ModelEntry> {
    generative::MODELS.iter().copied()
}

/// The model of that name.
pub fn model(name: &str) -> Option<&'static dyn ModelEntry> {
    models().find(|entry| entry.name() == name)
}
