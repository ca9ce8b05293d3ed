//! The table of all generative models: every one has a figure or a reason in every place, the
//! figures are those of the first fold, and they are the same at any number of threads.

use serde_json::{Map, json};
use spamlab::base::progress::Silent;
use spamlab::lab::spec::SplitSpec;
use spamlab::lab::{self, ExperimentSpec};
use spamlab::model::{Family, ModelEntry};
use spamlab::report::documents::tables;
use spamlab::results::{
    Experiment, GENERATIVE_MODELS, GenerativeModel, GenerativeModels, LEARNING_CURVE, Measured,
    Unmeasured,
};
use std::sync::LazyLock;

/// The generative models of the program and one to judge what they generate, on some
/// of the mail that comes with it.
fn compared(threads: usize) -> Experiment {
    let folder = tempfile::tempdir().unwrap();
    let catalog = spamlab::catalog();
    let generative = || {
        let models = catalog.models();
        models.filter(|entry| entry.family() == Family::Generative)
    };
    let names = generative().map(ModelEntry::name);
    let settings = generative().map(|entry| {
        let mut small = crate::model::small(entry.name());
        for (setting, least) in [("max_iter", 1), ("max_bytes", 200), ("vocabulary", 260)] {
            if let Some(value) = small.get_mut(setting) {
                *value = json!(least);
            }
        }
        (entry.name().to_owned(), small)
    });
    let analysis = json!({ "emails": 12, "words": 200, "draws": 4 });
    let spec = ExperimentSpec {
        data: crate::analysis::one_in(8, folder.path()),
        models: names.chain(["svm"]).map(str::to_owned).collect(),
        settings: settings.collect::<Map<_, _>>(),
        split: SplitSpec::Folds(2),
        analyses: [
            (GENERATIVE_MODELS.to_owned(), analysis),
            (LEARNING_CURVE.to_owned(), json!(false)),
        ]
        .into(),
        resamples: 0,
        ..ExperimentSpec::default()
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
    let compare = || lab::compare(&spec, &catalog, &Silent).unwrap().0;
    let mut experiment = pool.build().unwrap().install(compare);
    // The folder differs from run to run.
    experiment.spec = json!(null);
    experiment
}

static COMPARED: LazyLock<(Experiment, GenerativeModels)> = LazyLock::new(|| {
    let experiment = compared(1);
    let found = experiment.generative_models().unwrap();
    (experiment, found)
});

/// What was measured of a model.
fn of(name: &str) -> &'static GenerativeModel {
    let mut models = COMPARED.1.models.iter();
    models.find(|model| model.model == name).unwrap()
}

#[test]
fn every_generative_model_has_a_figure_or_a_reason_in_every_place() {
    let (experiment, found) = &*COMPARED;
    let generative = experiment.models.iter();
    let generative = generative.filter(|model| model.family == Family::Generative);
    let expected: Vec<&str> = generative.map(|model| model.name.as_str()).collect();
    let order: Vec<&str> = found.models.iter().map(|one| one.model.as_str()).collect();
    assert_eq!(order, expected);
    assert_eq!(found.judge.as_ref().unwrap().model, "svm");
    for model in &found.models {
        for measured in model.all() {
            let value = measured.value();
            let sound = value.is_none_or(|value| value.is_finite() && value >= 0.0);
            assert!(sound, "{}: {measured:?}", model.model);
        }
        let score = model.inception_score.value();
        let sound = score.is_none_or(|score| (1.0..=2.0).contains(&score));
        assert!(sound, "{}: {score:?}", model.model);
    }
    // Neither decides by likelihoods, nor can it generate.
    for name in ["complement", "fisher"] {
        let expected = GenerativeModel::unmeasured(name, Unmeasured::NoLikelihood);
        assert_eq!(of(name), &expected);
    }
    let not = Measured::missing;
    assert_eq!(of("bernoulli").word_perplexity, not(Unmeasured::NotOfWords));
    assert_eq!(of("ppm").word_perplexity, not(Unmeasured::NotOfWords));
    assert_eq!(of("multinomial").bits_per_byte, not(Unmeasured::NotOfBytes));
    assert_eq!(of("vae").text_perplexity, not(Unmeasured::NotOfBytes));
    assert_eq!(of("polya").weighted_perplexity, not(Unmeasured::NoDraws));
}

#[test]
fn it_is_the_same_at_any_number_of_threads() {
    let again = compared(3);
    let [once, again] = [&COMPARED.0, &again].map(|of| json!(of.analyses).to_string());
    assert!(once == again, "{once}\n{again}");
}

/// The models of which a measure is an upper bound, and those of which it is exact.
fn bounds_and_exact(of: fn(&GenerativeModel) -> Measured) -> [Vec<&'static str>; 2] {
    let models = COMPARED.1.models.iter();
    let valued = models.filter(|model| of(model).value().is_some());
    let (bounds, exact): (Vec<_>, Vec<_>) =
        valued.partition(|model| matches!(of(model), Measured::AtMost(_)));
    [bounds, exact].map(|models| models.iter().map(|model| model.model.as_str()).collect())
}

#[test]
fn what_is_a_bound_is_marked_and_nothing_else() {
    let of_bytes = [
        vec!["recurrent", "transformer", "diffusion"],
        vec!["byte-ngram", "ppm", "dmc"],
    ];
    assert_eq!(bounds_and_exact(|model| model.bits_per_byte), of_bytes);
    assert_eq!(bounds_and_exact(|model| model.text_perplexity), of_bytes);
    let of_words = [
        vec!["word-ngram", "vae"],
        vec!["multinomial", "mixture", "polya"],
    ];
    assert_eq!(bounds_and_exact(|model| model.word_perplexity), of_words);
    let weighted = [vec!["vae"], vec![]];
    assert_eq!(
        bounds_and_exact(|model| model.weighted_perplexity),
        weighted
    );
}

/// Whoever draws masks has a standard error of its bits, which every document shows.
#[test]
fn bits_that_are_estimated_by_draws_have_a_standard_error_and_no_others() {
    let (experiment, found) = &*COMPARED;
    let by_draws = found.models.iter();
    let by_draws = by_draws.filter_map(|model| Some((&*model.model, model.bits_per_byte_error?)));
    let (names, errors): (Vec<&str>, Vec<f64>) = by_draws.unzip();
    assert_eq!(names, ["diffusion"]);
    let bits = of("diffusion").bits_per_byte.value().unwrap();
    assert!(errors[0] > 0.0 && errors[0] < bits / 10.0, "{errors:?}");
    let table = tables::generative_models(experiment, None);
    let keys: Vec<&str> = table.columns.iter().map(|column| &*column.key).collect();
    assert_eq!(keys[..3], ["model", "bits_per_byte", "bits_per_byte_error"]);
    assert!(table.rows.iter().all(|row| row.len() == keys.len()));
    let words = tables::generative_models_in_words(experiment).unwrap();
    assert!(
        words.contains("± by draws is the standard error"),
        "{words}"
    );
    // Of exact models alone there is no such column.
    let mut exact = experiment.clone();
    let mut found = found.clone();
    found.models.retain(|model| model.model != "diffusion");
    exact.set_found(GENERATIVE_MODELS, &found);
    let table = tables::generative_models(&exact, None);
    assert!(table.columns[2].key != "bits_per_byte_error");
    assert!(
        table
            .rows
            .iter()
            .all(|row| row.len() == table.columns.len())
    );
    let words = tables::generative_models_in_words(&exact).unwrap();
    assert!(!words.contains("± by draws"), "{words}");
}

/// Bits per byte as the record has them, and errors by the signs of raw scores, counted here.
#[test]
fn figures_are_those_of_the_first_fold() {
    let (experiment, found) = &*COMPARED;
    let mut compared = 0;
    for model in &found.models {
        let name = &model.model;
        let mut records = experiment.models.iter();
        let record = records.find(|record| record.name == *name).unwrap();
        let (_, scored) = record.scored().next().unwrap();
        let bits = scored.metrics["bits_per_byte"];
        assert_eq!(model.bits_per_byte.value(), bits, "{name}");
        let Some(error) = model.error_pct.value() else {
            continue;
        };
        let wrong = scored
            .rows
            .iter()
            .zip(&scored.score)
            .filter(|(row, score)| {
                let label = experiment.emails.label(**row).unwrap();
                label.is_spam() != (**score >= 0.0)
            });
        let expected = 100.0 * wrong.count() as f64 / scored.rows.len() as f64;
        assert!(
            (error - expected).abs() < 1e-9,
            "{name}: {error}, {expected}"
        );
        compared += 1;
    }
    assert!(compared > 8, "{compared}");
}
