//! The way of the data on the mail that comes with the program: tokenizing, fitting naive Bayes,
//! training every default model that works on sparse rows, judging new message. Items are messages;
//! allocations stand beside the times. `cargo bench --bench pipeline`, on other mail with
//! `SPAMLAB_MAIL=data/spamassassin.csv` before it; whole processes beside other programs:
//! `benches/README.md`.

use divan::counter::{BytesCount, ItemsCount};
use divan::{AllocProfiler, Bencher};
use serde_json::json;
use spamlab::base::mail::Email;
use spamlab::dataset::features::{Encoder, VocabularySettings};
use spamlab::dataset::{Corpus, CorpusBuilder, CorpusOptions, TrainingSet};
use spamlab::input;
use spamlab::input::{Options, Source};
use spamlab::model::file::{Card, ModelCard, ModelFile, save};
use spamlab::model::{Cost, NoObserver};
use spamlab::predict::Scorer;
use spamlab::tokenize::{Recipe, TokenKinds};
use spamlab::train::{ModelSpec, TrainOptions, Trained, Training, train};

#[global_allocator]
static ALLOCATIONS: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

fn source() -> Source {
    let options = Options::default();
    match std::env::var_os("SPAMLAB_MAIL") {
        Some(path) => {
            input::open(path.as_ref(), &options).expect("SPAMLAB_MAIL is labelled mail as CSV")
        }
        None => input::builtin(&options).expect("the mail that comes with the program is read"),
    }
}

fn emails() -> Vec<Email> {
    let mut source = source();
    let mut emails: Vec<Email> = Vec::new();
    for batch in source.by_ref() {
        emails.extend(batch.expect("it is read to its end"));
    }
    emails
}

fn corpus(emails: Vec<Email>) -> Corpus {
    let mut builder = CorpusBuilder::new(&Recipe::default(), CorpusOptions::default());
    builder.add(emails);
    builder.finish()
}

/// Every default model that is cheap to fit: those on sparse rows.
fn choices() -> Vec<ModelSpec> {
    let sparse = spamlab::catalog()
        .models()
        .filter(|entry| entry.is_default() && entry.cost() == Cost::Cheap);
    sparse
        .map(|entry| {
            ModelSpec::new(entry, &json!({}), false).expect("the defaults are within their ranges")
        })
        .collect()
}

fn trained(corpus: &Corpus) -> Training {
    train(
        &choices(),
        corpus,
        &corpus.labelled_rows(),
        TrainOptions::seeded(1),
        &|| {},
    )
}

/// From the file to a corpus as `train` holds it, duplicates and near-duplicates found, on one
/// thread and on two.
#[divan::bench(args = [1, 2])]
fn read_and_tokenize(bencher: Bencher, threads: usize) {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .expect("threads are started");
    let bytes = source().size().unwrap_or(0);
    let read = || {
        let mut builder = CorpusBuilder::new(
            &Recipe::default(),
            CorpusOptions {
                near_duplicates: true,
                ..CorpusOptions::default()
            },
        );
        builder.read_all(source()).expect("it is read to its end");
        builder.finish()
    };
    bencher
        .counter(BytesCount::new(bytes))
        .bench_local(|| pool.install(read));
}

/// The one pass of counting, and the logarithms after it.
#[divan::bench(args = ["multinomial", "bernoulli"])]
fn fit_naive_bayes(bencher: Bencher, name: &str) {
    let corpus = corpus(emails());
    let rows = corpus.labelled_rows();
    let entry = spamlab::catalog().model(name).expect("it is in the table");
    let settings = entry
        .settings(&json!({ "alpha": 0.1 }))
        .expect("it is within its range");
    let encoder = Encoder::learn(
        &corpus,
        &rows,
        &VocabularySettings::default(),
        TokenKinds::ALL,
    );
    let encoded = encoder.encode(
        &corpus,
        &rows,
        entry
            .view(&settings)
            .expect("the settings were checked")
            .representation,
    );
    let data = TrainingSet::new(&encoded, 1);
    let grid = [settings];
    bencher
        .counter(ItemsCount::new(rows.len()))
        .bench_local(|| {
            entry
                .fit_path(&grid, &data, &mut NoObserver)
                .map_err(|error| error.to_string())
        });
}

/// Vocabulary, weights, inner folds, choice of settings, calibration and final fit.
#[divan::bench]
fn train_all_sparse_models(bencher: Bencher) {
    let corpus = corpus(emails());
    bencher
        .counter(ItemsCount::new(corpus.len()))
        .bench_local(|| trained(&corpus));
}

#[divan::bench]
fn judge_by_all_sparse_models(bencher: Bencher) {
    let emails = emails();
    let judge = judge(&emails);
    bencher
        .counter(ItemsCount::new(emails.len()))
        .with_inputs(|| emails.clone())
        .bench_local_values(|emails| judge.score_emails(emails));
}

/// Models trained on this message, written and read back.
fn judge(emails: &[Email]) -> Scorer {
    let corpus = corpus(emails.to_vec());
    let training = trained(&corpus);
    let models: Vec<Trained> = training.models.into_iter().filter_map(Result::ok).collect();
    let card = Card {
        program: "bench".to_owned(),
        source: "the mail that comes with the program".to_owned(),
        plan: Vec::new(),
        emails: [0, 0],
        rejected: 0,
        seed: 1,
        recipe: Recipe::default(),
        vocabulary: VocabularySettings::default(),
        augment: Vec::new(),
        tokens: training.encoders.whole().len(),
        models: models.iter().map(ModelCard::from).collect(),
    };
    let folder = tempfile::tempdir().expect("there is room for a model file");
    let path = folder.path().join("mail.spamlab");
    save(
        &path,
        &card,
        &training.encoders.whole().vocabulary(corpus.lexicon()),
        None,
        &models
            .iter()
            .map(spamlab::model::file::SavedModel::from)
            .collect::<Vec<_>>(),
    )
    .expect("it is written");
    let file = ModelFile::open(&path, &spamlab::catalog()).expect("it is read back");
    Scorer::open(&file, &[]).expect("its models are known")
}
