//! The search for hyperparameters and for a tokenizer.

use crate::{spamlab, stdout, write_csv};
use serde_json::{Value, json};
use std::fs;
use tempfile::TempDir;

/// Every way of searching finds settings that train, the same at any number of threads, and each
/// family tries as many.
#[test]
fn settings_are_searched_for_and_what_was_found_can_be_trained() {
    let folder = TempDir::new().unwrap();
    write_csv(&folder.path().join("mail.csv"), "spam");
    for way in ["grid", "random", "halving"] {
        let tune = |threads: &str| {
            let mut command = spamlab(&folder);
            command.args([
                "tune", "mail.csv", "-q", "--json", "--folds", "3", "--search", way, "--trials",
                "18",
            ]);
            command.args([
                "--model",
                "multinomial,logistic,svm",
                "--set",
                "logistic.c=0.1..100",
            ]);
            stdout(command.args(["--threads", threads, "-o", "found.toml"]))
        };
        let found = tune("1");
        assert_eq!(
            found,
            tune("3"),
            "{way}: not the same at any number of threads"
        );
        let found: Value = serde_json::from_str(&found).unwrap();
        assert_eq!(
            found["search"],
            json!({ "strategy": way, "trials": 18, "tokenizer": [] })
        );
        let tried = |at: usize| found["models"][at]["tried"].as_array().unwrap().len();
        assert!(
            (9..=18).contains(&tried(0))
                && (8..=9).contains(&tried(1))
                && (8..=9).contains(&tried(2)),
            "{way}"
        );
        let c = found["models"][1]["settings"]["c"].as_f64().unwrap();
        assert!((0.1..=100.0).contains(&c), "{way}: {c}");
        assert_eq!(
            found["models"][1]["chosen_by_fold"]
                .as_array()
                .unwrap()
                .len(),
            3
        );
        let trained = stdout(spamlab(&folder).args([
            "train",
            "mail.csv",
            "-q",
            "--json",
            "--config",
            "found.toml",
        ]));
        let trained: Value = serde_json::from_str(&trained).unwrap();
        assert_eq!(
            trained[1]["settings"], found["models"][1]["settings"],
            "{way}"
        );
        let report = [
            "compare",
            "mail.csv",
            "-q",
            "--search",
            way,
            "--trials",
            "6",
            "--folds",
            "2",
            "--resamples",
            "100",
            "-o",
            way,
        ];
        stdout(spamlab(&folder).args(report));
        let text = fs::read_to_string(folder.path().join(way).join("report.md")).unwrap();
        assert!(
            text.contains(&format!("{way}, 6 trials for each family")),
            "{text}"
        );
        assert!(folder.path().join(way).join("charts/search.svg").is_file());
    }
}

#[test]
fn the_way_to_read_is_searched_inside_the_training_parts_for_all_models_alike() {
    let folder = TempDir::new().unwrap();
    write_csv(&folder.path().join("mail.csv"), "spam");
    let search = [
        "--model",
        "logistic,multinomial",
        "--folds",
        "3",
        "--trials",
        "4",
    ];
    let recipe = [
        "--search-tokenizer",
        "stem=auto,no",
        "--search-tokenizer",
        "max_features=2,1000",
    ];
    let tuned = stdout(
        spamlab(&folder)
            .args(["tune", "mail.csv", "-q", "-o", "tuned.toml", "--json"])
            .args(search)
            .args(recipe),
    );
    let tuned: Value = serde_json::from_str(&tuned).unwrap();
    let trials = tuned["tokenizer_trials"].as_array().unwrap();
    let what: Vec<&str> = trials.iter().filter_map(|of| of["what"].as_str()).collect();
    let all = [
        "stem=auto max_features=2",
        "stem=auto max_features=1000",
        "stem=no max_features=2",
        "stem=no max_features=1000",
    ];
    assert_eq!(what, all);
    let loss = |at: usize, fold: usize| trials[at]["log_loss_bits"][fold].as_f64().unwrap();
    // Two tokens tell less than a thousand.
    assert!((0..3).all(|fold| loss(1, fold) < loss(0, fold)));
    // What was found is what the experiment file says.
    let found = fs::read_to_string(folder.path().join("tuned.toml")).unwrap();
    assert!(found.contains("max_features = 1000"), "{found}");
    assert_eq!(tuned["tokenizer"]["vocabulary"]["max_features"], 1_000);
    stdout(spamlab(&folder).args([
        "train",
        "mail.csv",
        "-q",
        "-o",
        "mail.spamlab",
        "--config",
        "tuned.toml",
    ]));
    // A choice of one is no choice: the same as reading so from the beginning, on the same folds.
    let folds: Vec<String> = (0..60)
        .map(|at| format!("m{at},{}", at / 3 % 3 + 1))
        .collect();
    fs::write(
        folder.path().join("folds.csv"),
        format!("id,split\n{}\n", folds.join("\n")),
    )
    .unwrap();
    let table = |args: &[&str]| {
        let compare = [
            "compare",
            "mail.csv",
            "-q",
            "--resamples",
            "100",
            "--no-times",
            "--json",
            "-o",
            "out",
            "--split",
            "folds.csv",
        ];
        let models = ["--model", "logistic,multinomial", "--trials", "4"];
        let said = stdout(spamlab(&folder).args(compare).args(models).args(args));
        serde_json::from_str::<Value>(&said).unwrap()["models"].clone()
    };
    assert_eq!(
        table(&["--search-tokenizer", "min_df=2"]),
        table(&["--min-df", "2"])
    );
    assert_eq!(
        table(&["--search-tokenizer", "ngrams=2"]),
        table(&["--ngrams", "2"])
    );
    assert_ne!(table(&["--search-tokenizer", "ngrams=2"]), table(&[]));
    let refused = spamlab(&folder)
        .args(["tune", "mail.csv", "--search-tokenizer", "colour=red"])
        .output()
        .unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert!(
        String::from_utf8(refused.stderr)
            .unwrap()
            .contains("there is no choice colour")
    );
}
