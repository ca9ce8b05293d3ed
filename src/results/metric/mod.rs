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
mod sums;
mod threshold;

pub use log_loss::{log_loss, mean_log_loss_bits};
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
    /// Which way is better.
    pub better: Better,
    /// Decimals worth showing.
    pub decimals: usize,
    /// Its value, where defined.
    pub value: fn(&MetricSums) -> Option<f64>,
}

impl Metric {
    const fn abbreviated(self, short: &'static str) -> Metric {
        Metric { short, ..self }
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
        better,
        decimals,
        value,
    }
}

use Better::{Higher, Lower};

/// Every metric, in the order of tables.
pub const METRICS: &[Metric] = &[
    row("accuracy", "accuracy", Higher, 4, threshold::accuracy),
    row("precision", "precision", Higher, 4, threshold::precision),
    row("recall", "recall", Higher, 4, threshold::recall),
    row("f1", "F1", Higher, 4, threshold::f1),
    row(
        "mcc",
        "Matthews correlation coefficient (MCC)",
        Higher,
        4,
        threshold::mcc,
    )
    .abbreviated("MCC"),
    row(
        "ham_misclassified_pct",
        "false positive rate (ham misclassified %)",
        Lower,
        2,
        threshold::ham_misclassified_pct,
    )
    .abbreviated("FPR %"),
    row(
        "spam_misclassified_pct",
        "false negative rate (spam misclassified %)",
        Lower,
        2,
        threshold::spam_misclassified_pct,
    )
    .abbreviated("FNR %"),
    row(
        "lam_pct",
        "logistic average misclassification (lam %)",
        Lower,
        2,
        threshold::lam_pct,
    )
    .abbreviated("lam %"),
    row("roc_auc", "ROC AUC", Higher, 4, rank::roc_auc),
    row(
        "one_minus_roca_pct",
        "(1-ROCA) %",
        Lower,
        4,
        rank::one_minus_roca_pct,
    ),
    row(
        "average_precision",
        "average precision",
        Higher,
        4,
        rank::average_precision,
    ),
    row(
        "recall_at_ham_01_pct",
        "recall at 0.1 % FPR",
        Higher,
        4,
        rank::recall_at_a_thousandth,
    ),
    row(
        "recall_at_ham_1_pct",
        "recall at 1 % FPR",
        Higher,
        4,
        rank::recall_at_a_hundredth,
    ),
    row(
        "log_loss_bits",
        "log loss, bits",
        Lower,
        4,
        probability::log_loss_bits,
    )
    .abbreviated("log loss"),
    row("brier", "Brier score", Lower, 4, probability::brier),
    row(
        "ece",
        "expected calibration error (ECE), 15 bins",
        Lower,
        4,
        probability::ece,
    )
    .abbreviated("ECE"),
    row(
        "accuracy_raw",
        "accuracy, raw score",
        Higher,
        4,
        threshold::accuracy_raw,
    )
    .abbreviated("raw accuracy"),
    row(
        "log_loss_bits_raw",
        "log loss, raw score, bits",
        Lower,
        4,
        probability::log_loss_bits_raw,
    )
    .abbreviated("raw log loss"),
    row(
        "bits_per_byte",
        "bits per byte, own class",
        Lower,
        3,
        code_length::bits_per_byte,
    )
    .abbreviated("bits per byte"),
    row(
        "bits_per_byte_marginal",
        "bits per byte, either class",
        Lower,
        3,
        code_length::bits_per_byte_marginal,
    )
    .abbreviated("marginal bits per byte"),
];

/// The metric of that key.
pub fn metric(key: &str) -> Option<&'static Metric> {
    METRICS.iter().find(|metric| metric.key == key)
}

/// The value of every metric.
pub fn measure(scored: &ScoredEmails<'_>) -> Metrics {
    let sums = Ranking::new(scored).sums(&vec![1.0; scored.labels.len()]);
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
