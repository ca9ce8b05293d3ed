//! Whether the ranks of models over several corpora differ by more than chance explains, and which
//! pairs do (Demšar, "Statistical comparisons of classifiers over multiple data sets", JMLR 7,
//! 2006).
//!
//! On each corpus the model with the smallest error has rank 1; equal ones share the mean of their
//! ranks. Friedman's χ² with its correction for ties is conservative, so the decision rests on the
//! F that Iman and Davenport derive from it. Pairs are compared by the z of their mean ranks, with
//! Holm's step-down correction for their number. In the critical-difference diagram stands
//! Nemenyi's difference, the same for all pairs: the 95th percentile of the studentized range over
//! √2, in standard errors of a difference of mean ranks.

use super::range;
use crate::results::comparison::{SIGNIFICANCE_LEVEL, is_significant};
use serde::{Deserialize, Serialize};
use statrs::distribution::{ChiSquared, ContinuousCDF, FisherSnedecor};

/// Errors, a row per corpus and a column per model.
pub type Errors = [Vec<f64>];

/// Friedman's test.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Friedman {
    /// The statistic, corrected for ties, of one degree of freedom less than there are models.
    pub chi_square: f64,
    /// Its p-value.
    pub p_chi_square: f64,
    /// Iman and Davenport's F; none where all corpora rank the models alike, so that it is
    /// infinite.
    pub f: Option<f64>,
    /// Its p-value. Where there is no F, the probability that all corpora rank the models like the
    /// first.
    pub p_value: f64,
}

impl Friedman {
    /// Whether the ranks differ by more than chance explains.
    pub fn is_significant(&self) -> bool {
        is_significant(self.p_value)
    }
}

/// Ranks of values from 1, the smallest first; equal ones share the mean of their ranks.
pub fn ranks(values: &[f64]) -> Vec<f64> {
    let rank = |value: &f64| {
        let below = values.iter().filter(|other| *other < value).count();
        let equal = values.iter().filter(|other| *other == value).count();
        below as f64 + f64::midpoint(equal as f64, 1.0)
    };
    values.iter().map(rank).collect()
}

/// Mean rank of each model.
pub fn mean_ranks(errors: &Errors) -> Vec<f64> {
    let models = errors.first().map_or(0, Vec::len);
    let mut sums = vec![0.0; models];
    for corpus in errors {
        for (sum, rank) in sums.iter_mut().zip(ranks(corpus)) {
            *sum += rank;
        }
    }
    sums.iter().map(|sum| sum / errors.len() as f64).collect()
}

/// Tests whether all models have the same rank. None of fewer than two corpora or models, and where
/// on every corpus all models are equal.
pub fn friedman(errors: &Errors) -> Option<Friedman> {
    let (corpora, models) = (errors.len() as f64, errors.first()?.len() as f64);
    if errors.len() < 2 || models < 2.0 {
        return None;
    }
    let middle = f64::midpoint(models, 1.0);
    let off = |rank: f64| (rank - middle).powi(2);
    let between: f64 = mean_ranks(errors).into_iter().map(off).sum();
    // Without ties, k (k² - 1) / 12 per corpus.
    let all: f64 = errors.iter().flat_map(|row| ranks(row)).map(off).sum();
    if all <= 0.0 {
        return None;
    }
    let chi_square = corpora * corpora * between * (models - 1.0) / all;
    let most = corpora * (models - 1.0);
    let p_chi_square = ChiSquared::new(models - 1.0).ok()?.sf(chi_square);
    let f = (chi_square < most * (1.0 - 1e-12))
        .then(|| (corpora - 1.0) * chi_square / (most - chi_square));
    let p_value = match f {
        Some(f) => {
            let freedom = (models - 1.0) * (corpora - 1.0);
            FisherSnedecor::new(models - 1.0, freedom).ok()?.sf(f)
        }
        None => arrangements(&errors[0]).powf(1.0 - corpora),
    };
    Some(Friedman {
        chi_square,
        p_chi_square,
        f,
        p_value,
    })
}

/// In how many orders values can stand.
fn arrangements(values: &[f64]) -> f64 {
    let before = |at: usize| values[..at].iter().filter(move |one| **one == values[at]);
    // k! over the factorial of how often each value stands there.
    let factor = |at: usize| (at + 1) as f64 / (before(at).count() + 1) as f64;
    (0..values.len()).map(factor).product()
}

/// Standard error of a difference of two mean ranks.
fn standard_error(models: usize, corpora: usize) -> f64 {
    let (models, corpora) = (models as f64, corpora as f64);
    (models * (models + 1.0) / (6.0 * corpora)).sqrt()
}

/// Two-sided p-value of a difference of two mean ranks, as the only pair.
pub fn p_of_ranks(difference: f64, models: usize, corpora: usize) -> f64 {
    libm::erfc(difference.abs() / standard_error(models, corpora) / std::f64::consts::SQRT_2)
}

/// Nemenyi's critical difference: of no two models the mean ranks differ by so much in 95 of 100
/// samples, if none is better than another.
pub fn critical_difference(models: usize, corpora: usize) -> f64 {
    let quantile = range::quantile(1.0 - SIGNIFICANCE_LEVEL, models);
    quantile / std::f64::consts::SQRT_2 * standard_error(models, corpora)
}

/// P-values corrected for their number, step down (Holm, "A simple sequentially rejective multiple
/// test procedure", Scandinavian Journal of Statistics 6, 1979).
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let mut adjusted = vec![0.0; p_values.len()];
    let mut reached = 0.0_f64;
    for (before, at) in order.into_iter().enumerate() {
        let left = (p_values.len() - before) as f64;
        reached = reached.max((left * p_values[at]).min(1.0));
        adjusted[at] = reached;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Errors of four models on six corpora, with ties.
    fn errors() -> Vec<Vec<f64>> {
        [
            [0.8, 0.9, 1.4, 1.4],
            [1.2, 1.0, 1.0, 2.1],
            [0.5, 0.7, 0.9, 0.8],
            [2.0, 1.8, 2.6, 2.6],
            [0.3, 0.3, 0.5, 0.9],
            [1.1, 1.4, 1.3, 1.9],
        ]
        .map(|row| row.to_vec())
        .to_vec()
    }

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-9, "{found}, not {expected}");
    }

    /// By scipy 1.17: `friedmanchisquare` for χ² and its p; (N - 1) χ² / (N (k - 1) - χ²) and
    /// `f.sf(F, 3, 15)`; `rankdata` for ranks.
    #[test]
    fn the_test_agrees_with_scipys() {
        let found = friedman(&errors()).unwrap();
        near(found.chi_square, 10.875);
        near(found.p_chi_square, 0.012_421_361_481_768_763);
        near(found.f.unwrap(), 7.631_578_947_368_431);
        near(found.p_value, 0.002_503_890_571_180_977);
        let expected = [19.0 / 12.0, 11.0 / 6.0, 35.0 / 12.0, 11.0 / 3.0];
        for (found, expected) in mean_ranks(&errors()).into_iter().zip(expected) {
            near(found, expected);
        }
    }

    /// By scipy: `2 * norm.sf(|z|)` of the six pairs. Holm's by hand: times 6, 5, 4, … in order of
    /// size, none below the one before.
    #[test]
    fn pairs_have_holms_p_values() {
        let ranks = mean_ranks(&errors());
        let pairs = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)];
        let p = pairs.map(|(a, b)| p_of_ranks(ranks[a] - ranks[b], 4, 6));
        let single = [
            0.737_315_677_216_418_2,
            0.073_638_270_120_302_62,
            0.005_188_607_552_315_571,
            0.146_100_465_963_422_38,
            0.013_906_296_895_346_08,
            0.314_304_660_473_853_97,
        ];
        let adjusted = [
            single[0],
            4.0 * single[1],
            6.0 * single[2],
            3.0 * single[3],
            5.0 * single[4],
            2.0 * single[5],
        ];
        for at in 0..6 {
            near(p[at], single[at]);
            near(holm(&p)[at], adjusted[at]);
        }
        assert_eq!(holm(&[0.03, 0.02, 0.9]), [0.06, 0.06, 0.9]);
        assert_eq!(holm(&[0.6, 0.5]), [1.0, 1.0]);
    }

    /// By scipy: `studentized_range.ppf(.95, 4, inf) / sqrt(2) * sqrt(4 * 5 / (6 * 6))`. Demšar's
    /// table 5 has q = 2.569 for four.
    #[test]
    fn the_critical_difference_is_nemenyis() {
        near(critical_difference(4, 6), 1.914_843_226_590_237_3);
        assert!((critical_difference(4, 6) / (20.0 / 36.0_f64).sqrt() - 2.569).abs() < 5e-4);
    }

    /// Of three models 6 orders, so (1/6)² that two more corpora rank them like the first; of a, b,
    /// b there are 3.
    #[test]
    fn corpora_that_all_rank_alike_have_the_probability_of_that() {
        let same = |row: [f64; 3]| friedman(&[row.to_vec(), row.to_vec(), row.to_vec()]).unwrap();
        let found = same([1.0, 2.0, 3.0]);
        near(found.p_value, 1.0 / 36.0);
        near(found.chi_square, 6.0);
        assert_eq!(found.f, None);
        near(same([1.0, 2.0, 2.0]).p_value, 1.0 / 9.0);
        assert_eq!(friedman(&[vec![1.0; 3], vec![2.0; 3]]), None);
        assert_eq!(friedman(&[vec![1.0, 2.0]]), None);
        assert_eq!(friedman(&[]), None);
    }
}
