//! The committed example agrees with its experiment: drawing `reports/example/experiment.json`
//! again gives the same page, Markdown, tables and pictures. `.ci/run` checks with optimised code
//! that the built-in mail gives that experiment.

use spamlab::report::{ReportOptions, load, write};
use std::fs;
use std::path::{Path, PathBuf};

/// What to do after a change that is meant. Only the second command measures anew.
const MAKE_ANEW: &str = "\
    run `spamlab report reports/example --no-times` if only the drawing changed, and \
    `spamlab compare --no-times -o reports/example` if there is a new metric or other figures; \
    read the diff";

/// All files below a folder, by their relative paths.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut left = vec![folder.to_owned()];
    let mut found = Vec::new();
    while let Some(place) = left.pop() {
        for entry in fs::read_dir(&place).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                left.push(path);
            } else {
                found.push(path.strip_prefix(folder).unwrap().to_owned());
            }
        }
    }
    found.sort();
    found
}

#[test]
fn the_example_is_what_its_experiment_says() {
    let example = Path::new("reports/example");
    let home = tempfile::tempdir().unwrap();
    let options = ReportOptions {
        repeat: Some("spamlab compare --config experiment.json"),
        train: Some(
            "spamlab train --config experiment.json --model {model} --threshold {probability}",
        ),
        ..ReportOptions::default()
    };
    write(&load(example).unwrap(), None, home.path(), &options).unwrap();
    // Of the charts only the pictures that the Markdown shows are committed; what else lies there
    // is left from an earlier run.
    let wanted = |name: &PathBuf| {
        !name.starts_with("charts") || name.extension().is_some_and(|end| end == "png")
    };
    let committed: Vec<PathBuf> = files(example).into_iter().filter(wanted).collect();
    let drawn: Vec<PathBuf> = files(home.path()).into_iter().filter(wanted).collect();
    assert_eq!(drawn, committed, "{MAKE_ANEW}");
    assert!(committed.len() > 20, "{committed:?}");
    for name in committed {
        let same =
            fs::read(home.path().join(&name)).unwrap() == fs::read(example.join(&name)).unwrap();
        assert!(same, "{} differs: {MAKE_ANEW}", name.display());
    }
}
