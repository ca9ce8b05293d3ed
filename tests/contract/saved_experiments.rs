//! Uses of saved experiments besides drawing: comparison of two, redaction, slices and suspects.

use crate::fixture;
use spamlab::base::mail::Label::{Ham, Spam};
use spamlab::base::progress::Silent;
use spamlab::report::charts::CHARTS;
use spamlab::report::documents::tables;
use spamlab::report::{ReportOptions, write};
use spamlab::results::{
    ATTENTION, AttentionMap, CONTRAST, Contrast, Decision, Experiment, LATENT_SPACE, LatentSpace,
    MESSAGES, Outcome, QuotedMessage, TOP_TOKENS, TopTokens, Verdict, WORKED_EXAMPLE,
    WorkedExample, bootstrap, compare_pairs, estimates, slices, suspects, versus, warnings,
};
use std::fs;
use std::path::Path;

fn change(experiment: &mut Experiment, model: usize, change: impl Fn(&mut f64)) {
    for run in &mut experiment.models[model].runs {
        let Outcome::Scored(scored) = &mut run.outcome else {
            continue;
        };
        scored.log_odds.iter_mut().for_each(&change);
    }
}

/// Every model takes this decision on every fold.
fn decide(experiment: &mut Experiment, decision: Decision) {
    for model in &mut experiment.models {
        for run in &mut model.runs {
            if let Outcome::Scored(scored) = &mut run.outcome {
                scored.decision.decision = decision;
            }
        }
    }
}

#[test]
fn two_experiments_side_by_side_tell_how_errors_changed_where_messages_are_the_same() {
    let first = fixture::experiment(60, 2);
    let same = versus(&first, &first);
    assert!(same.same_messages && same.changed.is_empty() && same.only_in_one.is_empty());
    for one in &same.models {
        let errors = one.errors.as_ref().unwrap();
        assert_eq!(
            (errors.fixed, errors.regressed, errors.interval),
            (0, 0, None)
        );
        assert_eq!(errors.p_value, 1.0);
    }

    // Every verdict of the first model is reversed: what was right is wrong.
    let mut second = first.clone();
    change(&mut second, 0, |odds| *odds = -*odds);
    let turned = versus(&first, &second);
    assert_eq!(turned.changed.len(), 60);
    let errors = turned.models[0].errors.as_ref().unwrap();
    assert_eq!(errors.fixed + errors.regressed, 60);
    let fixed = turned
        .changed
        .iter()
        .filter(|one| one.predicted[1] == one.label);
    assert_eq!(errors.fixed, fixed.count());
    assert!(errors.interval.is_some());
    assert!(turned.models[1].errors.as_ref().unwrap().fixed == 0);

    // Of other messages nothing is counted, though they have the same identifiers. A model in only
    // one of the experiments is named.
    second.models.pop();
    let other_label = match second.emails.labels[0].unwrap() {
        Ham => Spam,
        Spam => Ham,
    };
    second.emails.labels[0] = Some(other_label);
    let other = versus(&first, &second);
    assert!(!other.same_messages && other.changed.is_empty());
    assert!(other.models.iter().all(|one| one.errors.is_none()));
    assert_eq!(
        other.models[0].metrics[0].values[0],
        first.models[0].value("accuracy")
    );
    assert_eq!(other.only_in_one, ["bernoulli"]);
}

/// Puts one name wherever an experiment holds text of a message.
fn name_zanzibar(one: &mut Experiment) {
    fixture::degenerate::change(one, MESSAGES, |messages: &mut Vec<QuotedMessage>| {
        for message in messages {
            "Zanzibar trip\nCall +44 20 7946 0123 or ann@zanzibar.example"
                .clone_into(&mut message.text);
            "zanzibar".clone_into(&mut message.votes[0].reasons.tokens[0].0);
        }
    });
    fixture::degenerate::change(one, WORKED_EXAMPLE, |example: &mut WorkedExample| {
        "Zanzibar".clone_into(&mut example.text);
    });
    fixture::degenerate::change(one, TOP_TOKENS, |tokens: &mut Vec<TopTokens>| {
        "from:zanzibar".clone_into(&mut tokens[0].spam[0].0);
    });
    fixture::degenerate::change(one, LATENT_SPACE, |space: &mut LatentSpace| {
        "zanzibar".clone_into(&mut space.axes[0].high[0].0);
        "zanzibar".clone_into(&mut space.path[2].words[1].0);
    });
    fixture::degenerate::change(one, ATTENTION, |maps: &mut Vec<AttentionMap>| {
        "Zanzibar".clone_into(&mut maps[0].attention.tokens[1]);
    });
    fixture::degenerate::change(one, CONTRAST, |contrast: &mut Contrast| {
        "url:zanzibar".clone_into(&mut contrast.tokens[0].token);
    });
    "<4711@zanzibar.example>".clone_into(&mut one.emails.ids[0]);
}

#[test]
fn what_is_redacted_is_in_no_file_of_the_report() {
    let mut experiment = fixture::experiment(60, 4);
    name_zanzibar(&mut experiment);
    let home = tempfile::tempdir().unwrap();
    let found = |folder: &Path| -> Vec<String> {
        let mut left = vec![folder.to_owned()];
        let mut found = Vec::new();
        while let Some(place) = left.pop() {
            for entry in fs::read_dir(place).unwrap().map(Result::unwrap) {
                if entry.path().is_dir() {
                    left.push(entry.path());
                } else if String::from_utf8_lossy(&fs::read(entry.path()).unwrap())
                    .to_lowercase()
                    .contains("zanzibar")
                {
                    found.push(entry.file_name().into_string().unwrap());
                }
            }
        }
        found
    };
    write(
        &experiment,
        None,
        &home.path().join("open"),
        &ReportOptions::default(),
    )
    .unwrap();
    assert!(found(&home.path().join("open")).contains(&"report.html".to_owned()));
    let marks = |of: &str| {
        let page = fs::read_to_string(home.path().join(of).join("report.html")).unwrap();
        page.contains("reads it</p>") || page.contains("are marked")
    };
    assert!(marks("open"));
    experiment.redact();
    write(
        &experiment,
        None,
        &home.path().join("redacted"),
        &ReportOptions::default(),
    )
    .unwrap();
    assert_eq!(found(&home.path().join("redacted")), [""; 0]);
    // Nor an empty frame where a text was.
    assert!(!marks("redacted"));
    // Of a message that is spelled token by token nothing is left, however harmless each token is.
    assert!(experiment.attention().is_empty() && experiment.latent_space().is_some());
    assert!(experiment.emails.ids[0] == "1" && experiment.contradiction().is_none());
}

#[test]
fn slices_count_the_errors_that_are_in_them() {
    let experiment = fixture::experiment(600, 2);
    let found = slices(&experiment);
    let wrong = |model: usize| {
        let verdicts = experiment.models[model]
            .scored()
            .flat_map(|(_, scored)| scored.rows.iter().zip(&scored.log_odds));
        verdicts
            .filter(|&(&row, &odds)| {
                (odds >= 0.0) != (experiment.emails.labels[row as usize] == Some(Spam))
            })
            .count()
    };
    for by in ["length", "language", "links", "form"] {
        let slices: Vec<_> = found.iter().filter(|slice| slice.by == by).collect();
        assert!(slices.len() >= 2, "{by}");
        assert_eq!(
            slices
                .iter()
                .map(|slice| slice.emails[0] + slice.emails[1])
                .sum::<usize>(),
            600,
            "{by}"
        );
        for model in 0..2 {
            let errors: usize = slices
                .iter()
                .map(|slice| slice.wrong[model].errors.iter().sum::<usize>())
                .sum();
            assert_eq!(errors, wrong(model), "{by}");
        }
    }
    // Every ninth message of the fixture has no kind.
    let kinds: usize = found
        .iter()
        .filter(|slice| slice.by == "kind")
        .map(|slice| slice.emails[0] + slice.emails[1])
        .sum();
    assert_eq!(kinds, 600 - 67);
}

#[test]
fn a_mail_that_both_families_are_sure_of_against_its_label_is_a_suspect() {
    let mut experiment = fixture::experiment(60, 4);
    for model in 0..4 {
        change(&mut experiment, model, |odds| *odds = odds.clamp(-4.0, 4.0));
    }
    assert!(suspects(&experiment).is_empty());
    let (a, b) = experiment.best().both().unwrap();
    for (model, odds) in [(a, 6.0), (b, 7.0)] {
        let Outcome::Scored(scored) = &mut experiment.models[model].runs[0].outcome else {
            panic!("not scored")
        };
        assert_eq!(experiment.emails.labels[scored.rows[0] as usize], Some(Ham));
        scored.log_odds[0] = odds;
    }
    let found = suspects(&experiment);
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].row, found[0].label, found[0].log_odds),
        (0, Ham, [6.0, 7.0])
    );
}

#[test]
fn warnings_are_of_what_is_wrong_and_of_nothing_else() {
    let mut experiment = fixture::experiment(600, 2);
    experiment.data.leaky_tokens.clear();
    experiment.data.conflicting = 0;
    // The fixture's scores are overconfident; these are not.
    for model in 0..2 {
        for run in &mut experiment.models[model].runs {
            let Outcome::Scored(scored) = &mut run.outcome else {
                continue;
            };
            for (row, odds) in scored.rows.iter().zip(&mut scored.log_odds) {
                let right = experiment.emails.labels[*row as usize].unwrap().sign() * 8.0;
                // One is wrong, since no error would be worth a warning.
                *odds = if *row == 0 { -right } else { right };
            }
        }
    }
    for model in &mut experiment.models {
        model.estimates = estimates(model, &experiment.emails);
    }
    // With so few ham, recall at a low rate is always spoken of.
    let mut told = warnings(&experiment);
    told.retain(|warning| !warning.starts_with("Recall at"));
    assert_eq!(told, [""; 0]);
    let spam = experiment.emails.labels.iter_mut();
    let spam = spam.filter(|label| **label == Some(Spam));
    for label in spam.skip(12) {
        *label = Some(Ham);
    }
    experiment.data.conflicting = 2;
    experiment
        .baseline
        .insert("accuracy".to_owned(), Some(0.9999));
    let found = warnings(&experiment).join("\n");
    for part in [
        "2 groups of near-duplicates",
        "only 12 spam",
        "multinomial is no better",
        "bernoulli is no better",
    ] {
        assert!(found.contains(part), "{part}: {found}");
    }
}

#[test]
fn whatever_is_told_of_an_experiment_follows_its_decision() {
    let mut experiment = fixture::experiment(600, 2);
    let labels = experiment.emails.labels.clone();
    let [ham, spam] = [Ham, Spam].map(|class| {
        let of_class = labels.iter().filter(|&&label| label == Some(class));
        of_class.count()
    });
    // With a threshold above every score, all mail is classified as ham, so that each model is
    // wrong on all spam.
    decide(&mut experiment, Decision::at(1e6));
    for slice in slices(&experiment) {
        assert!(slice.wrong.iter().all(|one| one.errors[0] == 0));
        assert!(slice.wrong.iter().all(|one| one.errors[1] == one.of[1]));
    }
    assert!(
        experiment
            .predictions()
            .all(|one| one.predicted == Verdict::Ham)
    );
    let errors = tables::errors(&experiment);
    assert_eq!(errors.rows.len(), 2 * spam);
    let confusion = CHARTS
        .iter()
        .find(|chart| chart.key == "confusion")
        .unwrap();
    let figure = confusion.figure(&experiment, None).unwrap();
    let counts: Vec<String> = tables::of_figure(&figure, None)
        .0
        .rows
        .iter()
        .filter_map(|row| Some(row.last()?.shown()))
        .map(|text| text.split(';').next().unwrap().to_owned())
        .collect();
    let expected = [ham, 0, spam, 0].map(|count| count.to_string());
    assert_eq!(counts, [expected.clone(), expected].concat());
    let pair = compare_pairs(&experiment.models, &experiment.emails);
    assert_eq!((pair[0].only_a_right, pair[0].only_b_right), (0, 0));
    bootstrap(&mut experiment, 20, 7, &Silent);
    for model in &experiment.models {
        assert!(
            model
                .interval("spam_misclassified_pct")
                .unwrap()
                .iter()
                .all(|end| end.is_finite())
        );
    }

    // With a band over all scores, every verdict is unsure, yet every error still counts.
    let band = Some([-1e6, 1e6]);
    let decision = Decision {
        threshold: 1e6,
        unsure_band: band,
    };
    decide(&mut experiment, decision);
    assert!(
        experiment
            .predictions()
            .all(|one| one.predicted == Verdict::Unsure)
    );
    assert_eq!(tables::errors(&experiment).rows.len(), 2 * spam);
}
