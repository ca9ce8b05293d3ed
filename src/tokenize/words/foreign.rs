//! Words beyond ASCII: the slow, exact way.
//!
//! Text is brought to its compatibility form first (NFKC, Unicode Standard Annex 15), so that
//! full-width and mathematical letters are letters. Invisible characters inside a word (soft
//! hyphen, zero-width space) do not part it. Scripts written without spaces are cut into
//! overlapping runs of characters: pairs for Chinese and Japanese, threes for Thai, Lao, Khmer and
//! Burmese, whose letters say less. A Latin word with Greek or Cyrillic letters in it is folded
//! into what it looks like.

use super::WordReader;
use crate::tokenize::clues::numbers::currency;
use crate::tokenize::emitter::form_cache::{LONGEST, WordForm};
use crate::tokenize::emitter::text_place::TextPlace;
use crate::tokenize::lexicon::TokenId;
use crate::tokenize::look_alikes;
use crate::tokenize::token_kind::TokenKind;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

/// A word being read, and what it looks like.
#[derive(Default)]
pub(crate) struct ForeignWord {
    text: Vec<u8>,
    looks: Vec<u8>,
    latin: bool,
    /// Whether it holds a letter of another script, and whether all of those look Latin.
    other: bool,
    all_look: bool,
}

impl WordReader {
    /// A run of letters `text[start..end]` with some beyond ASCII.
    pub fn beyond_ascii(
        &mut self,
        text: &[u8],
        start: usize,
        end: usize,
        place: TextPlace,
        tokens: &mut Vec<TokenId>,
    ) {
        // The text is UTF-8 already; should it not be, what is not is passed over.
        let chars = || {
            text[start..end]
                .utf8_chunks()
                .flat_map(|chunk| chunk.valid().chars())
        };
        for (at, _) in text[start..end]
            .iter()
            .enumerate()
            .filter(|(_, byte)| matches!(byte, 0xC2 | 0xE2))
        {
            if let Some(len) = currency(&text[start + at..end]) {
                self.money(text, start + at + len, place, tokens);
            }
        }
        if text[start].is_ascii_digit() && start >= self.number_end {
            self.number(text, start, place, tokens);
        }
        if is_nfkc_quick(chars()) == IsNormalized::Yes {
            return self.foreign(chars(), place, tokens);
        }
        // Signs such as the trade mark are no letters, and would become some.
        let letters = chars().map(|c| {
            if c.is_alphanumeric() || is_mark(c) || is_joining(c) {
                c
            } else {
                ' '
            }
        });
        if letters.clone().any(is_disguised_latin) && self.folds(place) {
            self.clue(TokenKind::Fold, "fold:", b"compatibility", tokens);
        }
        self.foreign(letters.nfkc(), place, tokens);
    }

    fn foreign(
        &mut self,
        chars: impl Iterator<Item = char>,
        place: TextPlace,
        tokens: &mut Vec<TokenId>,
    ) {
        let mut word = std::mem::take(&mut self.foreign);
        word.clear();
        let mut unspaced = Unspaced::default();
        let mut invisible = false;
        for c in chars {
            if let Some(size) = unspaced_size(c) {
                self.finish_word(&mut word, place, tokens);
                unspaced.push(c, size, |gram| {
                    self.push(place, &WordForm::new(gram), tokens)
                });
                continue;
            }
            unspaced.finish(|gram| self.push(place, &WordForm::new(gram), tokens));
            match c {
                '\u{AD}' | '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}' => {
                    invisible |= word.text.last().is_some_and(u8::is_ascii_alphabetic);
                }
                '\u{2019}' | '\'' if !word.text.is_empty() => word.text.push(b'\''),
                c if c.is_alphanumeric() => word.push(c),
                // Accents that stand as characters of their own belong to the letter before them.
                c if is_mark(c) && !word.text.is_empty() => {
                    word.text
                        .extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                }
                _ => self.finish_word(&mut word, place, tokens),
            }
        }
        unspaced.finish(|gram| self.push(place, &WordForm::new(gram), tokens));
        self.finish_word(&mut word, place, tokens);
        self.foreign = word;
        if invisible && self.folds(place) {
            self.clue(TokenKind::Fold, "fold:", b"invisible", tokens);
        }
    }

    fn finish_word(&mut self, word: &mut ForeignWord, place: TextPlace, tokens: &mut Vec<TokenId>) {
        while word.text.last() == Some(&b'\'') {
            word.text.pop();
        }
        match word.text.len() {
            0 | 1 => {}
            len @ 2..=LONGEST => {
                self.counted += u32::from(self.in_body);
                self.push(place, &WordForm::new(&word.text), tokens);
                if word.latin && word.other && word.all_look && len > 2 && self.folds(place) {
                    self.folded(&word.looks, place, "confusable", tokens);
                }
            }
            len => self.long(len, place, tokens),
        }
        word.clear();
    }
}

impl ForeignWord {
    fn push(&mut self, c: char) {
        if c.is_ascii() {
            let lower = c.to_ascii_lowercase() as u8;
            self.latin |= lower.is_ascii_alphabetic();
            self.text.push(lower);
            self.looks.push(lower);
            return;
        }
        for lower in c.to_lowercase() {
            self.text
                .extend_from_slice(lower.encode_utf8(&mut [0; 4]).as_bytes());
        }
        match look_alikes::confusable(c) {
            Some(plain) => {
                self.looks.push(plain);
                self.other = true;
            }
            None => self.all_look = false,
        }
    }

    fn clear(&mut self) {
        self.text.clear();
        self.looks.clear();
        (self.latin, self.other, self.all_look) = (false, false, true);
    }
}

/// The last characters of a run without spaces.
#[derive(Default)]
struct Unspaced {
    last: [char; 3],
    len: usize,
    size: usize,
    /// Whether a gram of this run was given.
    given: bool,
}

impl Unspaced {
    fn push(&mut self, c: char, size: usize, mut give: impl FnMut(&[u8])) {
        if size != self.size {
            self.finish(&mut give);
            self.size = size;
        }
        if self.len == size {
            self.last.rotate_left(1);
            self.len -= 1;
        }
        self.last[self.len] = c;
        self.len += 1;
        if self.len == size {
            self.give(give);
            self.given = true;
        }
    }

    /// Ends the run: one too short for a gram is one itself.
    fn finish(&mut self, give: impl FnMut(&[u8])) {
        if self.len > 0 && !self.given {
            self.give(give);
        }
        (self.len, self.given) = (0, false);
    }

    fn give(&self, mut give: impl FnMut(&[u8])) {
        let mut bytes = [0; 12];
        let mut len = 0;
        for c in &self.last[..self.len] {
            len += c.encode_utf8(&mut bytes[len..]).len();
        }
        give(&bytes[..len]);
    }
}

/// How many characters of a script written without spaces make one token; none for other scripts.
fn unspaced_size(c: char) -> Option<usize> {
    match c {
        '\u{3041}'..='\u{30FF}'
        | '\u{3400}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{323AF}' => Some(2),
        '\u{0E01}'..='\u{0E4E}'
        | '\u{0E81}'..='\u{0EDF}'
        | '\u{1000}'..='\u{109F}'
        | '\u{1780}'..='\u{17D3}' => Some(3),
        _ => None,
    }
}

fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{3099}' | '\u{309A}')
}

fn is_joining(c: char) -> bool {
    matches!(
        c,
        '\'' | '\u{2019}' | '\u{AD}' | '\u{200B}'
            ..='\u{200D}' | '\u{2060}' | '\u{FEFF}' | '\u{FF9E}' | '\u{FF9F}'
    )
}

/// Letters that are Latin ones in another dress: full-width, mathematical, circled.
fn is_disguised_latin(c: char) -> bool {
    matches!(c, '\u{FF21}'..='\u{FF3A}' | '\u{FF41}'..='\u{FF5A}' | '\u{1D400}'..='\u{1D6A5}' | '\u{24B6}'..='\u{24E9}' | '\u{1F130}'..='\u{1F189}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokenize::{Recipe, Stem};

    fn read(text: &str) -> String {
        let mut words = WordReader::new(&Recipe {
            stem: Stem::No,
            ..Recipe::default()
        });
        let mut tokens = Vec::new();
        words.cut(text.as_bytes(), TextPlace::BODY, &mut tokens);
        tokens
            .iter()
            .map(|&token| words.lexicon.token(token))
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn words_of_any_script_are_words() {
        assert_eq!(
            read("caf\u{e9} \u{39c}\u{38c}\u{3a3}\u{3a7}\u{39f}\u{3a3} na\u{ef}ve\u{2014}yes"),
            "caf\u{e9} \u{3bc}\u{3cc}\u{3c3}\u{3c7}\u{3bf}\u{3c3} na\u{ef}ve yes"
        );
        assert_eq!(read("it\u{2019}s \u{2019}tis"), "it's tis");
        assert_eq!(
            read("cafe\u{301} ForeignWord\u{2122} \u{fb01}ne"),
            "caf\u{e9} word fine"
        );
    }

    #[test]
    fn invisible_and_disguised_letters_are_read() {
        assert_eq!(
            read("via\u{200b}gra so\u{ad}ft"),
            "viagra fold:invisible soft fold:invisible"
        );
        assert_eq!(
            read("\u{ff26}\u{ff32}\u{ff25}\u{ff25}"),
            "fold:compatibility free"
        );
        assert_eq!(
            read("\u{1d42f}\u{1d422}\u{1d41a}\u{1d420}\u{1d42b}\u{1d41a}"),
            "fold:compatibility viagra"
        );
        assert_eq!(
            read("p\u{430}yp\u{430}l"),
            "p\u{430}yp\u{430}l paypal fold:confusable"
        );
        assert_eq!(
            read("\u{43f}\u{440}\u{438}\u{432}\u{435}\u{442}"),
            "\u{43f}\u{440}\u{438}\u{432}\u{435}\u{442}"
        );
    }

    #[test]
    fn scripts_without_spaces_are_cut_into_runs() {
        assert_eq!(
            read("\u{65e5}\u{672c}\u{8a9e}abc"),
            "\u{65e5}\u{672c} \u{672c}\u{8a9e} abc"
        );
        assert_eq!(read("\u{65e5}"), "\u{65e5}");
        assert_eq!(
            read("\u{e01}\u{e32}\u{e23}\u{e07}\u{e32}"),
            "\u{e01}\u{e32}\u{e23} \u{e32}\u{e23}\u{e07} \u{e23}\u{e07}\u{e32}"
        );
        assert_eq!(read("\u{e01}\u{e32}"), "\u{e01}\u{e32}");
    }
}
