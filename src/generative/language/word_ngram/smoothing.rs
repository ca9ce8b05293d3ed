//! Interpolated modified Kneser-Ney smoothing of words: what follows from a trie and its counts.

use crate::generative::language::context_trie::{ContextTrie, Singles};
use crate::generative::language::discounting::{Discounts, discounts, rank};

/// What a class makes of a context h.
#[derive(Debug, Clone, Copy, Default)]
pub struct Weight {
    /// Sum of the counts N(h).
    pub counted: u32,
    /// γ(h), the share of p that the shorter context decides.
    pub rest: f64,
}

/// What smoothing needs beside the trie.
#[derive(Debug, Clone, Default)]
pub struct WordSmoothing {
    /// Continuation count of each string, by class.
    pub counts: Vec<[u32; 2]>,
    /// D by length of the context and class.
    pub discounts: Vec<[Discounts; 2]>,
    /// By context, which is a string that something followed, and class.
    pub weights: Vec<[Weight; 2]>,
    /// Sum of the counts of both classes in the empty context.
    pub pooled: f64,
    /// The words that were seen.
    pub singles: Singles,
    /// p of each of them in the empty context, by class; first that of any other.
    pub unigrams: Vec<[f64; 2]>,
}

impl WordSmoothing {
    /// Computed from the counts of a trie of words out of `columns`.
    pub fn of(trie: &ContextTrie<u32>, columns: u64) -> WordSmoothing {
        let counts = trie.continuation_counts();
        let discounts = discounts(trie, &counts);
        let mut weights = Vec::new();
        let mut length = vec![0u8; trie.len()];
        for context in 0..trie.contexts() {
            let mut own = [Weight::default(); 2];
            let mut taken = [0.0; 2];
            for child in trie.children(context) {
                length[child as usize] = length[context as usize] + 1;
                for (class, &count) in counts[child as usize]
                    .iter()
                    .enumerate()
                    .filter(|(_, count)| **count > 0)
                {
                    own[class].counted += count;
                    taken[class] +=
                        discounts[usize::from(length[context as usize])][class][rank(count)];
                }
            }
            for (weight, taken) in own
                .iter_mut()
                .zip(taken)
                .filter(|(weight, _)| weight.counted > 0)
            {
                weight.rest = taken / f64::from(weight.counted);
            }
            weights.push(own);
        }
        let pooled = weights.first().map_or(0.0, |[ham, spam]| {
            f64::from(ham.counted) + f64::from(spam.counted)
        });
        let mut smoothing = WordSmoothing {
            counts,
            discounts,
            weights,
            pooled,
            singles: Singles::of(trie),
            unigrams: Vec::new(),
        };
        let unseen = smoothing.unigram([0; 2], columns);
        let seen = trie.children(0).map(|node| smoothing.counts[node as usize]);
        let unigrams = std::iter::once(unseen)
            .chain(seen.map(|counts| smoothing.unigram(counts, columns)))
            .collect();
        smoothing.unigrams = unigrams;
        smoothing
    }

    /// p in the empty context of a word with these counts, from its share of what both classes
    /// together write.
    fn unigram(&self, counts: [u32; 2], columns: u64) -> [f64; 2] {
        let both = f64::from(counts[0]) + f64::from(counts[1]);
        let p = (1.0 + both) / (columns as f64 + 2.0 + self.pooled);
        match (self.weights.first(), self.discounts.first()) {
            (Some(weights), Some(discounts)) => {
                [0, 1].map(|c: usize| interpolate(p, counts[c], weights[c], &discounts[c]))
            }
            _ => [p; 2],
        }
    }
}

/// p_k from p_k-1 of a word with this count in a context.
pub fn interpolate(
    p: f64,
    count: u32,
    Weight { counted, rest }: Weight,
    discounts: &Discounts,
) -> f64 {
    if counted == 0 {
        return p;
    }
    let own = if count == 0 {
        0.0
    } else {
        f64::from(count) - discounts[rank(count)]
    };
    own / f64::from(counted) + rest * p
}
