//! Strings of words and their counts, in the order in which a model file has them.
//!
//! Eight bytes hold all that is known of a string, and what continues a context stands side by
//! side: what finds the next word tells the weights of the context, too, where few words follow it.
//! The weights of the others are kept.

use super::weights::{Taken, Weight, weigh};
use crate::generative::language::strings::{LONGEST, MOST_NODES, Strings, Symbol};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use std::hint::select_unpredictable;
use std::ops::Range;

/// Bits of a count.
const BITS: u32 = 20;
/// A count with all of them set: it, and any greater one, stands in a list of its own.
const LARGE: u32 = (1 << BITS) - 1;

/// Contexts of at least so many children keep their weights.
const WIDE: usize = 9;

/// The last word of the first of so many strings is a landmark.
const STRIDE: usize = 8;

/// A string and its counts, of which one is at least [`LARGE`].
pub type LargeCounts = [u32; 3];

/// A string: its last word, its count in ham and in spam.
pub fn packed(symbol: u32, counts: [u32; 2]) -> u64 {
    let [ham, spam] = counts.map(|count| u64::from(count.min(LARGE)));
    u64::from(symbol) << (2 * BITS) | ham << BITS | spam
}

/// The last word of a string.
pub fn symbol(string: u64) -> u32 {
    (string >> (2 * BITS)) as u32
}

/// The counts of a string; None for a large one that is missing.
#[inline]
pub fn counts(node: u32, string: u64, large: &[LargeCounts]) -> Option<[u32; 2]> {
    let counts = [(string >> BITS) as u32 & LARGE, string as u32 & LARGE];
    if !counts.contains(&LARGE) {
        return Some(counts);
    }
    let found = large.binary_search_by_key(&node, |&[node, ..]| node).ok()?;
    let [_, ham, spam] = large[found];
    Some([ham, spam])
}

/// Those of all strings with these counts that are large.
pub fn large_among(counts: impl Iterator<Item = [u32; 2]>) -> Vec<LargeCounts> {
    let large = (0..)
        .zip(counts)
        .filter(|(_, counts)| counts.iter().any(|&count| count >= LARGE));
    large.map(|(node, [ham, spam])| [node, ham, spam]).collect()
}

/// Strings of words in the order of their lengths, then of what they begin with, then of their last
/// words. The empty one has the number 0.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct WordStrings {
    order: usize,
    #[serde(skip)]
    strings: Vec<u64>,
    /// First child of each string that may be a context; those of the next begin where they end.
    #[serde(skip)]
    first: Vec<u32>,
    /// The landmarks: what a search among many strings looks at before it looks at a few of them.
    #[serde(skip)]
    landmarks: Vec<u32>,
    #[serde(skip)]
    large: Vec<LargeCounts>,
    /// Of the contexts of at least so many children.
    #[serde(skip)]
    weights: FxHashMap<u32, [Weight; 2]>,
    #[serde(skip)]
    wide: usize,
}

const CONTRADICTION: &str = "its strings of words contradict one another";

impl WordStrings {
    /// The strings of a trie.
    pub fn of(trie: Strings<u32>, counts: Vec<[u32; 2]>) -> WordStrings {
        let inner = trie.shorter_than_longest() as usize;
        let (order, symbols, mut first) = (trie.order, trie.symbols, trie.first);
        first.truncate(inner + 1);
        first.shrink_to_fit();
        let large = large_among(counts.iter().copied());
        let strings = symbols.into_iter().zip(counts);
        let strings = strings.map(|(symbol, counts)| packed(symbol, counts));
        WordStrings::with_landmarks(order, strings.collect(), first, large)
    }

    /// Strings that were read. Refuses those that contradict one another, so that they can be
    /// walked without a check.
    pub fn of_parts(
        order: usize,
        strings: Vec<u64>,
        first: Vec<u32>,
        large: Vec<LargeCounts>,
    ) -> Result<WordStrings, &'static str> {
        if strings.len() > MOST_NODES || order > LONGEST {
            return Err(CONTRADICTION);
        }
        let read = WordStrings::with_landmarks(order, strings, first, large);
        if read.is_sound() {
            Ok(read)
        } else {
            Err(CONTRADICTION)
        }
    }

    fn with_landmarks(
        order: usize,
        strings: Vec<u64>,
        first: Vec<u32>,
        large: Vec<LargeCounts>,
    ) -> WordStrings {
        let landmarks = strings.iter().step_by(STRIDE);
        WordStrings {
            order,
            landmarks: landmarks.map(|&string| symbol(string)).collect(),
            strings,
            first,
            large,
            weights: FxHashMap::default(),
            wide: WIDE,
        }
    }

    /// Whether the children of each string come after those of the one before, in the order of
    /// their words, and every context has some; and large counts are those of strings that need
    /// them.
    fn is_sound(&self) -> bool {
        let len = self.strings.len();
        let ends = (self.first.first(), self.first.last());
        if ends != (Some(&1), Some(&(len as u32))) || !self.first.is_sorted() {
            return false;
        }
        let mut level = 0..1;
        for _ in 0..=self.order {
            let inner = (level.end as usize) < self.first.len();
            let of = |node: u32| {
                let is_context = node == 0 || self.symbol(node) < u32::END;
                let children = self.children(node);
                let children = &self.strings[children.start as usize..children.end as usize];
                is_context != children.is_empty()
                    && children.is_sorted_by(|&a, &b| symbol(a) < symbol(b))
            };
            if !inner || !level.clone().all(of) {
                return false;
            }
            let next = self.first[level.start as usize]..self.first[level.end as usize];
            if next.start != level.end {
                return false;
            }
            level = next;
        }
        let nodes = (0..).zip(&self.strings);
        let need = nodes.filter(|&(_, &string)| counts(0, string, &[]).is_none());
        let need = need.map(|(node, _): (u32, _)| node);
        level.start as usize + 1 == self.first.len()
            && level.end as usize == len
            && need.eq(self.large.iter().map(|&[node, ..]| node))
            && self.large.iter().all(|&[node, ham, spam]| {
                self.strings[node as usize] == packed(self.symbol(node), [ham, spam])
            })
    }

    /// Some strings with all that they begin with, in the same order; a context among them may have
    /// lost its children, and its weights are those that are given here. Refuses what cannot be
    /// walked.
    pub fn narrowed(
        order: usize,
        strings: Vec<u64>,
        first: Vec<u32>,
        large: Vec<LargeCounts>,
        weights: FxHashMap<u32, [Weight; 2]>,
    ) -> Result<WordStrings, &'static str> {
        let ends = (first.first(), first.last());
        let sound = ends == (Some(&1), Some(&(strings.len() as u32)))
            && first.len() == strings.len() + 1
            && first.is_sorted();
        if !sound {
            return Err(CONTRADICTION);
        }
        Ok(WordStrings {
            weights,
            wide: 0,
            ..WordStrings::with_landmarks(order, strings, first, large)
        })
    }

    /// Words of the longest context.
    pub fn order(&self) -> usize {
        self.order
    }

    /// The strings that may be contexts, with their first children; then the longest ones.
    pub fn rows(&self) -> (impl Iterator<Item = (u64, u32)>, &[u64]) {
        let inner = self.first.len().saturating_sub(1);
        let (contexts, longest) = self.strings.split_at(inner);
        (
            contexts.iter().copied().zip(self.first.iter().copied()),
            longest,
        )
    }

    /// Strings with large counts, in order.
    pub fn large(&self) -> &[LargeCounts] {
        &self.large
    }

    /// The strings with one word more.
    #[inline]
    pub fn children(&self, node: u32) -> Range<u32> {
        match self.first.get(node as usize..node as usize + 2) {
            Some(ends) => ends[0]..ends[1],
            None => 0..0,
        }
    }

    /// The last words of all strings but the empty one.
    pub fn symbols(&self) -> impl Iterator<Item = u32> {
        self.strings.iter().skip(1).map(|&string| symbol(string))
    }

    /// The last word of a string.
    pub fn symbol(&self, node: u32) -> u32 {
        symbol(self.strings[node as usize])
    }

    /// The counts of a string, by class.
    #[inline]
    pub fn counts(&self, node: u32) -> [u32; 2] {
        counts(node, self.strings[node as usize], &self.large).unwrap_or_default()
    }

    /// A part of what a search among these children reads first: where many searches are to
    /// follow, reading this for all of them first lets memory serve them side by side.
    #[inline]
    pub fn touch(&self, children: &Range<u32>) -> u64 {
        self.strings
            .get(children.start as usize)
            .copied()
            .unwrap_or(0)
    }

    /// Which of the children of a context ends in a word; 0 for none.
    #[inline]
    pub fn find(&self, children: Range<u32>, word: u32) -> u32 {
        let (mut start, mut end) = (children.start as usize, children.end as usize);
        if children.len() > STRIDE {
            // The first landmark among them that is behind the word ends where it can be.
            let first = start.div_ceil(STRIDE);
            let landmarks = &self.landmarks[first..end.div_ceil(STRIDE)];
            let behind = first + landmarks.partition_point(|&landmark| landmark <= word);
            end = end.min(behind * STRIDE);
            start = start.max((behind * STRIDE).saturating_sub(STRIDE));
        }
        let strings = (start as u32..).zip(&self.strings[start..end]);
        strings.fold(0, |found, (node, &string)| {
            select_unpredictable(symbol(string) == word, node, found)
        })
    }

    /// What each class makes of a context with these children.
    #[inline]
    pub fn weights(&self, node: u32, children: Range<u32>, taken: &[Taken; 2]) -> [Weight; 2] {
        if children.len() >= self.wide {
            self.weights.get(&node).copied().unwrap_or_default()
        } else {
            weigh(children.map(|child| self.counts(child)), taken)
        }
    }

    /// Computes the weights that are kept; what is taken from counts, by length of the context.
    pub fn weigh_wide(&mut self, taken: &[[Taken; 2]]) {
        let mut weights = FxHashMap::default();
        let mut level = 0..1;
        for taken in taken {
            for node in level.clone() {
                let children = self.children(node);
                if children.len() >= self.wide {
                    weights.insert(node, weigh(children.map(|child| self.counts(child)), taken));
                }
            }
            level = self.first[level.start as usize]..self.first[level.end as usize];
        }
        self.weights = weights;
    }

    /// The contexts of at least so many children, with their weights, among those that are kept.
    pub fn wide(&self, children: usize) -> impl Iterator<Item = (u32, [Weight; 2])> {
        let wide =
            (0..self.first.len() as u32).filter(move |&node| self.children(node).len() >= children);
        wide.filter_map(|node| Some((node, *self.weights.get(&node)?)))
    }

    /// The weights that are kept.
    pub fn kept_weights(&self) -> impl Iterator<Item = &[Weight; 2]> {
        self.weights.values()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::math::below;
    use crate::base::streams::{Stream, random_stream};
    use crate::generative::language::gather_ngrams::gather;

    /// Of random messages, in which some words are frequent, so that contexts are wide and narrow.
    fn trie(order: usize) -> (Strings<u32>, Vec<[u32; 2]>) {
        let mut rng = random_stream(4, Stream::Test(0));
        let messages: Vec<Vec<u32>> = (0..60)
            .map(|_| {
                let length = below(&mut rng, 60);
                let mut word = || {
                    let most = 1 + below(&mut rng, 90);
                    below(&mut rng, most) as u32 * 3
                };
                (0..length).map(|_| word()).chain([u32::END]).collect()
            })
            .collect();
        let messages = messages.iter().enumerate();
        let messages = messages.map(|(at, message)| (message.iter().copied(), at % 2));
        let trie = gather(order, messages).unwrap();
        let (trie, counts, _) = trie.into_continuation_counts();
        (trie, counts)
    }

    #[test]
    fn every_string_of_the_trie_is_found_with_its_counts_and_weights() {
        for order in [0, 1, 2, 4] {
            let (trie, counts) = trie(order);
            let mut strings = WordStrings::of(trie.clone(), counts.clone());
            let taken = [[0.0, 0.5, 0.75, 1.5], [0.0, 0.25, 1.0, 2.0]];
            strings.weigh_wide(&vec![taken; order + 1]);
            let widest = (0..trie.len() as u32).map(|node| trie.children(node).len());
            assert!(widest.clone().max() > Some(8 * STRIDE) && widest.min() == Some(0));
            for node in 0..trie.len() as u32 {
                let children = strings.children(node);
                assert_eq!(children.len(), trie.children(node).len());
                for word in (0..300).chain([u32::END]) {
                    let expected = trie.child(node, word).unwrap_or(0);
                    assert_eq!(strings.find(children.clone(), word), expected);
                }
                assert_eq!(strings.counts(node), counts[node as usize]);
                // Discounts of which no sum is rounded.
                let mut expected = [Weight::default(); 2];
                for (class, weight) in expected.iter_mut().enumerate() {
                    let counts = trie
                        .children(node)
                        .map(|child| counts[child as usize][class]);
                    let given = counts.clone().map(|n| taken[class][n.min(3) as usize]);
                    weight.counted = counts.sum();
                    if weight.counted > 0 {
                        weight.rest = given.sum::<f64>() / f64::from(weight.counted);
                    }
                }
                assert_eq!(strings.weights(node, children, &taken), expected);
            }
        }
    }

    #[test]
    fn strings_that_contradict_one_another_are_refused() {
        let (trie, counts) = trie(2);
        let WordStrings { strings, first, .. } = WordStrings::of(trie, counts);
        let refused = |damage: &dyn Fn(&mut Vec<u64>, &mut Vec<u32>)| {
            let (mut strings, mut first) = (strings.clone(), first.clone());
            damage(&mut strings, &mut first);
            WordStrings::of_parts(2, strings, first, Vec::new()).is_err()
        };
        assert!(!refused(&|_, _| ()));
        let end = u64::from(u32::END) << (2 * BITS);
        assert!(refused(&|strings, _| strings.swap(1, 2)));
        assert!(refused(&|strings, _| strings[2] = strings[1]));
        assert!(refused(&|strings, _| strings[1] = end));
        assert!(refused(&|strings, _| strings[3] |= u64::from(LARGE)));
        assert!(refused(&|strings, _| strings.push(end)));
        assert!(refused(&|_, first| first[0] = 0));
        assert!(refused(&|_, first| first[2] = first[1]));
        assert!(refused(&|_, first| first.swap(1, 2)));
        assert!(refused(&|_, first| first.truncate(1)));
        assert!(refused(&|_, first| first.push(strings.len() as u32)));
        assert!(refused(&|strings, first| (strings.clear(), first.clear()).0));
    }

    #[test]
    fn some_strings_that_cannot_be_walked_are_refused() {
        let strings = || vec![0, packed(1, [1, 0]), packed(2, [1, 0])];
        let narrowed = |first: &[u32]| {
            let weights = FxHashMap::default();
            WordStrings::narrowed(1, strings(), first.to_vec(), Vec::new(), weights).is_ok()
        };
        assert!(narrowed(&[1, 3, 3, 3]) && narrowed(&[1, 2, 3, 3]));
        // Children before those of an earlier string, too few and too many of them, the empty
        // string among its own.
        let refused: [&[u32]; 6] = [
            &[1, 3, 2, 3],
            &[1, 3, 3],
            &[1, 3, 3, 4],
            &[1, 2, 2, 2],
            &[0, 3, 3, 3],
            &[],
        ];
        for first in refused {
            assert!(!narrowed(first), "{first:?}");
        }
    }
}
