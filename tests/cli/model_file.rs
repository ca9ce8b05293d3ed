//! What a model file holds: weights that can be exported, and the calibration asked for.

use crate::{spamlab, stdout, write_csv};
use serde_json::Value;
use tempfile::TempDir;

#[test]
fn an_exported_model_and_its_tokens_make_the_score_that_classify_gives() {
    let folder = TempDir::new().unwrap();
    write_csv(&folder.path().join("mail.csv"), "spam");
    let train = [
        "train",
        "mail.csv",
        "-q",
        "-o",
        "mail.spamlab",
        "--model",
        "svm,multinomial,fisher",
    ];
    stdout(spamlab(&folder).args(train));
    let exported = |model: &str| -> Value {
        let export = ["export", "-m", "mail.spamlab", "--model", model];
        serde_json::from_str(&stdout(spamlab(&folder).args(export))).unwrap()
    };
    let of_csv = |args: &[&str]| {
        stdout(spamlab(&folder).args(args).args([
            "-q",
            "-m",
            "mail.spamlab",
            "--jsonl",
            "mail.csv",
        ]))
    };
    let (tokens, verdicts) = (of_csv(&["tokens"]), of_csv(&["classify"]));
    for model in ["svm", "multinomial"] {
        let it = exported(model);
        let column = |token: &Value| {
            it["tokens"]
                .as_array()
                .unwrap()
                .iter()
                .position(|known| known == token)
        };
        for (tokens, verdict) in tokens.lines().zip(verdicts.lines()) {
            let (tokens, verdict): (Value, Value) = (
                serde_json::from_str(tokens).unwrap(),
                serde_json::from_str(verdict).unwrap(),
            );
            let mut counts = std::collections::BTreeMap::new();
            for at in tokens["tokens"]
                .as_array()
                .unwrap()
                .iter()
                .filter_map(column)
            {
                *counts.entry(at).or_insert(0.0) += 1.0;
            }
            // What docs/export.md says of `reads`.
            let value = |(&at, &count): (&usize, &f64)| match it["reads"].as_str().unwrap() {
                "tfidf" => (at, (1.0 + f64::ln(count)) * it["idf"][at].as_f64().unwrap()),
                _ => (at, 1.0),
            };
            let values: Vec<(usize, f64)> = counts.iter().map(value).collect();
            let length = match it["reads"].as_str().unwrap() {
                "tfidf" => values
                    .iter()
                    .map(|(_, value)| value * value)
                    .sum::<f64>()
                    .sqrt(),
                _ => 1.0,
            };
            let sum: f64 = values
                .iter()
                .map(|(at, value)| value / length * it["weights"][*at].as_f64().unwrap())
                .sum();
            let expected = verdict["verdicts"]
                .as_array()
                .unwrap()
                .iter()
                .find(|of| of["model"] == model)
                .unwrap();
            let found = it["bias"].as_f64().unwrap() + sum;
            assert!(
                (found - expected["score"].as_f64().unwrap()).abs() < 1e-9,
                "{model}: {found}, {expected}"
            );
        }
    }
    let refused = |args: &[&str]| {
        spamlab(&folder)
            .args(["export", "-m", "mail.spamlab"])
            .args(args)
            .output()
            .unwrap()
    };
    assert_eq!(refused(&["--model", "fisher"]).status.code(), Some(2));
    assert!(
        String::from_utf8_lossy(&refused(&["--model", "nope"]).stderr)
            .contains("holds no model nope")
    );
}

#[test]
fn probabilities_are_made_the_way_asked_for() {
    let folder = TempDir::new().unwrap();
    write_csv(&folder.path().join("mail.csv"), "spam");
    let calibration = |way: &str| -> Value {
        let train = [
            "train",
            "mail.csv",
            "-q",
            "-o",
            "mail.spamlab",
            "--model",
            "svm",
            "--calibration",
            way,
        ];
        stdout(spamlab(&folder).args(train));
        let inspect = stdout(spamlab(&folder).args(["inspect", "mail.spamlab", "--json"]));
        serde_json::from_str::<Value>(&inspect).unwrap()["card"]["models"][0]["calibration"].clone()
    };
    assert!(calibration("platt")["platt"]["slope"].as_f64().unwrap() > 0.0);
    assert_eq!(calibration("temperature")["platt"]["intercept"], 0.0);
    assert_eq!(calibration("none"), "identity");
    let isotonic = calibration("isotonic")["isotonic"]["steps"].clone();
    let steps: Vec<f64> = isotonic
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step[1].as_f64().unwrap())
        .collect();
    assert!(!steps.is_empty() && steps.is_sorted(), "{steps:?}");
    // The model file, read again, judges by it.
    let classify = stdout(spamlab(&folder).args([
        "classify",
        "mail.csv",
        "-q",
        "-m",
        "mail.spamlab",
        "--jsonl",
    ]));
    assert_eq!(classify.lines().count(), 60);
}
