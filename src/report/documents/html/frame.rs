//! What every page has around its sections: the head, with the policy of what it may use, the
//! headline, and the footer.

use crate::report::error::ReportError;
use crate::report::palette::page_css;
use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

const CSS: &str = include_str!("../../../../templates/report.css");

/// A page with every number and its `%` on one line, whether a template, a sentence, a table or a
/// chart wrote them.
pub fn page(template: &impl Template) -> Result<String, ReportError> {
    let page = template.render();
    let page = page.map_err(|error| ReportError::Document(error.to_string()))?;
    Ok(with_percent_signs_kept(&page))
}

fn with_percent_signs_kept(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    for (at, part) in text.split(" %").enumerate() {
        if at > 0 {
            let follows_number = kept.ends_with(|last: char| last.is_ascii_digit());
            kept.push_str(if follows_number { "\u{a0}%" } else { " %" });
        }
        kept.push_str(part);
    }
    kept
}

/// What the template of all pages shows.
pub struct Frame {
    /// What the report is about.
    pub name: String,
    pub headline: String,
    /// The sentences below the headline.
    pub sentences: Vec<String>,
    pub style: Inline,
    pub script: Option<Inline>,
    /// The program that made the experiment, and when, if that is told.
    pub program: String,
    pub stamp: Option<String>,
}

/// A style sheet or a script within the page.
pub struct Inline {
    pub text: String,
    /// The sum of the text, by which the policy of the page allows it.
    pub sum: String,
}

impl Inline {
    pub fn of(text: String) -> Inline {
        let sum = STANDARD.encode(Sha256::digest(&text));
        Inline { text, sum }
    }

    /// The style sheet of all pages.
    pub fn style() -> Inline {
        Inline::of(page_css() + CSS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_and_its_percent_sign_stay_on_one_line() {
        assert_eq!(
            with_percent_signs_kept("gets 1.5 % wrong, FPR % at 50 %"),
            "gets 1.5\u{a0}% wrong, FPR % at 50\u{a0}%"
        );
        // Style sheet and script have a sum by which the page allows them.
        for text in [page_css() + CSS, super::super::SCRIPT.to_owned()] {
            assert_eq!(with_percent_signs_kept(&text), text);
        }
    }
}
