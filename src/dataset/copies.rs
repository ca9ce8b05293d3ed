//! When two mails are copies of one another.

use rustc_hash::FxHasher;
use std::hash::Hasher;

/// Letters below which a body is too short to call two mails copies of one another.
const SHORTEST_COPY: usize = 40;

/// Each byte as it counts for telling copies: letters in lower case, bytes of UTF-8 beyond ASCII as they are (case folding
/// there would cost more than it could find), all else 0.
static LETTER: [u8; 256] = {
    let mut letter = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        if (byte as u8).is_ascii_alphabetic() || byte >= 0x80 {
            letter[byte] = (byte as u8).to_ascii_lowercase();
        }
        byte += 1;
    }
    letter
};

/// A key that is equal for copies: texts whose bodies agree up to case, digits, punctuation and spaces. None for a body of
/// fewer than 40 letters. `letters` is memory to be used again.
pub(super) fn copy_key(text: &[u8], letters: &mut Vec<u8>) -> Option<u64> {
    let body = &text[memchr::memchr(b'\n', text).map_or(0, |end| end + 1)..];
    if letters.len() < body.len() {
        letters.resize(body.len(), 0);
    }
    let mut count = 0;
    // No branch depends on the text, which is what makes this fast.
    for &byte in body {
        let letter = LETTER[byte as usize];
        letters[count] = letter;
        count += usize::from(letter != 0);
    }
    let mut hasher = FxHasher::default();
    hasher.write(&letters[..count]);
    (count >= SHORTEST_COPY).then(|| hasher.finish())
}
