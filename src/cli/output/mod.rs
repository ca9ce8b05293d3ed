//! What the terminal shows: tables, charts of a few lines, progress.

pub(super) mod plot;
pub(super) mod progress;
pub(super) mod table;
