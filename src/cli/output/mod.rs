//! What the terminal shows: results, tables, charts of a few lines, progress.

pub(super) mod comparison;
pub(super) mod decisions;
pub(super) mod emit;
pub(super) mod plot;
pub(super) mod progress;
pub(super) mod table;
pub(super) mod targets;
