//! Metrics of probabilities: log loss in bits, Brier score, and expected calibration error over 15
//! bins of equal width.

use super::sums::MetricSums;
use std::f64::consts::LN_2;

fn mean(sum: f64, sums: &MetricSums) -> Option<f64> {
    (sums.emails() > 0.0).then(|| sum / sums.emails())
}

pub(super) fn log_loss_bits(sums: &MetricSums) -> Option<f64> {
    mean(sums.loss / LN_2, sums)
}

pub(super) fn log_loss_bits_raw(sums: &MetricSums) -> Option<f64> {
    mean(sums.loss_raw? / LN_2, sums)
}

pub(super) fn brier(sums: &MetricSums) -> Option<f64> {
    mean(sums.squares, sums)
}

pub(super) fn ece(sums: &MetricSums) -> Option<f64> {
    mean(sums.excess.iter().map(|excess| excess.abs()).sum(), sums)
}

#[cfg(test)]
mod tests {
    use crate::base::mail::Label::{Ham, Spam};
    use crate::results::Scale;
    use crate::results::decision::Decision;
    use crate::results::metric::{ScoredEmails, measure};

    #[test]
    fn probabilities_agree_with_hand_worked_values() {
        let labels = [Spam, Ham, Ham, Spam];
        // Probabilities 3/4, 1/4, 3/4, 1/2.
        let log_odds = [3f64.ln(), -(3f64.ln()), 3f64.ln(), 0.0];
        let scored = ScoredEmails {
            labels: &labels,
            score: &log_odds,
            scale: Scale::LogOdds,
            log_odds: &log_odds,
            decision: Decision::default(),
            code_lengths: &[],
        };
        // log2(4/3) twice, log2(4), log2(2).
        let expected = (2.0 * (4f64 / 3.0).log2() + 2.0 + 1.0) / 4.0;
        let found = measure(&scored);
        assert!((found["log_loss_bits"].unwrap() - expected).abs() < 1e-12);
        assert_eq!(found["log_loss_bits_raw"], found["log_loss_bits"]);
        assert!((found["brier"].unwrap() - (2.0 / 16.0 + 9.0 / 16.0 + 0.25) / 4.0).abs() < 1e-12);
        // Bins: {3/4, 3/4} holds one spam of two: |1.5 - 1|; {1/4}: 0.25; {1/2}: 0.5.
        assert!((found["ece"].unwrap() - (0.5 + 0.25 + 0.5) / 4.0).abs() < 1e-12);
    }
}
