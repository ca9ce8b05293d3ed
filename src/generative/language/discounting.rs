//! How much of its weight a context gives to the symbols that it has counted, and how much it hands
//! on: the rules by which prediction by partial matching and Kneser-Ney smoothing differ.

use super::strings::{Strings, Symbol};

/// D_1, D_2 and D_3+: what is taken from a count of one, of two, and of more.
pub type Discounts = [f64; 3];

/// How much of its weight a context gives, and how much it hands on.
#[derive(Clone, Copy)]
pub enum BackoffRule<'a> {
    /// f / (n + q) and q / (n + q) (method C, Moffat 1990).
    C,
    /// (f - 1/2) / n and q / 2n (method D, Howard 1993).
    D,
    /// (f - D(f)) / n and what was taken, with discounts by length of the context and class (Chen
    /// and Goodman 1999).
    KneserNey(&'a [[Discounts; 2]]),
}

/// What is counted in a context.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DiscountTally {
    /// Sum of the counts.
    pub n: u32,
    /// Symbols counted once, twice, and more often.
    pub q: [u16; 3],
}

/// Which of the three [`Discounts`] a count gets.
pub fn rank(count: u32) -> usize {
    (count.clamp(1, 3) - 1) as usize
}

impl DiscountTally {
    /// Adds a symbol with this count, which may be none.
    #[inline]
    pub fn add(&mut self, count: u32) {
        self.n += count;
        self.q[0] += u16::from(count == 1);
        self.q[1] += u16::from(count == 2);
        self.q[2] += u16::from(count > 2);
    }

    /// Counts a symbol once more that was counted `before` times, maybe elsewhere: there may be
    /// fewer symbols than none until [`DiscountTally::with`] adds those counted there.
    pub fn count(&mut self, before: u32) {
        let mut take = DiscountTally::default();
        take.add(before);
        self.n += 1;
        for (q, before) in self.q.iter_mut().zip(take.q) {
            *q = q.wrapping_sub(before);
        }
        let q = &mut self.q[rank(before + 1)];
        *q = q.wrapping_add(1);
    }

    /// What is counted in both.
    #[inline]
    pub fn with(self, more: DiscountTally) -> DiscountTally {
        DiscountTally {
            n: self.n + more.n,
            q: [
                self.q[0].wrapping_add(more.q[0]),
                self.q[1].wrapping_add(more.q[1]),
                self.q[2].wrapping_add(more.q[2]),
            ],
        }
    }
}

/// What a context gives to a symbol counted f times: (f - discount) · scale; and what it hands on.
pub struct Weights {
    discount: Discounts,
    scale: f64,
    /// The share of p that the shorter context decides.
    pub rest: f64,
}

impl Weights {
    /// p that the context gives to a symbol with count f.
    pub fn share(&self, f: u32) -> f64 {
        if f == 0 {
            0.0
        } else {
            (f64::from(f) - self.discount[rank(f)]) * self.scale
        }
    }
}

impl BackoffRule<'_> {
    /// The weights of a context of `length` bytes; `all` says that it has counted every symbol that
    /// longer contexts have not offered, so that none is left for the shorter ones.
    #[inline]
    pub fn weights(
        &self,
        tally: &DiscountTally,
        length: usize,
        class: usize,
        all: bool,
    ) -> Weights {
        let (counted, q) = (f64::from(tally.n), tally.q.map(f64::from));
        let (discount, n) = match self {
            BackoffRule::C => (
                [0.0; 3],
                if all {
                    counted
                } else {
                    counted + q.iter().sum::<f64>()
                },
            ),
            BackoffRule::D => (if all { [0.0; 3] } else { [0.5; 3] }, counted),
            BackoffRule::KneserNey(of) => (of[length][class], counted),
        };
        let taken: f64 = discount
            .iter()
            .zip(q)
            .map(|(discount, q)| discount * q)
            .sum();
        Weights {
            discount,
            scale: 1.0 / n,
            rest: (taken + n - counted) / n,
        }
    }
}

/// The discounts of modified Kneser-Ney smoothing where n_k strings are counted k times, from one
/// to four: Y = n_1 / (n_1 + 2 n_2), D_k = k - (k + 1) Y n_k+1 / n_k. Where a corpus is too small
/// to have such strings, half of every count is taken.
pub fn of_counts(n: [f64; 4]) -> Discounts {
    let y = n[0] / (n[0] + 2.0 * n[1]);
    let of = |k: usize| {
        let found = k as f64 - (k + 1) as f64 * y * n[k] / n[k - 1];
        if found > 0.0 && found < k as f64 {
            found
        } else {
            0.5
        }
    };
    [of(1), of(2), of(3)]
}

/// [`of_counts`] by length of the context and class.
pub fn discounts<S: Symbol>(trie: &Strings<S>, counts: &[[u32; 2]]) -> Vec<[Discounts; 2]> {
    let mut counted = vec![[[0.0; 4]; 2]; trie.order() + 1];
    let mut nodes = 0..1;
    for counted in &mut counted {
        let children = trie.children(nodes.start).start..trie.children(nodes.end - 1).end;
        for child in children.clone() {
            for (class, &count) in counts[child as usize].iter().enumerate() {
                if (1..=4).contains(&count) {
                    counted[class][count as usize - 1] += 1.0;
                }
            }
        }
        if children.is_empty() {
            break;
        }
        nodes = children;
    }
    counted
        .into_iter()
        .map(|classes| classes.map(of_counts))
        .collect()
}
