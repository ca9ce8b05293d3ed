//! Reads words beyond ASCII, slowly but exactly.
//!
//! Text is first normalised to its compatibility form (NFKC, Unicode Standard Annex 15), so that
//! full-width and mathematical letters are letters. Invisible characters inside a word (soft
//! hyphen, zero-width space) do not split it. Scripts written without spaces are cut into
//! overlapping n-grams of characters: pairs for Chinese and Japanese, triples for Thai, Lao, Khmer
//! and Burmese, whose letters carry less information. For a Latin word with Greek or Cyrillic
//! letters, the word that it looks like is reported too.

use crate::tokenize::look_alikes::confusable;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

/// A finding in a run of letters beyond ASCII.
pub(crate) enum ForeignPiece<'a> {
    /// Letters have an unusual form: full-width, mathematical or circled.
    Compatibility,
    /// An n-gram of characters of a script without spaces.
    Run(&'a [u8]),
    /// A word of at least two bytes, in lower case.
    Word {
        text: &'a [u8],
        /// The word that it looks like, if it mixes letters of other alphabets with Latin ones.
        looks: Option<&'a [u8]>,
    },
    /// There are invisible characters inside a word.
    Invisible,
}

/// Reads a run of letters, some of them beyond ASCII, and calls `tell` with each finding. `word` is
/// a buffer that is reused.
pub(crate) fn read(letters: &[u8], word: &mut ForeignWord, mut tell: impl FnMut(ForeignPiece<'_>)) {
    // The text should be UTF-8; invalid bytes are skipped.
    let chars = || {
        letters
            .utf8_chunks()
            .flat_map(|chunk| chunk.valid().chars())
    };
    if is_nfkc_quick(chars()) == IsNormalized::Yes {
        return read_normalized(chars(), word, &mut tell);
    }
    // Symbols such as the trade mark are not letters, but NFKC would turn them into letters.
    let letters = chars().map(|c| {
        if c.is_alphanumeric() || is_mark(c) || is_joining(c) {
            c
        } else {
            ' '
        }
    });
    if letters.clone().any(is_disguised_latin) {
        tell(ForeignPiece::Compatibility);
    }
    read_normalized(letters.nfkc(), word, &mut tell);
}

fn read_normalized(
    chars: impl Iterator<Item = char>,
    word: &mut ForeignWord,
    tell: &mut impl FnMut(ForeignPiece<'_>),
) {
    word.clear();
    let mut unspaced = Unspaced::default();
    let mut invisible = false;
    for c in chars {
        if let Some(size) = unspaced_size(c) {
            word.finish(tell);
            unspaced.push(c, size, |run| tell(ForeignPiece::Run(run)));
            continue;
        }
        unspaced.finish(|run| tell(ForeignPiece::Run(run)));
        match c {
            '\u{AD}' | '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}' => {
                invisible |= word.text.last().is_some_and(u8::is_ascii_alphabetic);
            }
            '\u{2019}' | '\'' if !word.text.is_empty() => word.text.push(b'\''),
            c if c.is_alphanumeric() => word.push(c),
            // Combining accents belong to the letter before them.
            c if is_mark(c) && !word.text.is_empty() => {
                word.text
                    .extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            }
            _ => word.finish(tell),
        }
    }
    unspaced.finish(|run| tell(ForeignPiece::Run(run)));
    word.finish(tell);
    if invisible {
        tell(ForeignPiece::Invisible);
    }
}

/// The word being read, and the word that it looks like.
#[derive(Default)]
pub(crate) struct ForeignWord {
    text: Vec<u8>,
    looks: Vec<u8>,
    /// Whether it contains a Latin letter.
    latin: bool,
    /// Whether it contains a letter of another script, and whether all of those look Latin.
    other: bool,
    all_look: bool,
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
        match confusable(c) {
            Some(plain) => {
                self.looks.push(plain);
                self.other = true;
            }
            None => self.all_look = false,
        }
    }

    /// Ends the word, reports it if it is one, and begins another.
    fn finish(&mut self, tell: &mut impl FnMut(ForeignPiece<'_>)) {
        while self.text.last() == Some(&b'\'') {
            self.text.pop();
        }
        if self.text.len() > 1 {
            let disguised = self.latin && self.other && self.all_look && self.text.len() > 2;
            tell(ForeignPiece::Word {
                text: &self.text,
                looks: disguised.then_some(&self.looks),
            });
        }
        self.clear();
    }

    fn clear(&mut self) {
        self.text.clear();
        self.looks.clear();
        (self.latin, self.other, self.all_look) = (false, false, true);
    }
}

/// The last characters of a run in a script without spaces.
#[derive(Default)]
struct Unspaced {
    last: [char; 3],
    len: usize,
    size: usize,
    /// Whether an n-gram of this run was reported.
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

    /// Ends the run. A run that is too short for an n-gram is reported as a whole.
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

/// The size of the n-grams in a script written without spaces; None for other scripts.
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

/// Whether a character is an unusual form of a Latin letter: full-width, mathematical or circled.
fn is_disguised_latin(c: char) -> bool {
    matches!(
        c,
        '\u{FF21}'..='\u{FF3A}'
            | '\u{FF41}'..='\u{FF5A}'
            | '\u{1D400}'..='\u{1D6A5}'
            | '\u{24B6}'..='\u{24E9}'
            | '\u{1F130}'..='\u{1F189}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pieces of `text`: words as they are, the words that they look like after `=`, n-grams in
    /// brackets.
    fn pieces(text: &str) -> String {
        let mut found = Vec::new();
        let utf8 = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        read(
            text.as_bytes(),
            &mut ForeignWord::default(),
            |piece| match piece {
                ForeignPiece::Compatibility => found.push("!compatibility".to_owned()),
                ForeignPiece::Run(run) => found.push(format!("[{}]", utf8(run))),
                ForeignPiece::Word { text, looks: None } => found.push(utf8(text)),
                ForeignPiece::Word {
                    text,
                    looks: Some(looks),
                } => found.push(format!("{}={}", utf8(text), utf8(looks))),
                ForeignPiece::Invisible => found.push("!invisible".to_owned()),
            },
        );
        found.join(" ")
    }

    #[test]
    fn words_of_any_script_are_words() {
        assert_eq!(
            pieces("\u{39c}\u{38c}\u{3a3}\u{3a7}\u{39f}\u{3a3}"),
            "\u{3bc}\u{3cc}\u{3c3}\u{3c7}\u{3bf}\u{3c3}"
        );
        assert_eq!(pieces("na\u{ef}ve\u{2014}yes"), "na\u{ef}ve yes");
        assert_eq!(pieces("it\u{2019}s"), "it's");
        assert_eq!(pieces("\u{2019}tis"), "tis");
        assert_eq!(pieces("cafe\u{301}"), "caf\u{e9}");
        assert_eq!(pieces("Word\u{2122}"), "word");
        assert_eq!(pieces("\u{fb01}ne"), "fine");
    }

    #[test]
    fn invisible_and_disguised_letters_are_read() {
        assert_eq!(pieces("via\u{200b}gra"), "viagra !invisible");
        assert_eq!(
            pieces("\u{ff26}\u{ff32}\u{ff25}\u{ff25}"),
            "!compatibility free"
        );
        assert_eq!(
            pieces("\u{1d42f}\u{1d422}\u{1d41a}\u{1d420}\u{1d42b}\u{1d41a}"),
            "!compatibility viagra"
        );
        assert_eq!(pieces("p\u{430}yp\u{430}l"), "p\u{430}yp\u{430}l=paypal");
        assert_eq!(
            pieces("\u{43f}\u{440}\u{438}\u{432}\u{435}\u{442}"),
            "\u{43f}\u{440}\u{438}\u{432}\u{435}\u{442}"
        );
    }

    #[test]
    fn scripts_without_spaces_are_cut_into_runs() {
        assert_eq!(
            pieces("\u{65e5}\u{672c}\u{8a9e}abc"),
            "[\u{65e5}\u{672c}] [\u{672c}\u{8a9e}] abc"
        );
        assert_eq!(pieces("\u{65e5}"), "[\u{65e5}]");
        assert_eq!(
            pieces("\u{e01}\u{e32}\u{e23}\u{e07}\u{e32}"),
            "[\u{e01}\u{e32}\u{e23}] [\u{e32}\u{e23}\u{e07}] [\u{e23}\u{e07}\u{e32}]"
        );
        assert_eq!(pieces("\u{e01}\u{e32}"), "[\u{e01}\u{e32}]");
    }
}
