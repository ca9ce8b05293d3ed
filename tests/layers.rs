//! The walls of the house: which room may use which. See `ARCHITECTURE.md`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs;
use std::path::{Path, PathBuf};

/// Rooms from the top down: a room may use those above it and itself, never one below.
const ORDER: &[&str] = &[
    "base",
    "input",
    "tokenize",
    "dataset",
    "model",
    "optim",
    "nn",
    "generative",
    "discriminative",
    "catalog",
    "train",
    "results",
    "lab",
    "report",
    "predict",
    "generate",
    "cli",
];

/// A crate and the only places that may name it.
const CRATES: &[(&str, &[&str])] = &[
    ("plotters", &["src/report/ink"]),
    ("plotters_backend", &["src/report/ink"]),
    ("ab_glyph", &["src/report/ink"]),
    ("png", &["src/report/ink"]),
    ("clap", &["src/cli"]),
    ("clap_complete", &["src/cli"]),
    ("clap_mangen", &["src/cli"]),
    ("anyhow", &["src/cli"]),
    ("indicatif", &["src/cli"]),
    ("ctrlc", &["src/cli"]),
    ("askama", &["src/report"]),
    ("linfa", &["src/discriminative/linfa/"]),
    ("linfa_svm", &["src/discriminative/linfa/"]),
    ("linfa_logistic", &["src/discriminative/linfa/"]),
    (
        "ndarray",
        &[
            "src/discriminative/linfa/",
            "src/discriminative/linfa/dense",
        ],
    ),
    ("rust_stemmers", &["src/tokenize"]),
    ("encoding_rs", &["src/tokenize", "src/input"]),
    ("tar", &["src/input/fetch"]),
    ("flate2", &["src/input/fetch", "src/input/unpack"]),
    ("lzma_rust2", &["src/input/unpack"]),
    ("zip", &["src/input/unpack"]),
    (
        "chardetng",
        &["src/input/text", "src/tokenize/message/charset"],
    ),
    ("unicode_normalization", &["src/tokenize/words/foreign"]),
    ("postcard", &["src/model", "src/dataset/features"]),
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}

/// Every file below `src` with its text, comments and tests cut off.
fn code() -> Vec<(String, String)> {
    let mut found = Vec::new();
    sources(Path::new("src"), &mut found);
    assert!(found.len() > 30, "only {} source files found", found.len());
    found
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let text = text
                .split("#[cfg(test)]\nmod tests")
                .next()
                .unwrap_or_default();
            let code = text
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"));
            (
                path.to_string_lossy().replace('\\', "/"),
                code.collect::<Vec<_>>().join("\n"),
            )
        })
        .collect()
}

/// The room a file belongs to: the first part of its path below `src`.
fn room(path: &str) -> &str {
    path.trim_start_matches("src/")
        .split(['/', '.'])
        .next()
        .unwrap()
}

/// Names that follow `prefix` in the code, as in `crate::mail` or `crate::{mail, math}`.
fn named_after<'a>(code: &'a str, prefix: &str) -> Vec<&'a str> {
    let mut names = Vec::new();
    for (at, _) in code.match_indices(prefix) {
        let rest = &code[at + prefix.len()..];
        let list = match rest.strip_prefix('{') {
            Some(list) => list.split('}').next().unwrap(),
            None => rest
                .split(|c: char| !c.is_alphanumeric() && c != '_')
                .next()
                .unwrap(),
        };
        names.extend(
            list.split(',')
                .map(|name| name.trim().split("::").next().unwrap())
                .filter(|name| !name.is_empty()),
        );
    }
    names
}

#[test]
fn every_room_is_in_the_order_and_uses_only_rooms_above_it() {
    let rank = |room: &str| ORDER.iter().position(|known| *known == room);
    let mut wrong = Vec::new();
    let mut arrows = 0;
    for (path, code) in code() {
        let here = room(&path);
        if here == "lib" || here == "main" {
            continue;
        }
        let Some(own) = rank(here) else {
            wrong.push(format!("{path}: the room {here} is not in the order"));
            continue;
        };
        for used in named_after(&code, "crate::") {
            arrows += 1;
            match rank(used) {
                Some(other) if other > own => {
                    wrong.push(format!("{path} uses {used}, which stands below it"))
                }
                Some(_) => {}
                None => wrong.push(format!("{path} uses crate::{used}, which is no room")),
            }
        }
    }
    assert!(
        arrows > 50,
        "only {arrows} uses found: the test has gone blind"
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_families_know_neither_each_other_nor_what_is_made_of_them() {
    let barred = |here: &str| match here {
        "generative" => vec![
            "discriminative",
            "results",
            "lab",
            "report",
            "train",
            "catalog",
        ],
        "discriminative" => vec!["generative", "results", "lab", "report", "train", "catalog"],
        "results" | "report" => vec!["generative", "discriminative", "catalog", "train", "lab"],
        _ => vec![],
    };
    for (path, code) in code() {
        let barred = barred(room(&path));
        for used in named_after(&code, "crate::") {
            assert!(!barred.contains(&used), "{path} must not use {used}");
        }
    }
}

#[test]
fn a_data_set_is_made_of_mail_wherever_it_comes_from() {
    let mut seen = 0;
    for (path, code) in code() {
        if path.starts_with("src/dataset") || path.starts_with("src/tokenize") {
            seen += 1;
            assert!(
                !named_after(&code, "crate::").contains(&"input"),
                "{path} must not use input"
            );
        }
    }
    assert!(seen > 20, "only {seen} files found");
}

#[test]
fn the_solvers_know_nothing_of_mail() {
    let mut seen = 0;
    for (path, code) in code() {
        if path.starts_with("src/optim") || path.starts_with("src/nn") {
            seen += 1;
            for used in named_after(&code, "crate::") {
                assert!(
                    ["base", "dataset", "optim", "nn"].contains(&used),
                    "{path} must not use {used}"
                );
            }
        }
    }
    assert!(seen > 0, "no solver found");
}

#[test]
fn each_library_is_named_only_in_its_rooms() {
    for (path, code) in code() {
        for (library, places) in CRATES {
            // A module of ours of the same name is declared in this very folder.
            let code = code
                .lines()
                .filter(|line| !line.starts_with("pub use"))
                .collect::<Vec<_>>()
                .join("\n");
            let named = code.contains(&format!("use {library}::"))
                || code.contains(&format!(" {library}::"));
            assert!(
                !named || places.iter().any(|place| path.starts_with(place)),
                "{path} names {library}, which belongs to {places:?}"
            );
        }
    }
}
