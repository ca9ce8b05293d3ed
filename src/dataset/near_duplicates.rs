//! When two messages are duplicates or near-duplicates, and the groups that follow.
//!
//! **Duplicates** agree up to case, digits, punctuation and spaces: one 64-bit key per message.
//! **Near-duplicates** share four fifths of their four-word shingles (Jaccard similarity 0.8). That
//! is estimated from a [`Sketch`] of 16 bytes, so that it also fits a corpus of millions: one
//! permutation hashing with 64 bins (Li, Owen and Zhang, NIPS 2012), empty bins filled from others
//! (Shrivastava, ICML 2017), two bits kept of each minimum (Li and König, WWW 2010). Two bits of
//! unlike messages agree by chance one time in four, so 64 of them at a similarity of 0.8 tell it
//! to ± 0.06, and an estimate of [`NEAR`] is enough: that finds 99 % of the pairs at 0.8 and above
//! in SpamAssassin (1683 of 1696, counted by exact shingles) and joins some at 0.7. Which pairs to
//! look at follows from equal bands of eight bins (locality-sensitive hashing); near-duplicates of
//! near-duplicates fall into one group, which is what keeps the estimate of a split unbiased.

use crate::base::keyed::KeyedMap;
use crate::tokenize::{Lexicon, TokenId, TokenKind};
use rayon::prelude::*;
use rustc_hash::FxHasher;
use std::hash::Hasher;

/// Letters below which a body alone is too short to call two messages duplicates; the subject then
/// counts, too.
const SHORT: usize = 40;
/// Estimated Jaccard similarity of shingles from which two messages are near-duplicates.
const NEAR: f64 = 0.75;
/// Number of words of a shingle.
const SHINGLE: usize = 4;
/// Fewest shingles of a message that can be a near-duplicate.
const FEWEST: usize = 5;
/// Number of bins of a sketch.
const BINS: usize = 64;
/// Bins of a band; pairs that agree in all bins of a band are compared.
const BAND: usize = 8;
/// Orders in which the bins are cut into bands.
const ORDERS: u64 = 3;
/// Messages of one band that each message is compared with, at most: what keeps a corpus made to be
/// slow from being so.
pub(super) const COMPARED: usize = 500;

/// Each byte as it counts for duplicates: letters in lower case, bytes of UTF-8 beyond ASCII as
/// they are (case folding there would cost more than it could find), all else 0.
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

/// A key that is equal for duplicates: texts whose bodies agree up to case, digits, punctuation and
/// spaces; of short bodies the subject must agree too. None for a message without a letter in its
/// body. `letters` is memory to be used again.
pub(super) fn copy_key(text: &[u8], letters: &mut Vec<u8>) -> Option<u64> {
    let body = memchr::memchr(b'\n', text).map_or(0, |end| end + 1);
    let mut count = keep_letters(&text[body..], letters);
    if count == 0 {
        return None;
    }
    if count < SHORT {
        count = keep_letters(text, letters);
    }
    let mut hasher = FxHasher::default();
    hasher.write(&letters[..count]);
    Some(hasher.finish())
}

/// Puts the letters of `text` at the beginning of `letters`; returns how many there are.
fn keep_letters(text: &[u8], letters: &mut Vec<u8>) -> usize {
    if letters.len() < text.len() {
        letters.resize(text.len(), 0);
    }
    let mut count = 0;
    // No branch depends on the text, which is what makes this fast.
    for &byte in text {
        let letter = LETTER[byte as usize];
        letters[count] = letter;
        count += usize::from(letter != 0);
    }
    count
}

/// Two bits for each of 64 bins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Sketch(u128);

/// The low bit of each bin.
const LOW_BITS: u128 = u128::MAX / 3;

impl Sketch {
    /// Bins in which both agree.
    fn agreement(self, other: Sketch) -> u32 {
        let differing = self.0 ^ other.0;
        BINS as u32 - ((differing | differing >> 1) & LOW_BITS).count_ones()
    }

    /// The Jaccard similarity of the shingles of two messages, estimated: agreement is 1/4 + 3/4 J.
    pub fn similarity(self, other: Sketch) -> f64 {
        let agreement = f64::from(self.agreement(other)) / BINS as f64;
        ((agreement - 0.25) / 0.75).max(0.0)
    }

    /// Whether it is that of a near-duplicate.
    pub fn is_near(self, other: Sketch) -> bool {
        self.similarity(other) >= NEAR
    }

    fn bin(self, at: usize) -> u32 {
        (self.0 >> (2 * at)) as u32 & 3
    }

    /// As it is kept in a file.
    pub fn to_bytes(self) -> [u8; 16] {
        self.0.to_le_bytes()
    }

    /// Reads back [`to_bytes`](Sketch::to_bytes).
    pub fn of_bytes(bytes: [u8; 16]) -> Sketch {
        Sketch(u128::from_le_bytes(bytes))
    }
}

/// What a corpus keeps of a message to tell its duplicates by.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Fingerprint {
    /// Equal for duplicates; none for a message without a letter.
    pub key: Option<u64>,
    /// Alike for near-duplicates; none for a message of few words.
    pub sketch: Option<Sketch>,
}

/// Makes sketches from tokens of one lexicon.
#[derive(Default)]
pub(super) struct Sketcher {
    /// Hash of each token that is a word of the body, else 0.
    hashes: Vec<u64>,
    /// Those of the words of one message.
    words: Vec<u64>,
}

/// An odd number for multiplying hashes (from the golden ratio).
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// The hash of a token, the same in every run.
pub(super) fn token_hash(token: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(token.as_bytes());
    mix(hasher.finish())
}

/// The hash of what a message says: of the hashes of its tokens, in order of first mention, each
/// with its count.
pub(super) fn bag_hash(bag: impl Iterator<Item = (u64, u32)>) -> u64 {
    bag.fold(0, |hash, (token, count)| {
        mix(hash.wrapping_mul(GOLDEN) ^ token.wrapping_add(u64::from(count)))
    })
}

/// Spreads the bits of `value` over all of a hash.
pub(super) fn mix(value: u64) -> u64 {
    let value = (value ^ value >> 32).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    (value ^ value >> 29).wrapping_mul(GOLDEN)
}

impl Sketcher {
    /// The sketch of a message; none if it has too few words. `lexicon` must be the same each time.
    pub fn sketch(&mut self, lexicon: &Lexicon, tokens: &[TokenId]) -> Option<Sketch> {
        self.learn(lexicon);
        // Words are gathered first: which token is one cannot be foretold, and a branch on it costs
        // more than the rest.
        self.words.resize(tokens.len().max(self.words.len()), 0);
        let mut words = 0;
        for &token in tokens {
            let hash = self.hashes[token as usize];
            self.words[words] = hash;
            words += usize::from(hash != 0);
        }
        let mut minima = [u64::MAX; BINS];
        for shingle in self.words[..words].windows(SHINGLE) {
            let shingle = mix(shingle.iter().fold(0, |hash: u64, word| {
                hash.wrapping_mul(GOLDEN).wrapping_add(*word)
            }));
            let minimum = &mut minima[(shingle >> 58) as usize];
            *minimum = (*minimum).min(shingle & (u64::MAX >> 6));
        }
        (words >= SHINGLE + FEWEST - 1).then(|| fill(&minima))
    }

    fn learn(&mut self, lexicon: &Lexicon) {
        for (kind, token) in lexicon.iter_from(self.hashes.len()) {
            let is_word = matches!(
                kind,
                TokenKind::Word | TokenKind::Function | TokenKind::Number
            );
            self.hashes
                .push(if is_word { token_hash(token) | 1 } else { 0 });
        }
    }
}

/// Two bits of each minimum; an empty bin takes those of another, the same one in every message
/// where that is not empty.
fn fill(minima: &[u64; BINS]) -> Sketch {
    let mut bits = 0;
    for bin in 0..BINS {
        let mut from = bin;
        let mut attempt = 0;
        while minima[from] == u64::MAX {
            attempt += 1;
            from = (mix(attempt * BINS as u64 + bin as u64) >> 58) as usize;
        }
        bits |= u128::from(minima[from] & 3) << (2 * bin);
    }
    Sketch(bits)
}

/// One of four parts for each message: duplicates share it, and so do most near-duplicates.
/// `said` is the hash of the bag of a message that has neither a key nor a sketch.
pub(super) fn part(key: Option<u64>, sketch: Option<Sketch>, said: impl Fn() -> u64) -> u8 {
    let hash = || key.map_or_else(said, mix) & 3;
    sketch.map_or_else(hash, |sketch| u64::from(sketch.bin(0))) as u8
}

/// The group of each message, by the row of its first member: duplicates and near-duplicates share
/// one.
pub(super) fn groups(messages: &[Fingerprint]) -> Vec<u32> {
    let mut groups = Groups((0..messages.len() as u32).collect());
    let mut first: KeyedMap<u64, u32> = KeyedMap::default();
    for (row, message) in messages.iter().enumerate() {
        if let Some(key) = message.key {
            groups.join(*first.entry(key).or_insert(row as u32), row as u32);
        }
    }
    // Equal sketches need no bands, and one of them stands for all.
    let mut distinct: KeyedMap<Sketch, u32> = KeyedMap::default();
    let mut rows: Vec<(Sketch, u32)> = Vec::new();
    for (row, message) in messages.iter().enumerate() {
        let Some(sketch) = message.sketch else {
            continue;
        };
        let known = *distinct.entry(sketch).or_insert(row as u32);
        groups.join(known, row as u32);
        if known == row as u32 {
            rows.push((sketch, known));
        }
    }
    let near: Vec<Vec<(u32, u32)>> = bands()
        .par_iter()
        .map(|band| near_within(band, &rows))
        .collect();
    for (a, b) in near.into_iter().flatten() {
        groups.join(a, b);
    }
    (0..messages.len() as u32)
        .map(|row| groups.find(row))
        .collect()
}

/// The bins of each band, in all orders.
pub(super) fn bands() -> Vec<Vec<usize>> {
    let orders: Vec<[usize; BINS]> = (0..ORDERS).map(order_of_bins).collect();
    let bands = orders.iter().flat_map(|bins| bins.chunks(BAND));
    bands.map(<[usize]>::to_vec).collect()
}

/// What sketches share that agree in all bins of a band.
pub(super) fn band_key(band: &[usize], sketch: Sketch) -> u32 {
    band.iter().fold(0, |key, &bin| key << 2 | sketch.bin(bin))
}

/// A fixed order of the bins; the first is that of their numbers.
fn order_of_bins(order: u64) -> [usize; BINS] {
    let mut bins = std::array::from_fn(|bin| bin);
    if order > 0 {
        bins.sort_by_key(|&bin| mix(order << 32 | bin as u64));
    }
    bins
}

/// Pairs of near-duplicates among those that agree in all bins of one band.
fn near_within(band: &[usize], rows: &[(Sketch, u32)]) -> Vec<(u32, u32)> {
    let mut near = Vec::new();
    let mut keyed: Vec<(u32, u32)> = rows
        .iter()
        .zip(0..)
        .map(|(&(sketch, _), at)| (band_key(band, sketch), at))
        .collect();
    keyed.sort_unstable();
    for bucket in keyed.chunk_by(|a, b| a.0 == b.0) {
        for (at, &(_, a)) in bucket.iter().enumerate() {
            let (sketch, row) = rows[a as usize];
            for &(_, b) in &bucket[at + 1..bucket.len().min(at + 1 + COMPARED)] {
                let (other, other_row) = rows[b as usize];
                if sketch.is_near(other) {
                    near.push((row, other_row));
                }
            }
        }
    }
    near
}

/// Disjoint sets, each known by its lowest row.
struct Groups(Vec<u32>);

impl Groups {
    fn find(&mut self, row: u32) -> u32 {
        let mut at = row;
        while self.0[at as usize] != at {
            // Halving the path keeps later look-ups short.
            self.0[at as usize] = self.0[self.0[at as usize] as usize];
            at = self.0[at as usize];
        }
        at
    }

    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.find(a), self.find(b));
        self.0[a.max(b) as usize] = a.min(b);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A text of `words` words from a made-up vocabulary, as tokens.
    fn text(seed: u64, words: usize) -> Vec<TokenId> {
        (0..words as u64)
            .map(|at| (mix(seed << 32 | at) % 5000) as TokenId)
            .collect()
    }

    fn lexicon() -> Lexicon {
        let mut lexicon = Lexicon::new();
        for number in 0..5000 {
            lexicon.intern(TokenKind::Word, &format!("word{number}"));
        }
        lexicon
    }

    /// Shingles of both over shingles of either, counted one by one.
    fn jaccard(a: &[TokenId], b: &[TokenId]) -> f64 {
        let set = |tokens: &[TokenId]| {
            tokens
                .windows(4)
                .map(<[u32]>::to_vec)
                .collect::<std::collections::HashSet<_>>()
        };
        let (a, b) = (set(a), set(b));
        a.intersection(&b).count() as f64 / a.union(&b).count() as f64
    }

    #[test]
    fn similarity_is_estimated_without_bias() {
        let (lexicon, mut sketcher) = (lexicon(), Sketcher::default());
        for changed in [0, 8, 30, 120] {
            let (mut estimated, mut exact) = (0.0, 0.0);
            let pairs = 200;
            for pair in 0..pairs {
                let a = text(pair, 300);
                let mut b = a.clone();
                b.splice(40..40 + changed, text(pair + 1000, changed));
                exact += jaccard(&a, &b);
                let mut sketch = |tokens: &[TokenId]| sketcher.sketch(&lexicon, tokens).unwrap();
                let (a, b) = (sketch(&a), sketch(&b));
                estimated += f64::from(a.agreement(b)) / 64.0;
            }
            let estimated = (estimated / pairs as f64 - 0.25) / 0.75;
            // 200 pairs of 64 bins each tell the mean to ± 0.005 (one deviation); four of them.
            assert!(
                (estimated - exact / pairs as f64).abs() < 0.02,
                "{changed} changed: {estimated}"
            );
        }
    }

    #[test]
    fn near_copies_are_grouped_and_others_are_not() {
        let (lexicon, mut sketcher) = (lexicon(), Sketcher::default());
        let mut emails = Vec::new();
        for family in 0..100 {
            let original = text(family, 200);
            let mut near = original.clone();
            near.splice(100..104, text(family + 500, 4));
            let mut far = original.clone();
            far.splice(20..120, text(family + 900, 100));
            emails.extend([original, near, far]);
        }
        let fingerprint = |mail: &Vec<TokenId>| Fingerprint {
            key: None,
            sketch: sketcher.sketch(&lexicon, mail),
        };
        let groups = groups(&emails.iter().map(fingerprint).collect::<Vec<_>>());
        // Jaccard 0.93 by hand: 197 shingles, 7 of them changed; and about 0.3 for the others.
        let near = (0..100)
            .filter(|family| groups[family * 3 + 1] == groups[family * 3])
            .count();
        let far = (0..100)
            .filter(|family| groups[family * 3 + 2] == groups[family * 3])
            .count();
        assert!(near >= 97, "{near} of 100 near-duplicates found");
        assert_eq!(far, 0);
        assert_eq!(sketcher.sketch(&lexicon, &text(1, 7)), None);
    }

    #[test]
    fn copies_agree_up_to_case_digits_and_punctuation() {
        let key = |text: &str| copy_key(text.as_bytes(), &mut Vec::new());
        let long = "Your parcel number 4711 waits at the depot in Springfield, please collect it.";
        assert_eq!(
            key(&format!("a\n{long}")),
            key(&format!(
                "b\n{}",
                long.to_uppercase().replace("4711", "(99)")
            ))
        );
        assert_eq!(key("hello\nCall me!"), key("Hello.\ncall me"));
        assert_ne!(key("hello\nCall me!"), key("bye\nCall me!"));
        assert_eq!(key("subject\n123 !"), None);
    }
}
