//! Stems words with Snowball (Porter 2001), in the language of the message or in English.

use super::language::Language;
use crate::tokenize::recipe::Stem;
use rust_stemmers::Stemmer;
use std::borrow::Cow;

/// Reduces words to their stems, as the recipe says.
pub(crate) struct Stemming {
    choice: Stem,
    language: Language,
    /// A stemmer for each language, made when the language first occurs.
    stemmers: [Option<Stemmer>; Language::COUNT],
}

impl Stemming {
    pub fn new(choice: Stem) -> Stemming {
        Stemming {
            choice,
            language: Language::English,
            stemmers: [const { None }; Language::COUNT],
        }
    }

    /// Sets the language of the message that begins.
    pub fn set_language(&mut self, language: Language) {
        self.language = if self.choice == Stem::Auto {
            language
        } else {
            Language::English
        };
    }

    /// The language in which words are stemmed now.
    pub fn language(&self) -> Language {
        self.language
    }

    /// The stem of the lower-case `word`.
    pub fn stem<'w>(&mut self, word: &'w str, language: Language) -> Cow<'w, str> {
        match language.algorithm() {
            Some(algorithm) if self.choice != Stem::No && has_stem(word, language) => self.stemmers
                [language as usize]
                .get_or_insert_with(|| Stemmer::create(algorithm))
                .stem(word),
            _ => Cow::Borrowed(word),
        }
    }
}

/// Whether a word can be stemmed: it must have only letters and apostrophes, and only ASCII ones
/// for English. Numbers and names of things are not changed.
fn has_stem(word: &str, language: Language) -> bool {
    let letter = |c: char| {
        if language == Language::English {
            c.is_ascii_alphabetic()
        } else {
            c.is_alphabetic()
        }
    };
    word.len() > 2 && word.chars().all(|c| letter(c) || c == '\'')
}
