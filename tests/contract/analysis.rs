//! What holds for every analysis in the table: its name is its own, what it says shows its finding
//! is there, and it runs by its name alone.

use serde_json::{Value, json};
use spamlab::base::progress::Silent;
use spamlab::lab::analyses::{ANALYSES, LooksAt};
use spamlab::lab::spec::{DataSpec, SplitSpec};
use spamlab::lab::{self, ExperimentSpec};
use spamlab::model::file::ModelFile;
use spamlab::report::charts::CHARTS;
use std::collections::BTreeSet;
use std::path::Path;

#[test]
fn names_are_unique_and_charts_and_sections_exist() {
    let names: BTreeSet<&str> = ANALYSES.iter().map(|analysis| analysis.name).collect();
    assert_eq!(names.len(), ANALYSES.len());
    let page = include_str!("../../templates/report.html");
    for analysis in ANALYSES {
        let name = analysis.name;
        assert!(analysis.question.ends_with('?'), "{name}");
        for key in analysis.charts {
            let exists = CHARTS.iter().any(|chart| chart.key == *key);
            assert!(exists, "{name}: there is no chart {key}");
        }
        if let Some(section) = analysis.section {
            let anchor = format!("<section id=\"{section}\">");
            assert!(page.contains(&anchor), "{name}: no section {section}");
        }
    }
}

/// Every third message that comes with the program.
pub fn some_mail(folder: &Path) -> DataSpec {
    one_in(3, folder)
}

/// One in so many of the messages that come with the program.
pub fn one_in(step: usize, folder: &Path) -> DataSpec {
    let path = folder.join("some.csv");
    let mut all = csv::Reader::from_path("data/emails.csv").unwrap();
    let mut some = csv::Writer::from_path(&path).unwrap();
    some.write_record(all.headers().unwrap()).unwrap();
    for record in all.records().step_by(step) {
        some.write_record(&record.unwrap()).unwrap();
    }
    some.flush().unwrap();
    DataSpec {
        inputs: vec![path],
        ..DataSpec::default()
    }
}

/// What an analysis must be told to be done soon.
fn parameters(analysis: &str) -> Value {
    match analysis {
        "attack" => json!({ "words": [5], "spam": 10, "candidates": 20, "poisoned": [0.1] }),
        "clusters" => json!({ "kinds": 2 }),
        "crossover" => json!({ "resamples": 2, "replicates": 50, "tuned": false }),
        "game" => json!({ "rounds": 1, "messages": 3, "steps": 2, "changes": 3 }),
        "stream" => json!({ "all_lessons": false }),
        "transfer" => json!({ "draws": 1 }),
        "duplicates" => json!({ "folds": 2 }),
        "fewshot" => json!({ "runs": 1 }),
        "noise" => json!({ "draws": 1, "replicates": 20 }),
        "denoising" => json!({ "emails": 1 }),
        "generated_mail" => json!({ "emails": 40 }),
        "residual_game" => json!({ "emails": 40, "candidates": 2, "rounds": 1 }),
        _ => json!(true),
    }
}

#[test]
fn an_analysis_of_mail_or_of_a_model_file_runs_by_its_name_alone() {
    let folder = tempfile::tempdir().unwrap();
    let catalog = spamlab::catalog();
    let spec = ExperimentSpec {
        data: some_mail(folder.path()),
        models: ["byte-ngram", "svm"].map(str::to_owned).to_vec(),
        split: SplitSpec::Folds(2),
        ..ExperimentSpec::default()
    };
    let linear = ExperimentSpec {
        models: vec!["svm".to_owned()],
        ..spec.clone()
    };
    let online = ExperimentSpec {
        models: vec!["ftrl".to_owned()],
        ..spec.clone()
    };
    let path = folder.path().join("mail.spamlab");
    let trained = lab::train(&spec, &catalog, None, &Silent).unwrap();
    trained.save(&path).unwrap();
    let file = ModelFile::open(&path, &catalog).unwrap();
    let mut ran = BTreeSet::new();
    for analysis in ANALYSES {
        let given = parameters(analysis.name);
        let found = match analysis.looks_at {
            LooksAt::Comparison(_) => continue,
            LooksAt::Mail(run) if analysis.name == "stream" => {
                run(&online, &catalog, &given, &Silent)
            }
            LooksAt::Mail(run) => run(&linear, &catalog, &given, &Silent),
            LooksAt::ModelFile(run) => run(&file, &spec.data, &catalog, &given, &Silent),
        };
        let found = found.unwrap_or_else(|error| panic!("{}: {error}", analysis.name));
        let empty = found.as_object().is_some_and(serde_json::Map::is_empty)
            || found.as_array().is_some_and(Vec::is_empty)
            || found.is_null();
        assert!(!empty, "{}: {found}", analysis.name);
        ran.insert(analysis.name);
    }
    assert!(
        ran.contains("ablation") && ran.contains("novelty"),
        "{ran:?}"
    );
}

#[test]
fn parameters_that_an_analysis_does_not_have_are_refused_by_its_name() {
    let (spec, catalog) = (ExperimentSpec::default(), spamlab::catalog());
    for analysis in ANALYSES {
        let LooksAt::Mail(run) = analysis.looks_at else {
            continue;
        };
        let refused = run(&spec, &catalog, &json!({ "depth": 3 }), &Silent);
        let said = refused.unwrap_err().to_string();
        assert!(said.starts_with(analysis.name), "{said}");
    }
}
