//! What each byte can be part of: one table look-up tells it.

/// Nothing.
pub(super) const OTHER: u8 = 0;
/// A word: an ASCII letter or digit.
pub(super) const WORD: u8 = 1;
/// A character beyond ASCII.
const BEYOND_ASCII: u8 = 2;
/// The look of the text.
pub(super) const LOOK: u8 = 4;

/// By byte, what it can be part of.
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

/// What the byte at `at` can be part of; nothing beyond the end.
#[inline]
pub(super) fn class(text: &[u8], at: usize) -> u8 {
    text.get(at).map_or(OTHER, |&byte| CLASS[byte as usize])
}

/// Where the run of letters and digits that begins at `start` ends, apostrophes between ASCII ones
/// included, and whether all of it is ASCII.
#[inline]
pub(super) fn word_end(text: &[u8], start: usize) -> (usize, bool) {
    let (mut end, mut seen) = (start, 0);
    loop {
        let found = class(text, end);
        if found & (WORD | BEYOND_ASCII) != 0 {
            seen |= found;
            end += 1;
        } else if text.get(end) == Some(&b'\'') && class(text, end + 1) == WORD {
            end += 2;
        } else {
            return (end, seen & BEYOND_ASCII == 0);
        }
    }
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
        ] {
            assert_eq!(word_end(text.as_bytes(), 0), (end, ascii), "{text}");
        }
    }
}
