//! Log loss (cross-entropy) of a probability of spam that is given as log-odds.

use crate::base::mail::Label;
use crate::base::math::softplus;
use std::f64::consts::LN_2;

/// -ln p(label), in nats, of a message with these log-odds of spam.
pub fn log_loss(log_odds: f64, label: Label) -> f64 {
    softplus(-label.sign() * log_odds)
}

/// Mean [`log_loss`] of messages, in bits.
pub fn mean_log_loss_bits(log_odds: impl Iterator<Item = f64>, labels: &[Label]) -> f64 {
    let total: f64 = log_odds
        .zip(labels)
        .map(|(odds, &label)| log_loss(odds, label))
        .sum();
    total / labels.len() as f64 / LN_2
}

#[cfg(test)]
mod tests {
    use super::*;
    use Label::{Ham, Spam};

    #[test]
    fn the_loss_of_a_probability_of_three_quarters_is_the_hand_worked_one() {
        // p(spam) = 3/4: -ln 3/4 for spam, -ln 1/4 for ham.
        let odds = 3f64.ln();
        assert!((log_loss(odds, Spam) - (4f64 / 3.0).ln()).abs() < 1e-15);
        assert!((log_loss(odds, Ham) - 4f64.ln()).abs() < 1e-15);
        let mean = mean_log_loss_bits([odds, odds].into_iter(), &[Spam, Ham]);
        assert!((mean - f64::midpoint((4f64 / 3.0).log2(), 2.0)).abs() < 1e-15);
    }
}
