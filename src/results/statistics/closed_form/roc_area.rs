//! The area under ROC curves without a bootstrap: where each message stands among those of the
//! other class, and how far the area could be from the truth by that (DeLong, DeLong and
//! Clarke-Pearson, Biometrics 44, 1988), messages of one group counting together (Obuchowski,
//! Biometrics 53, 1997).

use crate::base::mail::Label;
use rustc_hash::FxHashMap;

/// For each message the share of messages of the other class that it is ranked on the wrong side
/// of, ties counting half; NaN where there is no other class.
pub fn placements(log_odds: &[f64], labels: &[Label]) -> Vec<f64> {
    let sorted = |label: Label| {
        let both = log_odds.iter().zip(labels);
        let of_class = both.filter(|(_, of)| **of == label);
        let mut values: Vec<f64> = of_class.map(|(value, _)| *value).collect();
        values.sort_unstable_by(f64::total_cmp);
        values
    };
    let classes = Label::BOTH.map(sorted);
    // How many of them are below, those that are equal counting half.
    let below = |values: &[f64], value: f64| {
        let under = values.partition_point(|one| *one < value);
        let upto = values.partition_point(|one| *one <= value);
        (under + upto) as f64 / 2.0
    };
    let share = |(&value, &label): (&f64, &Label)| {
        let [ham, spam] = &classes;
        if label.is_spam() {
            1.0 - below(ham, value) / ham.len() as f64
        } else {
            below(spam, value) / spam.len() as f64
        }
    };
    log_odds.iter().zip(labels).map(share).collect()
}

/// 1 less the area under a ROC curve, with its standard error. None without both classes.
pub fn wrong_area(placements: &[f64], labels: &[Label], groups: &[u32]) -> Option<(f64, f64)> {
    let mut sums = [0.0; 2];
    let mut emails = [0.0; 2];
    for (placement, label) in placements.iter().zip(labels) {
        sums[label.index()] += placement;
        emails[label.index()] += 1.0;
    }
    if emails.contains(&0.0) {
        return None;
    }
    let area = sums[0] / emails[0];
    // By group, how far the placements of each class are off, and how many they are.
    let mut by_group: FxHashMap<u32, [(f64, u32); 2]> = FxHashMap::default();
    for ((placement, label), &group) in placements.iter().zip(labels).zip(groups) {
        let of = &mut by_group.entry(group).or_default()[label.index()];
        of.0 += placement - area;
        of.1 += 1;
    }
    let mut found: Vec<(u32, [(f64, u32); 2])> = by_group.into_iter().collect();
    found.sort_unstable_by_key(|(group, _)| *group);
    let (mut squares, mut with, mut products) = ([0.0; 2], [0.0_f64; 2], 0.0);
    for (_, classes) in &found {
        for class in 0..2 {
            squares[class] += classes[class].0.powi(2);
            with[class] += f64::from(u8::from(classes[class].1 > 0));
        }
        products += classes[0].0 * classes[1].0;
    }
    let variance = [0, 1].map(|class: usize| {
        with[class] / (with[class] - 1.0).max(1.0) * squares[class] / emails[class].powi(2)
    });
    let groups = found.len() as f64;
    let both = 2.0 * groups / (groups - 1.0).max(1.0) * products / (emails[0] * emails[1]);
    let all = variance[0] + variance[1] + both;
    Some((area, all.max(0.0).sqrt()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::mail::Label::{Ham, Spam};

    /// By hand: ham 0, 1, 2 and spam 1, 3. Of six pairs (2, 1) is wrong and (1, 1) a tie: 25 %.
    #[test]
    fn placements_and_area_are_those_worked_by_hand() {
        let labels = [Ham, Ham, Ham, Spam, Spam];
        let found = placements(&[0.0, 1.0, 2.0, 1.0, 3.0], &labels);
        assert_eq!(found, [0.0, 0.25, 0.5, 0.5, 0.0]);
        // Variances of placements: ham 1/16, spam 1/8; 1/16 / 3 + 1/8 / 2 = 1/12.
        let (area, deviation) = wrong_area(&found, &labels, &[0, 1, 2, 3, 4]).unwrap();
        assert!((area - 0.25).abs() < 1e-15);
        assert!(
            (deviation.powi(2) - 1.0 / 12.0).abs() < 1e-15,
            "{deviation}"
        );
        assert_eq!(wrong_area(&[f64::NAN], &[Ham], &[0]), None);
    }

    /// A message that stands there twice, in one group, says no more than once; and a group of both
    /// classes adds what the two have in common.
    #[test]
    fn groups_count_as_one() {
        let labels = [Ham, Ham, Ham, Spam, Spam, Spam];
        let log_odds = [-1.0, 0.3, 2.0, 1.0, 0.2, 3.0];
        let twice = |all: &[f64]| [all, all].concat();
        let labels_twice = [labels, labels].concat();
        let alone = wrong_area(
            &placements(&log_odds, &labels),
            &labels,
            &[0, 1, 2, 3, 4, 5],
        );
        let groups = [[0, 1, 2, 3, 4, 5], [0, 1, 2, 3, 4, 5]].concat();
        let placed = placements(&twice(&log_odds), &labels_twice);
        let together = wrong_area(&placed, &labels_twice, &groups);
        let ((area, one), (same, two)) = (alone.unwrap(), together.unwrap());
        assert!((area - same).abs() < 1e-15 && (one - two).abs() < 1e-15);
        // Placements: ham 0, 1/3, 2/3, spam 1/3, 2/3, 0; the area is 1/3. In one group the second
        // ham (0) and the first spam (0), and the third ham (1/3) with the second spam (1/3): off
        // by -1/3, 0, 1/3 and 0, 1/3, -1/3, products 0 and 1/9, of four groups: variance 1/3 · 2/9
        // / 3 twice, and 2 · 4/3 · 1/9 / 9.
        let groups = [0, 1, 2, 1, 2, 3];
        let placed = placements(&log_odds, &labels);
        let (_, found) = wrong_area(&placed, &labels, &groups).unwrap();
        let expected = 2.0 * 1.5 * (2.0 / 9.0) / 9.0 + 2.0 * (4.0 / 3.0) * (1.0 / 9.0) / 9.0;
        assert!(
            (found.powi(2) - expected).abs() < 1e-15,
            "{found} {expected}"
        );
    }

    /// Expected values are those of numpy 2: structural components by loops over all pairs, and
    /// `numpy.cov` of them, as DeLong, DeLong and Clarke-Pearson define them.
    #[test]
    fn areas_and_their_difference_are_those_of_the_definition() {
        let labels = [[Ham; 9].as_slice(), &[Spam; 7]].concat();
        let a = [
            0.0, 0.3, -0.3, -0.9, -0.5, -1.0, 0.1, 1.3, -0.5, 0.6, 1.7, 1.6, 1.3, 0.3, 1.2, 1.9,
        ];
        let b = [
            -0.9, -0.1, -1.5, -1.4, -1.6, -0.8, -0.8, 1.0, -0.2, 0.7, -0.2, 1.1, 1.2, 0.8, 0.1, 1.3,
        ];
        let alone: Vec<u32> = (0..16).collect();
        let [a, b] = [a, b].map(|odds| placements(&odds, &labels));
        let both: Vec<f64> = a.iter().zip(&b).map(|(a, b)| a - b).collect();
        let expected = [
            (a, 1.0 - 0.936_507_936_507_936_5, 0.060_745_833_350_291_184),
            (b, 1.0 - 0.912_698_412_698_412_8, 0.073_385_880_987_725_92),
            (both, -0.023_809_523_809_523_725, 0.045_070_701_157_145_024),
        ];
        for (placed, area, deviation) in expected {
            let found = wrong_area(&placed, &labels, &alone).unwrap();
            assert!((found.0 - area).abs() < 1e-12, "{found:?}");
            assert!((found.1 - deviation).abs() < 1e-12, "{found:?}");
        }
    }
}
