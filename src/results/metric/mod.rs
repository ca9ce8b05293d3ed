//! Every metric, in one table. A metric is a key, a title and a function of sums over the scored
//! messages; a new one is one row.
//!
//! Metrics of thresholds, ranks and probabilities use the calibrated log-odds; the two `…_raw`
//! ones use the model's own score. A metric that is not defined on the messages at hand (a class
//! without mail, a margin asked for bits) is None.

mod code_length;
mod log_loss;
mod probability;
mod rank;
mod reliability;
mod sums;
mod threshold;

pub use log_loss::{log_loss, mean_log_loss_bits};
pub(super) use rank::LEAST_FALSE_POSITIVES;
pub use reliability::calibration_error;
pub(super) use sums::FALSE_POSITIVE_RATES;
pub use sums::{MetricSums, Ranking, ScoredEmails};

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Value of each metric by its key; `None` where it is not defined (no probability, one class
/// only).
pub type Metrics = BTreeMap<String, Option<f64>>;

/// Mean and standard deviation (n - 1) of a metric over the folds on which it is defined.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// Mean.
    pub mean: Option<f64>,
    /// Standard deviation over folds; none for a single fold.
    pub deviation: Option<f64>,
}

/// What an experiment says of a metric of a model.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The mean over folds, or the value on the messages of all folds; see [`OverFolds`].
    pub value: Option<f64>,
    /// Standard deviation over folds of a mean over folds; none for a single fold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deviation: Option<f64>,
    /// The 95 % interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<[f64; 2]>,
    /// What a model with true probabilities would stay below on 95 of 100 samples of mail, for a
    /// metric that tells how true they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub if_calibrated: Option<f64>,
}

/// How a metric is estimated from several folds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OverFolds {
    /// As the mean of its values by fold. Scores of different folds are not quite on one scale, so
    /// ranks are those of a fold.
    Mean,
    /// On the messages of all folds at once, where a fold has too few of them: for a rate of one in
    /// a thousand, for the shares of spam by bin, or beside the half message that stands for no
    /// error.
    Pooled,
}

/// What the interval of a metric is made of; see `statistics::interval`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum IntervalKind {
    /// A share, or the given multiple of one, of something: Wilson's interval.
    Share {
        /// What a share of 1 is written as: 1, or 100 for percent.
        whole: f64,
        /// What it is a share of.
        of: Counted,
    },
    /// A value between two ends that is no share: normal on the logit scale.
    Between(f64, f64),
    /// A percentage whose log-odds are the mean of those of both error rates: by the intervals of
    /// these.
    BetweenRates,
    /// A mean of losses without an upper end: studentised on the scale of logarithms.
    MeanLoss,
    /// It has none.
    Absent,
}

/// What a share is one of. Near-duplicates count as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// All messages.
    Emails,
    /// Ham.
    Ham,
    /// Spam.
    Spam,
    /// Pairs of one of each class, of which the rarer class limits what is known.
    Pairs,
}

/// Which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Better {
    /// The higher.
    Higher,
    /// The lower.
    Lower,
}

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Metric {
    /// Name in files.
    pub key: &'static str,
    /// Name in tables: the field's name, then its abbreviation or its name elsewhere.
    pub title: &'static str,
    /// Name where there is little room.
    pub short: &'static str,
    /// What it is, in a few words for readers who meet it for the first time.
    pub meaning: &'static str,
    /// Which way is better.
    pub better: Better,
    /// Decimals worth showing.
    pub decimals: usize,
    /// How it is estimated from several folds.
    pub over_folds: OverFolds,
    /// What its interval is made of.
    pub interval: IntervalKind,
    /// Its value, where defined.
    pub value: fn(&MetricSums) -> Option<f64>,
}

impl Metric {
    const fn abbreviated(self, short: &'static str) -> Metric {
        Metric { short, ..self }
    }

    const fn meaning(self, meaning: &'static str) -> Metric {
        Metric { meaning, ..self }
    }

    const fn pooled(self) -> Metric {
        Metric {
            over_folds: OverFolds::Pooled,
            ..self
        }
    }

    const fn percent_of(self, of: Counted) -> Metric {
        let interval = IntervalKind::Share { whole: 100.0, of };
        Metric { interval, ..self }
    }

    const fn share_of(self, of: Counted) -> Metric {
        let interval = IntervalKind::Share { whole: 1.0, of };
        Metric { interval, ..self }
    }

    const fn between(self, low: f64, high: f64) -> Metric {
        let interval = IntervalKind::Between(low, high);
        Metric { interval, ..self }
    }

    const fn percent_between_rates(self) -> Metric {
        let interval = IntervalKind::BetweenRates;
        Metric { interval, ..self }
    }

    const fn mean_loss(self) -> Metric {
        let interval = IntervalKind::MeanLoss;
        Metric { interval, ..self }
    }

    /// Its value, where it is defined and finite.
    pub fn of(&self, sums: &MetricSums) -> Option<f64> {
        (self.value)(sums).filter(|value| value.is_finite())
    }
}

const fn row(
    key: &'static str,
    title: &'static str,
    better: Better,
    decimals: usize,
    value: fn(&MetricSums) -> Option<f64>,
) -> Metric {
    Metric {
        key,
        title,
        short: title,
        meaning: "",
        better,
        decimals,
        over_folds: OverFolds::Mean,
        interval: IntervalKind::Absent,
        value,
    }
}

use Better::{Higher, Lower};

/// Every metric, in the order of tables.
pub const METRICS: &[Metric] = &[
    row("accuracy", "accuracy", Higher, 4, threshold::accuracy)
        .meaning("share of all messages judged right")
        .share_of(Counted::Emails),
    row(
        "balanced_accuracy",
        "balanced accuracy",
        Higher,
        4,
        threshold::balanced_accuracy,
    )
    .meaning("mean of recall and specificity: both classes count alike, however many there are")
    .between(0.0, 1.0),
    row("precision", "precision", Higher, 4, threshold::precision)
        .meaning("share of spam among what is called spam; falls with the share of spam")
        .share_of(Counted::Spam),
    row("recall", "recall", Higher, 4, threshold::recall)
        .meaning("share of spam that is called spam (sensitivity, true positive rate)")
        .share_of(Counted::Spam),
    row(
        "specificity",
        "specificity",
        Higher,
        4,
        threshold::specificity,
    )
    .meaning("share of ham that is called ham: 1 minus the false positive rate")
    .share_of(Counted::Ham),
    row("f1", "F1", Higher, 4, threshold::f1)
        .meaning("harmonic mean of precision and recall; ham called ham does not count")
        .between(0.0, 1.0),
    row("f05", "F0.5", Higher, 4, threshold::f_half)
        .meaning(
            "F-beta with beta 1/2: precision counts twice as much as recall, since wanted mail \
             lost costs more than spam seen",
        )
        .between(0.0, 1.0),
    row(
        "mcc",
        "Matthews correlation coefficient (MCC)",
        Higher,
        4,
        threshold::mcc,
    )
    .abbreviated("MCC")
    .meaning("correlation of verdict and class, from −1 to 1; 0 is guessing, at any share of spam")
    .between(-1.0, 1.0),
    row(
        "ham_misclassified_pct",
        "false positive rate (ham misclassified %)",
        Lower,
        2,
        threshold::ham_misclassified_pct,
    )
    .abbreviated("FPR %")
    .meaning("share of ham called spam: wanted mail that is lost")
    .percent_of(Counted::Ham),
    row(
        "spam_misclassified_pct",
        "false negative rate (spam misclassified %)",
        Lower,
        2,
        threshold::spam_misclassified_pct,
    )
    .abbreviated("FNR %")
    .meaning("share of spam called ham: spam that is seen")
    .percent_of(Counted::Spam),
    row(
        "lam_pct",
        "logistic average misclassification (lam %)",
        Lower,
        2,
        threshold::lam_pct,
    )
    .abbreviated("lam %")
    .meaning("mean of both error rates on the scale of log-odds (TREC spam track)")
    .pooled()
    .percent_between_rates(),
    row("roc_auc", "ROC AUC", Higher, 4, rank::roc_auc)
        .meaning("how often a spam scores above a ham, of all pairs of one of each")
        .share_of(Counted::Pairs),
    row(
        "one_minus_roca_pct",
        "(1-ROCA) %",
        Lower,
        4,
        rank::one_minus_roca_pct,
    )
    .meaning("100 minus ROC AUC in percent: pairs of a spam and a ham ranked the wrong way round")
    .percent_of(Counted::Pairs),
    row(
        "average_precision",
        "average precision",
        Higher,
        4,
        rank::average_precision,
    )
    .meaning("area under the precision-recall curve; falls with the share of spam")
    .share_of(Counted::Pairs),
    row(
        "recall_at_ham_01_pct",
        "recall at 0.1 % FPR",
        Higher,
        4,
        rank::recall_at_a_thousandth,
    )
    .meaning("share of spam caught where at most 1 ham in 1,000 is lost")
    .pooled()
    .share_of(Counted::Spam),
    row(
        "recall_at_ham_1_pct",
        "recall at 1 % FPR",
        Higher,
        4,
        rank::recall_at_a_hundredth,
    )
    .meaning("share of spam caught where at most 1 ham in 100 is lost")
    .pooled()
    .share_of(Counted::Spam),
    row(
        "log_loss_bits",
        "log loss, bits",
        Lower,
        4,
        probability::log_loss_bits,
    )
    .abbreviated("log loss")
    .meaning("how wrong the probabilities are, in bits per message; 1 is a coin")
    .mean_loss(),
    row("brier", "Brier score", Lower, 4, probability::brier)
        .meaning("mean squared error of the probability")
        .between(0.0, 1.0),
    row(
        "ece",
        "expected calibration error (ECE), 15 bins",
        Lower,
        4,
        probability::ece,
    )
    .abbreviated("ECE")
    .meaning("mean gap between probability and share of spam, beyond what chance explains")
    .pooled(),
    row(
        "accuracy_raw",
        "accuracy, raw score",
        Higher,
        4,
        threshold::accuracy_raw,
    )
    .abbreviated("raw accuracy")
    .meaning("accuracy by the model's own rule, before calibration")
    .share_of(Counted::Emails),
    row(
        "log_loss_bits_raw",
        "log loss, raw score, bits",
        Lower,
        4,
        probability::log_loss_bits_raw,
    )
    .abbreviated("raw log loss")
    .meaning("log loss before calibration, of models whose raw score is log-odds")
    .mean_loss(),
    row(
        "bits_per_byte",
        "bits per byte, own class",
        Lower,
        3,
        code_length::bits_per_byte,
    )
    .abbreviated("bits per byte")
    .meaning("code length of the text under its own class (cross-entropy)"),
    row(
        "bits_per_byte_marginal",
        "bits per byte, either class",
        Lower,
        3,
        code_length::bits_per_byte_marginal,
    )
    .abbreviated("marginal bits per byte")
    .meaning("code length of the text where its class is not known"),
];

/// The metric of that key.
pub fn metric(key: &str) -> Option<&'static Metric> {
    METRICS.iter().find(|metric| metric.key == key)
}

/// The value of every metric.
pub fn measure(scored: &ScoredEmails<'_>) -> Metrics {
    measure_pooled(std::slice::from_ref(scored))
}

/// The value of every metric on the messages of several folds together.
pub fn measure_pooled(folds: &[ScoredEmails<'_>]) -> Metrics {
    let sums = Ranking::pooled(folds).sums_of_all();
    METRICS
        .iter()
        .map(|metric| (metric.key.to_owned(), metric.of(&sums)))
        .collect()
}

/// Mean and deviation of each metric over the parts on which it is defined.
pub fn spread(parts: &[&Metrics]) -> BTreeMap<String, Spread> {
    let over = |key: &str| {
        let values: Vec<f64> = parts
            .iter()
            .filter_map(|part| part.get(key).copied().flatten())
            .collect();
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let variance = values
            .iter()
            .map(|value| (value - mean).powi(2))
            .sum::<f64>()
            / (n - 1.0);
        Spread {
            mean: (n > 0.0).then_some(mean),
            deviation: (n > 1.0).then(|| variance.sqrt()),
        }
    };
    METRICS
        .iter()
        .map(|metric| (metric.key.to_owned(), over(metric.key)))
        .collect()
}
