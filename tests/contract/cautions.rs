//! What a report adds to its finding: how the best were chosen, on how little a rate rests, where a
//! curve and the summary differ, which model is followed, and what an error costs. Each where it
//! holds, where it does not, and where nothing can be told.

use crate::fixture;
use crate::statements::{curve, with_differences};
use serde_json::json;
use spamlab::base::mail::Label;
use spamlab::report::documents::{html, markdown};
use spamlab::report::statements::{
    cautions, finding, in_words, other_likelihoods, readers, summary_differs, tests,
};
use spamlab::results::{
    Belief, ClassDates, Costs, DecisionRule, Estimate, Experiment, FIVE_BY_TWO, FamilyDifference,
    LEAKY_TOKENS, LikelihoodPlane, ModelRecord, Outcome, ResampledT, Resemblance,
    WithoutLeakyTokens, WithoutTokens, WorkedExample,
};

fn model<'a>(experiment: &'a mut Experiment, name: &str) -> &'a mut ModelRecord {
    let mut models = experiment.models.iter_mut();
    models.find(|model| model.name == name).unwrap()
}

/// The caution that begins so.
fn told(experiment: &Experiment, beginning: &str) -> Option<String> {
    let found = cautions(experiment).into_iter().map(|one| one.text);
    found.into_iter().find(|text| text.starts_with(beginning))
}

#[test]
fn the_luck_of_the_best_of_several_is_told() {
    const BEGINNING: &str = "The best of several models is partly the luckiest.";
    let mut experiment = with_differences([-0.01, -0.015, -0.005], [0.2, 0.1, 0.3]);
    for (name, accuracy) in [("multinomial", 0.98), ("svm", 0.985)] {
        let estimate = Estimate {
            value: Some(accuracy),
            ..Estimate::default()
        };
        let estimates = &mut model(&mut experiment, name).estimates;
        estimates.insert("accuracy".to_owned(), estimate);
    }
    // .97 each once corrected for the choice, of two generative models and one other.
    assert_eq!(
        told(&experiment, BEGINNING).unwrap(),
        format!(
            "{BEGINNING} On mail that did not choose it multinomial would make 3.00 % errors \
             rather than 2.00 (2 models tried)."
        )
    );
    // Better than it looked is no luck, and neither is what is shown as equal.
    for accuracy in [0.98, 0.979_999, 0.99] {
        let families = experiment.families.as_mut().unwrap();
        families.generative.accuracy = accuracy;
        assert_eq!(told(&experiment, BEGINNING), None, "{accuracy}");
    }
    experiment.families = None;
    assert_eq!(told(&experiment, BEGINNING), None);
}

/// Calls the first `lost` ham spam and everything else by its label.
fn losing(experiment: &mut Experiment, name: &str, mut lost: usize) {
    let labels = experiment.emails.labels.clone();
    for run in &mut model(experiment, name).runs {
        let Outcome::Scored(scored) = &mut run.outcome else {
            continue;
        };
        for (odds, row) in scored.log_odds.iter_mut().zip(&scored.rows) {
            let label = labels[*row as usize].unwrap();
            let is_lost = label == Label::Ham && lost > 0;
            lost -= usize::from(is_lost);
            *odds = if is_lost { 5.0 } else { 5.0 * label.sign() };
        }
    }
}

#[test]
fn a_rate_that_rests_on_a_handful_of_ham_is_told() {
    const BEGINNING: &str = "The false positive rate rests on few messages";
    let mut experiment = with_differences([-0.01, -0.015, -0.005], [0.2, 0.1, 0.3]);
    let best = [
        experiment.best().generative,
        experiment.best().discriminative,
    ];
    let names = best.map(|at| experiment.models[at.unwrap()].name.clone());
    let mut with = |lost: [usize; 2]| {
        for (name, lost) in names.iter().zip(lost) {
            losing(&mut experiment, name, lost);
        }
        told(&experiment, BEGINNING)
    };
    // 619 of 900 are ham.
    let [a, b] = &names;
    assert_eq!(
        with([9, 10]).unwrap(),
        format!(
            "{BEGINNING}: 9 of 619 ({a}) ham called spam. One more or less changes it visibly."
        )
    );
    let both = with([0, 3]).unwrap();
    assert!(
        both.contains(&format!("0 of 619 ({a}) and 3 of 619 ({b})")),
        "{both}"
    );
    assert_eq!(with([10, 40]), None);
}

#[test]
fn practical_equivalence_of_the_best_is_told_where_it_is_sure_or_nothing_else_is() {
    let mut experiment = with_differences([-0.01, -0.015, -0.005], [0.2, 0.1, 0.3]);
    let pair = experiment.between_families().unwrap();
    let both = format!("{} and {}", pair.a, pair.b);
    let mut with = |equivalent: f64, p_value: f64| {
        for pair in &mut experiment.comparisons {
            pair.resampled_t = Some(ResampledT {
                gain: 0.002,
                interval: [-0.001, 0.005],
                t: 1.0,
                p_value,
                belief: Some(Belief {
                    lower: 0.0,
                    equivalent,
                    higher: 1.0 - equivalent,
                }),
            });
        }
        let found = cautions(&experiment).into_iter().map(|one| one.text);
        let mut found = found.filter(|text| text.contains("practically equivalent"));
        found.next()
    };
    let sure = format!(
        "{both} are practically equivalent: with a probability of 0.97 their error rates differ by \
         no more than 1 point (Bayesian correlated t-test over folds)."
    );
    assert_eq!(with(0.97, 0.2).unwrap(), sure);
    // A difference that is found and does not matter.
    assert_eq!(with(0.97, 0.001).unwrap(), sure);
    let open = with(0.6, 0.2).unwrap();
    let begins = open.starts_with(&format!("Whether {both} are"));
    assert!(begins && open.contains("0.60"), "{open}");
    assert_eq!(with(0.6, 0.001), None);
}

#[test]
fn near_duplicates_on_both_sides_of_a_split_are_told() {
    const BEGINNING: &str = "The split puts near-duplicates on both sides";
    let mut experiment = fixture::experiment(900, 4);
    assert_eq!(told(&experiment, BEGINNING), None);
    experiment.split.shared = vec![12, 40, 41, 90];
    let four = told(&experiment, BEGINNING).unwrap();
    let expected = "4 of 900 test messages (0.4 %) have one in the training set, for instance \
                    mail-12, mail-40, mail-41: they may flatter the figures.";
    assert!(four.ends_with(expected), "{four}");
    experiment.split.shared.truncate(1);
    let one = told(&experiment, BEGINNING).unwrap();
    assert!(
        one.contains("1 of 900 test messages (0.1 %) has one"),
        "{one}"
    );
    // Whose errors are all on the other messages: that flatters, and by how much.
    let best = experiment.best();
    let names = [best.generative, best.discriminative];
    let names = names.map(|at| experiment.models[at.unwrap()].name.clone());
    let wrong = 300..600;
    for name in &names {
        err_on(&mut experiment, name, wrong.clone());
    }
    experiment.split.shared = (0..200).collect();
    let flattered = told(&experiment, BEGINNING).unwrap();
    // Of the other 700 messages 300 are wrong.
    let expected = "they flatter the figures.";
    let errors = "makes 42.86 % errors on the others and 0.00 on these.";
    assert!(
        flattered.contains(expected) && flattered.ends_with(errors),
        "{flattered}"
    );
}

/// Calls these messages by the other label and all others by their own.
fn err_on(experiment: &mut Experiment, name: &str, wrong: std::ops::Range<u32>) {
    let labels = experiment.emails.labels.clone();
    for run in &mut model(experiment, name).runs {
        let Outcome::Scored(scored) = &mut run.outcome else {
            continue;
        };
        for (odds, row) in scored.log_odds.iter_mut().zip(&scored.rows) {
            let sign = labels[*row as usize].unwrap().sign();
            *odds = if wrong.contains(row) { -sign } else { sign };
        }
    }
}

#[test]
fn test_mail_unlike_the_training_mail_is_told() {
    const BEGINNING: &str = "The test mail is unlike the training mail";
    let mut experiment = fixture::experiment(60, 2);
    let mut with = |divergence_bits: f64| {
        experiment.split.resemblance = Some(Resemblance {
            divergence_bits,
            divisions: 39,
            most_by_chance: 0.031,
        });
        told(&experiment, BEGINNING)
    };
    let unlike = with(0.0524).unwrap();
    assert!(
        unlike.contains(
            "divergence of 0.052 bits, and those of 39 random divisions of the same \
                         mail by 0.031 at most"
        ),
        "{unlike}"
    );
    assert_eq!(with(0.031), None);
    assert_eq!(with(0.02), None);
    experiment.split.resemblance = None;
    assert_eq!(told(&experiment, BEGINNING), None);
}

#[test]
fn classes_from_different_times_are_told() {
    const BEGINNING: &str = "Ham and spam are from different times";
    let mut experiment = fixture::experiment(60, 2);
    assert_eq!(told(&experiment, BEGINNING), None);
    let kept = experiment.data.kept;
    let mut with = |spam_is_later: f64, emails: [usize; 2]| {
        let months = [["1999-12", "2002-01"], ["2003-12", "2005-09"]];
        experiment.data.dates = Some(ClassDates {
            emails,
            months: months.map(|months| months.map(str::to_owned)),
            spam_is_later,
        });
        told(&experiment, BEGINNING)
    };
    assert_eq!(
        with(0.998, kept).unwrap(),
        format!(
            "{BEGINNING}: nine tenths of the ham from 1999-12 to 2002-01, of the spam from 2003-12 \
             to 2005-09, and in 99.8 % of all pairs of one of each the spam is the later. What \
             tells the time tells the class, here and not in a mailbox."
        )
    );
    assert!(
        with(0.01, kept)
            .unwrap()
            .contains("99.0 % of all pairs of one of each the ham is")
    );
    for overlapping in [0.94, 0.5, 0.06] {
        assert_eq!(with(overlapping, kept), None);
    }
    // A date of a few messages says nothing of the others.
    assert_eq!(with(1.0, [kept[0], kept[1] / 2 - 1]), None);
}

#[test]
fn what_is_left_without_tokens_that_decide_alone_is_told() {
    const BEGINNING: &str = "Trained without";
    let mut experiment = fixture::experiment(60, 2);
    assert_eq!(told(&experiment, BEGINNING), None);
    let mut with = |tokens: usize| {
        let models = [("multinomial", 0.008, 0.063), ("svm", 0.004, 0.051)];
        let models = models.map(|(model, error_with, error_without)| WithoutTokens {
            model: model.to_owned(),
            error_with,
            error_without,
        });
        let models = models.to_vec();
        experiment.set_found(LEAKY_TOKENS, &WithoutLeakyTokens { tokens, models });
        told(&experiment, BEGINNING).unwrap()
    };
    assert_eq!(
        with(2),
        "Trained without the 2 tokens that alone decide, multinomial makes 6.30 % errors instead \
         of 0.80 and svm makes 5.10 % errors instead of 0.40."
    );
    assert!(with(1).starts_with("Trained without the token that alone decides, multinomial"));
}

#[test]
fn a_curve_that_does_not_tell_what_the_summary_tells_says_why() {
    let close = curve(&[(16, [10.0, 20.0, 9.0]), (64, [6.0, 3.0, 5.0])]);
    let clear = curve(&[(16, [10.0, 20.0, 0.5]), (64, [3.0, 6.0, 0.2])]);
    let of = |difference| {
        let mut experiment = with_differences(difference, [0.2, 0.1, 0.3]);
        let families = experiment.families.as_mut().unwrap();
        families.generative.model = "a".to_owned();
        families.discriminative.model = "b".to_owned();
        experiment
    };
    let apart = of([-0.01, -0.015, -0.005]);
    let alike = of([-0.004, -0.012, 0.003]);
    let why = summary_differs(&apart, &close, "a", "b").unwrap();
    assert!(
        why.text
            .ends_with("this chart 2, with allowance for them all."),
        "{}",
        why.text
    );
    assert_eq!(why.rests_on, [2.0]);
    // The two agree, that the models differ or that they do not; only the curve tells; no curve.
    assert_eq!(summary_differs(&apart, &clear, "a", "b"), None);
    assert_eq!(summary_differs(&alike, &close, "a", "b"), None);
    assert_eq!(summary_differs(&alike, &clear, "a", "b"), None);
    assert_eq!(summary_differs(&apart, &close, "a", "other"), None);
}

#[test]
fn what_does_not_tell_models_apart_is_not_called_equal() {
    let mut experiment = with_differences([-0.01, -0.015, -0.005], [0.2, 0.1, 0.3]);
    let mut add = |metric: &str, interval: [f64; 2]| {
        let families = experiment.families.as_mut().unwrap();
        families.differences.push(FamilyDifference {
            metric: metric.to_owned(),
            value: 0.1,
            interval,
        });
        in_words(&finding(&experiment))
    };
    let one = add("ham_misclassified_pct", [-0.2, 0.4]);
    assert!(one.contains("They differ in (1-ROCA) % (svm "), "{one}");
    assert!(one.contains("; FPR % does not distinguish them."), "{one}");
    let two = add("log_loss_bits", [-0.1, 0.3]);
    assert!(
        two.contains("; FPR % and log loss do not distinguish them."),
        "{two}"
    );
    assert!(!two.contains("not in"), "{two}");
}

#[test]
fn an_interval_that_leaves_out_0_is_not_shown_to_begin_there() {
    let experiment = with_differences([-0.004, -0.008, -0.000_03], [0.2, 0.1, 0.3]);
    let told = in_words(&finding(&experiment));
    assert!(
        told.contains(
            "0.400 points lower than that of multinomial (95 % interval, other training mail \
             allowed for, 0.003 to 0.800)"
        ),
        "{told}"
    );
}

#[test]
fn equal_error_rates_are_called_equal_and_a_rest_of_rounding_is_no_difference() {
    for rest in [0.0, 1e-17, -1e-17] {
        let experiment = with_differences([rest, -0.004, 0.004], [0.2, 0.1, 0.3]);
        let told = in_words(&finding(&experiment));
        assert!(
            told.contains("are equal;") && told.contains("reaches from 0.40 points lower to 0.40"),
            "{told}"
        );
    }
    // A message in a hundred thousand is a difference, and is shown as one.
    let experiment = with_differences([0.000_01, -0.004, 0.004], [0.2, 0.1, 0.3]);
    let told = in_words(&finding(&experiment));
    assert!(
        told.contains("0.001 points lower") && !told.contains("equal"),
        "{told}"
    );
}

#[test]
fn the_test_of_a_single_split_is_named() {
    let mut experiment = with_differences([-0.01, -0.015, -0.005], [0.2, 0.1, 0.3]);
    for model in &mut experiment.models {
        model.runs.truncate(1);
    }
    for pair in &mut experiment.comparisons {
        (pair.resampled_t, pair.p_value, pair.p_adjusted) = (None, 0.01, Some(0.0625));
    }
    let one = tests(&experiment).unwrap();
    assert_eq!(
        one.text,
        "Test (single split, max-statistic over all pairs of models): p = 0.0625."
    );
    assert_eq!(one.rests_on, [0.0625]);
    // Without resamples it is the test of the pair alone.
    for pair in &mut experiment.comparisons {
        pair.p_adjusted = None;
    }
    let alone = tests(&experiment).unwrap();
    assert_eq!(
        alone.text,
        "Test (single split, McNemar's by groups, this pair alone): p = 0.0100."
    );
    assert_eq!(alone.rests_on, [0.01]);
    experiment.comparisons.clear();
    assert_eq!(tests(&experiment), None);
}

#[test]
fn the_test_on_halves_is_told_of_the_pair_that_it_was_made_of() {
    let mut experiment = with_differences([-0.01, -0.015, -0.005], [0.2, 0.1, 0.3]);
    let without = tests(&experiment).unwrap();
    let pair = experiment.between_families().unwrap();
    let (a, b) = (pair.a.clone(), pair.b.clone());
    let mut with = |a: &str, b: &str| {
        let pair = json!({"a": a, "b": b, "difference": 0.1, "f": 5.0, "p_value": 0.0312});
        experiment.set_found(FIVE_BY_TWO, &[pair]);
        tests(&experiment).unwrap()
    };
    let told = with(&a, &b);
    assert_eq!(
        told.text,
        format!(
            "{} The 5x2cv F test, in which models learn from one half of the mail and are tested \
             on the other, has p = 0.0312.",
            without.text
        )
    );
    assert_eq!(told.rests_on.last(), Some(&0.0312));
    assert_eq!(with(&a, "other"), without);
}

/// The page, and the report as Markdown.
fn documents(experiment: &Experiment) -> [String; 2] {
    let timing = fixture::timing(experiment);
    let page = html(experiment, Some(&timing), &[], None, None).unwrap();
    [page, markdown(experiment, Some(&timing), &[], None)]
}

/// The worked example of the fixture follows multinomial and svm.
#[test]
fn documents_name_the_models_that_are_followed() {
    let mut experiment = fixture::experiment(900, 4);
    let example = experiment.worked_example().unwrap();
    let class = experiment.emails.label(example.row).unwrap();
    let both = format!("multinomial and svm read one {class} message");
    assert_eq!(readers(&experiment, &example).unwrap().text, both);
    let one = WorkedExample {
        bayes: None,
        ..example.clone()
    };
    let only = readers(&experiment, &one).unwrap().text;
    assert_eq!(only, format!("svm reads one {class} message"));
    let none = WorkedExample {
        boundary: None,
        ..one
    };
    assert_eq!(readers(&experiment, &none), None);

    // Bernoulli becomes the best generative model: it is not followed, and that is said.
    for (name, accuracy) in [("multinomial", 0.9), ("bernoulli", 0.99)] {
        let estimates = &mut model(&mut experiment, name).estimates;
        estimates.get_mut("accuracy").unwrap().value = Some(accuracy);
    }
    for document in documents(&experiment) {
        assert!(document.contains(&both), "{both}");
        assert!(document.contains("multinomial is followed and not bernoulli"));
        assert!(!document.contains("best model of each family reads"));
        assert!(!document.contains("through the best model of each family"));
    }
}

#[test]
fn the_likelihoods_drawn_are_not_called_those_of_the_best_model_if_they_are_not() {
    let experiment = fixture::experiment(900, 4);
    let best = experiment.best().generative.unwrap();
    let best = experiment.models[best].name.clone();
    let plane = |model: &str| LikelihoodPlane {
        model: model.to_owned(),
        ..experiment.likelihood_plane().unwrap()
    };
    assert_eq!(other_likelihoods(&experiment, &plane(&best)), None);
    let told = other_likelihoods(&experiment, &plane("other"))
        .unwrap()
        .text;
    assert_eq!(
        told,
        format!(
            "other is drawn and not {best}, the best generative model, of which no mean likelihood \
             per token is recorded."
        )
    );
}

/// The costs of the decision are those of the table and of the slider.
#[test]
fn a_false_positive_costs_the_same_throughout_a_document() {
    let mut experiment = fixture::experiment(900, 4);
    for document in documents(&experiment) {
        assert!(document.contains("counts a false positive as 10 false negatives"));
    }
    experiment.decision = DecisionRule::Costs(Costs {
        false_positive: 200.0,
        false_negative: 2.0,
        unsure: None,
    });
    let [page, text] = documents(&experiment);
    for document in [&page, &text] {
        assert!(document.contains("counts a false positive as 100 false negatives"));
        assert!(!document.contains("as 10 false negatives"));
    }
    let slider = page
        .split("data-part=\"false-positive-cost\"")
        .nth(1)
        .unwrap();
    let slider = slider.split('>').next().unwrap();
    assert!(slider.contains("value=\"100\""), "{slider}");
}
