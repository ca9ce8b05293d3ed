//! Exit code 2 and one clear sentence for each bad input, with nothing left half-written.

use crate::folder::Folder;
use std::fs;

/// What is typed, and what is said of it.
const BAD_USAGE: &[(&str, &str)] = &[
    (
        "train mail.csv --model oracle",
        "there is no model \"oracle\"",
    ),
    (
        "train mail.csv --set logistic.c=-1",
        "logistic.c = -1 is out of range",
    ),
    (
        "train mail.csv --set logistic.depth=3",
        "logistic has no setting `depth`",
    ),
    ("train mail.csv --set c=3", "MODEL.SETTING=VALUE"),
    (
        "train absent.csv",
        "absent.csv: there is no such file; check the name",
    ),
    (
        "compare mail.csv --folds 40",
        "40 folds need at least 40 different emails of each class, but there are only 38 ham \
         emails (near-duplicates counted once); use --folds 38, or add ham mail",
    ),
    ("compare mail.csv --config absent.toml", "absent.toml"),
    (
        "compare mail.csv --config bad.toml",
        "bad.toml, line 2: unknown field `depth`",
    ),
    (
        "compare mail.csv --predictions no/p.csv",
        "no/p.csv cannot be written",
    ),
    (
        "train mail.csv -o no/m.spamlab",
        "m.spamlab cannot be written: there is no such file or folder",
    ),
    (
        "train mail.csv --model svm --min-df 1000",
        "no token is left to learn from; lower --min-df, or give more mail",
    ),
    (
        "classify -m absent.spamlab",
        "absent.spamlab cannot be read: there is no such file or folder; check the name",
    ),
    (
        "classify -m mail.csv",
        "mail.csv is not a spamlab model file; make one with `spamlab train`",
    ),
    (
        "report absent",
        "absent does not exist; make one with `spamlab compare`",
    ),
    ("fetch nothing", "there is no corpus"),
    (
        "fetch spamassassin --npm no-such-npm-here",
        "npm was not found; install Node.js",
    ),
];

/// What is said in the one sentence of a refusal.
fn refused_in_one_sentence(folder: &Folder, line: &str) -> String {
    let said = folder.refused(line);
    assert_eq!(said.trim_end().lines().count(), 1, "{line}: {said}");
    said
}

#[test]
fn bad_usage_is_one_sentence_and_exit_code_2() {
    let folder = Folder::with_mail();
    folder.write("bad.toml", "seed = 3\ndepth = 4\n");
    let before = folder.files();
    for (line, expected) in BAD_USAGE {
        let said = refused_in_one_sentence(&folder, &format!("{line} -q"));
        assert!(said.contains(expected), "{line}: {said}");
    }
    assert_eq!(folder.files(), before, "something was left behind");
}

/// A file, what is in it, and how the sentence begins: what is wrong, where, and what to do.
const BAD_INPUT: &[(&str, &[u8], &str)] = &[
    (
        "empty.csv",
        b"",
        "empty.csv is empty; give tables (CSV, TSV), JSON, messages",
    ),
    (
        "header.csv",
        b"label,text\n",
        "header.csv: not one of 0 rows can be used (there is only a header); fix",
    ),
    (
        "one.csv",
        b"label,text\nham,hello there\nham,good morning\n",
        "one.csv: all 2 usable rows are ham; add mail of the other class",
    ),
    (
        "nolabel.csv",
        b"colour,text\nred,hello there\nblue,good morning\n",
        "nolabel.csv, line 1: there is no label column among `colour`, `text`; rename one to \
         `label`, or name it with --label-column\n",
    ),
    (
        "binary.csv",
        &[0, 159, 146, 150, 0, 0, 255, 7],
        "binary.csv: this is a binary file, not mail; give tables",
    ),
    (
        "cut.csv",
        b"label,text\nham,hello\nspam,\"buy now\nand never st",
        "cut.csv, line 3: the quoted field that begins here is never closed; get the complete file",
    ),
];

fn check_bad_input(folder: &Folder, name: &str, expected: &str) {
    for command in ["train", "compare"] {
        let line = format!("{command} {name} -q -o out");
        let said = refused_in_one_sentence(folder, &line);
        let begins = said.starts_with(&format!("spamlab: {expected}"));
        assert!(begins, "{line}: {said}");
    }
}

#[test]
fn bad_input_is_one_sentence_with_the_remedy_and_nothing_is_left_behind() {
    let folder = Folder::new();
    for (name, bytes, _) in BAD_INPUT {
        folder.write(name, bytes);
    }
    let before = folder.files();
    for (name, _, expected) in BAD_INPUT {
        check_bad_input(&folder, name, expected);
    }
    assert_eq!(folder.files(), before, "something was left behind");
}

#[test]
fn an_empty_folder_is_called_empty() {
    let folder = Folder::new();
    fs::create_dir(folder.path("folder.csv")).unwrap();
    check_bad_input(&folder, "folder.csv", "folder.csv is empty; give tables");
    assert_eq!(folder.files(), ["folder.csv"], "something was left behind");
}

#[test]
fn a_message_of_fifty_megabytes_is_refused_in_one_sentence() {
    let folder = Folder::with_mail();
    folder.run("train mail.csv -o mail.spamlab -q --model multinomial");
    folder.write("huge.eml", "word ".repeat(10 << 20));
    let said = refused_in_one_sentence(&folder, "classify -m mail.spamlab huge.eml");
    assert!(said.contains("huge.eml"), "{said}");
}

#[test]
fn a_damaged_truncated_foreign_or_newer_model_file_is_refused_in_one_sentence() {
    let folder = Folder::with_mail();
    folder.run("train mail.csv -o mail.spamlab -q --model multinomial,svm");
    let whole = folder.bytes("mail.spamlab");
    let mut newer = whole.clone();
    newer[8] = 99;
    let mut of_none = whole.clone();
    of_none[8] = 0;
    let mut cases = vec![
        ("newer", newer, "newer spamlab"),
        ("of format 0", of_none, "there is no format 0"),
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
        folder.write("bad.spamlab", bytes);
        let said = refused_in_one_sentence(&folder, "inspect bad.spamlab");
        assert!(said.contains(expected), "{what}: {said}");
    }
}
