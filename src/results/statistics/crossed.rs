//! Differences of two models that were trained on several resamples and tested on the same
//! messages: both kinds of chance at once.
//!
//! The pigeonhole bootstrap draws training sets and, independently of them, test messages, both
//! with replacement (McCullagh, *Bernoulli* 6, 2000; Owen, *Annals of Applied Statistics* 1, 2007).
//! No resampling of two factors is exact; this one is conservative: its variance is at least that
//! of the mean, up to terms of higher order.

use super::interval::quantile;
use crate::base::math::below;
use crate::base::streams::{Stream, random_stream};
use rayon::prelude::*;
use std::ops::Range;

/// What each test message contributes to a difference, by training set: their sum over the messages
/// is the difference of that training set.
pub type Contributions = Vec<Vec<f32>>;

/// Means of differences over training sets, drawn again and again.
pub struct CrossedBootstrap {
    /// By replicate and size, the mean difference.
    replicates: Vec<Vec<f64>>,
}

impl CrossedBootstrap {
    /// Draws `count` replicates for all sizes at once. Messages of a class are drawn among those of
    /// `classes`, as many as it has; the training sets of a size among its own, by the same draw
    /// at all sizes with as many of them, since subsets are nested.
    pub fn draw(
        sizes: &[Contributions],
        classes: &[Range<usize>],
        count: u32,
        seed: u64,
    ) -> CrossedBootstrap {
        let replicate = |number: u32| {
            let mut rng = random_stream(seed, Stream::Bootstrap(number));
            let messages = classes.iter().map(|class| class.end).max().unwrap_or(0);
            let mut times = vec![0.0_f32; messages];
            for class in classes {
                for _ in class.clone() {
                    times[class.start + below(&mut rng, class.len())] += 1.0;
                }
            }
            let most = sizes.iter().map(Vec::len).max().unwrap_or(0);
            let places: Vec<usize> = (0..most).map(|_| below(&mut rng, usize::MAX)).collect();
            let mean = |sets: &Contributions| {
                let drawn = places
                    .iter()
                    .take(sets.len())
                    .map(|at| &sets[at % sets.len()]);
                let sums = drawn.map(|own| {
                    let weighed = own.iter().zip(&times);
                    weighed
                        .map(|(own, times)| f64::from(own * times))
                        .sum::<f64>()
                });
                sums.sum::<f64>() / sets.len().max(1) as f64
            };
            sizes.iter().map(mean).collect()
        };
        CrossedBootstrap {
            replicates: (0..count).into_par_iter().map(replicate).collect(),
        }
    }

    /// The interval of the mean at a size that leaves out the truth in `level` of samples.
    pub fn interval(&self, size: usize, level: f64) -> Option<[f64; 2]> {
        let values = || -> Vec<f64> { self.replicates.iter().map(|one| one[size]).collect() };
        let end = |share: f64| quantile(&mut values(), share);
        Some([end(level / 2.0)?, end(1.0 - level / 2.0)?])
    }

    /// What each replicate says of the means at all sizes.
    pub fn map<T>(&self, of: impl Fn(&[f64]) -> T) -> Vec<T> {
        self.replicates.iter().map(|means| of(means)).collect()
    }
}
