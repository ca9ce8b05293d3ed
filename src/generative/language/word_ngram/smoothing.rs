//! Interpolated modified Kneser-Ney smoothing of words: what follows from a trie and its counts.

use crate::generative::language::context_trie::{ContextTrie, Strings};
use crate::generative::language::discounting::{Discounts, discounts, rank};
use serde::{Deserialize, Serialize};

/// What a class makes of a context h.
#[derive(Debug, Clone, Copy, Default)]
pub struct Weight {
    /// Sum of the counts N(h).
    pub counted: u32,
    /// γ(h), the share of p that the shorter context decides.
    pub rest: f64,
}

/// What smoothing needs beside the trie.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct WordSmoothing {
    /// Continuation count of each string, by class.
    #[serde(skip)]
    pub counts: Vec<[u32; 2]>,
    /// D by length of the context and class.
    pub discounts: Vec<[Discounts; 2]>,
    /// By context, which is a string that something followed, and class.
    #[serde(skip)]
    pub weights: Vec<[Weight; 2]>,
    /// Sum of the counts of both classes in the empty context.
    pub pooled: f64,
}

impl WordSmoothing {
    /// Computed from the counts of a trie.
    pub fn of(trie: &ContextTrie<u32>) -> WordSmoothing {
        let counts = trie.continuation_counts();
        let mut smoothing = WordSmoothing {
            discounts: discounts(trie, &counts),
            counts,
            ..WordSmoothing::default()
        };
        smoothing.weigh_all(trie);
        smoothing.pooled = smoothing.weights.first().map_or(0.0, |[ham, spam]| {
            f64::from(ham.counted) + f64::from(spam.counted)
        });
        smoothing
    }

    /// Computes the weights from counts and discounts, of which there must be enough.
    pub fn weigh_all(&mut self, trie: &Strings<u32>) {
        let mut length = vec![0u8; trie.len()];
        self.weights.clear();
        for context in 0..trie.contexts() {
            let (children, own) = (trie.children(context), length[context as usize]);
            let children = children.start as usize..children.end as usize;
            length[children.clone()].fill(own + 1);
            let counts = self.counts[children].iter().copied();
            self.weights
                .push(weigh(counts, &self.discounts[usize::from(own)]));
        }
    }
}

/// What each class makes of a context whose children have these counts.
pub fn weigh(children: impl Iterator<Item = [u32; 2]>, discounts: &[Discounts; 2]) -> [Weight; 2] {
    let mut weights = [Weight::default(); 2];
    let mut taken = [0.0; 2];
    for counts in children {
        for class in [0, 1].into_iter().filter(|&class| counts[class] > 0) {
            // No more than can be counted, whatever a damaged file says.
            let counted = &mut weights[class].counted;
            *counted = counted.saturating_add(counts[class]);
            taken[class] += discounts[class][rank(counts[class])];
        }
    }
    for (weight, taken) in weights.iter_mut().zip(taken) {
        if weight.counted > 0 {
            weight.rest = taken / f64::from(weight.counted);
        }
    }
    weights
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
