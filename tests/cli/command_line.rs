//! The program as a user meets it: the main job from first byte to last chart, exit codes, and one
//! clear sentence for each bad input with nothing left half-written.

use assert_cmd::Command;
use serde_json::{Value, json};
use spamlab::base::progress::Silent;
use spamlab::lab::ExperimentSpec;
use spamlab::lab::spec::SplitSpec;
use spamlab::tokenize::{Stem, TokenKind};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

fn spamlab(folder: &TempDir) -> Command {
    let mut command = Command::cargo_bin("spamlab").unwrap();
    command.current_dir(folder.path());
    command
}

/// Sixty messages, a third of them spam, every word its class's own but for a few.
fn write_csv(path: &Path, name_of_spam: &str) {
    let mut rows = vec!["label,id,subject,text".to_owned()];
    for at in 0..60 {
        let (label, words) = if at % 3 == 0 {
            (name_of_spam, ["prize", "claim", "cash", "winner", "offer"])
        } else {
            ("ham", ["meeting", "notes", "lunch", "project", "agenda"])
        };
        let (a, b, c) = (words[at % 5], words[(at / 5) % 5], words[(at / 7) % 5]);
        rows.push(format!(
            "{label},m{at},{a} today,\"{b} and {c}, number {at}\nthe second line about {a}\""
        ));
    }
    fs::write(path, rows.join("\n") + "\n").unwrap();
}

/// The first messages of the mail that comes with the program.
fn write_builtin(path: &Path, messages: usize) {
    let all = concat!(env!("CARGO_MANIFEST_DIR"), "/data/emails.csv");
    let mut all = csv::Reader::from_path(all).unwrap();
    let mut some = csv::Writer::from_path(path).unwrap();
    some.write_record(all.headers().unwrap()).unwrap();
    for row in all.records().take(messages) {
        some.write_record(&row.unwrap()).unwrap();
    }
    some.flush().unwrap();
}

fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

fn stdout(command: &mut Command) -> String {
    String::from_utf8(command.assert().success().get_output().stdout.clone()).unwrap()
}

/// Exit code and what was said.
fn failure(command: &mut Command) -> (i32, String) {
    let output = command.output().unwrap();
    (
        output.status.code().unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

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
fn bad_usage_is_one_sentence_and_exit_code_2() {
    let folder = TempDir::new().unwrap();
    write_csv(&folder.path().join("mail.csv"), "spam");
    let cases: &[(&[&str], &str)] = &[
        (
            &["train", "mail.csv", "--model", "oracle"],
            "there is no model \"oracle\"",
        ),
        (
            &["train", "mail.csv", "--set", "logistic.c=-1"],
            "logistic.c = -1 is out of range",
        ),
        (
            &["train", "mail.csv", "--set", "logistic.depth=3"],
            "logistic has no setting `depth`",
        ),
        (
            &["train", "mail.csv", "--set", "c=3"],
            "MODEL.SETTING=VALUE",
        ),
        (
            &["train", "absent.csv"],
            "absent.csv: there is no such file; check the name",
        ),
        (
            &["compare", "mail.csv", "--folds", "40"],
            "40 folds need at least 40 different emails of each class, but there are only 38 ham \
             emails (near-duplicates counted once); use --folds 38, or add ham mail",
        ),
        (
            &["compare", "mail.csv", "--config", "absent.toml"],
            "absent.toml",
        ),
        (
            &["compare", "mail.csv", "--config", "bad.toml"],
            "bad.toml, line 2: unknown field `depth`",
        ),
        (
            &["compare", "mail.csv", "--predictions", "no/p.csv"],
            "no/p.csv cannot be written",
        ),
        (
            &["train", "mail.csv", "-o", "no/m.spamlab"],
            "m.spamlab cannot be written: there is no such file or folder; choose another place \
             with -o",
        ),
        (
            &["train", "mail.csv", "--min-df", "1000"],
            "no token is left to learn from; lower --min-df, or give more mail",
        ),
        (
            &["classify", "-m", "absent.spamlab"],
            "absent.spamlab cannot be read: there is no such file or folder; check the name",
        ),
        (
            &["classify", "-m", "mail.csv"],
            "mail.csv is not a spamlab model file; make one with `spamlab train`",
        ),
        (
            &["report", "absent"],
            "absent does not exist; make one with `spamlab compare`",
        ),
        (&["fetch", "nothing"], "there is no corpus"),
        (
            &["fetch", "spamassassin", "--npm", "no-such-npm-here"],
            "npm was not found; install Node.js",
        ),
    ];
    fs::write(folder.path().join("bad.toml"), "seed = 3\ndepth = 4\n").unwrap();
    for (arguments, expected) in cases {
        let (code, said) = failure(spamlab(&folder).args(*arguments).arg("-q"));
        assert_eq!(code, 2, "{arguments:?}: {said}");
        assert!(said.contains(expected), "{arguments:?}: {said}");
        assert_eq!(said.trim_end().lines().count(), 1, "{arguments:?}: {said}");
    }
    assert_eq!(
        files(folder.path()),
        ["bad.toml", "mail.csv"],
        "something was left behind"
    );
}

#[test]
fn bad_input_is_one_sentence_with_the_remedy_and_nothing_is_left_behind() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("empty.csv"), "").unwrap();
    fs::write(path("header.csv"), "label,text\n").unwrap();
    fs::write(
        path("one.csv"),
        "label,text\nham,hello there\nham,good morning\n",
    )
    .unwrap();
    fs::write(
        path("nolabel.csv"),
        "colour,text\nred,hello there\nblue,good morning\n",
    )
    .unwrap();
    fs::write(
        path("binary.csv"),
        [0u8, 159, 146, 150, 0, 0, 255, 7].repeat(100),
    )
    .unwrap();
    fs::write(
        path("cut.csv"),
        "label,text\nham,hello\nspam,\"buy now\nand never st",
    )
    .unwrap();
    fs::create_dir(path("folder.csv")).unwrap();
    let before = files(folder.path());
    // What is wrong, where, and what to do.
    let cases = [
        (
            "empty.csv",
            "empty.csv is empty; give tables (CSV, TSV), JSON lines, messages",
        ),
        (
            "header.csv",
            "header.csv: not one of 0 rows can be used (there is only a header); mend",
        ),
        (
            "one.csv",
            "one.csv: all 2 usable rows are ham; add mail of the other class",
        ),
        (
            "nolabel.csv",
            "nolabel.csv, line 1: there is no label column among `colour`, `text`; rename one to \
             `label`, or name it with --label-column\n",
        ),
        (
            "binary.csv",
            "binary.csv: this is a binary file, not mail; give tables",
        ),
        (
            "cut.csv",
            "cut.csv, line 3: the quoted field that begins here is never closed; get the file \
             whole",
        ),
        ("folder.csv", "folder.csv is empty; give tables"),
    ];
    for (name, expected) in cases {
        for command in ["train", "compare"] {
            let (code, said) = failure(spamlab(&folder).args([command, name, "-q", "-o", "out"]));
            assert_eq!(code, 2, "{command} {name}: {said}");
            assert!(
                said.starts_with(&format!("spamlab: {expected}")),
                "{command} {name}: {said}"
            );
            assert_eq!(
                said.trim_end().lines().count(),
                1,
                "{command} {name}: {said}"
            );
        }
    }
    assert_eq!(files(folder.path()), before, "something was left behind");
}

/// Options without which nobody could guess the columns of the table that is written.
const NAMED: [&str; 6] = [
    "--label-column",
    "a",
    "--text-column",
    "c",
    "--spam-label",
    "bad",
];

/// A table of sixty messages whose columns are to be named, and a model file.
fn write_odd_table(folder: &TempDir) {
    write_csv(&folder.path().join("mail.csv"), "spam");
    let models = ["--model", "byte-ngram,svm", "-o", "m.spamlab"];
    stdout(
        spamlab(folder)
            .args(["train", "mail.csv", "-q"])
            .args(models),
    );
    let remark = "long remarks of no use ".repeat(3);
    let row = |at: usize| {
        if at.is_multiple_of(3) {
            format!("bad,{remark},claim a prize {at}\n")
        } else {
            format!("good,{remark},meeting notes {at}\n")
        }
    };
    let rows: String = (0..60).map(row).collect();
    fs::write(folder.path().join("odd.csv"), format!("a,b,c\n{rows}")).unwrap();
}

#[test]
fn every_command_that_reads_mail_takes_the_same_options() {
    let folder = TempDir::new().unwrap();
    write_odd_table(&folder);
    let before = files(folder.path());
    let model = ["-m", "m.spamlab"];
    let commands: [(&str, &[&str]); 15] = [
        ("train", &[]),
        ("compare", &[]),
        ("tune", &[]),
        ("ablate", &[]),
        ("certify", &[]),
        ("cluster", &[]),
        ("convert", &["-o", "out.csv"]),
        ("evaluate", &model),
        ("classify", &model),
        ("tokens", &model),
        ("denoise", &model),
        ("assess", &model),
        ("outliers", &model),
        ("generate", &["-m", "m.spamlab", "--copies-of"]),
        (
            "outliers",
            &["odd.csv", "-m", "m.spamlab", "--contrast-with"],
        ),
    ];
    for (command, more) in commands {
        let dry = |options: &[&str]| {
            let mut run = spamlab(&folder);
            run.arg(command).args(more).arg("odd.csv").args(options);
            let output = run.arg("--dry-run").output().unwrap();
            assert!(output.stdout.is_empty(), "{command}");
            (
                output.status.code().unwrap(),
                String::from_utf8(output.stderr).unwrap(),
            )
        };
        let (code, said) = dry(&NAMED);
        assert_eq!(code, 0, "{command}: {said}");
        for expected in [
            "text from `c`, label from `a`; `bad` means spam",
            "60 rows: 40 ham, 20 spam",
        ] {
            assert!(said.contains(expected), "{command}: {said}");
        }
        let (code, said) = dry(&["--text-column", "d"]);
        assert_eq!(code, 2, "{command}: {said}");
        assert!(
            said.ends_with(
                "odd.csv, line 1: there is no column `d` among `a`, `b`, `c` to hold the text; \
                 check the name given with --text-column\n"
            ),
            "{command}: {said}"
        );
    }
    assert_eq!(files(folder.path()), before, "a dry run wrote something");
}

#[test]
fn mail_whose_columns_were_named_is_read_as_if_nobody_had_to() {
    let folder = TempDir::new().unwrap();
    write_odd_table(&folder);
    let odd = fs::read_to_string(folder.path().join("odd.csv")).unwrap();
    let texts = odd.lines().skip(1).map(|line| line.rsplit(',').next());
    let texts: Vec<&str> = texts.flatten().collect();
    let plain = format!("text\n{}\n", texts.join("\n"));
    fs::write(folder.path().join("plain.csv"), plain).unwrap();
    let tokens = |arguments: &[&str]| {
        let tokens = ["tokens", "-q", "--json"];
        stdout(spamlab(&folder).args(tokens).args(arguments))
    };
    let named = tokens(&[&["odd.csv"], &NAMED[..]].concat());
    assert_eq!(named, tokens(&["plain.csv"]));
    assert_ne!(named, tokens(&["odd.csv"]));
    let evaluate = ["evaluate", "odd.csv", "-q", "-m", "m.spamlab"];
    let found = stdout(spamlab(&folder).args(evaluate).args(NAMED));
    assert!(found.contains("svm"), "{found}");
}

/// Whoever asks why one class is missing is told first what was read as what.
#[test]
fn mail_of_one_class_is_counted_before_it_is_refused() {
    let folder = TempDir::new().unwrap();
    let one = "label,text\nham,hello there\nham,good morning\n";
    fs::write(folder.path().join("one.csv"), one).unwrap();
    for more in [&["--dry-run"][..], &[]] {
        let (code, said) = failure(spamlab(&folder).args(["train", "one.csv"]).args(more));
        assert_eq!(code, 2, "{said}");
        let expected = [
            "  2 rows: 2 ham, 0 spam",
            "spamlab: one.csv: all 2 usable rows are ham; add mail of the other class, since \
             training needs both",
        ];
        let lines: Vec<&str> = said.lines().collect();
        assert_eq!(lines[lines.len() - 2..], expected, "{said}");
    }
}

#[test]
fn what_a_command_wants_of_labels_stands_in_its_own_help() {
    let folder = TempDir::new().unwrap();
    for (command, expected) in [
        ("train", "Labelled mail: tables (CSV, TSV), JSON lines"),
        ("compare", "Labelled mail: "),
        ("evaluate", "Labelled mail: "),
        ("cluster", "Mail, with labels or without: "),
        ("convert", "Mail, with labels or without: "),
        ("classify", "Mail; labels are ignored: "),
        ("tokens", "Mail; labels are ignored: "),
        ("denoise", "Corrupted mail; labels are ignored: "),
    ] {
        let help = stdout(spamlab(&folder).args([command, "--help"]));
        assert!(help.contains(expected), "{command}: {help}");
        assert_eq!(
            help.contains("Labelled mail"),
            expected.starts_with("Labelled"),
            "{command}: {help}"
        );
    }
}

#[test]
fn a_message_of_fifty_megabytes_is_refused_in_one_sentence() {
    let folder = TempDir::new().unwrap();
    write_csv(&folder.path().join("mail.csv"), "spam");
    stdout(spamlab(&folder).args([
        "train",
        "mail.csv",
        "-o",
        "mail.spamlab",
        "-q",
        "--model",
        "multinomial",
    ]));
    fs::write(folder.path().join("huge.eml"), "word ".repeat(10 << 20)).unwrap();
    let (code, said) =
        failure(spamlab(&folder).args(["classify", "-m", "mail.spamlab", "huge.eml"]));
    assert_eq!(code, 2, "{said}");
    assert!(
        said.contains("huge.eml") && said.trim_end().lines().count() == 1,
        "{said}"
    );
}

#[test]
fn a_damaged_truncated_foreign_or_newer_model_file_is_refused_in_one_sentence() {
    let folder = TempDir::new().unwrap();
    write_csv(&folder.path().join("mail.csv"), "spam");
    stdout(spamlab(&folder).args([
        "train",
        "mail.csv",
        "-o",
        "mail.spamlab",
        "-q",
        "--model",
        "multinomial,svm",
    ]));
    let whole = fs::read(folder.path().join("mail.spamlab")).unwrap();
    let mut newer = whole.clone();
    newer[8] = 99;
    let mut cases = vec![
        ("newer", newer, "newer spamlab"),
        ("foreign", b"PK\x03\x04 something".to_vec(), "not a spamlab"),
    ];
    for cut in [9, 19, 40, whole.len() / 2, whole.len() - 1] {
        cases.push(("cut", whole[..cut].to_vec(), "damaged"));
    }
    for at in (20..whole.len()).step_by(whole.len() / 40) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x10;
        cases.push(("changed", damaged, "damaged"));
    }
    for (what, bytes, expected) in cases {
        fs::write(folder.path().join("bad.spamlab"), bytes).unwrap();
        let (code, said) = failure(spamlab(&folder).args(["inspect", "bad.spamlab"]));
        assert_eq!(code, 2, "{what}: {said}");
        assert!(
            said.contains(expected) && said.trim_end().lines().count() == 1,
            "{what}: {said}"
        );
    }
}

#[test]
fn rows_that_cannot_be_used_are_counted_and_named() {
    let folder = TempDir::new().unwrap();
    write_csv(&folder.path().join("mail.csv"), "spam");
    let mut text = fs::read_to_string(folder.path().join("mail.csv")).unwrap();
    text += "maybe,m60,hello,undecided\nspam,m61,,\n";
    fs::write(folder.path().join("mail.csv"), text).unwrap();
    let output = spamlab(&folder)
        .args(["train", "mail.csv", "-o", "m.spamlab"])
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        output.status.success() && said.contains("62 rows"),
        "{said}"
    );
    assert_eq!(said.matches("left out 1:").count(), 2, "{said}");
    assert!(
        said.contains("line 122") && said.contains("line 123"),
        "{said}"
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

#[test]
fn copies_called_both_ham_and_spam_are_named_with_their_lines() {
    let folder = TempDir::new().unwrap();
    write_csv(&folder.path().join("mail.csv"), "spam");
    let text = "one two three four five six seven eight nine ten eleven twelve";
    let mail = fs::read_to_string(folder.path().join("mail.csv")).unwrap();
    let mail = mail
        + &format!(
            "spam,x,hello,{text}\nham,y,hello,{}!\n",
            text.to_uppercase()
        );
    fs::write(folder.path().join("mail.csv"), &mail).unwrap();
    let output = spamlab(&folder)
        .args(["train", "mail.csv", "--model", "multinomial"])
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    // 60 messages of two lines each after the header: the two copies stand on lines 122 and 123.
    assert!(
        said.contains("line 123 (ham, y) and line 122 (spam, x)"),
        "{said}"
    );
}

#[test]
fn a_kind_of_token_can_be_left_out_and_an_ablation_leaves_out_each() {
    let folder = TempDir::new().unwrap();
    write_csv(&folder.path().join("mail.csv"), "spam");
    let common = ["mail.csv", "--folds", "3", "-q", "--json"];
    let found = stdout(spamlab(&folder).arg("ablate").args(common));
    let found: Value = serde_json::from_str(&found).unwrap();
    let models: Vec<&str> = found["reference"]
        .as_array()
        .unwrap()
        .iter()
        .map(|variant| variant["model"].as_str().unwrap())
        .collect();
    assert_eq!(models, ["multinomial", "svm"]);
    let changes = found["changes"].as_array().unwrap();
    let change = changes
        .iter()
        .find(|change| change["what"] == "without subject")
        .unwrap();
    assert_eq!(change["variant"]["errors"].as_array().unwrap().len(), 3);
    assert!(change["tokens"].as_i64().unwrap() > 0);
    assert!(
        !folder.path().join("reports").exists(),
        "an ablation writes no report"
    );

    stdout(spamlab(&folder).args(["train", "mail.csv", "--exclude-kinds", "word", "-q"]));
    fs::write(
        folder.path().join("one.eml"),
        "Subject: prize today\n\nmeeting notes lunch\n",
    )
    .unwrap();
    let page = stdout(spamlab(&folder).args(["classify", "-m", "mail.spamlab", "one.eml"]));
    assert!(
        page.contains("subject:prize") && !page.contains("lunch"),
        "{page}"
    );
    let (code, said) =
        failure(spamlab(&folder).args(["train", "mail.csv", "--exclude-kinds", "wrod"]));
    assert!(
        code == 2 && said.contains("wrod") && said.contains("subject"),
        "{said}"
    );
}

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
        "--json",
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
        "--json",
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

/// Rows without a label change nothing that is measured: they are neither trained on nor counted,
/// wherever they stand.
#[test]
fn mail_of_unknown_class_is_kept_apart() {
    let folder = TempDir::new().unwrap();
    write_csv(&folder.path().join("mail.csv"), "spam");
    let labelled = fs::read_to_string(folder.path().join("mail.csv")).unwrap();
    let (header, rows) = labelled.split_once('\n').unwrap();
    let unknown = ",u,prize or meeting,\"claim lunch\"\n".repeat(20);
    fs::write(
        folder.path().join("more.csv"),
        format!("{header}\n{unknown}{rows}"),
    )
    .unwrap();
    let json = |arguments: &[&str]| -> Value {
        serde_json::from_str(&stdout(spamlab(&folder).args(arguments))).unwrap()
    };
    stdout(spamlab(&folder).args(["train", "mail.csv", "-o", "a.spamlab", "-q"]));
    assert_eq!(
        json(&["evaluate", "-m", "a.spamlab", "more.csv", "--json"]),
        json(&["evaluate", "-m", "a.spamlab", "mail.csv", "--json"])
    );
    let experiment = json(&[
        "compare",
        "more.csv",
        "--folds",
        "3",
        "--resamples",
        "100",
        "--no-analysis",
        "learning_curve",
        "--json",
        "-q",
    ]);
    let tested = |model: &Value| -> u64 {
        let runs = model["runs"].as_array().unwrap();
        runs.iter()
            .map(|run| {
                run["outcome"]["scored"]["rows"]
                    .as_array()
                    .map_or(0, |rows| rows.len() as u64)
            })
            .sum()
    };
    let whole: Value = serde_json::from_str(
        &fs::read_to_string(folder.path().join("reports/more/experiment.json")).unwrap(),
    )
    .unwrap();
    assert!(
        whole["emails"]["labels"].as_array().unwrap()[..20]
            .iter()
            .all(Value::is_null)
    );
    assert!(
        whole["models"]
            .as_array()
            .unwrap()
            .iter()
            .all(|model| tested(model) == 60),
        "{}",
        whole["models"][0]
    );
    assert!(
        experiment["models"]
            .as_array()
            .unwrap()
            .iter()
            .all(|model| !model["metrics"].is_null())
    );
}

#[test]
fn what_mail_without_labels_is_worth_is_drawn() {
    let folder = TempDir::new().unwrap();
    write_builtin(&folder.path().join("mail.csv"), 160);
    let args = [
        "compare",
        "mail.csv",
        "-q",
        "--folds",
        "3",
        "--resamples",
        "100",
        "--no-times",
        "--no-analysis",
        "learning_curve",
        "--model",
        "multinomial",
        "--analysis",
        "unlabelled_curve",
        "-o",
        "out",
    ];
    stdout(spamlab(&folder).args(args));
    let experiment = fs::read_to_string(folder.path().join("out/experiment.json")).unwrap();
    let experiment: Value = serde_json::from_str(&experiment).unwrap();
    let names: Vec<&str> = experiment["models"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|of| of["name"].as_str())
        .collect();
    assert_eq!(names, ["multinomial", "mixture"]);
    assert!(experiment["analyses"]["learning_curve"].is_null());
    let [with, without] =
        ["with", "without"].map(|which| &experiment["analyses"]["unlabelled_curve"][which]);
    assert_eq!(with["test"], without["test"]);
    let points = |curve: &Value| curve["points"].as_array().unwrap().clone();
    let (with, without) = (points(with), points(without));
    assert!(with.iter().all(|point| point["model"] == "mixture"));
    let most = with
        .iter()
        .filter_map(|point| point["emails"].as_u64())
        .max()
        .unwrap();
    let of_size = |points: &[Value], all: bool| -> Vec<Value> {
        points
            .iter()
            .filter(|point| (point["emails"].as_u64() == Some(most)) == all)
            .cloned()
            .collect()
    };
    // Where every label is told there is nothing to hide; below, what was hidden was read.
    assert_eq!(of_size(&with, true), of_size(&without, true));
    let (with, without) = (of_size(&with, false), of_size(&without, false));
    assert!(
        with.len() == without.len()
            && with
                .iter()
                .zip(&without)
                .all(|(a, b)| a["metrics"] != b["metrics"])
    );
    assert!(folder.path().join("out/charts/unlabelled.svg").exists());
}

#[test]
fn what_a_setting_does_to_the_loss_is_drawn() {
    let folder = TempDir::new().unwrap();
    write_builtin(&folder.path().join("mail.csv"), 200);
    let common = [
        "compare",
        "mail.csv",
        "-q",
        "--resamples",
        "100",
        "--no-times",
        "--no-analysis",
        "learning_curve",
        "--folds",
        "3",
        "--model",
        "logistic,multinomial",
    ];
    let curves = [
        "--analysis",
        "validation_curve=logistic.c=0.01,1,100",
        "--analysis",
        "validation_curve=multinomial.representation=counts,binary",
    ];
    stdout(
        spamlab(&folder)
            .args(common)
            .args(curves)
            .args(["-o", "out"]),
    );
    let experiment = fs::read_to_string(folder.path().join("out/experiment.json")).unwrap();
    let experiment: Value = serde_json::from_str(&experiment).unwrap();
    let curves = experiment["analyses"]["validation_curve"]
        .as_array()
        .unwrap();
    let values = |curve: &Value| {
        curve["points"]
            .as_array()
            .unwrap()
            .iter()
            .map(|at| at["value"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(values(&curves[0]), [json!(0.01), json!(1), json!(100)]);
    assert_eq!(values(&curves[1]), [json!("counts"), json!("binary")]);
    let mean = |at: usize, which: &str| -> f64 {
        let losses = curves[0]["points"][at][which].as_array().unwrap();
        assert_eq!(losses.len(), 3, "a loss for each fold");
        losses
            .iter()
            .map(|loss| loss.as_f64().unwrap())
            .sum::<f64>()
            / 3.0
    };
    // The dearer an error, the closer the fit; on mail it has not seen it always loses more.
    assert!(mean(0, "training") > mean(1, "training") && mean(1, "training") > mean(2, "training"));
    assert!((0..3).all(|at| mean(at, "test") > mean(at, "training")));
    assert!(folder.path().join("out/charts/validation.svg").exists());
}

#[test]
fn a_setting_that_cannot_be_drawn_is_told_or_refused() {
    let folder = TempDir::new().unwrap();
    write_csv(&folder.path().join("mail.csv"), "spam");
    let fisher = [
        "compare",
        "mail.csv",
        "--resamples",
        "100",
        "--no-times",
        "--no-analysis",
        "learning_curve",
        "--folds",
        "3",
        "--model",
        "fisher",
        "-o",
        "fisher",
    ];
    let said = spamlab(&folder)
        .args(fisher)
        .args([
            "--analysis",
            "validation_curve=fisher.unknown_word_strength=0.1,1",
        ])
        .output()
        .unwrap();
    assert!(said.status.success());
    assert!(
        String::from_utf8(said.stderr)
            .unwrap()
            .contains("fisher.unknown_word_strength: there is nothing to draw")
    );
    for (curve, reason) in [
        ("mlp.dropout=0,0.5", "mlp is not among the models compared"),
        (
            "logistic.c=1",
            "write two or more values, separated by commas",
        ),
        ("logistic.c=1,-1", "logistic.c"),
        ("logistic", "write MODEL.SETTING=VALUE"),
    ] {
        let refused = spamlab(&folder)
            .args([
                "compare",
                "mail.csv",
                "-q",
                "--model",
                "logistic,multinomial",
            ])
            .args(["--analysis", &format!("validation_curve={curve}")])
            .output()
            .unwrap();
        let said = String::from_utf8(refused.stderr).unwrap();
        assert_eq!(refused.status.code(), Some(2), "{said}");
        assert!(said.contains(curve) && said.contains(reason), "{said}");
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
        stdout(
            spamlab(&folder)
                .args(args)
                .args(["-q", "-m", "mail.spamlab", "--json", "mail.csv"]),
        )
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
        "--json",
    ]));
    assert_eq!(classify.lines().count(), 60);
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
