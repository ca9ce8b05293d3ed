//! The report as a browser shows it: at the widths of a phone, a laptop and A4, light and dark,
//! with scripts and without, on screen and on paper. Nothing is loaded, nothing complains, nothing
//! scrolls sideways, axe-core finds nothing serious, and the script does what it says. Pictures of
//! all cases are left in `target/browser/`.
//!
//! Needs Chromium (`CHROMIUM`, else found by name) and axe-core (`AXE_CORE`: the path of
//! `axe.min.js`). `.ci/run` gets both.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "../fixture/mod.rs"]
mod fixture;

mod charts;
mod chromium;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chromium::{Chromium, FeatureView};
use spamlab::report::{ReportOptions, write};
use spamlab::results::Experiment;
use std::fs;
use std::path::{Path, PathBuf};

const LAPTOP: FeatureView = FeatureView {
    width: 1366,
    dark: false,
    scripts: true,
    media: "screen",
};

fn browser() -> Chromium {
    let found = std::env::var("CHROMIUM").ok().or_else(|| {
        let names = ["chromium", "chromium-browser", "google-chrome"];
        names
            .iter()
            .find(|name| {
                std::process::Command::new(name)
                    .arg("--version")
                    .output()
                    .is_ok()
            })
            .map(|name| (*name).to_owned())
    });
    Chromium::start(&found.expect("Chromium is installed, or CHROMIUM says where it is"))
}

/// A report in a folder of its own, and its page.
fn report(experiment: &Experiment) -> (tempfile::TempDir, PathBuf) {
    let home = tempfile::tempdir().unwrap();
    write(
        experiment,
        Some(&fixture::timing(experiment)),
        home.path(),
        &ReportOptions::default(),
    )
    .unwrap();
    let page = home.path().join("report.html");
    (home, page)
}

fn keep_picture(browser: &mut Chromium, name: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/browser");
    fs::create_dir_all(&folder).unwrap();
    fs::write(
        folder.join(name).with_extension("png"),
        STANDARD.decode(browser.picture()).unwrap(),
    )
    .unwrap();
}

#[test]
#[ignore = "needs Chromium: see .ci/run"]
fn the_report_is_whole_at_every_width_light_and_dark_with_scripts_and_without() {
    let (_home, page) = report(&fixture::experiment(600, 8));
    let mut browser = browser();
    for (name, width) in [("phone", 390), ("a4", 794), ("laptop", 1366)] {
        for (dark, scripts) in [(false, true), (true, true), (false, false)] {
            let view = FeatureView {
                width,
                dark,
                scripts,
                media: "screen",
            };
            browser.open(&page, view);
            let [content, window] = browser.widths();
            assert!(
                content <= window,
                "{view:?}: {content} wide in a window of {window}"
            );
            let dressed = [
                if dark { "dark" } else { "light" },
                if scripts { "" } else { "-still" },
            ]
            .concat();
            keep_picture(&mut browser, &format!("{name}-{dressed}"));
            assert_eq!(browser.complaints(), [""; 0], "{view:?}");
            assert_eq!(
                browser.requests(),
                [format!("file://{}", page.display())],
                "{view:?}"
            );
        }
    }
    browser.open(
        &page,
        FeatureView {
            width: 794,
            media: "print",
            ..LAPTOP
        },
    );
    assert_eq!(
        browser.value("getComputedStyle(document.getElementById('threshold-slider')).display"),
        "none"
    );
    keep_picture(&mut browser, "paper");
}

#[test]
#[ignore = "needs Chromium and axe-core: see .ci/run"]
fn an_accessibility_checker_finds_nothing_serious() {
    let axe = std::env::var("AXE_CORE").expect("AXE_CORE is the path of axe.min.js");
    let axe = fs::read_to_string(axe).unwrap();
    let (_home, page) = report(&fixture::experiment(600, 4));
    let mut browser = browser();
    for (width, dark) in [(390, false), (1366, false), (1366, true)] {
        browser.open(
            &page,
            FeatureView {
                width,
                dark,
                ..LAPTOP
            },
        );
        browser
            .value("document.querySelectorAll('details').forEach((one) => { one.open = true; })");
        browser.value(&format!("{axe}; 0"));
        let found = browser.value(
            "axe.run().then((found) => found.violations \
             .filter((one) => ['serious', 'critical'].includes(one.impact)) \
             .map((one) => one.id + ': ' + one.nodes.slice(0, 3) \
             .map((node) => node.html + ' ' + node.failureSummary).join(' | ')))",
        );
        let found: Vec<&str> = found
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|one| one.as_str())
            .collect();
        assert_eq!(found, [""; 0], "{width} wide, dark: {dark}");
    }
}

#[test]
#[ignore = "needs Chromium: see .ci/run"]
fn the_slider_moves_matrix_and_cost_together() {
    let experiment = fixture::experiment(600, 4);
    let (_home, page) = report(&experiment);
    let mut browser = browser();
    browser.open(&page, LAPTOP);
    let number = |browser: &mut Chromium, part: &str| -> usize {
        let text = browser.value(&format!(
            "document.querySelector('[data-part=\"{part}\"]').textContent"
        ));
        text.as_str()
            .unwrap()
            .split(' ')
            .next()
            .unwrap()
            .parse()
            .unwrap()
    };
    // At one half, the numbers are those of the report, counted here from the predictions.
    let (mut false_positives, mut false_negatives) = (0, 0);
    for (_, scored) in experiment.models[0].scored() {
        for (&row, &odds) in scored.rows.iter().zip(&scored.log_odds) {
            let spam = experiment.emails.labels[row as usize].unwrap().is_spam();
            false_positives += usize::from(!spam && odds >= 0.0);
            false_negatives += usize::from(spam && odds < 0.0);
        }
    }
    assert!(
        false_positives > 0 && false_negatives > 0,
        "{false_positives} {false_negatives}"
    );
    assert_eq!(
        (
            number(&mut browser, "false-positives"),
            number(&mut browser, "false-negatives")
        ),
        (false_positives, false_negatives)
    );
    assert_eq!(
        number(&mut browser, "cost"),
        10 * false_positives + false_negatives
    );
    let input = "slider.dispatchEvent(new Event('input')); 0";
    browser.value(&format!(
        "const slider = document.querySelector('[data-part=\"slider\"]'); slider.value = 8; {input}"
    ));
    assert!(
        number(&mut browser, "false-positives") < false_positives
            && number(&mut browser, "false-negatives") > false_negatives
    );
    browser.value("document.querySelector('[data-part=\"cheapest\"]').click(); 0");
    assert!(number(&mut browser, "cost") <= 10 * false_positives + false_negatives);
}

#[test]
#[ignore = "needs Chromium: see .ci/run"]
fn tables_are_sorted_and_models_hidden_on_demand() {
    let (_home, page) = report(&fixture::experiment(600, 4));
    let mut browser = browser();
    browser.open(&page, LAPTOP);
    browser.value("document.querySelector('#slices th:nth-child(3) button').click(); 0");
    let cells = "[...document.querySelectorAll('#slices tbody tr td:nth-child(3)')] \
                 .map((cell) => Number(cell.textContent.replace(',', '')))";
    let sizes = browser.value(cells);
    let sizes: Vec<f64> = sizes
        .as_array()
        .unwrap()
        .iter()
        .map(|size| size.as_f64().unwrap())
        .collect();
    assert!(sizes.len() > 4 && sizes.is_sorted(), "{sizes:?}");
    assert_eq!(
        browser.value("document.querySelector('#slices th:nth-child(3)').ariaSort"),
        "ascending"
    );
    let shown = "[...document.querySelectorAll('[data-model=\"svm\"]')] \
                 .filter((one) => one.offsetParent).length";
    assert!(browser.value(shown).as_u64().unwrap() > 10);
    browser.value(
        "[...document.querySelectorAll('#models label')] \
         .find((label) => label.textContent.trim() === 'svm').click(); 0",
    );
    assert_eq!(browser.value(shown), 0);
}
