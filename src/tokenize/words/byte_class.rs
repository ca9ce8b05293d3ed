//! Classifies bytes by what they can be part of, with one table look-up.

/// The byte is part of nothing that is read.
pub(super) const OTHER: u8 = 0;
/// An ASCII letter or digit, which is part of a word.
pub(super) const WORD: u8 = 1;
/// Part of a character beyond ASCII.
const BEYOND_ASCII: u8 = 2;
/// A character that affects the look of the text.
pub(super) const LOOK: u8 = 4;

/// The class of each byte.
pub(super) static CLASS: [u8; 256] = {
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

/// The class of the byte at `at`; [`OTHER`] beyond the end.
#[inline]
pub(super) fn class(text: &[u8], at: usize) -> u8 {
    text.get(at).map_or(OTHER, |&byte| CLASS[byte as usize])
}

/// The end of the run of letters and digits that begins at `start`, including apostrophes between
/// them, and whether all of it is ASCII.
#[inline]
pub(super) fn word_end(text: &[u8], start: usize) -> (usize, bool) {
    let (mut end, mut seen) = (start, 0);
    loop {
        let found = class(text, end);
        if found & (WORD | BEYOND_ASCII) != 0 {
            seen |= found;
            end += 1;
        } else if is_inside(text, end) {
            end += 1;
        } else {
            return (end, seen & BEYOND_ASCII == 0);
        }
    }
}

/// Whether the sign at `at` belongs to the word around it.
#[inline]
fn is_inside(text: &[u8], at: usize) -> bool {
    match text.get(at) {
        Some(b'\'') => class(text, at + 1) & (WORD | BEYOND_ASCII) != 0,
        Some(b'"') => is_in_hebrew(text, at),
        _ => false,
    }
}

/// Whether the byte at `at` stands between two letters of Hebrew, where a quote marks an
/// abbreviation (UAX #29, rules WB7b and WB7c).
fn is_in_hebrew(text: &[u8], at: usize) -> bool {
    const LEAD: u8 = 0xD7;
    let is_letter = |at: usize| {
        text.get(at..at + 2)
            .is_some_and(|bytes| bytes[0] == LEAD && (0x90..=0xAA).contains(&bytes[1]))
    };
    at >= 2 && is_letter(at - 2) && is_letter(at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_end_at_the_first_byte_that_belongs_to_none() {
        for (text, end, ascii) in [
            ("don't stop", 5, true),
            ("x1-y", 2, true),
            ("dogs' bowl", 4, true),
            ("caf\u{e9}s.", 6, false),
            ("end", 3, true),
            ("\u{5e6}\u{5d4}\"\u{5dc} x", 7, false),
            ("\u{5e6}\" x", 2, false),
            ("caf\u{e9}\"s", 5, false),
        ] {
            assert_eq!(word_end(text.as_bytes(), 0), (end, ascii), "{text}");
        }
    }
}
