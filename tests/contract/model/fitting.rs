//! Fits: from what, with which settings, and that the same comes out of the same.

use super::{corpus, defaults, emails, encoder, every_model, knowing_all, representation, small};
use serde_json::{Value, json};
use spamlab::base::mail::Label;
use spamlab::dataset::features::{Encoder, GrowingEncoder, VocabularySettings, stored_vocabulary};
use spamlab::dataset::{ClassCounts, Corpus, Representation, StreamedCounts, TrainingSet};
use spamlab::model::{Calibration, Cost, Family, ModelEntry, Needs, NoObserver, Range, RawOutput};
use spamlab::tokenize::{Lexicon, Recipe, TokenKinds};
use spamlab::train::{ModelSpec, TrainOptions, Trained, Training, train, train_counted};
use std::collections::BTreeSet;

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
fn one_class_is_refused_by_name() {
    let mut ham = emails(30, 1.0, 3);
    ham.retain(|email| email.label == Some(Label::Ham));
    let corpus = corpus(ham);
    let rows = corpus.labelled_rows();
    let encoder = encoder(&corpus, &rows);
    every_model(|entry| {
        let encoded = encoder.encode(&corpus, &rows, representation(entry));
        let data = TrainingSet::new(&encoded, 1);
        let fitted = entry.fit_path(&[defaults(entry)], &data, &mut NoObserver);
        let refused = fitted.err().unwrap().to_string();
        assert!(refused.contains("no spam"), "{}: {refused}", entry.name());
    });
}

#[test]
fn unknown_settings_are_refused_by_name() {
    every_model(|entry| {
        let unknown = entry.settings(&json!({ "no_such_setting": 1 }));
        let refused = unknown.unwrap_err().to_string();
        let named = refused.contains("no_such_setting") && refused.contains(entry.name());
        assert!(named, "{refused}");
    });
}

#[test]
fn settings_out_of_range_are_refused_by_name() {
    let values = json!([-1e308, 1e308, "no such word", null, [1]]);
    every_model(|entry| {
        for setting in entry.settings_table() {
            let name = format!("{}.{}", entry.name(), setting.name);
            for value in values.as_array().unwrap() {
                let refused = entry.settings(&json!({ setting.name: value }));
                let refused = refused.unwrap_err().to_string();
                assert!(refused.contains(&name), "{refused}");
            }
        }
    });
}

#[test]
fn the_table_of_settings_names_all_and_its_defaults_are_within_their_ranges() {
    every_model(|entry| {
        let all = defaults(entry);
        let table = entry.settings_table().iter();
        let named: BTreeSet<&str> = table.map(|setting| setting.name).collect();
        let held = all.as_object().unwrap().keys().map(String::as_str);
        assert_eq!(named, held.collect(), "{}", entry.name());
        assert_eq!(entry.settings(&all).unwrap(), all, "{}", entry.name());
    });
}

#[test]
fn the_same_seed_gives_the_same_bits_at_any_number_of_threads() {
    let corpus = corpus(emails(90, 0.5, 4));
    let rows = corpus.labelled_rows();
    every_model(|entry| {
        let trained = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
            let choice = ModelSpec::new(entry, &small(entry.name()), true).unwrap();
            let train = || train(&[choice], &corpus, &rows, knowing_all(7), &|| ());
            let mut training = pool.build().unwrap().install(train);
            let model = training.models.remove(0).unwrap();
            let bytes = model.fitted.save().unwrap();
            (bytes, model.calibration, model.settings)
        };
        assert_eq!(trained(1), trained(1), "{}", entry.name());
        assert_eq!(trained(1), trained(4), "{}", entry.name());
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
    all.into_iter()
        .find(|settings| entry.incremental(settings).unwrap().is_some())
}

/// An encoder whose vocabulary is every token of these kinds, as one that grows has it.
fn every_token(corpus: &Corpus, kinds: TokenKinds) -> Encoder {
    let all = VocabularySettings {
        min_df: 1,
        max_features: None,
        ..VocabularySettings::default()
    };
    Encoder::learn(corpus, &corpus.labelled_rows(), &all, kinds)
}

#[test]
fn whoever_learns_message_by_message_tells_the_next_one() {
    let corpus = corpus(emails(240, 1.0, 13));
    let mut models = 0;
    every_model(|entry| {
        let Some(settings) = incremental_settings(entry) else {
            return;
        };
        let mut encoder = GrowingEncoder::new(entry.view(&settings).unwrap());
        let mut model = entry.incremental(&settings).unwrap().unwrap();
        let mut lost = Vec::new();
        for row in 0..corpus.len() {
            let email = encoder.encode(&corpus, row);
            let (email, label) = (email.example(), corpus.label(row).unwrap());
            let score = model.raw(email).score;
            // Each is judged before it is learned from; the first sixty are for practice.
            assert!(
                row < 60 || (score > 0.0) == label.is_spam(),
                "{}: {row}",
                entry.name()
            );
            lost.push((1.0 - label.sign() * score).max(0.0));
            model.learn(email, label);
        }
        let mean = |lost: &[f64]| lost.iter().sum::<f64>() / lost.len() as f64;
        assert!(
            mean(&lost[180..]) < mean(&lost[..60]) / 2.0,
            "{}",
            entry.name()
        );
        // It can be saved at any time, like any other, and says the same then.
        let fitted = model.fitted(encoder.len()).unwrap();
        let saved = fitted.save().unwrap();
        let loaded = entry.load(&saved, encoder.len()).unwrap();
        for row in 0..60 {
            let email = encoder.encode(&corpus, row);
            let [a, b] = [
                model.raw(email.example()),
                loaded.classifier().raw(email.example()),
            ];
            let off = (a.score - b.score).abs() / b.score.abs().max(1.0);
            assert!(off < 1e-6, "{}: {a:?} {b:?}", entry.name());
            let symbols = |raw: RawOutput| raw.code_length.map(|code_length| code_length.symbols);
            assert_eq!(symbols(a), symbols(b), "{}", entry.name());
        }
        // What only counts is what counting all at once gives, to the bit.
        if entry.family() == Family::Generative {
            let rows = corpus.labelled_rows();
            let representation = entry.view(&settings).unwrap().representation;
            let encoded = every_token(&corpus, entry.view(&settings).unwrap().kinds).encode(
                &corpus,
                &rows,
                representation,
            );
            let data = TrainingSet::new(&encoded, 1);
            let together = entry.fit_path(&[settings], &data, &mut NoObserver).unwrap();
            assert!(together[0].save().unwrap() == saved, "{}", entry.name());
        }
        models += 1;
    });
    assert!(models >= 10, "{models}");
}

/// Settings of a grid may differ in anything, and each is fitted as if it were alone.
#[test]
fn a_grid_is_fitted_as_its_settings_one_by_one() {
    let corpus = corpus(emails(90, 0.5, 8));
    let rows = corpus.labelled_rows();
    let encoder = encoder(&corpus, &rows);
    every_model(|entry| {
        for grid in grids(entry, rows.len()) {
            let reads = entry.view(&grid[0]).unwrap().representation;
            let encoded = encoder.encode(&corpus, &rows, reads);
            let data = TrainingSet::new(&encoded, 1);
            let fitted = |grid: &[Value]| -> Vec<Vec<u8>> {
                let fitted = entry.fit_path(grid, &data, &mut NoObserver).unwrap();
                fitted.iter().map(|one| one.save().unwrap()).collect()
            };
            let together = fitted(&grid);
            let alone = grid.chunks(1).flat_map(fitted).collect::<Vec<_>>();
            assert!(together == alone, "{}: {grid:?}", entry.name());
        }
    });
}

/// A grid over each setting of few values, parted where the values make the model read mail
/// otherwise.
fn grids(entry: &dyn ModelEntry, emails: usize) -> Vec<Vec<Value>> {
    let table = entry.settings_table().iter();
    let closed = table.filter_map(|row| Some((row.name, row.range.few_values()?)));
    let mut all = Vec::new();
    for (name, values) in closed {
        let settings = values.iter().map(|value| {
            let mut asked = small(entry.name());
            asked[name] = value.clone();
            let settings = entry.settings(&asked).unwrap();
            entry.grid(&settings).unwrap().remove(0)
        });
        let grid: Vec<Value> = settings
            .filter(|settings| entry.applicable(settings, emails).is_ok())
            .collect();
        let view = |settings: &Value| entry.view(settings).unwrap();
        let alike = grid.chunk_by(|a, b| view(a) == view(b));
        all.extend(alike.map(<[Value]>::to_vec));
    }
    all
}

/// Counts of the training mail and the mail itself must teach the same, to the bit.
#[test]
fn counts_teach_what_the_messages_teach() {
    let corpus = corpus(emails(300, 0.9, 5));
    let rows = corpus.labelled_rows();
    let encoder = encoder(&corpus, &rows);
    every_model(|entry| {
        let encoded = encoder.encode(&corpus, &rows, representation(entry));
        let data = TrainingSet::new(&encoded, 1);
        let grid = entry.grid(&defaults(entry)).unwrap();
        let counted = entry.fit_counts(&grid, &ClassCounts::of(&data));
        assert_eq!(
            counted.is_ok(),
            entry.needs() == Needs::Counts,
            "{}",
            entry.name()
        );
        let Ok(counted) = counted else { return };
        let fitted = entry.fit_path(&grid, &data, &mut NoObserver).unwrap();
        let [counted, fitted] = [counted, fitted].map(|all| {
            all.iter()
                .map(|one| one.save().unwrap())
                .collect::<Vec<_>>()
        });
        assert!(counted == fitted, "{}", entry.name());
    });
}

/// A corpus that passes by in pieces trains the same parameters as one that is held.
#[test]
fn a_streamed_corpus_trains_the_same_models_as_a_held_one() {
    let corpus = corpus(emails(300, 0.9, 5));
    let mut tally = StreamedCounts::new(&Recipe::default(), 1);
    tally.add(&corpus);
    let models = counting_models();
    let held = train(
        &models,
        &corpus,
        &corpus.labelled_rows(),
        TrainOptions::seeded(1),
        &|| (),
    );
    let streamed = train_counted(&models, &tally, TrainOptions::seeded(1), &|| ());
    assert_eq!(
        vocabulary(&held, corpus.lexicon()),
        vocabulary(&streamed, tally.sample().lexicon())
    );
    for (held, streamed) in held.models.iter().zip(&streamed.models) {
        let [held, streamed] = [held, streamed].map(|model| model.as_ref().unwrap());
        let name = held.entry.name();
        assert!(bytes(held) == bytes(streamed), "{name}");
        let calibrated = !matches!(streamed.calibration, Calibration::Identity);
        assert!(calibrated, "{name}");
    }
}

/// All models that learn from counts, with nothing left to choose: training might choose otherwise
/// from parts drawn otherwise.
fn counting_models() -> Vec<ModelSpec> {
    let counting = |entry: &&dyn ModelEntry| entry.needs() == Needs::Counts;
    let fixed = |entry: &'static dyn ModelEntry| {
        let mut table = entry.settings_table().iter();
        let smoothed = table.any(|setting| setting.name == "alpha");
        let settings = if smoothed {
            json!({ "alpha": 0.1 })
        } else {
            json!({})
        };
        ModelSpec::new(entry, &settings, true).unwrap()
    };
    let models = spamlab::catalog().models().filter(counting).map(fixed);
    let models: Vec<ModelSpec> = models.collect();
    assert!(models.len() >= 4);
    models
}

fn vocabulary(training: &Training, lexicon: &Lexicon) -> Vec<u8> {
    let vocabulary = training.encoders.whole().vocabulary(lexicon);
    stored_vocabulary::to_bytes(&vocabulary, &[]).unwrap()
}

fn bytes(model: &Trained) -> Vec<u8> {
    model.fitted.save().unwrap()
}

/// A list of values is a grid: training takes the one that loses least on held-out mail, whatever
/// it makes the model read.
#[test]
fn of_several_values_training_chooses_the_best() {
    let corpus = corpus(emails(200, 0.5, 6));
    let entry = spamlab::catalog().model("logistic").unwrap();
    let given = json!({ "c": [1e-6, 1.0], "representation": ["tfidf", "binary"] });
    let choice = ModelSpec::new(entry, &given, true).unwrap();
    assert_eq!(choice.candidates.len(), 4);
    let rows = corpus.labelled_rows();
    let mut training = train(&[choice], &corpus, &rows, knowing_all(1), &|| ());
    let trained = training.models.remove(0).unwrap();
    assert_eq!(trained.facts.tried.len(), 4);
    let tried = trained.facts.tried.iter();
    let best = tried.min_by(|a, b| a.log_loss_bits.total_cmp(&b.log_loss_bits));
    assert_eq!(trained.settings, best.unwrap().settings);
    // Next to nothing is learned at C = 1e-6.
    assert_eq!(trained.settings["c"], 1.0);
}

#[test]
fn a_list_of_no_values_or_with_a_wrong_one_is_refused() {
    let entry = spamlab::catalog().model("logistic").unwrap();
    for refused in [
        json!({ "c": [] }),
        json!({ "c": [1.0, -1.0] }),
        json!({ "c": [[1.0]] }),
    ] {
        assert!(ModelSpec::new(entry, &refused, true).is_err(), "{refused}");
    }
}
