//! What every page has around its sections: the head, with the policy of what it may use, the
//! headline, and the footer.

use crate::report::palette::page_css;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

const CSS: &str = include_str!("../../../../templates/report.css");

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
