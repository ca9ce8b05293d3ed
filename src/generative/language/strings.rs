//! Strings of symbols: which there are, and which of them begins with which. A [`Symbol`] is a
//! byte, a word, or the end of a message.
//!
//! Nodes stand in order of depth and then of their parents, so the children of one node are
//! neighbours, sorted by symbol. Left out: how often each was seen.

use crate::model::END;
use serde::{Deserialize, Serialize};
use std::ops::Range;

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

/// The strings of a trie, without how often each was seen. Node 0 is the empty string.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Strings<S> {
    pub(super) order: usize,
    #[serde(skip)]
    pub(super) symbols: Vec<S>,
    /// First child of each node; those of the next node begin where they end.
    #[serde(skip)]
    pub(super) first: Vec<u32>,
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
    pub fn children(&self, node: u32) -> Range<u32> {
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
    pub fn among(&self, children: Range<u32>, symbol: S) -> Option<u32> {
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
        let mut suffixes = vec![0; self.len()];
        self.visit_suffixes(|string, suffix| suffixes[string as usize] = suffix);
        suffixes
    }

    /// Visits each string of two symbols or more with its suffix, shorter strings first. Returns
    /// the suffixes of all that are shorter than the longest.
    ///
    /// Goes through the strings of one length by their suffixes: those whose suffix is the same ask
    /// for strings among the same children, and these stand in a table by then.
    pub fn visit_suffixes(&self, mut visit: impl FnMut(u32, u32)) -> Vec<u32> {
        let mut suffixes = vec![0; self.shorter_than_longest() as usize];
        let mut of_symbol = SymbolTable::default();
        let (mut shorter, mut level) = (0..1, self.children(0));
        while (level.end as usize) <= suffixes.len() && !level.is_empty() {
            let mut filled = 0..0;
            for string in grouped(level.clone(), shorter, &suffixes) {
                let own = self.children(suffixes[string as usize]);
                if filled != own {
                    filled.for_each(|child| of_symbol.set(self.symbol(child), 0));
                    filled = own.clone();
                    own.for_each(|child| of_symbol.set(self.symbol(child), child));
                }
                for child in self.children(string) {
                    let suffix = of_symbol.get(self.symbol(child));
                    if let Some(kept) = suffixes.get_mut(child as usize) {
                        *kept = suffix;
                    }
                    visit(child, suffix);
                }
            }
            filled.for_each(|child| of_symbol.set(self.symbol(child), 0));
            let next = self.first[level.start as usize]..self.first[level.end as usize];
            (shorter, level) = (level, next);
        }
        suffixes
    }
}

/// Strings of one length, those with the same suffix one after the other; suffixes are among these
/// shorter strings.
fn grouped(level: Range<u32>, shorter: Range<u32>, suffixes: &[u32]) -> Vec<u32> {
    // The first group is for what a damaged file has: strings without such a suffix.
    let group = |string: u32| match suffixes[string as usize].checked_sub(shorter.start) {
        Some(suffix) => suffix as usize + 1,
        None => 0,
    };
    let mut next = vec![0_u32; shorter.len() + 2];
    for string in level.clone() {
        next[group(string) + 1] += 1;
    }
    for at in 1..next.len() {
        next[at] += next[at - 1];
    }
    let mut grouped = vec![0; level.len()];
    for string in level {
        let place = &mut next[group(string)];
        grouped[*place as usize] = string;
        *place += 1;
    }
    grouped
}

/// A node for each symbol, found without a search; 0 for none.
#[derive(Debug, Clone, Default)]
pub struct SymbolTable {
    /// That of the end is the first.
    nodes: Vec<u32>,
}

impl SymbolTable {
    fn place<S: Symbol>(symbol: S) -> usize {
        if symbol == S::END {
            0
        } else {
            1 + Into::<u64>::into(symbol) as usize
        }
    }

    /// Keeps the node of a symbol.
    pub fn set<S: Symbol>(&mut self, symbol: S, node: u32) {
        let place = SymbolTable::place(symbol);
        if place >= self.nodes.len() {
            self.nodes.resize(place + 1, 0);
        }
        self.nodes[place] = node;
    }

    /// The node of a symbol.
    pub fn get<S: Symbol>(&self, symbol: S) -> u32 {
        let node = self.nodes.get(SymbolTable::place(symbol));
        node.copied().unwrap_or(0)
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
