//! A model of which only what one message touches is read scores it to the same bits.

use super::{corpus, emails, every_model, fit, representation, with_body};
use spamlab::base::parts::PartReader;
use spamlab::dataset::{Example, UNKNOWN};
use spamlab::model::tables::Touched;
use spamlab::model::{Evidence, EvidencePlace, Fitted, ModelEntry};
use std::collections::BTreeSet;

/// Whether it keeps tables, of which a part can be read.
pub fn has_tables(mut bytes: &[u8]) -> bool {
    PartReader::new(&mut bytes).unwrap().len() > 1
}

/// The columns that a message touches, ascending.
pub fn touched(email: Example<'_>) -> Vec<u32> {
    let tokens = email.tokens.iter().filter(|&&token| token != UNKNOWN);
    let all: BTreeSet<u32> = email.columns.iter().chain(tokens).copied().collect();
    all.into_iter().collect()
}

/// Some columns as those of a model that was narrowed to others.
pub fn narrowed(columns: &[u32], to: &[u32]) -> Vec<u32> {
    let place = |column| to.binary_search(column).map_or(UNKNOWN, |at| at as u32);
    columns.iter().map(place).collect()
}

/// Evidence with the columns of the whole model.
fn widened(evidence: Evidence, columns: &[u32]) -> Evidence {
    let part = |(place, value)| match place {
        EvidencePlace::Column(at) => (EvidencePlace::Column(columns[at as usize]), value),
        other => (other, value),
    };
    Evidence {
        parts: evidence.parts.into_iter().map(part).collect(),
        ..evidence
    }
}

fn check(entry: &dyn ModelEntry, whole: &dyn Fitted, bytes: &[u8], all: usize, email: Example<'_>) {
    let columns = touched(email);
    let tokens = narrowed(email.tokens, &columns);
    let of_message = Touched {
        columns: &columns,
        tokens: &tokens,
    };
    let loaded = entry.load_touched(&mut &bytes[..], all, Some(of_message));
    let loaded = loaded.unwrap_or_else(|error| panic!("{}: {error}", entry.name()));
    let of_email = narrowed(email.columns, &columns);
    let narrow = Example {
        tokens: &tokens,
        columns: &of_email,
        ..email
    };
    let (whole, loaded) = (whole.classifier(), loaded.classifier());
    assert!(whole.raw(email) == loaded.raw(narrow), "{}", entry.name());
    let evidence = widened(loaded.evidence(narrow), &columns);
    assert_eq!(whole.evidence(email), evidence, "{}", entry.name());
}

#[test]
fn narrowed_to_a_message_it_scores_the_same_bits() {
    let mut all = emails(90, 0.5, 9);
    let rows: Vec<usize> = (0..90).collect();
    all.extend(["", "unheard of", "waaq wbbq unheard waaq wbbq waaq waaq"].map(with_body));
    all.extend(emails(20, 0.2, 10));
    let corpus = corpus(all);
    let mut names = BTreeSet::new();
    every_model(|entry| {
        let (encoder, fitted) = fit(entry, &corpus, &rows);
        let bytes = fitted.save().unwrap();
        if !has_tables(&bytes) {
            return;
        }
        names.insert(entry.name());
        let rows: Vec<usize> = (85..corpus.len()).collect();
        let encoded = encoder.encode(&corpus, &rows, representation(entry));
        for email in encoded.examples() {
            check(entry, &*fitted, &bytes, encoder.len(), email);
        }
    });
    let default = [
        "multinomial",
        "bernoulli",
        "complement",
        "word-ngram",
        "logistic",
        "svm",
        "nb-svm",
    ];
    for name in default {
        assert!(names.contains(name), "{name} is read whole");
    }
}
