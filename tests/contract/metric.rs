//! The contract of every metric, tested over the whole table, so that a new metric gets these tests
//! for its row.

use spamlab::base::mail::Label;
use spamlab::base::math::uniform;
use spamlab::base::streams::{Stream, random_stream};
use spamlab::model::{CodeLength, Scale};
use spamlab::results::metric::Better;
use spamlab::results::{Decision, METRICS, Metrics, ScoredEmails, measure, spread};

/// Log-odds with some skill on 6,000 messages, a third of them spam.
fn emails(skill: f64) -> (Vec<Label>, Vec<f64>) {
    let mut rng = random_stream(5, Stream::Test(0));
    let labels: Vec<Label> = (0..6_000)
        .map(|at| Label::from_is_spam(at % 3 == 0))
        .collect();
    let log_odds = labels
        .iter()
        .map(|label| label.sign() * skill + 6.0 * (uniform(&mut rng) - 0.5))
        .collect();
    (labels, log_odds)
}

fn measured(labels: &[Label], log_odds: &[f64]) -> Metrics {
    // A text of 100 bytes that costs the less by its own class the more skill there is.
    let code_length = |&odds: &f64| {
        let log_likelihood = [-300.0 - odds / 2.0, -300.0 + odds / 2.0];
        CodeLength {
            bytes: Some(100),
            log_likelihood,
            log_prior: [0.5_f64.ln(); 2],
            ..CodeLength::default()
        }
    };
    let code_lengths: Vec<CodeLength> = log_odds.iter().map(code_length).collect();
    measure(&ScoredEmails {
        labels,
        score: log_odds,
        scale: Scale::LogOdds,
        log_odds,
        decision: Decision::default(),
        code_lengths: &code_lengths,
    })
}

#[test]
fn keys_are_unique_and_are_those_that_files_promise() {
    let keys: Vec<&str> = METRICS.iter().map(|metric| metric.key).collect();
    let promised = "accuracy balanced_accuracy precision recall specificity f1 f05 mcc \
                    ham_misclassified_pct \
                    spam_misclassified_pct lam_pct roc_auc one_minus_roca_pct average_precision \
                    recall_at_ham_01_pct recall_at_ham_1_pct log_loss_bits brier ece \
                    accuracy_raw log_loss_bits_raw bits_per_byte bits_per_byte_marginal";
    assert_eq!(keys, promised.split_whitespace().collect::<Vec<_>>());
}

#[test]
fn more_skill_is_better_by_every_metric() {
    let ((labels, little), (_, much)) = (emails(0.5), emails(2.5));
    let (little, much) = (measured(&labels, &little), measured(&labels, &much));
    for metric in METRICS {
        let (little, much) = (little[metric.key].unwrap(), much[metric.key].unwrap());
        let better = if metric.better == Better::Higher {
            much > little
        } else {
            much < little
        };
        // Calibration is not skill; it has a test of its own below.
        if metric.key != "ece" {
            assert!(
                better,
                "{}: {little} with little skill, {much} with much",
                metric.key
            );
        }
        assert!(
            much.is_finite() && (-1.0..=100.0).contains(&much),
            "{}: {much}",
            metric.key
        );
    }
}

/// Ten messages of probability 0.8, two of them ham, and ten of 0.2, two of them spam: their
/// probabilities are exact. Log-odds twice as large give the same verdicts, and say 16/17 where 8
/// of 10 are spam and 1/17 where 2 of 10 are: both bins are off by 10 (16/17 - 4/5) = 120/85
/// messages, with a variance of 10 · 16/289 by chance.
#[test]
fn the_calibration_error_is_that_of_the_probabilities_and_not_of_the_order() {
    let odds = |at: usize| if at < 10 { 4f64.ln() } else { -(4f64.ln()) };
    let labels: Vec<Label> = (0..20)
        .map(|at| Label::from_is_spam((at % 10 < 2) == (at >= 10)))
        .collect();
    let honest: Vec<f64> = (0..20).map(odds).collect();
    let overconfident: Vec<f64> = honest.iter().map(|odds| 2.0 * odds).collect();
    let (honest, over) = (
        measured(&labels, &honest),
        measured(&labels, &overconfident),
    );
    let expected = 2.0 * ((120.0_f64 / 85.0).powi(2) - 160.0 / 289.0).sqrt() / 20.0;
    assert!(honest["ece"].unwrap().abs() < 1e-12, "{:?}", honest["ece"]);
    assert!(
        (over["ece"].unwrap() - expected).abs() < 1e-12,
        "{:?}",
        over["ece"]
    );
    for key in ["accuracy", "one_minus_roca_pct"] {
        assert_eq!(honest[key], over[key], "{key}");
    }
}

#[test]
fn the_order_of_the_messages_does_not_matter() {
    let (labels, log_odds) = emails(1.0);
    let turned: (Vec<Label>, Vec<f64>) = labels
        .iter()
        .copied()
        .zip(log_odds.iter().copied())
        .rev()
        .unzip();
    let (one, other) = (measured(&labels, &log_odds), measured(&turned.0, &turned.1));
    for metric in METRICS {
        let (one, other) = (one[metric.key].unwrap(), other[metric.key].unwrap());
        assert!(
            (one - other).abs() < 1e-9,
            "{}: {one} and {other}",
            metric.key
        );
    }
}

#[test]
fn metrics_of_rank_see_only_the_rank() {
    let (labels, log_odds) = emails(1.0);
    let stretched: Vec<f64> = log_odds.iter().map(|odds| odds.powi(3) + odds).collect();
    let (one, other) = (measured(&labels, &log_odds), measured(&labels, &stretched));
    for key in ["roc_auc", "one_minus_roca_pct", "average_precision"] {
        assert_eq!(one[key], other[key], "{key}");
    }
}

#[test]
fn extremes_and_nothing_at_all_give_numbers_or_none() {
    let label = |spam: bool| Label::from_is_spam(spam);
    let cases: [(Vec<Label>, Vec<f64>); 4] = [
        (vec![], vec![]),
        (vec![label(true)], vec![0.0]),
        (vec![label(false); 3], vec![-1e308, 0.0, 1e308]),
        (vec![label(true), label(false)], vec![-1e6, 1e6]),
    ];
    for (labels, log_odds) in cases {
        for (key, value) in measured(&labels, &log_odds) {
            assert!(
                value.is_none_or(f64::is_finite),
                "{key}: {value:?} on {log_odds:?}"
            );
        }
    }
}

#[test]
fn the_spread_over_folds_is_the_mean_and_the_sample_deviation() {
    let part = |value| Metrics::from([("accuracy".to_owned(), value)]);
    let parts = [part(Some(0.5)), part(Some(1.0)), part(None)];
    let spread = spread(&parts.iter().collect::<Vec<_>>());
    assert_eq!(spread["accuracy"].mean, Some(0.75));
    assert!((spread["accuracy"].deviation.unwrap() - 0.125f64.sqrt()).abs() < 1e-15);
    assert_eq!(spread["recall"].mean, None);
}
