//! Metrics of decisions: what is right and wrong at the threshold. Spam is the positive class.
//!
//! lam% is the logistic average misclassification of the TREC spam tracks, logit⁻¹((logit hm +
//! logit sm) / 2), where a rate of none or all of n takes half a message instead. Precision and F1
//! with nothing called spam are 0, MCC with an empty margin is 0, as scikit-learn has them.

// Rows of one table share one signature, whether or not they can be undefined.
#![allow(clippy::unnecessary_wraps)]

use super::sums::MetricSums;
use crate::base::math::{logit, sigmoid};

/// Counts of decisions.
struct Confusion {
    true_spam: f64,
    false_spam: f64,
    false_ham: f64,
    true_ham: f64,
}

impl Confusion {
    fn of([[true_ham, false_spam], [false_ham, true_spam]]: [[f64; 2]; 2]) -> Confusion {
        Confusion {
            true_spam,
            false_spam,
            false_ham,
            true_ham,
        }
    }

    fn ham(&self) -> f64 {
        self.true_ham + self.false_spam
    }

    fn spam(&self) -> f64 {
        self.true_spam + self.false_ham
    }

    fn accuracy(&self) -> Option<f64> {
        ratio(self.true_ham + self.true_spam, self.ham() + self.spam())
    }
}

fn ratio(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| part / whole)
}

pub(super) fn accuracy(sums: &MetricSums) -> Option<f64> {
    Confusion::of(sums.called).accuracy()
}

pub(super) fn accuracy_raw(sums: &MetricSums) -> Option<f64> {
    Confusion::of(sums.called_raw).accuracy()
}

pub(super) fn precision(sums: &MetricSums) -> Option<f64> {
    let counts = Confusion::of(sums.called);
    Some(ratio(counts.true_spam, counts.true_spam + counts.false_spam).unwrap_or(0.0))
}

pub(super) fn recall(sums: &MetricSums) -> Option<f64> {
    let counts = Confusion::of(sums.called);
    ratio(counts.true_spam, counts.spam())
}

pub(super) fn f1(sums: &MetricSums) -> Option<f64> {
    let counts = Confusion::of(sums.called);
    Some(
        ratio(
            2.0 * counts.true_spam,
            counts.spam() + counts.true_spam + counts.false_spam,
        )
        .unwrap_or(0.0),
    )
}

/// F-beta with beta 1/2: precision counts twice as much as recall.
pub(super) fn f_half(sums: &MetricSums) -> Option<f64> {
    let counts = Confusion::of(sums.called);
    let all = 0.25 * counts.spam() + counts.true_spam + counts.false_spam;
    Some(ratio(1.25 * counts.true_spam, all).unwrap_or(0.0))
}

pub(super) fn specificity(sums: &MetricSums) -> Option<f64> {
    let counts = Confusion::of(sums.called);
    ratio(counts.true_ham, counts.ham())
}

pub(super) fn balanced_accuracy(sums: &MetricSums) -> Option<f64> {
    Some(f64::midpoint(recall(sums)?, specificity(sums)?))
}

pub(super) fn mcc(sums: &MetricSums) -> Option<f64> {
    let c = Confusion::of(sums.called);
    let covariance = c.true_spam * c.true_ham - c.false_spam * c.false_ham;
    let margins = c.spam() * c.ham() * (c.true_spam + c.false_spam) * (c.true_ham + c.false_ham);
    Some(ratio(covariance, margins.sqrt()).unwrap_or(0.0))
}

pub(super) fn ham_misclassified_pct(sums: &MetricSums) -> Option<f64> {
    let counts = Confusion::of(sums.called);
    ratio(100.0 * counts.false_spam, counts.ham())
}

pub(super) fn spam_misclassified_pct(sums: &MetricSums) -> Option<f64> {
    let counts = Confusion::of(sums.called);
    ratio(100.0 * counts.false_ham, counts.spam())
}

pub(super) fn lam_pct(sums: &MetricSums) -> Option<f64> {
    let counts = Confusion::of(sums.called);
    let rate = |wrong: f64, all: f64| ratio(wrong.clamp(0.5, (all - 0.5).max(0.5)), all).map(logit);
    let (ham, spam) = (
        rate(counts.false_spam, counts.ham())?,
        rate(counts.false_ham, counts.spam())?,
    );
    Some(100.0 * sigmoid(f64::midpoint(ham, spam)))
}

#[cfg(test)]
mod tests {
    use crate::base::mail::Label::{Ham, Spam};
    use crate::results::Scale;
    use crate::results::decision::Decision;
    use crate::results::metric::{ScoredEmails, measure};

    #[test]
    fn decisions_agree_with_hand_worked_counts() {
        // 3 true positives, 1 false negative, 1 false positive, 5 true negatives.
        let labels = [Spam, Spam, Spam, Spam, Ham, Ham, Ham, Ham, Ham, Ham];
        let log_odds = [1.0, 2.0, 0.0, -1.0, 0.5, -1.0, -2.0, -3.0, -4.0, -5.0];
        let raw: Vec<f64> = log_odds.iter().map(|odds| odds - 0.75).collect();
        let found = measure(&ScoredEmails {
            labels: &labels,
            score: &raw,
            scale: Scale::Margin,
            log_odds: &log_odds,
            decision: Decision::default(),
            code_lengths: &[],
        });
        let expect = |key: &str, value: f64| {
            let got = found[key].unwrap();
            assert!((got - value).abs() < 1e-12, "{key}: {got}, not {value}");
        };
        expect("accuracy", 0.8);
        expect("precision", 0.75);
        expect("recall", 0.75);
        expect("f1", 0.75);
        // Five quarters of P·R by a quarter of P and R: both are 3/4.
        expect("f05", 0.75);
        expect("specificity", 5.0 / 6.0);
        expect("balanced_accuracy", f64::midpoint(0.75, 5.0 / 6.0));
        expect("mcc", (3.0 * 5.0 - 1.0) / (4.0 * 6.0));
        expect("ham_misclassified_pct", 100.0 / 6.0);
        expect("spam_misclassified_pct", 25.0);
        // logit(1/6) = -ln 5, logit(1/4) = -ln 3: the mean is -ln √15.
        expect("lam_pct", 100.0 / (1.0 + 15f64.sqrt()));
        expect("accuracy_raw", 0.8);
        assert_eq!(
            found["log_loss_bits_raw"], None,
            "a margin is no probability"
        );
    }

    #[test]
    fn lam_takes_half_a_mail_for_none_and_a_missing_class_is_not_measured() {
        let labels = [Spam, Spam, Ham, Ham];
        let log_odds = [1.0, 1.0, -1.0, -1.0];
        let scored = ScoredEmails {
            labels: &labels,
            score: &log_odds,
            scale: Scale::LogOdds,
            log_odds: &log_odds,
            decision: Decision::default(),
            code_lengths: &[],
        };
        assert!((measure(&scored)["lam_pct"].unwrap() - 25.0).abs() < 1e-12);
        let ham = ScoredEmails {
            labels: &labels[2..],
            score: &log_odds[2..],
            log_odds: &log_odds[2..],
            ..scored
        };
        let found = measure(&ham);
        assert_eq!(
            (
                found["recall"],
                found["one_minus_roca_pct"],
                found["accuracy"]
            ),
            (None, None, Some(1.0))
        );
    }
}
