//! Stems by Snowball (Porter 2001), in the language of the message or in English.

use super::language::Language;
use crate::tokenize::recipe::Stem;
use rust_stemmers::Stemmer;
use std::borrow::Cow;

/// Reduces words to their stems, as the recipe asks for.
pub(crate) struct Stemming {
    choice: Stem,
    language: Language,
    /// A stemmer for each language met, made when it is.
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

    /// A message in `language` begins.
    pub fn set_language(&mut self, language: Language) {
        self.language = if self.choice == Stem::Auto {
            language
        } else {
            Language::English
        };
    }

    /// The language in which stems are sought now.
    pub fn language(&self) -> Language {
        self.language
    }

    /// The stem of `word`, which is in lower case.
    pub fn stem<'w>(&mut self, word: &'w str, language: Language) -> Cow<'w, str> {
        if self.choice == Stem::No || !has_stem(word, language) {
            return Cow::Borrowed(word);
        }
        self.stemmers[language as usize]
            .get_or_insert_with(|| Stemmer::create(language.algorithm()))
            .stem(word)
    }
}

/// Whether a word has a stem: letters and apostrophes only, for English plain ones. Numbers and
/// names of things stay as they are.
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
