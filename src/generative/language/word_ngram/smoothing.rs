//! Interpolated modified Kneser-Ney smoothing of words: what follows from a trie and its counts.

use crate::generative::language::discounting::{Discounts, discounts, rank};
use crate::generative::language::strings::{Singles, Strings};
use crate::model::InvalidModel;
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
    /// The words that were seen.
    #[serde(skip)]
    pub singles: Singles,
    /// p of each of them in the empty context, by class; first that of any other.
    #[serde(skip)]
    pub unigrams: Vec<[f64; 2]>,
}

impl WordSmoothing {
    /// Computed from the counts of strings of words out of `columns`.
    pub fn of(trie: &Strings<u32>, counts: Vec<[u32; 2]>, columns: u64) -> WordSmoothing {
        let mut smoothing = WordSmoothing {
            discounts: discounts(trie, &counts),
            counts,
            ..WordSmoothing::default()
        };
        smoothing.weigh_all(trie);
        smoothing.pooled = smoothing.weights.first().map_or(0.0, pooled);
        smoothing.look_up(trie, columns);
        smoothing
    }

    /// Refuses what no counts can give.
    pub fn validate(&self) -> Result<(), InvalidModel> {
        let mut discounts = self.discounts.iter().flatten();
        InvalidModel::unless(
            discounts.all(|of| (1..).zip(of).all(|(k, &d)| 0.0 < d && d < f64::from(k))),
            "a discount takes nothing, or all of a count",
        )?;
        let mut contexts = self.weights.iter().flatten();
        InvalidModel::unless(
            contexts.all(|of| of.counted == 0 || 0.0 < of.rest && of.rest <= 1.0),
            "a context hands on nothing, or more than it has",
        )?;
        InvalidModel::unless(
            self.weights
                .first()
                .is_some_and(|of| self.pooled == pooled(of)),
            "the words of both classes are not those of ham and of spam",
        )
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

    /// Makes the tables of single words from the weights, out of `columns` words.
    pub fn look_up(&mut self, trie: &Strings<u32>, columns: u64) {
        let seen = trie.children(0).map(|node| self.counts[node as usize]);
        let all = std::iter::once([0; 2]).chain(seen);
        self.unigrams = all.map(|counts| self.unigram(counts, columns)).collect();
        self.singles = Singles::of(trie);
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

/// Sum of the counts of both classes in a context.
fn pooled([ham, spam]: &[Weight; 2]) -> f64 {
    f64::from(ham.counted) + f64::from(spam.counted)
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
