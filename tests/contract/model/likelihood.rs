//! Families: who says that it generates has likelihoods, and its samples teach what it learned.

use super::{
    corpus, defaults, emails, encoder, every_model, fit, fit_rows, representation, scores,
    with_body,
};
use serde_json::json;
use spamlab::base::mail::{Email, Label};
use spamlab::base::streams::{Stream, random_stream};
use spamlab::dataset::{Corpus, CsrMatrix, Example, Ragged, Representation, Rows};
use spamlab::model::{Family, Generative, SampleRequest, Scale};
use spamlab::results::Bound;
use std::collections::BTreeMap;

#[test]
fn its_family_tells_the_truth() {
    let corpus = corpus(emails(90, 0.5, 9));
    let rows = corpus.labelled_rows();
    every_model(|entry| {
        let (_, fitted) = fit(entry, &corpus, &rows);
        // A model of text may predict longer strings than bytes; one of bytes is one of text.
        let of_bytes = fitted.classifier().as_sequence().is_some();
        assert!(!of_bytes || entry.generates_text(), "{}", entry.name());
        match (entry.family(), fitted.classifier().as_generative()) {
            (Family::Discriminative, found) => assert!(found.is_none(), "{}", entry.name()),
            // One that has no likelihood belongs to the family, but must not claim that its score
            // is one of log-odds.
            (Family::Generative, None) => {
                assert_ne!(
                    fitted.classifier().scale(),
                    Scale::LogOdds,
                    "{} has no likelihood",
                    entry.name()
                );
            }
            (Family::Generative, Some(model)) => {
                let priors: f64 = Label::BOTH
                    .iter()
                    .map(|&label| model.log_prior(label).exp())
                    .sum();
                assert!(
                    (priors - 1.0).abs() < 1e-12,
                    "{}: the priors sum to {priors}",
                    entry.name()
                );
            }
        }
    });
}

/// What a model leaves out of its code length is missing from calibration and from bits per byte.
#[test]
fn a_code_length_is_that_of_its_likelihoods_and_a_model_of_bytes_counts_them() {
    let corpus = corpus(emails(90, 0.5, 9));
    let rows = corpus.labelled_rows();
    every_model(|entry| {
        let (encoder, fitted) = fit(entry, &corpus, &rows);
        let model = fitted.classifier();
        let email = encoder.encode(&corpus, &rows[..1], representation(entry));
        let email = email.example(0);
        let code_length = model.raw(email).code_length;
        let writes_bytes =
            representation(entry) == Representation::Bytes && entry.family() == Family::Generative;
        if writes_bytes || model.as_sequence().is_some() {
            let bytes = code_length.and_then(|code_length| code_length.bytes);
            assert_eq!(bytes, Some(email.text.len()), "{}", entry.name());
        }
        let (Some(code_length), Some(generative)) = (code_length, model.as_generative()) else {
            return;
        };
        assert_eq!(
            code_length.log_likelihood,
            generative.log_likelihoods(email),
            "{}",
            entry.name()
        );
        assert_eq!(code_length.bound, generative.bound(), "{}", entry.name());
        assert!(code_length.symbols >= 1.0, "{}", entry.name());
        // A bound by draws of a latent vector has terms that are no symbols, and the mean that
        // calibration weighs is one over all terms.
        let has_latent = generative.importance_weighted(email, 2).is_some();
        assert_eq!(code_length.latent > 0, has_latent, "{}", entry.name());
        let raw = model.raw(email);
        let terms = code_length.symbols + code_length.latent as f64;
        assert_eq!(raw.mean(), Some(raw.score / terms), "{}", entry.name());
    });
}

/// Given that there are two words, one of all pairs of words was drawn: their probabilities add up
/// to 1, to no more where the likelihood is a lower bound. With a multinomial coefficient, or of
/// words that count once, they would not.
#[test]
fn a_likelihood_of_words_is_one_of_the_words_in_order() {
    let corpus = corpus(emails(90, 0.5, 9));
    let rows = corpus.labelled_rows();
    let encoder = encoder(&corpus, &rows);
    let columns = encoder.len() as u32;
    let mut of_words = Vec::new();
    every_model(|entry| {
        let in_order = representation(entry) == Representation::TokenSequence;
        let reads = if in_order {
            Representation::TokenSequence
        } else {
            Representation::Counts
        };
        let generative = entry.family() == Family::Generative;
        if !generative || entry.generates_text() {
            return;
        }
        let fitted = fit_rows(
            entry,
            &defaults(entry),
            &encoder.encode(&corpus, &rows, reads),
        );
        let Some(model) = fitted.classifier().as_generative() else {
            return;
        };
        let Some(bound) = model.of_words() else {
            return;
        };
        of_words.push(entry.name());
        let p = |pair: [u32; 2]| {
            let twice = pair[0] == pair[1];
            let values: &[f32] = if twice { &[2.0] } else { &[1.0, 1.0] };
            let email = Example {
                tokens: if in_order { &pair } else { &[] },
                ..Example::sparse(&pair[..values.len()], values)
            };
            model.log_likelihoods(email).map(f64::exp)
        };
        let mut sums = [0.0; 2];
        for pair in (0..columns).flat_map(|a| (0..columns).map(move |b| [a, b])) {
            let [ham, spam] = p(pair);
            sums = [sums[0] + ham, sums[1] + spam];
        }
        for sum in sums {
            let sound = match bound {
                Bound::Exact => (sum - 1.0).abs() < 1e-9,
                Bound::Lower => sum > 0.0 && sum < 1.0,
            };
            assert!(sound, "{}: {sum}", entry.name());
        }
    });
    let expected = ["multinomial", "mixture", "word-ngram", "polya", "vae"];
    assert_eq!(of_words, expected);
}

#[test]
fn samples_of_a_generative_model_refit_to_nearly_the_same_parameters() {
    let corpus = corpus(emails(300, 0.6, 10));
    let rows = corpus.labelled_rows();
    let encoder = encoder(&corpus, &rows);
    let mut compared = Vec::new();
    every_model(|entry| {
        // A model of occurrences must be refitted on occurrences: clipped to presence they would
        // follow another law.
        let counting = entry.settings(&json!({ "representation": "counts" }));
        let settings = counting.unwrap_or_else(|_| defaults(entry));
        let reads = entry.view(&settings).unwrap().representation;
        let fitted = fit_rows(entry, &settings, &encoder.encode(&corpus, &rows, reads));
        let Some(model) = fitted.classifier().as_generative() else {
            return;
        };
        // Where there are no weights to compare, the next test compares verdicts.
        if model.weight(0).is_none() {
            return;
        }
        compared.push(entry.name());
        let samples = samples(model, reads, &corpus, encoder.len());
        let again = fit_rows(entry, &settings, &samples);
        for column in 0..encoder.len() as u32 {
            let said = model.weight(column).unwrap();
            let found = again.classifier().weight(column).unwrap();
            // Rare tokens are sampled some hundred times: four standard errors of their log ratio
            // are below 0.3.
            let close = (said - found).abs() < 0.3;
            assert!(close, "{}: {said} was refitted as {found}", entry.name());
        }
    });
    assert!(compared.len() >= 3, "only {compared:?} have weights");
}

/// 4,000 sampled messages of each class; each stands for a row of the corpus with its label.
fn samples<'c>(
    model: &dyn Generative,
    reads: Representation,
    corpus: &'c Corpus,
    columns: usize,
) -> Rows<'c> {
    let mut rng = random_stream(11, Stream::Test(0));
    let mut matrix = CsrMatrix::new(columns);
    let mut stand_ins = Vec::new();
    for at in 0..8_000 {
        let label = Label::from_is_spam(at % 2 == 0);
        let sample = model.sample(&SampleRequest::of(label), &mut rng);
        matrix.push(values(&sample.columns, reads));
        let mut rows = 0..corpus.len();
        stand_ins.extend(rows.find(|&row| corpus.label(row) == Some(label)));
    }
    Rows::new(corpus, stand_ins, matrix, Ragged::default())
}

/// Columns of a sample with their values, as a model that reads them so would see it.
fn values(columns: &[u32], reads: Representation) -> BTreeMap<u32, f32> {
    let mut values = BTreeMap::new();
    for &column in columns {
        let value = values.entry(column).or_insert(0.0);
        match reads {
            Representation::Binary => *value = 1.0,
            Representation::Frequencies => *value += 1.0 / columns.len() as f32,
            _ => *value += 1.0,
        }
    }
    values
}

/// Whatever a generative model samples, text or columns: who learns from it alone decides as the
/// model does.
#[test]
fn what_is_learned_from_samples_decides_like_the_model_that_gave_them() {
    const SAMPLES: usize = 100;
    let corpus_of_emails = corpus(emails(300, 0.6, 10));
    let rows = corpus_of_emails.labelled_rows();
    every_model(|entry| {
        let (encoder, fitted) = fit(entry, &corpus_of_emails, &rows);
        let Some(model) = fitted.classifier().as_generative() else {
            return;
        };
        let mut rng = random_stream(12, Stream::Test(0));
        let reads = representation(entry);
        let in_order = reads == Representation::TokenSequence;
        let mut texts = Vec::new();
        let (mut matrix, mut tokens) = (CsrMatrix::new(encoder.len()), Ragged::default());
        for at in 0..SAMPLES {
            let label = Label::from_is_spam(at % 2 == 0);
            let sample = model.sample(&SampleRequest::of(label), &mut rng);
            texts.push(Email {
                label: Some(label),
                ..with_body(&String::from_utf8_lossy(&sample.text))
            });
            matrix.push(if in_order {
                BTreeMap::new()
            } else {
                values(&sample.columns, reads)
            });
            tokens.push(sample.columns.into_iter().filter(|_| in_order));
        }
        let texts = corpus(texts);
        let samples = Rows::new(&texts, (0..SAMPLES).collect(), matrix, tokens);
        let again = fit_rows(entry, &defaults(entry), &samples);
        let [said, found] = [&fitted, &again]
            .map(|fitted| scores(entry, &**fitted, &encoder, &corpus_of_emails, &rows));
        let pairs = said.iter().zip(&found);
        let alike = pairs.filter(|(a, b)| a.signum() == b.signum()).count();
        // Samples that say nothing of their class would agree on a half.
        let (name, all) = (entry.name(), rows.len());
        assert!(alike >= all * 9 / 10, "{name}: {alike} of {all} verdicts");
    });
}
