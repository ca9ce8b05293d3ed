//! Damaged bytes of a model: they are refused, or they make a model that scores without a panic,
//! read whole as well as narrowed to one message. There is no checksum in front of the reader here.

use super::narrowed::{has_tables, narrowed, touched};
use super::{corpus, emails, every_model, fit, representation};
use spamlab::base::math::below;
use spamlab::base::parts::{PartReader, Parts};
use spamlab::base::streams::{Stream, random_stream};
use spamlab::dataset::Example;
use spamlab::model::ModelEntry;
use spamlab::model::tables::Touched;

/// Scores a message, if the model can be read, whole and narrowed.
fn score(entry: &dyn ModelEntry, bytes: &[u8], all: usize, email: Example<'_>) -> [Option<f64>; 2] {
    let whole = entry.load(bytes, all).ok();
    let whole = whole.map(|loaded| loaded.classifier().raw(email).score);
    let columns = touched(email);
    let [tokens, of_email] = [email.tokens, email.columns].map(|all| narrowed(all, &columns));
    let of_message = Touched {
        columns: &columns,
        tokens: &tokens,
    };
    let loaded = entry.load_touched(&mut &*bytes, all, Some(of_message)).ok();
    let narrow = loaded.map(|loaded| {
        let narrow = Example {
            tokens: &tokens,
            columns: &of_email,
            ..email
        };
        loaded.classifier().raw(narrow).score
    });
    [whole, narrow]
}

fn parts(mut bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut reader = PartReader::new(&mut bytes).unwrap();
    let parts = 0..reader.len();
    parts.map(|part| reader.whole(part).unwrap()).collect()
}

fn joined(parts: Vec<Vec<u8>>) -> Vec<u8> {
    let mut joined = Parts::default();
    for part in parts {
        joined.push(part);
    }
    joined.to_bytes()
}

/// The bytes with a bit turned, or a number in them overwritten.
fn changed(bytes: &[u8], rng: &mut dyn rand::Rng) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let at = below(rng, bytes.len());
    let numbers = [0, 1, 7, u32::MAX].map(u32::to_le_bytes);
    if below(rng, 2) == 0 {
        bytes[at] ^= 1 << below(rng, 8);
    } else {
        let number = numbers[below(rng, numbers.len())];
        let place = at / 4 * 4;
        let end = bytes.len().min(place + 4);
        bytes[place..end].copy_from_slice(&number[..end - place]);
    }
    bytes
}

/// The bytes with a part missing, there twice, in another's place, empty or shorter.
fn of_other_parts(bytes: &[u8]) -> Vec<Vec<u8>> {
    let whole = parts(bytes);
    let mut all = vec![joined(Vec::new())];
    for at in 0..whole.len() {
        let with = |change: &dyn Fn(&mut Vec<Vec<u8>>)| {
            let mut parts = whole.clone();
            change(&mut parts);
            joined(parts)
        };
        all.push(with(&|parts| drop(parts.remove(at))));
        all.push(with(&|parts| parts.truncate(at)));
        all.push(with(&|parts| parts.insert(at, parts[at].clone())));
        all.push(with(&|parts| parts.swap(0, at)));
        all.push(with(&|parts| parts.push(Vec::new())));
        let length = whole[at].len();
        for less in [1, 4, 8, 12, length / 2, length] {
            all.push(with(&|parts| {
                parts[at].truncate(length.saturating_sub(less));
            }));
        }
    }
    all.retain(|damaged| damaged != bytes);
    all
}

#[test]
fn damaged_bytes_are_refused_or_score_without_a_panic() {
    let corpus = corpus(emails(45, 0.5, 5));
    let rows = corpus.labelled_rows();
    every_model(|entry| {
        let (encoder, fitted) = fit(entry, &corpus, &rows);
        let bytes = fitted.save().unwrap();
        let encoded = encoder.encode(&corpus, &rows[..3], representation(entry));
        let mut rng = random_stream(6, Stream::Test(0));
        let tries = if has_tables(&bytes) { 300 } else { 100 };
        for round in 0..tries {
            score(
                entry,
                &changed(&bytes, &mut rng),
                encoder.len(),
                encoded.example(round % 3),
            );
        }
    });
}

#[test]
fn parts_that_are_missing_or_cut_are_refused() {
    let corpus = corpus(emails(45, 0.5, 5));
    let rows = corpus.labelled_rows();
    every_model(|entry| {
        let (encoder, fitted) = fit(entry, &corpus, &rows);
        let bytes = fitted.save().unwrap();
        let encoded = encoder.encode(&corpus, &rows[..1], representation(entry));
        for (at, damaged) in of_other_parts(&bytes).iter().enumerate() {
            // Narrowed it may score: what the message does not touch is not looked at.
            let [whole, _] = score(entry, damaged, encoder.len(), encoded.example(0));
            assert_eq!(whole, None, "{} {at}", entry.name());
        }
        if !has_tables(&bytes) {
            return;
        }
        // Narrowed, the model of another vocabulary is refused as it is whole.
        for columns in [encoder.len() - 1, encoder.len() + 1] {
            let found = score(entry, &bytes, columns, encoded.example(0));
            assert_eq!(found, [None; 2], "{}", entry.name());
        }
    });
}
