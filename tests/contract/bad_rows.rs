//! Mail that nothing can be learned from, and rows out of all measure: every model of both families
//! gives a true result or a sentence, never a number that is none, and comes to an end.

use serde_json::{Value, json};
use spamlab::base::mail::{Content, Email, Label};
use spamlab::dataset::features::{Encoder, VocabularySettings};
use spamlab::dataset::{
    Corpus, CorpusBuilder, CorpusOptions, CsrMatrix, Ragged, Representation, Rows, TrainingSet,
};
use spamlab::model::{Calibration, Family, ModelEntry, NoObserver, Range};
use spamlab::tokenize::{Recipe, TokenKinds};
use spamlab::train::{ModelSpec, TrainOptions, train};

fn corpus(emails: &[(Label, &str)]) -> Corpus {
    let mail = |(at, &(label, body)): (usize, &(Label, &str))| Email {
        id: at.to_string(),
        line: 1,
        label: Some(label),
        kind: None,
        content: Content::Fields {
            from: String::new(),
            subject: String::new(),
            body: body.to_owned(),
        },
    };
    let mut builder = CorpusBuilder::new(
        &Recipe::default(),
        CorpusOptions {
            text: true,
            sequence: true,
            near_duplicates: true,
        },
    );
    builder.add(emails.iter().enumerate().map(mail).collect());
    builder.finish()
}

fn fit(entry: &dyn ModelEntry, settings: &Value, rows: &Rows<'_>) -> Result<(), String> {
    let grid = entry.grid(&entry.settings(settings).unwrap()).unwrap();
    let fitted = entry
        .fit_path(&grid[..1], &TrainingSet::new(rows, 1), &mut NoObserver)
        .map_err(|error| error.to_string())?;
    for mail in rows.examples() {
        let raw = fitted[0].classifier().raw(mail);
        assert!(
            raw.score.is_finite(),
            "{} with {settings}: a score of {}",
            entry.name(),
            raw.score
        );
    }
    let validated = fitted[0].classifier().validate(rows.matrix().columns());
    assert_eq!(validated, Ok(()), "{} with {settings}", entry.name());
    Ok(())
}

/// Fits every model, with its defaults and as close to the rows as it can be told to, to the
/// messages.
fn every_model_bears(emails: &[(Label, &str)]) {
    let corpus = corpus(emails);
    let rows = corpus.labelled_rows();
    let encoder = Encoder::learn(
        &corpus,
        &rows,
        &VocabularySettings::default(),
        TokenKinds::ALL,
    );
    for entry in spamlab::catalog().models() {
        let has_cost = entry
            .settings_table()
            .iter()
            .any(|setting| setting.name == "c");
        for settings in [json!({}), json!({ "c": 1e6 })]
            .iter()
            .take(1 + usize::from(has_cost))
        {
            let view = entry.view(&entry.settings(settings).unwrap()).unwrap();
            let encoded = encoder.encode(&corpus, &rows, view.representation);
            if let Err(why) = fit(entry, settings, &encoded) {
                assert!(
                    why.len() > 10 && !why.contains("NaN"),
                    "{}: {why}",
                    entry.name()
                );
            }
        }
    }
}

#[test]
fn mails_all_alike_are_borne() {
    every_model_bears(&[
        (Label::Ham, "the same words"),
        (Label::Spam, "the same words"),
        (Label::Ham, "the same words"),
    ]);
}

#[test]
fn one_mail_of_each_class_is_borne() {
    every_model_bears(&[(Label::Ham, "lunch at noon"), (Label::Spam, "cheap pills")]);
}

#[test]
fn mails_without_a_word_are_borne() {
    every_model_bears(&[(Label::Ham, ""), (Label::Spam, ""), (Label::Ham, "")]);
    every_model_bears(&[
        (Label::Ham, ""),
        (Label::Spam, "cheap pills"),
        (Label::Ham, ""),
        (Label::Spam, ""),
    ]);
}

#[test]
fn words_that_always_go_together_are_borne() {
    let (ham, spam) = (
        "lunch lunch noon noon see you",
        "cheap cheap pills pills buy now",
    );
    every_model_bears(&[
        (Label::Ham, ham),
        (Label::Spam, spam),
        (Label::Ham, ham),
        (Label::Spam, spam),
    ]);
}

/// Values of a million millions and of next to nothing, in rows of one's own; for a boundary any
/// numbers are rows, for a density they are counts.
#[test]
fn values_out_of_all_measure_are_borne() {
    let corpus = corpus(&[
        (Label::Ham, "a b"),
        (Label::Spam, "b c"),
        (Label::Ham, "c d"),
        (Label::Spam, "a d"),
    ]);
    for entry in spamlab::catalog()
        .models()
        .filter(|entry| entry.family() == Family::Discriminative)
    {
        let reads = entry
            .view(&entry.settings(&json!({})).unwrap())
            .unwrap()
            .representation;
        if matches!(reads, Representation::Bytes | Representation::TokenSequence) {
            continue;
        }
        for scale in [1e12, 1e-12] {
            let mut matrix = CsrMatrix::new(3);
            for row in [
                &[(0, scale), (1, 1.0)][..],
                &[(1, scale)],
                &[(0, 1.0), (2, scale)],
                &[(2, 1.0)],
            ] {
                matrix.push(row.iter().copied());
            }
            let rows = Rows::new(&corpus, vec![0, 1, 2, 3], matrix, Ragged::default());
            if let Err(why) = fit(entry, &json!({}), &rows) {
                assert!(why.len() > 10, "{}: {why}", entry.name());
            }
        }
    }
}

/// Fits that are cut short say so, and are fits all the same.
#[test]
fn one_pass_is_an_end_too() {
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

/// One spam among ham cannot be parted: some inner fold has none, and nothing is held out.
#[test]
fn an_inner_fold_of_one_class_is_borne() {
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
        .map(|entry| ModelSpec::new(entry, &json!({}), true).unwrap())
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
