//! The contents of a model file: weights that can be exported, and the chosen calibration.

use crate::folder::Folder;
use crate::{list, number, of_model};
use serde_json::Value;
use std::collections::BTreeMap;

fn with_linear_models() -> Folder {
    let folder = Folder::with_mail();
    folder.run("train mail.csv -q -o mail.spamlab --model svm,multinomial,fisher");
    folder
}

/// The score of a message by its tokens and an exported model, as `docs/export.md` says.
fn score(exported: &Value, tokens: &Value) -> f64 {
    let known = list(&exported["tokens"]);
    let columns = list(tokens)
        .iter()
        .filter_map(|token| known.iter().position(|other| other == token));
    let mut counts: BTreeMap<usize, f64> = BTreeMap::new();
    for column in columns {
        *counts.entry(column).or_default() += 1.0;
    }
    let tfidf = exported["reads"] == "tfidf";
    let value = |(&column, count): (&usize, &f64)| {
        let idf = || number(&exported["idf"][column]);
        let value = if tfidf {
            (1.0 + count.ln()) * idf()
        } else {
            1.0
        };
        (column, value)
    };
    let values: Vec<(usize, f64)> = counts.iter().map(value).collect();
    let squares = values.iter().map(|(_, value)| value * value);
    let length = if tfidf {
        squares.sum::<f64>().sqrt()
    } else {
        1.0
    };
    let rounded = |value: f64| f64::from((value / length) as f32);
    let parts = values
        .iter()
        .map(|&(column, value)| rounded(value) * number(&exported["weights"][column]));
    number(&exported["bias"]) + parts.sum::<f64>()
}

#[test]
fn an_exported_model_and_its_tokens_make_the_score_that_classify_gives() {
    let folder = with_linear_models();
    let tokens = folder.run_lines("tokens -q -m mail.spamlab --jsonl mail.csv");
    let classified = folder.run_lines("classify -q -m mail.spamlab --jsonl mail.csv");
    assert_eq!((tokens.len(), classified.len()), (60, 60));
    for model in ["svm", "multinomial"] {
        let exported = folder.run_json(&format!("export -m mail.spamlab --model {model}"));
        for (email, classified) in tokens.iter().zip(&classified) {
            let found = score(&exported, &email["tokens"]);
            let expected = number(&of_model(&classified["verdicts"], model)["score"]);
            let close = (found - expected).abs() < 1e-9;
            assert!(close, "{model}: {found}, {expected}");
        }
    }
}

#[test]
fn a_model_without_weights_and_one_that_is_not_there_are_not_exported() {
    let folder = with_linear_models();
    let said = folder.refused("export -m mail.spamlab --model fisher");
    assert!(said.contains("fisher"), "{said}");
    let said = folder.refused("export -m mail.spamlab --model nope");
    assert!(said.contains("holds no model nope"), "{said}");
}

#[test]
fn probabilities_are_made_the_way_asked_for() {
    let folder = Folder::with_mail();
    let calibration = |way: &str| {
        let train = "train mail.csv -q -o mail.spamlab --model svm --calibration";
        folder.run(&format!("{train} {way}"));
        let inspected = folder.run_json("inspect mail.spamlab --json");
        inspected["card"]["models"][0]["calibration"].clone()
    };
    assert!(number(&calibration("platt")["platt"]["slope"]) > 0.0);
    assert_eq!(calibration("temperature")["platt"]["intercept"], 0.0);
    assert_eq!(calibration("none"), "identity");
    let isotonic = calibration("isotonic");
    let steps = list(&isotonic["isotonic"]["steps"]).iter();
    let steps: Vec<f64> = steps.map(|step| number(&step[1])).collect();
    assert!(!steps.is_empty() && steps.is_sorted(), "{steps:?}");
    // The model file, read again, judges by it.
    let classified = folder.run_lines("classify mail.csv -q -m mail.spamlab --jsonl");
    assert_eq!(classified.len(), 60);
}

#[test]
fn a_model_beside_the_default_ones_is_trained_with_them() {
    let folder = Folder::with_mail();
    let names = |folder: &Folder| -> Vec<String> {
        let found = folder.run_json("inspect mail.spamlab --json");
        let models = list(&found["card"]["models"]).iter();
        models
            .map(|model| model["name"].as_str().unwrap().to_owned())
            .collect()
    };
    folder.run("train mail.csv -q -o mail.spamlab");
    let usual = names(&folder);
    folder.run("train mail.csv -q --also fisher -o mail.spamlab");
    let mut more = names(&folder);
    let at = more.iter().position(|name| name == "fisher");
    more.remove(at.unwrap());
    assert_eq!(more, usual);
    for (wrong, reason) in [
        ("--also oracle", "there is no model \"oracle\""),
        ("--also fisher --model svm", "--model"),
    ] {
        let said = folder.refused(&format!("train mail.csv -q {wrong} -o mail.spamlab"));
        assert!(said.contains(reason), "{said}");
    }
}
