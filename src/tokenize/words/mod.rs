//! Text → words → tokens.
//!
//! A word is a run of letters and digits, apostrophes between them included, of 2 to [`LONGEST`]
//! bytes; it is lower-cased, stemmed and given the prefix of its [`TextPlace`]. The look of the
//! text gives clues of its own: runs of punctuation, very long words, and the share of words in
//! capitals; `numbers` tells what numbers are, `deobfuscate` reads words written to deceive, and `foreign`
//! reads whatever is beyond ASCII. ASCII never leaves the fast path: one table look-up a byte and
//! one look-up in [`FormCache`] a word.

mod foreign;

use super::clues::links;
use super::deobfuscate;
use super::emitter::form_cache::{FormCache, LONGEST, ShortWord, WordForm};
use super::emitter::language::Language;
use super::emitter::stop_words::is_stop_word;
use super::emitter::text_place::{Places, TextPlace};
use super::lexicon::{Lexicon, TokenId};
use super::recipe::{Recipe, Stem};
use super::token_kind::TokenKind;
use foreign::ForeignWord;
use rust_stemmers::Stemmer;

/// Longest piece of a link that is a word; longer ones are keys of sessions and pictures, each its
/// own.
const LONGEST_IN_LINK: usize = 20;

const OTHER: u8 = 0;
const WORD: u8 = 1;
const BEYOND_ASCII: u8 = 2;
const LOOK: u8 = 4;

/// What each byte can be part of.
static CLASS: [u8; 256] = {
    let mut class = [OTHER; 256];
    let mut byte = 0;
    while byte < 256 {
        if (byte as u8).is_ascii_alphanumeric() {
            class[byte] = WORD;
        } else if byte >= 0x80 {
            class[byte] = BEYOND_ASCII;
        }
        byte += 1;
    }
    let mut signs: &[u8] = b"!?*$%@";
    while let [sign, rest @ ..] = signs {
        class[*sign as usize] = LOOK;
        signs = rest;
    }
    class
};

#[inline]
fn class(text: &[u8], at: usize) -> u8 {
    text.get(at).map_or(OTHER, |&byte| CLASS[byte as usize])
}

/// Cuts text into words and turns them into tokens of the lexicon it owns.
pub(crate) struct WordReader {
    pub lexicon: Lexicon,
    recipe: Recipe,
    /// A stemmer for each language met, made when it is.
    stemmers: [Option<Stemmer>; Language::COUNT],
    language: Language,
    pub(crate) cache: FormCache,
    places: Places,
    /// Words of the body of this message, and how many of them were all capitals.
    pub(crate) counted: u32,
    shouted: u32,
    /// Whether the text being cut is the body.
    pub(crate) in_body: bool,
    /// Where the last link and the last number in the text being cut end.
    link_end: usize,
    pub(crate) number_end: usize,
    lowered: Vec<u8>,
    pub(crate) foreign: ForeignWord,
    token: String,
}

impl WordReader {
    pub fn new(recipe: &Recipe) -> WordReader {
        WordReader {
            lexicon: Lexicon::new(),
            recipe: recipe.clone(),
            stemmers: [const { None }; Language::COUNT],
            language: Language::English,
            cache: FormCache::new(),
            places: Places::new(),
            counted: 0,
            shouted: 0,
            in_body: false,
            link_end: 0,
            number_end: 0,
            lowered: Vec::new(),
            foreign: ForeignWord::default(),
            token: String::new(),
        }
    }

    /// The place of words in header `name`, for headers that have none of their own.
    pub fn header_place(&mut self, name: &[u8]) -> TextPlace {
        self.places.of_header(name)
    }

    /// Stems of the words cut from now on are sought in `language`.
    pub fn set_language(&mut self, language: Language) {
        self.language = if self.recipe.stem == Stem::Auto {
            language
        } else {
            Language::English
        };
    }

    /// Appends the tokens of `text`, which is UTF-8.
    pub fn cut(&mut self, text: &[u8], place: TextPlace, tokens: &mut Vec<TokenId>) {
        self.in_body = place == TextPlace::BODY;
        // Links of the body are cut while the body is.
        if place != TextPlace::LINK {
            (self.link_end, self.number_end) = (0, 0);
        }
        let place = place.in_language(self.language);
        let mut at = 0;
        while let Some(&byte) = text.get(at) {
            at = match CLASS[byte as usize] {
                OTHER => at + 1,
                LOOK => self.look(text, at, place, tokens),
                _ => self.word(text, at, place, tokens),
            };
        }
    }

    /// Reads the word that begins at `start`; returns where it ends. Most are short and known.
    #[inline]
    fn word(
        &mut self,
        text: &[u8],
        start: usize,
        place: TextPlace,
        tokens: &mut Vec<TokenId>,
    ) -> usize {
        let Some(word) = ShortWord::at(text, start) else {
            return self.any_word(text, start, place, tokens);
        };
        let end = start + word.len;
        if (word.chunk as u8).is_ascii_digit() && start >= self.number_end {
            self.number(text, start, place, tokens);
        }
        if word.len > 1 {
            match self.cache.find_short(place.0, word.chunk) {
                Ok(found) => self.cache.append(found, tokens),
                Err(_) => self.push(place, &word.form(), tokens),
            }
            if self.in_body {
                self.word_of_body(text, start, end, word.capitals, tokens);
            }
            return end;
        }
        self.letter(text, start, place, tokens).unwrap_or(end)
    }

    /// What a word of the body adds besides its token: it may be shouted, or begin a link.
    #[inline]
    fn word_of_body(
        &mut self,
        text: &[u8],
        start: usize,
        end: usize,
        capitals: u32,
        tokens: &mut Vec<TokenId>,
    ) {
        self.counted += 1;
        self.shouted += u32::from(end - start > 2 && capitals as usize == end - start);
        match text.get(end) {
            Some(b':') if text[end..].starts_with(b"://") => {
                self.link(text, start, links::clues, tokens);
            }
            Some(b'.') if end - start == 3 && text[start..end].eq_ignore_ascii_case(b"www") => {
                self.link(text, start, links::of_host, tokens);
            }
            _ => {}
        }
    }

    /// A link written out in the text. One inside another is not told again.
    #[cold]
    fn link(
        &mut self,
        text: &[u8],
        start: usize,
        clues: fn(&[u8], &mut WordReader, &mut Vec<TokenId>),
        tokens: &mut Vec<TokenId>,
    ) {
        if start >= self.link_end {
            let url = links::visible(&text[start..]);
            self.link_end = start + url.len();
            clues(url, self, tokens);
            self.in_body = true;
        }
    }

    /// A letter by itself is no word, but may be the first of one: `V.i.a.g.r.a`. Returns where
    /// that ends.
    #[inline]
    fn letter(
        &mut self,
        text: &[u8],
        start: usize,
        place: TextPlace,
        tokens: &mut Vec<TokenId>,
    ) -> Option<usize> {
        // Nearly always the next letter but one belongs to a whole word.
        if class(text, start + 2) != WORD || class(text, start + 3) == WORD || !self.folds(place) {
            return None;
        }
        let (word, end) = deobfuscate::spaced(text, start)?;
        self.folded(&word, place, "spaced", tokens);
        Some(end)
    }

    /// Whether words at `place` are folded.
    pub fn folds(&self, place: TextPlace) -> bool {
        self.recipe.deobfuscate && self.places.row(place).prose
    }

    /// The token of a word as it is read, and the clue that it is written otherwise.
    pub fn folded(&mut self, word: &[u8], place: TextPlace, how: &str, tokens: &mut Vec<TokenId>) {
        self.push(place, &WordForm::new(word), tokens);
        self.clue(TokenKind::Fold, "fold:", how.as_bytes(), tokens);
    }

    /// A word of any length and in any script.
    fn any_word(
        &mut self,
        text: &[u8],
        start: usize,
        place: TextPlace,
        tokens: &mut Vec<TokenId>,
    ) -> usize {
        let (mut end, mut seen) = (start, 0);
        loop {
            let class = class(text, end);
            if class & (WORD | BEYOND_ASCII) != 0 {
                seen |= class;
                end += 1;
            } else if text.get(end) == Some(&b'\'') && self::class(text, end + 1) == WORD {
                end += 2;
            } else {
                break;
            }
        }
        if seen & BEYOND_ASCII != 0 {
            self.beyond_ascii(text, start, end, place, tokens);
            return end;
        }
        if text[start].is_ascii_digit() && start >= self.number_end {
            self.number(text, start, place, tokens);
        }
        let len = end - start;
        let longest = if place == TextPlace::LINK {
            LONGEST_IN_LINK
        } else {
            LONGEST
        };
        if (2..=longest).contains(&len) {
            let (form, capitals) = WordForm::lower(text, start, end);
            self.push(place, &form, tokens);
            if self.in_body {
                self.word_of_body(text, start, end, capitals, tokens);
            }
        } else if len > longest {
            self.long(len, place, tokens);
        } else if let Some(end) = self.letter(text, start, place, tokens) {
            return end;
        }
        end
    }

    /// The token of a word, from memory or made now.
    #[inline]
    pub fn push(&mut self, place: TextPlace, form: &WordForm, tokens: &mut Vec<TokenId>) {
        match self.cache.find(place.0, form) {
            Ok(found) => self.cache.append(found, tokens),
            Err(slot) => {
                let made = self.make(place, form);
                // Before it is put: that may empty the memory.
                self.cache.append(made, tokens);
                self.cache.put(slot, place.0, form, made);
            }
        }
    }

    #[cold]
    fn make(&mut self, place: TextPlace, form: &WordForm) -> TokenId {
        let mut word = std::mem::take(&mut self.lowered);
        word.clear();
        form.write(&mut word);
        let made = self.make_word(place, &word);
        self.lowered = word;
        made
    }

    fn make_word(&mut self, place: TextPlace, word: &[u8]) -> TokenId {
        let prose = self.places.row(place).prose;
        let token = self.intern(place, word);
        let folded = if prose && self.recipe.deobfuscate {
            deobfuscate::leet(word)
        } else {
            None
        };
        folded.map_or(token, |folded| {
            let read = self.intern(place, &folded);
            let clue = self.lexicon.intern(TokenKind::Fold, "fold:leet");
            self.cache.join(&[token, read, clue])
        })
    }

    /// The token of `word`, in lower case: prefixed and, in prose, stemmed.
    fn intern(&mut self, place: TextPlace, word: &[u8]) -> TokenId {
        let row = self.places.row(place);
        let word = String::from_utf8_lossy(word);
        self.token.clear();
        self.token.push_str(&row.prefix);
        if row.prose && self.recipe.stem != Stem::No && is_stemmed(&word, place.language()) {
            let language = place.language();
            let stemmer = self.stemmers[language as usize]
                .get_or_insert_with(|| Stemmer::create(language.algorithm()));
            self.token.push_str(&stemmer.stem(&word));
        } else {
            self.token.push_str(&word);
        }
        let kind = match row.kind {
            TokenKind::Word if word.bytes().all(|byte| byte.is_ascii_digit()) => TokenKind::Number,
            TokenKind::Word | TokenKind::Subject
                if is_stop_word(&self.token[row.prefix.len()..]) =>
            {
                TokenKind::Function
            }
            other => other,
        };
        self.lexicon.intern(kind, &self.token)
    }

    /// One clue made of a fixed beginning and what was found; anything but printable ASCII becomes
    /// `?`.
    pub fn clue(&mut self, kind: TokenKind, name: &str, found: &[u8], tokens: &mut Vec<TokenId>) {
        self.token.clear();
        self.token.push_str(name);
        let tidy = |byte: &u8| {
            if byte.is_ascii_graphic() {
                byte.to_ascii_lowercase() as char
            } else {
                '?'
            }
        };
        self.token.extend(found.iter().take(64).map(tidy));
        tokens.push(self.lexicon.intern(kind, &self.token));
    }

    /// A sign that says something, alone or in a run; returns where the run ends.
    fn look(
        &mut self,
        text: &[u8],
        start: usize,
        place: TextPlace,
        tokens: &mut Vec<TokenId>,
    ) -> usize {
        let byte = text[start];
        let run = text[start..]
            .iter()
            .take_while(|&&other| other == byte)
            .count();
        let end = start + run;
        match (byte, run) {
            (b'!', 1) => self.shape(place, b"!", tokens),
            (b'!', 2) => self.shape(place, b"!!", tokens),
            (b'!', _) => self.shape(place, b"!!!", tokens),
            (b'?', 2) => self.shape(place, b"??", tokens),
            (b'?', 3..) => self.shape(place, b"???", tokens),
            (b'*', 3..) => self.shape(place, b"***", tokens),
            (b'$', 2..) => self.shape(place, b"$$", tokens),
            (b'$', 1) if self.money(text, end, place, tokens) => {}
            (b'%', 1) => self.percentage(text, start, place, tokens),
            (b'@' | b'$', 1)
                if start > 0 && class(text, start - 1) == WORD && class(text, end) == WORD =>
            {
                self.sign_in_word(text, start, place, tokens);
            }
            _ => {}
        }
        end
    }

    /// `@` or `$` between letters or digits: an address, or a letter in disguise.
    fn sign_in_word(
        &mut self,
        text: &[u8],
        at: usize,
        place: TextPlace,
        tokens: &mut Vec<TokenId>,
    ) {
        if !self.folds(place) {
            return;
        }
        match deobfuscate::sign_in_word(text, at) {
            Some(word) => self.folded(&word, place, "sign", tokens),
            None if text[at] == b'@' => self.class(place, b"address", tokens),
            None => {}
        }
    }

    /// A word too long to be one: only its length, in tens, is told.
    pub fn long(&mut self, len: usize, place: TextPlace, tokens: &mut Vec<TokenId>) {
        let tens = len.min(100) / 10;
        self.shape(
            place,
            &[
                b'l',
                b'o',
                b'n',
                b'g',
                b':',
                b'0' + (tens / 10) as u8,
                b'0' + (tens % 10) as u8,
                b'0',
            ],
            tokens,
        );
    }

    fn shape(&mut self, place: TextPlace, clue: &[u8], tokens: &mut Vec<TokenId>) {
        if let Some(shape) = self.places.row(place).shape {
            self.push(shape, &WordForm::new(clue), tokens);
        }
    }

    /// What a number or address in the text is.
    pub fn class(&mut self, place: TextPlace, class: &[u8], tokens: &mut Vec<TokenId>) {
        if let Some(place) = self.places.row(place).class {
            self.push(place, &WordForm::new(class), tokens);
        }
    }

    /// Whether numbers at `place` are told apart.
    pub fn tells_classes(&self, place: TextPlace) -> bool {
        self.places.row(place).class.is_some()
    }

    /// Ends a message: how much of its body was shouted.
    pub fn finish_mail(&mut self, tokens: &mut Vec<TokenId>) {
        let share = 100 * self.shouted / self.counted.max(1);
        let clue: &[u8] = match share {
            // One word in capitals is a name.
            _ if self.shouted < 2 => b"",
            0..=1 => b"",
            2..=9 => b"shouting:some",
            10..=39 => b"shouting:much",
            _ => b"shouting:most",
        };
        if !clue.is_empty() {
            self.shape(TextPlace::BODY, clue, tokens);
        }
        (self.counted, self.shouted) = (0, 0);
    }
}

/// Whether a word has a stem: letters and apostrophes only, for English plain ones. Numbers and
/// names of things stay as they are.
fn is_stemmed(word: &str, language: Language) -> bool {
    let letter = |c: char| {
        if language == Language::English {
            c.is_ascii_alphabetic()
        } else {
            c.is_alphabetic()
        }
    };
    word.len() > 2 && word.chars().all(|c| letter(c) || c == '\'')
}

#[cfg(test)]
mod tests {
    use super::*;

    pub fn read(text: &str, recipe: &Recipe) -> String {
        let mut words = WordReader::new(recipe);
        let mut tokens = Vec::new();
        words.cut(text.as_bytes(), TextPlace::BODY, &mut tokens);
        words.finish_mail(&mut tokens);
        tokens
            .iter()
            .map(|&token| words.lexicon.token(token))
            .collect::<Vec<_>>()
            .join(" ")
    }

    fn unstemmed(text: &str) -> String {
        read(
            text,
            &Recipe {
                stem: Stem::No,
                ..Recipe::default()
            },
        )
    }

    #[test]
    fn words_are_runs_of_letters_and_digits() {
        assert_eq!(
            unstemmed("Hello, WORLD-wide a I'm 'quoted' x1"),
            "hello world wide i'm quoted x1"
        );
        assert_eq!(unstemmed(""), "");
    }

    #[test]
    fn the_look_of_text_gives_clues() {
        assert_eq!(
            unstemmed("win!!!! now! really?? why? ****"),
            "win shape:!!! now shape:! really shape:?? why shape:***"
        );
        assert_eq!(
            unstemmed("BUY NOW $$$"),
            "buy now shape:$$ shape:shouting:most"
        );
        assert_eq!(unstemmed(&"x".repeat(55)), "shape:long:050");
    }

    #[test]
    fn stems_follow_the_recipe_and_function_words_have_their_kind() {
        let text = "The winners having prizes2";
        assert_eq!(read(text, &Recipe::default()), "the winner have prizes2");
        assert_eq!(unstemmed(text), "the winners having prizes2");
        let mut words = WordReader::new(&Recipe::default());
        let mut tokens = Vec::new();
        words.cut(text.as_bytes(), TextPlace::SUBJECT, &mut tokens);
        let kinds: Vec<TokenKind> = tokens
            .iter()
            .map(|&token| words.lexicon.kind(token))
            .collect();
        assert_eq!(
            kinds,
            [
                TokenKind::Function,
                TokenKind::Subject,
                TokenKind::Function,
                TokenKind::Subject
            ]
        );
    }

    #[test]
    fn words_written_to_deceive_are_read_too() {
        assert_eq!(
            unstemmed("Cheap v1agra here"),
            "cheap v1agra viagra fold:leet here"
        );
        assert_eq!(unstemmed("V.i.a.g.r.a now"), "viagra fold:spaced now");
        assert_eq!(
            unstemmed("free c@sh, not ann@host.example"),
            "free cash fold:sign sh not ann class:address host example"
        );
        let plain = Recipe {
            deobfuscate: false,
            stem: Stem::No,
            ..Recipe::default()
        };
        assert_eq!(read("v1agra V.i.a.g.r.a", &plain), "v1agra");
    }
}
