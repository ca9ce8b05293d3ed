//! Where parsers put what they find. A parser knows the syntax it reads and the names of its clues;
//! how a clue or a text becomes tokens is the business of the sink.

use crate::tokenize::emitter::text_place::TextPlace;
use crate::tokenize::token_kind::TokenKind;

/// Takes what a parser finds, in the order in which it is found.
pub(crate) trait TokenSink {
    /// A clue: a fixed beginning, ending in `:` if `found` follows, and what was found.
    fn clue(&mut self, kind: TokenKind, name: &str, found: &[u8]);

    /// A text, UTF-8, of which each word is a clue.
    fn words(&mut self, place: TextPlace, text: &[u8]);

    /// The same, where the place is a header called `name` that has no place of its own.
    fn words_of_header(&mut self, name: &[u8], text: &[u8]);
}

/// Notes what it is given, a line each, so that a parser can be tested by itself.
#[cfg(test)]
#[derive(Default)]
pub(crate) struct Noted(pub Vec<String>);

#[cfg(test)]
impl TokenSink for Noted {
    fn clue(&mut self, _: TokenKind, name: &str, found: &[u8]) {
        self.0.push(format!("{name}{}", found.escape_ascii()));
    }

    fn words(&mut self, _: TextPlace, text: &[u8]) {
        self.0.push(format!("words {}", text.escape_ascii()));
    }

    fn words_of_header(&mut self, name: &[u8], text: &[u8]) {
        self.0.push(format!(
            "words of {}: {}",
            name.escape_ascii(),
            text.escape_ascii()
        ));
    }
}
