//! A word beyond ASCII while it is read, and the word that it looks like.

use crate::tokenize::characters::{
    ZERO_WIDTH_NON_JOINER, is_joiner, is_variation_selector, is_virama,
};
use crate::tokenize::look_alikes::confusable;
use unicode_normalization::char::decompose_canonical;

/// A finding in a run of characters beyond ASCII.
pub(crate) enum ForeignPiece<'a> {
    /// Letters have an unusual form: full-width, mathematical or circled.
    Compatibility,
    /// An n-gram of characters of a script without spaces.
    Run(&'a [u8]),
    /// A word of at least two bytes, in lower case.
    Word {
        text: &'a [u8],
        /// Number of letters and digits, not counting marks on them.
        letters: usize,
        /// The word that it looks like, and how it was disguised.
        looks: Option<(&'a [u8], &'static str)>,
    },
    /// A symbol with everything that belongs to it.
    Symbol(&'a [u8]),
    /// There are invisible characters inside a word.
    Invisible,
}

/// The word being read.
#[derive(Default)]
pub(crate) struct ForeignWord {
    /// Whether `I` and `ı` are one letter, and `İ` and `i` another, as in Turkish.
    pub turkic: bool,
    /// Whether invisible characters stood inside a word since this was last set to false.
    pub invisible: bool,
    text: Vec<u8>,
    likeness: Likeness,
    letters: usize,
    last: char,
    /// An apostrophe or joiner, which belongs to the word if a letter follows.
    held: Option<char>,
    /// Whether an invisible character follows the last letter.
    hidden: bool,
}

/// The word in plain Latin letters that a word looks like.
#[derive(Default)]
struct Likeness {
    text: Vec<u8>,
    /// Whether the word contains a Latin letter.
    latin: bool,
    /// Whether some sign of the word looks like none of Latin.
    incomplete: bool,
    /// What disguises the word: a letter of another script that looks Latin (`confusable`), or a
    /// mark on an ASCII letter that never bears it (`mark`).
    disguise: Option<&'static str>,
}

impl Likeness {
    fn letter(&mut self, c: char) {
        let Some(plain) = plain_letter(c) else {
            self.incomplete = true;
            return;
        };
        if confusable(c).is_some() {
            self.disguise = Some("confusable");
        } else {
            self.latin |= plain.is_ascii_alphabetic();
        }
        self.text.push(plain);
    }

    fn stray_mark(&mut self) {
        self.disguise.get_or_insert("mark");
    }

    fn clear(&mut self) {
        self.text.clear();
        (self.latin, self.incomplete, self.disguise) = (false, false, None);
    }
}

impl ForeignWord {
    /// Adds a letter or digit.
    pub fn letter(&mut self, c: char) {
        self.go_on(c);
        self.letters += 1;
        match c {
            'I' if self.turkic => self.push('ı'),
            // Other languages have no letter whose small form is an i with two dots.
            'İ' => self.push('i'),
            _ => c.to_lowercase().for_each(|lower| self.push(lower)),
        }
        self.likeness.letter(c);
    }

    /// Adds a mark to the letter before it. A mark on nothing is left out.
    pub fn mark(&mut self, c: char) {
        if !self.text.is_empty() {
            // What composes with a letter has become one character with it.
            if self.last.is_ascii_alphabetic() {
                self.likeness.stray_mark();
            }
            self.go_on(c);
            self.push(c);
        }
    }

    /// Keeps a sign that belongs to the word if letters stand on both sides.
    pub fn hold(&mut self, c: char, tell: &mut impl FnMut(ForeignPiece<'_>)) {
        if self.held.is_some() {
            self.finish(tell);
        } else if !self.text.is_empty() {
            self.held = Some(match c {
                '"' => '\u{5F4}',
                _ if is_apostrophe(c) => '\'',
                _ => c,
            });
        }
    }

    /// Passes over an invisible character. Joiners are part of the word where UAX #31 (2.3) allows
    /// them in names: after a virama, and between Arabic letters.
    pub fn ignore(&mut self, c: char) {
        if self.text.is_empty() {
        } else if is_joiner(c) && is_virama(self.last) {
            self.push(c);
        } else if c == ZERO_WIDTH_NON_JOINER && is_arabic(self.last) && self.held.is_none() {
            self.held = Some(c);
        } else if !(is_variation_selector(c) && is_mongolian(self.last)) {
            self.hidden = true;
        }
    }

    /// Ends the word, reports it if it is one, and begins another.
    pub fn finish(&mut self, tell: &mut impl FnMut(ForeignPiece<'_>)) {
        if self.last == 'σ' && self.letters > 1 {
            // The form at the end of a word, which capitals do not tell (Unicode, 3.13).
            self.text.truncate(self.text.len() - 'σ'.len_utf8());
            self.push('ς');
        }
        if self.text.len() > 1 {
            let looks = &self.likeness;
            let reads = looks.latin && !looks.incomplete && self.letters > 2;
            tell(ForeignPiece::Word {
                text: &self.text,
                letters: self.letters,
                looks: looks
                    .disguise
                    .filter(|_| reads)
                    .map(|how| (&*looks.text, how)),
            });
        }
        self.clear();
    }

    /// Begins another word.
    pub fn clear(&mut self) {
        self.text.clear();
        self.likeness.clear();
        (self.letters, self.last, self.held, self.hidden) = (0, ' ', None, false);
    }

    /// Adds what was kept until it was known that the word goes on with `next`.
    fn go_on(&mut self, next: char) {
        self.invisible |= std::mem::take(&mut self.hidden);
        match self.held.take() {
            Some(ZERO_WIDTH_NON_JOINER) if !is_arabic(next) => self.invisible = true,
            Some('\'') => {
                self.push('\'');
                self.likeness.text.push(b'\'');
            }
            Some(held) => {
                self.push(held);
                self.likeness.incomplete = true;
            }
            None => {}
        }
    }

    fn push(&mut self, c: char) {
        self.last = c;
        self.text
            .extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    }
}

/// The ASCII letter or digit that a character is or looks like, without its accents.
fn plain_letter(c: char) -> Option<u8> {
    if c.is_ascii() {
        return Some(c.to_ascii_lowercase() as u8);
    }
    confusable(c).or_else(|| {
        let mut base = None;
        decompose_canonical(c, |part| base = base.or(Some(part)));
        base.filter(char::is_ascii_alphabetic)
            .map(|base| base.to_ascii_lowercase() as u8)
    })
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{5F3}')
}

fn is_arabic(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{8FF}')
}

fn is_mongolian(c: char) -> bool {
    matches!(c, '\u{1800}'..='\u{18AF}')
}
