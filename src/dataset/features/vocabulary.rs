//! The vocabulary by token text: what a model file holds once for all its models, and what mail of
//! another corpus is encoded with. Column `c` is the `c`-th token.

use super::frequencies::Frequencies;
use crate::tokenize::{Lexicon, TokenKind};
use serde::Deserialize;

/// Tokens that are columns, and what the training mail says about each.
#[derive(Clone)]
pub struct Vocabulary {
    tokens: Lexicon,
    frequencies: Frequencies,
}

/// Why stored bytes are no vocabulary.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("the vocabulary cannot be read: {0}")]
pub struct VocabularyError(String);

impl<S: Into<String>> From<S> for VocabularyError {
    fn from(why: S) -> VocabularyError {
        VocabularyError(why.into())
    }
}

/// The vocabulary as format 1 of the model file has it: all tokens in one string, cut by their
/// lengths in bytes.
#[derive(Deserialize)]
struct StoredVocabulary {
    text: String,
    lengths: Vec<u32>,
    kinds: Vec<TokenKind>,
    frequencies: Frequencies,
}

impl Vocabulary {
    pub(crate) fn new(tokens: Lexicon, frequencies: Frequencies) -> Vocabulary {
        Vocabulary {
            tokens,
            frequencies,
        }
    }

    /// Number of columns.
    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Whether there is no column.
    pub fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }

    /// Column of a token, if it is in the vocabulary.
    pub fn column(&self, token: &str) -> Option<u32> {
        self.tokens.get(token)
    }

    /// Token of a column. Panics if there is none.
    pub fn token(&self, column: u32) -> &str {
        self.tokens.token(column)
    }

    /// The tokens, numbered by column.
    pub fn lexicon(&self) -> &Lexicon {
        &self.tokens
    }

    /// Tokens in the order of their columns.
    pub fn tokens(&self) -> impl Iterator<Item = &str> {
        self.tokens.iter().map(|(_, token)| token)
    }

    /// Kinds of the tokens, in the order of their columns.
    pub fn kinds(&self) -> impl Iterator<Item = TokenKind> {
        self.tokens.iter().map(|(kind, _)| kind)
    }

    /// What the training mail says about each column.
    pub fn frequencies(&self) -> &Frequencies {
        &self.frequencies
    }

    /// Reads the bytes of a vocabulary as format 1 of the model file has them; any others are
    /// refused.
    pub fn load_format_1(bytes: &[u8]) -> Result<Vocabulary, VocabularyError> {
        let stored: StoredVocabulary =
            postcard::from_bytes(bytes).map_err(|error| error.to_string())?;
        if stored.lengths.len() != stored.kinds.len()
            || stored.lengths.len() != stored.frequencies.holding.len()
        {
            return Err("its parts differ in length".into());
        }
        let mut tokens = Lexicon::new();
        let mut rest = stored.text.as_str();
        for (at, (&length, &kind)) in stored.lengths.iter().zip(&stored.kinds).enumerate() {
            let (token, after) = rest
                .split_at_checked(length as usize)
                .ok_or("a token is cut short")?;
            rest = after;
            if tokens.intern(kind, token) as usize != at {
                return Err("a token stands in it twice".into());
            }
        }
        if !rest.is_empty() {
            return Err("there is text after its last token".into());
        }
        Ok(Vocabulary {
            tokens,
            frequencies: stored.frequencies,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bytes of format 1: postcard writes the fields of a struct like those of a tuple.
    fn bytes(text: &str, lengths: &[u32], kinds: &[TokenKind], holding: &[[u32; 2]]) -> Vec<u8> {
        let emails = [3_u32, 4];
        postcard::to_stdvec(&(text, lengths, kinds, emails, holding)).unwrap()
    }

    #[test]
    fn a_vocabulary_of_format_1_is_read_and_a_damaged_one_is_refused() {
        const KINDS: [TokenKind; 2] = [TokenKind::Word, TokenKind::Subject];
        let (text, holding) = ("grüßesubject:hi", [[1, 2], [3, 4]]);
        let sound = bytes(text, &[7, 10], &KINDS, &holding);
        let read = Vocabulary::load_format_1(&sound).unwrap();
        assert!(
            read.lexicon()
                .iter()
                .eq(KINDS.into_iter().zip(["grüße", "subject:hi"]))
        );
        assert_eq!(read.frequencies().emails, [3, 4]);
        assert_eq!(read.frequencies().holding, holding);
        for cut in 0..sound.len() {
            assert!(Vocabulary::load_format_1(&sound[..cut]).is_err(), "{cut}");
        }
        for at in 0..sound.len() {
            // No bytes make reading panic.
            let mut damaged = sound.clone();
            damaged[at] ^= 0x41;
            let _ = Vocabulary::load_format_1(&damaged);
        }
        let refused = |bytes: &[u8], why: &str| {
            let error = Vocabulary::load_format_1(bytes).err().unwrap().to_string();
            assert_eq!(error, format!("the vocabulary cannot be read: {why}"));
        };
        let parts = "its parts differ in length";
        refused(&bytes(text, &[7, 10, 0], &KINDS, &holding), parts);
        refused(&bytes(text, &[7, 10], &KINDS[..1], &holding), parts);
        refused(&bytes(text, &[7, 10], &KINDS, &holding[..1]), parts);
        let short = "a token is cut short";
        refused(&bytes(text, &[7, 11], &KINDS, &holding), short);
        // In the middle of a letter.
        refused(&bytes(text, &[3, 14], &KINDS, &holding), short);
        let twice = "a token stands in it twice";
        refused(&bytes("hihi", &[2, 2], &KINDS, &holding), twice);
        let after = "there is text after its last token";
        refused(&bytes(text, &[7, 9], &KINDS, &holding), after);
    }
}
