//! What learns from what, and is tested on what.

use crate::dataset::Corpus;
use crate::lab::analyses::experiments::fixed_test::FixedTest;
use crate::lab::analyses::learning_curve::{doubling, subset};
use crate::lab::error::LabError;
use std::ops::Range;

/// The smallest training set, and that of nets.
pub const SMALLEST: usize = 4;
pub const SMALLEST_OF_NETS: usize = 64;
/// Up to here a size has all of its training sets.
const MANY: usize = 512;

/// How many training sets of a size there are, up to [`MANY`] messages and above, and how many test
/// messages at most.
#[derive(Debug, Clone, Copy)]
pub struct Sets {
    pub resamples: u32,
    pub resamples_of_many: u32,
    pub test: usize,
}

/// What learns from what, and is tested on what.
#[derive(Clone)]
pub struct Plan {
    pub training: Vec<usize>,
    /// Ham first.
    pub test: Vec<usize>,
    /// The ham and the spam among the test messages.
    pub classes: [Range<usize>; 2],
    pub left_out: usize,
    pub sizes: Vec<usize>,
    /// For each training set the place of its size, and its rows.
    pub subsets: Vec<(usize, Vec<usize>)>,
}

impl Plan {
    /// Draws the training sets.
    pub fn new(corpus: &Corpus, asked: &Sets, seed: u64) -> Result<Plan, LabError> {
        let FixedTest {
            training,
            test,
            classes,
            left_out,
        } = FixedTest::new(corpus, asked.test, seed)?;
        let sizes = sizes(training.len());
        let sets = |at: usize| {
            let emails = sizes[at];
            let resamples = match emails {
                all if all == training.len() => 1,
                many if many > MANY => asked.resamples_of_many,
                _ => asked.resamples,
            };
            let training = &training;
            (0..resamples)
                .map(move |resample| (at, subset(corpus, training, emails, seed, resample)))
        };
        Ok(Plan {
            subsets: (0..sizes.len()).flat_map(sets).collect(),
            classes,
            test,
            left_out,
            sizes,
            training,
        })
    }

    /// The same without the training sets of fewer messages.
    pub fn from(&self, emails: usize) -> Plan {
        let first = self.sizes.iter().position(|&size| size >= emails);
        let first = first.unwrap_or(self.sizes.len() - 1);
        let subsets = self.subsets.iter().filter(|(at, _)| *at >= first);
        Plan {
            sizes: self.sizes[first..].to_vec(),
            subsets: subsets
                .map(|(at, rows)| (at - first, rows.clone()))
                .collect(),
            ..self.clone()
        }
    }
}

/// 4, 8, … and all; a size of more than three quarters of all would show the same as all.
fn sizes(all: usize) -> Vec<usize> {
    let mut sizes: Vec<usize> = doubling(SMALLEST, all).collect();
    sizes.push(all);
    sizes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_double_from_four_and_end_with_all() {
        assert_eq!(sizes(40), [4, 8, 16, 40]);
        assert_eq!(sizes(43), [4, 8, 16, 32, 43]);
        assert_eq!(sizes(5), [5]);
    }
}
