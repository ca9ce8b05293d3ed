//! The table of all generative models: every one has a figure or a reason in every place, the
//! figures are those of the first fold, and they are the same at any number of threads.

use serde_json::{Map, json};
use spamlab::base::progress::Silent;
use spamlab::lab::spec::SplitSpec;
use spamlab::lab::{self, ExperimentSpec};
use spamlab::model::Family;
use spamlab::results::{
    Experiment, GENERATIVE_MODELS, GenerativeModel, GenerativeModels, Measured, Unmeasured,
};
use std::collections::BTreeMap;

/// The generative models of the program and one to judge what they generate, on some
/// of the mail that comes with it.
fn compared(threads: usize) -> Experiment {
    let folder = tempfile::tempdir().unwrap();
    let catalog = spamlab::catalog();
    let generative = || {
        let models = catalog.models();
        models.filter(|entry| entry.family() == Family::Generative)
    };
    let names = generative().map(|entry| entry.name());
    let settings = generative().map(|entry| {
        let name = entry.name();
        (name.to_owned(), crate::model::small(name))
    });
    let analysis = json!({ "emails": 12, "words": 200, "draws": 4 });
    let spec = ExperimentSpec {
        data: crate::analysis::some_mail(folder.path()),
        models: names.chain(["svm"]).map(str::to_owned).collect(),
        settings: settings.collect::<Map<_, _>>(),
        split: SplitSpec::Folds(2),
        analyses: [(GENERATIVE_MODELS.to_owned(), analysis)].into(),
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

fn by_name(found: &GenerativeModels) -> BTreeMap<&str, &GenerativeModel> {
    let models = found.models.iter();
    models.map(|model| (model.model.as_str(), model)).collect()
}

#[test]
fn every_generative_model_has_a_figure_or_a_reason_in_every_place() {
    let experiment = compared(1);
    let found = experiment.generative_models().unwrap();
    let again = compared(3);
    assert_eq!(
        json!(experiment.analyses).to_string(),
        json!(again.analyses).to_string(),
        "three threads come to another end"
    );
    let models = by_name(&found);
    let generative = experiment.models.iter();
    let generative = generative.filter(|model| model.family == Family::Generative);
    let expected: Vec<&str> = generative.map(|model| model.name.as_str()).collect();
    let order: Vec<&str> = found.models.iter().map(|one| one.model.as_str()).collect();
    assert_eq!(order, expected);
    assert_eq!(found.judge.as_ref().unwrap().model, "svm");
    for (name, model) in &models {
        for measured in model.all() {
            let sound = measured
                .value()
                .is_none_or(|value| value.is_finite() && value >= 0.0);
            assert!(sound, "{name}: {measured:?}");
        }
        let score = model.inception_score.value();
        assert!(
            score.is_none_or(|score| (1.0..=2.0).contains(&score)),
            "{name}: {score:?}"
        );
    }
    // Neither decides by likelihoods, nor can it generate.
    for name in ["complement", "fisher"] {
        let expected = GenerativeModel::unmeasured(name, Unmeasured::NoLikelihood);
        assert_eq!(models[name], &expected);
    }
    let not = |why| Measured::missing(why);
    assert_eq!(
        models["bernoulli"].word_perplexity,
        not(Unmeasured::NotOfWords)
    );
    assert_eq!(
        models["multinomial"].bits_per_byte,
        not(Unmeasured::NotOfBytes)
    );
    assert_eq!(
        models["multinomial"].text_perplexity,
        not(Unmeasured::NotOfBytes)
    );
    assert_eq!(models["ppm"].word_perplexity, not(Unmeasured::NotOfWords));
    assert_eq!(
        models["polya"].weighted_perplexity,
        not(Unmeasured::NoDraws)
    );
    // What is a bound is marked, and only that.
    let kinds = |of: fn(&GenerativeModel) -> Measured| -> (Vec<&str>, Vec<&str>) {
        let models = found.models.iter();
        let valued = models.filter(|model| of(model).value().is_some());
        let (bounds, exact): (Vec<_>, Vec<_>) =
            valued.partition(|model| matches!(of(model), Measured::AtMost(_)));
        let names = |models: Vec<&'_ GenerativeModel>| -> Vec<&'static str> {
            models
                .iter()
                .map(|model| model.model.clone().leak() as &str)
                .collect()
        };
        (names(bounds), names(exact))
    };
    let (bounds, exact) = kinds(|model| model.bits_per_byte);
    assert_eq!(bounds, ["recurrent", "transformer", "diffusion"]);
    assert_eq!(exact, ["byte-ngram", "ppm", "dmc"]);
    assert_eq!(kinds(|model| model.text_perplexity), (bounds, exact));
    let (bounds, exact) = kinds(|model| model.word_perplexity);
    assert_eq!(bounds, ["word-ngram", "vae"]);
    assert_eq!(exact, ["multinomial", "mixture", "polya"]);
    assert_eq!(kinds(|model| model.weighted_perplexity).0, ["vae"]);
    figures_are_those_of_the_first_fold(&experiment, &models);
}

/// Bits per byte as the record has them, and errors by the signs of raw scores, counted here.
fn figures_are_those_of_the_first_fold(
    experiment: &Experiment,
    models: &BTreeMap<&str, &GenerativeModel>,
) {
    let mut compared = 0;
    for record in &experiment.models {
        let Some(model) = models.get(record.name.as_str()) else {
            continue;
        };
        let (_, scored) = record.scored().next().unwrap();
        let name = &record.name;
        assert_eq!(
            model.bits_per_byte.value(),
            scored.metrics["bits_per_byte"],
            "{name}"
        );
        let Some(error) = model.error_pct.value() else {
            continue;
        };
        let wrong = scored
            .rows
            .iter()
            .zip(&scored.score)
            .filter(|(row, score)| {
                let label = experiment.emails.label(**row).unwrap();
                label.is_spam() != (**score > 0.0)
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
