//! Two models on the same messages: what each alone got right, the tests between them, and when
//! they are distinguishable: one level for every test and interval. The best models of both
//! families, and by how much they differ.

use serde::{Deserialize, Serialize};

/// The p-value below which a difference is significant; intervals hold 1 less this much.
pub const SIGNIFICANCE_LEVEL: f64 = 0.05;

/// Half the width of the region of practical equivalence, as a share of messages: one point of
/// error rate.
pub const PRACTICALLY_EQUIVALENT: f64 = 0.01;

/// Whether a difference with this p-value is more than chance explains.
pub fn is_significant(p_value: f64) -> bool {
    p_value < SIGNIFICANCE_LEVEL
}

/// Two models on the same messages: McNemar's test by groups of near-duplicates, the same of all
/// pairs together, and the corrected resampled t-test over folds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// Name of one model.
    pub a: String,
    /// Name of the other.
    pub b: String,
    /// Messages that only `a` got right.
    pub only_a_right: usize,
    /// Messages that only `b` got right.
    pub only_b_right: usize,
    /// Two-sided p-value.
    pub p_value: f64,
    /// Whether it is the exact one (fewer than 25 groups of messages on which they differ) or
    /// normal.
    pub exact: bool,
    /// P-value of the pair as one of all pairs of models: how often the most striking of them would
    /// be as striking by chance. None without resamples.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p_adjusted: Option<f64>,
    /// The test over folds, where there are folds to test by.
    pub resampled_t: Option<ResampledT>,
}

impl Comparison {
    /// Whether the two are distinguishable as one pair of many.
    pub fn is_significant(&self) -> bool {
        is_significant(self.p_adjusted.unwrap_or(self.p_value))
    }

    /// Whether the two are distinguishable as the only pair asked for: by the corrected test over
    /// folds, and on a single split as one pair of many.
    pub fn is_distinguishable(&self) -> bool {
        match self.resampled_t {
            Some(test) => is_significant(test.p_value),
            None => self.is_significant(),
        }
    }
}

/// The corrected resampled t-test on the accuracies of the folds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ResampledT {
    /// Mean gain in accuracy of `a` over `b`.
    pub gain: f64,
    /// Its 95 % interval.
    pub interval: [f64; 2],
    /// The statistic, of one degree of freedom less than there are folds.
    pub t: f64,
    /// Two-sided p-value.
    pub p_value: f64,
    /// What is believed of the gain, where accuracies are practically equivalent that differ by no
    /// more than [`PRACTICALLY_EQUIVALENT`]: the posterior of the Bayesian correlated t-test
    /// (Corani and Benavoli, Machine Learning 100, 2015).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub belief: Option<Belief>,
}

/// What is believed of a difference of two models.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Belief {
    /// Probability that the difference is below the region of practical equivalence.
    pub lower: f64,
    /// Probability that it is within.
    pub equivalent: f64,
    /// Probability that it is above.
    pub higher: f64,
}

impl Belief {
    /// Whether the two are practically equivalent, with a probability of .95 or more.
    pub fn is_equivalent(&self) -> bool {
        self.equivalent >= 1.0 - SIGNIFICANCE_LEVEL
    }

    /// Whether one is better by more than that, with a probability of .95 or more.
    pub fn is_apart(&self) -> bool {
        self.lower.max(self.higher) >= 1.0 - SIGNIFICANCE_LEVEL
    }
}

/// The combined 5x2cv F test.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct FiveByTwo {
    /// Mean of the ten differences, the first model less the second.
    pub difference: f64,
    /// The statistic.
    pub f: f64,
    /// Its p-value.
    pub p_value: f64,
}

/// Two models and the test of their accuracies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PairInHalves {
    /// Name of one model.
    pub a: String,
    /// Name of the other.
    pub b: String,
    /// The test.
    #[serde(flatten)]
    pub test: FiveByTwo,
}

impl FiveByTwo {
    /// Whether the two are distinguishable as the only pair asked for.
    pub fn is_significant(&self) -> bool {
        is_significant(self.p_value)
    }
}

/// The metrics in which the best models of the families are compared.
pub const FAMILY_METRICS: [&str; 6] = [
    "accuracy",
    "ham_misclassified_pct",
    "one_minus_roca_pct",
    "log_loss_bits",
    "recall_at_ham_01_pct",
    "recall_at_ham_1_pct",
];

/// The best model of one family, with an accuracy corrected for the choice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BestOfFamily {
    /// Its name.
    pub model: String,
    /// Number of models of the family that came to a result.
    pub tried: usize,
    /// Accuracy that the best of so many models has on mail that did not choose it.
    pub accuracy: f64,
    /// 95 % interval of that accuracy.
    pub interval: [f64; 2],
}

/// By how much one metric differs, the generative model less the discriminative one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FamilyDifference {
    /// The metric's key.
    pub metric: String,
    /// The difference.
    pub value: f64,
    /// Its 95 % interval, widened for what folds share of their training mail.
    pub interval: [f64; 2],
}

impl FamilyDifference {
    /// Whether the interval excludes 0.
    pub fn is_distinguishable(&self) -> bool {
        let [low, high] = self.interval;
        low > 0.0 || high < 0.0
    }
}

/// The families against each other; of an experiment with resamples and a result in both.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Families {
    /// The best generative model.
    pub generative: BestOfFamily,
    /// The best discriminative model.
    pub discriminative: BestOfFamily,
    /// By metric of [`FAMILY_METRICS`], where both have it.
    pub differences: Vec<FamilyDifference>,
}

impl Families {
    /// The difference in one metric.
    pub fn difference(&self, metric: &str) -> Option<&FamilyDifference> {
        self.differences.iter().find(|found| found.metric == metric)
    }
}
