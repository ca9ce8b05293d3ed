//! Exit code 2 and one clear sentence for each bad input, with nothing left half-written.

use crate::{failure, files, spamlab, stdout, write_csv};
use std::fs;
use tempfile::TempDir;

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
            "m.spamlab cannot be written: there is no such file or folder; choose another path \
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
            "header.csv: not one of 0 rows can be used (there is only a header); fix",
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
