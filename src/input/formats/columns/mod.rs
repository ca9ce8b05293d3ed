//! What the columns of a table hold: found by their names and by their content.

mod finder;
mod header_block;
mod names;
mod plan;
mod polarity;

pub(super) use finder::find;
pub(super) use header_block::begins_with_header_block;
pub(super) use names::{knows_names, names_text};
pub(super) use plan::{ColumnPlan, LabelColumn, Whole};
pub(in crate::input) use plan::{OWN_FIELDS, OWN_RAW};
