//! The main job from first byte to last chart: what it writes, that the same is written at any
//! number of threads and by any way of asking, and what is printed about the program.

use crate::{failure, files, spamlab, stdout, write_csv, write_three_kinds};
use serde_json::Value;
use spamlab::base::progress::Silent;
use spamlab::lab::ExperimentSpec;
use spamlab::lab::spec::SplitSpec;
use spamlab::tokenize::{Stem, TokenKind};
use std::fs;
use tempfile::TempDir;

#[test]
fn the_main_job_runs_from_csv_to_verdict() {
    let folder = TempDir::new().unwrap();
    write_csv(&folder.path().join("mail.csv"), "spam");
    let table = stdout(spamlab(&folder).args([
        "compare",
        "mail.csv",
        "--folds",
        "3",
        "--predictions",
        "p.csv",
    ]));
    assert!(
        table.contains("multinomial")
            && table.contains("logistic")
            && table.contains("majority class"),
        "{table}"
    );
    let report = folder.path().join("reports/mail");
    for name in [
        "experiment.json",
        "timing.json",
        "report.html",
        "report.md",
        "charts",
    ] {
        assert!(report.join(name).exists(), "{name} is missing");
    }
    let predictions = fs::read_to_string(folder.path().join("p.csv")).unwrap();
    assert!(
        predictions
            .starts_with("id,label,model,family,fold,score,log_odds,probability,predicted\n")
    );
    let experiment: Value =
        serde_json::from_slice(&fs::read(report.join("experiment.json")).unwrap()).unwrap();
    let scored = |model: &Value| model["runs"][0]["outcome"]["scored"].is_object();
    let models = experiment["models"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|model| scored(model))
        .count();
    assert_eq!(predictions.lines().count(), 1 + 60 * models);

    stdout(spamlab(&folder).args(["train", "mail.csv", "-o", "mail.spamlab", "-q"]));
    let inspected = stdout(spamlab(&folder).args(["inspect", "mail.spamlab"]));
    assert!(
        inspected.contains("holds words of the mail it was trained on"),
        "{inspected}"
    );

    let message = "From: a@example.org\nSubject: claim your prize\n\nWinner! A cash offer.\n";
    fs::write(folder.path().join("message.eml"), message).unwrap();
    let page = stdout(spamlab(&folder).args(["classify", "-m", "mail.spamlab", "message.eml"]));
    assert!(
        page.contains("generative") && page.contains("discriminative"),
        "{page}"
    );
    let from_file =
        stdout(spamlab(&folder).args(["classify", "-m", "mail.spamlab", "--json", "message.eml"]));
    let from_stdin = stdout(
        spamlab(&folder)
            .args(["classify", "-m", "mail.spamlab", "--json", "-"])
            .write_stdin(message),
    );
    let verdicts = |text: &str| serde_json::from_str::<Value>(text).unwrap()["verdicts"].clone();
    assert_eq!(verdicts(&from_file), verdicts(&from_stdin));
    for verdict in verdicts(&from_file).as_array().unwrap() {
        assert_eq!(verdict["predicted"], "spam", "{verdict}");
    }
    let rows = stdout(spamlab(&folder).args([
        "classify",
        "-m",
        "mail.spamlab",
        "--csv",
        "message.eml",
        "mail.csv",
    ]));
    assert_eq!(
        rows.lines().count(),
        1 + 61 * models,
        "a row for the message and each of the 60"
    );

    let measured =
        stdout(spamlab(&folder).args(["evaluate", "-m", "mail.spamlab", "mail.csv", "--json"]));
    let measured: Value = serde_json::from_str(&measured).unwrap();
    assert_eq!(measured[0]["metrics"]["accuracy"], 1.0);
}

#[test]
fn a_report_is_drawn_again_to_the_same_bytes_and_a_foreign_folder_is_left_alone() {
    let folder = TempDir::new().unwrap();
    write_csv(&folder.path().join("mail.csv"), "spam");
    let models = ["--model", "multinomial,logistic"];
    stdout(
        spamlab(&folder)
            .args([
                "compare",
                "mail.csv",
                "--folds",
                "3",
                "-q",
                "--no-analysis",
                "learning_curve",
                "--resamples",
                "100",
            ])
            .args(models),
    );
    let report = folder.path().join("reports/mail");
    let before = fs::read(report.join("report.html")).unwrap();
    fs::remove_file(report.join("report.html")).unwrap();
    stdout(spamlab(&folder).args(["report", "reports/mail"]));
    assert_eq!(fs::read(report.join("report.html")).unwrap(), before);

    let foreign = folder.path().join("photos");
    fs::create_dir(&foreign).unwrap();
    fs::write(foreign.join("cat.txt"), "meow").unwrap();
    let (code, said) =
        failure(spamlab(&folder).args(["compare", "mail.csv", "-o", "photos", "-q"]));
    assert_eq!(code, 2, "{said}");
    assert_eq!(files(&foreign), ["cat.txt"]);
}

#[test]
fn results_are_the_same_bytes_at_any_number_of_threads() {
    let folder = TempDir::new().unwrap();
    write_csv(&folder.path().join("mail.csv"), "spam");
    let run = |threads: &str, output: &str| {
        let command = [
            "compare",
            "mail.csv",
            "--folds",
            "3",
            "-q",
            "--resamples",
            "500",
            "--threads",
            threads,
            "-o",
            output,
        ];
        stdout(spamlab(&folder).args(command));
        stdout(spamlab(&folder).args([
            "train",
            "mail.csv",
            "-q",
            "--threads",
            threads,
            "-o",
            &format!("{output}.spamlab"),
        ]));
        let experiment = fs::read(folder.path().join(output).join("experiment.json")).unwrap();
        (
            experiment,
            fs::read(folder.path().join(format!("{output}.spamlab"))).unwrap(),
        )
    };
    let (one, four) = (run("1", "one"), run("4", "four"));
    assert!(
        one.0 == four.0,
        "experiment.json differs between one thread and four"
    );
    assert!(
        one.1 == four.1,
        "the model file differs between one thread and four"
    );
}

#[test]
fn a_split_file_and_an_experiment_file_are_followed() {
    let folder = TempDir::new().unwrap();
    write_csv(&folder.path().join("mail.csv"), "spam");
    let split: Vec<String> = (0..60)
        .map(|at| format!("m{at},{}", if at < 40 { "train" } else { "test" }))
        .collect();
    fs::write(
        folder.path().join("split.csv"),
        format!("id,split\n{}\n", split.join("\n")),
    )
    .unwrap();
    fs::write(
        folder.path().join("plan.toml"),
        "models = [\"multinomial\", \"svm\"]\nseed = 9\n[settings.svm]\nc = 3.5\n\
         [vocabulary]\nmin_df = 1\n",
    )
    .unwrap();
    let compare = [
        "compare",
        "mail.csv",
        "--split",
        "split.csv",
        "--config",
        "plan.toml",
        "--no-analysis",
        "learning_curve",
        "-q",
    ];
    stdout(spamlab(&folder).args(compare));
    let text = fs::read(folder.path().join("reports/mail/experiment.json")).unwrap();
    let experiment: Value = serde_json::from_slice(&text).unwrap();
    assert_eq!(experiment["spec"]["seed"], 9);
    assert_eq!(experiment["spec"]["vocabulary"]["min_df"], 1);
    assert_eq!(experiment["models"].as_array().unwrap().len(), 2);
    let svm = &experiment["models"][1];
    assert_eq!(svm["runs"][0]["outcome"]["scored"]["chosen"]["c"], 3.5);
    assert_eq!(
        svm["runs"][0]["outcome"]["scored"]["rows"]
            .as_array()
            .unwrap()
            .len(),
        20
    );
}

/// The library alone, given the specification, and the command, given the saved experiment, write
/// the same bytes as the command given options.
#[test]
fn an_experiment_is_the_same_by_options_by_the_library_and_by_its_own_record() {
    let folder = TempDir::new().unwrap();
    let options = [
        "compare",
        "-q",
        "--no-times",
        "--model",
        "multinomial,logistic,bernoulli",
        "--set",
        "logistic.c=0.5,2",
        "--folds",
        "3",
        "--seed",
        "5",
        "--min-df",
        "2",
        "--stem",
        "no",
        "--exclude-kinds",
        "link",
        "--resamples",
        "100",
    ];
    stdout(spamlab(&folder).args(options).args(["-o", "options"]));
    let read = |name: &str| fs::read(folder.path().join(name).join("experiment.json")).unwrap();
    let mut spec = ExperimentSpec {
        models: ["multinomial", "logistic", "bernoulli"]
            .map(str::to_owned)
            .to_vec(),
        exclude_kinds: [TokenKind::Link].into_iter().collect(),
        split: SplitSpec::Folds(3),
        resamples: 100,
        seed: 5,
        ..ExperimentSpec::default()
    };
    spec.set("logistic.c=0.5,2".parse().unwrap());
    spec.vocabulary.min_df = 2;
    spec.recipe.stem = Stem::No;
    let (experiment, _) = spamlab::lab::compare(&spec, &spamlab::catalog(), &Silent).unwrap();
    let library = folder.path().join("library");
    spamlab::report::write(&experiment, None, &library, None).unwrap();
    assert!(read("library") == read("options"), "the library differs");
    let saved = "options/experiment.json";
    let again = [
        "compare",
        "-q",
        "--no-times",
        "--config",
        saved,
        "-o",
        "again",
    ];
    stdout(spamlab(&folder).args(again));
    assert!(read("again") == read("options"), "the record differs");
}

#[test]
fn two_experiments_are_set_side_by_side_and_a_redacted_one_holds_no_text() {
    let folder = TempDir::new().unwrap();
    write_three_kinds(&folder, "mail.csv", true);
    let compare = |name: &str, more: &[&str]| {
        let fixed = [
            "compare",
            "mail.csv",
            "--folds",
            "3",
            "--no-analysis",
            "learning_curve",
            "--resamples",
            "50",
            "-o",
            name,
        ];
        stdout(spamlab(&folder).args(fixed).args(more))
    };
    let table = compare("a", &["--model", "multinomial,svm", "--no-times"]);
    for model in ["multinomial", "svm"] {
        let row = table.lines().find(|row| row.starts_with(model));
        let right = row.is_some_and(|row| row.contains("  1.0000 ± 0.0000  1.0000 ± 0.0000  "));
        assert!(right, "accuracy and F1 of {model}: {table}");
    }
    assert!(!folder.path().join("a/timing.json").exists() && !table.contains("fit s"));
    let card = fs::read_to_string(folder.path().join("a/tables/slices.csv")).unwrap();
    assert!(card.contains("kind,kind0,0,30"), "{card}");
    compare(
        "b",
        &["--model", "multinomial,logistic", "--redact", "--stamp"],
    );
    for name in ["b/experiment.json", "b/report.html", "b/report.md"] {
        let text = fs::read_to_string(folder.path().join(name)).unwrap();
        assert!(
            !text.contains("tulip and") && !text.contains("today\\n"),
            "{name}"
        );
    }
    let experiment: Value =
        serde_json::from_slice(&fs::read(folder.path().join("b/experiment.json")).unwrap())
            .unwrap();
    let stamp = experiment["stamp"].as_str().unwrap();
    assert!(stamp.starts_with("20") && stamp.ends_with('Z'), "{stamp}");
    let side =
        stdout(spamlab(&folder).args(["diff", "a", "b", "--json", "--changed", "changed.csv"]));
    let side: Value = serde_json::from_str(&side).unwrap();
    assert_eq!(side["same_data"], true);
    assert_eq!(side["only_in_one"], serde_json::json!(["logistic", "svm"]));
    assert_eq!(
        side["models"][0]["metrics"][0]["folds"],
        serde_json::json!([0, 3, 0])
    );
    assert!(
        fs::read_to_string(folder.path().join("changed.csv"))
            .unwrap()
            .starts_with("model,id,label,")
    );
    assert!(
        stdout(spamlab(&folder).args(["diff", "a", "a"]))
            .contains("0 verdicts became right, 0 wrong")
    );
}

#[test]
fn models_completions_and_the_manual_are_printed() {
    let folder = TempDir::new().unwrap();
    let table = stdout(spamlab(&folder).arg("models"));
    for entry in spamlab::catalog().models() {
        assert!(table.contains(entry.summary()), "{}", entry.name());
    }
    let json: Value =
        serde_json::from_str(&stdout(spamlab(&folder).args(["models", "--json"]))).unwrap();
    assert_eq!(
        json.as_array().unwrap().len(),
        spamlab::catalog().models().count()
    );
    assert!(stdout(spamlab(&folder).args(["completions", "bash"])).contains("spamlab"));
    let manual = stdout(spamlab(&folder).arg("man"));
    assert!(
        manual.contains(".TH") && manual.contains("SPAMLAB CLASSIFY"),
        "no manual page"
    );
}
