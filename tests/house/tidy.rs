//! The state of the house: every file says what it is for, none is a warehouse, nothing is left
//! half done, and the papers agree with the code.

use crate::source::{House, files_below, without_tests};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Most source files in a folder, and most modules at the top of `src`.
const MOST_FILES: usize = 14;
const MOST_MODULES: usize = 16;

/// Most lines that a file says what it is for in.
const MOST_DOC_LINES: usize = 18;

/// Folders in which each file is one row of a table, so that there may be any number.
const ROWS: &[&str] = &["src/cli/commands", "src/lab/analyses", "src/report/charts"];

/// Most letters of a line.
const WIDTH: usize = 100;

/// What other programs are told looks like an option and is none of ours.
const OPTIONS_OF_OTHERS: &[&str] = &["--silent", "--ignore-scripts"];

/// The source of the library, the program and the module for Python.
fn ours() -> Vec<(PathBuf, String)> {
    let folders = ["src", "python/src"].into_iter();
    folders
        .flat_map(|folder| files_below(folder, "rs"))
        .collect()
}

#[test]
fn every_source_file_begins_with_what_it_is_for() {
    for (path, text) in ours() {
        let doc = text.lines().take_while(|line| line.starts_with("//!"));
        // An example in it is not counted.
        let doc = doc.collect::<Vec<_>>().join("\n");
        let prose = doc.split("```").step_by(2).flat_map(str::lines);
        let lines = prose.filter(|line| line.len() > 4).count();
        assert!(
            (1..=MOST_DOC_LINES).contains(&lines),
            "{}: a module doc of {lines} lines",
            path.display()
        );
    }
}

#[test]
fn no_source_file_is_a_warehouse() {
    for (path, text) in ours() {
        let code = without_tests(&text).lines().count();
        assert!(
            code <= 600,
            "{} has {code} lines before its tests: is there a second room in it?",
            path.display()
        );
    }
}

#[test]
fn nothing_is_left_half_done() {
    // Built from parts, so that this list does not find itself.
    let marks = [
        ["to", "do!("],
        ["unimpl", "emented!("],
        ["db", "g!("],
        ["FIX", "ME"],
        ["SKEL", "ETON"],
        ["#[ign", "ore"],
    ];
    for folder in ["src", "tests", "benches", "examples", "python/src"] {
        for (path, text) in files_below(folder, "rs") {
            // What needs a browser or packages of Python is run apart by `.ci/run`, and says so.
            let mut left_out = text
                .lines()
                .filter(|line| line.contains(&marks[5].concat()));
            let apart = left_out.all(|line| line.ends_with(": see .ci/run\"]"));
            for mark in marks
                .map(|parts| parts.concat())
                .into_iter()
                .filter(|mark| !(apart && mark.ends_with("ore")))
            {
                assert!(!text.contains(&mark), "{} holds {mark:?}", path.display());
            }
        }
    }
    if Path::new(".ci/run").exists() {
        assert!(
            fs::read_to_string(".ci/run")
                .unwrap()
                .contains("--test browser -- --ignored")
        );
    }
}

#[test]
fn the_table_of_models_lists_every_model_with_its_line() {
    let readme = fs::read_to_string("docs/models.md").unwrap();
    for entry in spamlab::catalog().models() {
        let row = readme
            .lines()
            .find(|line| line.starts_with(&format!("| `{}`", entry.name())));
        let row = row.unwrap_or_else(|| panic!("docs/models.md has no row for {}", entry.name()));
        assert!(
            row.contains(entry.summary()),
            "docs/models.md tells another story of {}:\n{row}",
            entry.name()
        );
        assert!(
            row.contains(&entry.family().to_string()),
            "docs/models.md has {} in the wrong family",
            entry.name()
        );
    }
}

#[test]
fn the_architecture_names_every_module_at_the_top() {
    let map = fs::read_to_string("ARCHITECTURE.md").unwrap();
    for name in modules_at_the_top() {
        assert!(
            map.contains(&format!("`{name}`")),
            "ARCHITECTURE.md does not name {name}"
        );
    }
}

fn modules_at_the_top() -> BTreeSet<String> {
    let entries = fs::read_dir("src").unwrap();
    let name = |entry: std::io::Result<fs::DirEntry>| {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        name.trim_end_matches(".rs").to_owned()
    };
    let names = entries.map(name);
    names
        .filter(|name| !matches!(name.as_str(), "lib" | "main"))
        .collect()
}

#[test]
fn the_top_of_the_source_and_its_folders_are_taken_in_at_a_glance() {
    let modules = modules_at_the_top();
    assert!(
        modules.len() <= MOST_MODULES,
        "{} modules at the top of src",
        modules.len()
    );
    let files = files_below("src", "rs");
    let folders: BTreeSet<&Path> = files.iter().filter_map(|(path, _)| path.parent()).collect();
    assert!(folders.len() > 20);
    for folder in folders {
        let held = files
            .iter()
            .filter(|(path, _)| path.parent() == Some(folder))
            .count();
        let rows = ROWS.iter().any(|rows| folder == Path::new(rows));
        assert!(
            held <= MOST_FILES || rows,
            "{held} files in {}: which of them belong together?",
            folder.display()
        );
    }
}

#[test]
fn lines_fit_a_hundred_columns() {
    let mut wide = Vec::new();
    for folder in ["src", "tests", "benches", "examples", "python/src"] {
        for (path, text) in files_below(folder, "rs") {
            let lines = text.lines().enumerate();
            let lines = lines.filter(|(_, line)| line.chars().count() > WIDTH);
            wide.extend(lines.map(|(at, _)| format!("{}, line {}", path.display(), at + 1)));
        }
    }
    assert!(wide.is_empty(), "wider than {WIDTH} columns: {wide:#?}");
}

/// Whether a text names an option (two dashes and a word, where a word may begin) or a command.
fn tells_what_to_type(text: &str) -> bool {
    let names_an_option = text.match_indices("--").any(|(at, dashes)| {
        let before = text[..at].chars().next_back();
        let word = text[at + dashes.len()..].chars();
        let word: String = word
            .take_while(|of| of.is_alphanumeric() || *of == '-')
            .collect();
        before.is_none_or(|of| !of.is_alphanumeric() && of != '-')
            && word.starts_with(|of: char| of.is_ascii_lowercase())
            && !OPTIONS_OF_OTHERS.contains(&format!("--{word}").as_str())
    });
    names_an_option || text.contains("`spamlab ")
}

#[test]
fn only_the_command_line_knows_what_options_and_commands_are_called() {
    for (text, expected) in [
        ("lower --min-df", true),
        ("(--silent)", false),
        ("a -- b, a--b, ---- and <!-- x -->", false),
        ("--", false),
        ("--folds", true),
        ("run `spamlab train` first", true),
    ] {
        assert_eq!(tells_what_to_type(text), expected, "{text}");
    }
    let naming = |cli: bool| -> Vec<&str> {
        let sources = House::read().sources.iter();
        let sources = sources.filter(|source| source.path.starts_with("src/cli/") == cli);
        let naming = sources.filter(|source| source.texts.iter().any(|of| tells_what_to_type(of)));
        naming.map(|source| source.path.as_str()).collect()
    };
    assert!(
        !naming(true).is_empty(),
        "none found in src/cli: the test has gone blind"
    );
    assert_eq!(naming(false), [""; 0], "they tell what to type");
}
