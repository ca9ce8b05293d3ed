//! A search over ways to read the mail: what each fared inside each training part, and which was
//! taken.

use super::Experiment;
use serde::{Deserialize, Serialize};

/// A way to read the mail that a search tried, for all models alike.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TokenizerTrial {
    /// What it is, in words.
    pub what: String,
    /// By fold: what mail held out inside the training part lost by the best settings, in bits,
    /// mean over both families.
    pub log_loss_bits: Vec<Option<f64>>,
}

impl Experiment {
    /// The way in which each training part reads the mail: the first of those that lose least.
    pub fn chosen_tokenizers(&self) -> Vec<usize> {
        least(&self.tokenizer_trials)
    }
}

fn least(readings: &[TokenizerTrial]) -> Vec<usize> {
    let folds = readings
        .first()
        .map_or(0, |reading| reading.log_loss_bits.len());
    let loss = |at: usize, fold: usize| {
        let told = readings[at].log_loss_bits.get(fold).copied().flatten();
        told.unwrap_or(f64::INFINITY)
    };
    let least =
        |fold: usize| (0..readings.len()).min_by(|&a, &b| loss(a, fold).total_cmp(&loss(b, fold)));
    (0..folds).filter_map(least).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_those_that_lose_least_is_taken() {
        let reading = |losses: [Option<f64>; 3]| TokenizerTrial {
            what: String::new(),
            log_loss_bits: losses.to_vec(),
        };
        let readings = [
            reading([Some(0.2), None, Some(0.1)]),
            reading([Some(0.1), None, Some(0.1)]),
        ];
        assert_eq!(least(&readings), [1, 0, 0]);
        assert_eq!(least(&[]), [0; 0]);
        // A saved experiment may have been cut by hand.
        let cut = TokenizerTrial {
            what: String::new(),
            log_loss_bits: Vec::new(),
        };
        assert_eq!(least(&[readings[0].clone(), cut]), [0; 3]);
    }
}
