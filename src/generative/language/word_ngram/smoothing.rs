//! Interpolated modified Kneser-Ney smoothing of words: what follows from a trie and its counts.

use crate::generative::language::context_trie::ContextTrie;
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
}

impl WordSmoothing {
    /// Computed from the counts of a trie.
    pub fn of(trie: &ContextTrie<u32>) -> WordSmoothing {
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
        WordSmoothing {
            counts,
            discounts,
            weights,
            pooled,
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
