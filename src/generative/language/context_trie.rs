//! What followed what: a trie of all strings up to a length in the mail of both classes, with their
//! counts, in flat arrays. Strings of bytes or of words: a [`Symbol`] is either.
//!
//! A node is a string; it is a context to the symbols that followed it, its children, and counts
//! how often it was seen in each class. Symbols are bytes, or words, and the end of a message.
//! Nodes stand in order of depth and then of their parents, so the children of one node are
//! neighbours, sorted by symbol: 14 bytes a node of bytes, no pointer, and little more than counts
//! and symbols to save. Since every message ends, a context was followed exactly as often as it was
//! seen, and a string cannot have been seen without its suffixes: the smoothing methods lean on
//! both. Left out: any probability.

use crate::model::END;
use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};
use std::ops::Deref;

/// Symbols: all bytes and the end of a message.
pub const SYMBOLS: usize = END as usize + 1;
/// The longest context there may be.
pub const LONGEST: usize = 13;
/// More nodes than these are refused: of bytes they take 1.4 GB.
pub const MOST_NODES: usize = 100_000_000;
/// Up to this number of children are searched one after the other.
const FEW: usize = 12;

/// What the strings of a trie consist of.
pub(crate) trait Symbol: Copy + Ord + Default + Into<u64> + Send {
    /// The end of a message: the greatest symbol.
    const END: Self;
    /// Bits that tell all of them apart.
    const BITS: u32;

    /// The symbol of a number of [`Symbol::BITS`] bits.
    fn of(number: u64) -> Self;
}

/// A byte, or [`END`].
impl Symbol for u16 {
    const END: u16 = END;
    const BITS: u32 = 9;

    fn of(number: u64) -> u16 {
        number as u16
    }
}

/// A word by its number.
impl Symbol for u32 {
    const END: u32 = (1 << 24) - 1;
    const BITS: u32 = 24;

    fn of(number: u64) -> u32 {
        number as u32
    }
}

/// The symbols of a message: its bytes and the end.
pub fn symbols(text: &[u8]) -> impl Iterator<Item = u16> + '_ {
    text.iter().map(|&byte| u16::from(byte)).chain([END])
}

/// The strings of one length, in order, while the trie is built.
#[derive(Default)]
pub struct Level<S> {
    /// The last symbol of each.
    symbols: Vec<S>,
    /// For each, which string of the next level is its first child.
    first: Vec<u32>,
    /// How often each was seen in each class.
    seen: Vec<[u32; 2]>,
}

impl<S> Level<S> {
    /// Number of strings.
    pub fn len(&self) -> usize {
        self.symbols.len()
    }

    /// Appends a string; the next level has `children` strings so far, none of them its own.
    pub fn add(&mut self, symbol: S, children: usize) {
        self.symbols.push(symbol);
        self.first.push(children as u32);
        self.seen.push([0; 2]);
    }

    /// Counts the last string `count` times more.
    pub fn count(&mut self, class: usize, count: u32) {
        if let Some(seen) = self.seen.last_mut() {
            seen[class] += count;
        }
    }
}

/// The strings of a trie, without how often each was seen. Node 0 is the empty string.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Strings<S> {
    order: usize,
    #[serde(skip)]
    symbols: Vec<S>,
    /// First child of each node; those of the next node begin where they end.
    #[serde(skip)]
    first: Vec<u32>,
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
    /// The trie of strings by their length, shortest first; `root` is the number of symbols of each
    /// class. None if there are too many strings.
    pub fn of_levels(
        order: usize,
        root: [u32; 2],
        levels: Vec<Level<S>>,
    ) -> Option<ContextTrie<S>> {
        let count = 1 + levels.iter().map(Level::len).sum::<usize>();
        if count > MOST_NODES {
            return None;
        }
        let (mut symbols, mut first) = (Vec::with_capacity(count), Vec::with_capacity(count + 1));
        let mut seen = Vec::with_capacity(count);
        symbols.push(S::default());
        first.push(1);
        seen.push(root);
        let mut next = 1;
        for level in levels {
            next += level.len();
            symbols.extend(level.symbols);
            first.extend(level.first.iter().map(|&child| next as u32 + child));
            seen.extend(level.seen);
        }
        first.push(count as u32);
        let strings = Strings {
            order,
            symbols,
            first,
        };
        Some(ContextTrie { strings, seen })
    }

    /// The strings alone.
    pub fn into_strings(self) -> Strings<S> {
        self.strings
    }

    /// How often a string was seen in each class, which is also how often something followed it.
    pub fn seen(&self, node: u32) -> [u32; 2] {
        self.seen[node as usize]
    }

    /// For each string and class how often a coder that looks at the longest context first would
    /// have counted it, learning a symbol only where it was new and where it was found ("update
    /// exclusion"): as often as it was seen if it is as long as can be, else once for each byte
    /// that came before it, and once for each message that began with it.
    pub fn continuation_counts(&self) -> Vec<[u32; 2]> {
        let suffixes = self.suffixes();
        let mut depth = vec![0u8; self.len()];
        let mut continuation_counts = self.seen.clone();
        for node in 0..self.len() as u32 {
            for child in self.children(node) {
                depth[child as usize] = depth[node as usize] + 1;
            }
            // What is counted here is seen there too: there it counts as one, not as often as it
            // was seen.
            if depth[node as usize] > 1 {
                let suffix = suffixes[node as usize] as usize;
                for (continuation_counts, seen) in
                    continuation_counts[suffix].iter_mut().zip(self.seen(node))
                {
                    // More than there was is never taken, whatever a damaged file says.
                    *continuation_counts =
                        continuation_counts.saturating_sub(seen.saturating_sub(1));
                }
            }
        }
        continuation_counts
    }
}

impl<S: Symbol> Strings<S> {
    /// Strings that were read. Refuses what is no such trie, so that it can be walked without a
    /// check.
    pub fn of_parts(
        order: usize,
        symbols: Vec<S>,
        first: Vec<u32>,
    ) -> Result<Strings<S>, &'static str> {
        let count = symbols.len();
        if count == 0 || count > MOST_NODES || order > LONGEST {
            return Err("the trie of contexts is empty or too large");
        }
        if first.len() != count + 1 || first[0] != 1 || first[count] as usize != count {
            return Err("the trie of contexts lacks nodes");
        }
        let mut depth = vec![0u8; count];
        for (node, &symbol) in symbols.iter().enumerate() {
            let own = first[node] as usize..first[node + 1] as usize;
            let (Some(children), true) = (symbols.get(own.clone()), own.start > node) else {
                return Err("the trie of contexts contradicts itself");
            };
            let is_context = node == 0 || usize::from(depth[node]) <= order && symbol < S::END;
            let has_parent = node == 0 || depth[node] > 0;
            let sound = children.is_sorted_by(|a, b| a < b) && symbol <= S::END;
            if !has_parent || is_context == own.is_empty() || !sound {
                return Err("the trie of contexts contradicts itself");
            }
            let below = depth[node] + 1;
            depth[own].fill(below);
        }
        Ok(Strings {
            order,
            symbols,
            first,
        })
    }

    /// Some strings of a trie with all that they begin with, in the same order; a context among
    /// them may have lost its children.
    pub fn narrowed(order: usize, symbols: Vec<S>, first: Vec<u32>) -> Strings<S> {
        Strings {
            order,
            symbols,
            first,
        }
    }

    /// Symbols of the longest context.
    pub fn order(&self) -> usize {
        self.order
    }

    /// Number of nodes.
    pub fn len(&self) -> usize {
        self.symbols.len()
    }

    /// Number of nodes that are shorter than the longest strings.
    pub fn shorter_than_longest(&self) -> u32 {
        let mut nodes = 0..1;
        for _ in 0..self.order {
            nodes = self.first[nodes.start as usize]..self.first[nodes.end as usize];
        }
        nodes.end
    }

    /// How many nodes there are up to the last one that something followed.
    pub fn contexts(&self) -> u32 {
        let followed = |&node: &u32| !self.children(node).is_empty();
        (0..self.len() as u32)
            .rev()
            .find(followed)
            .map_or(0, |last| last + 1)
    }

    /// The strings with one symbol more.
    pub fn children(&self, node: u32) -> std::ops::Range<u32> {
        self.first[node as usize]..self.first[node as usize + 1]
    }

    /// The last symbol of a string.
    pub fn symbol(&self, node: u32) -> S {
        self.symbols[node as usize]
    }

    /// A string with one symbol more.
    pub fn child(&self, node: u32, symbol: S) -> Option<u32> {
        self.among(self.children(node), symbol)
    }

    /// Which of the children of a node ends in a symbol.
    pub fn among(&self, children: std::ops::Range<u32>, symbol: S) -> Option<u32> {
        let symbols = &self.symbols[children.start as usize..children.end as usize];
        // A processor guesses on along a few symbols in a row; halving it waits for each of them to
        // come from memory.
        let found = if symbols.len() <= FEW {
            symbols.iter().position(|&other| other == symbol)?
        } else {
            symbols.binary_search(&symbol).ok()?
        };
        Some(children.start + found as u32)
    }

    /// Each string without its first symbol. (That of one symbol, and of none, is the empty one.)
    pub fn suffixes(&self) -> Vec<u32> {
        let singles = Singles::of(self);
        let mut suffixes = vec![0; self.len()];
        for node in 1..self.len() as u32 {
            let suffix = suffixes[node as usize];
            for child in self.children(node) {
                let symbol = self.symbol(child);
                let found = match suffix {
                    0 => singles.node(symbol),
                    _ => self.child(suffix, symbol),
                };
                suffixes[child as usize] = found.unwrap_or(0);
            }
        }
        suffixes
    }
}

/// The strings of one symbol, found without a search: the empty string has as many children as
/// there are symbols, and is asked for at every one that is read.
#[derive(Debug, Clone, Default)]
pub struct Singles {
    /// Node of each symbol but the end, 0 where it was not seen.
    nodes: Vec<u32>,
    end: Option<u32>,
}

impl Singles {
    /// Those of a trie.
    pub fn of<S: Symbol>(trie: &Strings<S>) -> Singles {
        let mut singles = Singles::default();
        for node in trie.children(0) {
            let symbol = trie.symbol(node);
            if symbol == S::END {
                singles.end = Some(node);
                continue;
            }
            let at = Into::<u64>::into(symbol) as usize;
            if at >= singles.nodes.len() {
                singles.nodes.resize(at + 1, 0);
            }
            singles.nodes[at] = node;
        }
        singles
    }

    /// The string that consists of a symbol.
    pub fn node<S: Symbol>(&self, symbol: S) -> Option<u32> {
        if symbol == S::END {
            return self.end;
        }
        let node = self.nodes.get(Into::<u64>::into(symbol) as usize).copied();
        node.filter(|&node| node > 0)
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

/// Where a reader stands: the strings of the trie that the text read so far ends in, from the empty
/// one to the longest.
#[derive(Debug, Clone, Copy)]
pub struct KnownContexts {
    nodes: [u32; LONGEST + 1],
    /// Symbols of the longest known one.
    known: usize,
}

impl KnownContexts {
    /// At the beginning of a message.
    pub fn start() -> KnownContexts {
        KnownContexts {
            nodes: [0; LONGEST + 1],
            known: 0,
        }
    }

    /// Their nodes, shortest string first.
    pub fn nodes(&self) -> &[u32] {
        &self.nodes[..=self.known]
    }

    /// Reads one more symbol: `children` are the contexts with it, shortest first.
    pub fn advance(&mut self, children: &[u32], order: usize) {
        self.known = children.len().min(order);
        self.nodes[1..=self.known].copy_from_slice(&children[..self.known]);
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
