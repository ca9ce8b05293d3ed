//! Metrics of probabilities: log loss in bits, Brier score, and expected calibration error over 15 bins of equal width.

use super::Judged;
use crate::math::{sigmoid, softplus};
use crate::model::Scale;

const BINS: usize = 15;

fn mean(values: impl ExactSizeIterator<Item = f64>) -> Option<f64> {
    let n = values.len();
    (n > 0).then(|| values.sum::<f64>() / n as f64)
}

fn bits(judged: &Judged<'_>, log_odds: &[f64]) -> Option<f64> {
    let loss = |(odds, label): (&f64, &crate::mail::Label)| softplus(-label.sign() * odds) / std::f64::consts::LN_2;
    mean(log_odds.iter().zip(judged.labels).map(loss))
}

pub(super) fn log_loss_bits(judged: &Judged<'_>) -> Option<f64> {
    bits(judged, judged.log_odds)
}

pub(super) fn log_loss_bits_raw(judged: &Judged<'_>) -> Option<f64> {
    if judged.scale == Scale::LogOdds { bits(judged, judged.score) } else { None }
}

pub(super) fn brier(judged: &Judged<'_>) -> Option<f64> {
    let square = |(&odds, label): (&f64, &crate::mail::Label)| {
        let truth = f64::from(u8::from(label.is_spam()));
        (sigmoid(odds) - truth).powi(2)
    };
    mean(judged.log_odds.iter().zip(judged.labels).map(square))
}

pub(super) fn ece(judged: &Judged<'_>) -> Option<f64> {
    let mut excess = [0.0; BINS];
    for (&odds, label) in judged.log_odds.iter().zip(judged.labels) {
        let probability = sigmoid(odds);
        let bin = ((probability * BINS as f64) as usize).min(BINS - 1);
        excess[bin] += probability - f64::from(u8::from(label.is_spam()));
    }
    let total: f64 = excess.iter().map(|excess| excess.abs()).sum();
    (!judged.labels.is_empty()).then(|| total / judged.labels.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::Label::{Ham, Spam};

    #[test]
    fn probabilities_agree_with_hand_worked_values() {
        let labels = [Spam, Ham, Ham, Spam];
        // Probabilities 3/4, 1/4, 3/4, 1/2.
        let log_odds = [3f64.ln(), -(3f64.ln()), 3f64.ln(), 0.0];
        let judged =
            Judged { labels: &labels, score: &log_odds, scale: Scale::LogOdds, log_odds: &log_odds, prices: &[] };
        // log2(4/3) twice, log2(4), log2(2).
        let expected = (2.0 * (4f64 / 3.0).log2() + 2.0 + 1.0) / 4.0;
        assert!((log_loss_bits(&judged).unwrap() - expected).abs() < 1e-12);
        assert_eq!(log_loss_bits_raw(&judged), log_loss_bits(&judged));
        assert!((brier(&judged).unwrap() - (2.0 / 16.0 + 9.0 / 16.0 + 0.25) / 4.0).abs() < 1e-12);
        // Bins: {3/4, 3/4} holds one spam of two: |1.5 - 1|; {1/4}: 0.25; {1/2}: 0.5.
        assert!((ece(&judged).unwrap() - (0.5 + 0.25 + 0.5) / 4.0).abs() < 1e-12);
    }
}
