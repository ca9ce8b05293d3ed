//! The background model of novelty (see `model/novelty.rs`): how often each byte occurs in the mail
//! of both classes together, and nothing of what follows what.

use super::strings::{SYMBOLS, symbols};
use crate::dataset::{TrainingSet, beginning};
use serde::{Deserialize, Serialize};

/// ln p of each symbol, by how often it was seen.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(from = "Vec<u64>", into = "Vec<u64>")]
pub struct Background {
    seen: Vec<u64>,
    log: Vec<f64>,
}

impl From<Vec<u64>> for Background {
    /// Smoothed as Witten and Bell do: (count + distinct / 257) / (all + distinct).
    fn from(mut seen: Vec<u64>) -> Background {
        seen.resize(SYMBOLS, 0);
        let all: f64 = seen.iter().map(|&times| times as f64).sum();
        let distinct = seen.iter().filter(|&&times| times > 0).count().max(1) as f64;
        let p = |&times: &u64| (times as f64 + distinct / SYMBOLS as f64) / (all + distinct);
        let log = seen.iter().map(|times| p(times).ln()).collect();
        Background { seen, log }
    }
}

impl From<Background> for Vec<u64> {
    fn from(background: Background) -> Vec<u64> {
        background.seen
    }
}

impl Background {
    /// Counts the first `max_bytes` bytes of each training message.
    pub(crate) fn learn(data: &TrainingSet<'_>, max_bytes: u64) -> Background {
        let mut seen = vec![0_u64; SYMBOLS];
        for mail in data.examples() {
            symbols(beginning(mail.text, max_bytes))
                .for_each(|symbol| seen[usize::from(symbol)] += 1);
        }
        Background::from(seen)
    }

    /// ln p of a text, its end included.
    pub(crate) fn log_likelihood(&self, text: &[u8]) -> f64 {
        symbols(text)
            .map(|symbol| self.log[usize::from(symbol)])
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_are_those_worked_by_hand_and_sum_to_one() {
        // Of "aab" and "ab": seven symbols, a three times, b and the end twice.
        let mut seen = vec![0; SYMBOLS];
        (
            seen[usize::from(b'a')],
            seen[usize::from(b'b')],
            seen[SYMBOLS - 1],
        ) = (3, 2, 2);
        let background = Background::from(seen);
        let p = |times: f64| (times + 3.0 / 257.0) / 10.0;
        assert!((background.log_likelihood(b"az") - (p(3.0) * p(0.0) * p(2.0)).ln()).abs() < 1e-12);
        assert!((background.log.iter().map(|log| log.exp()).sum::<f64>() - 1.0).abs() < 1e-12);
        let again = Background::from(Vec::from(background.clone()));
        assert_eq!(again.log, background.log);
        // Of no mail at all every symbol is as likely.
        assert!(
            (Background::from(Vec::new()).log_likelihood(b"") - (1.0 / 257.0_f64).ln()).abs()
                < 1e-12
        );
    }
}
