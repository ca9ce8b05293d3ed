//! How mail is read: the options that every command takes, and what is reported about rows that
//! cannot be used, duplicates and mail without a label.

use crate::folder::Folder;
use crate::list;
use serde_json::Value;

/// Options without which nobody could guess the columns of the table that is written.
const NAMED: &str = "--label-column a --text-column c --spam-label bad";

/// With `odd.csv`, a table of sixty messages whose columns are to be named, and a model file.
fn with_odd_table() -> Folder {
    let folder = Folder::with_mail();
    folder.run("train mail.csv -q --model byte-ngram,svm -o m.spamlab");
    let remark = "long remarks of no use ".repeat(3);
    let row = |at: usize| {
        if at.is_multiple_of(3) {
            format!("bad,{remark},claim a prize {at}\n")
        } else {
            format!("good,{remark},meeting notes {at}\n")
        }
    };
    let rows: String = (0..60).map(row).collect();
    folder.write("odd.csv", format!("a,b,c\n{rows}"));
    folder
}

/// The commands that read mail, up to the name of the file.
const COMMANDS: [&str; 27] = [
    "train",
    "count",
    "compare",
    "tune",
    "ablate",
    "certify",
    "cluster",
    "convert -o out.csv",
    "evaluate -m m.spamlab",
    "classify -m m.spamlab",
    "tokens -m m.spamlab",
    "denoise -m m.spamlab",
    "assess -m m.spamlab",
    "gan",
    "experiment ablate",
    "experiment attack",
    "experiment crossover",
    "experiment duplicates",
    "experiment game",
    "experiment fewshot",
    "experiment noise",
    "experiment stream",
    "experiment transfer",
    "experiment tune",
    "outliers -m m.spamlab",
    "generate -m m.spamlab --copies-of",
    "outliers odd.csv -m m.spamlab --contrast-with",
];

#[test]
fn every_command_that_reads_mail_takes_the_same_options() {
    let folder = with_odd_table();
    let before = folder.files();
    for command in COMMANDS {
        let mut dry = folder.spamlab(&format!("{command} odd.csv {NAMED} --dry-run"));
        let dry = dry.assert().success().stdout("");
        let said = String::from_utf8_lossy(&dry.get_output().stderr);
        for expected in [
            "text from `c`, label from `a`; `bad` means spam",
            "60 rows: 40 ham, 20 spam",
        ] {
            assert!(said.contains(expected), "{command}: {said}");
        }
    }
    assert_eq!(folder.files(), before, "a dry run wrote something");
}

#[test]
fn every_command_that_reads_mail_refuses_a_column_that_is_not_there_alike() {
    let folder = with_odd_table();
    for command in COMMANDS {
        let said = folder.refused(&format!("{command} odd.csv --text-column d --dry-run"));
        let expected = "odd.csv, line 1: there is no column `d` among `a`, `b`, `c` to hold the \
                        text; check the name given with --text-column\n";
        assert!(said.ends_with(expected), "{command}: {said}");
    }
}

#[test]
fn mail_whose_columns_were_named_is_read_as_if_nobody_had_to() {
    let folder = with_odd_table();
    let odd = folder.text("odd.csv");
    let texts = odd.lines().skip(1).map(|line| line.rsplit(',').next());
    let texts: Vec<&str> = texts.flatten().collect();
    folder.write("plain.csv", format!("text\n{}\n", texts.join("\n")));
    let tokens = |arguments: &str| folder.run(&format!("tokens -q --json {arguments}"));
    let named = tokens(&format!("odd.csv {NAMED}"));
    assert_eq!(named, tokens("plain.csv"));
    assert_ne!(named, tokens("odd.csv"));
    let found = folder.run(&format!("evaluate odd.csv -q -m m.spamlab {NAMED}"));
    assert!(found.contains("svm"), "{found}");
}

#[test]
fn json_is_one_document_and_jsonl_has_a_line_per_message() {
    let folder = Folder::new();
    folder.write("three.csv", "text\nbuy pills\nlunch\nnotes\n");
    folder.write("one.csv", "text\nlunch\n");
    let each = folder.run_lines("tokens -q --jsonl three.csv");
    assert_eq!(each.len(), 3);
    let document = folder.run("tokens -q --json three.csv");
    let parsed: Value = serde_json::from_str(&document).unwrap();
    assert_eq!(parsed, Value::Array(each));
    // Each message of the array is on a line of its own, for tools that read by line.
    let lines = document.lines().filter(|line| line.contains("\"id\""));
    assert_eq!(lines.count(), 3);
    let of_one = folder.run("tokens -q --json one.csv");
    assert_eq!(of_one, folder.run("tokens -q --jsonl one.csv"));
    let said = folder.refused("tokens -q --json --jsonl one.csv");
    assert!(said.contains("cannot be used with"), "{said}");
}

/// If a class is missing, the column plan is shown before the error.
#[test]
fn mail_of_one_class_is_counted_before_it_is_refused() {
    let folder = Folder::new();
    let one = "label,text\nham,hello there\nham,good morning\n";
    folder.write("one.csv", one);
    for line in ["train one.csv --dry-run", "train one.csv"] {
        let said = folder.refused(line);
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
    let folder = Folder::new();
    for (command, expected) in [
        ("train", "Labelled mail: tables (CSV, TSV), JSON"),
        ("compare", "Labelled mail: "),
        ("evaluate", "Labelled mail: "),
        ("cluster", "Mail, with labels or without: "),
        ("convert", "Mail, with labels or without: "),
        ("classify", "Mail; labels are ignored: "),
        ("tokens", "Mail; labels are ignored: "),
        ("denoise", "Corrupted mail; labels are ignored: "),
    ] {
        let help = folder.run(&format!("{command} --help"));
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
    let folder = Folder::with_mail();
    let unusable = "maybe,m60,hello,undecided\nspam,m61,,\n";
    folder.write("mail.csv", folder.text("mail.csv") + unusable);
    let said = folder.said("train mail.csv -o m.spamlab");
    assert_eq!(said.matches("left out 1:").count(), 2, "{said}");
    for expected in ["62 rows", "line 122", "line 123"] {
        assert!(said.contains(expected), "{said}");
    }
}

/// 60 messages of two lines each after the header: the two copies stand on lines 122 and 123.
#[test]
fn near_duplicates_called_both_ham_and_spam_are_named_with_their_lines() {
    let folder = Folder::with_mail();
    let text = "one two three four five six seven eight nine ten eleven twelve";
    let loud = text.to_uppercase();
    let alike = format!("spam,x,hello,{text}\nham,y,hello,{loud}!\n");
    folder.write("mail.csv", folder.text("mail.csv") + &alike);
    let said = folder.said("train mail.csv --model multinomial");
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    let named = "line 123 (ham, y) and line 122 (spam, x)";
    assert!(said.contains(named), "{said}");
}

/// With `more.csv`: the mail of `mail.csv` after twenty messages of unknown class.
fn with_unknown_class() -> Folder {
    let folder = Folder::with_mail();
    let labelled = folder.text("mail.csv");
    let (header, rows) = labelled.split_once('\n').unwrap();
    let unknown = ",u,prize or meeting,\"claim lunch\"\n".repeat(20);
    folder.write("more.csv", format!("{header}\n{unknown}{rows}"));
    folder
}

#[test]
fn an_evaluation_does_not_count_mail_of_unknown_class() {
    let folder = with_unknown_class();
    folder.run("train mail.csv -o a.spamlab -q");
    let evaluated = |name: &str| folder.run_json(&format!("evaluate -m a.spamlab {name} --json"));
    assert_eq!(evaluated("more.csv"), evaluated("mail.csv"));
}

#[test]
fn a_comparison_tests_on_no_mail_of_unknown_class() {
    let folder = with_unknown_class();
    folder.run(
        "compare more.csv --folds 3 --resamples 100 --no-analysis learning_curve -q \
         -o reports/more",
    );
    let experiment = folder.json("reports/more/experiment.json");
    let labels = list(&experiment["emails"]["labels"]);
    assert_eq!(labels.len(), 80);
    assert!(labels[..20].iter().all(Value::is_null));
    for model in list(&experiment["models"]) {
        let runs = list(&model["runs"]).iter();
        let tested = runs.flat_map(|run| list(&run["outcome"]["scored"]["rows"]));
        let tested: Vec<u64> = tested.map(|row| row.as_u64().unwrap()).collect();
        assert_eq!(tested.len(), 60, "{}", model["name"]);
        assert!(tested.iter().all(|&row| row >= 20), "{}", model["name"]);
    }
}
