//! What is measured where there are many cells or points, with intervals that need no bootstrap.

pub mod roc_area;

use self::roc_area::{placements, wrong_area};
use super::interval::{DEVIATIONS, between_rates, logit_normal, no_difference, smoothed, wilson};
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

/// The error rate, those of both classes, what lies between them, and (1-ROCA) %; none of a class
/// without messages. Groups of near-duplicates count as one.
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
            let off = [ham, spam].map(|rate| smoothed(rate.share, rate.emails));
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

/// By how much the error rate and (1-ROCA) % of two models that scored the same messages differ,
/// the first less the second, in points, with 95 % intervals: of shares of messages in groups, and
/// of correlated areas (DeLong, DeLong and Clarke-Pearson 1988).
pub fn paired_difference(
    log_odds: [&[f64]; 2],
    labels: &[Label],
    groups: &[u32],
    decision: Decision,
) -> BTreeMap<String, (f64, [f64; 2])> {
    let wrong = |odds: &[f64]| -> Vec<f64> {
        let both = odds.iter().zip(labels);
        both.map(|(odds, label)| f64::from(u8::from(decision.label(*odds) != *label)))
            .collect()
    };
    let less =
        |[a, b]: [Vec<f64>; 2]| -> Vec<f64> { a.iter().zip(b).map(|(a, b)| a - b).collect() };
    let errors = mean_in_groups(&less(log_odds.map(wrong)), groups);
    let placed = less(log_odds.map(|odds| placements(odds, labels)));
    let area = wrong_area(&placed, labels, groups);
    let known = groups.iter().copied().collect::<FxHashSet<u32>>().len();
    let of = |(key, found): (&str, Option<(f64, f64)>)| {
        let (value, deviation) = found?;
        // Where nothing differs, as much may differ as was not seen in so many groups.
        let half = match deviation {
            0.0 => no_difference(known as f64)[1],
            deviation => DEVIATIONS * deviation,
        };
        let ends = [value - half, value + half].map(|end| 100.0 * end.clamp(-1.0, 1.0));
        Some((key.to_owned(), (100.0 * value, ends)))
    };
    [(KEYS[0], errors), (KEYS[4], area)]
        .into_iter()
        .filter_map(of)
        .collect()
}

/// The mean of values of messages in groups, with its standard error; the variance is that of a
/// ratio: G / (G - 1) Σ (S - n mean)² / N². None of nothing; no error is known of a single group.
fn mean_in_groups(values: &[f64], groups: &[u32]) -> Option<(f64, f64)> {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let mut off: FxHashMap<u32, f64> = FxHashMap::default();
    for (value, group) in values.iter().zip(groups) {
        *off.entry(*group).or_default() += value - mean;
    }
    let mut squares: Vec<f64> = off.into_values().map(|off| off * off).collect();
    squares.sort_unstable_by(f64::total_cmp);
    let of = squares.len() as f64;
    let variance = of / (of - 1.0).max(1.0) * squares.iter().sum::<f64>() / count.powi(2);
    let deviation = if of < 2.0 { 0.0 } else { variance.sqrt() };
    (count > 0.0).then_some((mean, deviation))
}

/// The share of messages that is called the other class.
#[derive(Clone, Copy)]
struct Rate {
    share: f64,
    interval: [f64; 2],
    emails: usize,
    groups: usize,
}

/// Of one class or of both.
fn rate(
    log_odds: &[f64],
    labels: &[Label],
    groups: &[u32],
    decision: Decision,
    class: Option<Label>,
) -> Option<Rate> {
    let all = log_odds.iter().zip(labels).zip(groups);
    let of_class = all.filter(|((_, label), _)| class.is_none_or(|class| **label == class));
    let (wrong, of_group): (Vec<f64>, Vec<u32>) = of_class
        .map(|((odds, label), group)| {
            let wrong = decision.label(*odds) != *label;
            (f64::from(u8::from(wrong)), *group)
        })
        .unzip();
    let (share, deviation) = mean_in_groups(&wrong, &of_group)?;
    let groups = of_group.into_iter().collect::<FxHashSet<u32>>().len();
    Some(Rate {
        share,
        interval: wilson(share, deviation, groups as f64),
        emails: wrong.len(),
        groups,
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
        // One of three in a single group: nothing is known of how it varies, so it is one thing.
        let third = with_intervals(&[1.0, -1.0, -1.0], &[Ham; 3], &[7; 3], Decision::default());
        let [low, high] = third["error_pct"].interval.unwrap();
        assert!(low < 5.0 && high > 70.0, "{low} to {high}");
        let ham = with_intervals(&[-1.0], &[Ham], &[0], Decision::default());
        assert_eq!(ham.len(), 2);
    }

    /// By hand: both are wrong about one, the first alone about one of four, and the second alone
    /// about none: 1/4 with deviation √(4/3 · 3/16 / 4) in groups of one.
    #[test]
    fn differences_are_those_worked_by_hand() {
        let labels = [Ham, Ham, Spam, Spam];
        let (a, b) = ([1.0, 1.0, 2.0, 3.0], [-1.0, 1.0, 2.0, 3.0]);
        let groups = [0, 1, 2, 3];
        let found = paired_difference([&a, &b], &labels, &groups, Decision::default());
        let (value, [low, high]) = found["error_pct"];
        let half = 100.0 * DEVIATIONS * (4.0_f64 / 3.0 * 3.0 / 64.0).sqrt();
        assert!((value - 25.0).abs() < 1e-12 && (low - (25.0 - half)).abs() < 1e-9);
        assert!((high - (25.0 + half)).abs() < 1e-9);
        // Neither ranks a pair wrong; of so few messages that says little.
        let (none, [low, high]) = found["one_minus_roca_pct"];
        assert!(none == 0.0 && low == -high && high > 40.0, "{high}");
        let same = paired_difference([&a, &a], &labels, &groups, Decision::default());
        assert_eq!(same["error_pct"], (0.0, [low, high]));
    }
}
