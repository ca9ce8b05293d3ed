//! What a report says of an experiment is what its numbers say: each statement where it holds,
//! where it does not, and where nothing can be told.

use crate::fixture;
use crate::fixture::degenerate::change;
use spamlab::base::mail::Label;
use spamlab::report::charts;
use spamlab::report::statements::{
    cautions, difference, finding, followed, headline, in_words, overtaking, stand_ins, who_leads,
};
use spamlab::results::{
    BestOfFamily, Curve, CurvePoint, Estimate, Experiment, Families, Family, FamilyDifference,
    LEARNING_CURVE, ResampledT,
};

/// An experiment whose best models differ by this much, in accuracy and in (1-ROCA) %.
pub fn with_differences(accuracy: [f64; 3], roca: [f64; 3]) -> Experiment {
    let mut experiment = fixture::experiment(900, 4);
    let best = |model: &str, tried: usize| BestOfFamily {
        model: model.to_owned(),
        tried,
        accuracy: 0.97,
        interval: [0.96, 0.98],
    };
    let difference = |metric: &str, [value, low, high]: [f64; 3]| FamilyDifference {
        metric: metric.to_owned(),
        value,
        interval: [low, high],
    };
    experiment.families = Some(Families {
        generative: best("multinomial", 2),
        discriminative: best("svm", 1),
        differences: vec![
            difference("accuracy", accuracy),
            difference("one_minus_roca_pct", roca),
        ],
    });
    experiment
}

#[test]
fn the_headline_is_the_difference_with_its_interval() {
    // The generative model less the discriminative one: it is less accurate.
    let experiment = with_differences([-0.01, -0.015, -0.005], [0.2, 0.1, 0.3]);
    let found = finding(&experiment);
    assert_eq!(
        found[0].text,
        "On 900 emails, 281 of them spam, the error rate of svm is 1.00 points lower than that of \
         multinomial (95 % interval, other training mail allowed for, 0.50 to 1.50)."
    );
    assert_eq!(found[0].rests_on, [1.0, 0.5, 1.5]);
    assert!(
        in_words(&found).contains("They differ in (1-ROCA) % (svm "),
        "{found:?}"
    );

    // The other way round.
    let experiment = with_differences([0.01, 0.005, 0.015], [-0.2, -0.3, -0.1]);
    let told = in_words(&finding(&experiment));
    assert!(
        told.contains("the error rate of multinomial is 1.00 points lower than that of svm"),
        "{told}"
    );

    // Not told apart by errors, but by ranks.
    let experiment = with_differences([-0.004, -0.012, 0.003], [0.2, 0.1, 0.3]);
    let told = in_words(&finding(&experiment));
    assert!(
        told.contains(
            "the error rate of svm is 0.40 points lower than that of multinomial, but they are not \
             distinguishable: the 95 % interval, other training mail allowed for, reaches \
             from 1.20 points lower to 0.30 points higher."
        ),
        "{told}"
    );
    assert!(told.contains("They differ in (1-ROCA) %"), "{told}");
    assert!(!told.contains("chance explains"), "{told}");

    // The sentence below a headline that says so does not say it again.
    assert_eq!(
        difference(&experiment).text,
        "On 900 emails, 281 of them spam, the error rate of svm is 0.40 points lower than that of \
         multinomial, but the 95 % interval, other training mail allowed for, reaches from \
         1.20 points lower to 0.30 points higher."
    );

    // By neither.
    let experiment = with_differences([-0.004, -0.012, 0.003], [0.2, -0.1, 0.5]);
    let told = in_words(&finding(&experiment));
    assert!(
        told.contains("Nor are they distinguishable by (1-ROCA) %"),
        "{told}"
    );
}

#[test]
fn a_correction_that_reverses_the_order_says_so() {
    const REVERSED: &str = "corrected for the choice of the best, which puts the two in the \
                            opposite order";
    let mut experiment = with_differences([-0.01, -0.015, -0.005], [0.2, 0.1, 0.3]);
    let shown = |experiment: &mut Experiment, model: usize, accuracy: f64| {
        let estimate = Estimate {
            value: Some(accuracy),
            ..Estimate::default()
        };
        let estimates = &mut experiment.models[model].estimates;
        estimates.insert("accuracy".to_owned(), estimate);
    };
    // Of the fixture's models multinomial is the first and svm the last.
    shown(&mut experiment, 0, 0.97);
    shown(&mut experiment, 3, 0.98);
    let mut told = |generative: f64, discriminative: f64| {
        let families = experiment.families.as_mut().unwrap();
        families.generative.accuracy = generative;
        families.discriminative.accuracy = discriminative;
        in_words(&finding(&experiment))
    };
    assert!(!told(0.96, 0.97).contains(REVERSED));
    assert!(!told(0.97, 0.97).contains(REVERSED));
    assert!(told(0.97, 0.96).contains(REVERSED), "{}", told(0.97, 0.96));
}

#[test]
fn a_model_that_makes_no_more_errors_than_the_one_that_leads_is_named() {
    let told = |experiment: &Experiment| {
        let found = finding(experiment).into_iter();
        let found: Vec<_> = found
            .filter(|one| one.text.contains("no more errors"))
            .collect();
        found.into_iter().map(|one| (one.text, one.rests_on)).next()
    };
    let mut experiment = fixture::of_skill(900, 4, 0.6);
    assert_eq!(told(&experiment), None);
    // Logistic regression now says of every message what the SVM says.
    experiment.models[2].runs = experiment.models[3].runs.clone();
    let set = |experiment: &mut Experiment, model: usize, metric: &str, value: f64| {
        let estimate = Estimate {
            value: Some(value),
            ..Estimate::default()
        };
        let estimates = &mut experiment.models[model].estimates;
        estimates.insert(metric.to_owned(), estimate);
    };
    set(&mut experiment, 2, "accuracy", 0.991);
    set(&mut experiment, 3, "accuracy", 0.991_001);
    let (text, errors) = told(&experiment).unwrap();
    assert_eq!(
        text,
        "logistic makes no more errors than svm, which leads by the mean of the error rates of \
         the folds."
    );
    assert!(
        errors.len() == 2 && errors[0] == errors[1] && errors[0] > 0.0,
        "{errors:?}"
    );
    set(&mut experiment, 2, "accuracy", 0.991_001);
    set(&mut experiment, 2, "one_minus_roca_pct", 0.5);
    set(&mut experiment, 3, "one_minus_roca_pct", 0.4);
    let (text, _) = told(&experiment).unwrap();
    assert_eq!(
        text,
        "logistic makes no more errors than svm, which leads by (1-ROCA) %."
    );
}

#[test]
fn the_curve_names_the_difference_of_the_summary_where_it_is_of_the_same_models() {
    let mut experiment = with_differences([-0.0123, -0.02, -0.005], [0.2, 0.1, 0.3]);
    let caption = |experiment: &Experiment| {
        let chart = charts::CHARTS
            .iter()
            .find(|chart| chart.key == "difference");
        chart.unwrap().figure(experiment, None).unwrap().description
    };
    let curve = experiment.learning_curve().unwrap();
    let (generative, discriminative) = experiment.best_on(&curve).both().unwrap();
    let names = [generative, discriminative].map(|at| experiment.models[at].name.clone());
    let families = experiment.families.as_mut().unwrap();
    [families.generative.model, families.discriminative.model] = names;
    let told = "With all training mail the difference is −1.23 points (the summary).";
    assert!(
        caption(&experiment).contains(told),
        "{}",
        caption(&experiment)
    );
    experiment.families.as_mut().unwrap().generative.model = "poisson".to_owned();
    assert!(!caption(&experiment).contains("With all training mail"));
}

#[test]
fn the_choice_of_the_best_is_told_and_tests_that_disagree_are_named() {
    let mut experiment = with_differences([-0.01, -0.015, -0.005], [0.2, 0.1, 0.3]);
    let told = in_words(&finding(&experiment));
    assert!(
        told.contains(
            "svm, the only discriminative model, gets 3.00 % wrong (2.00 to 4.00); \
             multinomial, the best of 2 generative models, gets 3.00 % wrong (2.00 to 4.00), \
             corrected for the choice of the best"
        ),
        "{told}"
    );
    let best = experiment.best().both().unwrap();
    let names = [best.0, best.1].map(|at| experiment.models[at].name.clone());
    let pair = experiment.comparisons.iter_mut();
    let mut pair = pair.filter(|pair| names.contains(&pair.a) && names.contains(&pair.b));
    let pair = pair.next().unwrap();
    pair.p_value = 0.001;
    pair.resampled_t = Some(ResampledT {
        gain: 0.01,
        interval: [-0.001, 0.021],
        t: 2.0,
        p_value: 0.06,
        belief: None,
    });
    let told = in_words(&finding(&experiment));
    assert!(told.contains("Two tests disagree"), "{told}");
    assert!(
        told.contains("p = 0.0600") && told.contains("p = 0.0010"),
        "{told}"
    );

    // Without resamples there are no differences, and no claim.
    experiment.families = None;
    let told = in_words(&finding(&experiment));
    assert!(
        !told.contains("differ ") && !told.contains("lower"),
        "{told}"
    );
    experiment.models.clear();
    experiment.comparisons.clear();
    assert!(in_words(&finding(&experiment)).contains("no model came to a result"));
}

/// The learning curve of two models with these errors in percent, by number of messages, whose
/// difference wavers by the third number from resample to resample.
pub fn curve(errors: &[(usize, [f64; 3])]) -> Curve {
    let mut points = Vec::new();
    for &(emails, [a, b, wavers]) in errors {
        for resample in 0..5 {
            let off = wavers * (f64::from(resample) - 2.0);
            for (model, error) in [("a", a + off), ("b", b)] {
                points.push(CurvePoint {
                    model: model.to_owned(),
                    emails,
                    resample,
                    test: 200,
                    metrics: [("accuracy".to_owned(), Some(1.0 - error / 100.0))].into(),
                });
            }
        }
    }
    Curve { test: 1000, points }
}

#[test]
fn a_model_overtakes_another_only_where_both_leads_are_beyond_chance() {
    let crossing = curve(&[
        (16, [10.0, 20.0, 0.5]),
        (32, [8.0, 9.0, 2.0]),
        (64, [6.0, 3.0, 0.2]),
        (128, [5.0, 2.0, 0.2]),
    ]);
    let told = overtaking(&crossing, "a", "b").unwrap();
    assert_eq!(
        told.text,
        "b overtakes a between 16 and 64 training emails."
    );
    assert_eq!(told.rests_on, [16.0, 64.0]);
    let told = who_leads(&crossing, "a", "b").unwrap().text;
    assert_eq!(
        told,
        "a errs less at 16; b errs less at 2 of the sizes from 64 to 128; elsewhere they are not \
         distinguishable."
    );
    // The same means, with differences that waver: nothing crosses, and nobody leads.
    let noise = curve(&[
        (16, [10.0, 20.0, 9.0]),
        (64, [6.0, 3.0, 5.0]),
        (128, [5.0, 2.0, 5.0]),
    ]);
    assert_eq!(overtaking(&noise, "a", "b"), None);
    let told = who_leads(&noise, "a", "b").unwrap().text;
    assert_eq!(
        told,
        "a and b are not distinguishable at any number of training emails."
    );
    // One leads from the beginning to the end.
    let ahead = curve(&[(16, [10.0, 20.0, 0.5]), (64, [3.0, 6.0, 0.2])]);
    assert_eq!(overtaking(&ahead, "a", "b"), None);
    assert_eq!(who_leads(&ahead, "a", "other"), None);
}

/// Gives a model a value and an interval of a metric.
fn estimate(experiment: &mut Experiment, model: &str, metric: &str, value: [f64; 3]) {
    let model = experiment.models.iter_mut().find(|one| one.name == model);
    let [value, low, high] = value;
    let estimate = Estimate {
        value: Some(value),
        interval: Some([low, high]),
        ..Estimate::default()
    };
    let estimates = &mut model.unwrap().estimates;
    estimates.insert(metric.to_owned(), estimate);
}

#[test]
fn the_heading_is_the_finding_in_some_ten_words() {
    // Of 20 errors in 100, 5 fewer are a quarter.
    let mut experiment = with_differences([-0.05, -0.08, -0.02], [0.2, 0.1, 0.3]);
    estimate(
        &mut experiment,
        "multinomial",
        "accuracy",
        [0.8, 0.77, 0.83],
    );
    estimate(&mut experiment, "svm", "accuracy", [0.85, 0.82, 0.88]);
    let told = headline(&experiment);
    assert_eq!(told.text, "svm makes 25 % fewer errors than multinomial");
    assert!((told.rests_on[0] - 25.0).abs() < 1e-9);

    // Not told apart by errors, but by ranks; by neither; and where two metrics contradict.
    let told = |accuracy, roca| headline(&with_differences(accuracy, roca)).text;
    assert_eq!(
        told([-0.004, -0.012, 0.003], [0.2, 0.1, 0.3]),
        "svm and multinomial are not distinguishable by errors; svm is better by (1-ROCA) %"
    );
    let neither = "svm and multinomial, the best of each family, are not distinguishable by errors";
    assert_eq!(told([-0.004, -0.012, 0.003], [0.2, -0.1, 0.5]), neither);
    let mut experiment = with_differences([-0.004, -0.012, 0.003], [0.2, 0.1, 0.3]);
    let differences = &mut experiment.families.as_mut().unwrap().differences;
    differences.push(FamilyDifference {
        metric: "ham_misclassified_pct".to_owned(),
        value: -0.5,
        interval: [-0.9, -0.1],
    });
    assert_eq!(headline(&experiment).text, neither);

    experiment.families = None;
    assert!(headline(&experiment).text.ends_with("of the mail wrong"));
    experiment.models.clear();
    assert_eq!(headline(&experiment).text, "No model came to a result");
}

#[test]
fn a_caution_is_told_where_it_applies_and_nowhere_else() {
    let told = |experiment: &Experiment, beginning: &str| {
        let all = cautions(experiment);
        let found = all.into_iter().find(|one| one.text.contains(beginning));
        found.map(|one| one.text)
    };
    // Told apart, with intervals of the error rates that overlap, and that do not.
    let mut experiment = with_differences([-0.05, -0.08, -0.02], [0.2, 0.1, 0.3]);
    estimate(
        &mut experiment,
        "multinomial",
        "accuracy",
        [0.8, 0.77, 0.83],
    );
    estimate(&mut experiment, "svm", "accuracy", [0.85, 0.82, 0.88]);
    let overlap = told(&experiment, "overlap").unwrap();
    assert!(
        overlap.contains("svm (12.00 to 18.00") && overlap.contains("multinomial (17.00 to 23.00"),
        "{overlap}"
    );
    assert_eq!(told(&experiment, "does not mean equal"), None);
    estimate(&mut experiment, "svm", "accuracy", [0.9, 0.88, 0.92]);
    assert_eq!(told(&experiment, "overlap"), None);

    // Not told apart: a difference of 1.2 points is compatible.
    let alike = with_differences([-0.004, -0.012, 0.003], [0.2, 0.1, 0.3]);
    let equal = told(&alike, "does not mean equal").unwrap();
    assert!(equal.contains("up to 1.20 points"), "{equal}");

    // Nine of ten messages of one class, and half.
    let baseline = |share: f64| {
        let mut experiment = alike.clone();
        experiment.baseline = [("accuracy".to_owned(), Some(share))].into();
        told(&experiment, "One class is most of the mail")
    };
    assert!(baseline(0.9).unwrap().contains("only 10.0 % wrong"));
    assert_eq!(baseline(0.5), None);

    // Probabilities beyond what true ones would show, and within.
    let calibrated = |error: f64| {
        let mut experiment = alike.clone();
        for model in &mut experiment.models {
            let ece = Estimate {
                value: Some(error),
                if_calibrated: Some(0.02),
                ..Estimate::default()
            };
            model.estimates.insert("ece".to_owned(), ece);
        }
        told(&experiment, "off by more than chance")
    };
    assert!(calibrated(0.06).unwrap().contains("by 6.0 points"));
    assert_eq!(calibrated(0.01), None);
}

/// Relabels the messages by row.
fn share_of_spam(experiment: &mut Experiment, is_spam: fn(usize) -> bool) {
    for (row, label) in experiment.emails.labels.iter_mut().enumerate() {
        *label = Some(Label::from_is_spam(is_spam(row)));
    }
}

/// 2 % of ham lost and 90 % of spam caught: at 40 % spam a precision of .36 / .372, at 5 % of
/// .045 / .064.
#[test]
fn precision_is_restated_for_a_mailbox_with_less_spam() {
    let mut experiment = with_differences([-0.05, -0.08, -0.02], [0.2, 0.1, 0.3]);
    share_of_spam(&mut experiment, |row| row % 5 < 2);
    for name in ["multinomial", "svm"] {
        estimate(
            &mut experiment,
            name,
            "ham_misclassified_pct",
            [2.0, 1.0, 3.0],
        );
        estimate(&mut experiment, name, "recall", [0.9, 0.88, 0.92]);
    }
    let told = in_words(&cautions(&experiment));
    assert!(
        told.contains("a precision of 70.3 % instead of 96.8."),
        "{told}"
    );
    share_of_spam(&mut experiment, |row| row % 20 == 0);
    assert!(!in_words(&cautions(&experiment)).contains("a precision of"));
}

#[test]
fn the_page_says_where_the_best_model_is_not_the_one_followed() {
    let experiment = with_differences([-0.05, -0.08, -0.02], [0.2, 0.1, 0.3]);
    let best = experiment.best().generative.unwrap();
    let best = experiment.models[best].name.as_str();
    assert_eq!(followed(&experiment, Family::Generative, Some(best)), None);
    let told = followed(&experiment, Family::Generative, Some("other")).unwrap();
    assert!(
        told.text
            .starts_with(&format!("other is followed and not {best}")),
        "{}",
        told.text
    );
    assert!(followed(&experiment, Family::Discriminative, None).is_some());
}

/// The fixture's models are multinomial, bernoulli, logistic and svm; the second and the last are
/// made to tell the classes apart best.
#[test]
fn what_stands_for_a_best_model_without_a_learning_curve_is_said() {
    let told = |experiment: &Experiment| {
        let curve = experiment.learning_curve().unwrap();
        stand_ins(experiment, &curve).map(|one| one.text)
    };
    let figure = |experiment: &Experiment, key: &str| {
        let chart = charts::CHARTS.iter().find(|chart| chart.key == key);
        chart.unwrap().figure(experiment, None)
    };
    let mut experiment = fixture::experiment(900, 4);
    assert_eq!(told(&experiment), None);
    let without = |experiment: &mut Experiment, name: &str| {
        change(experiment, LEARNING_CURVE, |curve: &mut Curve| {
            curve.points.retain(|point| point.model != name);
        });
    };
    experiment.models[3].external = true;
    without(&mut experiment, "svm");
    let said = "svm, the best discriminative model, was fitted elsewhere and cannot be fitted \
                again on less mail; logistic stands for it here.";
    assert_eq!(told(&experiment).unwrap(), said);
    let difference = figure(&experiment, "difference").unwrap();
    assert_eq!(
        difference.panels[0].title.as_deref(),
        Some("above 0: bernoulli errs less; below 0: logistic errs less")
    );
    assert!(
        difference
            .description
            .contains("both families that have a learning curve")
    );
    for key in ["difference", "learning_curve"] {
        let figure = figure(&experiment, key).unwrap();
        assert!(figure.description.ends_with(said), "{}", figure.description);
    }
    experiment.models[3].external = false;
    let costly = told(&experiment).unwrap();
    assert!(
        costly.contains("svm, the best discriminative model, has no learning curve; logistic"),
        "{costly}"
    );

    experiment.models[3].external = true;
    without(&mut experiment, "logistic");
    let none = "svm, the best discriminative model, was fitted elsewhere and cannot be fitted \
                again on less mail, and no other discriminative model has a learning curve: the \
                families are not compared by number of training emails.";
    assert_eq!(told(&experiment).unwrap(), none);
    assert!(figure(&experiment, "difference").is_none());
    assert!(
        figure(&experiment, "learning_curve")
            .unwrap()
            .description
            .ends_with(none)
    );
    experiment.models.remove(2);
    assert_eq!(
        told(&experiment).unwrap(),
        "svm, the only discriminative model, was fitted elsewhere and cannot be fitted again on \
         less mail: the families are not compared by number of training emails."
    );
}

#[test]
fn a_model_is_the_best_of_several_the_only_one_of_its_family_or_just_a_model() {
    let told = |models: &[usize]| {
        let mut experiment = fixture::experiment(900, 4);
        let kept = models.iter().map(|&at| experiment.models[at].clone());
        experiment.models = kept.collect();
        experiment.families = None;
        let text = difference(&experiment).text;
        let mut parts = text.split(" gets ").map(str::to_owned);
        let first = parts.next().unwrap();
        let last = parts.next().unwrap();
        let last = last.split(" and ").nth(1).unwrap_or_default().to_owned();
        [first.replace("On 900 emails, 281 of them spam, ", ""), last]
    };
    assert_eq!(told(&[3]), ["svm", ""]);
    assert_eq!(told(&[0]), ["multinomial", ""]);
    assert_eq!(told(&[2, 3]), ["svm, the best discriminative model,", ""]);
    assert_eq!(
        told(&[0, 1, 3]),
        [
            "svm, the only discriminative model,",
            "bernoulli, the best generative model,"
        ]
    );
    let mut alone = with_differences([-0.004, -0.012, 0.003], [0.2, -0.1, 0.5]);
    alone.families.as_mut().unwrap().generative.tried = 1;
    assert_eq!(
        headline(&alone).text,
        "svm and multinomial are not distinguishable by errors"
    );
}
