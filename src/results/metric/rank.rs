//! Metrics of order: how well scores separate the classes at any threshold. Equal scores share
//! their rank.
//!
//! ROC AUC is the share of pairs of one spam and one ham in the right order, ties counting half
//! (Mann-Whitney); (1-ROCA) %, the figure of the spam track, is what it lacks to 1, in percent.
//! Average precision sums precision over the steps of recall, a group of equal scores being one
//! step. The recall at a false positive rate is not told where the ham are fewer than three times
//! what one of them must be a share of: it would be the recall without any false positive.

use super::sums::{FALSE_POSITIVE_RATES, MetricSums};

/// False positives that a threshold must be able to make for a recall at their rate.
pub(in crate::results) const LEAST_FALSE_POSITIVES: f64 = 3.0;

pub(super) fn roc_auc(sums: &MetricSums) -> Option<f64> {
    one_minus_roca_pct(sums).map(|wrong| 1.0 - wrong / 100.0)
}

pub(super) fn one_minus_roca_pct(sums: &MetricSums) -> Option<f64> {
    let [ham, spam] = sums.classes();
    (ham > 0.0 && spam > 0.0).then(|| 100.0 * sums.pairs_wrong / (ham * spam))
}

pub(super) fn average_precision(sums: &MetricSums) -> Option<f64> {
    let [_, spam] = sums.classes();
    (spam > 0.0).then(|| sums.precision / spam)
}

pub(super) fn recall_at_a_thousandth(sums: &MetricSums) -> Option<f64> {
    recall_at(sums, 0)
}

pub(super) fn recall_at_a_hundredth(sums: &MetricSums) -> Option<f64> {
    recall_at(sums, 1)
}

/// The highest recall of a threshold whose false positive rate is no more than that one of
/// [`FALSE_POSITIVE_RATES`].
fn recall_at(sums: &MetricSums, rate: usize) -> Option<f64> {
    let [ham, spam] = sums.classes();
    let enough = ham * FALSE_POSITIVE_RATES[rate] >= LEAST_FALSE_POSITIVES;
    (enough && spam > 0.0).then(|| sums.caught_at[rate] / spam)
}

#[cfg(test)]
mod tests {
    use crate::base::mail::Label::{Ham, Spam};
    use crate::results::Scale;
    use crate::results::decision::Decision;
    use crate::results::metric::{Ranking, ScoredEmails, measure};

    #[test]
    fn ranks_agree_with_hand_worked_pairs() {
        // Of the 3 × 2 pairs, spam 0.5 ties with ham 0.5 and spam -1 stands below both ham: 2.5 of
        // 6 are wrong.
        let labels = [Spam, Ham, Spam, Ham, Spam];
        let log_odds = [2.0, 0.5, 0.5, 0.0, -1.0];
        let scored = ScoredEmails {
            labels: &labels,
            score: &log_odds,
            scale: Scale::LogOdds,
            log_odds: &log_odds,
            decision: Decision::default(),
            code_lengths: &[],
        };
        let found = measure(&scored);
        assert!((found["one_minus_roca_pct"].unwrap() - 250.0 / 6.0).abs() < 1e-12);
        assert!((found["roc_auc"].unwrap() - 3.5 / 6.0).abs() < 1e-12);
        // Steps: 1 of 1; then 2 of 3; then 3 of 5. scikit-learn's average_precision_score gives the
        // same 0.7555...
        assert!(
            (found["average_precision"].unwrap() - (1.0 + 2.0 / 3.0 + 3.0 / 5.0) / 3.0).abs()
                < 1e-12
        );
        assert_eq!(
            found["recall_at_ham_01_pct"], None,
            "two ham have no tenth of a percent"
        );
        // The ham of the tie drawn thirty times and the other 2970 times: of 3000 ham 30 may be
        // misclassified at 1 %, and the tie is caught; at 0.1 % the threshold stands above it.
        let sums = Ranking::new(&scored).sums(&[1.0, 30.0, 1.0, 2970.0, 1.0]);
        assert!((super::recall_at_a_hundredth(&sums).unwrap() - 2.0 / 3.0).abs() < 1e-12);
        assert!((super::recall_at_a_thousandth(&sums).unwrap() - 1.0 / 3.0).abs() < 1e-12);
        let fewer = Ranking::new(&scored).sums(&[1.0, 30.0, 1.0, 2969.0, 1.0]);
        assert_eq!(super::recall_at_a_thousandth(&fewer), None);
    }

    #[test]
    fn a_mail_drawn_twice_counts_as_two() {
        let labels = [Spam, Ham, Spam, Ham, Spam];
        let log_odds = [2.0, 0.5, 0.5, 0.0, -1.0];
        let ranked = |labels: &[crate::base::mail::Label], log_odds: &[f64]| {
            Ranking::new(&ScoredEmails {
                labels,
                score: log_odds,
                scale: Scale::LogOdds,
                log_odds,
                decision: Decision::default(),
                code_lengths: &[],
            })
        };
        let drawn = ranked(&labels, &log_odds).sums(&[0.0, 2.0, 1.0, 1.0, 3.0]);
        let labels = [Ham, Ham, Spam, Ham, Spam, Spam, Spam];
        let written = ranked(&labels, &[0.5, 0.5, 0.5, 0.0, -1.0, -1.0, -1.0]).sums(&[1.0; 7]);
        for metric in super::super::METRICS {
            let (a, b) = (metric.of(&drawn), metric.of(&written));
            assert!(
                a.zip(b).is_none_or(|(a, b)| (a - b).abs() < 1e-12) && a.is_some() == b.is_some(),
                "{}",
                metric.key
            );
        }
    }
}
