//! P-values of all pairs of models together: how often the most striking pair of all would be as
//! striking as this one if no model were better than another.
//!
//! Among many pairs some look different by chance. The signs of the differences of whole groups of
//! near-duplicates are turned at random, the same for all pairs, and the largest |Σd| / √Σd² of all
//! pairs is kept (Westfall and Young, *Resampling-Based Multiple Testing*, 1993, single step).

use super::tested::Tested;
use crate::base::math::below;
use crate::base::streams::{Stream, random_stream};
use rayon::prelude::*;

/// A pair's groups that differ, with their differences.
struct Votes {
    groups: Vec<(usize, f64)>,
    deviation: f64,
}

impl Votes {
    fn new(differences: &[f64]) -> Votes {
        let groups: Vec<(usize, f64)> = differences
            .iter()
            .copied()
            .enumerate()
            .filter(|&(_, difference)| difference != 0.0)
            .collect();
        let squares: f64 = groups
            .iter()
            .map(|(_, difference)| difference * difference)
            .sum();
        Votes {
            groups,
            deviation: squares.sqrt(),
        }
    }

    fn statistic(&self, is_turned: &dyn Fn(usize) -> bool) -> f64 {
        let turn = |&(group, by): &(usize, f64)| if is_turned(group) { -by } else { by };
        let sum: f64 = self.groups.iter().map(turn).sum();
        if self.deviation > 0.0 {
            sum.abs() / self.deviation
        } else {
            0.0
        }
    }
}

/// The p-value of each pair of models, by their places, from `flips` random choices of signs. The
/// same for the same seed at any number of threads.
pub fn adjusted(tested: &Tested<'_>, pairs: &[(usize, usize)], flips: u32, seed: u64) -> Vec<f64> {
    let votes: Vec<Votes> = pairs
        .iter()
        .map(|&(a, b)| Votes::new(&tested.differences(a, b)))
        .collect();
    let (groups, _) = tested.groups();
    let largest = |flip: u32| {
        let mut rng = random_stream(seed, Stream::Signs(flip));
        let turned: Vec<bool> = (0..groups).map(|_| below(&mut rng, 2) == 1).collect();
        let is_turned = |group: usize| turned[group];
        let statistics = votes.iter().map(|votes| votes.statistic(&is_turned));
        statistics.fold(0.0, f64::max)
    };
    let largest: Vec<f64> = (0..flips).into_par_iter().map(largest).collect();
    let p_value = |votes: &Votes| {
        let reached = votes.statistic(&|_| false);
        // Sums of whole numbers, over the same deviation: equal but for rounding.
        let as_far = largest
            .iter()
            .filter(|&&most| most >= reached - 1e-9)
            .count();
        (1 + as_far) as f64 / f64::from(flips + 1)
    };
    votes.iter().map(p_value).collect()
}
