//! Word n-grams in a model file: four tables, of which all or what one message touches is read.
//!
//! The first has eight bytes for each string in the order of the trie: its last word and its count
//! in ham and in spam. The second says where the children of each context begin. The weights of a
//! context follow from its children; for contexts of many children they stand in the third. The
//! fourth has the counts that are too large for the first.

use super::smoothing::{Weight, WordSmoothing, weigh};
use super::words::Words;
use crate::base::parts::{PartReader, Parts, numbers};
use crate::generative::language::context_trie::Strings;
use crate::model::tables::Tables;
use std::ops::Range;

/// Bits of a count in the first table; with all of them set it stands in the fourth.
const BITS: u32 = 20;
const LARGE: u64 = (1 << BITS) - 1;

/// Contexts of more children have their weights in the third table.
pub const FEW: u32 = 32;

/// A string as it is stored.
fn packed(symbol: u32, counts: [u32; 2]) -> u64 {
    let [ham, spam] = counts.map(|count| u64::from(count).min(LARGE));
    u64::from(symbol) << (2 * BITS) | ham << BITS | spam
}

/// Appends the tables of a model.
pub fn save(words: &Words, parts: &mut Parts) {
    let (trie, smoothing) = (&words.trie, &words.smoothing);
    let nodes = 0..trie.len() as u32;
    let count = |node: u32| smoothing.counts[node as usize];
    let string = |node| packed(trie.symbol(node), count(node)).to_le_bytes();
    parts.push(nodes.clone().flat_map(string).collect());
    let contexts = 0..trie.contexts();
    let begins = contexts.clone().map(|node| trie.children(node).start);
    let end = contexts
        .end
        .checked_sub(1)
        .map(|last| trie.children(last).end);
    parts.push(begins.chain(end).flat_map(u32::to_le_bytes).collect());
    let wide = contexts.filter(|&node| trie.children(node).len() > FEW as usize);
    let row = |node: u32| Wide::to_bytes(node, smoothing.weights[node as usize]);
    parts.push(wide.flat_map(row).collect());
    let large = nodes.filter(|&node| count(node).iter().any(|&n| u64::from(n) >= LARGE));
    let row = |node: u32| {
        let [ham, spam] = count(node);
        [node, ham, spam].into_iter().flat_map(u32::to_le_bytes)
    };
    parts.push(large.flat_map(row).collect());
}

/// Reads all of a model whose other parameters are known.
pub fn load(words: &mut Words, tables: &mut Tables<'_>) -> Result<(), String> {
    let stored = StoredStrings::open(tables)?;
    let (table, count) = (stored.strings, stored.len);
    let strings = stored.parts.whole(table)?;
    let (mut symbols, mut counts) = (Vec::new(), Vec::new());
    for (string, node) in numbers(&strings).map(u64::from_le_bytes).zip(0..) {
        let (symbol, own) = stored.unpacked(node, string)?;
        symbols.push(symbol);
        counts.push(own);
    }
    let begins = stored.parts.whole(stored.begins)?;
    let mut first: Vec<u32> = numbers(&begins).map(u32::from_le_bytes).collect();
    if first.len() > count as usize + 1 {
        return Err(CONTRADICTION.to_owned());
    }
    first.resize(count as usize + 1, count);
    words.trie = Strings::of_parts(words.trie.order(), symbols, first)?;
    words.smoothing = WordSmoothing {
        counts,
        ..std::mem::take(&mut words.smoothing)
    };
    words.smoothing.weigh_all(&words.trie);
    Ok(())
}

const CONTRADICTION: &str = "its strings of words contradict one another";

/// The weights of a context of many children.
struct Wide;

impl Wide {
    const BYTES: usize = 28;

    fn to_bytes(node: u32, weights: [Weight; 2]) -> impl Iterator<Item = u8> {
        let counted = weights.map(|weight| weight.counted.to_le_bytes());
        let rest = weights.map(|weight| weight.rest.to_le_bytes());
        let numbers = node
            .to_le_bytes()
            .into_iter()
            .chain(counted.into_iter().flatten());
        numbers.chain(rest.into_iter().flatten())
    }

    fn from_bytes(row: &[u8; Wide::BYTES]) -> [Weight; 2] {
        let mut counted = numbers(&row[4..12]).map(u32::from_le_bytes);
        let mut rest = numbers(&row[12..]).map(f64::from_le_bytes);
        [(); 2].map(|()| Weight {
            counted: counted.next().unwrap_or_default(),
            rest: rest.next().unwrap_or_default(),
        })
    }
}

/// A string with its last word and its count in ham and in spam.
pub type Found = (u32, u32, [u32; 2]);

/// The tables of a model that is not in memory.
pub struct StoredStrings<'t, 'a> {
    parts: &'t mut PartReader<'a>,
    strings: usize,
    begins: usize,
    wide: usize,
    /// The counts of the fourth table, by node.
    large: Vec<[u32; 3]>,
    /// Number of strings, and of those up to the last context.
    len: u32,
    contexts: u32,
}

impl<'t, 'a> StoredStrings<'t, 'a> {
    /// Opens the four tables.
    pub fn open(tables: &'t mut Tables<'a>) -> Result<StoredStrings<'t, 'a>, String> {
        let [strings, begins, wide, large] = [(); 4].map(|()| tables.next());
        let parts = tables.parts();
        let rows = |table: usize, row: u64| u32::try_from(parts.length(table) / row);
        let lengths = rows(strings, 8).ok().zip(rows(begins, 4).ok());
        let (len, begun) = lengths.ok_or(CONTRADICTION)?;
        let sound = [
            (strings, 8),
            (begins, 4),
            (wide, Wide::BYTES as u64),
            (large, 12),
        ]
        .iter()
        .all(|&(table, row)| parts.length(table) % row == 0);
        if !sound || len == 0 || begun > len + 1 {
            return Err(CONTRADICTION.to_owned());
        }
        let large = parts.whole(large)?;
        let row = |row: [u8; 12]| {
            let mut row = numbers(&row).map(u32::from_le_bytes);
            [(); 3].map(|()| row.next().unwrap_or_default())
        };
        Ok(StoredStrings {
            large: numbers(&large).map(row).collect(),
            parts,
            strings,
            begins,
            wide,
            len,
            contexts: begun.saturating_sub(1),
        })
    }

    /// A string as it stands in the first table.
    fn unpacked(&self, node: u32, string: u64) -> Result<(u32, [u32; 2]), String> {
        let counts = [string >> BITS & LARGE, string & LARGE];
        let symbol = (string >> (2 * BITS)) as u32;
        if counts.iter().all(|&count| count < LARGE) {
            return Ok((symbol, counts.map(|count| count as u32)));
        }
        let found = self.large.binary_search_by_key(&node, |&[node, ..]| node);
        let [_, ham, spam] = self.large[found.map_err(|_| CONTRADICTION)?];
        Ok((symbol, [ham, spam]))
    }

    /// The children of a string.
    pub fn children(&mut self, node: u32) -> Result<Range<u32>, String> {
        if node >= self.contexts {
            return Ok(self.len..self.len);
        }
        let mut two = [[0; 4]; 2];
        self.parts
            .read_at(self.begins, 4 * u64::from(node), two.as_flattened_mut())?;
        let [start, end] = two.map(u32::from_le_bytes);
        if start <= node || end < start || end > self.len {
            return Err(CONTRADICTION.to_owned());
        }
        Ok(start..end)
    }

    /// Strings that stand one after the other.
    pub fn range(&mut self, nodes: Range<u32>) -> Result<Vec<Found>, String> {
        let mut bytes = vec![0; 8 * nodes.len()];
        self.parts
            .read_at(self.strings, 8 * u64::from(nodes.start), &mut bytes)?;
        let strings = numbers(&bytes).map(u64::from_le_bytes).zip(nodes);
        strings
            .map(|(string, node)| {
                let (symbol, counts) = self.unpacked(node, string)?;
                Ok((node, symbol, counts))
            })
            .collect()
    }

    /// The child that ends in a word.
    pub fn child(&mut self, mut nodes: Range<u32>, symbol: u32) -> Result<Option<Found>, String> {
        while !nodes.is_empty() {
            let middle = nodes.start + (nodes.end - nodes.start) / 2;
            let found = self.range(middle..middle + 1)?[0];
            match found.1.cmp(&symbol) {
                std::cmp::Ordering::Less => nodes.start = middle + 1,
                std::cmp::Ordering::Equal => return Ok(Some(found)),
                std::cmp::Ordering::Greater => nodes.end = middle,
            }
        }
        Ok(None)
    }

    /// The weights of a context that has many children.
    pub fn weights(&mut self, node: u32) -> Result<[Weight; 2], String> {
        let (mut low, mut high) = (0, self.parts.length(self.wide) / Wide::BYTES as u64);
        while low < high {
            let middle = low + (high - low) / 2;
            let mut row = [0; Wide::BYTES];
            self.parts
                .read_at(self.wide, middle * Wide::BYTES as u64, &mut row)?;
            let found = numbers(&row[..4]).map(u32::from_le_bytes).next();
            match found.cmp(&Some(node)) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Equal => return Ok(Wide::from_bytes(&row)),
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        Err(CONTRADICTION.to_owned())
    }
}

/// The weights of a context of few children, as of any other.
pub fn weights_of(children: &[Found], smoothing: &WordSmoothing, length: usize) -> [Weight; 2] {
    let counts = children.iter().map(|(_, _, counts)| *counts);
    weigh(counts, &smoothing.discounts[length])
}
