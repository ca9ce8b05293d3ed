//! The documents of a report: an HTML page, Markdown and CSV, all made from the same tables
//! ([`tables`]) and sentences ([`phrases`]).
//!
//! Text from mail is made harmless in two steps: [`shown_text`](crate::base::shown::shown_text)
//! names the characters that no document should contain (control characters, and those that change
//! the reading direction), and each format escapes the rest by its own rules.

mod alone;
mod drawing;
mod families;
mod html;
mod markdown;
pub mod phrases;
mod side_by_side;
mod spans;
pub mod tables;
mod tiles;

pub use alone::{AlonePage, alone_markdown};
pub use drawing::Drawing;
pub use html::{alone as alone_html, html, side_by_side as side_by_side_html};
pub use markdown::markdown;
pub use side_by_side::side_by_side_markdown;

use super::error::ReportError;
use crate::base::shown::CsvText;

/// A table as CSV.
pub fn csv(table: &tables::DataTable, text: CsvText) -> Result<Vec<u8>, ReportError> {
    table
        .csv(text)
        .map_err(|error| ReportError::Document(error.to_string()))
}
