//! What a class makes of a context, and of the counts of the words that follow it.

use crate::generative::language::discounting::Discounts;
use std::hint::select_unpredictable;

/// What is taken from a count of 0, 1, 2, and from any greater one.
pub type Taken = [f64; 4];

/// What is taken from the counts of both classes.
pub fn taken(discounts: &[Discounts; 2]) -> [Taken; 2] {
    discounts.map(|[one, two, more]| [0.0, one, two, more])
}

/// What is left of a count.
pub fn left(count: u32, taken: &Taken) -> f64 {
    f64::from(count) - taken[count.min(3) as usize]
}

/// What a class makes of a context h.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Weight {
    /// Sum of the counts N(h).
    pub counted: u32,
    /// γ(h), the share of p that the shorter context decides.
    pub rest: f64,
}

/// What each class makes of a context whose children have these counts.
#[inline]
pub fn weigh(children: impl Iterator<Item = [u32; 2]>, taken: &[Taken; 2]) -> [Weight; 2] {
    let (mut counted, mut given) = ([0_u32; 2], [0.0; 2]);
    for counts in children {
        for class in [0, 1] {
            // No more than can be counted, whatever a damaged file says.
            counted[class] = counted[class].saturating_add(counts[class]);
            given[class] += taken[class][counts[class].min(3) as usize];
        }
    }
    [0, 1].map(|class: usize| Weight {
        counted: counted[class],
        // Nothing is given where nothing is counted.
        rest: given[class] / f64::from(counted[class].max(1)),
    })
}

/// p_k from p_k-1 of a word with this count in a context.
#[inline]
pub fn interpolate(p: f64, count: u32, Weight { counted, rest }: Weight, taken: &Taken) -> f64 {
    let own = left(count, taken) / f64::from(counted);
    select_unpredictable(counted == 0, p, own + rest * p)
}
