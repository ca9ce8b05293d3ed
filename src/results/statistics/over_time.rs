//! What is measured where there are many cells or points, with intervals that need no bootstrap.

use super::interval::{between_rates, logit_normal, smoothed, wilson};
use super::roc_area::{placements, wrong_area};
use crate::base::mail::Label;
use crate::base::math::{logit, sigmoid};
use crate::results::decision::Decision;
use crate::results::metric::Estimate;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;

/// The keys of what is measured so.
const KEYS: [&str; 5] = [
    "error_pct",
    "ham_misclassified_pct",
    "spam_misclassified_pct",
    "lam_pct",
    "one_minus_roca_pct",
];

/// The error rate, those of both classes, what lies between them, and (1-ROCA) %; none of a class without messages.
/// Groups of near-duplicates count as one.
pub fn with_intervals(
    log_odds: &[f64],
    labels: &[Label],
    groups: &[u32],
    decision: Decision,
) -> BTreeMap<String, Estimate> {
    let rate = |class: Option<Label>| rate(log_odds, labels, groups, decision, class);
    let rates = Label::BOTH.map(|label| rate(Some(label)));
    let between = match rates {
        [Some(ham), Some(spam)] => {
            let off = [ham, spam].map(|rate| smoothed(rate.share, rate.groups));
            let value = sigmoid(off.iter().map(|&rate| logit(rate)).sum::<f64>() / 2.0);
            Some((
                value,
                between_rates([(off[0], ham.interval), (off[1], spam.interval)]),
            ))
        }
        _ => None,
    };
    let area = wrong_area(&placements(log_odds, labels), labels, groups);
    let area = area.map(|(area, deviation)| {
        let units = rates.iter().flatten().map(|rate| rate.groups).min();
        (
            area,
            logit_normal(area, deviation, units.unwrap_or(1) as f64),
        )
    });
    let of_rate = |rate: Option<Rate>| rate.map(|rate| (rate.share, rate.interval));
    let all = [rate(None), rates[0], rates[1]].map(of_rate);
    let all = all.into_iter().chain([between, area]);
    let estimate = |(key, found): (&str, Option<(f64, [f64; 2])>)| {
        let (value, interval) = found?;
        let estimate = Estimate {
            value: Some(100.0 * value),
            interval: Some(interval.map(|end| 100.0 * end)),
            ..Estimate::default()
        };
        Some((key.to_owned(), estimate))
    };
    KEYS.into_iter().zip(all).filter_map(estimate).collect()
}

/// The share of messages that is called the other class.
#[derive(Clone, Copy)]
struct Rate {
    share: f64,
    interval: [f64; 2],
    groups: usize,
}

/// Of one class or of both. The variance of a share of messages in groups is that of a ratio: Σ (S - n share)² / N².
fn rate(
    log_odds: &[f64],
    labels: &[Label],
    groups: &[u32],
    decision: Decision,
    class: Option<Label>,
) -> Option<Rate> {
    let of_class = || {
        let all = log_odds.iter().zip(labels).zip(groups);
        all.filter(move |((_, label), _)| class.is_none_or(|class| **label == class))
            .map(|((odds, label), group)| (decision.label(*odds) != *label, *group))
    };
    let emails = of_class().count() as f64;
    let share = of_class().filter(|(wrong, _)| *wrong).count() as f64 / emails;
    let known: FxHashSet<u32> = of_class().map(|(_, group)| group).collect();
    if known.is_empty() {
        return None;
    }
    let mut off: FxHashMap<u32, f64> = FxHashMap::default();
    for (wrong, group) in of_class() {
        *off.entry(group).or_default() += f64::from(u8::from(wrong)) - share;
    }
    let mut squares: Vec<f64> = off.into_values().map(|off| off * off).collect();
    squares.sort_unstable_by(f64::total_cmp);
    let deviation = squares.iter().sum::<f64>().sqrt() / emails;
    Some(Rate {
        share,
        interval: wilson(share, deviation, known.len() as f64),
        groups: known.len(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::mail::Label::{Ham, Spam};

    #[test]
    fn rates_and_area_are_those_worked_by_hand() {
        let labels = [Ham, Ham, Ham, Ham, Spam, Spam];
        let log_odds = [-2.0, -1.0, 0.5, -3.0, 1.0, -1.5];
        let groups = [0, 1, 2, 3, 4, 5];
        let found = with_intervals(&log_odds, &labels, &groups, Decision::default());
        let value = |key: &str| found[key].value.unwrap();
        assert!((value("error_pct") - 100.0 / 3.0).abs() < 1e-12);
        assert_eq!(value("ham_misclassified_pct"), 25.0);
        assert_eq!(value("spam_misclassified_pct"), 50.0);
        // Log-odds -ln 3 and 0: e^(-ln 3 / 2) to 1.
        let lam = 100.0 / (1.0 + 3_f64.sqrt());
        assert!((value("lam_pct") - lam).abs() < 1e-12);
        // Of eight pairs those of -1.5 with -1 and 0.5 are wrong.
        assert_eq!(value("one_minus_roca_pct"), 25.0);
        for estimate in found.values() {
            let [low, high] = estimate.interval.unwrap();
            let value = estimate.value.unwrap();
            assert!(0.0 < low && low < value && value < high && high < 100.0);
        }
        // All ham in one group is one thing: more could have been wrong.
        let one = with_intervals(&log_odds, &labels, &[0, 0, 0, 0, 4, 5], Decision::default());
        let high =
            |of: &BTreeMap<String, Estimate>| of["ham_misclassified_pct"].interval.unwrap()[1];
        assert!(high(&one) > high(&found));
        let ham = with_intervals(&[-1.0], &[Ham], &[0], Decision::default());
        assert_eq!(ham.len(), 2);
    }
}
