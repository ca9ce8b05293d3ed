//! McNemar's test by groups of near-duplicates: whether two models that scored the same messages
//! differ in their error rate.
//!
//! Near-duplicates are no independent messages, so a group has one vote: how many of its messages
//! more one model got right. If neither is better, each vote is as likely to have the other sign
//! (Obuchowski, "On the comparison of correlated proportions for clustered data", Statistics in
//! Medicine 17, 1998). Of fewer than 25 votes every choice of signs is counted, which for groups of
//! one message is the exact binomial test; from there on Σd / √Σd² is normal.

/// Votes from which the normal distribution serves.
const MANY: usize = 25;

/// The outcome of the test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct McNemar {
    /// Two-sided p-value.
    pub p_value: f64,
    /// Whether it is the exact one.
    pub exact: bool,
}

/// Tests the differences of groups: how many messages more the first model got right.
pub fn mcnemar(differences: impl Iterator<Item = f64>) -> McNemar {
    let votes: Vec<f64> = differences
        .filter(|&difference| difference != 0.0)
        .collect();
    let sum: f64 = votes.iter().sum();
    if votes.len() < MANY {
        return McNemar {
            p_value: exact(&votes, sum.abs() as usize),
            exact: true,
        };
    }
    let squares: f64 = votes.iter().map(|vote| vote * vote).sum();
    McNemar {
        p_value: libm::erfc(sum.abs() / (2.0 * squares).sqrt()),
        exact: false,
    }
}

/// The share of all choices of signs that give a sum at least so far from 0.
fn exact(votes: &[f64], reached: usize) -> f64 {
    let sizes = || votes.iter().map(|vote| vote.abs() as usize);
    let most: usize = sizes().sum();
    // How probable it is that the positive ones sum to each number.
    let mut probability = vec![0.0; most + 1];
    probability[0] = 1.0;
    for size in sizes() {
        for sum in (0..=most).rev() {
            let with = sum.checked_sub(size).map_or(0.0, |rest| probability[rest]);
            probability[sum] = f64::midpoint(probability[sum], with);
        }
    }
    let is_as_far = |positive: &usize| (2 * positive).abs_diff(most) >= reached;
    let tail = (0..=most).filter(is_as_far).map(|sum| probability[sum]);
    tail.sum::<f64>().min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(only_a: usize, only_b: usize) -> McNemar {
        mcnemar((0..only_a + only_b).map(|at| if at < only_a { 1.0 } else { -1.0 }))
    }

    #[test]
    fn p_values_agree_with_hand_worked_ones() {
        assert_eq!(of(0, 0).p_value, 1.0);
        // 2 · (1 + 5) / 2^5, the textbook sign test of 1 against 4.
        let found = of(1, 4);
        assert!((found.p_value - 0.375).abs() < 1e-15 && found.exact);
        assert!((of(4, 1).p_value - 0.375).abs() < 1e-15);
        // Without continuity correction: erfc(43 / √150) by Python's math.erfc.
        let found = of(59, 16);
        assert!(
            (found.p_value / 6.862_595_155_314_501e-7 - 1.0).abs() < 1e-9 && !found.exact,
            "{found:?}"
        );
    }

    /// By hand: of the 8 choices of signs of 3, 1 and 1, the four with both ones like the three or
    /// both against it sum to ±5 and ±1; ±3 come from the other four.
    #[test]
    fn a_group_has_one_vote() {
        assert!((mcnemar([3.0, 1.0, 1.0].into_iter()).p_value - 0.25).abs() < 1e-15);
        assert!((mcnemar([3.0, 1.0, -1.0].into_iter()).p_value - 0.75).abs() < 1e-15);
        // Thirty duplicates of one message are one vote, and prove nothing.
        assert_eq!(mcnemar([30.0].into_iter()).p_value, 1.0);
        let equal = vec![3.0; 100];
        let single = vec![1.0; 100];
        let [a, b] = [equal, single].map(|votes| mcnemar(votes.into_iter()).p_value);
        assert!((a / b - 1.0).abs() < 1e-12);
    }
}
