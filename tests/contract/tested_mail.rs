//! What is counted is what was tested: of a single split that is less than what was read.

use crate::fixture;
use crate::statements::with_differences;
use spamlab::report::statements::{cautions, comparable, finding, in_words};
use spamlab::report::{NamedExperiment, SideBySide};
use spamlab::results::{Estimate, Experiment, warnings};

/// Only the first fold of each model: a tenth of 900 messages, in which spam is rarer
/// (23 of 90, not 281 of 900).
fn hold_out() -> Experiment {
    let mut experiment = with_differences([-0.01, -0.015, -0.005], [0.2, 0.1, 0.3]);
    for model in &mut experiment.models {
        model.runs.truncate(1);
    }
    experiment
}

#[test]
fn the_headline_speaks_of_tested_messages() {
    let experiment = hold_out();
    assert_eq!(experiment.data.kept, [619, 281]);
    assert_eq!(experiment.tested(), [67, 23]);
    let told = in_words(&finding(&experiment));
    assert!(
        told.starts_with("On 90 emails, 23 of them spam, the error rate"),
        "{told}"
    );
}

#[test]
fn warnings_and_cautions_speak_of_tested_messages() {
    let mut experiment = hold_out();
    let told = warnings(&experiment).join(" ");
    assert!(told.contains("There are only 23 spam"), "{told}");
    for model in &mut experiment.models {
        for (key, value) in [("ham_misclassified_pct", 2.0), ("recall", 0.9)] {
            let estimate = Estimate {
                value: Some(value),
                ..Estimate::default()
            };
            model.estimates.insert(key.to_owned(), estimate);
        }
    }
    let told = in_words(&cautions(&experiment));
    assert!(
        told.contains("the share of spam in this data, 26 %"),
        "{told}"
    );
}

#[test]
fn experiments_on_other_parts_of_the_same_mail_did_not_test_the_same() {
    let [whole, part] = [fixture::experiment(900, 4), hold_out()];
    let named = |name: &str, experiment: &Experiment| NamedExperiment {
        name: name.to_owned(),
        experiment: experiment.clone(),
    };
    let told = |experiments: [&Experiment; 2]| {
        let [a, b] = experiments;
        comparable(&SideBySide::new(vec![named("a", a), named("b", b)])).text
    };
    assert!(told([&part, &part]).starts_with("All tested the same 90 messages"));
    assert!(told([&whole, &whole]).starts_with("All tested the same 900 messages"));
    let both = told([&whole, &part]);
    assert!(
        both.contains("“a” (900 messages) and “b” (90 messages)"),
        "{both}"
    );
}
