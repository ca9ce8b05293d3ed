//! Bootstrap intervals agree with formulas, and are the same at any number of threads.

use crate::fixture;
use spamlab::base::mail::Label;
use spamlab::base::progress::Silent;
use spamlab::results::bootstrap;
use spamlab::results::{
    Decision, EmailTable, Experiment, ModelRecord, Outcome, ScoredEmails, compare_pairs, estimates,
    measure,
};

/// One model on one fold that is wrong on every tenth message. Each group has `duplicates`
/// messages.
fn one_in_ten_wrong(emails: usize, duplicates: u32) -> Experiment {
    let mut experiment = fixture::experiment(emails, 1);
    let labels: Vec<Label> = experiment.emails.labels.iter().copied().flatten().collect();
    experiment.emails.groups = (0..emails as u32)
        .map(|row| row / duplicates * duplicates)
        .collect();
    let model = &mut experiment.models[0];
    model.runs.truncate(1);
    clear(model);
    let Outcome::Scored(scored) = &mut model.runs[0].outcome else {
        panic!("not scored")
    };
    scored.rows = (0..emails as u32).collect();
    let odds = |(at, label): (usize, &Label)| {
        let wrong = (at / duplicates as usize).is_multiple_of(10);
        label.sign() * if wrong { -1.0 } else { 1.0 }
    };
    scored.log_odds = labels.iter().enumerate().map(odds).collect();
    scored.score.clone_from(&scored.log_odds);
    scored.metrics = measure(&ScoredEmails {
        labels: &labels,
        score: &scored.score,
        scale: scored.scale,
        log_odds: &scored.log_odds,
        decision: Decision::default(),
        code_lengths: &[],
    });
    let emails = EmailTable {
        labels: experiment.emails.labels.clone(),
        ..EmailTable::default()
    };
    let model = &mut experiment.models[0];
    model.estimates = estimates(model, &emails);
    experiment
}

fn clear(model: &mut ModelRecord) {
    for estimate in model.estimates.values_mut() {
        (estimate.interval, estimate.if_calibrated) = (None, None);
    }
}

/// Two models that are right on every message, but for the second on the first `groups`, each with
/// so many duplicates.
fn wrong_on(groups: &[u32]) -> Experiment {
    let mut experiment = fixture::experiment(600, 2);
    let labels = experiment.emails.labels.clone();
    let duplicates: Vec<u32> = groups
        .iter()
        .zip(0..)
        .flat_map(|(&duplicates, group)| std::iter::repeat_n(group, duplicates as usize))
        .collect();
    let wrong = duplicates.len() as u32;
    experiment.emails.groups = duplicates.into_iter().chain(wrong..600).collect();
    for (at, model) in experiment.models.iter_mut().enumerate() {
        for run in &mut model.runs {
            let Outcome::Scored(scored) = &mut run.outcome else {
                panic!("not scored")
            };
            // Copies are tested on one fold.
            scored.rows.retain(|row| *row >= wrong);
            if run.fold == 0 {
                scored.rows.extend(0..wrong);
            }
            let odds = |&row: &u32| {
                let is_wrong = at == 1 && row < wrong;
                labels[row as usize].unwrap().sign() * if is_wrong { -1.0 } else { 1.0 }
            };
            scored.log_odds = scored.rows.iter().map(odds).collect();
            scored.score.clone_from(&scored.log_odds);
        }
    }
    experiment.comparisons = compare_pairs(&experiment.models, &experiment.emails);
    bootstrap(&mut experiment, 4_000, 7, &Silent);
    experiment
}

/// By hand: of the 2^n choices of signs of groups those are counted whose sum is as far from 0.
/// Four thousand random choices come within 4 standard errors of that, .03.
#[test]
fn a_group_of_duplicates_has_one_vote_between_two_models() {
    let cases: [(&[u32], f64); 4] = [
        (&[30], 1.0),
        (&[30, 30], 0.5),
        (&[3, 1, 1], 0.25),
        (&[1, 1, 1, 1, 1, 1], 2.0 / 64.0),
    ];
    for (groups, expected) in cases {
        let experiment = wrong_on(groups);
        let [pair] = &experiment.comparisons[..] else {
            panic!("one pair")
        };
        assert_eq!(pair.only_a_right, groups.iter().sum::<u32>() as usize);
        assert!(
            (pair.p_value - expected).abs() < 1e-12,
            "{groups:?}: {pair:?}"
        );
        let largest = pair.p_adjusted.unwrap();
        assert!((largest - expected).abs() < 0.03, "{groups:?}: {pair:?}");
    }
}

fn width(experiment: &Experiment, metric: &str) -> f64 {
    let [low, high] = experiment.models[0].interval(metric).unwrap();
    high - low
}

#[test]
fn the_interval_of_an_error_rate_is_that_of_the_binomial_and_copies_widen_it() {
    // 2 × 1.96 × sqrt(.1 × .9 / 1000), the normal interval of a share.
    let expected = 2.0 * 1.959_964 * (0.1f64 * 0.9 / 1000.0).sqrt();
    let mut single = one_in_ten_wrong(1000, 1);
    bootstrap(&mut single, 4_000, 7, &Silent);
    assert!(
        (width(&single, "accuracy") / expected - 1.0).abs() < 0.08,
        "{}",
        width(&single, "accuracy")
    );
    // With groups of four, the interval is that of a quarter of the messages.
    let mut fours = one_in_ten_wrong(1000, 4);
    bootstrap(&mut fours, 4_000, 7, &Silent);
    assert!(
        (width(&fours, "accuracy") / (2.0 * expected) - 1.0).abs() < 0.08,
        "{}",
        width(&fours, "accuracy")
    );
}

#[test]
fn intervals_hold_what_was_measured_and_do_not_depend_on_the_number_of_threads() {
    let at = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| {
            let mut experiment = fixture::experiment(600, 4);
            experiment.models.iter_mut().for_each(clear);
            bootstrap(&mut experiment, 300, 7, &Silent);
            experiment
        })
    };
    let (one, three) = (at(1), at(3));
    assert_eq!(one, three);
    for model in &one.models {
        for metric in [
            "accuracy",
            "f1",
            "ham_misclassified_pct",
            "one_minus_roca_pct",
            "log_loss_bits",
            "brier",
            "recall_at_ham_1_pct",
        ] {
            let ([low, high], mean) = (
                model.interval(metric).unwrap(),
                model.value(metric).unwrap(),
            );
            assert!(
                low <= mean && mean <= high,
                "{} {metric}: {low} {mean} {high}",
                model.name
            );
        }
    }
    // What has no value has no interval.
    let mut none = fixture::degenerate::all()
        .into_iter()
        .find(|(what, _)| *what == "every model failed")
        .unwrap()
        .1;
    none.models.iter_mut().for_each(clear);
    bootstrap(&mut none, 10, 7, &Silent);
    let none = none
        .models
        .iter()
        .flat_map(|model| model.estimates.values());
    assert!(none.copied().all(|estimate| estimate.interval.is_none()));
}
