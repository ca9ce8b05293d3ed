//! Whether one of two models is better beyond chance, on the messages and folds that both scored:
//! McNemar's test on groups of messages, and the corrected resampled t-test on the folds.
//!
//! Folds share training mail, so their accuracies are no independent sample and the plain t-test
//! finds differences where there are none. Nadeau and Bengio ("Inference for the generalization
//! error", Machine Learning 52, 2003) widen the variance of the mean from s²/k to (1/k +
//! test/train) s²; the statistic has k - 1 degrees of freedom.

use super::mcnemar::mcnemar;
use crate::results::comparison::{
    Belief, Comparison, PRACTICALLY_EQUIVALENT, ResampledT, SIGNIFICANCE_LEVEL,
};
use crate::results::curves::{Curve, CurvePoint};
use crate::results::data_card::EmailTable;
use crate::results::model_record::{ModelRecord, Scored};
use rustc_hash::FxHashMap;
use statrs::distribution::{ContinuousCDF, StudentsT};

/// Compares every pair of models that have a result.
pub fn compare_pairs(models: &[ModelRecord], emails: &EmailTable) -> Vec<Comparison> {
    let scored: Vec<&ModelRecord> = models
        .iter()
        .filter(|model| model.scored().next().is_some())
        .collect();
    let pairs = scored
        .iter()
        .enumerate()
        .flat_map(|(at, a)| scored[at + 1..].iter().map(move |b| (a, b)));
    pairs
        .filter_map(|(a, b)| compare_pair(a, b, emails))
        .collect()
}

/// None if no fold was scored by both.
pub(crate) fn compare_pair(
    a: &ModelRecord,
    b: &ModelRecord,
    emails: &EmailTable,
) -> Option<Comparison> {
    let (mut only_a, mut only_b) = (0, 0);
    let mut by_group: FxHashMap<u32, f64> = FxHashMap::default();
    // By fold: the gain in accuracy of `a` over `b`, and the number of messages.
    let mut gains = Vec::new();
    for (of_a, of_b) in in_both(a, b) {
        let before = (only_a, only_b);
        for (at, &row) in of_a.rows.iter().enumerate() {
            let label = emails.label(row);
            let right = |scored: &Scored| label == Some(scored.label(at));
            let (right_a, right_b) = (right(of_a), right(of_b));
            only_a += usize::from(right_a && !right_b);
            only_b += usize::from(right_b && !right_a);
            if right_a != right_b {
                let group = emails.groups.get(row as usize).copied().unwrap_or(row);
                *by_group.entry(group).or_default() += if right_a { 1.0 } else { -1.0 };
            }
        }
        let emails = of_a.rows.len();
        let gain = (only_a - before.0) as f64 - (only_b - before.1) as f64;
        gains.push((gain / emails as f64, emails as f64));
    }
    if gains.is_empty() {
        return None;
    }
    let mut groups: Vec<(u32, f64)> = by_group.into_iter().collect();
    groups.sort_unstable_by_key(|&(group, _)| group);
    let test = mcnemar(groups.into_iter().map(|(_, difference)| difference));
    Some(Comparison {
        a: a.name.clone(),
        b: b.name.clone(),
        only_a_right: only_a,
        only_b_right: only_b,
        p_value: test.p_value,
        exact: test.exact,
        p_adjusted: None,
        resampled_t: resampled_t(&gains),
    })
}

/// What two models scored in each fold that both scored.
pub(super) fn in_both<'a>(
    a: &'a ModelRecord,
    b: &'a ModelRecord,
) -> impl Iterator<Item = (&'a Scored, &'a Scored)> {
    a.scored().filter_map(|(fold, of_a)| {
        let (_, of_b) = b.scored().find(|&(other, _)| other == fold)?;
        Some((of_a, of_b))
    })
}

/// By how much one metric of two models differs over folds, the first less the second, with the
/// corrected test. None if a fold lacks it.
pub(super) fn difference_over_folds(
    a: &ModelRecord,
    b: &ModelRecord,
    metric: &str,
) -> Option<ResampledT> {
    let of = |scored: &Scored| scored.metrics.get(metric).copied().flatten();
    let gain = |(a, b): (&Scored, &Scored)| Some((of(a)? - of(b)?, a.rows.len() as f64));
    let gains: Option<Vec<(f64, f64)>> = in_both(a, b).map(gain).collect();
    resampled_t(&gains?)
}

/// By how much the accuracy of two models of a learning curve differs, the first less the second,
/// at each number of training messages, with the corrected test over its resamples. The intervals
/// hold at all those numbers together (Bonferroni).
pub fn differences_on_curve(curve: &Curve, a: &str, b: &str) -> Vec<(usize, ResampledT)> {
    let mut sizes: Vec<usize> = curve.points.iter().map(|point| point.emails).collect();
    sizes.sort_unstable();
    sizes.dedup();
    let accuracy = |model: &str, emails: usize, resample: u32| {
        let is_it = |point: &&CurvePoint| {
            point.model == model && point.emails == emails && point.resample == resample
        };
        let point = curve.points.iter().find(is_it)?;
        Some((
            point.metrics.get("accuracy").copied().flatten()?,
            point.test,
        ))
    };
    let resamples = curve.points.iter().map(|point| point.resample + 1).max();
    let at_size = |emails: usize| {
        let gain = |resample: u32| {
            let (of_a, test) = accuracy(a, emails, resample)?;
            let (of_b, _) = accuracy(b, emails, resample)?;
            Some((of_a - of_b, test as f64))
        };
        let gains: Vec<(f64, f64)> = (0..resamples.unwrap_or(0)).filter_map(gain).collect();
        resampled_t(&gains).is_some().then_some((emails, gains))
    };
    let found: Vec<(usize, Vec<(f64, f64)>)> = sizes.into_iter().filter_map(at_size).collect();
    let level = SIGNIFICANCE_LEVEL / found.len().max(1) as f64;
    let test =
        |(emails, gains): &(usize, Vec<(f64, f64)>)| Some((*emails, resampled_t_at(gains, level)?));
    found.iter().filter_map(test).collect()
}

/// By how much more the variance of a mean over folds is than that of as many independent ones:
/// 1 + k test/train.
pub(super) fn variance_by_training(a: &ModelRecord, b: &ModelRecord) -> f64 {
    let sizes: Vec<f64> = in_both(a, b).map(|(a, _)| a.rows.len() as f64).collect();
    1.0 + sizes.len() as f64 * test_by_train(&sizes)
}

/// Messages tested over messages trained on, mean over folds; the other folds trained each.
fn test_by_train(sizes: &[f64]) -> f64 {
    let emails: f64 = sizes.iter().sum();
    let ratio = |test: &f64| test / (emails - test);
    if sizes.len() < 2 {
        0.0
    } else {
        sizes.iter().map(ratio).sum::<f64>() / sizes.len() as f64
    }
}

/// The corrected test on the differences of some folds, each with its number of test messages; the
/// other folds trained it. None for a single fold, and where all folds differ by the same amount,
/// which leaves nothing to judge it by.
pub fn resampled_t(gains: &[(f64, f64)]) -> Option<ResampledT> {
    resampled_t_at(gains, SIGNIFICANCE_LEVEL)
}

/// The same with an interval that leaves out the truth in this share of samples.
fn resampled_t_at(gains: &[(f64, f64)], level: f64) -> Option<ResampledT> {
    let folds = gains.len() as f64;
    let mean = gains.iter().map(|(gain, _)| gain).sum::<f64>() / folds;
    let variance = gains
        .iter()
        .map(|(gain, _)| (gain - mean).powi(2))
        .sum::<f64>()
        / (folds - 1.0);
    let sizes: Vec<f64> = gains.iter().map(|&(_, emails)| emails).collect();
    // Equal gains vary by no more than the rounding of their mean.
    if gains.len() < 2 || variance <= (1e-12 * mean).powi(2) {
        return None;
    }
    let error = ((1.0 / folds + test_by_train(&sizes)) * variance).sqrt();
    let t = mean / error;
    let distribution = StudentsT::new(0.0, 1.0, folds - 1.0).ok()?;
    let half = error * distribution.inverse_cdf(1.0 - level / 2.0);
    Some(ResampledT {
        gain: mean,
        interval: [mean - half, mean + half],
        t,
        p_value: 2.0 * distribution.sf(t.abs()),
        belief: Some(belief(
            mean / error,
            PRACTICALLY_EQUIVALENT / error,
            &distribution,
        )),
    })
}

/// The posterior of the mean gain is the t distribution around it (Corani and Benavoli's with the
/// correlation of test/(train + test), which is Nadeau and Bengio's correction): how much of it
/// lies below, within and above the region of practical equivalence. All in standard errors.
fn belief(gain: f64, half_width: f64, distribution: &StudentsT) -> Belief {
    let lower = distribution.cdf(-half_width - gain);
    let higher = distribution.sf(half_width - gain);
    Belief {
        lower,
        equivalent: (distribution.cdf(half_width - gain) - lower).max(0.0),
        higher,
    }
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
        let error = (0.45_f64 * 0.000_05).sqrt();
        assert!(
            (found.gain - 0.02).abs() < 1e-15 && (found.t - 0.02 / error).abs() < 1e-9,
            "{found:?}"
        );
        // 2 * scipy.stats.t.sf(4.216370213557839, 4) prints 0.013516881521817516.
        assert!(
            (found.p_value - 0.013_516_881_521_817_516).abs() < 1e-12,
            "{found:?}"
        );
        // The 97.5th percentile of Student's t with 4 degrees of freedom is 2.776445 in any table.
        let [low, high] = found.interval;
        assert!((low - (0.02 - 2.776_445 * error)).abs() < 1e-8, "{low}");
        assert!((high - (0.02 + 2.776_445 * error)).abs() < 1e-8, "{high}");
        // scipy.stats.t(4, loc=.02, scale=error): cdf(-.01), cdf(.01) - cdf(-.01), sf(.01).
        let Belief {
            lower,
            equivalent,
            higher,
        } = found.belief.unwrap();
        let found = [lower, equivalent, higher];
        let expected = [
            0.001_599_101_076_167_653_3,
            0.049_751_112_671_588_25,
            0.948_649_786_252_244,
        ];
        for (found, expected) in found.into_iter().zip(expected) {
            assert!((found - expected).abs() < 1e-9, "{found}, not {expected}");
        }
        assert_eq!(resampled_t(&gains[..1]), None);
        assert_eq!(resampled_t(&[(0.1, 10.0), (0.1, 10.0)]), None);
        assert_eq!(
            resampled_t(&[(0.1, 10.0); 10]),
            None,
            "their mean is rounded"
        );
    }
}
