//! Mail that nothing can be learned from, and rows out of all measure: every model of both families
//! is fitted or says in a sentence why not; it never gives a number that is none, and comes to an
//! end.

use crate::model;
use crate::model::{fit_rows, reads_columns, small};
use serde_json::{Value, json};
use spamlab::base::mail::{Content, Email, Label};
use spamlab::dataset::features::{Encoded, Encoder, VocabularySettings};
use spamlab::dataset::{Corpus, CsrMatrix, Example, Ragged, Representation, Rows, TrainingSet};
use spamlab::model::{Calibration, Family, ModelEntry, NoObserver, Range};
use spamlab::tokenize::TokenKinds;
use spamlab::train::{ModelSpec, TrainOptions, train};

fn corpus(emails: &[(Label, &str)]) -> Corpus {
    let email =
        |&(label, body): &(Label, &str)| Email::new("", Some(label), Content::text("", body));
    model::corpus(emails.iter().map(email).collect())
}

/// Fits a model, scores the rows it was fitted on, and says why if it cannot be fitted.
fn refused(entry: &dyn ModelEntry, settings: &Value, rows: &Rows<'_>) -> Option<String> {
    let name = entry.name();
    let grid = entry.grid(&entry.settings(settings).unwrap()).unwrap();
    let data = TrainingSet::new(rows, 1);
    let fitted = match entry.fit_path(&grid[..1], &data, &mut NoObserver) {
        Ok(mut fitted) => fitted.remove(0),
        Err(error) => {
            let why = error.to_string();
            assert!(why.len() > 10 && !why.contains("NaN"), "{name}: {why}");
            return Some(why);
        }
    };
    for email in rows.examples() {
        let score = fitted.classifier().raw(email).score;
        let finite = score.is_finite();
        assert!(finite, "{name} with {settings}: a score of {score}");
    }
    let validated = fitted.classifier().validate(rows.matrix().columns());
    assert_eq!(validated, Ok(()), "{name} with {settings}");
    None
}

/// Fits every model, with its defaults and as close to the rows as it can be told to, to the
/// messages; names those that cannot be fitted to them.
fn refusing(emails: &[(Label, &str)]) -> Vec<&'static str> {
    let corpus = corpus(emails);
    let rows = corpus.labelled_rows();
    let encoder = Encoder::learn(
        &corpus,
        &rows,
        &VocabularySettings::default(),
        TokenKinds::ALL,
    );
    let mut refusing = Vec::new();
    for entry in spamlab::catalog().models() {
        let mut table = entry.settings_table().iter();
        let has_cost = table.any(|setting| setting.name == "c");
        let close = has_cost.then(|| json!({ "c": 1e6 }));
        let fits = |settings: &Value| {
            let view = entry.view(&entry.settings(settings).unwrap()).unwrap();
            let encoded = encoder.encode(&corpus, &rows, view.representation);
            refused(entry, settings, &encoded).is_none()
        };
        if ![small(entry.name())].iter().chain(&close).all(fits) {
            refusing.push(entry.name());
        }
    }
    refusing
}

#[test]
fn models_are_fitted_to_messages_all_alike() {
    let alike = [Label::Ham, Label::Spam, Label::Ham].map(|label| (label, "the same words"));
    assert_eq!(refusing(&alike), [""; 0]);
}

#[test]
fn models_are_fitted_to_one_message_of_each_class() {
    let emails = [(Label::Ham, "lunch at noon"), (Label::Spam, "cheap pills")];
    assert_eq!(refusing(&emails), [""; 0]);
}

/// Nothing is left to read for a model of columns; bytes and the order of tokens have an end.
#[test]
fn only_models_of_columns_cannot_be_fitted_to_messages_without_a_word() {
    let (ham, spam) = ((Label::Ham, ""), (Label::Spam, ""));
    let of_columns = spamlab::catalog().models().filter(|of| reads_columns(*of));
    let of_columns: Vec<&str> = of_columns.map(ModelEntry::name).collect();
    assert_eq!(refusing(&[ham, spam, ham]), of_columns);
    let words = (Label::Spam, "cheap pills");
    assert_eq!(refusing(&[ham, words, ham, spam]), [""; 0]);
}

#[test]
fn models_are_fitted_to_words_that_always_go_together() {
    let ham = (Label::Ham, "lunch lunch noon noon see you");
    let spam = (Label::Spam, "cheap cheap pills pills buy now");
    assert_eq!(refusing(&[ham, spam, ham, spam]), [""; 0]);
}

#[test]
fn models_are_fitted_to_a_message_of_a_hundred_thousand_words() {
    let long = "cheap pills buy ".repeat(33_334);
    let [ham, spam] = [(Label::Ham, "lunch at noon"), (Label::Spam, "cheap pills")];
    assert_eq!(refusing(&[ham, (Label::Spam, &long), ham, spam]), [""; 0]);
}

/// Elsewhere nets read the first 400 bytes of a message, here as many as they can be told to: half
/// a million, or what their settings end at. Each word is one token, for the test to be fast.
#[test]
fn a_net_that_reads_all_it_can_gives_a_hundred_thousand_words_a_finite_score() {
    let [ham, spam] = ["lunch at noon ", "cheap pills buy "].map(|words| words.repeat(4));
    let corpus = corpus(&[(Label::Ham, &ham), (Label::Spam, &spam)]);
    let rows = corpus.labelled_rows();
    let words = VocabularySettings::default();
    let encoder = Encoder::learn(&corpus, &rows, &words, TokenKinds::ALL);
    let rows = encoder.encode(&corpus, &rows, Representation::Bytes);
    // Twelve words, 8,334 times.
    let long = spam.repeat(8_334);
    let long = Example {
        text: long.as_bytes(),
        ..Example::sparse(&[], &[])
    };
    let mut nets = 0;
    for entry in spamlab::catalog().models() {
        let (name, mut given) = (entry.name(), small(entry.name()));
        // Nets of byte pairs are those that have one.
        if given["vocabulary"].is_null() {
            continue;
        }
        for setting in entry.settings_table() {
            match (setting.name, &setting.range) {
                ("max_bytes", Range::Whole { max, .. }) => given["max_bytes"] = json!(max),
                (least @ ("heads" | "units" | "draws" | "max_iter"), _) => given[least] = json!(1),
                _ => {}
            }
        }
        let fitted = fit_rows(entry, &entry.settings(&given).unwrap(), &rows);
        let score = fitted.classifier().score(long);
        assert!(score.is_finite(), "{name}: a score of {score}");
        nets += 1;
    }
    assert!(nets >= 4, "only {nets} nets");
}

/// Very large and very small values in rows made for the test. A boundary takes any numbers, while
/// a density needs counts.
#[test]
fn models_are_fitted_to_values_out_of_all_measure() {
    let corpus = corpus(&[
        (Label::Ham, "a b"),
        (Label::Spam, "b c"),
        (Label::Ham, "c d"),
        (Label::Spam, "a d"),
    ]);
    let rows = [1e12, 1e-12].map(|scale| {
        let mut matrix = CsrMatrix::new(3);
        for row in [
            &[(0, scale), (1, 1.0)][..],
            &[(1, scale)],
            &[(0, 1.0), (2, scale)],
            &[(2, 1.0)],
        ] {
            matrix.push(row.iter().copied());
        }
        Rows::new(&corpus, vec![0, 1, 2, 3], matrix, Ragged::default())
    });
    let mut refusing = Vec::new();
    for entry in spamlab::catalog().models() {
        let values = entry.family() == Family::Discriminative && reads_columns(entry);
        let fits = |rows| refused(entry, &json!({}), rows).is_none();
        if values && !rows.iter().all(fits) {
            refusing.push(entry.name());
        }
    }
    assert_eq!(refusing, [""; 0]);
}

/// A rate far too high is an error that names it, or ends in numbers that are finite.
#[test]
fn a_learning_rate_far_too_high_leaves_no_impossible_number() {
    let emails: Vec<(Label, String)> = (0..40)
        .map(|at| match at % 2 {
            0 => (Label::Ham, format!("lunch at noon in room {at}")),
            _ => (Label::Spam, format!("cheap pills number {at} for you")),
        })
        .collect();
    let emails: Vec<(Label, &str)> = emails.iter().map(|(of, text)| (*of, &text[..])).collect();
    let corpus = corpus(&emails);
    let rows = corpus.labelled_rows();
    let mut tried = Vec::new();
    for entry in spamlab::catalog().models() {
        let name = entry.name();
        let mut given = small(name);
        for rate in [100.0, 1000.0] {
            given["learning_rate"] = json!(rate);
            // Not all take the second.
            let Ok(choice) = ModelSpec::new(entry, &given, true) else {
                continue;
            };
            tried.push(name);
            let mut training = train(&[choice], &corpus, &rows, TrainOptions::seeded(1), &|| ());
            match training.models.remove(0) {
                Err(error) => assert!(error.to_string().contains("rate"), "{error}"),
                Ok(trained) => {
                    let encoded = Encoded::new(&corpus, &training.encoders, &rows);
                    let raw = trained.scores(encoded.rows(trained.view));
                    assert!(raw.iter().all(|raw| raw.score.is_finite()), "{name}");
                    let fitted = trained.fitted.classifier();
                    assert_eq!(fitted.validate(trained.columns), Ok(()), "{name}");
                }
            }
        }
    }
    assert!(tried.len() >= 12, "only {tried:?}");
}

/// Fits that are cut short say so, and can still be used.
#[test]
fn a_fit_of_one_pass_ends_and_says_so() {
    let corpus = corpus(&[
        (Label::Ham, "lunch at noon"),
        (Label::Spam, "cheap pills"),
        (Label::Ham, "see you at noon"),
    ]);
    let rows = corpus.labelled_rows();
    let mut cut_short = Vec::new();
    for entry in spamlab::catalog().models() {
        let table = entry.settings_table().iter();
        let passes = table.filter(|setting| {
            setting.name == "max_iter" && matches!(setting.range, Range::Whole { .. })
        });
        for setting in passes {
            let choice = ModelSpec::new(entry, &json!({ setting.name: 1 }), true).unwrap();
            let mut training = train(&[choice], &corpus, &rows, TrainOptions::seeded(1), &|| ());
            let trained = training.models.remove(0).unwrap();
            if let Some(end) = trained.facts.convergence {
                assert!(
                    end.passes <= 2 && end.objective.is_finite(),
                    "{}: {end:?}",
                    entry.name()
                );
                cut_short.push(entry.name());
            }
        }
    }
    assert!(cut_short.len() >= 8, "only {cut_short:?} end");
}

/// Ten messages in all, and three of one class, can be divided, and leave next to nothing to learn
/// from.
#[test]
fn models_are_trained_on_ten_messages_and_on_three_of_a_class() {
    let emails = |ham: usize, spam: usize| -> Vec<(Label, String)> {
        let ham = (0..ham).map(|at| (Label::Ham, format!("lunch at noon in room {at}")));
        let spam = (0..spam).map(|at| (Label::Spam, format!("cheap pills number {at} for you")));
        ham.chain(spam).collect()
    };
    for emails in [emails(5, 5), emails(30, 3)] {
        let emails: Vec<(Label, &str)> = emails.iter().map(|(of, text)| (*of, &text[..])).collect();
        let corpus = corpus(&emails);
        let rows = corpus.labelled_rows();
        let choices: Vec<ModelSpec> = spamlab::catalog()
            .models()
            .map(|entry| ModelSpec::new(entry, &small(entry.name()), true).unwrap())
            .collect();
        let training = train(&choices, &corpus, &rows, TrainOptions::seeded(1), &|| ());
        for (choice, trained) in choices.iter().zip(&training.models) {
            let name = choice.entry.name();
            let trained = trained
                .as_ref()
                .unwrap_or_else(|why| panic!("{name}: {why}"));
            let encoded = Encoded::new(&corpus, &training.encoders, &rows);
            let raw = trained.scores(encoded.rows(trained.view));
            assert!(raw.iter().all(|raw| raw.score.is_finite()), "{name}");
        }
    }
}

/// A single spam message cannot be split: some inner fold has none, and nothing is held out.
#[test]
fn an_inner_fold_of_one_class_leaves_the_score_as_it_is() {
    let mut emails = vec![
        (Label::Ham, "lunch at noon"),
        (Label::Ham, "see you at noon"),
        (Label::Ham, "notes of the meeting"),
    ];
    emails.extend([
        (Label::Ham, "the train is late"),
        (Label::Ham, "dinner on friday"),
        (Label::Spam, "cheap pills"),
    ]);
    let corpus = corpus(&emails);
    let rows = corpus.labelled_rows();
    let choices: Vec<ModelSpec> = spamlab::catalog()
        .models()
        .map(|entry| ModelSpec::new(entry, &small(entry.name()), true).unwrap())
        .collect();
    let training = train(&choices, &corpus, &rows, TrainOptions::seeded(1), &|| ());
    for (choice, trained) in choices.iter().zip(&training.models) {
        let trained = trained.as_ref();
        let trained = trained.unwrap_or_else(|why| panic!("{}: {why}", choice.entry.name()));
        assert_eq!(
            trained.calibration,
            Calibration::Identity,
            "{}",
            choice.entry.name()
        );
    }
}
