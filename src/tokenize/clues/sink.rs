//! The sink that parsers pass their findings to. A parser knows the syntax it reads and the names
//! of its clues; the sink turns clues and texts into tokens.

use crate::tokenize::emitter::text_place::TextPlace;
use crate::tokenize::token_kind::TokenKind;

/// Receives what a parser finds, in the order of discovery.
pub(crate) trait TokenSink {
    /// Takes a clue: its fixed beginning, which ends in `:` if `found` follows, and what was found.
    fn clue(&mut self, kind: TokenKind, name: &str, found: &[u8]);

    /// Takes a UTF-8 text of which each word is a clue.
    fn words(&mut self, place: TextPlace, text: &[u8]);

    /// Takes a text from a header called `name` that has no place of its own.
    fn words_of_header(&mut self, name: &[u8], text: &[u8]);
}

/// Records one line per finding, so that a parser can be tested alone.
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
