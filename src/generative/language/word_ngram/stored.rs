//! Word n-grams in a model file: four tables, of which all or what one message touches is read.
//!
//! The first has a row for each string that may be a context, in the order of the trie: its last
//! word, its count in ham and in spam, and where its children begin. The second has the longest
//! strings, which have none. The weights of a context follow from its children; for contexts of
//! many children they stand in the third. The fourth has the counts that are too large for the
//! others.

use super::weights::Weight;
use super::word_strings::{LargeCounts, WordStrings, counts, symbol};
use super::words::Words;
use crate::base::parts::{PartReader, Parts, numbers};
use crate::model::tables::Tables;
use std::ops::Range;

/// Bytes of a row of the first table: a string and the beginning of its children.
const INNER: u64 = 12;
/// Bytes of a row of the second table: a string.
const LONGEST: u64 = 8;
/// Bytes of a row of the fourth table: a node, its count in ham and in spam.
const LARGE_ROW: usize = 12;

/// Contexts of more children have their weights in the third table.
pub const FEW: u32 = 32;

/// Appends the tables of a model.
pub fn save(words: &Words, parts: &mut Parts) {
    let (contexts, longest) = words.strings.rows();
    let row = |(string, begins): (u64, u32)| {
        let string = string.to_le_bytes().into_iter();
        string.chain(begins.to_le_bytes())
    };
    parts.push(contexts.flat_map(row).collect());
    parts.push(longest.iter().copied().flat_map(u64::to_le_bytes).collect());
    parts.push(wide_contexts(words));
    let large = words.strings.large().as_flattened();
    parts.push(large.iter().copied().flat_map(u32::to_le_bytes).collect());
}

/// The third table.
fn wide_contexts(words: &Words) -> Vec<u8> {
    let wide = words.strings.wide(FEW as usize + 1);
    wide.flat_map(|(node, weights)| Wide::to_bytes(node, weights))
        .collect()
}

/// Reads all of a model whose other parameters are known.
pub fn load(words: &mut Words, tables: &mut Tables<'_>) -> Result<(), String> {
    let stored = StoredStrings::open(tables)?;
    let (wide, large, len) = (stored.wide, stored.large, stored.len);
    let mut strings = Vec::with_capacity(len as usize);
    let mut first = Vec::with_capacity(stored.inner as usize + 1);
    let rows = stored.parts.whole(stored.contexts)?;
    for row in numbers::<{ INNER as usize }>(&rows) {
        let (string, begins) = halves(row);
        strings.push(string);
        first.push(begins);
    }
    first.push(len);
    let rows = stored.parts.whole(stored.longest)?;
    strings.extend(numbers(&rows).map(u64::from_le_bytes));
    drop(rows);
    words.strings = WordStrings::of_parts(words.strings.order(), strings, first, large)?;
    words.weigh();
    words.look_up();
    // What follows from the first two tables is what a narrowed model reads instead.
    if tables.parts().whole(wide)? == wide_contexts(words) {
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
    /// The counts of the fourth table, by node.
    large: Vec<LargeCounts>,
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
            inner,
            len,
        })
    }

    /// A string as it stands in the first two tables.
    fn unpacked(&self, node: u32, string: u64) -> Result<Found, String> {
        Ok(Found {
            node,
            symbol: symbol(string),
            counts: counts(node, string, &self.large).ok_or(CONTRADICTION)?,
        })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Example;
    use crate::generative::language::gather_ngrams::gather;
    use crate::generative::language::word_ngram::words::{WordNgramParameters, symbols};
    use crate::model::tables::Touched;
    use crate::model::{FittedModel, Generative, from_all_of};

    /// The least count that has a row of its own.
    const LARGE: u32 = (1 << 20) - 1;
    const COUNTS: [[u32; 2]; 3] = [[LARGE - 1, 5], [LARGE, 3], [1 << 30, LARGE + 1]];

    /// Over three columns, each of which is one of the first children of the empty string with one
    /// of the [`COUNTS`].
    fn model() -> Words {
        let messages: [(&[u32], usize); 2] = [(&[0, 1, 2, 1], 0), (&[2, 0, 1], 1)];
        let messages = messages.map(|(tokens, class)| (symbols(tokens), class));
        let trie = gather(1, messages.into_iter()).unwrap();
        let (trie, mut counts, _) = trie.into_continuation_counts();
        counts[1..4].copy_from_slice(&COUNTS);
        let numbers = Words {
            log_prior: [0.5_f64.ln(); 2],
            columns: 3,
            ..Words::default()
        };
        numbers.with_strings(trie, counts)
    }

    fn parts(words: &Words) -> Parts {
        let mut parts = Parts::default();
        parts.push(postcard::to_stdvec(words).unwrap());
        save(words, &mut parts);
        parts
    }

    fn read(bytes: &[u8], touched: Option<Touched<'_>>) -> Result<Words, String> {
        read_over(3, bytes, touched)
    }

    fn read_over(
        columns: usize,
        bytes: &[u8],
        touched: Option<Touched<'_>>,
    ) -> Result<Words, String> {
        let mut source = bytes;
        let (rest, mut tables) = Tables::open(&mut source, columns, touched)?;
        let mut words: Words = from_all_of(&rest)?;
        words.load_tables(&mut tables)?;
        let columns = touched.map_or(columns, |touched| touched.columns.len());
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
        assert_eq!([1, 2, 3].map(|node| whole.strings.counts(node)), COUNTS);
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
    }

    #[test]
    fn weights_of_wide_contexts_that_no_counts_give_are_refused() {
        // The empty context has 40 words and the end, which is a wide one.
        let tokens: Vec<u32> = (0..40).collect();
        let trie = gather(1, [(symbols(&tokens), 0)].into_iter()).unwrap();
        let words = Words::from(WordNgramParameters {
            log_prior: [0.5_f64.ln(); 2],
            columns: 40,
            adaptive: false,
            trie,
        });
        let bytes = parts(&words).to_bytes();
        let mut source = &bytes[..];
        let mut reader = PartReader::new(&mut source).unwrap();
        assert_eq!(reader.length(3), Wide::BYTES as u64);
        let row = reader.whole(3).unwrap();
        let at = bytes
            .windows(row.len())
            .position(|bytes| bytes == row)
            .unwrap();
        let touched = Touched {
            columns: &tokens,
            tokens: &tokens,
        };
        let with_rest = |rest: f64| {
            let mut damaged = bytes.clone();
            damaged[at + 12..at + 20].copy_from_slice(&rest.to_le_bytes());
            let sound = |touched| read_over(40, &damaged, touched).is_ok();
            (sound(None), sound(Some(touched)))
        };
        let [ham, _] = Wide::from_bytes(&row.try_into().unwrap());
        assert_eq!(with_rest(ham.rest), (true, true));
        // Whole, they are compared with the counts; of one message, only those of its strings.
        assert_eq!(with_rest(1.0), (false, true));
        for rest in [0.0, 1.5, f64::NAN] {
            assert_eq!(with_rest(rest), (false, false), "{rest}");
        }
    }
}
