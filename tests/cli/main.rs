//! The program as a user meets it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod analyses;
mod generative;
mod help;
mod main_job;
mod model_file;
mod reading;
mod refusals;
mod search;

use assert_cmd::Command;
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

/// Ninety messages of three kinds, one of which is spam; with a column of labels or without.
fn write_three_kinds(folder: &TempDir, name: &str, labelled: bool) {
    let kinds = [
        (
            "spam",
            ["prize", "claim", "cash", "winner", "offer", "bonus"],
        ),
        (
            "ham",
            ["meeting", "notes", "lunch", "project", "agenda", "budget"],
        ),
        (
            "ham",
            ["garden", "tulip", "spade", "seeds", "compost", "watering"],
        ),
    ];
    let mut rows = vec![
        if labelled {
            "label,kind,subject,text"
        } else {
            "subject,text"
        }
        .to_owned(),
    ];
    for at in 0..90 {
        let (label, words) = kinds[at % 3];
        let word = |step: usize| words[(at / step + at) % 6];
        let text = format!(
            "{} today,{} and {} with {}",
            word(3),
            word(7),
            word(11),
            word(13)
        );
        rows.push(if labelled {
            format!("{label},kind{},{text}", at % 3)
        } else {
            text
        });
    }
    fs::write(folder.path().join(name), rows.join("\n") + "\n").unwrap();
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
