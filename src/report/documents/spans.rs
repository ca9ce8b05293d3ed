//! Splits a sentence at its backticks, so that names in it can be set as code.

use crate::base::shown::shown_text;

/// A piece of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The text.
    pub text: String,
    /// Whether it stood between backticks.
    pub code: bool,
}

/// The pieces of a sentence in order. Backticks that are not paired stay as they are.
pub fn spans(sentence: &str) -> Vec<Span> {
    let sentence = shown_text(sentence);
    let parts: Vec<&str> = sentence.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return vec![Span {
            text: sentence,
            code: false,
        }];
    }
    let span = |(at, text): (usize, &&str)| Span {
        text: (*text).to_owned(),
        code: at % 2 == 1,
    };
    let spans = parts.iter().enumerate().map(span);
    spans.filter(|span| !span.text.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_between_backticks_is_code() {
        let found = spans("the token `mailer:x` alone");
        let shown: Vec<(&str, bool)> = found
            .iter()
            .map(|span| (span.text.as_str(), span.code))
            .collect();
        assert_eq!(
            shown,
            [("the token ", false), ("mailer:x", true), (" alone", false)]
        );
        assert!(!spans("one ` alone")[0].code);
    }
}
