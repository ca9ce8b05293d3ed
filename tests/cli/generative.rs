//! What only a generative model can do: generate mail, denoise it, find what is novel, and cluster
//! mail without labels.

use crate::{failure, spamlab, stdout, write_csv, write_three_kinds};
use serde_json::Value;
use std::fs;
use tempfile::TempDir;

#[test]
fn a_model_file_generates_mail_that_can_be_trained_on_and_says_what_it_copied() {
    let folder = TempDir::new().unwrap();
    write_csv(&folder.path().join("mail.csv"), "spam");
    let train = [
        "train",
        "mail.csv",
        "-q",
        "-o",
        "mail.spamlab",
        "--model",
        "byte-ngram,multinomial,logistic",
    ];
    stdout(spamlab(&folder).args(train));
    let generate = ["generate", "-m", "mail.spamlab", "-n", "6"];

    let page = stdout(spamlab(&folder).args(generate).args([
        "--copies-of",
        "mail.csv",
        "--prompt",
        "prize t",
    ]));
    assert_eq!(page.matches("\nSubject: prize t").count(), 6, "{page}");
    assert_eq!(
        page.matches(" cop").count(),
        6,
        "every message says whether it is copied: {page}"
    );
    let lines = stdout(spamlab(&folder).args(generate).args([
        "--jsonl",
        "--class",
        "spam",
        "--copies-of",
        "mail.csv",
    ]));
    for line in lines.lines() {
        let email: Value = serde_json::from_str(line).unwrap();
        assert_eq!(
            (email["label"].as_str(), email["model"].as_str()),
            (Some("spam"), Some("byte-ngram"))
        );
        let run = &email["longest_copied_run"];
        assert_eq!(
            run["bytes"].as_u64().unwrap() as usize,
            run["text"].as_str().unwrap().len()
        );
    }

    for model in ["byte-ngram", "multinomial"] {
        let csv = |seed: &str| {
            stdout(
                spamlab(&folder)
                    .args(generate)
                    .args(["--model", model, "--csv", "--seed", seed]),
            )
        };
        assert_eq!(csv("3"), csv("3"));
        assert_ne!(csv("3"), csv("4"));
        fs::write(folder.path().join("generated.csv"), csv("3")).unwrap();
        let evaluated = stdout(spamlab(&folder).args([
            "evaluate",
            "-m",
            "mail.spamlab",
            "generated.csv",
            "-q",
        ]));
        assert!(evaluated.contains("multinomial"), "{evaluated}");
    }

    let (code, said) = failure(
        spamlab(&folder)
            .args(generate)
            .args(["--model", "logistic"]),
    );
    assert!(
        code == 2 && said.contains("logistic cannot generate mail"),
        "{said}"
    );
    let (code, said) = failure(spamlab(&folder).args(generate).args([
        "--model",
        "multinomial",
        "--prompt",
        "Dear",
    ]));
    let able = "without an order, so that it cannot continue a text; choose a model of text, such \
                as byte-ngram, with --model";
    assert!(code == 2 && said.contains(able), "{said}");
}

#[test]
fn generated_mail_is_assessed_and_can_be_learned_from() {
    let folder = TempDir::new().unwrap();
    write_three_kinds(&folder, "mail.csv", true);
    stdout(spamlab(&folder).args([
        "train",
        "mail.csv",
        "-o",
        "m.spamlab",
        "--model",
        "multinomial,svm",
    ]));
    let assess = |more: &[&str]| {
        stdout(
            spamlab(&folder)
                .args(["assess", "mail.csv", "-m", "m.spamlab", "-n", "60"])
                .args(more),
        )
    };
    let found: Value = serde_json::from_str(&assess(&["--json"])).unwrap();
    assert_eq!(
        (found["generator"].as_str(), found["classifier"].as_str()),
        (Some("multinomial"), Some("svm"))
    );
    // The classes share no word but one, so nothing is easier than to generate, to classify and to
    // learn.
    assert!(
        found["agreement"]
            .as_array()
            .unwrap()
            .iter()
            .all(|share| share.as_f64().unwrap() > 0.9),
        "{found}"
    );
    assert!(
        (1.0..=2.0).contains(&found["inception_score"].as_f64().unwrap()),
        "{found}"
    );
    assert!(
        found["train_on_synthetic"][0]["accuracy"].as_f64().unwrap() > 0.9,
        "{found}"
    );
    assert!(assess(&[]).contains("Inception Score"));
    stdout(spamlab(&folder).args([
        "train",
        "mail.csv",
        "-o",
        "g.spamlab",
        "--model",
        "multinomial",
    ]));
    let output = spamlab(&folder)
        .args(["assess", "mail.csv", "-m", "g.spamlab"])
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        output.status.code() == Some(2)
            && said.contains("no discriminative model to classify the generated mail"),
        "{said}"
    );
}

#[test]
fn corrupted_mail_is_denoised_and_it_is_measured_how_much_is_recovered() {
    let folder = TempDir::new().unwrap();
    write_csv(&folder.path().join("mail.csv"), "spam");
    let train = [
        "train",
        "mail.csv",
        "-q",
        "-o",
        "mail.spamlab",
        "--model",
        "byte-ngram,multinomial",
    ];
    stdout(spamlab(&folder).args(train));
    let denoise = |more: &[&str]| {
        stdout(
            spamlab(&folder)
                .args(["denoise", "-q", "-m", "mail.spamlab"])
                .args(more),
        )
    };

    let measure = ["mail.csv", "--measure", "--corrupted", "0.3", "-n", "20"];
    let found: Value =
        serde_json::from_str(&denoise(&[&measure[..], &["--json"]].concat())).unwrap();
    let error = |when: &str| found[format!("word_error_{when}")].as_f64().unwrap();
    // Mail that the model was trained on is recovered for the most part.
    assert!(
        error("before") > 0.15 && error("after") < error("before") / 2.0,
        "{found}"
    );
    let corrupted: u64 = found["by_corruption"]
        .as_array()
        .unwrap()
        .iter()
        .map(|of| of["words"].as_u64().unwrap())
        .sum();
    assert_eq!(
        (corrupted as f64 / found["words"].as_f64().unwrap() * 1e9).round(),
        (error("before") * 1e9).round()
    );
    let few = ["mail.csv", "--measure", "--corrupted", "0.3", "-n", "4"];
    let found = denoise(&few);
    assert_eq!(found, denoise(&few));
    assert_ne!(found, denoise(&[&few[..], &["--seed", "2"]].concat()));

    fs::write(
        folder.path().join("one.eml"),
        "Subject: hello\n\npr1ze and an \u{43e}ther\n",
    )
    .unwrap();
    let one: Value = serde_json::from_str(&denoise(&["one.eml", "--json"])).unwrap();
    assert!(
        one["changed"]
            .as_array()
            .unwrap()
            .iter()
            .any(|word| word["denoised"] == "prize"),
        "{one}"
    );
    assert!(denoise(&["one.eml", "--csv"]).starts_with("id,subject,body\none.eml,"));

    let bag = [
        "denoise",
        "one.eml",
        "-m",
        "mail.spamlab",
        "--model",
        "multinomial",
    ];
    let (code, said) = failure(spamlab(&folder).args(bag));
    assert!(code == 2 && said.contains("without an order"), "{said}");
    let (code, said) = failure(spamlab(&folder).args([
        "denoise",
        "one.eml",
        "-m",
        "mail.spamlab",
        "--corrupted",
        "1",
    ]));
    assert!(code == 2 && said.contains("between 0 and 1"), "{said}");
}

#[test]
fn mail_of_another_kind_is_novel() {
    let folder = TempDir::new().unwrap();
    write_csv(&folder.path().join("mail.csv"), "spam");
    let other = (0..40).map(|at| format!("ordre {at},Voulez-vous bien {at} nous écrire à Ghlin\n"));
    fs::write(
        folder.path().join("other.csv"),
        "subject,body\n".to_owned() + &other.collect::<Vec<_>>().concat(),
    )
    .unwrap();
    let train = [
        "train",
        "mail.csv",
        "-q",
        "-o",
        "mail.spamlab",
        "--model",
        "byte-ngram,multinomial",
    ];
    stdout(spamlab(&folder).args(train));
    let outliers = [
        "outliers",
        "mail.csv",
        "-q",
        "-m",
        "mail.spamlab",
        "-n",
        "3",
        "--contrast-with",
        "other.csv",
    ];
    let found: Value =
        serde_json::from_str(&stdout(spamlab(&folder).args(outliers).arg("--json"))).unwrap();
    assert_eq!(
        (
            found["model"].as_str(),
            found["outliers"].as_array().unwrap().len()
        ),
        (Some("byte-ngram"), 3)
    );
    // Not a word of the other mail is known: all of it is more novel than all of the first.
    assert_eq!(found["contrast"]["roc_auc"].as_f64(), Some(1.0));
    assert!(stdout(spamlab(&folder).args(outliers)).contains("ROC AUC 1.0000"));

    let classify = [
        "classify",
        "other.csv",
        "-q",
        "-m",
        "mail.spamlab",
        "--jsonl",
    ];
    for line in stdout(spamlab(&folder).args(classify)).lines() {
        let verdicts = serde_json::from_str::<Value>(line).unwrap()["verdicts"].clone();
        let of = |name: &str| {
            verdicts
                .as_array()
                .unwrap()
                .iter()
                .find(|of| of["model"] == name)
                .unwrap()["novelty"]
                .clone()
        };
        assert_eq!(of("byte-ngram")["p_value"].as_f64(), Some(0.0));
        assert!(of("multinomial").is_null());
    }
    fs::write(
        folder.path().join("one.eml"),
        "Subject: ordre\n\nVoulez-vous bien nous écrire\n",
    )
    .unwrap();
    let page = stdout(spamlab(&folder).args(["classify", "one.eml", "-q", "-m", "mail.spamlab"]));
    assert!(
        page.contains("unlike the training mail, so do not rely on the verdicts"),
        "{page}"
    );
    let (code, said) = failure(
        spamlab(&folder)
            .args(outliers)
            .args(["--model", "multinomial"]),
    );
    assert!(
        code == 2 && said.contains("gives no code lengths"),
        "{said}"
    );
}

#[test]
fn kinds_of_mail_are_found_without_labels() {
    let folder = TempDir::new().unwrap();
    write_three_kinds(&folder, "pile.csv", false);
    let found =
        stdout(spamlab(&folder).args(["cluster", "pile.csv", "--json", "--assign", "kinds.csv"]));
    let found: Value = serde_json::from_str(&found).unwrap();
    let sizes: Vec<u64> = found["kinds"]
        .as_array()
        .unwrap()
        .iter()
        .map(|kind| kind["emails"].as_u64().unwrap())
        .collect();
    assert_eq!(sizes, [30, 30, 30]);
    let kinds = fs::read_to_string(folder.path().join("kinds.csv")).unwrap();
    let kinds: Vec<&str> = kinds
        .lines()
        .skip(1)
        .map(|line| line.split_once(',').unwrap().1)
        .collect();
    assert!(kinds.len() == 90 && (0..90).all(|at| kinds[at] == kinds[at % 3]));
    write_three_kinds(&folder, "labelled.csv", true);
    let told = stdout(spamlab(&folder).args(["cluster", "labelled.csv", "--kinds", "3"]));
    assert!(
        told.contains("(0 ham, 30 spam)") && told.contains("(30 ham, 0 spam)"),
        "{told}"
    );
    fs::write(folder.path().join("few.csv"), "text\nhello there\n").unwrap();
    let output = spamlab(&folder)
        .args(["cluster", "few.csv"])
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        output.status.code() == Some(2) && said.contains("too few to find kinds in"),
        "{said}"
    );
}
