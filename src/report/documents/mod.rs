//! What people read: an HTML page, Markdown and CSV, all from the same tables ([`tables`]) and
//! sentences ([`phrases`]).
//!
//! Text from mail is made harmless twice: `readable` takes out what no document should
//! hold (control characters and those that turn the direction of reading around), and each format
//! escapes what is left by its own rules.

mod drawing;
mod html;
mod markdown;
pub mod phrases;
mod readable;
mod selected_messages;
pub mod tables;

pub use drawing::Drawing;
pub use html::html;
pub use markdown::markdown;

use super::error::ReportError;

/// A table as CSV.
pub fn csv(table: &tables::DataTable) -> Result<Vec<u8>, ReportError> {
    table
        .csv()
        .map_err(|error| ReportError::Document(error.to_string()))
}
