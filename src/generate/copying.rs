//! How much of a text is copied: the longest run of bytes that it shares with other texts.
//!
//! Every eighth window of 12 bytes of the known texts is indexed by a hash, so that every run of 19
//! bytes or more holds an indexed window; from each window found the run is followed to both sides.
//! Shorter runs, which any two English messages share, count for nothing. A window that stands in
//! very many places is looked up in 64 of them: the places of one footer are alike.

use rayon::prelude::*;

/// Length of a window, in bytes.
const WINDOW: usize = 12;
/// Every eighth window is indexed.
const STRIDE: usize = 8;
/// Places at which one window is looked up.
const MOST_PLACES: usize = 64;
/// The shortest run that is sure to be found.
pub const SHORTEST_RUN: usize = WINDOW + STRIDE - 1;

/// Known texts, indexed to find what another text copies from them.
pub struct CopyIndex {
    /// The texts one after the other.
    text: Vec<u8>,
    /// Where each text ends.
    ends: Vec<usize>,
    /// Hash and place of the windows, sorted.
    windows: Vec<(u32, u32)>,
}

impl CopyIndex {
    /// Indexes texts: of more than 4 GB the first 4 GB.
    pub fn new<'a>(texts: impl Iterator<Item = &'a [u8]>) -> CopyIndex {
        let (mut text, mut ends, mut windows) = (Vec::new(), Vec::new(), Vec::new());
        for one in texts {
            let start = text.len();
            if start + one.len() > u32::MAX as usize {
                break;
            }
            let places = one.windows(WINDOW).enumerate().step_by(STRIDE);
            windows.extend(places.map(|(at, window)| (hash(window), (start + at) as u32)));
            text.extend_from_slice(one);
            ends.push(text.len());
        }
        windows.par_sort_unstable();
        CopyIndex {
            text,
            ends,
            windows,
        }
    }

    /// The longest run of at least [`SHORTEST_RUN`] bytes that `text` shares with one of the known
    /// texts: where it stands in `text`.
    pub fn longest_run(&self, text: &[u8]) -> Option<std::ops::Range<usize>> {
        let mut best = 0..0;
        for (at, window) in text.windows(WINDOW).enumerate() {
            let hash = hash(window);
            let first = self.windows.partition_point(|&(other, _)| other < hash);
            let places = self.windows[first..]
                .iter()
                .take(MOST_PLACES)
                .take_while(|&&(other, _)| other == hash);
            for &(_, place) in places {
                let run = self.run(text, at, place as usize);
                if run.len() > best.len() {
                    best = run;
                }
            }
        }
        (best.len() >= SHORTEST_RUN).then_some(best)
    }

    /// The run around two windows of the same hash: of `text`, and at `place` of the known texts.
    fn run(&self, text: &[u8], at: usize, place: usize) -> std::ops::Range<usize> {
        let of = self.ends.partition_point(|&end| end <= place);
        let start = if of == 0 { 0 } else { self.ends[of - 1] };
        let known = &self.text[start..self.ends[of]];
        let place = place - start;
        let alike = |(a, b): &(&u8, &u8)| a == b;
        let after = text[at..]
            .iter()
            .zip(&known[place..])
            .take_while(alike)
            .count();
        let before = text[..at]
            .iter()
            .rev()
            .zip(known[..place].iter().rev())
            .take_while(alike)
            .count();
        if after < WINDOW {
            at..at
        } else {
            at - before..at + after
        }
    }
}

/// The hash FNV-1a, folded to 32 bits.
fn hash(window: &[u8]) -> u32 {
    let hash = window
        .iter()
        .fold(0xCBF2_9CE4_8422_2325_u64, |hash, &byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
        });
    (hash ^ hash >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::math::below;
    use crate::base::streams::{Stream, random_stream};

    #[test]
    fn the_longest_run_is_the_one_found_by_trying_all() {
        let mut rng = random_stream(3, Stream::Test(0));
        let mut letters = |length: usize| {
            (0..length)
                .map(|_| b"ab"[below(&mut rng, 2)])
                .collect::<Vec<u8>>()
        };
        let known: Vec<Vec<u8>> = [300, 0, 5, 211].into_iter().map(&mut letters).collect();
        let index = CopyIndex::new(known.iter().map(Vec::as_slice));
        for at in 0..200 {
            let mut text = letters(60);
            let (from, length) = (at % 180, at % 45);
            text.extend_from_slice(&known[3][from..(from + length).min(211)]);
            text.extend(letters(30));
            let occurs = |run: &[u8]| {
                known
                    .iter()
                    .any(|text| text.windows(run.len()).any(|window| window == run))
            };
            let longest = (1..=text.len())
                .rev()
                .find(|&length| text.windows(length).any(occurs))
                .unwrap();
            let found = index.longest_run(&text);
            assert_eq!(
                found.clone().map(|run| run.len()),
                Some(longest).filter(|&length| length >= SHORTEST_RUN)
            );
            assert!(found.is_none_or(|run| occurs(&text[run])));
        }
    }

    #[test]
    fn a_run_does_not_go_on_into_the_next_text() {
        let index = CopyIndex::new(
            [
                &b"the end of the first text"[..],
                b"and the second one begins",
            ]
            .into_iter(),
        );
        let run = index
            .longest_run(b"the end of the first textand the second one begins")
            .unwrap();
        assert_eq!(run, 0..25);
        assert_eq!(
            CopyIndex::new(std::iter::empty()).longest_run(b"whatever there may be in it"),
            None
        );
    }
}
