//! A test set that all fits of an experiment share, and the mail that they may learn from: of each
//! group of near-duplicates one message stays.

use super::{classes, distinct};
use crate::base::mail::Label;
use crate::dataset::{Corpus, apart};
use crate::lab::error::LabError;
use std::ops::Range;

/// One message in so many tests, at most.
const TEST_ONE_IN: usize = 4;
/// Test messages and training messages that are needed, of all.
pub(super) const LEAST: usize = 40;

/// Messages without near-duplicates.
pub(super) struct FixedTest {
    /// What may be learned from.
    pub training: Vec<usize>,
    /// What is tested, ham first.
    pub test: Vec<usize>,
    /// The ham and the spam among the test messages.
    pub classes: [Range<usize>; 2],
    /// Near-duplicates that were left out.
    pub left_out: usize,
}

impl FixedTest {
    /// A quarter of the mail is tested, and no more than `most` messages.
    pub fn new(corpus: &Corpus, most: usize, seed: u64) -> Result<FixedTest, LabError> {
        let (rows, left_out) = distinct(corpus);
        let folds = rows.len().div_ceil(most).max(TEST_ONE_IN);
        let [test, training] = apart(corpus, &rows, folds, seed);
        let both = [&training, &test].map(|rows| classes(corpus, rows));
        if rows.len() < LEAST || both.as_flattened().contains(&0) {
            return Err(LabError::TooLittleForCurves {
                emails: rows.len(),
                needed: LEAST,
            });
        }
        let of = |label: Label| {
            let rows = test.iter().copied();
            let of_class = rows.filter(|&row| corpus.label(row) == Some(label));
            of_class.collect::<Vec<usize>>()
        };
        let [ham, spam] = Label::BOTH.map(of);
        Ok(FixedTest {
            training,
            classes: [0..ham.len(), ham.len()..ham.len() + spam.len()],
            test: [ham, spam].concat(),
            left_out,
        })
    }
}
