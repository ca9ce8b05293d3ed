//! Words in a row and bytes in a row as tokens of their own, where the recipe asks for them.
//!
//! A token of words in a row is those words with spaces between them, prefixes and stems included;
//! clues between two words do not part them. A token of bytes is `bytes:` and the bytes of the
//! text, those beyond printable ASCII escaped.

use super::emitter::Emitter;
use super::lexicon::{Lexicon, TokenId};
use super::recipe::{MAX_BYTE_NGRAM, MAX_NGRAM, Recipe};
use super::token_kind::TokenKind;
use rustc_hash::FxHashMap;

/// Rows remembered before the memory is emptied; that costs time and changes no token.
const LIMIT: usize = 1 << 20;

/// Makes tokens of rows.
pub(super) struct NgramBuilder {
    words: usize,
    bytes: usize,
    /// Row without its last word, and that word → token of the row.
    known_words: FxHashMap<(TokenId, TokenId), TokenId>,
    known_bytes: FxHashMap<u64, TokenId>,
    found: Vec<TokenId>,
    token: String,
}

impl NgramBuilder {
    pub fn new(recipe: &Recipe) -> NgramBuilder {
        NgramBuilder {
            words: usize::from(recipe.ngrams.min(MAX_NGRAM)),
            bytes: usize::from(recipe.byte_ngrams.min(MAX_BYTE_NGRAM)),
            known_words: FxHashMap::default(),
            known_bytes: FxHashMap::default(),
            found: Vec::new(),
            token: String::new(),
        }
    }

    /// Appends the n-grams of the words among the tokens from number `from` on.
    pub fn of_words(&mut self, emitter: &mut Emitter, from: usize) {
        if self.words < 2 {
            return;
        }
        let Emitter {
            lexicon, tokens, ..
        } = emitter;
        // The rows that end at the word before this one, by their length.
        let mut rows: [Option<TokenId>; MAX_NGRAM as usize] = [None; MAX_NGRAM as usize];
        self.found.clear();
        let is_word = |token: TokenId| {
            matches!(
                lexicon.kind(token),
                TokenKind::Word
                    | TokenKind::Function
                    | TokenKind::Number
                    | TokenKind::Subject
                    | TokenKind::Hidden
            )
        };
        let words: Vec<TokenId> = tokens[from..]
            .iter()
            .copied()
            .filter(|&token| is_word(token))
            .collect();
        for word in words {
            for at in (1..self.words).rev() {
                rows[at] = rows[at - 1].map(|row| self.longer(lexicon, row, word));
                self.found.extend(rows[at]);
            }
            rows[0] = Some(word);
        }
        tokens.extend_from_slice(&self.found);
    }

    fn longer(&mut self, lexicon: &mut Lexicon, row: TokenId, word: TokenId) -> TokenId {
        if let Some(&known) = self.known_words.get(&(row, word)) {
            return known;
        }
        self.token.clear();
        self.token.push_str(lexicon.token(row));
        self.token.push(' ');
        self.token.push_str(lexicon.token(word));
        let token = lexicon.intern(TokenKind::Ngram, &self.token);
        if self.known_words.len() >= LIMIT {
            self.known_words.clear();
        }
        self.known_words.insert((row, word), token);
        token
    }

    /// Appends the n-grams of the bytes of `text`.
    pub fn of_bytes(&mut self, emitter: &mut Emitter, text: &[u8]) {
        if self.bytes == 0 {
            return;
        }
        for row in text.windows(self.bytes) {
            let key = row.iter().fold(0, |key, &byte| key << 8 | u64::from(byte));
            let token = self
                .known_bytes
                .get(&key)
                .copied()
                .unwrap_or_else(|| self.new_row(&mut emitter.lexicon, key, row));
            emitter.tokens.push(token);
        }
    }

    #[cold]
    fn new_row(&mut self, lexicon: &mut Lexicon, key: u64, row: &[u8]) -> TokenId {
        self.token.clear();
        self.token.push_str("bytes:");
        self.token.extend(row.escape_ascii().map(char::from));
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
    use crate::base::mail::Content;
    use crate::tokenize::{Recipe, TokenKind, Tokenizer};

    fn of_kind(recipe: &Recipe, kind: TokenKind, subject: &str, body: &str) -> Vec<String> {
        let content = Content::Fields {
            from: String::new(),
            subject: subject.into(),
            body: body.into(),
        };
        let (mut tokenizer, mut text, mut tokens) =
            (Tokenizer::new(recipe), Vec::new(), Vec::new());
        tokenizer.read(&content, &mut text, &mut tokens);
        let lexicon = tokenizer.lexicon();
        tokens
            .iter()
            .filter(|&&token| lexicon.kind(token) == kind)
            .map(|&token| lexicon.token(token).to_owned())
            .collect()
    }

    #[test]
    fn rows_of_words_hold_neighbours_only() {
        let recipe = |ngrams| Recipe {
            ngrams,
            ..Recipe::default()
        };
        assert_eq!(
            of_kind(&recipe(1), TokenKind::Ngram, "a big deal", "buy it now"),
            [""; 0]
        );
        let pairs = of_kind(&recipe(2), TokenKind::Ngram, "big deal", "buy it! now");
        assert_eq!(pairs, ["subject:big subject:deal", "buy it", "it now"]);
        let threes = of_kind(&recipe(3), TokenKind::Ngram, "", "buy it now here");
        assert_eq!(
            threes,
            ["buy it", "buy it now", "it now", "it now here", "now here"]
        );
    }

    #[test]
    fn rows_of_bytes_are_those_of_the_text() {
        let recipe = Recipe {
            byte_ngrams: 4,
            ..Recipe::default()
        };
        assert_eq!(
            of_kind(&recipe, TokenKind::Bytes, "ab", "c\u{e9}"),
            [
                "bytes:ab\\nc",
                "bytes:b\\nc\\xc3",
                "bytes:\\nc\\xc3\\xa9",
                "bytes:c\\xc3\\xa9\\n"
            ]
        );
    }
}
