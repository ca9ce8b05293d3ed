//! Word n-grams in a model file: four tables, of which all or what one message touches is read.
//!
//! The first has a row for each string that may be a context, in the order of the trie: its last
//! word, its count in ham and in spam, and where its children begin. The second has the longest
//! strings, which have none. The weights of a context follow from its children; for contexts of
//! many children they stand in the third. The fourth has the counts that are too large for the
//! others.

use super::smoothing::{Weight, WordSmoothing, weigh};
use super::words::Words;
use crate::base::parts::{PartReader, Parts, numbers};
use crate::generative::language::strings::Strings;
use crate::model::tables::Tables;
use std::ops::Range;

/// Bits of a count in the first two tables.
const BITS: u32 = 20;
/// A count with all of them set: it, and any greater one, stands in the fourth table.
const LARGE: u64 = (1 << BITS) - 1;

/// Bytes of a row of the first table: a string and the beginning of its children.
const INNER: u64 = 12;
/// Bytes of a row of the second table: a string.
const LONGEST: u64 = 8;
/// Bytes of a row of the fourth table: a node, its count in ham and in spam.
const LARGE_ROW: usize = 12;

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
    let (nodes, inner) = (0..trie.len() as u32, trie.shorter_than_longest());
    let count = |node: u32| smoothing.counts[node as usize];
    let string = |node| packed(trie.symbol(node), count(node)).to_le_bytes();
    let row = |node| {
        string(node)
            .into_iter()
            .chain(trie.children(node).start.to_le_bytes())
    };
    parts.push((0..inner).flat_map(row).collect());
    parts.push((inner..nodes.end).flat_map(string).collect());
    parts.push(wide_contexts(words));
    parts.push(large_counts(words));
}

/// The third table.
fn wide_contexts(
    Words {
        trie, smoothing, ..
    }: &Words,
) -> Vec<u8> {
    let wide = (0..trie.contexts()).filter(|&node| trie.children(node).len() > FEW as usize);
    let row = |node: u32| Wide::to_bytes(node, smoothing.weights[node as usize]);
    wide.flat_map(row).collect()
}

/// The fourth table.
fn large_counts(words: &Words) -> Vec<u8> {
    let rows = (0..).zip(&words.smoothing.counts);
    let large = rows.filter(|(_, counts)| counts.iter().any(|&n| u64::from(n) >= LARGE));
    let row = |(node, &[ham, spam]): (u32, &[u32; 2])| {
        [node, ham, spam].into_iter().flat_map(u32::to_le_bytes)
    };
    large.flat_map(row).collect()
}

/// Reads all of a model whose other parameters are known.
pub fn load(words: &mut Words, tables: &mut Tables<'_>) -> Result<(), String> {
    let stored = StoredStrings::open(tables)?;
    let (wide, large) = (stored.wide, stored.large_table);
    let (inner, len) = (stored.inner, stored.len);
    let mut symbols = Vec::with_capacity(len as usize);
    let mut counts = Vec::with_capacity(len as usize);
    let mut first = Vec::with_capacity(len as usize + 1);
    let mut add = |string: Found| {
        symbols.push(string.symbol);
        counts.push(string.counts);
    };
    let rows = stored.parts.whole(stored.contexts)?;
    for (row, node) in numbers::<{ INNER as usize }>(&rows).zip(0..) {
        let (string, begins) = halves(row);
        add(stored.unpacked(node, string)?);
        first.push(begins);
    }
    let rows = stored.parts.whole(stored.longest)?;
    for (row, node) in numbers(&rows).zip(inner..) {
        add(stored.unpacked(node, u64::from_le_bytes(row))?);
    }
    first.resize(len as usize + 1, len);
    words.trie = Strings::of_parts(words.trie.order(), symbols, first)?;
    words.smoothing = WordSmoothing {
        counts,
        ..std::mem::take(&mut words.smoothing)
    };
    words.smoothing.weigh_all(&words.trie);
    words.smoothing.look_up(&words.trie, words.columns);
    // What follows from the first two tables is what a narrowed model reads instead.
    let parts = tables.parts();
    let agree =
        parts.whole(wide)? == wide_contexts(words) && parts.whole(large)? == large_counts(words);
    if agree {
        Ok(())
    } else {
        Err(CONTRADICTION.to_owned())
    }
}

const CONTRADICTION: &str = "its strings of words contradict one another";

/// The weights of a context of many children.
struct Wide;

impl Wide {
    /// Bytes of a row of the third table: a node, N(h) in ham and in spam, γ(h) in ham and in spam.
    const BYTES: usize = 4 + 2 * 4 + 2 * 8;

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

/// The string and the beginning of its children in a row of the first table.
fn halves(row: [u8; INNER as usize]) -> (u64, u32) {
    let (string, begins) = row.split_at(LONGEST as usize);
    let string = numbers(string).map(u64::from_le_bytes).next();
    let begins = numbers(begins).map(u32::from_le_bytes).next();
    (string.unwrap_or_default(), begins.unwrap_or_default())
}

/// A string that was found.
#[derive(Debug, Clone, Copy, Default)]
pub struct Found {
    /// Its node.
    pub node: u32,
    /// Its last word.
    pub symbol: u32,
    /// Its count in ham and in spam.
    pub counts: [u32; 2],
}

/// The tables of a model that is not in memory.
pub struct StoredStrings<'t, 'a> {
    parts: &'t mut PartReader<'a>,
    contexts: usize,
    longest: usize,
    wide: usize,
    large_table: usize,
    /// The counts of the fourth table, by node.
    large: Vec<[u32; 3]>,
    /// Number of strings that may be contexts, and of all strings.
    inner: u32,
    len: u32,
}

impl<'t, 'a> StoredStrings<'t, 'a> {
    /// Opens the four tables.
    pub fn open(tables: &'t mut Tables<'a>) -> Result<StoredStrings<'t, 'a>, String> {
        let [contexts, longest, wide, large_table] = [(); 4].map(|()| tables.take());
        let parts = tables.parts();
        let rows = |table: usize, row: u64| u32::try_from(parts.length(table) / row);
        let lengths = rows(contexts, INNER).ok().zip(rows(longest, LONGEST).ok());
        let (inner, longer) = lengths.ok_or(CONTRADICTION)?;
        let len = inner.checked_add(longer).ok_or(CONTRADICTION)?;
        let sound = [
            (contexts, INNER),
            (longest, LONGEST),
            (wide, Wide::BYTES as u64),
            (large_table, LARGE_ROW as u64),
        ]
        .iter()
        .all(|&(table, row)| parts.length(table).is_multiple_of(row));
        if !sound || inner == 0 {
            return Err(CONTRADICTION.to_owned());
        }
        let large = parts.whole(large_table)?;
        let row = |row: [u8; LARGE_ROW]| {
            let mut row = numbers(&row).map(u32::from_le_bytes);
            [(); 3].map(|()| row.next().unwrap_or_default())
        };
        Ok(StoredStrings {
            large: numbers(&large).map(row).collect(),
            parts,
            contexts,
            longest,
            wide,
            large_table,
            inner,
            len,
        })
    }

    /// A string as it stands in the first two tables.
    fn unpacked(&self, node: u32, string: u64) -> Result<Found, String> {
        let counts = [string >> BITS & LARGE, string & LARGE];
        let symbol = (string >> (2 * BITS)) as u32;
        let mut found = Found {
            node,
            symbol,
            counts: counts.map(|count| count as u32),
        };
        if counts.contains(&LARGE) {
            let at = self.large.binary_search_by_key(&node, |&[node, ..]| node);
            let [_, ham, spam] = self.large[at.map_err(|_| CONTRADICTION)?];
            found.counts = [ham, spam];
        }
        Ok(found)
    }

    /// The children of a string.
    pub fn children(&mut self, node: u32) -> Result<Range<u32>, String> {
        if node >= self.inner {
            return Ok(self.len..self.len);
        }
        let mut rows = [[0; INNER as usize]; 2];
        let at = INNER * u64::from(node);
        let end = if node + 1 == self.inner {
            self.parts.read_at(self.contexts, at, &mut rows[0])?;
            self.len
        } else {
            self.parts
                .read_at(self.contexts, at, rows.as_flattened_mut())?;
            halves(rows[1]).1
        };
        let (_, start) = halves(rows[0]);
        if start <= node || end < start || end > self.len {
            return Err(CONTRADICTION.to_owned());
        }
        Ok(start..end)
    }

    /// A string.
    pub fn string(&mut self, node: u32) -> Result<Found, String> {
        let mut string = [0; LONGEST as usize];
        let (table, at) = match node.checked_sub(self.inner) {
            None => (self.contexts, INNER * u64::from(node)),
            Some(longer) => (self.longest, LONGEST * u64::from(longer)),
        };
        self.parts.read_at(table, at, &mut string)?;
        self.unpacked(node, u64::from_le_bytes(string))
    }

    /// The child that ends in a word. The children are in the order of their words, so that the
    /// n-th of them has at least the number n: where hardly a number is missing it is found at
    /// once.
    pub fn child(&mut self, mut nodes: Range<u32>, symbol: u32) -> Result<Option<Found>, String> {
        let most = nodes.start.saturating_add(symbol).saturating_add(1);
        nodes.end = nodes.end.min(most);
        let mut step = 1;
        while !nodes.is_empty() {
            // From the last possible place back in growing steps, then by halves.
            let back = nodes.len() as u32 / 2;
            let place = nodes.end - 1 - back.min(step - 1);
            step = step.saturating_mul(4);
            let found = self.string(place)?;
            match found.symbol.cmp(&symbol) {
                std::cmp::Ordering::Less => nodes.start = place + 1,
                std::cmp::Ordering::Equal => return Ok(Some(found)),
                std::cmp::Ordering::Greater => nodes.end = place,
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
    let counts = children.iter().map(|child| child.counts);
    weigh(counts, &smoothing.discounts[length])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Example;
    use crate::generative::language::gather_ngrams::gather;
    use crate::generative::language::word_ngram::words::{WordNgramParameters, symbols};
    use crate::model::tables::Touched;
    use crate::model::{FittedModel, Generative, from_all_of};

    const COUNTS: [[u32; 2]; 3] = [
        [LARGE as u32 - 1, 5],
        [LARGE as u32, 3],
        [1 << 30, LARGE as u32 + 1],
    ];

    /// Over three columns, each of which is one of the first children of the empty string with one
    /// of the [`COUNTS`].
    fn model() -> Words {
        let messages: [(&[u32], usize); 2] = [(&[0, 1, 2, 1], 0), (&[2, 0, 1], 1)];
        let messages = messages.map(|(tokens, class)| (symbols(tokens), class));
        let mut words = Words::from(WordNgramParameters {
            log_prior: [0.5_f64.ln(); 2],
            columns: 3,
            adaptive: false,
            trie: gather(1, messages.into_iter()).unwrap(),
        });
        words.smoothing.counts[1..4].copy_from_slice(&COUNTS);
        words.smoothing.weigh_all(&words.trie);
        let [ham, spam] = words.smoothing.weights[0].map(|of| f64::from(of.counted));
        words.smoothing.pooled = ham + spam;
        words.smoothing.look_up(&words.trie, 3);
        words
    }

    fn parts(words: &Words) -> Parts {
        let mut parts = Parts::default();
        parts.push(postcard::to_stdvec(words).unwrap());
        save(words, &mut parts);
        parts
    }

    fn read(bytes: &[u8], touched: Option<Touched<'_>>) -> Result<Words, String> {
        let mut source = bytes;
        let (rest, mut tables) = Tables::open(&mut source, 3, touched)?;
        let mut words: Words = from_all_of(&rest)?;
        words.load_tables(&mut tables)?;
        let columns = touched.map_or(3, |touched| touched.columns.len());
        words.validate(columns).map_err(|error| error.to_string())?;
        Ok(words)
    }

    #[test]
    fn counts_too_large_for_the_rows_of_strings_come_back_whole_and_narrowed() {
        let words = model();
        let bytes = parts(&words).to_bytes();
        let mut source = &bytes[..];
        let mut reader = PartReader::new(&mut source).unwrap();
        // Of the three, two have a count of 2^20 - 1 or more.
        assert_eq!(reader.length(4), 2 * LARGE_ROW as u64);
        assert_eq!(
            reader.whole(4).unwrap()[4..8],
            ((1_u32 << 20) - 1).to_le_bytes()
        );
        let whole = read(&bytes, None).unwrap();
        assert_eq!(whole.smoothing.counts[1..4], COUNTS);
        let tokens = [2, 0, 1, 1, 2];
        let email = Example {
            tokens: &tokens,
            ..Example::sparse(&[], &[])
        };
        let touched = Touched {
            columns: &[0, 1, 2],
            tokens: &tokens,
        };
        let narrow = read(&bytes, Some(touched)).unwrap();
        let expected = words.log_likelihoods(email).map(f64::to_bits);
        for read in [whole, narrow] {
            assert_eq!(read.log_likelihoods(email).map(f64::to_bits), expected);
        }
    }

    #[test]
    fn numbers_that_no_counts_give_are_refused() {
        let refused = |damage: &dyn Fn(&mut Words)| {
            let mut words = model();
            damage(&mut words);
            read(&parts(&words).to_bytes(), None).is_err()
        };
        assert!(!refused(&|_| ()));
        for (rank, discount) in [(0, 0.0), (0, 1.0), (1, -0.1), (1, 2.0), (2, 3.5)] {
            assert!(refused(
                &|words| words.smoothing.discounts[1][0][rank] = discount
            ));
        }
        for pooled in [-1.0, 0.0, f64::NAN] {
            assert!(refused(&|words| words.smoothing.pooled = pooled));
        }
        assert!(refused(&|words| words.columns = 4));
        assert!(refused(&|words| words.log_prior[0] = f64::INFINITY));
        let with_rest = |rest| {
            let mut words = model();
            words.smoothing.weights[1][0] = Weight { counted: 2, rest };
            words.validate(3).is_ok()
        };
        assert!(with_rest(1.0) && !with_rest(0.0) && !with_rest(1.5) && !with_rest(f64::NAN));
    }
}
