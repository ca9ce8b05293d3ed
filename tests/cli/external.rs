//! Models that were fitted elsewhere, in a comparison.

use crate::folder::Folder;
use crate::python;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

const COMPARE: &str = "compare mail.csv -q --model svm,multinomial --folds 3 --resamples 100 \
                       --no-analysis learning_curve --no-times";

/// The rows of a table that the program wrote, each by its columns.
fn rows(folder: &Folder, name: &str) -> Vec<BTreeMap<String, String>> {
    let mut table = csv::Reader::from_path(folder.path(name)).unwrap();
    table.deserialize().map(Result::unwrap).collect()
}

/// With `predictions.csv` of a comparison of `mail.csv` on three folds, and its report in `own`.
fn with_predictions() -> Folder {
    let folder = Folder::with_builtin_mail(240);
    folder.run(&format!("{COMPARE} -o own --predictions predictions.csv"));
    let text = folder.text("predictions.csv");
    let renamed = text.replace(",svm,", ",other-svm,");
    folder.write(
        "predictions.csv",
        renamed.replace(",multinomial,", ",other-bayes,"),
    );
    folder
}

/// The metrics of each model of a report, by model and metric.
fn values(folder: &Folder, report: &str) -> BTreeMap<(String, String), Option<f64>> {
    let found = folder.json(&format!("{report}/experiment.json"));
    let models = found["models"].as_array().unwrap().iter();
    let metrics = models.flat_map(|model| {
        let name = model["name"].as_str().unwrap().to_owned();
        let estimates = model["estimates"].as_object().unwrap().iter();
        estimates.map(move |(key, one)| ((name.clone(), key.clone()), one["value"].as_f64()))
    });
    metrics.collect()
}

#[test]
fn predictions_given_back_have_the_figures_of_the_model_that_made_them() {
    let folder = with_predictions();
    folder.run(&format!("{COMPARE} --with predictions.csv -o with"));
    let found = values(&folder, "with");
    let mut compared = 0;
    for ((model, metric), value) in &found {
        let twin = match model.as_str() {
            "svm" => "other-svm",
            "multinomial" => "other-bayes",
            _ => continue,
        };
        // The raw score and the code length are not in the file.
        if metric.ends_with("_raw") || metric.starts_with("bits") {
            continue;
        }
        let twin = found[&(twin.to_owned(), metric.clone())];
        compared += usize::from(value.is_some());
        match (value, twin) {
            (Some(a), Some(b)) => assert!((a - b).abs() < 1e-9, "{model} {metric}: {a} {b}"),
            (a, b) => assert_eq!(a.is_some(), b.is_some(), "{model} {metric}"),
        }
    }
    assert!(compared > 30, "{compared}");
    let pair = rows(&folder, "with/tables/comparisons.csv");
    let pair = pair
        .iter()
        .find(|row| row["A"] == "svm" && row["B"] == "other-svm")
        .unwrap();
    assert_eq!((&*pair["only A right"], &*pair["only B right"]), ("0", "0"));
    let page = folder.text("with/report.html");
    assert!(page.contains("other-svm") && !page.contains("MEASURED"));
}

#[test]
fn the_folds_that_split_writes_are_those_of_a_comparison() {
    let folder = with_predictions();
    folder.run("split mail.csv -q --folds 3");
    let folds = rows(&folder, "mail-folds.csv");
    let fold: BTreeMap<&str, &str> = folds
        .iter()
        .map(|row| (row["id"].as_str(), row["split"].as_str()))
        .collect();
    assert_eq!(fold.len(), 240);
    for row in rows(&folder, "predictions.csv") {
        assert_eq!(fold[row["id"].as_str()], row["fold"], "{}", row["id"]);
    }
    folder.run(&format!(
        "{} -o again --split mail-folds.csv --with predictions.csv",
        COMPARE.replace(" --folds 3", "")
    ));
}

#[test]
fn predictions_on_other_folds_or_messages_are_refused_by_name() {
    let folder = with_predictions();
    let refused = |arguments: &str| folder.refused(&format!("{COMPARE} -o no {arguments}"));
    let said = refused("--with predictions.csv --seed 2");
    assert!(
        said.contains("predictions.csv: the message ") && said.contains("is not in fold "),
        "{said}"
    );
    let rows: Vec<String> = folder
        .text("predictions.csv")
        .lines()
        .map(str::to_owned)
        .collect();
    folder.write("short.csv", rows[..rows.len() - 1].join("\n"));
    let said = refused("--with short.csv");
    assert!(said.contains("has no prediction of the message"), "{said}");
    folder.write("twice.csv", rows.join("\n") + "\n" + &rows[1]);
    let said = refused("--with twice.csv");
    assert!(
        said.contains("has two predictions of the message"),
        "{said}"
    );
    folder.write(
        "unknown.csv",
        rows.join("\n") + "\n" + &rows[1].replacen(|_| true, "x", 1),
    );
    let said = refused("--with unknown.csv");
    assert!(said.contains("no labelled message has the id"), "{said}");
    folder.write("name.csv", rows.join("\n").replace("other-svm", "svm"));
    let said = refused("--with name.csv");
    assert!(said.contains("\"svm\" is a model of the program"), "{said}");
    let said = refused("--with predictions.csv --with predictions.csv");
    assert!(said.contains("stands in another file too"), "{said}");
    let said = refused("--with nowhere.csv");
    assert!(said.contains("nowhere.csv: "), "{said}");
    assert!(!folder.holds("no"));
}

#[test]
fn scores_are_calibrated_on_the_other_folds_and_need_some() {
    let folder = with_predictions();
    let text = folder
        .text("predictions.csv")
        .replacen("probability", "unused", 1);
    folder.write("scores.csv", text);
    folder.run(&format!("{COMPARE} --with scores.csv -o with"));
    let found = values(&folder, "with");
    let of = |model: &str, metric: &str| found[&(model.to_owned(), metric.to_owned())].unwrap();
    // The order within each fold is that of the model itself.
    let roca = |model: &str| of(model, "one_minus_roca_pct");
    assert!((roca("svm") - roca("other-svm")).abs() < 1e-9);
    let baseline = folder.json("with/experiment.json")["baseline"]["log_loss_bits"].clone();
    assert!(of("other-svm", "log_loss_bits") < baseline.as_f64().unwrap());
    let halves = folder.text("predictions.csv");
    let ids: Vec<&str> = halves
        .lines()
        .skip(1)
        .map(|row| row.split(',').next().unwrap())
        .collect();
    let half = |at: usize| {
        if at.is_multiple_of(2) {
            "train"
        } else {
            "test"
        }
    };
    let split = ids[..240]
        .iter()
        .enumerate()
        .map(|(at, id)| format!("{id},{}\n", half(at)));
    folder.write(
        "halves.csv",
        format!("id,split\n{}", split.collect::<String>()),
    );
    let compare = COMPARE.replace(" --folds 3", " --split halves.csv");
    let said = folder.refused(&format!("{compare} --with scores.csv -o no"));
    assert!(said.contains("need at least two folds"), "{said}");
}

/// The log-odds of each message by `other-svm`, of whose scores `scores.csv` holds some multiple.
fn log_odds(folder: &Folder, mail: &str) -> BTreeMap<String, f64> {
    folder.run(&format!(
        "compare {mail} -q --model multinomial --split folds.csv --resamples 0 --no-analysis \
         learning_curve --with scores.csv --predictions out.csv -o {mail}.report"
    ));
    let rows = rows(folder, "out.csv").into_iter();
    let rows = rows.filter(|row| row["model"] == "other-svm");
    rows.map(|row| (row["id"].clone(), row["log_odds"].parse().unwrap()))
        .collect()
}

#[test]
fn neither_the_label_of_a_message_nor_the_scale_of_scores_enters_its_probability() {
    let folder = with_predictions();
    let rows = rows(&folder, "predictions.csv").into_iter();
    let rows: Vec<_> = rows.filter(|row| row["model"] == "other-svm").collect();
    let line = |row: &BTreeMap<String, String>| format!("{},{}\n", row["id"], row["fold"]);
    let folds: String = rows.iter().map(line).collect();
    folder.write("folds.csv", format!("id,split\n{folds}"));
    let scores = |times: f64| {
        let score = |row: &BTreeMap<String, String>| -> f64 { row["score"].parse().unwrap() };
        let line = |row: &BTreeMap<String, String>| {
            format!("{},other-svm,{}\n", row["id"], times * score(row))
        };
        let lines: String = rows.iter().map(line).collect();
        folder.write("scores.csv", format!("id,model,score\n{lines}"));
    };
    scores(1.0);
    folder.run("convert mail.csv -q -o ids.csv");
    let found = log_odds(&folder, "ids.csv");
    scores(1024.0);
    for (id, odds) in log_odds(&folder, "ids.csv") {
        assert!(
            (odds - found[&id]).abs() < 1e-3,
            "{id}: {odds} {}",
            found[&id]
        );
    }
    scores(1.0);
    // The first message of the file gets the other label.
    let mut table = csv::Reader::from_path(folder.path("ids.csv")).unwrap();
    let header = table.headers().unwrap().clone();
    let mut mail: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
    let (label, id) = (place(&header, "label"), place(&header, "id"));
    let other = if &mail[0][label] == "spam" {
        "ham"
    } else {
        "spam"
    };
    let changed = mail[0].iter().enumerate();
    mail[0] = changed
        .map(|(at, cell)| if at == label { other } else { cell })
        .collect();
    let flipped = mail[0][id].to_owned();
    let mut out = csv::Writer::from_path(folder.path("flipped.csv")).unwrap();
    out.write_record(&header).unwrap();
    for row in &mail {
        out.write_record(row).unwrap();
    }
    out.flush().unwrap();
    let again = log_odds(&folder, "flipped.csv");
    assert_eq!(again[&flipped], found[&flipped]);
    let changed = again.iter().filter(|(id, odds)| found[*id] != **odds);
    assert!(changed.count() > 100, "the label teaches the other folds");
}

fn place(header: &csv::StringRecord, name: &str) -> usize {
    header.iter().position(|title| title == name).unwrap()
}

#[test]
fn a_report_with_models_from_elsewhere_is_repeated_redacted_and_set_beside_another() {
    let folder = with_predictions();
    folder.write("private-name.csv", folder.text("predictions.csv"));
    folder.run(&format!(
        "{COMPARE} --with private-name.csv --max-fpr 5% -o with"
    ));
    let spec = folder.json("with/experiment.json")["spec"].clone();
    assert_eq!(spec["external"][0], "private-name.csv");
    folder.run("compare -q --config with/experiment.json --no-times -o repeated");
    folder.run("report -q with -o drawn");
    for part in ["experiment.json", "report.html", "report.md"] {
        let first = folder.bytes(&format!("with/{part}"));
        assert!(
            first == folder.bytes(&format!("repeated/{part}")),
            "repeated/{part}"
        );
        assert!(
            first == folder.bytes(&format!("drawn/{part}")),
            "drawn/{part}"
        );
    }
    folder.run("report -q with -o hidden --redact");
    let hidden = folder.text("hidden/experiment.json");
    assert!(!hidden.contains("private-name") && hidden.contains("other-svm"));
    let said = folder.run("diff own with");
    assert!(
        said.contains("Only in one of the two: other-bayes, other-svm"),
        "{said}"
    );
}

/// A model whose file has no column `model` is called after the file, whose name is hidden.
#[test]
fn redaction_numbers_models_that_are_called_after_their_file_and_keeps_given_names() {
    let folder = with_predictions();
    let all = rows(&folder, "predictions.csv");
    let svm = all.iter().filter(|row| row["model"] == "other-svm");
    let lines = svm.map(|row| format!("{},{},{}\n", row["id"], row["fold"], row["probability"]));
    let table = lines.collect::<String>();
    folder.write("ann-at-acme.csv", format!("id,fold,probability\n{table}"));
    folder.run(&format!(
        "{COMPARE} --with predictions.csv --with ann-at-acme.csv -o open"
    ));
    folder.run("report -q open -o hidden --redact");
    let files = [
        "experiment.json",
        "report.html",
        "report.md",
        "tables/summary.csv",
    ];
    for file in files {
        let [open, hidden] = ["open", "hidden"].map(|at| folder.text(&format!("{at}/{file}")));
        assert!(open.contains("ann-at-acme"), "open/{file}");
        assert!(!hidden.contains("ann-at-acme"), "hidden/{file}");
        assert!(
            hidden.contains("external 1") && hidden.contains("other-svm"),
            "{file}"
        );
    }
    let [open, hidden] =
        ["open", "hidden"].map(|at| rows(&folder, &format!("{at}/tables/comparisons.csv")));
    let with = |rows: &[BTreeMap<String, String>], name: &str| {
        let has = |row: &&BTreeMap<String, String>| row["A"] == name || row["B"] == name;
        rows.iter().filter(has).count()
    };
    assert_eq!(with(&open, "ann-at-acme"), 4);
    assert_eq!(with(&hidden, "external 1"), 4);
}

/// The Python block of the document.
fn example() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/external.md");
    let text = fs::read_to_string(path).unwrap();
    let block = text.split("```python\n").nth(1).unwrap();
    block.split("```").next().unwrap().to_owned()
}

/// Stands in for the part of scikit-learn that the example uses: multinomial naive Bayes.
const STAND_IN: &str = r#"
import math, re
from collections import Counter

def words(text): return re.findall(r"\w+", text.lower())

class Anything:
    def __init__(self, **settings): pass

class Column(list):
    def __getitem__(self, at): return [row[at[1]] for row in self]

class Bayes:
    def fit(self, texts, labels):
        self.counts = {name: Counter() for name in sorted(set(labels))}
        for text, label in zip(texts, labels): self.counts[label].update(words(text))
        self.words = len(set().union(*self.counts.values()))
        return self
    def predict_proba(self, texts):
        def score(text, of):
            total = sum(of.values()) + self.words
            return sum(math.log((of[word] + 1) / total) for word in words(text))
        spam, ham = self.counts["spam"], self.counts["ham"]
        odds = [score(text, spam) - score(text, ham) for text in texts]
        spam = [1 / (1 + math.exp(-max(-30, min(30, x)))) for x in odds]
        return Column([1 - p, p] for p in spam)

def make_pipeline(*steps): return Bayes()
TfidfVectorizer = LogisticRegression = Anything
"#;

/// Runs the example of the document, with the real scikit-learn or what stands in for it, and
/// compares; the accuracy of its model.
fn accuracy_of_example(python: &str, real: bool) -> f64 {
    let folder = Folder::new();
    folder.run("split -q --folds 5");
    folder.write("example.py", example());
    if !real {
        fs::create_dir_all(folder.path("sklearn/feature_extraction")).unwrap();
        for module in [
            "__init__",
            "feature_extraction/__init__",
            "feature_extraction/text",
        ] {
            folder.write(&format!("sklearn/{module}.py"), STAND_IN);
        }
        for module in ["linear_model", "pipeline"] {
            folder.write(&format!("sklearn/{module}.py"), STAND_IN);
        }
    }
    let run = Command::new(python)
        .arg("example.py")
        .current_dir(folder.path(""))
        .output()
        .unwrap();
    assert!(
        run.status.success(),
        "{}",
        String::from_utf8_lossy(&run.stderr)
    );
    folder.run(
        "compare -q --folds 5 --model multinomial --resamples 0 --no-analysis learning_curve \
         --with predictions.csv -o with",
    );
    let found = values(&folder, "with");
    found[&("sklearn-logistic".to_owned(), "accuracy".to_owned())].unwrap()
}

#[test]
fn the_example_of_the_document_runs_with_what_stands_in_for_scikit_learn() {
    let python3 = Command::new("python3").arg("--version").output();
    if !python3.is_ok_and(|run| run.status.success()) {
        println!("python3 is not there: LEFT OUT");
        return;
    }
    let accuracy = accuracy_of_example("python3", false);
    assert!(accuracy > 0.75, "{accuracy}");
}

#[test]
#[ignore = "needs Python with scikit-learn: see .ci/run"]
fn the_example_of_the_document_runs_with_scikit_learn() {
    let accuracy = accuracy_of_example(&python(), true);
    assert!(accuracy > 0.8, "{accuracy}");
}
