//! The memory that makes reading fast: which token a written form stands for.
//!
//! Lower-casing, stemming and prefixing cost a hundred times more than finding the word itself, so
//! they are done once for each distinct form. A form is held as 8-byte chunks padded with zeros (no
//! word holds a zero byte): words of up to eight bytes, most of all text, are found by comparing
//! one integer. Open addressing with linear probing, at most 3/4 full. Past [`LIMIT`] forms the
//! memory is emptied and fills again; that costs time and changes no token.

use crate::tokenize::lexicon::TokenId;

/// A slot that holds nothing yet.
const EMPTY: TokenId = TokenId::MAX - 1;
/// Marks what stands for a form as the place of several tokens. No lexicon holds so many that a
/// token has this bit.
const SEVERAL: TokenId = 1 << 31;
/// Bytes of the longest form.
pub(crate) const LONGEST: usize = 40;
/// Forms held before the memory is emptied.
const LIMIT: usize = 1 << 20;
/// Marks [`Slot::rest`] as a position in the arena.
const IN_ARENA: u32 = 1 << 31;

/// A written form as chunks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WordForm {
    chunks: [u64; LONGEST / 8],
    len: usize,
}

impl WordForm {
    /// The form `bytes`, as it is. At most [`LONGEST`] bytes count.
    pub fn new(bytes: &[u8]) -> WordForm {
        let bytes = &bytes[..bytes.len().min(LONGEST)];
        let mut chunks = [0; LONGEST / 8];
        for (chunk, part) in chunks.iter_mut().zip(bytes.chunks(8)) {
            *chunk = load(part);
        }
        WordForm {
            chunks,
            len: bytes.len(),
        }
    }

    /// The ASCII word `text[start..end]` in lower case, and how many of its bytes are capital
    /// letters.
    #[inline]
    pub fn lower(text: &[u8], start: usize, end: usize) -> (WordForm, u32) {
        let len = (end - start).min(LONGEST);
        let mut chunks = [0; LONGEST / 8];
        let mut capitals = 0;
        for (at, chunk) in chunks.iter_mut().enumerate().take(len.div_ceil(8)) {
            let from = start + at * 8;
            let left = (len - at * 8).min(8);
            // Reading eight bytes at once and masking is much faster than copying the few that
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

    fn used(&self) -> &[u64] {
        &self.chunks[..self.len.div_ceil(8)]
    }

    /// Writes the bytes of the form.
    pub fn write(&self, out: &mut Vec<u8>) {
        let start = out.len();
        for chunk in self.used() {
            out.extend_from_slice(&chunk.to_le_bytes());
        }
        out.truncate(start + self.len);
    }
}

/// One in each byte.
const ONES: u64 = 0x0101_0101_0101_0101;
/// The high bit of each byte.
const HIGH: u64 = 0x80 * ONES;

/// Added to bytes below 0x80, sets the high bit of those that are at least `byte`.
const fn at_least(byte: u8) -> u64 {
    (0x80 - byte as u64) * ONES
}

/// A word of at most seven ASCII letters and digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ShortWord {
    /// Its bytes in lower case, the rest zero.
    pub chunk: u64,
    pub len: usize,
    /// How many of its bytes are capital letters.
    pub capitals: u32,
    /// The byte that ends it.
    pub next: u8,
}

impl ShortWord {
    /// The word at `start`, found without a loop; none if it is longer than seven bytes, an
    /// apostrophe or a byte beyond ASCII follows, or the text ends too soon to tell.
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

    /// The same as a form.
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
    let low = eight & !HIGH;
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

/// Eight ASCII bytes in lower case, and how many were capital letters.
#[inline]
fn to_lower(word: u64) -> (u64, u32) {
    let capital = word.wrapping_add(at_least(b'A')) & !word.wrapping_add(at_least(b'Z' + 1)) & HIGH;
    (word | capital >> 2, capital.count_ones())
}

#[derive(Clone, Copy)]
struct Slot {
    first: u64,
    /// Place of the word if it is one chunk long, else [`IN_ARENA`] and where place, length and
    /// other chunks stand.
    rest: u32,
    token: TokenId,
}

/// Form and place → token.
pub(crate) struct FormCache {
    slots: Vec<Slot>,
    arena: Vec<u64>,
    /// The tokens of forms that give several, after their number.
    several: Vec<TokenId>,
    held: usize,
}

impl FormCache {
    pub fn new() -> FormCache {
        let slots = vec![
            Slot {
                first: 0,
                rest: 0,
                token: EMPTY
            };
            1 << 12
        ];
        FormCache {
            slots,
            arena: Vec::new(),
            several: Vec::new(),
            held: 0,
        }
    }

    /// What stands for a form that gives all of `tokens`.
    pub fn join(&mut self, tokens: &[TokenId]) -> TokenId {
        let at = self.several.len() as TokenId;
        self.several.push(tokens.len() as TokenId);
        self.several.extend_from_slice(tokens);
        at | SEVERAL
    }

    /// Appends the tokens that `found`, what stands for a form, means: mostly itself.
    #[inline]
    pub fn append(&self, found: TokenId, tokens: &mut Vec<TokenId>) {
        if found & SEVERAL == 0 {
            tokens.push(found);
        } else {
            let at = (found & !SEVERAL) as usize;
            tokens.extend_from_slice(&self.several[at + 1..][..self.several[at] as usize]);
        }
    }

    /// The token of `form` at `place`, or the slot where it can be put.
    #[inline]
    pub fn find(&self, place: u16, form: &WordForm) -> Result<TokenId, usize> {
        let mask = self.slots.len() - 1;
        let mut at = hash(place, form) as usize & mask;
        loop {
            let slot = &self.slots[at];
            if slot.token == EMPTY {
                return Err(at);
            }
            if slot.first == form.chunks[0] && self.same(slot.rest, place, form) {
                return Ok(slot.token);
            }
            at = (at + 1) & mask;
        }
    }

    /// As [`FormCache::find`], for the many words that are one chunk.
    #[inline]
    pub fn find_short(&self, place: u16, chunk: u64) -> Result<TokenId, usize> {
        let mask = self.slots.len() - 1;
        let mut at = finish(mix(u64::from(place), chunk)) as usize & mask;
        loop {
            let slot = &self.slots[at];
            if slot.first == chunk && slot.rest == u32::from(place) && slot.token != EMPTY {
                return Ok(slot.token);
            }
            if slot.token == EMPTY {
                return Err(at);
            }
            at = (at + 1) & mask;
        }
    }

    #[inline]
    fn same(&self, rest: u32, place: u16, form: &WordForm) -> bool {
        if form.len <= 8 {
            return rest == u32::from(place);
        }
        let at = (rest & !IN_ARENA) as usize;
        let others = &form.used()[1..];
        rest & IN_ARENA != 0
            && self.arena[at] == signature(place, form)
            && self.arena.get(at + 1..at + 1 + others.len()) == Some(others)
    }

    /// Puts what [`FormCache::find`] did not find into the slot it named.
    pub fn put(&mut self, slot: usize, place: u16, form: &WordForm, token: TokenId) {
        let rest = if form.len <= 8 {
            u32::from(place)
        } else {
            let at = self.arena.len() as u32;
            self.arena.push(signature(place, form));
            self.arena.extend_from_slice(&form.used()[1..]);
            at | IN_ARENA
        };
        self.slots[slot] = Slot {
            first: form.chunks[0],
            rest,
            token,
        };
        self.held += 1;
        if self.held >= LIMIT {
            *self = FormCache::new();
        } else if self.held * 4 > self.slots.len() * 3 {
            self.grow();
        }
    }

    fn grow(&mut self) {
        let larger = vec![
            Slot {
                first: 0,
                rest: 0,
                token: EMPTY
            };
            self.slots.len() * 2
        ];
        let old = std::mem::replace(&mut self.slots, larger);
        let mask = self.slots.len() - 1;
        for slot in old.into_iter().filter(|slot| slot.token != EMPTY) {
            let mut at = self.hash_of(&slot) as usize & mask;
            while self.slots[at].token != EMPTY {
                at = (at + 1) & mask;
            }
            self.slots[at] = slot;
        }
    }

    fn hash_of(&self, slot: &Slot) -> u64 {
        if slot.rest & IN_ARENA == 0 {
            return finish(mix(u64::from(slot.rest), slot.first));
        }
        let at = (slot.rest & !IN_ARENA) as usize;
        let signature = self.arena[at];
        let chunks = (signature as u16 as usize).div_ceil(8);
        let others = &self.arena[at + 1..at + chunks];
        finish(
            others
                .iter()
                .fold(mix(signature >> 16, slot.first), |state, &chunk| {
                    mix(state, chunk)
                }),
        )
    }
}

/// Place and length in one integer.
fn signature(place: u16, form: &WordForm) -> u64 {
    u64::from(place) << 16 | form.len as u64
}

#[inline]
fn hash(place: u16, form: &WordForm) -> u64 {
    let mut state = mix(u64::from(place), form.chunks[0]);
    if form.len > 8 {
        state = form.used()[1..]
            .iter()
            .fold(state, |state, &chunk| mix(state, chunk));
    }
    finish(state)
}

#[inline]
fn mix(state: u64, chunk: u64) -> u64 {
    (state.rotate_left(23) ^ chunk).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// Brings the well-mixed high bits down, where the table looks.
#[inline]
fn finish(state: u64) -> u64 {
    state >> 32 ^ state >> 15
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_told_apart_by_every_byte_and_by_place() {
        let words: Vec<String> = (0..9000)
            .map(|n| format!("{}{n}", "abcdefghijklmnop".repeat(n % 3)))
            .collect();
        let mut cache = FormCache::new();
        for (token, word) in words.iter().enumerate() {
            for place in [0, 7] {
                let form = WordForm::new(word.as_bytes());
                let slot = cache.find(place, &form).unwrap_err();
                cache.put(slot, place, &form, token as u32 * 8 + u32::from(place));
            }
        }
        for (token, word) in words.iter().enumerate() {
            let form = WordForm::new(word.as_bytes());
            assert_eq!(cache.find(0, &form), Ok(token as u32 * 8));
            assert_eq!(cache.find(7, &form), Ok(token as u32 * 8 + 7));
            assert!(cache.find(3, &form).is_err());
        }
    }

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
