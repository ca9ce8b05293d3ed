//! The console blocks of README and of the documents: every command is typed in order, in an empty
//! folder with the messages of `examples/`, and must print what is shown.
//!
//! A block after a line that begins `<!-- not run` is left out: it needs a download, or long work.
//! In a block, a line `…` stands for any lines. Times differ from run to run, and are not compared.
//! `SPAMLAB_BLESS=1` writes what is printed into the documents; read the diff.
#![cfg(unix)]

use crate::folder::Folder;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// One command of a document, and the lines shown under it.
struct Typed {
    command: String,
    shown: Vec<String>,
}

/// The blocks of a document between the other lines: where each begins, and its commands.
fn blocks(text: &str) -> Vec<(usize, Vec<Typed>)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let before = lines[..at].iter().rev().find(|line| !line.is_empty());
        let is_run = before.is_none_or(|before| !before.starts_with("<!-- not run"));
        if *line != "```console" || !is_run {
            continue;
        }
        let mut typed: Vec<Typed> = Vec::new();
        for line in lines[at + 1..].iter().take_while(|line| **line != "```") {
            if let Some(command) = line.strip_prefix("$ ") {
                typed.push(Typed {
                    command: command.to_owned(),
                    shown: Vec::new(),
                });
            } else if let Some(last) = typed.last_mut() {
                last.shown.push((*line).to_owned());
            }
        }
        found.push((at, typed));
    }
    found
}

/// A line without its times: a number before `s` becomes `T`.
fn normal(line: &str) -> String {
    let words: Vec<&str> = line.trim_end().split(' ').collect();
    let is_number = |word: &str| word.parse::<f64>().is_ok();
    let is_time = |at: usize| {
        let unit = words.get(at + 1).map(|next| next.trim_end_matches(','));
        is_number(words[at]) && unit == Some("s")
    };
    let word = |at: usize| if is_time(at) { "T" } else { words[at] };
    (0..words.len()).map(word).collect::<Vec<_>>().join(" ")
}

/// Whether what was printed is what is shown.
fn agree(shown: &[String], printed: &[String]) -> bool {
    match shown.split_first() {
        None => printed.is_empty(),
        Some((first, rest)) if first == "…" => {
            (0..=printed.len()).any(|from| agree(rest, &printed[from..]))
        }
        Some((first, rest)) => printed
            .split_first()
            .is_some_and(|(line, more)| normal(first) == normal(line) && agree(rest, more)),
    }
}

/// What a command prints on a terminal: results and talk as they come. How long something will take
/// depends on the machine.
fn printed(folder: &Folder, command: &str) -> Vec<String> {
    let program = assert_cmd::cargo::cargo_bin("spamlab");
    let path = program.parent().unwrap().display().to_string();
    let path = format!("{path}:{}", std::env::var("PATH").unwrap_or_default());
    let run = Command::new("sh")
        .args(["-c", &format!("exec 2>&1; {command}")])
        .current_dir(folder.path(""))
        .env("PATH", path)
        .output()
        .unwrap();
    let text = String::from_utf8(run.stdout).unwrap();
    assert!(run.status.success(), "{command}: {text}");
    let lines = text
        .lines()
        .filter(|line| !line.contains(" to go, judging by "));
    lines.map(|line| line.trim_end().to_owned()).collect()
}

fn run_document(name: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = Folder::new();
    fs::create_dir(folder.path("examples")).unwrap();
    for example in ["message.eml", "damaged.eml"] {
        let from: PathBuf = root.join("examples").join(example);
        fs::copy(from, folder.path("examples").join(example)).unwrap();
    }
    let text = fs::read_to_string(root.join(name)).unwrap();
    let blocks = blocks(&text);
    assert!(!blocks.is_empty(), "{name} has no block to run");
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let mut wrong = Vec::new();
    let mut moved = 0_isize;
    for (at, typed) in blocks {
        let mut whole = Vec::new();
        let length: usize = typed.iter().map(|one| 1 + one.shown.len()).sum();
        for Typed { command, shown } in typed {
            let found = printed(&folder, &command);
            whole.push(format!("$ {command}"));
            if agree(&shown, &found) {
                whole.extend(shown);
            } else {
                wrong.push(format!("\n$ {command}\n{}\n", found.join("\n")));
                whole.extend(found);
            }
        }
        let from = at.wrapping_add_signed(moved) + 1;
        moved += whole.len() as isize - length as isize;
        lines.splice(from..from + length, whole);
    }
    if std::env::var_os("SPAMLAB_BLESS").is_some() {
        fs::write(root.join(name), lines.join("\n") + "\n").unwrap();
    } else {
        let wrong = wrong.concat();
        assert!(
            wrong.is_empty(),
            "{name} shows something else than is printed:\n{wrong}"
        );
    }
}

#[test]
fn every_command_of_the_readme_prints_what_is_shown() {
    run_document("README.md");
}

#[test]
fn every_command_of_the_tour_prints_what_is_shown() {
    run_document("docs/tour.md");
}

#[test]
fn every_command_of_the_page_on_spark_prints_what_is_shown() {
    run_document("docs/spark.md");
}

#[test]
fn another_digit_is_noticed_and_another_time_is_not() {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let shown = lines("a 1.5\n…\nread in 0.2 s, done in 3 s");
    assert!(agree(
        &shown,
        &lines("a 1.5\nb\nc\nread in 9.7 s, done in 12.5 s")
    ));
    assert!(agree(
        &shown,
        &lines("a 1.5\nread in 9.7 s, done in 12.5 s")
    ));
    assert!(!agree(&shown, &lines("a 1.6\nread in 0.2 s, done in 3 s")));
    assert!(!agree(
        &shown,
        &lines("a 1.5\nread in 0.2 s, done in 3 s\nd")
    ));
    let text = "```console\n$ a\nx\n$ b\n```\n<!-- not run: slow -->\n```console\n$ c\n```\n";
    let found = blocks(text);
    assert!(found.len() == 1 && found[0].1.len() == 2 && found[0].1[0].shown == ["x"]);
}
