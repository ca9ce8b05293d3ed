//! How mail is read: the options that every command takes, and what is told of rows that cannot be
//! used, of duplicates and of mail without a label.

use crate::{failure, files, spamlab, stdout, write_csv};
use serde_json::Value;
use std::fs;
use tempfile::TempDir;

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
fn near_duplicates_called_both_ham_and_spam_are_named_with_their_lines() {
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
