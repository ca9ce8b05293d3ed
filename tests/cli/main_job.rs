//! The main job from first byte to last chart: what it writes, that the same is written at any
//! number of threads and by any way of asking, and what is printed about the program.

use crate::folder::{Folder, files};
use crate::{list, stdout};
use serde_json::{Value, json};
use spamlab::base::progress::Silent;
use spamlab::lab::ExperimentSpec;
use spamlab::lab::spec::SplitSpec;
use spamlab::tokenize::{Stem, TokenKind};
use std::fs;

#[test]
fn a_comparison_writes_a_report_and_a_prediction_for_each_message_and_model() {
    let folder = Folder::with_mail();
    let table = folder.run("compare mail.csv --folds 3 --predictions p.csv");
    for row in ["multinomial", "logistic", "majority class"] {
        assert!(table.contains(row), "{table}");
    }
    for name in ["timing.json", "report.html", "report.md", "charts"] {
        let path = format!("reports/mail-folds=3/{name}");
        assert!(folder.holds(&path), "{path} is missing");
    }
    let predictions = folder.text("p.csv");
    let header = "id,label,model,family,fold,score,log_odds,probability,predicted\n";
    assert!(predictions.starts_with(header), "{predictions}");
    let experiment = folder.json("reports/mail-folds=3/experiment.json");
    let models = list(&experiment["models"]).iter();
    let scored = models.filter(|of| of["runs"][0]["outcome"]["scored"].is_object());
    assert_eq!(predictions.lines().count(), 1 + 60 * scored.count());
}

const MESSAGE: &str = "From: a@example.org\nSubject: claim your prize\n\nWinner! A cash offer.\n";

fn with_model_file() -> Folder {
    let folder = Folder::with_mail();
    folder.run("train mail.csv -o mail.spamlab -q");
    folder.write("message.eml", MESSAGE);
    folder
}

#[test]
fn a_model_file_says_that_it_holds_words_of_the_mail() {
    let inspected = with_model_file().run("inspect mail.spamlab");
    let warning = "holds words of the mail it was trained on";
    assert!(inspected.contains(warning), "{inspected}");
}

#[test]
fn a_message_is_classified_by_both_families_from_a_file_and_from_standard_input() {
    let folder = with_model_file();
    let page = folder.run("classify -m mail.spamlab message.eml");
    for family in ["generative", "discriminative"] {
        assert!(page.contains(family), "{page}");
    }
    let verdicts = |text: &str| serde_json::from_str::<Value>(text).unwrap()["verdicts"].clone();
    let from_file = verdicts(&folder.run("classify -m mail.spamlab --json message.eml"));
    let mut piped = folder.spamlab("classify -m mail.spamlab --json -");
    assert_eq!(from_file, verdicts(&stdout(piped.write_stdin(MESSAGE))));
    assert!(list(&from_file).len() > 2);
    for verdict in list(&from_file) {
        assert_eq!(verdict["predicted"], "spam", "{verdict}");
    }
}

#[test]
fn a_table_of_verdicts_has_a_row_for_each_message_and_model() {
    let folder = with_model_file();
    let inspected = folder.run_json("inspect mail.spamlab --json");
    let models = list(&inspected["card"]["models"]).len();
    let rows = folder.run("classify -m mail.spamlab --csv message.eml mail.csv");
    // The message, and the 60 of the table.
    assert_eq!(rows.lines().count(), 1 + 61 * models);
}

#[test]
fn a_model_file_is_evaluated_on_labelled_mail() {
    let measured = with_model_file().run_json("evaluate -m mail.spamlab mail.csv --json");
    assert_eq!(measured[0]["metrics"]["accuracy"], 1.0);
}

#[test]
fn a_report_is_drawn_again_to_the_same_bytes() {
    let folder = Folder::with_mail();
    folder.run(
        "compare mail.csv --folds 3 -q --no-analysis learning_curve --resamples 100 \
         --model multinomial,logistic -o reports/mail",
    );
    let page = "reports/mail/report.html";
    let before = folder.bytes(page);
    fs::remove_file(folder.path(page)).unwrap();
    folder.run("report reports/mail");
    assert!(folder.bytes(page) == before);
}

#[test]
fn a_foreign_folder_is_left_alone() {
    let folder = Folder::with_mail();
    fs::create_dir(folder.path("photos")).unwrap();
    folder.write("photos/cat.txt", "meow");
    folder.refused("compare mail.csv -o photos -q");
    assert_eq!(files(&folder.path("photos")), ["cat.txt"]);
}

#[test]
fn results_are_the_same_bytes_at_any_number_of_threads() {
    let folder = Folder::with_mail();
    let run = |threads: u32| {
        let output = format!("--threads {threads} -o by-{threads}");
        folder.run(&format!(
            "compare mail.csv --folds 3 -q --resamples 500 {output}"
        ));
        folder.run(&format!("train mail.csv -q {output}.spamlab"));
        [
            folder.bytes(&format!("by-{threads}/experiment.json")),
            folder.bytes(&format!("by-{threads}.spamlab")),
        ]
    };
    let ([experiment, model], [other_experiment, other_model]) = (run(1), run(4));
    assert!(experiment == other_experiment, "experiment.json differs");
    assert!(model == other_model, "the model file differs");
}

#[test]
fn a_split_file_and_an_experiment_file_are_followed() {
    let folder = Folder::with_mail();
    let part = |at: usize| if at < 40 { "train" } else { "test" };
    let split: Vec<String> = (0..60).map(|at| format!("m{at},{}", part(at))).collect();
    folder.write("split.csv", format!("id,split\n{}\n", split.join("\n")));
    folder.write(
        "plan.toml",
        "models = [\"multinomial\", \"svm\"]\nseed = 9\n[settings.svm]\nc = 3.5\n\
         [vocabulary]\nmin_df = 1\n",
    );
    folder.run(
        "compare mail.csv --split split.csv --config plan.toml --no-analysis learning_curve -q \
         -o reports/mail",
    );
    let experiment = folder.json("reports/mail/experiment.json");
    assert_eq!(experiment["spec"]["seed"], 9);
    assert_eq!(experiment["spec"]["vocabulary"]["min_df"], 1);
    assert_eq!(list(&experiment["models"]).len(), 2);
    let svm = &experiment["models"][1]["runs"][0]["outcome"]["scored"];
    assert_eq!(svm["chosen"]["c"], 3.5);
    assert_eq!(list(&svm["rows"]).len(), 20);
}

/// The library with a specification, and the command with a saved experiment, write the same bytes
/// as the command with options.
#[test]
fn an_experiment_is_the_same_by_options_by_the_library_and_by_its_own_record() {
    let folder = Folder::new();
    folder.run(
        "compare -q --no-times --model multinomial,logistic,bernoulli --set logistic.c=0.5,2 \
         --folds 3 --seed 5 --min-df 2 --stem no --exclude-kinds link --resamples 100 -o options \
         --no-analysis learning_curve",
    );
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
    let curve = "learning_curve".to_owned();
    spec.analyses.insert(curve, json!(false));
    spec.vocabulary.min_df = 2;
    spec.recipe.stem = Stem::No;
    let (experiment, _) = spamlab::lab::compare(&spec, &spamlab::catalog(), &Silent).unwrap();
    spamlab::report::write(
        &experiment,
        None,
        &folder.path("library"),
        &spamlab::report::ReportOptions::default(),
    )
    .unwrap();
    folder.run("compare -q --no-times --config options/experiment.json -o again");
    let written = |name: &str| folder.bytes(&format!("{name}/experiment.json"));
    assert!(
        written("library") == written("options"),
        "the library differs"
    );
    assert!(written("again") == written("options"), "the record differs");
}

/// Compares models on three kinds of mail, in three folds.
fn compare_three_kinds(folder: &Folder, more: &str) -> String {
    let compare = "compare mail.csv --folds 3 --no-analysis learning_curve --resamples 50";
    folder.run(&format!("{compare} {more}"))
}

#[test]
fn a_comparison_without_times_tells_none() {
    let folder = Folder::with_three_kinds();
    let table = compare_three_kinds(&folder, "-o a --model multinomial,svm --no-times");
    for model in ["multinomial", "svm"] {
        let mut rows = table.lines().map(str::trim_start);
        let row = rows.find(|row| row.starts_with(model)).unwrap();
        let cells: Vec<&str> = row.split_whitespace().collect();
        assert!(
            cells[1] == "0.00" && cells[2].starts_with("(0.00–"),
            "{row}"
        );
    }
    assert!(!folder.holds("a/timing.json") && !table.contains(" s, trained"));
    let slices = folder.text("a/tables/slices.csv");
    assert!(slices.contains("kind0,kind,0,30"), "{slices}");
}

#[test]
fn a_redacted_report_holds_no_text_of_the_mail() {
    let folder = Folder::with_three_kinds();
    compare_three_kinds(&folder, "-o a --model multinomial");
    compare_three_kinds(&folder, "-o b --model multinomial --redact");
    let tells = |name: &str| {
        let text = folder.text(name);
        text.contains("tulip and") || text.contains("today\\n")
    };
    assert!(tells("a/experiment.json"), "the test has gone blind");
    for name in ["b/experiment.json", "b/report.html", "b/report.md"] {
        assert!(!tells(name), "{name}");
    }
}

#[test]
fn a_stamp_is_the_date() {
    let folder = Folder::with_three_kinds();
    compare_three_kinds(&folder, "-o a --model multinomial --stamp");
    let experiment = folder.json("a/experiment.json");
    let stamp = experiment["stamp"].as_str().unwrap();
    assert!(stamp.starts_with("20") && stamp.ends_with('Z'), "{stamp}");
}

#[test]
fn two_experiments_are_set_side_by_side() {
    let folder = Folder::with_three_kinds();
    compare_three_kinds(&folder, "-o a --model multinomial,svm");
    compare_three_kinds(&folder, "-o b --model multinomial,logistic");
    let side = folder.run_json("diff a b --json --changed changed.csv");
    assert_eq!(side["same_messages"], true);
    assert_eq!(side["only_in_one"], json!(["logistic", "svm"]));
    let errors = &side["models"][0]["errors"];
    assert_eq!([&errors["fixed"], &errors["regressed"]], [0, 0]);
    let changed = folder.text("changed.csv");
    assert!(changed.starts_with("model,id,label,"), "{changed}");
    let told = folder.run("diff a a");
    assert!(told.contains("All tested the same 90 messages"), "{told}");
    let errors = told.lines().find(|line| line.starts_with("multinomial  "));
    let errors: Vec<&str> = errors.unwrap().split_whitespace().collect();
    assert_eq!(errors, ["multinomial", "0", "0", "0.00", "1.0000"]);
}

/// The identifiers of both are row numbers, yet no message of one is in the other.
#[test]
fn of_experiments_on_different_messages_no_verdicts_are_counted() {
    let (one, other) = (Folder::with_three_kinds(), Folder::with_mail());
    compare_three_kinds(&one, "-o a --model multinomial");
    let few = "--folds 3 --resamples 0 --no-analysis learning_curve --model multinomial";
    other.run(&format!("compare mail.csv -q -o b {few}"));
    let b = other.path("b").display().to_string();
    let told = one.run(&format!("diff a {b}"));
    assert!(told.contains("only levels can be compared"), "{told}");
    for counted in ["fixed", "regressed", "McNemar", "won"] {
        assert!(!told.contains(counted), "{counted}: {told}");
    }
    let json = one.run_json(&format!("diff a {b} --json"));
    assert!(json["models"][0]["errors"].is_null(), "{json}");
    let said = one.refused(&format!("diff a {b} --changed changed.csv"));
    assert!(said.contains("tested different ones"), "{said}");
    assert!(!one.path("changed.csv").exists());
}

#[test]
fn models_completions_and_the_manual_are_printed() {
    let folder = Folder::new();
    let table = folder.run("models");
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    for entry in spamlab::catalog().models() {
        assert!(
            words(&table).contains(&words(entry.summary())),
            "{}",
            entry.name()
        );
    }
    let listed = folder.run_json("models --json");
    assert_eq!(list(&listed).len(), spamlab::catalog().models().count());
    assert!(folder.run("completions bash").contains("spamlab"));
    let manual = folder.run("man");
    let page = manual.contains(".TH") && manual.contains("SPAMLAB CLASSIFY");
    assert!(page, "no manual page");
}
