//! The recipe: every choice the tokenizer leaves open. It is stored in each model file, so that new
//! mail is read exactly as the training mail was.

use serde::{Deserialize, Serialize};

/// Which headers become clues.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Headers {
    /// Every header, those that tie a message to one server or list included.
    All,
    /// Only headers that mean the same in anybody's mailbox; see `headers.rs` for the list.
    Safe,
    /// None but the subject, which is part of the text.
    None,
}

/// Which words are reduced to their stems (Snowball).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stem {
    /// Those of the subject and the text, in the language of the mail.
    Auto,
    /// The same, as if all mail were English.
    English,
    /// None.
    No,
}

/// How mail is split into tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WordSplit {
    /// Into words and clues, by all that is known of mail.
    #[default]
    Words,
    /// At white space and nowhere else, headers and markup as they stand: how published experiments
    /// on prepared mail read it.
    Whitespace,
}

/// Most words of an n-gram that is a token.
pub const MAX_NGRAM: u8 = 3;
/// Most bytes of an n-gram that is a token.
pub const MAX_BYTE_NGRAM: u8 = 8;

/// How mail is turned into tokens. What can be left out afterwards, by its
/// [`TokenKind`](super::TokenKind), is no choice here.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Recipe {
    /// How mail is split; [`WordSplit::Whitespace`] leaves all other choices without effect.
    pub tokenizer: WordSplit,
    /// Which headers become clues.
    pub headers: Headers,
    /// Which words are reduced to their stems.
    pub stem: Stem,
    /// Whether words written to deceive (`v1agra`) give the word that is read too.
    pub deobfuscate: bool,
    /// N-grams of up to so many words are tokens too; 1 for none, at most [`MAX_NGRAM`].
    pub ngrams: u8,
    /// N-grams of so many bytes are tokens too; 0 for none, at most [`MAX_BYTE_NGRAM`].
    pub byte_ngrams: u8,
}

impl Recipe {
    /// This recipe with one choice changed at a time, each with what was changed in words: what an
    /// ablation tries. Clues that have a kind of their own are not among them, since leaving them
    /// out needs no other recipe.
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
