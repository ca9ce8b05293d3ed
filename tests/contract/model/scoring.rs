//! Scores: they tell the classes apart, mean what they say, and do not depend on company.

use super::{corpus, emails, every_model, fit, reads_columns, representation, scores, with_body};
use spamlab::base::mail::Label;
use spamlab::dataset::{Corpus, Example, Representation};
use spamlab::model::{Classifier, Family, ModelEntry};
use std::collections::BTreeSet;

#[test]
fn names_are_unique_and_families_have_members() {
    let catalog = spamlab::catalog();
    let names: BTreeSet<_> = catalog.models().map(ModelEntry::name).collect();
    assert_eq!(names.len(), catalog.models().count());
    for family in [Family::Generative, Family::Discriminative] {
        let mut models = catalog.models();
        let member = models.any(|entry| entry.family() == family && entry.is_default());
        assert!(member, "{family}");
    }
}

/// Share of every fourth message that a model trained on the others gets right.
fn tested(entry: &dyn ModelEntry, corpus: &Corpus) -> f64 {
    let (train, test): (Vec<usize>, Vec<usize>) = (0..corpus.len()).partition(|row| row % 4 != 0);
    let (encoder, fitted) = fit(entry, corpus, &train);
    let scores = scores(entry, &*fitted, &encoder, corpus, &test);
    let right = scores
        .iter()
        .zip(&test)
        .filter(|&(score, &row)| Some(Label::from_is_spam(*score > 0.0)) == corpus.label(row));
    right.count() as f64 / test.len() as f64
}

#[test]
fn it_separates_the_separable() {
    let corpus = corpus(emails(180, 1.0, 1));
    every_model(|entry| assert_eq!(tested(entry, &corpus), 1.0, "{}", entry.name()));
}

#[test]
fn it_beats_the_majority() {
    let corpus = corpus(emails(360, 0.35, 2));
    every_model(|entry| {
        let found = tested(entry, &corpus);
        let name = entry.name();
        assert!(found > 0.8, "{name}: {found}, the majority has 0.667");
    });
}

#[test]
fn a_message_scores_the_same_alone_and_in_a_batch() {
    let corpus = corpus(emails(90, 0.5, 6));
    let rows = corpus.labelled_rows();
    every_model(|entry| {
        let (encoder, fitted) = fit(entry, &corpus, &rows);
        let of = |rows: &[usize]| scores(entry, &*fitted, &encoder, &corpus, rows);
        let batch = of(&rows);
        let encoded = encoder.encode(&corpus, &rows, representation(entry));
        let examples = encoded.examples();
        let single: Vec<f64> = examples.map(|of| fitted.classifier().score(of)).collect();
        assert_eq!(batch, single, "{}", entry.name());
        let encoded_alone: Vec<f64> = rows.iter().flat_map(|&row| of(&[row])).collect();
        assert_eq!(batch, encoded_alone, "{}", entry.name());
    });
}

#[test]
fn scoring_never_reads_the_label() {
    let mut turned = emails(90, 0.5, 6);
    for email in &mut turned {
        let other = |label: Label| Label::from_is_spam(!label.is_spam());
        email.label = email.label.map(other);
    }
    let (told, turned) = (corpus(emails(90, 0.5, 6)), corpus(turned));
    let rows = told.labelled_rows();
    every_model(|entry| {
        let (encoder, fitted) = fit(entry, &told, &rows);
        let of = |corpus: &Corpus| scores(entry, &*fitted, &encoder, corpus, &rows);
        assert_eq!(of(&told), of(&turned), "{}", entry.name());
    });
}

#[test]
fn scores_are_finite_on_an_empty_message_and_on_twenty_thousand_tokens() {
    let rows: Vec<usize> = (0..90).collect();
    let long = "waaq ".repeat(20_000);
    let mut all = emails(90, 1.0, 7);
    all.extend(["", &long, "unheard of"].map(with_body));
    let corpus = corpus(all);
    every_model(|entry| {
        let (encoder, fitted) = fit(entry, &corpus, &rows);
        let found = scores(entry, &*fitted, &encoder, &corpus, &[90, 91, 92]);
        let finite = found.iter().all(|score| score.is_finite());
        assert!(finite, "{}: {found:?}", entry.name());
    });
}

#[test]
fn exact_evidence_adds_up_to_the_score_and_weights_agree_with_it() {
    let corpus = corpus(emails(90, 0.5, 8));
    let rows = corpus.labelled_rows();
    every_model(|entry| {
        let (encoder, fitted) = fit(entry, &corpus, &rows);
        let encoded = encoder.encode(&corpus, &rows[..20], representation(entry));
        for email in encoded.examples() {
            check_evidence(entry.name(), fitted.classifier(), email);
        }
    });
}

fn check_evidence(name: &str, classifier: &dyn Classifier, email: Example<'_>) {
    let (evidence, score) = (classifier.evidence(email), classifier.score(email));
    let finite = evidence.parts.iter().all(|(_, value)| value.is_finite());
    assert!(finite, "{name}");
    if !evidence.exact {
        return;
    }
    let sum = evidence.total();
    let close = (sum - score).abs() < 1e-9 * (1.0 + score.abs());
    assert!(close, "{name}: {sum} is not {score}");
    let Some(&first) = email.columns.first() else {
        return;
    };
    if let Some(weight) = classifier.weight(first) {
        let difference = weight * f64::from(email.values[0]) - evidence.parts[0].1;
        assert!(difference.abs() < 1e-12, "{name}");
    }
}

#[test]
fn an_example_of_no_columns_is_a_message_without_a_known_token() {
    let rows: Vec<usize> = (0..90).collect();
    let mut all = emails(90, 0.5, 6);
    all.extend(["", "unheard of"].map(with_body));
    let corpus = corpus(all);
    every_model(|entry| {
        let name = entry.name();
        let (encoder, fitted) = fit(entry, &corpus, &rows);
        let nothing = Example::sparse(&[], &[]);
        let model = fitted.classifier();
        let (evidence, score) = (model.evidence(nothing), model.score(nothing));
        assert!(score.is_finite(), "{name}");
        if !reads_columns(entry) {
            return;
        }
        assert!(evidence.parts.is_empty(), "{name}: {evidence:?}");
        let intercept = evidence.intercept;
        let close = (intercept - score).abs() < 1e-12 || !evidence.exact;
        assert!(close, "{name}: {intercept} is not {score}");
        let unknown = scores(entry, &*fitted, &encoder, &corpus, &[90, 91]);
        assert_eq!(unknown, [score; 2], "{name}");
    });
}

#[test]
fn saved_and_loaded_it_scores_the_same_bits() {
    let corpus = corpus(emails(45, 0.5, 5));
    let rows = corpus.labelled_rows();
    every_model(|entry| {
        let (encoder, fitted) = fit(entry, &corpus, &rows);
        let loaded = entry.load(&fitted.save().unwrap(), encoder.len()).unwrap();
        let [before, after] = [&fitted, &loaded].map(|fitted| {
            let scores = scores(entry, &**fitted, &encoder, &corpus, &rows);
            scores.into_iter().map(f64::to_bits).collect::<Vec<_>>()
        });
        assert_eq!(before, after, "{}", entry.name());
    });
}

#[test]
fn bytes_cut_short_drawn_out_or_of_another_vocabulary_are_refused() {
    let corpus = corpus(emails(45, 0.5, 5));
    let rows = corpus.labelled_rows();
    every_model(|entry| {
        let (encoder, fitted) = fit(entry, &corpus, &rows);
        let bytes = fitted.save().unwrap();
        let loads = |bytes: &[u8], columns: usize| entry.load(bytes, columns).is_ok();
        let name = entry.name();
        // A model of bytes knows no vocabulary.
        let of_bytes = representation(entry) == Representation::Bytes;
        let elsewhere = loads(&bytes, encoder.len() + 1);
        assert_eq!(elsewhere, of_bytes, "{name}: another vocabulary");
        let long = [&bytes[..], &[0]].concat();
        assert!(!loads(&long, encoder.len()), "{name}: too long");
        for cut in [0, 1, bytes.len() / 2, bytes.len() - 1] {
            assert!(!loads(&bytes[..cut], encoder.len()), "{name}: cut at {cut}");
        }
    });
}
