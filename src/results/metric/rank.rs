//! Metrics of order: how well scores part the classes whatever the cut-off. Equal scores share their rank.
//!
//! 1-ROCA is the share of pairs of one spam and one ham in the wrong order, ties counting half (Mann-Whitney). Average precision
//! sums precision over the steps of recall, a group of equal scores being one step.

use super::Judged;

/// Calibrated log-odds with whether each is spam, highest first.
fn ranked(judged: &Judged<'_>) -> Vec<(f64, bool)> {
    let spam = judged.labels.iter().map(|label| label.is_spam());
    let mut all: Vec<(f64, bool)> = judged.log_odds.iter().copied().zip(spam).collect();
    all.sort_by(|a, b| b.0.total_cmp(&a.0));
    all
}

/// Counts of ham and spam in each group of equal scores, highest first.
fn steps(judged: &Judged<'_>) -> Vec<[f64; 2]> {
    let ranked = ranked(judged);
    let group = |group: &[(f64, bool)]| {
        let spam = group.iter().filter(|(_, spam)| *spam).count();
        [(group.len() - spam) as f64, spam as f64]
    };
    ranked.chunk_by(|a, b| a.0 == b.0).map(group).collect()
}

pub(super) fn one_minus_roca_pct(judged: &Judged<'_>) -> Option<f64> {
    let (mut ham_above, mut spam_above, mut wrong) = (0.0, 0.0, 0.0);
    for [ham, spam] in steps(judged) {
        wrong += spam * (ham_above + ham / 2.0);
        ham_above += ham;
        spam_above += spam;
    }
    (ham_above > 0.0 && spam_above > 0.0).then(|| 100.0 * wrong / (ham_above * spam_above))
}

pub(super) fn average_precision(judged: &Judged<'_>) -> Option<f64> {
    let (mut called, mut caught, mut sum) = (0.0, 0.0, 0.0);
    for [ham, spam] in steps(judged) {
        called += ham + spam;
        caught += spam;
        sum += spam * caught / called;
    }
    (caught > 0.0).then(|| sum / caught)
}

pub(super) fn recall_at_a_thousandth(judged: &Judged<'_>) -> Option<f64> {
    recall_losing(judged, 1e-3)
}

pub(super) fn recall_at_a_hundredth(judged: &Judged<'_>) -> Option<f64> {
    recall_losing(judged, 1e-2)
}

/// The most spam caught by a cut-off that loses no more than this share of the ham.
fn recall_losing(judged: &Judged<'_>, most: f64) -> Option<f64> {
    let steps = steps(judged);
    let [ham, spam] = steps.iter().fold([0.0; 2], |sum, step| [sum[0] + step[0], sum[1] + step[1]]);
    let within = steps.iter().scan([0.0; 2], |sum, step| {
        *sum = [sum[0] + step[0], sum[1] + step[1]];
        (sum[0] <= most * ham).then_some(sum[1])
    });
    (ham > 0.0 && spam > 0.0).then(|| within.last().unwrap_or(0.0) / spam)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::Label::{Ham, Spam};
    use crate::model::Scale;

    #[test]
    fn ranks_agree_with_hand_worked_pairs() {
        // Of the 3 × 2 pairs, spam 0.5 ties with ham 0.5 and spam -1 stands below both ham: 2.5 of 6 are wrong.
        let labels = [Spam, Ham, Spam, Ham, Spam];
        let log_odds = [2.0, 0.5, 0.5, 0.0, -1.0];
        let judged =
            Judged { labels: &labels, score: &log_odds, scale: Scale::LogOdds, log_odds: &log_odds, prices: &[] };
        assert!((one_minus_roca_pct(&judged).unwrap() - 250.0 / 6.0).abs() < 1e-12);
        // Steps: 1 of 1; then 2 of 3; then 3 of 5. scikit-learn's average_precision_score gives the same 0.7555...
        assert!((average_precision(&judged).unwrap() - (1.0 + 2.0 / 3.0 + 3.0 / 5.0) / 3.0).abs() < 1e-12);
        // Losing no ham, the cut-off stands above the tie; losing half of it, below.
        assert!((recall_losing(&judged, 0.01).unwrap() - 1.0 / 3.0).abs() < 1e-12);
        assert!((recall_losing(&judged, 0.5).unwrap() - 2.0 / 3.0).abs() < 1e-12);
        assert_eq!(recall_losing(&judged, 1.0), Some(1.0));
    }
}
