//! Where nothing went wrong, nothing is certain: every metric and every difference has an interval
//! that holds its value, stays within its range, and has a width; and what is said of it is true.
//!
//! How wide is told by the rule of three (Hanley and Lippman-Hand, "If nothing goes wrong, is
//! everything all right?", JAMA 249, 1983): of n things none of which failed, 3 / n may fail.

use crate::fixture;
use spamlab::base::mail::Label;
use spamlab::report::statements::{cautions, finding, headline, in_words, tests};
use spamlab::results::metric::IntervalKind;
use spamlab::results::metric::{Counted, metric};
use spamlab::results::{Experiment, FAMILY_METRICS, METRICS, Metric};

const EMAILS: usize = 600;

/// Ten folds on which no model of either family errs.
fn faultless() -> Experiment {
    let experiment = fixture::of_skill(EMAILS, 4, 5.0);
    for model in &experiment.models {
        assert_eq!(model.value("accuracy"), Some(1.0), "{}", model.name);
        assert_eq!(model.scored().count(), 10);
    }
    experiment
}

/// The least and the greatest value of a metric.
fn range(metric: &Metric) -> Option<[f64; 2]> {
    Some(match metric.interval {
        IntervalKind::Share { whole, .. } => [0.0, whole],
        IntervalKind::Between(low, high) => [low, high],
        IntervalKind::BetweenRates => [0.0, 100.0],
        IntervalKind::MeanLoss => [0.0, f64::INFINITY],
        IntervalKind::Absent => return None,
    })
}

/// How much of a share the rule of three leaves open.
fn open(experiment: &Experiment, of: Counted) -> f64 {
    let labels = || experiment.emails.labels.iter().flatten();
    let class = |class: Label| labels().filter(|label| **label == class).count();
    let n = match of {
        Counted::Emails => labels().count(),
        Counted::Ham => class(Label::Ham),
        Counted::Spam => class(Label::Spam),
        Counted::Pairs => class(Label::Ham).min(class(Label::Spam)),
    };
    3.0 / n as f64
}

#[test]
fn every_metric_has_an_interval_that_holds_its_value_within_its_range() {
    let with_errors = fixture::experiment(EMAILS, 4);
    for (what, experiment) in [("no error", &faultless()), ("some errors", &with_errors)] {
        for metric in METRICS {
            let Some([least, most]) = range(metric) else {
                continue;
            };
            for model in &experiment.models {
                let Some(value) = model.value(metric.key) else {
                    continue;
                };
                let told = format!("{what}, {}, {}: {value}", model.name, metric.key);
                let [low, high] = model.interval(metric.key).expect(&told);
                let told = format!("{told} ({low} to {high})");
                assert!(least <= low && low <= value, "{told}");
                assert!(value <= high && high <= most, "{told}");
                assert!(low < high, "{told}");
                if what == "no error"
                    && let IntervalKind::Share { whole, of } = metric.interval
                {
                    assert!(high - low >= whole * open(experiment, of), "{told}");
                }
            }
        }
    }
}

/// The rates of a metric between both error rates are half a message each where there is none, of
/// all mail and not of a fold: at 412 ham and 188 spam logit⁻¹ of the mean of logit(.5 / 412) and
/// logit(.5 / 188), by Python .179682 %.
#[test]
fn lam_without_an_error_is_that_of_all_mail() {
    let experiment = faultless();
    let labels = experiment.emails.labels.iter().flatten();
    assert_eq!(labels.filter(|label| label.is_spam()).count(), 188);
    for model in &experiment.models {
        let value = model.value("lam_pct").unwrap();
        assert!((value - 0.179_681_5).abs() < 1e-6, "{value}");
        let [low, high] = model.interval("lam_pct").unwrap();
        assert!(low < 0.05 && high > 0.5, "{low} to {high}");
    }
}

#[test]
fn a_difference_has_an_interval_of_some_width_that_holds_it() {
    let with_errors = fixture::experiment(EMAILS, 4);
    for (what, experiment) in [("no error", &faultless()), ("some errors", &with_errors)] {
        let families = experiment.families.as_ref().unwrap();
        for key in FAMILY_METRICS {
            let metric = metric(key).unwrap();
            let values = [&families.generative, &families.discriminative].map(|best| {
                let models = &experiment.models;
                let model = models.iter().find(|model| model.name == best.model);
                model.unwrap().value(key)
            });
            let [Some(a), Some(b)] = values else { continue };
            let found = families.difference(key).expect(key);
            let [low, high] = found.interval;
            let told = format!("{what}, {key}: {} ({low} to {high})", found.value);
            assert!((found.value - (a - b)).abs() < 1e-9, "{told}");
            assert!(low <= found.value && found.value <= high, "{told}");
            assert!(low < high, "{told}");
            if let IntervalKind::Share { whole, of } = metric.interval {
                assert!(-whole <= low && high <= whole, "{told}");
                if what == "no error" {
                    let open = whole * open(experiment, of);
                    assert!(low <= -open && open <= high, "{told}");
                    assert!(!found.is_distinguishable(), "{told}");
                }
            }
        }
    }
}

#[test]
fn what_is_said_of_two_models_without_an_error_claims_nothing() {
    let experiment = faultless();
    let told = headline(&experiment).text;
    assert!(told.contains("not distinguishable by errors"), "{told}");
    let told = in_words(&finding(&experiment)) + &in_words(&cautions(&experiment));
    assert!(!told.contains("0.00 points"), "{told}");
    // Losses of a millionth of a bit are not printed as equal where they are told apart.
    assert!(
        told.contains("differ in log loss (logistic is better)"),
        "{told}"
    );
    // Of 600 messages: 3.8415 / 603.8415 = .636 points.
    assert!(
        told.contains("reaches from 0.64 points lower to 0.64 points higher"),
        "{told}"
    );
    assert!(told.contains("a difference of up to 0.64 points"), "{told}");
    // There are ten folds, and nothing to test over them.
    let told = tests(&experiment).unwrap().text;
    assert_eq!(
        told,
        "No test over folds is possible, since the two differ by the same amount in each; \
         McNemar's by groups has p = 1.0000."
    );
    // Of a single split that is not said.
    let mut single = experiment;
    for model in &mut single.models {
        model.runs.truncate(1);
    }
    let told = tests(&single).unwrap().text;
    assert!(!told.contains("over folds"), "{told}");
    assert!(told.contains("single split"), "{told}");
}
