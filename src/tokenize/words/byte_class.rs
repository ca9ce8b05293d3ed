//! What each byte can be part of: one table look-up tells it.

/// Nothing.
pub(super) const OTHER: u8 = 0;
/// A word: an ASCII letter or digit.
pub(super) const WORD: u8 = 1;
/// A character beyond ASCII.
pub(super) const BEYOND_ASCII: u8 = 2;
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
