//! The noisy channel's decoder: a beam search for the most probable original of a corrupted text.
//!
//! It goes through the corrupted text byte by byte with the best few prefixes of the original, and
//! keeps only the best of those that the model cannot tell apart. So it may miss the best text. It
//! never moves a space, so that each word stays beside the word it came from.

use crate::base::mail::Label;
use crate::model::{END, Sequence};
use crate::tokenize::stands_for;
use crate::train::augment::corruption::{Channel, LONGEST_MASKED, MASK};
use rustc_hash::FxHashMap;

/// Prefixes of the original that are kept.
const BEAM: usize = 24;
/// Prefixes that are given a deleted letter, at each byte.
const INSERTED: usize = 12;
/// Bytes before the next one that the model is told; longer contexts improve the text little and
/// cost much.
pub const CONTEXT: usize = 8;
/// Contexts whose successors are cached.
const CACHED: usize = 4096;
/// Bytes of prefixes that are held before the decoder settles on the best prefix, so that memory is
/// bounded.
const LONGEST_CHAIN: usize = 1 << 20;
/// Letters of the shortest word from which one may have been deleted.
const SHORTEST_SHORTENED: usize = 3;

/// A prefix of the original.
#[derive(Clone, Copy)]
struct Prefix {
    /// ln p of it and of what it became.
    log: f64,
    /// Its last byte in the search's chain of bytes.
    last: u32,
    /// The last [`CONTEXT`] bytes, the very last lowest, and how many there are.
    context: (u64, u8),
}

/// The search for what a text was, if it is of one class.
pub struct Decoder<'a> {
    model: &'a dyn Sequence,
    label: Label,
    channel: Channel,
    /// Bytes of all prefixes, each with the one before it.
    chain: Vec<(u32, u8)>,
    successors: FxHashMap<(u64, u8), [f64; END as usize + 1]>,
}

impl<'a> Decoder<'a> {
    /// A decoder that takes a text for one of class `label`.
    pub fn new(model: &'a dyn Sequence, label: Label, channel: Channel) -> Decoder<'a> {
        Decoder {
            model,
            label,
            channel,
            chain: vec![(0, 0)],
            successors: FxHashMap::default(),
        }
    }

    /// The best original, and ln p of it and of its corruption.
    pub fn decode(mut self, corrupted: &str) -> (String, f64) {
        let bytes = corrupted.as_bytes();
        let shortened = shortened(corrupted);
        let log_deletion = self.channel.log_deletion();
        // By byte of the corrupted text: the prefixes that account for all bytes before it. A mask
        // and a letter of several bytes lead further ahead than to the next one.
        let mut done = Vec::with_capacity(bytes.len());
        let mut reached: Vec<Vec<Prefix>> = vec![Vec::new(); bytes.len() + 1];
        reached[0].push(Prefix {
            log: 0.0,
            last: 0,
            context: (0, 0),
        });
        for at in 0..bytes.len() {
            let mut here = best(std::mem::take(&mut reached[at]), BEAM);
            if self.chain.len() > LONGEST_CHAIN {
                // Prefixes that have reached later bytes point into the chain, too. None is more
                // than three bytes ahead.
                here.truncate(1);
                reached[at..].iter_mut().take(4).for_each(Vec::clear);
                self.settle(&mut here, &mut done);
            }
            if is_mask(bytes, at) {
                let end = at + MASK.len();
                let words = self.words(&here, bytes.get(end).map_or(END, |&byte| u16::from(byte)));
                reached[end].extend(words);
            }
            if shortened[at] {
                here.extend(self.with_letter(&here.clone(), INSERTED, log_deletion));
            }
            let read = corrupted.get(at..).and_then(|rest| rest.chars().next());
            for prefix in here {
                let kept = self.longer(prefix, bytes[at], 0.0);
                reached[at + 1].push(kept);
                let Some(read) = read else { continue };
                for letter in stands_for(read) {
                    for letter in [letter, letter.to_ascii_uppercase()] {
                        let written = self.longer(prefix, letter, self.channel.log_homoglyph());
                        reached[at + read.len_utf8()].push(written);
                    }
                }
            }
        }
        let mut ends = best(std::mem::take(&mut reached[bytes.len()]), BEAM);
        if shortened[bytes.len()] {
            ends.extend(self.with_letter(&ends.clone(), INSERTED, log_deletion));
        }
        for prefix in &mut ends {
            prefix.log += self.next(prefix.context)[usize::from(END)].ln();
        }
        let mut ends = best(ends, 1);
        self.settle(&mut ends, &mut done);
        (
            String::from_utf8_lossy(&done).into_owned(),
            ends.first().map_or(f64::NEG_INFINITY, |prefix| prefix.log),
        )
    }

    /// Takes the bytes of the first prefix for `done`, and forgets all others.
    fn settle(&mut self, prefixes: &mut [Prefix], done: &mut Vec<u8>) {
        let Some(first) = prefixes.first_mut() else {
            return;
        };
        let start = done.len();
        while first.last != 0 {
            let (before, byte) = self.chain[first.last as usize];
            done.push(byte);
            first.last = before;
        }
        done[start..].reverse();
        self.chain.truncate(1);
    }

    /// p of every symbol after a context.
    fn next(&mut self, context: (u64, u8)) -> &[f64; END as usize + 1] {
        if self.successors.len() >= CACHED {
            self.successors.clear();
        }
        let Decoder {
            model,
            label,
            successors,
            ..
        } = self;
        successors.entry(context).or_insert_with(|| {
            let (bytes, length) = (context.0.to_be_bytes(), usize::from(context.1));
            model.next(&bytes[bytes.len() - length..], *label)
        })
    }

    /// The prefix with one more byte, which the channel changed with this ln p.
    fn longer(&mut self, prefix: Prefix, byte: u8, channel: f64) -> Prefix {
        let log = prefix.log + channel + self.next(prefix.context)[usize::from(byte)].ln();
        self.chain.push((prefix.last, byte));
        let (bytes, length) = prefix.context;
        let context = (
            bytes << 8 | u64::from(byte),
            (length + 1).min(CONTEXT as u8),
        );
        Prefix {
            log,
            last: (self.chain.len() - 1) as u32,
            context,
        }
    }

    /// The likeliest of the prefixes with one more letter, which the channel removed with this
    /// ln p.
    fn with_letter(&mut self, prefixes: &[Prefix], most: usize, channel: f64) -> Vec<Prefix> {
        let mut candidates: Vec<(f64, Prefix, u8)> = Vec::with_capacity(prefixes.len() * 52);
        for &prefix in prefixes {
            let next = self.next(prefix.context);
            let letters = (b'a'..=b'z').chain(b'A'..=b'Z');
            candidates.extend(
                letters.map(|letter| (prefix.log + next[usize::from(letter)].ln(), prefix, letter)),
            );
        }
        if candidates.len() > most {
            candidates.select_nth_unstable_by(most, |a, b| b.0.total_cmp(&a.0));
            candidates.truncate(most);
        }
        candidates
            .into_iter()
            .map(|(_, prefix, letter)| self.longer(prefix, letter, channel))
            .collect()
    }

    /// The prefixes, each with a likely word in place of the mask; `follows` is the symbol behind
    /// the mask.
    fn words(&mut self, here: &[Prefix], follows: u16) -> Vec<Prefix> {
        let log_mask = self.channel.log_mask();
        let mut growing = here.to_vec();
        let mut words: Vec<(f64, Prefix)> = Vec::with_capacity(LONGEST_MASKED * BEAM);
        for letters in 1..=LONGEST_MASKED {
            growing = self.with_letter(&growing, BEAM, if letters == 1 { log_mask } else { 0.0 });
            for &prefix in &growing {
                words.push((
                    prefix.log + self.next(prefix.context)[usize::from(follows)].ln(),
                    prefix,
                ));
            }
        }
        words.sort_by(|a, b| b.0.total_cmp(&a.0));
        words
            .into_iter()
            .take(BEAM)
            .map(|(_, prefix)| prefix)
            .collect()
    }
}

/// The likeliest, at most `most`, and of those in the same context one.
fn best(mut prefixes: Vec<Prefix>, most: usize) -> Vec<Prefix> {
    prefixes.sort_by(|a, b| b.log.total_cmp(&a.log));
    let mut kept: Vec<Prefix> = Vec::with_capacity(most);
    for prefix in prefixes {
        if kept.len() == most {
            break;
        }
        if kept.iter().all(|other| other.context != prefix.context) {
            kept.push(prefix);
        }
    }
    kept
}

/// Whether a masked word stands at `at`: three underscores and no more, beside no letter.
pub(super) fn is_mask(bytes: &[u8], at: usize) -> bool {
    let beside = |byte: Option<&u8>| {
        byte.is_none_or(|&b| b.is_ascii() && !b.is_ascii_alphanumeric() && b != b'_')
    };
    bytes[at..].starts_with(MASK.as_bytes())
        && beside(bytes[..at].last())
        && beside(bytes.get(at + MASK.len()))
}

/// Before which bytes a letter may have been deleted: inside and at both ends of what is long
/// enough and reads as a word.
fn shortened(corrupted: &str) -> Vec<bool> {
    let mut shortened = vec![false; corrupted.len() + 1];
    let reads = |letter: char| letter.is_ascii_alphabetic() || stands_for(letter).next().is_some();
    let mut chars = corrupted.char_indices().peekable();
    while let Some((start, letter)) = chars.next() {
        if !reads(letter) {
            continue;
        }
        let mut places = vec![start];
        while let Some((at, _)) = chars.next_if(|&(_, letter)| reads(letter)) {
            places.push(at);
        }
        if places.len() >= SHORTEST_SHORTENED {
            for &at in &places {
                shortened[at] = true;
            }
            let end = chars.peek().map_or(corrupted.len(), |&(at, _)| at);
            shortened[end] = true;
        }
    }
    shortened
}
