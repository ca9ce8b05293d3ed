//! Turns a word and its place into a token. This is the lowest layer of the tokenizer and knows no
//! syntax.
//!
//! An [`Emitter`] owns the lexicon and collects the tokens of one message. A word is stemmed,
//! prefixed by its place and numbered once. After that the cache knows its written form, so that a
//! known word costs one look-up and allocates nothing.

pub(super) mod form;
mod form_cache;
pub(super) mod language;
mod stemming;
mod stop_words;
pub(super) mod text_place;

use super::characters::{KEYCAP, is_symbol};
use super::deobfuscate;
use super::lexicon::{Lexicon, TokenId};
use super::recipe::Recipe;
use super::token_kind::TokenKind;
use form::{LongForm, ShortWord, WordForm};
use form_cache::FormCache;
use language::Language;
use std::borrow::Cow;
use stemming::Stemming;
use stop_words::is_stop_word;
use text_place::{Places, TextPlace};

/// Largest number of bytes of the finding that a clue contains.
const LONGEST_FOUND: usize = 64;

/// Turns words and clues into tokens of its own lexicon.
pub(crate) struct Emitter {
    pub lexicon: Lexicon,
    /// The tokens of this message so far.
    pub tokens: Vec<TokenId>,
    deobfuscate: bool,
    /// The language of this message.
    language: Language,
    stemming: Stemming,
    places: Places,
    cache: FormCache,
    /// Buffers that are reused: a form written out, and a token being built.
    word: Vec<u8>,
    token: String,
}

impl Emitter {
    pub fn new(recipe: &Recipe) -> Emitter {
        Emitter {
            lexicon: Lexicon::new(),
            tokens: Vec::new(),
            deobfuscate: recipe.deobfuscate,
            language: Language::English,
            stemming: Stemming::new(recipe.stem),
            places: Places::new(),
            cache: FormCache::new(),
            word: Vec::new(),
            token: String::new(),
        }
    }

    /// Stems the words emitted from now on in `language`.
    pub fn set_language(&mut self, language: Language) {
        self.language = language;
        self.stemming.set_language(language);
    }

    /// The row of `place` for the language of this message.
    pub fn in_language(&self, place: TextPlace) -> TextPlace {
        place.in_language(self.stemming.language())
    }

    /// Whether the words at `place` are in a language that has an I with and one without a dot.
    pub fn is_turkic(&self, place: TextPlace) -> bool {
        self.places.row(place).prose && self.language.is_turkic()
    }

    /// The place of words in the header `name`, for headers without a fixed place.
    pub fn place_of_header(&mut self, name: &[u8]) -> TextPlace {
        self.places.of_header(name)
    }

    /// Whether disguised words at `place` are deobfuscated.
    pub fn deobfuscates(&self, place: TextPlace) -> bool {
        self.deobfuscate && self.places.row(place).prose
    }

    /// Whether numbers at `place` are classified.
    pub fn tells_classes(&self, place: TextPlace) -> bool {
        self.places.row(place).class.is_some()
    }

    /// Emits a word of at most seven bytes, as most words are.
    #[inline]
    pub fn short_word(&mut self, place: TextPlace, word: &ShortWord) {
        match self.cache.find_short(place.0, word.chunk) {
            Ok(found) => self.cache.append(found, &mut self.tokens),
            Err(_) => self.word(place, &word.form()),
        }
    }

    /// Emits a word, with its token from the cache or a new one.
    #[inline]
    pub fn word<const N: usize>(&mut self, place: TextPlace, form: &WordForm<N>) {
        match self.cache.find(place.0, form) {
            Ok(found) => self.cache.append(found, &mut self.tokens),
            Err(slot) => {
                let made = self.make(place, form);
                // This comes before `put`, which may empty the cache.
                self.cache.append(made, &mut self.tokens);
                self.cache.put(slot, place.0, form, made);
            }
        }
    }

    /// Emits a lower-case word beyond ASCII, which may have more bytes than letters.
    pub fn foreign_word(&mut self, place: TextPlace, word: &[u8]) {
        if word.len() <= <WordForm>::MOST_BYTES {
            self.word(place, &WordForm::new(word));
        } else {
            self.word(place, &LongForm::of(word));
        }
    }

    /// Emits a disguised word as a person reads it, and a clue that tells `how` it was disguised.
    pub fn deobfuscated(&mut self, place: TextPlace, word: &[u8], how: &str) {
        self.word(place, &WordForm::new(word));
        self.clue(TokenKind::Fold, "fold:", how.as_bytes());
    }

    /// Emits a clue that consists of a fixed beginning and what was found, in which `?` replaces
    /// everything but printable ASCII.
    pub fn clue(&mut self, kind: TokenKind, name: &str, found: &[u8]) {
        self.token.clear();
        self.token.push_str(name);
        let tidy = |byte: &u8| {
            if byte.is_ascii_graphic() {
                byte.to_ascii_lowercase() as char
            } else {
                '?'
            }
        };
        self.token
            .extend(found.iter().take(LONGEST_FOUND).map(tidy));
        let token = self.lexicon.intern(kind, &self.token);
        self.tokens.push(token);
    }

    /// Emits a clue about the look of the text at `place`, if the place has such clues.
    pub fn shape(&mut self, place: TextPlace, shape: &[u8]) {
        if let Some(place) = self.places.row(place).shape {
            self.word(place, &WordForm::new(shape));
        }
    }

    /// Emits the class of a number or address at `place`, if the place has such clues.
    pub fn class(&mut self, place: TextPlace, class: &WordForm) {
        if let Some(place) = self.places.row(place).class {
            self.word(place, class);
        }
    }

    #[cold]
    fn make<const N: usize>(&mut self, place: TextPlace, form: &WordForm<N>) -> TokenId {
        let mut word = std::mem::take(&mut self.word);
        word.clear();
        form.write(&mut word);
        let made = self.make_word(place, &word);
        self.word = word;
        made
    }

    /// Makes the entry of a new word: its token, or three tokens if digits replace letters in it.
    fn make_word(&mut self, place: TextPlace, word: &[u8]) -> TokenId {
        let token = self.intern(place, word);
        let read = if self.deobfuscates(place) {
            deobfuscate::leet(word)
        } else {
            None
        };
        read.map_or(token, |read| {
            let read = self.intern(place, &read);
            let clue = self.lexicon.intern(TokenKind::Fold, "fold:leet");
            self.cache.join(&[token, read, clue])
        })
    }

    /// The token of the lower-case `word`: prefixed and, in prose, stemmed.
    fn intern(&mut self, place: TextPlace, word: &[u8]) -> TokenId {
        let row = self.places.row(place);
        let word = String::from_utf8_lossy(word);
        let stem = if row.prose {
            self.stemming.stem(&word, place.language())
        } else {
            Cow::Borrowed(&*word)
        };
        self.token.clear();
        self.token.push_str(&row.prefix);
        self.token.push_str(&stem);
        let kind = match row.kind {
            TokenKind::Word if word.bytes().all(|byte| byte.is_ascii_digit()) => TokenKind::Number,
            TokenKind::Word | TokenKind::Subject if is_stop_word(&stem) => TokenKind::Function,
            TokenKind::Word | TokenKind::Subject if is_of_symbols(&word) => TokenKind::Symbol,
            other => other,
        };
        self.lexicon.intern(kind, &self.token)
    }
}

/// Whether a word is a symbol with what belongs to it. No word holds both letters and symbols.
fn is_of_symbols(word: &str) -> bool {
    !word.is_ascii() && word.chars().any(|c| c == KEYCAP || is_symbol(c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokenize::recipe::Stem;

    /// The tokens of `words` at `place`, each with its kind.
    fn emitted(recipe: &Recipe, place: TextPlace, words: &str) -> Vec<String> {
        let mut emitter = Emitter::new(recipe);
        for word in words.split(' ') {
            emitter.word(place, &WordForm::new(word.as_bytes()));
        }
        let lexicon = &emitter.lexicon;
        let show = |&token: &TokenId| format!("{} {}", lexicon.kind(token), lexicon.token(token));
        emitter.tokens.iter().map(show).collect()
    }

    #[test]
    fn words_are_stemmed_prefixed_and_given_their_kind() {
        let text = "the winners having prizes2 2002";
        assert_eq!(
            emitted(&Recipe::default(), TextPlace::BODY, text),
            [
                "function the",
                "word winner",
                "function have",
                "word prizes2",
                "number 2002"
            ]
        );
        assert_eq!(
            emitted(&Recipe::default(), TextPlace::SUBJECT, text),
            [
                "function subject:the",
                "subject subject:winner",
                "function subject:have",
                "subject subject:prizes2",
                "subject subject:2002"
            ]
        );
        let unstemmed = Recipe {
            stem: Stem::No,
            ..Recipe::default()
        };
        assert_eq!(
            emitted(&unstemmed, TextPlace::BODY, "winners"),
            ["word winners"]
        );
        // Names are not prose.
        assert_eq!(
            emitted(&Recipe::default(), TextPlace::FROM, "winners v1agra"),
            ["sender from:winners", "sender from:v1agra"]
        );
    }

    #[test]
    fn a_word_in_disguise_gives_the_same_tokens_whenever_it_is_met() {
        let once = ["word v1agra", "word viagra", "fold fold:leet"];
        assert_eq!(
            emitted(&Recipe::default(), TextPlace::BODY, "v1agra v1agra"),
            [once, once].concat()
        );
        let plain = Recipe {
            deobfuscate: false,
            ..Recipe::default()
        };
        assert_eq!(emitted(&plain, TextPlace::BODY, "v1agra"), ["word v1agra"]);
    }

    #[test]
    fn a_clue_holds_printable_ascii_only_and_no_more_than_it_should() {
        let mut emitter = Emitter::new(&Recipe::default());
        emitter.clue(TokenKind::Header, "charset:", b"UTF 8\xff");
        assert_eq!(emitter.lexicon.token(0), "charset:utf?8?");
        emitter.clue(TokenKind::Header, "charset:", &[b'x'; 1000]);
        assert_eq!(emitter.lexicon.token(1).len(), "charset:".len() + 64);
    }
}
