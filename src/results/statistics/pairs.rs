//! Whether one of two models is better beyond chance, on the messages and folds that both scored:
//! McNemar's test on the messages, and the corrected resampled t-test on the accuracies of the
//! folds.
//!
//! Folds share training mail, so their accuracies are no independent sample and the plain t-test
//! finds differences where there are none. Nadeau and Bengio ("Inference for the generalization
//! error", Machine Learning 52, 2003) widen the variance of the mean from s²/k to (1/k +
//! test/train) s²; the statistic has k - 1 degrees of freedom.

use super::mcnemar::mcnemar;
use crate::base::mail::Label;
use crate::results::comparison::{Comparison, ResampledT};
use crate::results::decision::Decision;
use crate::results::model_record::{ModelRecord, Scored};
use statrs::distribution::{ContinuousCDF, StudentsT};

/// Compares every pair of models that have a result. `labels` are those of all messages.
pub fn compare_pairs(
    models: &[ModelRecord],
    labels: &[Option<Label>],
    decision: Decision,
) -> Vec<Comparison> {
    let scored: Vec<&ModelRecord> = models
        .iter()
        .filter(|model| model.scored().next().is_some())
        .collect();
    let pairs = scored
        .iter()
        .enumerate()
        .flat_map(|(at, a)| scored[at + 1..].iter().map(move |b| (a, b)));
    pairs
        .filter_map(|(a, b)| compare_pair(a, b, labels, decision))
        .collect()
}

/// None if no fold was scored by both.
pub(crate) fn compare_pair(
    a: &ModelRecord,
    b: &ModelRecord,
    labels: &[Option<Label>],
    decision: Decision,
) -> Option<Comparison> {
    let (mut only_a, mut only_b) = (0, 0);
    // By fold: the gain in accuracy of `a` over `b`, and the number of messages.
    let mut gains = Vec::new();
    for (fold, of_a) in a.scored() {
        let Some((_, of_b)) = b.scored().find(|&(other, _)| other == fold) else {
            continue;
        };
        let before = (only_a, only_b);
        for (at, &row) in of_a.rows.iter().enumerate() {
            let right = |scored: &Scored| {
                let predicted = decision.label(scored.log_odds[at]);
                labels.get(row as usize).copied().flatten() == Some(predicted)
            };
            only_a += usize::from(right(of_a) && !right(of_b));
            only_b += usize::from(right(of_b) && !right(of_a));
        }
        let emails = of_a.rows.len();
        let gain = (only_a - before.0) as f64 - (only_b - before.1) as f64;
        gains.push((gain / emails as f64, emails as f64));
    }
    if gains.is_empty() {
        return None;
    }
    let test = mcnemar(only_a, only_b);
    Some(Comparison {
        a: a.name.clone(),
        b: b.name.clone(),
        only_a_right: only_a,
        only_b_right: only_b,
        p_value: test.p_value,
        exact: test.exact,
        resampled_t: resampled_t(&gains),
    })
}

/// The corrected test on the differences of some folds, each with its number of test messages; the
/// other folds trained it. None for a single fold, and where all folds differ by the same amount,
/// which leaves nothing to judge it by.
fn resampled_t(gains: &[(f64, f64)]) -> Option<ResampledT> {
    let folds = gains.len() as f64;
    let mean = gains.iter().map(|(gain, _)| gain).sum::<f64>() / folds;
    let variance = gains
        .iter()
        .map(|(gain, _)| (gain - mean).powi(2))
        .sum::<f64>()
        / (folds - 1.0);
    let emails: f64 = gains.iter().map(|(_, emails)| emails).sum();
    let test_by_train = gains
        .iter()
        .map(|(_, test)| test / (emails - test))
        .sum::<f64>()
        / folds;
    if gains.len() < 2 || variance <= 0.0 {
        return None;
    }
    let t = mean / ((1.0 / folds + test_by_train) * variance).sqrt();
    let distribution = StudentsT::new(0.0, 1.0, folds - 1.0).ok()?;
    Some(ResampledT {
        gain: mean,
        t,
        p_value: 2.0 * distribution.sf(t.abs()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_corrected_t_agrees_with_the_hand_worked_one_and_scipys() {
        // Differences .01 .02 .03 .02 .02 of five folds of 100: mean .02, s² = .0002 / 4, widened
        // by 1/5 + 1/4.
        let gains = [0.01, 0.02, 0.03, 0.02, 0.02].map(|gain| (gain, 100.0));
        let found = resampled_t(&gains).unwrap();
        let t = 0.02 / (0.45_f64 * 0.000_05).sqrt();
        assert!(
            (found.gain - 0.02).abs() < 1e-15 && (found.t - t).abs() < 1e-9,
            "{found:?}"
        );
        // 2 * scipy.stats.t.sf(4.216370213557839, 4) prints 0.013516881521817516.
        assert!(
            (found.p_value - 0.013_516_881_521_817_516).abs() < 1e-12,
            "{found:?}"
        );
        assert_eq!(resampled_t(&gains[..1]), None);
        assert_eq!(resampled_t(&[(0.1, 10.0), (0.1, 10.0)]), None);
    }
}
