//! Cuts runs of a script without spaces into overlapping n-grams of characters.

use crate::tokenize::characters::{is_joiner, is_variation_selector};

/// The last characters of a run in a script without spaces.
#[derive(Default)]
pub(super) struct Unspaced {
    last: [char; 3],
    len: usize,
    size: usize,
    /// Whether an n-gram of this run was reported.
    given: bool,
    /// Whether an invisible character may stand between the last character and the next one.
    hidden: bool,
    /// Whether one stood between two characters of any run.
    pub invisible: bool,
}

impl Unspaced {
    pub fn push(&mut self, c: char, size: usize, mut give: impl FnMut(&[u8])) {
        if size != self.size {
            self.finish(&mut give);
            self.size = size;
        }
        self.invisible |= std::mem::take(&mut self.hidden);
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

    /// Passes over an invisible character. Where syllables are written without spaces, it honestly
    /// parts the words.
    pub fn ignore(&mut self, c: char) {
        let honest = self.size > 2 || is_variation_selector(c) || is_joiner(c);
        self.hidden |= self.len > 0 && !honest;
    }

    /// Ends the run. A run that is too short for an n-gram is reported as a whole.
    pub fn finish(&mut self, give: impl FnMut(&[u8])) {
        if self.len > 0 && !self.given {
            self.give(give);
        }
        (self.len, self.given, self.hidden) = (0, false, false);
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
