//! What a report says of an experiment is what its numbers say: each statement where it holds,
//! where it does not, and where nothing can be told.

use crate::fixture;
use spamlab::report::statements::{finding, in_words, overtaking, who_leads};
use spamlab::results::{
    BestOfFamily, Curve, CurvePoint, Experiment, Families, FamilyDifference, ResampledT,
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
         multinomial (95\u{a0}% interval 0.50 to 1.50)."
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
            "svm and multinomial are not distinguishable by their error rates: that of svm is \
             between 1.20 points lower and 0.30 points higher"
        ),
        "{told}"
    );
    assert!(told.contains("They differ in (1-ROCA) %"), "{told}");
    assert!(!told.contains("chance explains"), "{told}");

    // By neither.
    let experiment = with_differences([-0.004, -0.012, 0.003], [0.2, -0.1, 0.5]);
    let told = in_words(&finding(&experiment));
    assert!(
        told.contains("Nor are they distinguishable by (1-ROCA) %"),
        "{told}"
    );
}

#[test]
fn the_choice_of_the_best_is_told_and_tests_that_disagree_are_named() {
    let mut experiment = with_differences([-0.01, -0.015, -0.005], [0.2, 0.1, 0.3]);
    let told = in_words(&finding(&experiment));
    assert!(
        told.contains(
            "svm, the only discriminative model, gets 3.00\u{a0}% wrong (2.00 to 4.00); \
             multinomial, the best of 2 generative models, gets 3.00\u{a0}% wrong (2.00 to 4.00), \
             the choice of the best paid for"
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
         told apart."
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
        "a and b are not told apart at any number of training emails."
    );
    // One leads from the beginning to the end.
    let ahead = curve(&[(16, [10.0, 20.0, 0.5]), (64, [3.0, 6.0, 0.2])]);
    assert_eq!(overtaking(&ahead, "a", "b"), None);
    assert_eq!(who_leads(&ahead, "a", "other"), None);
}
