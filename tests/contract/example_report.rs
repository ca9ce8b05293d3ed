//! The committed reports agree with their experiments: drawing `experiment.json` again gives the
//! same page, and of the example the same Markdown, tables and pictures. `.ci/run` checks with
//! optimised code that the built-in mail gives the experiment of the example.

use spamlab::report::{ReportOptions, load, load_timing, write};
use std::fs;
use std::path::{Path, PathBuf};

/// What to do after a change that is meant. Only `compare` measures anew.
const MAKE_ANEW: &str = "\
    run `spamlab report reports/example --no-times` and `spamlab report reports/neural` if only \
    the drawing changed, and `spamlab compare --no-times -o reports/example` if there is a new \
    metric or other figures; read the diff";

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

/// Draws a committed report anew and compares the files that are committed.
fn is_what_its_experiment_says(report: &Path, is_committed: fn(&Path) -> bool) -> usize {
    let home = tempfile::tempdir().unwrap();
    let options = ReportOptions {
        repeat: Some("spamlab compare --config experiment.json"),
        train: Some(
            "spamlab train --config experiment.json --model {model} --threshold {probability}",
        ),
        ..ReportOptions::default()
    };
    let timing = load_timing(report);
    let experiment = load(report).unwrap();
    write(&experiment, timing.as_ref(), home.path(), &options).unwrap();
    let of = |folder: &Path| {
        let mut found = files(folder);
        found.retain(|name| is_committed(name));
        found
    };
    let committed = of(report);
    assert_eq!(of(home.path()), committed, "{MAKE_ANEW}");
    for name in &committed {
        let same =
            fs::read(home.path().join(name)).unwrap() == fs::read(report.join(name)).unwrap();
        assert!(same, "{} differs: {MAKE_ANEW}", name.display());
    }
    committed.len()
}

#[test]
fn the_example_is_what_its_experiment_says() {
    // Of the charts only the pictures that the Markdown shows are committed; what else lies there
    // is left from an earlier run.
    let files = is_what_its_experiment_says(Path::new("reports/example"), |name| {
        !name.starts_with("charts") || name.extension().is_some_and(|end| end == "png")
    });
    assert!(files > 20, "{files}");
}

/// It is smaller: one page with its pictures in it, and the tables.
#[test]
fn the_page_of_the_nets_is_what_its_experiment_says() {
    let files = is_what_its_experiment_says(Path::new("reports/neural"), |name| {
        !name.starts_with("charts") && name != Path::new("report.md")
    });
    assert!(files > 10, "{files}");
}
