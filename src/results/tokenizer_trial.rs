//! A search over tokenizers: the held-out loss of each inside each training part, and which of them
//! was taken.

use serde::{Deserialize, Serialize};

/// A tokenizer that a search tried, for all models alike.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TokenizerTrial {
    /// What it is, in words.
    pub what: String,
    /// By fold: log loss of the best settings on mail held out inside the training part, in bits,
    /// mean over both families.
    pub log_loss_bits: Vec<Option<f64>>,
}

/// The tokenizer that each training part took: the first of those with the least loss.
pub(super) fn chosen(trials: &[TokenizerTrial]) -> Vec<usize> {
    let folds = trials.first().map_or(0, |trial| trial.log_loss_bits.len());
    let loss = |at: usize, fold: usize| {
        let known = trials[at].log_loss_bits.get(fold).copied().flatten();
        known.unwrap_or(f64::INFINITY)
    };
    let least =
        |fold: usize| (0..trials.len()).min_by(|&a, &b| loss(a, fold).total_cmp(&loss(b, fold)));
    (0..folds).filter_map(least).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_those_that_lose_least_is_taken() {
        let trial = |losses: [Option<f64>; 3]| TokenizerTrial {
            what: String::new(),
            log_loss_bits: losses.to_vec(),
        };
        let trials = [
            trial([Some(0.2), None, Some(0.1)]),
            trial([Some(0.1), None, Some(0.1)]),
        ];
        assert_eq!(chosen(&trials), [1, 0, 0]);
        assert_eq!(chosen(&[]), [0; 0]);
        // A saved experiment may have been cut by hand.
        let cut = TokenizerTrial {
            what: String::new(),
            log_loss_bits: Vec::new(),
        };
        assert_eq!(chosen(&[trials[0].clone(), cut]), [0; 3]);
    }
}
