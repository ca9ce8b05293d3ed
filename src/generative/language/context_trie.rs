//! What followed what: a trie of all strings up to a length in the mail of both classes, with their
//! counts, in flat arrays.
//!
//! A node is a string; it is a context to the symbols that followed it, its children, and counts
//! how often it was seen in each class: 14 bytes per node of bytes, no pointer, and little more
//! than counts and symbols to save. Since every message ends, a context was followed exactly as
//! often as it was seen, and a string cannot have been seen without its suffixes: the smoothing
//! methods lean on both. Left out: any probability.

use super::strings::{LONGEST, MOST_NODES, Strings, Symbol};
use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};
use std::ops::Deref;

/// A trie while its strings are appended, those of each length in order.
pub struct TrieBuilder<S> {
    trie: ContextTrie<S>,
    /// For each length from one on, the place of the next string; then the number of all.
    next: Vec<u32>,
}

impl<S: Symbol> TrieBuilder<S> {
    /// For so many strings of each length from one on, up to that of the longest; `root` is the
    /// number of symbols of each class. None if there are too many strings.
    pub fn new(root: [u32; 2], lengths: &[usize]) -> Option<TrieBuilder<S>> {
        let count = 1 + lengths.iter().sum::<usize>();
        if count > MOST_NODES {
            return None;
        }
        let mut next = vec![1];
        next.extend(lengths.iter().scan(1, |end, &length| {
            *end += length as u32;
            Some(*end)
        }));
        let mut seen = vec![[0; 2]; count];
        seen[0] = root;
        let mut first = vec![count as u32; count + 1];
        first[0] = 1;
        let strings = Strings {
            order: lengths.len().saturating_sub(1),
            symbols: vec![S::default(); count],
            first,
        };
        let trie = ContextTrie { strings, seen };
        Some(TrieBuilder { trie, next })
    }

    /// Appends a string of `before` symbols and this one. Its children are those of the strings
    /// with one symbol more that are appended from here on, until there is another of this length.
    pub fn add(&mut self, before: usize, symbol: S) {
        let at = self.next[before] as usize;
        self.next[before] += 1;
        self.trie.strings.symbols[at] = symbol;
        self.trie.strings.first[at] = self.next[before + 1];
    }

    /// Counts the last string of `before` symbols and another `count` times more.
    pub fn count(&mut self, before: usize, class: usize, count: u32) {
        self.trie.seen[self.next[before] as usize - 1][class] += count;
    }

    /// The trie, once all strings are appended.
    pub fn finish(self) -> ContextTrie<S> {
        self.trie
    }
}

/// The finished trie.
#[derive(Debug, Clone, Deserialize)]
#[serde(
    try_from = "StoredTrie<S>",
    bound(deserialize = "S: Symbol + Deserialize<'de>")
)]
pub struct ContextTrie<S = u16> {
    strings: Strings<S>,
    seen: Vec<[u32; 2]>,
}

impl<S> Deref for ContextTrie<S> {
    type Target = Strings<S>;

    fn deref(&self) -> &Strings<S> {
        &self.strings
    }
}

impl<S: Symbol> ContextTrie<S> {
    /// How often a string was seen in each class, which is also how often something followed it.
    pub fn seen(&self, node: u32) -> [u32; 2] {
        self.seen[node as usize]
    }

    /// For each string and class how often a coder that looks at the longest context first would
    /// have counted it, learning a symbol only where it was new and where it was found ("update
    /// exclusion"): as often as it was seen if it is as long as can be, else once for each byte
    /// that came before it, and once for each message that began with it. Returned are the strings,
    /// these counts, and the suffixes of the strings that are shorter than the longest.
    pub fn into_continuation_counts(self) -> (Strings<S>, Vec<[u32; 2]>, Vec<u32>) {
        let (strings, mut counts) = (self.strings, self.seen);
        let suffixes = strings.visit_suffixes(|string, suffix| {
            if suffix == 0 {
                return;
            }
            // What is counted here is seen there too: there it counts as one, not as often as it
            // was seen. Shorter strings come first: that of this one is still how often it was.
            let seen = counts[string as usize];
            for (count, seen) in counts[suffix as usize].iter_mut().zip(seen) {
                // More than there was is never taken, whatever a damaged file says.
                *count = count.saturating_sub(seen.saturating_sub(1));
            }
        });
        (strings, counts, suffixes)
    }

    /// The other way round; whatever the empty string counts.
    pub fn of_continuation_counts(strings: Strings<S>, counts: Vec<[u32; 2]>) -> ContextTrie<S> {
        let mut seen = counts;
        let suffixes = strings.suffixes();
        for (string, &suffix) in suffixes.iter().enumerate().rev().filter(|of| *of.1 > 0) {
            let counted = seen[string];
            for (seen, counted) in seen[suffix as usize].iter_mut().zip(counted) {
                *seen = seen.saturating_add(counted.saturating_sub(1));
            }
        }
        seen[0] = strings.children(0).fold([0; 2], |sum, string| {
            let seen = seen[string as usize];
            [sum[0] + seen[0], sum[1] + seen[1]]
        });
        ContextTrie { strings, seen }
    }
}

impl ContextTrie {
    /// Distinct symbols that followed each string in each class.
    pub fn distinct(&self) -> Vec<[u16; 2]> {
        let present = |node: u32| self.seen(node).map(|seen| u16::from(seen > 0));
        let of = |node| {
            self.children(node)
                .map(present)
                .fold([0; 2], |[a, b], [c, d]| [a + c, b + d])
        };
        (0..self.len() as u32).map(of).collect()
    }
}

/// The trie as it is saved, in the same order of nodes.
#[derive(Deserialize)]
struct StoredTrie<S> {
    order: u8,
    nodes: Vec<StoredNode<S>>,
}

/// Number of children, symbol, and how often seen in each class.
type StoredNode<S> = (u32, S, u32, u32);

/// Whether these can be the children of a context: seen, and together as often as it; or whether it
/// is none.
fn followed_by<S: Symbol>(node: &StoredNode<S>, children: &[StoredNode<S>]) -> bool {
    let sums = children.iter().fold((0, 0), |sums, node| {
        (sums.0 + u64::from(node.2), sums.1 + u64::from(node.3))
    });
    children.is_empty()
        || sums == (u64::from(node.2), u64::from(node.3))
            && children.iter().all(|node| (node.2, node.3) != (0, 0))
}

struct StoredNodes<'a, S>(&'a ContextTrie<S>);

impl<S: Symbol + Serialize> Serialize for StoredNodes<'_, S> {
    fn serialize<W: Serializer>(&self, serializer: W) -> Result<W::Ok, W::Error> {
        let trie = self.0;
        serializer.collect_seq((0..trie.len() as u32).map(|node| {
            let [ham, spam] = trie.seen(node);
            (
                trie.children(node).len() as u32,
                trie.symbol(node),
                ham,
                spam,
            )
        }))
    }
}

impl<S: Symbol + Serialize> Serialize for ContextTrie<S> {
    fn serialize<W: Serializer>(&self, serializer: W) -> Result<W::Ok, W::Error> {
        let mut stored = serializer.serialize_struct("ContextTrie", 2)?;
        stored.serialize_field("order", &(self.order as u8))?;
        stored.serialize_field("nodes", &StoredNodes(self))?;
        stored.end()
    }
}

impl<S: Symbol> TryFrom<StoredTrie<S>> for ContextTrie<S> {
    type Error = &'static str;

    /// Refuses what is no such trie, so that whatever was read can be walked without a check.
    fn try_from(stored: StoredTrie<S>) -> Result<ContextTrie<S>, &'static str> {
        let count = stored.nodes.len();
        let most_seen = stored
            .nodes
            .first()
            .map_or(u32::MAX, |root| root.2.max(root.3));
        if count > MOST_NODES || most_seen > u32::MAX / 2 || stored.order as usize > LONGEST {
            return Err("the trie of contexts is empty or too large");
        }
        let mut first = Vec::with_capacity(count + 1);
        let mut next = 1;
        for node in &stored.nodes {
            let own = stored
                .nodes
                .get(next..next + node.0 as usize)
                .ok_or("the trie of contexts lacks nodes")?;
            if !followed_by(node, own) {
                return Err("the trie of contexts contradicts itself");
            }
            first.push(next as u32);
            next += own.len();
        }
        first.push(next as u32);
        let symbols = stored.nodes.iter().map(|node| node.1).collect();
        let seen = stored.nodes.iter().map(|node| [node.2, node.3]).collect();
        let strings = Strings::of_parts(stored.order.into(), symbols, first)?;
        Ok(ContextTrie { strings, seen })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generative::language::gather_ngrams::gather;
    use crate::generative::language::strings::symbols;
    use crate::model::END;

    fn trie() -> ContextTrie {
        gather(2, [(symbols(b"abab"), 0), (symbols(b"b"), 1)].into_iter()).unwrap()
    }

    #[test]
    fn counts_equal_those_counted_by_hand() {
        let trie = trie();
        let find = |text: &[u16]| {
            text.iter()
                .try_fold(0, |node, &symbol| trie.child(node, symbol))
        };
        let [a, b] = [u16::from(b'a'), u16::from(b'b')];
        let seen = |text: &[u16]| find(text).map(|node| trie.seen(node));
        assert_eq!(seen(&[]), Some([5, 2]));
        assert_eq!(seen(&[a]), Some([2, 0]));
        assert_eq!(seen(&[b]), Some([2, 1]));
        assert_eq!(seen(&[b, END]), Some([1, 1]));
        assert_eq!(seen(&[a, b, a]), Some([1, 0]));
        assert_eq!(seen(&[a, b, END]), Some([1, 0]));
        assert_eq!(seen(&[a, a]), None);
        let distinct = trie.distinct();
        assert_eq!(distinct[0], [3, 2]);
        assert_eq!(distinct[find(&[b]).unwrap() as usize], [2, 1]);
        let suffixes = trie.suffixes();
        assert_eq!(
            suffixes[find(&[a, b, a]).unwrap() as usize],
            find(&[b, a]).unwrap()
        );
        assert_eq!(suffixes[find(&[a]).unwrap() as usize], 0);
    }

    #[test]
    fn every_string_has_the_suffix_that_is_found_symbol_by_symbol() {
        let texts = [&b"abracadabra"[..], b"cabbage", b"", b"aaaaaa", b"bacada"];
        for order in [0, 1, 3, 6] {
            let trie = gather(order, texts.iter().map(|text| (symbols(text), 0))).unwrap();
            let mut walked = vec![(0, Vec::new())];
            let suffixes = trie.suffixes();
            while let Some((node, string)) = walked.pop() {
                let mut suffix = string.iter().skip(1);
                let suffix = suffix.try_fold(0, |node, &symbol| trie.child(node, symbol));
                assert_eq!(Some(suffixes[node as usize]), suffix);
                walked.extend(trie.children(node).map(|child| {
                    let longer = string.iter().copied().chain([trie.symbol(child)]);
                    (child, longer.collect())
                }));
            }
        }
    }

    #[test]
    fn a_saved_trie_comes_back_and_a_contradictory_one_is_refused() {
        let trie = trie();
        let bytes = postcard::to_stdvec(&trie).unwrap();
        let back: ContextTrie = postcard::from_bytes(&bytes).unwrap();
        assert_eq!(
            (back.order, &back.symbols, &back.first, &back.seen),
            (2, &trie.symbols, &trie.first, &trie.seen)
        );
        let mut refused = 0;
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut damaged = bytes.clone();
                damaged[at] ^= 1 << bit;
                match postcard::from_bytes::<ContextTrie>(&damaged) {
                    Err(_) => refused += 1,
                    Ok(read) => {
                        read.suffixes();
                    }
                }
            }
        }
        assert!(
            refused > bytes.len() * 4,
            "only {refused} of {} damages were seen",
            bytes.len() * 8
        );
    }
}
