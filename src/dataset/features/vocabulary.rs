//! The vocabulary by token text: what a model file holds once for all its models, and what mail of
//! another corpus is encoded with. Column `c` is the `c`-th token.

use super::frequencies::Frequencies;
use crate::tokenize::{Lexicon, TokenKind};
use serde::{Deserialize, Serialize};

/// Tokens that are columns, and what the training mail says about each.
#[derive(Clone)]
pub struct Vocabulary {
    tokens: Lexicon,
    frequencies: Frequencies,
}

/// A vocabulary that contradicts itself.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("the vocabulary contradicts itself: {0}")]
pub struct VocabularyError(&'static str);

/// The vocabulary as it is stored: all tokens in one string, cut by their lengths in bytes.
#[derive(Serialize, Deserialize)]
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

    /// The vocabulary as bytes, for a model file.
    pub fn save(&self) -> Result<Vec<u8>, String> {
        let stored = StoredVocabulary {
            text: self.tokens().collect(),
            lengths: self.tokens().map(|token| token.len() as u32).collect(),
            kinds: self.tokens.iter().map(|(kind, _)| kind).collect(),
            frequencies: self.frequencies.clone(),
        };
        postcard::to_stdvec(&stored).map_err(|error| error.to_string())
    }

    /// Reads back what [`Vocabulary::save`] wrote; any other bytes are refused.
    pub fn load(bytes: &[u8]) -> Result<Vocabulary, VocabularyError> {
        let stored: StoredVocabulary =
            postcard::from_bytes(bytes).map_err(|_| VocabularyError("it cannot be read"))?;
        if stored.lengths.len() != stored.kinds.len()
            || stored.lengths.len() != stored.frequencies.holding.len()
        {
            return Err(VocabularyError("its parts differ in length"));
        }
        let mut tokens = Lexicon::new();
        let mut rest = stored.text.as_str();
        for (at, (&length, &kind)) in stored.lengths.iter().zip(&stored.kinds).enumerate() {
            let (token, after) = rest
                .split_at_checked(length as usize)
                .ok_or(VocabularyError("a token is cut short"))?;
            rest = after;
            if tokens.intern(kind, token) as usize != at {
                return Err(VocabularyError("a token stands in it twice"));
            }
        }
        if !rest.is_empty() {
            return Err(VocabularyError("there is text after its last token"));
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

    #[test]
    fn a_vocabulary_comes_back_and_a_damaged_one_is_refused() {
        let mut tokens = Lexicon::new();
        tokens.intern(TokenKind::Word, "grüße");
        tokens.intern(TokenKind::Subject, "subject:hi");
        let vocabulary = Vocabulary::new(
            tokens,
            Frequencies {
                emails: [3, 4],
                holding: vec![[1, 2], [3, 4]],
            },
        );
        let bytes = vocabulary.save().unwrap();
        let back = Vocabulary::load(&bytes).unwrap();
        assert!(back.tokens().eq(["grüße", "subject:hi"]));
        assert_eq!(back.frequencies(), vocabulary.frequencies());
        assert!(Vocabulary::load(&bytes[..bytes.len() - 1]).is_err());
        assert!(Vocabulary::load(b"").is_err());
    }
}
