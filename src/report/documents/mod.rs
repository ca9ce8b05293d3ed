//! What people read: an HTML page, Markdown and CSV, all from the same tables ([`tables`]) and
//! sentences ([`words`]).
//!
//! Text from mail is made harmless twice: [`words::readable`] takes out what no document should
//! hold (control characters and those that turn the direction of reading around), and each format
//! escapes what is left by its own rules.

mod html;
mod markdown;
pub mod tables;
pub mod words;

pub use html::html;
pub use markdown::markdown;

use super::ReportError;
use super::figure::Figure;
use crate::results::QuotedMessage;

/// A chart, drawn.
#[derive(Debug, Clone)]
pub struct Drawing {
    /// Name of its files.
    pub key: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// What is drawn.
    pub figure: Figure,
    /// As SVG.
    pub svg: String,
    /// As PNG.
    pub png: Vec<u8>,
}

/// Messages shown in a document; the experiment holds more.
const MESSAGES: usize = 20;
/// Tokens shown of each vote.
const TOKENS: usize = 6;

/// A table as CSV.
pub fn csv(table: &tables::Table) -> Result<Vec<u8>, ReportError> {
    table
        .csv()
        .map_err(|error| ReportError::Document(error.to_string()))
}

/// The messages to show: as many of each reason, in their order.
fn telling(messages: &[QuotedMessage]) -> Vec<&QuotedMessage> {
    let mut reasons: Vec<&str> = Vec::new();
    for message in messages {
        if !reasons.contains(&message.why.as_str()) {
            reasons.push(&message.why);
        }
    }
    let each = MESSAGES / reasons.len().max(1);
    reasons
        .iter()
        .flat_map(|reason| {
            messages
                .iter()
                .filter(move |message| message.why == **reason)
                .take(each.max(1))
        })
        .take(MESSAGES)
        .collect()
}
