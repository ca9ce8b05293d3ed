//! Strings of bytes in the order in which a reader needs them.
//!
//! Sixteen bytes hold all that is known of a string. What continues a context stands side by side,
//! and behind it what continues the longer contexts that end in it: all contexts of a place in a
//! message are close together in memory, which is what reading takes its time for.
//!
//! Symbols are counted only where they are new and where they are found, see
//! [`ContextTrie::into_continuation_counts`]. What a context counts in all is summed from what
//! follows it, which is in reach by then; that of wide contexts is stored.

use super::KnownStrings;
use crate::generative::language::context_trie::ContextTrie;
use crate::generative::language::discounting::{DiscountTally, Discounts, discounts};
use crate::generative::language::strings::Strings;
use crate::model::END;
use serde::{Deserialize, Serialize, Serializer};
use std::hint::select_unpredictable;
use std::ops::Range;

/// Contexts that more than this number of symbols follow are wide.
const NARROW: u16 = 8;
/// Stands for the number of symbols that follow a wide context.
const WIDE: u16 = u16::MAX;

/// A string.
#[derive(Debug, Clone, Copy, Default)]
struct Node {
    /// The first string with one symbol more; of a wide context, its number among these.
    first: u32,
    /// How often it counts, by class.
    counts: [u32; 2],
    symbol: u16,
    /// How many symbols follow, or [`WIDE`].
    followed_by: u16,
}

/// A context that many symbols follow, in a line of memory.
#[derive(Debug, Clone)]
#[repr(align(64))]
struct Wide {
    /// A bit for each byte that follows.
    bytes: [u64; 4],
    /// Whether the end follows, too.
    end: bool,
    /// What is counted, by class.
    tallies: [DiscountTally; 2],
    first: u32,
    followed_by: u16,
}

/// What follows a string.
#[derive(Debug, Clone, Copy, Default)]
pub struct Following {
    first: u32,
    /// 0, if the string was not seen.
    followed_by: u16,
}

/// Strings with their counts, by number. 0 stands for none, which counts nothing and which nothing
/// follows.
#[derive(Debug, Clone, Deserialize)]
#[serde(from = "ContextTrie")]
pub struct CountedStrings {
    order: usize,
    empty: Following,
    nodes: Vec<Node>,
    wide: Vec<Wide>,
    discounts: Vec<[Discounts; 2]>,
}

fn sum(nodes: &[Node]) -> [DiscountTally; 2] {
    let mut tallies = [DiscountTally::default(); 2];
    for node in nodes {
        tallies[0].add(node.counts[0]);
        tallies[1].add(node.counts[1]);
    }
    tallies
}

impl Wide {
    fn of(nodes: &[Node], context: Node) -> Wide {
        let (first, followed_by) = (context.first, context.followed_by);
        let nodes = &nodes[first as usize..][..usize::from(followed_by)];
        let (mut bytes, mut end) = ([0; 4], false);
        for symbol in nodes.iter().map(|node| node.symbol) {
            match bytes.get_mut(usize::from(symbol / 64)) {
                Some(bytes) => *bytes |= 1 << (symbol % 64),
                None => end = true,
            }
        }
        Wide {
            bytes,
            end,
            tallies: sum(nodes),
            first,
            followed_by,
        }
    }

    /// The string with this symbol more; 0 for none.
    #[inline]
    fn find(&self, symbol: u16) -> u32 {
        if symbol == END {
            let last = self.first + u32::from(self.followed_by) - 1;
            return if self.end { last } else { 0 };
        }
        let (word, bit) = (usize::from(symbol / 64), 1 << (symbol % 64));
        let mut lesser = (self.bytes[word] & (bit - 1)).count_ones();
        for (at, bytes) in self.bytes.iter().enumerate() {
            lesser += select_unpredictable(at < word, bytes.count_ones(), 0);
        }
        select_unpredictable(self.bytes[word] & bit != 0, self.first + lesser, 0)
    }
}

/// Where the strings that continue each context begin: first those of a context, then those of the
/// longer contexts that end in it. From the suffix of each.
fn places(strings: &Strings<u16>, mut suffixes: Vec<u32>) -> Vec<u32> {
    let follow = |string: usize| strings.children(string as u32).len() as u32;
    // How many strings continue a context and those that end in it; then, behind which place there
    // is room for the next of these.
    let mut free = vec![0; suffixes.len()];
    for string in (1..suffixes.len()).rev() {
        free[string] += follow(string);
        free[suffixes[string] as usize] += free[string];
    }
    free[0] = 1 + follow(0);
    for string in 1..suffixes.len() {
        let suffix = suffixes[string] as usize;
        let place = free[suffix];
        free[suffix] += free[string];
        free[string] = place + follow(string);
        suffixes[string] = place;
    }
    suffixes[0] = 1;
    suffixes.truncate(strings.contexts() as usize);
    suffixes.shrink_to_fit();
    suffixes
}

impl From<ContextTrie> for CountedStrings {
    fn from(trie: ContextTrie) -> CountedStrings {
        let (strings, counts, suffixes) = trie.into_continuation_counts();
        let places = places(&strings, suffixes);
        let node = |string: u32| Node {
            // What nothing follows needs no place.
            first: places.get(string as usize).copied().unwrap_or(0),
            counts: counts[string as usize],
            symbol: strings.symbol(string),
            followed_by: strings.children(string).len() as u16,
        };
        let mut nodes = vec![Node::default(); strings.len()];
        nodes[0] = node(0);
        for (context, &place) in (0..).zip(&places) {
            for (string, at) in strings.children(context).zip(place as usize..) {
                nodes[at] = node(string);
            }
        }
        let mut wide = Vec::new();
        for at in 0..nodes.len() {
            if nodes[at].followed_by > NARROW {
                wide.push(Wide::of(&nodes, nodes[at]));
                (nodes[at].first, nodes[at].followed_by) = (wide.len() as u32 - 1, WIDE);
            }
        }
        let Node {
            first, followed_by, ..
        } = std::mem::take(&mut nodes[0]);
        CountedStrings {
            order: strings.order(),
            empty: Following { first, followed_by },
            nodes,
            wide,
            discounts: discounts(&strings, &counts),
        }
    }
}

/// Saved as the trie that it was made of.
impl Serialize for CountedStrings {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.trie().serialize(serializer)
    }
}

impl CountedStrings {
    /// The discounts of modified Kneser-Ney smoothing, by length of the context and class.
    pub fn discounts(&self) -> &[[Discounts; 2]] {
        &self.discounts
    }
}

impl KnownStrings for CountedStrings {
    type Following = Following;

    fn order(&self) -> usize {
        self.order
    }

    fn empty(&self) -> Following {
        self.empty
    }

    #[inline]
    fn following(&self, string: u32) -> Following {
        let node = &self.nodes[string as usize];
        Following {
            first: node.first,
            followed_by: node.followed_by,
        }
    }

    #[inline]
    fn counts(&self, string: u32) -> [u32; 2] {
        self.nodes[string as usize].counts
    }

    #[inline]
    fn symbol(&self, string: u32) -> u16 {
        self.nodes[string as usize].symbol
    }

    #[inline]
    fn strings(&self, following: Following) -> Range<u32> {
        let (first, number) = match following.followed_by {
            WIDE => {
                let wide = &self.wide[following.first as usize];
                (wide.first, wide.followed_by)
            }
            number => (following.first, number),
        };
        first..first + u32::from(number)
    }

    /// No branch depends on what comes from afar, so several searches wait for memory together.
    #[inline]
    fn find(&self, following: Following, symbol: u16) -> u32 {
        if following.followed_by == WIDE {
            return self.wide[following.first as usize].find(symbol);
        }
        let strings = self.strings(following);
        let nodes = &self.nodes[strings.start as usize..strings.end as usize];
        strings.zip(nodes).fold(0, |found, (string, node)| {
            select_unpredictable(node.symbol == symbol, string, found)
        })
    }

    #[inline]
    fn tallies(&self, following: Following) -> [DiscountTally; 2] {
        if following.followed_by == WIDE {
            return self.wide[following.first as usize].tallies;
        }
        let strings = self.strings(following);
        sum(&self.nodes[strings.start as usize..strings.end as usize])
    }

    #[inline]
    fn touch(&self, following: Following) -> u16 {
        let first = following.first as usize;
        match following.followed_by {
            0 => 0,
            WIDE => self.wide[first].followed_by,
            _ => self.nodes[first].symbol,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::math::below;
    use crate::base::streams::{Stream, random_stream};
    use crate::generative::language::gather_ngrams::gather;
    use crate::generative::language::strings::symbols;

    /// Random texts of letters of which some are frequent, so that contexts are wide and narrow.
    fn trie(order: usize) -> ContextTrie {
        let mut rng = random_stream(3, Stream::Test(0));
        let texts: Vec<Vec<u8>> = (0..60)
            .map(|_| {
                let length = below(&mut rng, 40);
                let mut letter = || {
                    let most = 1 + below(&mut rng, 60);
                    below(&mut rng, most) as u8 * 4
                };
                (0..length).map(|_| letter()).collect()
            })
            .collect();
        let texts = texts.iter().enumerate();
        gather(order, texts.map(|(at, text)| (symbols(text), at % 2))).unwrap()
    }

    /// Compares a string and all that continue it; returns how many there are, and how many of
    /// them are wide.
    fn compare(
        of: (&ContextTrie, &[[u32; 2]]),
        found: (&CountedStrings, Following),
        string: u32,
    ) -> [usize; 2] {
        let (trie, counts) = of;
        let (strings, following) = found;
        let mut tallies = [DiscountTally::default(); 2];
        let mut number = [1, usize::from(following.followed_by == WIDE)];
        assert_eq!(
            strings.strings(following).len(),
            trie.children(string).len()
        );
        for symbol in 0..=END {
            let same = strings.find(following, symbol);
            let Some(child) = trie.child(string, symbol) else {
                assert_eq!(same, 0);
                continue;
            };
            assert_eq!(strings.symbol(same), symbol);
            assert_eq!(strings.counts(same), counts[child as usize]);
            for (tally, count) in tallies.iter_mut().zip(counts[child as usize]) {
                tally.add(count);
            }
            let below = compare(of, (strings, strings.following(same)), child);
            number = [number[0] + below[0], number[1] + below[1]];
        }
        assert_eq!(strings.tallies(following), tallies);
        number
    }

    #[test]
    fn every_string_of_the_trie_is_found_and_the_trie_comes_back() {
        for order in [0, 1, 2, 5] {
            let trie = trie(order);
            let (_, counts, _) = trie.clone().into_continuation_counts();
            let strings = CountedStrings::from(trie.clone());
            let [all, wide] = compare((&trie, &counts), (&strings, strings.empty()), 0);
            assert_eq!((all, wide), (trie.len(), strings.wide.len()));
            assert!(wide > 0, "order {order}");
            let saved = postcard::to_stdvec(&strings).unwrap();
            assert_eq!(saved, postcard::to_stdvec(&trie).unwrap());
        }
        assert_eq!((size_of::<Node>(), size_of::<Wide>()), (16, 64));
    }
}
