//! What the titles of charts say is what the numbers say: each statement where it holds, where it
//! does not, and where nothing can be told. The numbers are counted by hand.

use crate::fixture;
use crate::fixture::degenerate::change;
use crate::statements::{curve, with_differences};
use serde_json::json;
use spamlab::base::mail::Label::{self, Ham, Spam};
use spamlab::report::statements::{
    Statement, best_at_the_end, best_value, compression, confident_errors, converged,
    errors_right_elsewhere, gain_from_unlabelled, generative_models, half_the_false_positives,
    leader, leads, miscalibrated, misclassified, opposite_signs, pairs_apart, precision,
    recall_at_low_rate, seconds_to_fit, shared_tokens, spam_on_top, title,
};
use spamlab::results::{
    Contrast, Convergence, Estimate, Experiment, FamilyDifference, GENERATIVE_MODELS,
    GenerativeModel, LikelihoodPlane, Measured, Outcome, ResampledT, Scored, TopTokens, Trial,
    UnlabelledCurve, Unmeasured, ValidationCurve, ValidationPoint, differences_on_curve,
};

#[track_caller]
fn says(statement: Option<Statement>, text: &str) {
    assert_eq!(statement.unwrap().text, text);
}

/// The first fold of a model, the only one from now on.
fn only_fold(experiment: &mut Experiment, model: usize) -> &mut Scored {
    let runs = &mut experiment.models[model].runs;
    runs.truncate(1);
    match &mut runs[0].outcome {
        Outcome::Scored(scored) => scored,
        _ => panic!("not scored"),
    }
}

/// Estimates of a metric of the first models.
fn estimates<const N: usize>(experiment: &mut Experiment, metric: &str, known: [Estimate; N]) {
    for (model, estimate) in experiment.models.iter_mut().zip(known) {
        model.estimates.insert(metric.to_owned(), estimate);
    }
}

fn of(value: f64) -> Estimate {
    Estimate {
        value: Some(value),
        ..Estimate::default()
    }
}

/// One multinomial and one logistic model (the leader) on messages of these classes, with these
/// log-odds.
pub fn two_models(emails: &[(Label, f64, f64)]) -> Experiment {
    let mut experiment = fixture::experiment(60, 3);
    experiment.models.remove(1);
    experiment.emails.labels = emails.iter().map(|one| Some(one.0)).collect();
    let rows: Vec<u32> = (0..emails.len() as u32).collect();
    let odds = [
        emails.iter().map(|one| one.1).collect::<Vec<f64>>(),
        emails.iter().map(|one| one.2).collect(),
    ];
    for (model, odds) in odds.into_iter().enumerate() {
        let scored = only_fold(&mut experiment, model);
        (scored.rows, scored.log_odds) = (rows.clone(), odds);
    }
    estimates(&mut experiment, "accuracy", [0.8, 0.9].map(of));
    experiment
}

/// Of ham and spam each as many as asked for, all right, but for `wrong` ham with log-odds 1 to
/// `wrong`.
fn with_false_positives(wrong: usize) -> Experiment {
    two_models(&with_false_positives_and(wrong, |odds| odds))
}

/// The same messages, with the log-odds changed.
fn with_false_positives_and(wrong: usize, change: impl Fn(f64) -> f64) -> Vec<(Label, f64, f64)> {
    let mut emails: Vec<(Label, f64, f64)> = Vec::new();
    for at in 1..=20 {
        let odds = at as f64;
        let ham = if at <= wrong { odds } else { -odds };
        emails.push((Ham, -1.0, change(ham)));
        emails.push((Spam, 1.0, change(odds + 0.5)));
    }
    emails
}

#[test]
fn recall_is_told_at_the_strictest_rate_for_which_there_is_ham_enough() {
    let mut experiment = with_differences([0.0; 3], [0.0; 3]);
    assert_eq!(recall_at_low_rate(&experiment), None);
    let mut add = |metric: &str, interval: [f64; 2]| {
        let families = experiment.families.as_mut().unwrap();
        families.differences.push(FamilyDifference {
            metric: metric.to_owned(),
            value: -0.1,
            interval,
        });
        estimates(&mut experiment, metric, [0.5, 0.6, 0.6, 0.625].map(of));
        recall_at_low_rate(&experiment)
    };
    says(
        add("recall_at_ham_1_pct", [-0.15, -0.05]),
        "At 1 % FPR svm catches 62.5 % of the spam, multinomial 50.0 %",
    );
    says(
        add("recall_at_ham_01_pct", [-0.25, 0.05]),
        "svm and multinomial are not distinguishable at 0.1 % FPR",
    );
}

#[test]
fn pairs_are_counted_that_are_told_apart_as_pairs_of_many() {
    let mut experiment = fixture::experiment(60, 3);
    let mut told = |adjusted: [f64; 3], over_folds: Option<f64>| {
        for (pair, p) in experiment.comparisons.iter_mut().zip(adjusted) {
            (pair.p_value, pair.p_adjusted) = (0.001, Some(p));
            pair.resampled_t = over_folds.map(|p_value| ResampledT {
                gain: 0.01,
                interval: [0.0, 0.02],
                t: 2.0,
                p_value: if p == 0.01 { p_value } else { 0.9 },
                belief: None,
            });
        }
        pairs_apart(&experiment).unwrap().text
    };
    assert_eq!(
        told([0.2, 0.06, 1.0], Some(0.01)),
        "None of the 3 pairs of models is distinguishable by errors"
    );
    // On a single split, then with a second test that tells none apart, all, and some.
    let one = "1 of 3 pairs differs in errors by McNemar’s test";
    assert_eq!(told([0.2, 0.01, 1.0], None), one);
    assert_eq!(
        told([0.2, 0.01, 1.0], Some(0.06)),
        format!("{one}, not over folds")
    );
    assert_eq!(
        told([0.2, 0.01, 1.0], Some(0.01)),
        format!("{one} and over folds")
    );
    let three = "3 of 3 pairs differ by McNemar’s test";
    assert_eq!(told([0.01, 0.04, 0.03], None), three);
    assert_eq!(
        told([0.01, 0.04, 0.03], Some(0.06)),
        format!("{three}, none over folds")
    );
    assert_eq!(
        told([0.01, 0.04, 0.01], Some(0.01)),
        format!("{three}, 2 of them over folds")
    );
    // Over folds nothing is said where one of the pairs has no such test.
    experiment.comparisons[1].resampled_t = None;
    assert_eq!(pairs_apart(&experiment).unwrap().text, three);
    experiment.comparisons.clear();
    assert_eq!(pairs_apart(&experiment), None);
}

#[test]
fn errors_are_counted_at_the_decision_and_confident_ones_beyond_nine_tenths() {
    // ln 9 = 2.197: log-odds of 2.2 are confident, of 2.19 not.
    let experiment = two_models(&[
        (Ham, 2.2, 1.0),
        (Ham, 2.19, -1.0),
        (Ham, -5.0, -3.0),
        (Spam, -9.0, -2.2),
        (Spam, 1.0, 0.0),
    ]);
    assert_eq!(leader(&experiment), Some(1));
    says(
        misclassified(&experiment),
        "logistic misclassifies 1 of 3 ham and 1 of 2 spam",
    );
    let told = confident_errors(&experiment).unwrap();
    assert_eq!(
        told.text,
        "Confident errors (90 % or more): multinomial 2 of 3, logistic 1 of 2"
    );
    assert_eq!(told.rests_on, [2.0, 3.0, 1.0, 2.0]);
    let right = two_models(&[(Ham, -1.0, -1.0), (Spam, 1.0, 1.0)]);
    assert_eq!(confident_errors(&right), None);
    let mut none = right;
    none.models.clear();
    assert_eq!(
        (misclassified(&none), confident_errors(&none)),
        (None, None)
    );
}

#[test]
fn half_the_false_positives_cost_the_spam_below_the_threshold_that_halves_them() {
    // Ham at 1 to 10 and spam at 1.5 to 20.5: five ham are above 5.5 and six above 5, so that the
    // spam at 1.5 to 4.5 is missed.
    says(
        half_the_false_positives(&with_false_positives(10)),
        "With 5 instead of 10 false positives logistic would miss 4 more spam",
    );
    // A tie of the ham at 5 and 6 cannot be parted: four are above it, and spam up to 6.5 is not.
    let tied: Vec<(Label, f64, f64)> = with_false_positives_and(10, |odds| match odds {
        odds if (4.5..=6.5).contains(&odds) => 5.5,
        odds => odds,
    });
    says(
        half_the_false_positives(&two_models(&tied)),
        "With 4 instead of 10 false positives logistic would miss 6 more spam",
    );
    // Too few to say anything.
    assert_eq!(half_the_false_positives(&with_false_positives(9)), None);
}

#[test]
fn the_spam_on_top_is_that_among_as_many_messages() {
    // From the top: spam 20.5 to 10.5 (11), then ham and spam by turns. The first twenty are those
    // 11, and then ham 10, spam 9.5, ham 9 … ham 6: 4 spam and 5 ham.
    says(
        spam_on_top(&with_false_positives(10)),
        "The first 20 emails by logistic hold 15 of 20 spam",
    );
    says(
        spam_on_top(&with_false_positives(0)),
        "The first 20 emails by logistic hold 20 of 20 spam",
    );
    // All in one tie: no message is ahead of the others.
    let tie = two_models(&[(Ham, 0.0, 1.0), (Spam, 0.0, 1.0)]);
    assert_eq!(spam_on_top(&tie), None);
}

#[test]
fn precision_is_told_with_its_interval_or_not_at_all() {
    let mut experiment = with_false_positives(0);
    let known = Estimate {
        interval: Some([0.75, 0.9375]),
        ..of(0.875)
    };
    estimates(&mut experiment, "precision", [of(0.5), known]);
    says(
        precision(&experiment),
        "On average 87.5 % of what logistic calls spam is spam (75.0 to 93.8)",
    );
    experiment.split.folds = 1;
    says(
        precision(&experiment),
        "87.5 % of what logistic calls spam is spam (75.0 to 93.8)",
    );
    estimates(&mut experiment, "precision", [0.5, 0.875].map(of));
    assert_eq!(precision(&experiment), None);
}

#[test]
fn errors_of_one_model_that_the_other_gets_right_are_counted() {
    let mut experiment = two_models(&[
        (Ham, -1.0, 1.0),
        (Ham, 1.0, 1.0),
        (Spam, 1.0, -1.0),
        (Spam, -1.0, 1.0),
    ]);
    change(
        &mut experiment,
        "likelihood_plane",
        |plane: &mut LikelihoodPlane| {
            plane.model = "multinomial".to_owned();
        },
    );
    says(
        errors_right_elsewhere(&experiment),
        "multinomial gets 2 of logistic’s 3 errors right",
    );
    only_fold(&mut experiment, 1).log_odds = vec![-1.0, -1.0, 1.0, 1.0];
    assert_eq!(errors_right_elsewhere(&experiment), None);
}

#[test]
fn seconds_are_those_of_the_best_models() {
    let experiment = with_false_positives(0);
    let mut timing = fixture::timing(&experiment);
    timing.fit_seconds.insert("multinomial".to_owned(), 0.123);
    timing.fit_seconds.insert("logistic".to_owned(), 34.56);
    says(
        seconds_to_fit(&experiment, &timing),
        "multinomial fits in 0.12 s, logistic in 35 s",
    );
    timing.fit_seconds.remove("logistic");
    assert_eq!(seconds_to_fit(&experiment, &timing), None);
}

#[test]
fn the_best_compressor_and_the_one_that_orders_best_are_told() {
    let mut experiment = with_false_positives(0);
    estimates(&mut experiment, "bits_per_byte", [of(1.8), of(2.1)]);
    estimates(&mut experiment, "one_minus_roca_pct", [of(0.5), of(0.3)]);
    says(
        compression(&experiment),
        "multinomial compresses best, 1.80 bits per byte; logistic orders best, 0.30 % (1-ROCA)",
    );
    estimates(&mut experiment, "one_minus_roca_pct", [of(0.2), of(0.3)]);
    says(
        compression(&experiment),
        "multinomial compresses best, 1.80 bits per byte, and orders best, 0.20 % (1-ROCA)",
    );
}

#[test]
fn miscalibration_is_told_beyond_what_true_probabilities_would_show() {
    let mut experiment = with_false_positives(0);
    let mut told = |errors: [(f64, Option<f64>); 2]| {
        let known = errors.map(|(error, if_calibrated)| Estimate {
            if_calibrated,
            ..of(error)
        });
        estimates(&mut experiment, "ece", known);
        miscalibrated(&experiment)
    };
    let (fine, off) = ((0.02, Some(0.03)), (0.04, Some(0.03)));
    says(
        told([fine, fine]),
        "On average no miscalibration of multinomial or logistic is detectable",
    );
    says(
        told([off, fine]),
        "Miscalibrated: multinomial by 4.0 points on average; logistic not detectably",
    );
    says(
        told([off, off]),
        "Miscalibrated: multinomial by 4.0, logistic by 4.0 points on average",
    );
    assert_eq!(told([(0.04, None), (0.02, None)]), None);
}

#[test]
fn fits_that_stopped_early_are_named() {
    let mut experiment = fixture::experiment(60, 4);
    let mut told = |stopped: &[Option<bool>; 4]| {
        for (model, converged) in stopped.iter().enumerate() {
            let fit = converged.map(|converged| Convergence {
                converged,
                passes: 5,
                objective: 1.0,
                gap: None,
            });
            only_fold(&mut experiment, model).convergence = fit;
        }
        converged(&experiment)
    };
    let (yes, no) = (Some(true), Some(false));
    assert_eq!(told(&[None; 4]), None);
    says(
        told(&[None, None, None, yes]),
        "svm converged on every fold",
    );
    says(
        told(&[None, None, yes, yes]),
        "Both models that report convergence reached it on every fold",
    );
    says(
        told(&[yes, None, yes, yes]),
        "All 3 models that report convergence reached it on every fold",
    );
    says(
        told(&[None, None, yes, no]),
        "Stopped before convergence on some fold: svm",
    );
    says(
        told(&[no, no, no, yes]),
        "3 of 4 models that report convergence stopped before it on some fold",
    );
}

#[test]
fn a_best_trial_at_an_end_of_its_range_is_told() {
    let mut experiment = fixture::experiment(60, 1);
    let mut told = |losses: [f64; 3]| {
        let trial = |(at, loss): (usize, f64)| Trial {
            settings: json!({ "alpha": at as f64 }),
            log_loss_bits: loss,
            share: 1.0,
        };
        only_fold(&mut experiment, 0).tried = losses.into_iter().enumerate().map(trial).collect();
        best_at_the_end(&experiment)
    };
    says(
        told([0.3, 0.2, 0.4]),
        "No best trial lies at an end of its range",
    );
    says(
        told([0.3, 0.2, 0.1]),
        "Best trial at an end of its range: multinomial",
    );
    only_fold(&mut experiment, 0).tried.clear();
    assert_eq!(best_at_the_end(&experiment), None);
}

#[test]
fn the_best_value_of_a_setting_is_tested_against_the_others_over_folds() {
    let experiment = fixture::experiment(100, 1);
    let folds = experiment.models[0].scored().count();
    let told = |wavers: f64, values: &[(f64, f64)]| {
        let point = |&(value, mean): &(f64, f64)| {
            let off = |fold: usize| wavers * value * (fold as f64 - 4.5);
            ValidationPoint {
                value: json!(value),
                training: vec![0.0; folds],
                test: (0..folds).map(|fold| mean + off(fold)).collect(),
            }
        };
        let curve = ValidationCurve {
            model: "multinomial".to_owned(),
            setting: "alpha".to_owned(),
            points: values.iter().map(point).collect(),
        };
        best_value(&experiment, &curve)
    };
    let values = [(1.0, 0.5), (2.0, 0.2), (4.0, 0.6)];
    says(
        told(0.001, &values),
        "multinomial.alpha: least loss at 2.0, distinguishable from 2 of 2 others",
    );
    says(
        told(1.0, &values),
        "multinomial.alpha: least loss at 2.0, not distinguishable from any other",
    );
    assert_eq!(told(0.001, &values[..1]), None);
}

#[test]
fn tokens_are_compared_by_sign_and_by_name() {
    let mut experiment = fixture::experiment(60, 3);
    let mut told = |signs: &[(f64, f64)]| {
        change(&mut experiment, "contrast", |contrast: &mut Contrast| {
            contrast.tokens.truncate(signs.len());
            for (token, (ratio, weight)) in contrast.tokens.iter_mut().zip(signs) {
                (token.log_likelihood_ratio, token.weight) = (*ratio, *weight);
            }
        });
        opposite_signs(&experiment)
    };
    let opposite = told(&[(1.0, 1.0), (1.0, -0.5), (-2.0, 1.0), (-1.0, 0.0)]).unwrap();
    assert_eq!(opposite.rests_on, [2.0, 4.0]);
    assert!(
        opposite
            .text
            .ends_with("disagree on the sign of 2 of 4 tokens"),
        "{}",
        opposite.text
    );
    assert_eq!(told(&[]), None);

    let weighed = |tokens: &[&str], weight: f64| {
        let one = |token: &&str| ((*token).to_owned(), weight);
        tokens.iter().map(one).collect()
    };
    let tokens = |model: &str, ham: &[&str], spam: &[&str]| TopTokens {
        model: model.to_owned(),
        ham: weighed(ham, -1.0),
        spam: weighed(spam, 1.0),
    };
    let both = [
        tokens("a", &["meet", "lunch", "late"], &["win", "cash"]),
        tokens("b", &["lunch", "win", "meet"], &["free", "cash"]),
    ];
    experiment.set_found("top_tokens", &both);
    // "win" speaks for the other class, and "meet" is the third of one of them.
    says(
        shared_tokens(&experiment, ["a", "b"], 2),
        "a and b share 2 of their 4 top tokens",
    );
    assert_eq!(shared_tokens(&experiment, ["a", "c"], 2), None);
}

/// What a chart shows of a difference and what is said of it agree.
#[test]
fn an_interval_leaves_out_no_difference_where_a_lead_is_told() {
    let curve = curve(&[
        (16, [10.0, 12.5, 0.5]),
        (32, [8.0, 9.5, 0.5]),
        (64, [6.0, 7.0, 0.5]),
        (128, [5.0, 5.5, 0.5]),
    ]);
    let found = differences_on_curve(&curve, "a", "b");
    let excludes = |(_, test): &(usize, ResampledT)| test.interval[0] > 0.0;
    let excluding = found.iter().filter(|one| excludes(one)).count();
    let told = leads(&curve, "a", "b").unwrap();
    assert_eq!(told.rests_on, [excluding as f64, 0.0, 4.0]);
    assert!((1..4).contains(&excluding), "{excluding}");
    // Alone, one more would be told.
    let alone = found.iter().filter(|(_, test)| test.p_value < 0.05).count();
    assert!(alone > excluding, "{alone}");
}

#[test]
fn leads_and_gains_are_told_where_chance_does_not_explain_them() {
    let apart = curve(&[(16, [10.0, 20.0, 0.5]), (64, [6.0, 3.0, 0.2])]);
    says(
        leads(&apart, "a", "b"),
        "a errs less at 1, b at 1 of 2 training sizes",
    );
    says(
        leads(&curve(&[(16, [10.0, 20.0, 0.5])]), "b", "a"),
        "a errs less at 1 of 1 training sizes",
    );
    let noise = curve(&[(16, [10.0, 20.0, 9.0]), (64, [6.0, 3.0, 5.0])]);
    let told = leads(&noise, "a", "b");
    says(told.clone(), "a and b are not distinguishable at any size");
    assert_eq!(title(told), "a and b are not distinguishable at any size");
    assert_eq!(leads(&noise, "a", "c"), None);
    assert_eq!(title(None), "");

    let gain = |errors: [f64; 3]| {
        let [with, without, wavers] = errors;
        let curve = UnlabelledCurve {
            with: curve(&[(16, [with, 0.0, wavers])]),
            without: curve(&[(16, [without, 0.0, 0.0])]),
        };
        gain_from_unlabelled(&curve, "a")
    };
    says(
        gain([10.0, 20.0, 0.5]),
        "Unlabelled mail helps a at 1 of 1 sizes",
    );
    says(
        gain([20.0, 10.0, 0.5]),
        "Unlabelled mail harms a at 1 of 1 sizes",
    );
    says(
        gain([10.0, 12.0, 5.0]),
        "No effect of unlabelled mail on a is detectable",
    );
}

/// The fixture's first generative model has a perplexity of 812.5, the second bounds: 640, and 600
/// by importance weighting.
#[test]
fn the_lowest_measures_of_generative_models_are_told_and_bounds_as_such() {
    let experiment = fixture::experiment(900, 4);
    says(
        generative_models(&experiment),
        "Of these models, the lowest perplexity per shared word is that of bernoulli (at most 600) \
         and the lowest (1-ROCA) % by likelihood alone is that of bernoulli (0.38).",
    );
    let told = |change: fn(&mut GenerativeModel)| {
        let mut experiment = experiment.clone();
        let mut found = experiment.generative_models().unwrap();
        found.models.iter_mut().for_each(change);
        experiment.set_found(GENERATIVE_MODELS, &found);
        generative_models(&experiment)
    };
    // Two that are equal as shown are both named; of one alone nothing is the lowest.
    let both = told(|model| {
        let is_first = model.model == "multinomial";
        model.bits_per_byte = Measured::Exact(if is_first { 1.802 } else { 1.804 });
        model.word_perplexity = Measured::missing(Unmeasured::NotOfWords);
        model.weighted_perplexity = Measured::missing(Unmeasured::NotOfWords);
        model.one_minus_roca_pct = Measured::missing(Unmeasured::NoMail);
    });
    says(
        both,
        "Of these models, the fewest bits per byte are those of multinomial and bernoulli (1.80).",
    );
    let none = told(|model| *model = GenerativeModel::unmeasured("a", Unmeasured::NotFitted));
    assert_eq!(none, None);
}
