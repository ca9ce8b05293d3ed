//! Metrics of probabilities: log loss in bits, Brier score, and expected calibration error over 15
//! bins of equal width.

use super::reliability::beyond_chance;
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
    mean(beyond_chance(&sums.excess, &sums.variance), sums)
}

#[cfg(test)]
mod tests {
    use crate::base::mail::Label::{Ham, Spam};
    use crate::results::Scale;
    use crate::results::decision::Decision;
    use crate::results::metric::{Ranking, ScoredEmails, calibration_error, measure};

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
        // In no bin is the excess (0.5, 0.25, 0.5) beyond its deviation by chance.
        assert_eq!(found["ece"], Some(0.0));
        // Each message a hundred times: 50² - 200 · 3/16, 25² - 100 · 3/16, 50² - 100 / 4.
        let sums = Ranking::new(&scored).sums(&[100.0; 4]);
        let found =
            (0..100).flat_map(|_| [(0.75, true), (0.25, false), (0.75, false), (0.5, true)]);
        let expected = 2462.5_f64.sqrt() + 606.25_f64.sqrt() + 2475.0_f64.sqrt();
        for error in [super::ece(&sums), calibration_error(found)] {
            assert!((error.unwrap() - expected / 400.0).abs() < 1e-12);
        }
    }
}
