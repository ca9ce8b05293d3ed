//! Adds n-grams of words and of bytes as tokens, if the recipe asks for them.
//!
//! The token of a word n-gram consists of its words as tokens, with prefixes and stems, separated
//! by spaces; clues between two words are ignored. The token of a byte n-gram is `bytes:` followed
//! by the bytes of the text, escaped unless they are printable ASCII.

use super::emitter::Emitter;
use super::lexicon::{Lexicon, TokenId};
use super::recipe::{MAX_BYTE_NGRAM, MAX_NGRAM, Recipe};
use super::token_kind::TokenKind;
use crate::base::keyed::KeyedMap;

/// Number of n-grams cached before the cache is emptied. Emptying it costs time but changes no
/// token.
const LIMIT: usize = 1 << 20;

/// Builds the tokens of n-grams.
pub(super) struct NgramBuilder {
    words: usize,
    bytes: usize,
    /// Maps the token of an n-gram without its last word, and the token of that word, to the token
    /// of the n-gram.
    known_words: KeyedMap<(TokenId, TokenId), TokenId>,
    known_bytes: KeyedMap<u64, TokenId>,
    found: Vec<TokenId>,
    token: String,
}

impl NgramBuilder {
    pub fn new(recipe: &Recipe) -> NgramBuilder {
        NgramBuilder {
            words: usize::from(recipe.ngrams.min(MAX_NGRAM)),
            bytes: usize::from(recipe.byte_ngrams.min(MAX_BYTE_NGRAM)),
            known_words: KeyedMap::default(),
            known_bytes: KeyedMap::default(),
            found: Vec::new(),
            token: String::new(),
        }
    }

    /// Appends the n-grams of the words among the tokens from position `from` on.
    pub fn of_words(&mut self, emitter: &mut Emitter, from: usize) {
        if self.words < 2 {
            return;
        }
        let Emitter {
            lexicon, tokens, ..
        } = emitter;
        // The n-grams that end at the previous word, by their length.
        let mut ngrams: [Option<TokenId>; MAX_NGRAM as usize] = [None; MAX_NGRAM as usize];
        self.found.clear();
        let is_word = |token: TokenId| {
            matches!(
                lexicon.kind(token),
                TokenKind::Word
                    | TokenKind::Function
                    | TokenKind::Number
                    | TokenKind::Subject
                    | TokenKind::Hidden
                    | TokenKind::Attached
            )
        };
        let words: Vec<TokenId> = tokens[from..]
            .iter()
            .copied()
            .filter(|&token| is_word(token))
            .collect();
        for word in words {
            for at in (1..self.words).rev() {
                ngrams[at] = ngrams[at - 1].map(|ngram| self.longer(lexicon, ngram, word));
                self.found.extend(ngrams[at]);
            }
            ngrams[0] = Some(word);
        }
        tokens.extend_from_slice(&self.found);
    }

    /// The n-gram that consists of `shorter` and then `word`.
    fn longer(&mut self, lexicon: &mut Lexicon, shorter: TokenId, word: TokenId) -> TokenId {
        if let Some(&known) = self.known_words.get(&(shorter, word)) {
            return known;
        }
        self.token.clear();
        self.token.push_str(lexicon.token(shorter));
        self.token.push(' ');
        self.token.push_str(lexicon.token(word));
        let token = lexicon.intern(TokenKind::Ngram, &self.token);
        if self.known_words.len() >= LIMIT {
            self.known_words.clear();
        }
        self.known_words.insert((shorter, word), token);
        token
    }

    /// Appends the n-grams of the bytes of `text`.
    pub fn of_bytes(&mut self, emitter: &mut Emitter, text: &[u8]) {
        if self.bytes == 0 {
            return;
        }
        for bytes in text.windows(self.bytes) {
            let key = bytes
                .iter()
                .fold(0, |key, &byte| key << 8 | u64::from(byte));
            let token = self
                .known_bytes
                .get(&key)
                .copied()
                .unwrap_or_else(|| self.new_bytes(&mut emitter.lexicon, key, bytes));
            emitter.tokens.push(token);
        }
    }

    #[cold]
    fn new_bytes(&mut self, lexicon: &mut Lexicon, key: u64, bytes: &[u8]) -> TokenId {
        self.token.clear();
        self.token.push_str("bytes:");
        self.token.extend(bytes.escape_ascii().map(char::from));
        if self.known_bytes.len() >= LIMIT {
            self.known_bytes.clear();
        }
        let token = lexicon.intern(TokenKind::Bytes, &self.token);
        self.known_bytes.insert(key, token);
        token
    }
}

#[cfg(test)]
mod tests {
    use super::super::emitter::form::WordForm;
    use super::super::emitter::text_place::TextPlace;
    use super::*;

    /// The tokens that `make` adds for a recipe with n-grams of these numbers of words and bytes.
    fn added(
        [ngrams, byte_ngrams]: [u8; 2],
        make: impl FnOnce(&mut NgramBuilder, &mut Emitter),
    ) -> Vec<String> {
        let recipe = Recipe {
            ngrams,
            byte_ngrams,
            ..Recipe::default()
        };
        let (mut builder, mut emitter) = (NgramBuilder::new(&recipe), Emitter::new(&recipe));
        for word in ["big", "buy", "it"] {
            emitter.word(TextPlace::BODY, &WordForm::new(word.as_bytes()));
        }
        emitter.clue(TokenKind::Trick, "link:port", b"");
        emitter.word(TextPlace::BODY, &WordForm::new(b"now"));
        let from = emitter.tokens.len();
        make(&mut builder, &mut emitter);
        let tokens = emitter.tokens[from..].iter();
        tokens
            .map(|&token| emitter.lexicon.token(token).to_owned())
            .collect()
    }

    #[test]
    fn ngrams_of_words_hold_neighbours_only_and_no_clues() {
        // All words from the second on.
        let of_words = |most| added([most, 0], |builder, emitter| builder.of_words(emitter, 1));
        assert_eq!(of_words(1), [""; 0]);
        assert_eq!(of_words(2), ["buy it", "it now"]);
        assert_eq!(of_words(3), ["buy it", "buy it now", "it now"]);
    }

    #[test]
    fn ngrams_of_bytes_are_those_of_the_text() {
        let of_bytes = |text: &str| {
            added([1, 4], |builder, emitter| {
                builder.of_bytes(emitter, text.as_bytes());
            })
        };
        assert_eq!(of_bytes("abc"), [""; 0]);
        assert_eq!(
            of_bytes("ab\nc\u{e9}"),
            ["bytes:ab\\nc", "bytes:b\\nc\\xc3", "bytes:\\nc\\xc3\\xa9"]
        );
    }
}
