//! The messages by which a final fit is looked at, step by step.

use crate::base::math::shuffle;
use crate::base::streams::{Stream, random_stream};
use crate::dataset::features::Encoded;
use crate::dataset::{FeatureView, Rows};
use crate::model::Cost;

/// How many messages a fit is looked at by at most: so many that it learns from, and as many that
/// it does not.
const MOST: usize = 1000;
/// The same of a costly model, which may take as long to score a message as to learn from it. A
/// mean of so many losses is off by some hundredths of a bit, and by the same ones at every step.
const MOST_IF_COSTLY: usize = 200;

/// Labelled mail of which some is looked at after each step of a final fit.
#[derive(Clone, Copy)]
pub struct Watched<'a> {
    /// Rows that are learned from.
    pub learned: &'a [usize],
    /// Rows that no model sees.
    pub test: &'a [usize],
}

impl Watched<'_> {
    /// Draws what a model of such a cost is looked at by, encoded as what it learns from.
    pub(super) fn draw<'c>(
        self,
        cost: Cost,
        encoded: &Encoded<'c>,
        view: FeatureView,
        seed: u64,
    ) -> WatchedRows<'c> {
        let most = if cost == Cost::Costly {
            MOST_IF_COSTLY
        } else {
            MOST
        };
        let [learned, test] = self.drawn(most, seed);
        WatchedRows {
            learned: encoded.encode(&learned, view),
            test: encoded.encode(&test, view),
        }
    }

    /// Up to `most` rows of either, in ascending order.
    fn drawn(self, most: usize, seed: u64) -> [Vec<usize>; 2] {
        [(self.learned, true), (self.test, false)].map(|(rows, learned)| {
            let mut rows = rows.to_vec();
            shuffle(
                &mut rows,
                &mut random_stream(seed, Stream::Watched(learned)),
            );
            rows.truncate(most);
            rows.sort_unstable();
            rows
        })
    }
}

/// The messages that were drawn for one model.
pub(super) struct WatchedRows<'a> {
    pub learned: Rows<'a>,
    pub test: Rows<'a>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_drawn_without_any_twice_and_all_where_they_are_few() {
        let (learned, test): (Vec<usize>, Vec<usize>) = (0..5000).partition(|row| row % 10 != 0);
        let watched = Watched {
            learned: &learned,
            test: &test,
        };
        let [of_learned, of_test] = watched.drawn(1000, 1);
        assert_eq!(of_test, test);
        assert_eq!(of_learned.len(), 1000);
        assert!(of_learned.is_sorted_by(|a, b| a < b));
        assert!(of_learned.iter().all(|row| row % 10 != 0));
        // Of 4,500 rows the mean is 2,500, and that of 1,000 of them within five standard errors.
        let mean = of_learned.iter().sum::<usize>() as f64 / 1000.0;
        assert!(
            (mean - 2500.0).abs() < 5.0 * 5000.0 / 12000f64.sqrt(),
            "{mean}"
        );
        assert_ne!(watched.drawn(1000, 2)[0], of_learned);
    }
}
