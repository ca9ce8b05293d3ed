//! The written form of a word, stored for fast comparison as 8-byte chunks padded with zeros, since
//! no word contains a zero byte. A word of up to eight bytes, as most words are, is one integer.
//! Lower-casing and finding the end of a word work on eight bytes at once, by arithmetic on the
//! high bit of each byte (Hacker's Delight, chapter 6).

/// Number of letters and digits in the longest word. In ASCII, that is its length in bytes.
pub(crate) const LONGEST: usize = 40;
/// Number of chunks of the longest word beyond ASCII: eight bytes for a letter and its marks.
const LONG_CHUNKS: usize = LONGEST;

/// A written form as chunks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WordForm<const CHUNKS: usize = { LONGEST / 8 }> {
    chunks: [u64; CHUNKS],
    len: usize,
}

/// A form that holds the longest word of any script.
pub(crate) type LongForm = WordForm<LONG_CHUNKS>;

impl<const CHUNKS: usize> WordForm<CHUNKS> {
    /// Number of bytes that it can hold.
    pub const MOST_BYTES: usize = 8 * CHUNKS;

    /// The form that consists of `bytes`, of which no more count than it can hold.
    pub fn of(bytes: &[u8]) -> WordForm<CHUNKS> {
        let bytes = &bytes[..bytes.len().min(Self::MOST_BYTES)];
        let mut chunks = [0; CHUNKS];
        for (chunk, part) in chunks.iter_mut().zip(bytes.chunks(8)) {
            *chunk = load(part);
        }
        WordForm {
            chunks,
            len: bytes.len(),
        }
    }

    /// Number of bytes.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Its first chunk.
    pub fn first(&self) -> u64 {
        self.chunks[0]
    }

    /// The chunks after the first. Most words have none.
    pub fn others(&self) -> &[u64] {
        &self.chunks[1..self.len.div_ceil(8).max(1)]
    }

    /// Appends its bytes to `out`.
    pub fn write(&self, out: &mut Vec<u8>) {
        let start = out.len();
        for chunk in &self.chunks[..self.len.div_ceil(8)] {
            out.extend_from_slice(&chunk.to_le_bytes());
        }
        out.truncate(start + self.len);
    }
}

impl WordForm {
    /// The form of most words, which consists of `bytes`.
    pub fn new(bytes: &[u8]) -> WordForm {
        WordForm::of(bytes)
    }

    /// The ASCII word `text[start..end]` in lower case, and the number of capital letters in it.
    #[inline]
    pub fn lower(text: &[u8], start: usize, end: usize) -> (WordForm, u32) {
        let len = (end - start).min(LONGEST);
        let mut chunks = [0; LONGEST / 8];
        let mut capitals = 0;
        for (at, chunk) in chunks.iter_mut().enumerate().take(len.div_ceil(8)) {
            let from = start + at * 8;
            let left = (len - at * 8).min(8);
            // Reading eight bytes at once and masking is much faster than copying only those that
            // belong to the word.
            let loaded = match text
                .get(from..from + 8)
                .and_then(|eight| eight.try_into().ok())
            {
                Some(eight) => u64::from_le_bytes(eight) & (u64::MAX >> (64 - 8 * left)),
                None => load(&text[from..from + left]),
            };
            let (lowered, upper) = to_lower(loaded);
            *chunk = lowered;
            capitals += upper;
        }
        (WordForm { chunks, len }, capitals)
    }
}

/// The value 1 in each byte.
const ONES: u64 = 0x0101_0101_0101_0101;
/// The high bit of each byte.
const HIGH: u64 = 0x80 * ONES;

/// A number that, added to eight bytes below 0x80, sets the high bit of those that are at least
/// `byte`. No sum exceeds 0xFF, so none carries into its neighbour.
const fn at_least(byte: u8) -> u64 {
    (0x80 - byte as u64) * ONES
}

/// A word of at most seven ASCII letters and digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ShortWord {
    /// Its bytes in lower case, padded with zeros.
    pub chunk: u64,
    pub len: usize,
    /// Number of capital letters.
    pub capitals: u32,
    /// The byte after it.
    pub next: u8,
}

impl ShortWord {
    /// The word at `start`, found without a loop. None if it is longer than seven bytes, if an
    /// apostrophe or a byte beyond ASCII follows, or if the text ends too soon to tell.
    #[inline]
    pub fn at(text: &[u8], start: usize) -> Option<ShortWord> {
        let eight = u64::from_le_bytes(text.get(start..start + 8)?.try_into().ok()?);
        let ends = !word_bytes(eight) & HIGH;
        if ends == 0 {
            return None;
        }
        let bits = ends.trailing_zeros() & !7;
        let next = (eight >> bits) as u8;
        if next >= 0x80 || next == b'\'' {
            return None;
        }
        let (chunk, capitals) = to_lower(eight & !(u64::MAX << bits));
        Some(ShortWord {
            chunk,
            len: bits as usize / 8,
            capitals,
            next,
        })
    }

    /// This word as a form.
    pub fn form(&self) -> WordForm {
        let mut chunks = [0; LONGEST / 8];
        chunks[0] = self.chunk;
        WordForm {
            chunks,
            len: self.len,
        }
    }
}

/// The high bit of each byte that is an ASCII letter or digit.
#[inline]
fn word_bytes(eight: u64) -> u64 {
    // Bytes beyond ASCII are masked so that they do not carry, and are excluded at the end.
    let low = eight & !HIGH;
    // With the lower-case bit set, one range covers the letters of both cases.
    let folded = low | (0x20 * ONES);
    let letter = folded.wrapping_add(at_least(b'a')) & !folded.wrapping_add(at_least(b'z' + 1));
    let digit = low.wrapping_add(at_least(b'0')) & !low.wrapping_add(at_least(b'9' + 1));
    (letter | digit) & !eight & HIGH
}

fn load(part: &[u8]) -> u64 {
    part.iter()
        .rev()
        .fold(0, |word, &byte| word << 8 | u64::from(byte))
}

/// Eight ASCII bytes in lower case, and the number of capital letters among them.
#[inline]
fn to_lower(word: u64) -> (u64, u32) {
    let capital = word.wrapping_add(at_least(b'A')) & !word.wrapping_add(at_least(b'Z' + 1)) & HIGH;
    // The high bit of a capital letter, shifted down by two, is the lower-case bit.
    (word | capital >> 2, capital.count_ones())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_words_end_at_the_first_byte_that_is_no_letter_or_digit() {
        for byte in 0..=u8::MAX {
            let found = ShortWord::at(&[b'A', b'b', byte, b'9', b' ', 0xFF, b' ', b' '], 0);
            let len = if byte.is_ascii_alphanumeric() { 4 } else { 2 };
            match found {
                Some(word) => {
                    assert_eq!(word.len, len, "after byte {byte}");
                    assert_eq!(
                        word.form(),
                        WordForm::lower(&[b'A', b'b', byte, b'9'], 0, len).0
                    );
                }
                None => assert!(byte >= 0x80 || byte == b'\''),
            }
        }
        assert_eq!(ShortWord::at(b"short", 0), None);
    }

    #[test]
    fn lower_case_is_that_of_the_standard_library() {
        for text in [
            "A",
            "Zebra",
            "don'T",
            "ABCDEFGH",
            "abcdefghI",
            "[]@`{}AZaz09",
            &"xY".repeat(20),
        ] {
            let (form, capitals) = WordForm::lower(text.as_bytes(), 0, text.len());
            let mut out = Vec::new();
            form.write(&mut out);
            assert_eq!(out, text.to_ascii_lowercase().as_bytes());
            assert_eq!(form, WordForm::new(&out));
            assert_eq!(
                capitals as usize,
                text.bytes().filter(u8::is_ascii_uppercase).count()
            );
        }
    }
}
