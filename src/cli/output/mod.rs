//! What the terminal shows: results, tables, charts of a few lines, progress.

pub(super) mod browser;
pub(super) mod comparison;
pub(super) mod decisions;
pub(super) mod default_folder;
pub(super) mod emit;
pub(super) mod plot;
pub(super) mod progress;
pub(super) mod settings;
pub(super) mod table;
pub(super) mod targets;
