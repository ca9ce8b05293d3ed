//! The content security policy of each page, whole: its own style sheet and its own script, by
//! their sums as the standard has them (CSP Level 3, §2.3.1: base64 of SHA-256), and nothing else.

use crate::fixture;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use spamlab::base::shown::CsvText;
use spamlab::report::{NamedExperiment, ReportOptions, SideBySide, write, write_side_by_side};
use std::fs;

/// What stands between two marks, the first of which is in the page once.
fn between<'a>(page: &'a str, from: &str, to: &str) -> &'a str {
    assert_eq!(page.matches(from).count(), 1, "{from}");
    let (_, rest) = page.split_once(from).unwrap();
    rest.split_once(to).unwrap().0
}

fn policy(page: &str) -> &str {
    let from = "<meta http-equiv=\"Content-Security-Policy\" content=\"";
    between(page, from, "\">")
}

fn sum(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)))
}

#[test]
fn a_page_may_use_its_own_style_sheet_and_script_and_load_nothing() {
    let home = tempfile::tempdir().unwrap();
    let experiment = fixture::experiment(60, 4);
    let options = ReportOptions::default();
    write(&experiment, None, &home.path().join("one"), &options).unwrap();
    let all = ["a", "b"].map(|name| NamedExperiment {
        name: name.to_owned(),
        experiment: experiment.clone(),
    });
    let all = SideBySide::new(all.to_vec());
    write_side_by_side(&all, &home.path().join("several"), CsvText::Safe).unwrap();
    let [one, several] = ["one", "several"]
        .map(|name| fs::read_to_string(home.path().join(name).join("report.html")).unwrap());

    let style = |page: &str| sum(between(page, "<style>", "</style>"));
    let script = sum(between(&one, "<script>", "</script>"));
    assert_eq!(
        policy(&one),
        format!(
            "default-src 'none'; style-src {}; script-src {script}; base-uri 'none'; \
             form-action 'none'",
            style(&one)
        )
    );
    assert_eq!(
        policy(&several),
        format!(
            "default-src 'none'; style-src {}; base-uri 'none'; form-action 'none'",
            style(&several)
        )
    );
    for page in [&one, &several] {
        for loading in [" src=", "url(", "@import", "data:", " style=", " onclick="] {
            assert!(!page.contains(loading), "{loading}");
        }
    }
}
