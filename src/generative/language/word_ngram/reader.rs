//! Reading by [`Words`]: p of one word after the other, in ham and in spam.

use super::smoothing::interpolate;
use super::words::Words;
use crate::generative::language::strings::{KnownContexts, LONGEST};
use rustc_hash::FxHashMap;

/// κ: the weight of the n-grams beside the words of the message, in words.
const KAPPA: f64 = 500.0;

/// A place in a message.
pub struct WordReader<'a> {
    pub(super) model: &'a Words,
    pub(super) contexts: KnownContexts,
    /// Occurrences of each word in the message so far.
    cache: FxHashMap<u32, u32>,
    /// Words of the message so far.
    read: u32,
}

impl<'a> WordReader<'a> {
    /// At the beginning of a message.
    pub fn new(model: &'a Words) -> WordReader<'a> {
        WordReader {
            model,
            contexts: KnownContexts::start(),
            cache: FxHashMap::default(),
            read: 0,
        }
    }

    /// p of a word in ham and in spam; then it has been read.
    pub fn read(&mut self, symbol: u32) -> [f64; 2] {
        let Words {
            trie, smoothing, ..
        } = self.model;
        // Nodes of single words stand right behind the root, in the order of their unigrams.
        let single = smoothing.singles.node(symbol);
        let mut p = smoothing.unigrams[single.unwrap_or(0) as usize];
        let mut becomes = [single.unwrap_or(0); LONGEST + 1];
        let mut known = usize::from(single.is_some());
        for (length, &context) in self.contexts.nodes().iter().enumerate().skip(1) {
            // A string was not seen unless its suffix was: the first context without this word is
            // the last to be asked.
            let child = if known == length {
                trie.child(context, symbol)
            } else {
                None
            };
            let counts = child.map_or([0; 2], |child| smoothing.counts[child as usize]);
            if let Some(child) = child {
                becomes[known] = child;
                known += 1;
            }
            let weights = &smoothing.weights[context as usize];
            p = [0, 1].map(|c: usize| {
                interpolate(p[c], counts[c], weights[c], &smoothing.discounts[length][c])
            });
        }
        self.contexts.advance(&becomes[..known], trie.order());
        if !self.model.adaptive {
            return p;
        }
        let own = self.cache.entry(symbol).or_insert(0);
        let before = f64::from(*own);
        *own += 1;
        self.read += 1;
        p.map(|p| (KAPPA * p + before) / (KAPPA + f64::from(self.read - 1)))
    }
}
