//! The recipe holds every choice that the tokenizer offers. It is stored in each model file, so
//! that new mail is read exactly as the training mail was.

use serde::{Deserialize, Serialize};

/// Which headers become clues.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Headers {
    /// Every header, including those that tie a message to one server or list.
    All,
    /// Only headers that mean the same in anyone's mailbox; see `clues/headers.rs` for the list.
    Safe,
    /// Only the subject, which is part of the text.
    None,
}

/// Which words are reduced to their stems (Snowball).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stem {
    /// Words of the subject and the text, in the language of the message.
    Auto,
    /// Words of the subject and the text, as if all mail were English.
    English,
    /// No words.
    No,
}

/// How mail is split into tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WordSplit {
    /// Into words and clues, using all that is known about mail.
    #[default]
    Words,
    /// At white space only, without interpreting headers and markup, as published experiments on
    /// prepared mail do.
    Whitespace,
}

/// Largest number of words in an n-gram.
pub const MAX_NGRAM: u8 = 3;
/// Largest number of bytes in an n-gram.
pub const MAX_BYTE_NGRAM: u8 = 8;

/// How mail is turned into tokens. Tokens that can be left out later by their
/// [`TokenKind`](super::TokenKind) are not a choice here.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Recipe {
    /// How mail is split. With [`WordSplit::Whitespace`], all other choices have no effect.
    pub tokenizer: WordSplit,
    /// Which headers become clues.
    pub headers: Headers,
    /// Which words are reduced to their stems.
    pub stem: Stem,
    /// Whether disguised words (`v1agra`) also give the word that they resemble.
    pub deobfuscate: bool,
    /// Largest number of words in the n-grams that become tokens, at most [`MAX_NGRAM`]; 1 for no
    /// n-grams.
    pub ngrams: u8,
    /// Number of bytes in the byte n-grams that become tokens, at most [`MAX_BYTE_NGRAM`]; 0 for
    /// none.
    pub byte_ngrams: u8,
}

impl Recipe {
    /// The recipes that an ablation tests: this one with one choice changed at a time, each with a
    /// description of the change. Kinds of clue are not among them, since a kind can be left out
    /// without another recipe.
    pub fn variations(&self) -> Vec<(String, Recipe)> {
        let mut variations = Vec::new();
        for (name, stem) in [
            ("auto", Stem::Auto),
            ("english", Stem::English),
            ("no", Stem::No),
        ] {
            let changed = self.with(|recipe| recipe.stem = stem);
            variations.push((format!("stems {name}"), changed));
        }
        for (name, deobfuscate) in [("yes", true), ("no", false)] {
            let changed = self.with(|recipe| recipe.deobfuscate = deobfuscate);
            variations.push((format!("deobfuscation {name}"), changed));
        }
        for (name, headers) in [
            ("all", Headers::All),
            ("safe", Headers::Safe),
            ("none", Headers::None),
        ] {
            let changed = self.with(|recipe| recipe.headers = headers);
            variations.push((format!("headers {name}"), changed));
        }
        for ngrams in 1..=2 {
            let changed = self.with(|recipe| recipe.ngrams = ngrams);
            variations.push((format!("word n-grams {ngrams}"), changed));
        }
        for byte_ngrams in [0, 4] {
            let changed = self.with(|recipe| recipe.byte_ngrams = byte_ngrams);
            variations.push((format!("byte n-grams {byte_ngrams}"), changed));
        }
        variations.retain(|(_, changed)| changed != self);
        variations
    }

    fn with(&self, change: impl FnOnce(&mut Recipe)) -> Recipe {
        let mut changed = self.clone();
        change(&mut changed);
        changed
    }
}

impl Default for Recipe {
    fn default() -> Recipe {
        Recipe {
            tokenizer: WordSplit::Words,
            headers: Headers::Safe,
            stem: Stem::Auto,
            deobfuscate: true,
            ngrams: 1,
            byte_ngrams: 0,
        }
    }
}
