//! What each test message contributes to a metric, so that a bootstrap can draw messages anew
//! without measuring anew.

use crate::base::mail::Label;
use crate::base::math::softplus;
use crate::results::experiments::METRICS_OF_A_CROSSOVER;
use crate::results::{Decision, placements};
use std::f64::consts::LN_2;
use std::ops::Range;

/// By metric of a crossover, what each test message contributes.
pub(super) type ByMetric = [Vec<f32>; METRICS_OF_A_CROSSOVER.len()];

/// What each test message contributes to the error rate, (1-ROCA) % and log loss of a model.
pub(super) fn contributed(
    log_odds: &[f64],
    decision: Decision,
    classes: &[Range<usize>; 2],
) -> ByMetric {
    let count = log_odds.len() as f64;
    let label = |at: usize| Label::from_is_spam(classes[1].contains(&at));
    let wrong = |(at, &odds): (usize, &f64)| {
        if decision.label(odds) == label(at) {
            0.0
        } else {
            (100.0 / count) as f32
        }
    };
    let loss = |(at, &odds): (usize, &f64)| {
        let margin = if label(at).is_spam() { odds } else { -odds };
        (softplus(-margin) / (LN_2 * count)) as f32
    };
    [
        log_odds.iter().enumerate().map(wrong).collect(),
        wrong_pairs(log_odds, classes),
        log_odds.iter().enumerate().map(loss).collect(),
    ]
}

/// What each message contributes to (1-ROCA) %: the share of messages of the other class that it is
/// ranked on the wrong side of, less half of the mean of all, over the number of its class. Their
/// sum is (1-ROCA) %, and the sum over messages drawn again is, but for terms of the second order,
/// that of those (Sen 1960; DeLong, DeLong and Clarke-Pearson 1988).
fn wrong_pairs(log_odds: &[f64], [ham, spam]: &[Range<usize>; 2]) -> Vec<f32> {
    let labels = [Label::Ham, Label::Spam].map(|label| {
        let class = if label.is_spam() { spam } else { ham };
        vec![label; class.len()]
    });
    let shares = placements(log_odds, &labels.concat());
    let mean = shares[ham.clone()].iter().sum::<f64>() / ham.len() as f64;
    let of = |(at, share): (usize, &f64)| {
        let class = if ham.contains(&at) { ham } else { spam };
        (100.0 * (share - mean / 2.0) / class.len() as f64) as f32
    };
    shares.iter().enumerate().map(of).collect()
}

/// What each message contributes to the difference of two models.
pub(super) fn less(a: &[f32], b: &[f32]) -> Vec<f32> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: ham 0, 1, 2 and spam 1, 3. Of six pairs (2, 1) is wrong and (1, 1) a tie: 25 %.
    #[test]
    fn contributions_to_the_area_add_up_to_it_and_follow_the_messages() {
        let log_odds = [0.0, 1.0, 2.0, 1.0, 3.0];
        let found = wrong_pairs(&log_odds, &[0..3, 3..5]);
        let sum: f32 = found.iter().sum();
        assert!((sum - 25.0).abs() < 1e-4, "{sum}");
        // Shares of the other class on the wrong side: 0, 1/4, 1/2 of spam, 1/2 and 0 of ham.
        let expected = [0.0, 0.25, 0.5, 0.5, 0.0]
            .iter()
            .enumerate()
            .map(|(at, share)| 100.0 * (share - 0.125) / if at < 3 { 3.0 } else { 2.0 });
        for (found, expected) in found.iter().zip(expected) {
            assert!(
                (f64::from(*found) - expected).abs() < 1e-4,
                "{found}, {expected}"
            );
        }
    }
}
