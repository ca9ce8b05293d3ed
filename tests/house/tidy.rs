//! The state of the house: every file says what it is for, none is a warehouse, nothing is left
//! half done, and the papers agree with the code.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn files_below(folder: &str, end: &str) -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, end: &str, found: &mut Vec<(PathBuf, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, end, found);
            } else if path.extension().is_some_and(|found| found == end) {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    let mut found = Vec::new();
    walk(Path::new(folder), end, &mut found);
    assert!(!found.is_empty(), "no .{end} file below {folder}");
    found
}

#[test]
fn every_source_file_begins_with_what_it_is_for() {
    for (path, text) in files_below("src", "rs") {
        let lines = text
            .lines()
            .take_while(|line| line.starts_with("//!"))
            .count();
        assert!(
            (1..=16).contains(&lines),
            "{}: a module doc of {lines} lines",
            path.display()
        );
    }
}

#[test]
fn no_source_file_is_a_warehouse() {
    for (path, text) in files_below("src", "rs") {
        let code = text
            .split("#[cfg(test)]\nmod tests")
            .next()
            .unwrap()
            .lines()
            .count();
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
    for folder in ["src", "tests", "benches", "examples"] {
        for (path, text) in files_below(folder, "rs") {
            // What needs a browser is run apart, and nothing else is.
            let apart = path.ends_with("browser/main.rs");
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

/// The library does not know what an option or a command is called: `cli/advice.rs` does, and tells
/// what to type.
#[test]
fn no_text_below_the_command_line_names_an_option_or_a_command() {
    // The options of npm, and the command that repeats a report's experiment.
    let other = ["input/fetch.rs", "report/documents/words.rs"];
    let mut seen = 0;
    for (path, text) in files_below("src", "rs") {
        if path.starts_with("src/cli") || other.iter().any(|other| path.ends_with(other)) {
            continue;
        }
        seen += 1;
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap();
        for line in code
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
        {
            let mut options = line.match_indices("--");
            let names_one = options.any(|(at, _)| {
                let next = line[at + 2..].chars().next();
                next.is_some_and(|next| next.is_ascii_lowercase())
            });
            assert!(
                !names_one && !line.contains("`spamlab "),
                "{} tells what to type: {line}",
                path.display()
            );
        }
    }
    assert!(seen > 150, "only {seen} files were read");
}

#[test]
fn the_readme_lists_every_model_with_its_line() {
    let readme = fs::read_to_string("README.md").unwrap();
    for entry in spamlab::catalog().models() {
        let row = readme
            .lines()
            .find(|line| line.starts_with(&format!("| `{}`", entry.name())));
        let row = row.unwrap_or_else(|| panic!("README.md has no row for {}", entry.name()));
        assert!(
            row.contains(entry.summary()),
            "README.md tells another story of {}:\n{row}",
            entry.name()
        );
        assert!(
            row.contains(&entry.family().to_string()),
            "README.md has {} in the wrong family",
            entry.name()
        );
    }
}

#[test]
fn the_architecture_names_every_room_and_every_library() {
    let map = fs::read_to_string("ARCHITECTURE.md").unwrap();
    for entry in fs::read_dir("src").unwrap() {
        let name = entry
            .unwrap()
            .file_name()
            .to_string_lossy()
            .trim_end_matches(".rs")
            .to_owned();
        assert!(
            map.contains(&format!("`{name}")),
            "ARCHITECTURE.md does not name {name}"
        );
    }
    let manifest: toml::Table = fs::read_to_string("Cargo.toml").unwrap().parse().unwrap();
    let libraries: BTreeSet<&String> = ["dependencies", "dev-dependencies"]
        .iter()
        .flat_map(|table| manifest[*table].as_table().unwrap().keys())
        .collect();
    for library in libraries {
        assert!(
            map.contains(&format!("`{library}`")),
            "ARCHITECTURE.md does not say why there is {library}"
        );
    }
}
