//! Interpolated modified Kneser-Ney smoothing of words: what follows from strings and their counts.

use super::weights::{Taken, Weight, interpolate, taken};
use super::word_strings::WordStrings;
use crate::generative::language::discounting::Discounts;
use crate::generative::language::strings::SymbolTable;
use crate::model::InvalidModel;
use serde::{Deserialize, Serialize};

/// What smoothing needs beside the strings.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct WordSmoothing {
    /// D by length of the context and class.
    pub discounts: Vec<[Discounts; 2]>,
    /// Sum of the counts of both classes in the empty context.
    pub pooled: f64,
    /// The words that were seen.
    #[serde(skip)]
    pub singles: SymbolTable,
    /// p of each of them in the empty context, by class; first that of any other.
    #[serde(skip)]
    pub unigrams: Vec<[f64; 2]>,
}

impl WordSmoothing {
    /// Refuses what no counts can give.
    pub fn validate(&self, strings: &WordStrings) -> Result<(), InvalidModel> {
        let mut discounts = self.discounts.iter().flatten();
        InvalidModel::unless(
            discounts.all(|of| (1..).zip(of).all(|(k, &d)| 0.0 < d && d < f64::from(k))),
            "a discount takes nothing, or all of a count",
        )?;
        let mut contexts = strings.kept_weights().flatten();
        InvalidModel::unless(
            contexts.all(|of| of.counted == 0 || 0.0 < of.rest && of.rest <= 1.0),
            "a context hands on nothing, or more than it has",
        )?;
        InvalidModel::unless(
            self.pooled == self.both(strings),
            "the words of both classes are not those of ham and of spam",
        )
    }

    /// What is taken from counts, by length of the context and class.
    pub fn taken(&self) -> impl Iterator<Item = [Taken; 2]> {
        self.discounts.iter().map(taken)
    }

    /// Sum of the counts of both classes in the empty context.
    pub fn both(&self, strings: &WordStrings) -> f64 {
        let [ham, spam] = self.root(strings).map(|of| f64::from(of.counted));
        ham + spam
    }

    fn root(&self, strings: &WordStrings) -> [Weight; 2] {
        let root = |taken| strings.weights(0, strings.children(0), &taken);
        self.taken().next().map(root).unwrap_or_default()
    }

    /// Makes the tables of single words, out of `columns` words.
    pub fn look_up(&mut self, strings: &WordStrings, columns: u64) {
        let (root, words) = (self.root(strings), strings.children(0));
        let taken = self.taken().next().unwrap_or_default();
        // What a class writes there is its share of what both classes together write.
        let unigram = |counts: [u32; 2]| {
            let both = f64::from(counts[0]) + f64::from(counts[1]);
            let p = (1.0 + both) / (columns as f64 + 2.0 + self.pooled);
            [0, 1].map(|c: usize| interpolate(p, counts[c], root[c], &taken[c]))
        };
        let seen = words.clone().map(|word| strings.counts(word));
        let all = std::iter::once([0; 2]).chain(seen);
        self.unigrams = all.map(unigram).collect();
        self.singles = SymbolTable::default();
        words.for_each(|word| self.singles.set(strings.symbol(word), word));
    }
}
