//! The contract every model of both families keeps, over the whole table: a new model gets these
//! tests for its one row.

use serde_json::{Value, json};
use spamlab::base::mail::{Content, Email, Label};
use spamlab::base::math::{below, uniform};
use spamlab::base::streams::{Stream, random_stream};
use spamlab::dataset::features::{Encoder, GrowingEncoder, VocabularySettings};
use spamlab::dataset::{
    ClassCounts, Corpus, CorpusBuilder, CorpusOptions, CsrMatrix, Example, Ragged, Representation,
    Rows, StreamedCounts, TrainingSet,
};
use spamlab::model::Calibration;
use spamlab::model::Cost;
use spamlab::model::Family;
use spamlab::model::Fitted;
use spamlab::model::ModelEntry;
use spamlab::model::NoObserver;
use spamlab::model::Range;
use spamlab::model::SampleRequest;
use spamlab::model::Scale;
use spamlab::tokenize::{Recipe, TokenKinds};
use spamlab::train::{ModelSpec, TrainOptions, Training, train, train_counted};
use std::collections::BTreeMap;

const ALL: VocabularySettings = VocabularySettings {
    min_df: 1,
    max_features: None,
};

/// Mail of 24 words each from 40: spam prefers the first twenty by `contrast`, ham the last twenty.
fn emails(count: usize, contrast: f64, seed: u64) -> Vec<Email> {
    let mut rng = random_stream(seed, Stream::Test(1));
    (0..count)
        .map(|at| {
            let label = Label::from_is_spam(at % 3 == 0);
            let word = |rng: &mut dyn rand::Rng| {
                let own = uniform(rng) < f64::midpoint(1.0, contrast);
                let first_half = own == label.is_spam();
                let number = below(rng, 20) + if first_half { 0 } else { 20 };
                // Letters only: digits might be read as a class of their own.
                format!(
                    "w{}{}q",
                    char::from(b'a' + (number / 20) as u8),
                    char::from(b'a' + (number % 20) as u8)
                )
            };
            let body = (0..24)
                .map(|_| word(&mut rng))
                .collect::<Vec<_>>()
                .join(" ");
            Email {
                id: at.to_string(),
                label: Some(label),
                ..with_body(&body)
            }
        })
        .collect()
}

/// Ham with nothing but a body.
fn with_body(body: &str) -> Email {
    Email {
        id: String::new(),
        line: 1,
        label: Some(Label::Ham),
        kind: None,
        content: Content::Fields {
            from: String::new(),
            subject: String::new(),
            body: body.to_owned(),
        },
    }
}

fn corpus(emails: Vec<Email>) -> Corpus {
    let mut builder = CorpusBuilder::new(
        &Recipe::default(),
        CorpusOptions {
            text: true,
            sequence: true,
            near_duplicates: true,
        },
    );
    builder.add(emails);
    builder.finish()
}

fn fit(entry: &dyn ModelEntry, corpus: &Corpus, rows: &[usize]) -> (Encoder, Box<dyn Fitted>) {
    let settings = entry.settings(&json!({})).unwrap();
    let encoder = Encoder::learn(corpus, rows, &ALL, TokenKinds::ALL);
    let encoded = encoder.encode(corpus, rows, entry.view(&settings).unwrap().representation);
    let grid = entry.grid(&settings).unwrap();
    let fitted = entry
        .fit_path(&grid[..1], &TrainingSet::new(&encoded, 1), &mut NoObserver)
        .unwrap()
        .remove(0);
    (encoder, fitted)
}

/// What the model reads of a message unless told otherwise.
fn representation(entry: &dyn ModelEntry) -> Representation {
    let settings = entry.settings(&json!({})).unwrap();
    entry.view(&settings).unwrap().representation
}

/// Whether it reads values of columns, not bytes or tokens in order.
fn reads_columns(entry: &dyn ModelEntry) -> bool {
    !matches!(
        representation(entry),
        Representation::Bytes | Representation::TokenSequence
    )
}

fn scores(
    entry: &dyn ModelEntry,
    fitted: &dyn Fitted,
    encoder: &Encoder,
    corpus: &Corpus,
    rows: &[usize],
) -> Vec<f64> {
    let encoded = encoder.encode(corpus, rows, representation(entry));
    let raw = fitted.classifier().raw_batch(&encoded);
    raw.into_iter().map(|raw| raw.score).collect()
}

fn accuracy(scores: &[f64], corpus: &Corpus, rows: &[usize]) -> f64 {
    let right = scores
        .iter()
        .zip(rows)
        .filter(|&(score, &row)| Some(Label::from_is_spam(*score > 0.0)) == corpus.label(row));
    right.count() as f64 / rows.len() as f64
}

/// Runs a check on every model; there must be some.
fn every_model(check: impl FnMut(&'static dyn ModelEntry)) {
    assert!(spamlab::catalog().models().count() >= 4);
    spamlab::catalog().models().for_each(check);
}

#[test]
fn names_are_unique_and_families_have_members() {
    let names: std::collections::BTreeSet<_> =
        spamlab::catalog().models().map(ModelEntry::name).collect();
    assert_eq!(names.len(), spamlab::catalog().models().count());
    for family in [Family::Generative, Family::Discriminative] {
        assert!(
            spamlab::catalog()
                .models()
                .any(|entry| entry.family() == family && entry.is_default()),
            "{family}"
        );
    }
}

/// See `Learner::REFIT`.
#[test]
fn only_a_costly_model_of_bytes_keeps_its_first_fit() {
    every_model(|entry| {
        let can_keep =
            entry.cost() == Cost::Costly && representation(entry) == Representation::Bytes;
        assert!(entry.refits() || can_keep, "{}", entry.name());
    });
}

#[test]
fn it_separates_the_separable() {
    let corpus = corpus(emails(180, 1.0, 1));
    let (train, test): (Vec<usize>, Vec<usize>) = (0..corpus.len()).partition(|row| row % 4 != 0);
    every_model(|entry| {
        let (encoder, fitted) = fit(entry, &corpus, &train);
        let found = accuracy(
            &scores(entry, &*fitted, &encoder, &corpus, &test),
            &corpus,
            &test,
        );
        assert!(found == 1.0, "{}: {found}", entry.name());
    });
}

#[test]
fn it_beats_the_majority() {
    let corpus = corpus(emails(360, 0.35, 2));
    let (train, test): (Vec<usize>, Vec<usize>) = (0..corpus.len()).partition(|row| row % 4 != 0);
    every_model(|entry| {
        let (encoder, fitted) = fit(entry, &corpus, &train);
        let found = accuracy(
            &scores(entry, &*fitted, &encoder, &corpus, &test),
            &corpus,
            &test,
        );
        assert!(
            found > 0.8,
            "{}: {found}, the majority has 0.667",
            entry.name()
        );
    });
}

#[test]
fn one_class_is_refused_by_name() {
    let mut ham = emails(30, 1.0, 3);
    ham.retain(|mail| mail.label == Some(Label::Ham));
    let corpus = corpus(ham);
    every_model(|entry| {
        let rows = corpus.labelled_rows();
        let settings = entry.settings(&json!({})).unwrap();
        let encoder = Encoder::learn(&corpus, &rows, &ALL, TokenKinds::ALL);
        let encoded = encoder.encode(
            &corpus,
            &rows,
            entry.view(&settings).unwrap().representation,
        );
        let refused = entry
            .fit_path(&[settings], &TrainingSet::new(&encoded, 1), &mut NoObserver)
            .err()
            .unwrap();
        assert!(
            refused.to_string().contains("no spam"),
            "{}: {refused}",
            entry.name()
        );
    });
}

#[test]
fn unknown_and_out_of_range_settings_are_refused_by_name() {
    every_model(|entry| {
        let unknown = entry
            .settings(&json!({ "no_such_setting": 1 }))
            .unwrap_err()
            .to_string();
        assert!(
            unknown.contains("no_such_setting") && unknown.contains(entry.name()),
            "{unknown}"
        );
        for setting in entry.settings_table() {
            for value in [
                json!(-1e308),
                json!(1e308),
                json!("no such word"),
                json!(null),
                json!([1]),
            ] {
                let refused = entry
                    .settings(&json!({ setting.name: value }))
                    .unwrap_err()
                    .to_string();
                assert!(
                    refused.contains(&format!("{}.{}", entry.name(), setting.name)),
                    "{refused}"
                );
            }
        }
        let all = entry.settings(&json!({})).unwrap();
        let named: std::collections::BTreeSet<_> = entry
            .settings_table()
            .iter()
            .map(|setting| setting.name)
            .collect();
        let held: std::collections::BTreeSet<_> = all
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        assert_eq!(
            named,
            held,
            "{}: the table and the struct differ",
            entry.name()
        );
        assert_eq!(
            entry.settings(&all).unwrap(),
            all,
            "{}: its defaults are within its own ranges",
            entry.name()
        );
    });
}

#[test]
fn the_same_seed_gives_the_same_bits_at_any_number_of_threads() {
    let corpus = corpus(emails(90, 0.5, 4));
    let rows = corpus.labelled_rows();
    every_model(|entry| {
        let trained = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap();
            let choice = ModelSpec::new(entry, &json!({}), true).unwrap();
            let model = pool.install(|| {
                train(
                    &[choice],
                    &corpus,
                    &rows,
                    TrainOptions {
                        vocabulary: ALL,
                        ..TrainOptions::seeded(7)
                    },
                    &|| (),
                )
                .models
                .remove(0)
                .unwrap()
            });
            (
                model.fitted.save().unwrap(),
                model.calibration,
                model.settings,
            )
        };
        assert_eq!(trained(1), trained(1), "{}", entry.name());
        assert_eq!(trained(1), trained(4), "{}", entry.name());
    });
}

#[test]
fn saved_and_loaded_it_scores_the_same_bits_and_damaged_bytes_are_refused() {
    let corpus = corpus(emails(45, 0.5, 5));
    let rows = corpus.labelled_rows();
    every_model(|entry| {
        let (encoder, fitted) = fit(entry, &corpus, &rows);
        let bytes = fitted.save().unwrap();
        let loaded = entry.load(&bytes, encoder.len()).unwrap();
        let before = scores(entry, &*fitted, &encoder, &corpus, &rows);
        let after = scores(entry, &*loaded, &encoder, &corpus, &rows);
        assert!(
            before
                .iter()
                .zip(&after)
                .all(|(a, b)| a.to_bits() == b.to_bits()),
            "{}",
            entry.name()
        );
        // A model of bytes knows no vocabulary.
        assert_eq!(
            entry.load(&bytes, encoder.len() + 1).is_ok(),
            representation(entry) == Representation::Bytes,
            "{}: another vocabulary",
            entry.name()
        );
        assert!(
            entry
                .load(&[bytes.as_slice(), &[0]].concat(), encoder.len())
                .is_err(),
            "{}: too long",
            entry.name()
        );
        for cut in [0, 1, bytes.len() / 2, bytes.len() - 1] {
            assert!(
                entry.load(&bytes[..cut], encoder.len()).is_err(),
                "{}: cut at {cut}",
                entry.name()
            );
        }
        let mut rng = random_stream(6, Stream::Test(0));
        for _ in 0..200 {
            let mut damaged = bytes.clone();
            let at = below(&mut rng, damaged.len());
            damaged[at] ^= 1 << below(&mut rng, 8);
            // Refused or not, what comes back must be able to score without a panic.
            if let Ok(loaded) = entry.load(&damaged, encoder.len()) {
                scores(entry, &*loaded, &encoder, &corpus, &rows[..3]);
            }
        }
    });
}

#[test]
fn one_by_one_equals_batch_and_the_label_is_never_read() {
    let corpus_of_mails = corpus(emails(90, 0.5, 6));
    let mut turned = emails(90, 0.5, 6);
    for mail in &mut turned {
        mail.label = mail
            .label
            .map(|label| Label::from_is_spam(!label.is_spam()));
    }
    let turned = corpus(turned);
    let rows = corpus_of_mails.labelled_rows();
    every_model(|entry| {
        let (encoder, fitted) = fit(entry, &corpus_of_mails, &rows);
        let batch = scores(entry, &*fitted, &encoder, &corpus_of_mails, &rows);
        let encoded = encoder.encode(&corpus_of_mails, &rows, representation(entry));
        let single: Vec<f64> = encoded
            .examples()
            .map(|email| fitted.classifier().score(email))
            .collect();
        assert_eq!(batch, single, "{}", entry.name());
        let encoded_alone = rows
            .iter()
            .flat_map(|&row| scores(entry, &*fitted, &encoder, &corpus_of_mails, &[row]));
        assert_eq!(
            batch,
            encoded_alone.collect::<Vec<f64>>(),
            "{}",
            entry.name()
        );
        assert_eq!(
            batch,
            scores(entry, &*fitted, &encoder, &turned, &rows),
            "{}: labels were read",
            entry.name()
        );
    });
}

#[test]
fn scores_are_finite_on_an_empty_mail_and_on_twenty_thousand_tokens() {
    let corpus_of_mails = corpus(emails(90, 1.0, 7));
    let long = "waaq ".repeat(20_000);
    let mut all = emails(90, 1.0, 7);
    all.extend(["", &long, "unheard of"].map(with_body));
    let with_odd = corpus(all);
    every_model(|entry| {
        let (encoder, fitted) = fit(entry, &with_odd, &corpus_of_mails.labelled_rows());
        let found = scores(entry, &*fitted, &encoder, &with_odd, &[90, 91, 92]);
        assert!(
            found.iter().all(|score| score.is_finite()),
            "{}: {found:?}",
            entry.name()
        );
    });
}

#[test]
fn exact_evidence_adds_up_to_the_score_and_weights_agree_with_it() {
    let corpus = corpus(emails(90, 0.5, 8));
    let rows = corpus.labelled_rows();
    every_model(|entry| {
        let (encoder, fitted) = fit(entry, &corpus, &rows);
        let classifier = fitted.classifier();
        let encoded = encoder.encode(&corpus, &rows[..20], representation(entry));
        for mail in encoded.examples() {
            let (evidence, score) = (classifier.evidence(mail), classifier.score(mail));
            assert!(
                evidence.parts.iter().all(|(_, value)| value.is_finite()),
                "{}",
                entry.name()
            );
            if evidence.exact {
                let sum = evidence.total();
                assert!(
                    (sum - score).abs() < 1e-9 * (1.0 + score.abs()),
                    "{}: {sum} is not {score}",
                    entry.name()
                );
            }
            let Some(&first) = mail.columns.first() else {
                continue;
            };
            if let (Some(weight), true) = (classifier.weight(first), evidence.exact) {
                assert!(
                    (weight * mail.values[0] - evidence.parts[0].1).abs() < 1e-12,
                    "{}",
                    entry.name()
                );
            }
        }
    });
}

#[test]
fn its_family_tells_the_truth() {
    let corpus = corpus(emails(90, 0.5, 9));
    let rows = corpus.labelled_rows();
    every_model(|entry| {
        let (_, fitted) = fit(entry, &corpus, &rows);
        assert_eq!(
            fitted.classifier().as_sequence().is_some(),
            entry.generates_text(),
            "{}",
            entry.name()
        );
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
    });
}

#[test]
fn samples_of_a_generative_model_refit_to_nearly_the_same_parameters() {
    let corpus = corpus(emails(300, 0.6, 10));
    let rows = corpus.labelled_rows();
    let row_of = |label: Label| {
        *rows
            .iter()
            .find(|&&row| corpus.label(row) == Some(label))
            .unwrap()
    };
    let mut compared = Vec::new();
    for entry in spamlab::catalog()
        .models()
        .filter(|entry| entry.family() == Family::Generative)
    {
        // A model of occurrences must be refitted on occurrences: clipped to presence they would
        // follow another law.
        let counting = json!({ "representation": "counts" });
        let settings = entry
            .settings(&counting)
            .or_else(|_| entry.settings(&json!({})))
            .unwrap();
        let reads = entry.view(&settings).unwrap().representation;
        let grid = entry.grid(&settings).unwrap();
        let encoder = Encoder::learn(&corpus, &rows, &ALL, TokenKinds::ALL);
        let encoded = encoder.encode(&corpus, &rows, reads);
        let refit = |rows: &Rows<'_>| {
            entry
                .fit_path(&grid[..1], &TrainingSet::new(rows, 1), &mut NoObserver)
                .unwrap()
                .remove(0)
        };
        let fitted = refit(&encoded);
        let Some(model) = fitted.classifier().as_generative() else {
            continue;
        };
        // Where there are no weights to compare, the next test compares verdicts.
        if model.weight(0).is_none() {
            continue;
        }
        compared.push(entry.name());
        // 4,000 written messages of each class; each stands for a row of the corpus with its label.
        let mut rng = random_stream(11, Stream::Test(0));
        let mut matrix = CsrMatrix::new(encoder.len());
        let labels: Vec<Label> = (0..8_000)
            .map(|at| Label::from_is_spam(at % 2 == 0))
            .collect();
        for &label in &labels {
            let request = SampleRequest::of(label);
            matrix.push(values(&model.sample(&request, &mut rng).columns, reads));
        }
        let stand_ins = labels.iter().map(|&label| row_of(label)).collect();
        let again = refit(&Rows::new(&corpus, stand_ins, matrix, Ragged::default()));
        for column in 0..encoder.len() as u32 {
            let (said, found) = (
                model.weight(column).unwrap(),
                again.classifier().weight(column).unwrap(),
            );
            // Rare tokens are written some hundred times: four standard errors of their log ratio
            // are below 0.3.
            assert!(
                (said - found).abs() < 0.3,
                "{}: {said} was refitted as {found}",
                entry.name()
            );
        }
    }
    assert!(compared.len() >= 3, "only {compared:?} have weights");
}

/// Columns of a sample with their values, as a model that reads them so would see it.
fn values(columns: &[u32], reads: Representation) -> BTreeMap<u32, f64> {
    let mut values = BTreeMap::new();
    for &column in columns {
        let value = values.entry(column).or_insert(0.0);
        match reads {
            Representation::Binary => *value = 1.0,
            Representation::Frequencies => *value += 1.0 / columns.len() as f64,
            _ => *value += 1.0,
        }
    }
    values
}

/// Whatever a generative model writes, text or columns: who learns from it alone decides as the
/// writer does.
#[test]
fn what_is_learned_from_samples_decides_like_the_model_that_wrote_them() {
    const WRITTEN: usize = 100;
    let corpus_of_mails = corpus(emails(300, 0.6, 10));
    let rows = corpus_of_mails.labelled_rows();
    every_model(|entry| {
        let (encoder, fitted) = fit(entry, &corpus_of_mails, &rows);
        let Some(model) = fitted.classifier().as_generative() else {
            return;
        };
        let mut rng = random_stream(12, Stream::Test(0));
        let reads = representation(entry);
        let mut texts = Vec::new();
        let (mut matrix, mut tokens) = (CsrMatrix::new(encoder.len()), Ragged::default());
        for at in 0..WRITTEN {
            let label = Label::from_is_spam(at % 2 == 0);
            let sample = model.sample(&SampleRequest::of(label), &mut rng);
            texts.push(Email {
                label: Some(label),
                ..with_body(&String::from_utf8_lossy(&sample.text))
            });
            let in_order = reads == Representation::TokenSequence;
            matrix.push(if in_order {
                BTreeMap::new()
            } else {
                values(&sample.columns, reads)
            });
            tokens.push(sample.columns.into_iter().filter(|_| in_order));
        }
        let texts = corpus(texts);
        let samples = Rows::new(&texts, (0..WRITTEN).collect(), matrix, tokens);
        let settings = entry.settings(&json!({})).unwrap();
        let grid = entry.grid(&settings).unwrap();
        let data = TrainingSet::new(&samples, 1);
        let again = entry.fit_path(&grid[..1], &data, &mut NoObserver).unwrap();
        let [said, found] = [&fitted, &again[0]]
            .map(|fitted| scores(entry, &**fitted, &encoder, &corpus_of_mails, &rows));
        let alike = said
            .iter()
            .zip(&found)
            .filter(|(a, b)| a.signum() == b.signum())
            .count();
        // Samples that say nothing of their class would agree on a half.
        assert!(
            alike >= rows.len() * 9 / 10,
            "{}: {alike} of {} verdicts",
            entry.name(),
            rows.len()
        );
    });
}

/// Settings with which a model learns message by message, and a vocabulary can grow for it.
fn incremental_settings(entry: &dyn ModelEntry) -> Option<Value> {
    let words = entry.settings_table().iter().filter_map(|setting| {
        let Range::OneOf(words) = setting.range else {
            return None;
        };
        let given = words.iter().map(|word| json!({ setting.name: word }));
        Some(given.collect::<Vec<Value>>())
    });
    let given = std::iter::once(json!({})).chain(words.flatten());
    let all = given.map(|given| entry.settings(&given).unwrap());
    all.into_iter().find(|settings| {
        entry.incremental(settings).unwrap().is_some()
            && GrowingEncoder::new(entry.view(settings).unwrap()).is_some()
    })
}

#[test]
fn whoever_learns_message_by_message_tells_the_next_one() {
    let corpus = corpus(emails(240, 1.0, 13));
    let mut models = 0;
    every_model(|entry| {
        let Some(settings) = incremental_settings(entry) else {
            return;
        };
        let mut encoder = GrowingEncoder::new(entry.view(&settings).unwrap()).unwrap();
        let mut model = entry.incremental(&settings).unwrap().unwrap();
        let mut lost = Vec::new();
        for row in 0..corpus.len() {
            let email = encoder.encode(&corpus, row);
            let (email, label) = (email.example(), corpus.label(row).unwrap());
            let score = model.score(email);
            // Each is judged before it is learned from; the first sixty are for practice.
            assert!(
                row < 60 || (score > 0.0) == label.is_spam(),
                "{}: {row}",
                entry.name()
            );
            lost.push(model.learn(email, label));
        }
        let mean = |lost: &[f64]| lost.iter().sum::<f64>() / lost.len() as f64;
        assert!(
            mean(&lost[180..]) < mean(&lost[..60]) / 2.0,
            "{}",
            entry.name()
        );
        // It can be saved at any time, like any other.
        let saved = model.fitted(encoder.len()).unwrap().save().unwrap();
        assert!(
            entry.load(&saved, encoder.len()).is_ok(),
            "{}",
            entry.name()
        );
        models += 1;
    });
    assert!(models >= 4);
}

/// Settings of a grid may differ in anything, and each is fitted as if it were alone.
#[test]
fn a_grid_is_fitted_as_its_settings_one_by_one() {
    let corpus = corpus(emails(90, 0.5, 8));
    let rows = corpus.labelled_rows();
    let encoder = Encoder::learn(&corpus, &rows, &ALL, TokenKinds::ALL);
    every_model(|entry| {
        let closed = entry
            .settings_table()
            .iter()
            .filter_map(|row| Some((row.name, row.range.few_values()?)));
        for (name, values) in closed {
            let all: Vec<_> = values
                .iter()
                .map(|value| entry.settings(&json!({ name: value })).unwrap())
                .collect();
            let grid: Vec<_> = all
                .iter()
                .map(|settings| entry.grid(settings).unwrap().remove(0))
                .collect();
            let grid: Vec<_> = grid
                .into_iter()
                .filter(|settings| entry.applicable(settings, 90).is_ok())
                .collect();
            for alike in grid.chunk_by(|a, b| entry.view(a).unwrap() == entry.view(b).unwrap()) {
                let encoded = encoder.encode(
                    &corpus,
                    &rows,
                    entry.view(&alike[0]).unwrap().representation,
                );
                let data = TrainingSet::new(&encoded, 1);
                let together = entry.fit_path(alike, &data, &mut NoObserver).unwrap();
                assert_eq!(together.len(), alike.len());
                for (settings, fitted) in alike.iter().zip(&together) {
                    let alone = entry
                        .fit_path(std::slice::from_ref(settings), &data, &mut NoObserver)
                        .unwrap();
                    let same = alone[0].save().unwrap() == fitted.save().unwrap();
                    assert!(
                        same,
                        "{}: {settings} is fitted otherwise beside others",
                        entry.name()
                    );
                }
            }
        }
    });
}

#[test]
fn an_example_of_no_columns_is_a_mail_without_a_known_token() {
    let corpus_of_mails = corpus(emails(90, 0.5, 6));
    let mut all = emails(90, 0.5, 6);
    all.extend(["", "unheard of"].map(with_body));
    let with_strange = corpus(all);
    every_model(|entry| {
        let (encoder, fitted) = fit(entry, &with_strange, &corpus_of_mails.labelled_rows());
        let nothing = Example::sparse(&[], &[]);
        let model = fitted.classifier();
        let (evidence, score) = (model.evidence(nothing), model.score(nothing));
        assert!(score.is_finite(), "{}", entry.name());
        if !reads_columns(entry) {
            return;
        }
        assert!(evidence.parts.is_empty(), "{}: {evidence:?}", entry.name());
        assert!(
            (evidence.intercept - score).abs() < 1e-12 || !evidence.exact,
            "{}: {} is not {score}",
            entry.name(),
            evidence.intercept
        );
        assert_eq!(
            scores(entry, &*fitted, &encoder, &with_strange, &[90, 91]),
            [score; 2],
            "{}",
            entry.name()
        );
    });
}

/// Counts of the training mail and the mail itself must teach the same, to the bit.
#[test]
fn counts_teach_what_the_mails_teach() {
    let corpus = corpus(emails(300, 0.9, 5));
    let rows: Vec<usize> = (0..corpus.len()).collect();
    for entry in spamlab::catalog().models() {
        let settings = entry.settings(&json!({})).unwrap();
        let encoder = Encoder::learn(&corpus, &rows, &ALL, TokenKinds::ALL);
        let encoded = encoder.encode(
            &corpus,
            &rows,
            entry.view(&settings).unwrap().representation,
        );
        let data = TrainingSet::new(&encoded, 1);
        let grid = entry.grid(&settings).unwrap();
        let counted = entry.fit_counts(&grid, &ClassCounts::of(&data));
        assert_eq!(
            counted.is_ok(),
            entry.fits_from_counts(),
            "{}",
            entry.name()
        );
        let Ok(counted) = counted else { continue };
        let fitted = entry.fit_path(&grid, &data, &mut NoObserver).unwrap();
        for (counted, fitted) in counted.iter().zip(&fitted) {
            assert_eq!(
                counted.save().unwrap(),
                fitted.save().unwrap(),
                "{}",
                entry.name()
            );
        }
    }
}

/// A corpus that passes by in pieces trains the same parameters as one that is held.
#[test]
fn a_counted_pile_trains_the_same_model() {
    let corpus = corpus(emails(300, 0.9, 5));
    let rows: Vec<usize> = (0..corpus.len()).collect();
    let mut tally = StreamedCounts::new(&Recipe::default(), 1);
    tally.add(&corpus);
    let entries = spamlab::catalog()
        .models()
        .filter(|entry| entry.fits_from_counts());
    // What training would choose, it might choose otherwise from parts drawn otherwise.
    let fixed = |entry: &dyn ModelEntry| {
        let smoothed = entry
            .settings_table()
            .iter()
            .any(|setting| setting.name == "alpha");
        if smoothed {
            json!({"alpha": 0.1})
        } else {
            json!({})
        }
    };
    let choices: Vec<ModelSpec> = entries
        .map(|entry| ModelSpec::new(entry, &fixed(entry), true).unwrap())
        .collect();
    assert!(choices.len() >= 4);
    let vocabulary = VocabularySettings::default();
    let held = train(
        &choices,
        &corpus,
        &rows,
        TrainOptions {
            vocabulary,
            ..TrainOptions::seeded(1)
        },
        &|| (),
    );
    let counted = train_counted(
        &choices,
        &tally,
        TrainOptions {
            vocabulary,
            ..TrainOptions::seeded(1)
        },
        &|| (),
    );
    let tokens = |training: &Training, lexicon| {
        training
            .encoders
            .whole()
            .vocabulary(lexicon)
            .save()
            .unwrap()
    };
    assert_eq!(
        tokens(&held, corpus.lexicon()),
        tokens(&counted, tally.sample().lexicon())
    );
    for (held, counted) in held.models.iter().zip(&counted.models) {
        let (Ok(held), Ok(counted)) = (held, counted) else {
            panic!("a model was not trained")
        };
        assert_eq!(
            held.fitted.save().unwrap(),
            counted.fitted.save().unwrap(),
            "{}",
            held.entry.name()
        );
        assert!(
            !matches!(counted.calibration, Calibration::Identity),
            "{}",
            counted.entry.name()
        );
    }
}

/// A list of values is a grid: training takes the one that loses least on held-out mail, whatever
/// it makes the model read.
#[test]
fn of_several_values_training_chooses_the_best() {
    let corpus = corpus(emails(200, 0.5, 6));
    let rows = corpus.labelled_rows();
    let entry = spamlab::catalog().model("logistic").unwrap();
    let given = json!({ "c": [1e-6, 1.0], "representation": ["tfidf", "binary"] });
    let choice = ModelSpec::new(entry, &given, true).unwrap();
    assert_eq!(choice.candidates.len(), 4);
    let training = train(
        &[choice],
        &corpus,
        &rows,
        TrainOptions {
            vocabulary: ALL,
            ..TrainOptions::seeded(1)
        },
        &|| (),
    );
    let Ok(trained) = &training.models[0] else {
        panic!("it was not trained")
    };
    assert_eq!(trained.facts.tried.len(), 4);
    let best = trained
        .facts
        .tried
        .iter()
        .min_by(|a, b| a.log_loss_bits.total_cmp(&b.log_loss_bits))
        .unwrap();
    assert_eq!(trained.settings, best.settings);
    assert_eq!(
        trained.settings["c"], 1.0,
        "next to nothing is learned at C = 1e-6"
    );
    for refused in [
        json!({ "c": [] }),
        json!({ "c": [1.0, -1.0] }),
        json!({ "c": [[1.0]] }),
    ] {
        assert!(ModelSpec::new(entry, &refused, true).is_err(), "{refused}");
    }
}
