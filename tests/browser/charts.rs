//! Every chart as a browser shows it: no text covers another text or a mark, leaves its picture, or
//! is too small on a phone; and the colours follow the reader's theme, but not onto paper.

use crate::chromium::FeatureView;
use crate::fixture::experiment::of_skill;
use crate::{LAPTOP, browser, fixture, keep_picture, report};
use spamlab::results::Experiment;
use std::fs;

const OVERLAPS: &str = include_str!("overlaps.js");
/// The least height of a text on a phone, in pixels of CSS.
const LEAST: f64 = 8.9;

/// Mail as hard as the built-in one, many models, and mail with next to no errors.
fn data_sets() -> [(&'static str, Experiment); 3] {
    [
        ("hard", of_skill(735, 5, 0.3)),
        ("many", fixture::experiment(600, 24)),
        ("easy", of_skill(3000, 5, 2.0)),
    ]
}

#[test]
#[ignore = "needs Chromium: see .ci/run"]
fn no_text_of_a_chart_covers_anything() {
    let mut browser = browser();
    let mut wrong = Vec::new();
    for (name, experiment) in data_sets() {
        let (home, page) = report(&experiment);
        for width in [390, 1366] {
            browser.open(&page, FeatureView { width, ..LAPTOP });
            keep_picture(&mut browser, &format!("charts-{name}-{width}"));
            let drawn = browser.value("document.querySelectorAll('.panels svg[role] text').length");
            assert!(drawn.as_u64().unwrap() > 200, "{drawn} texts");
            let least = if width == 390 { LEAST } else { 0.0 };
            let found = browser.value(&format!("({OVERLAPS})({least})"));
            let found = found.as_array().unwrap().iter();
            wrong.extend(found.map(|one| format!("{name}, {width} wide: {one}")));
        }
        for entry in fs::read_dir(home.path().join("charts")).unwrap() {
            let picture = entry.unwrap().path();
            if picture.extension().is_some_and(|ending| ending == "svg") {
                browser.open(&picture, LAPTOP);
                let found = browser.value(&format!("({OVERLAPS})(0)"));
                let found = found.as_array().unwrap().iter();
                wrong.extend(found.map(|one| format!("{name}, {}: {one}", picture.display())));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} texts:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// Every text is moved up, so that some are upon each kind of mark and some leave their picture;
/// and the second of each picture is put upon the first.
#[test]
#[ignore = "needs Chromium: see .ci/run"]
fn texts_at_the_wrong_place_are_found() {
    let (_home, page) = report(&fixture::experiment(600, 4));
    let mut browser = browser();
    browser.open(&page, LAPTOP);
    browser.value(
        "document.querySelectorAll('.panels svg').forEach((svg) => {
            const [first, second, ...rest] = svg.querySelectorAll('text:not([transform])');
            [second, ...rest].forEach((one) => one.setAttribute('dy', -70));
            ['x', 'y', 'dy'].forEach((at) => first.setAttribute(at, second.getAttribute(at)));
        })",
    );
    let found = browser.value(&format!("({OVERLAPS})(40)")).to_string();
    for what in [
        "is upon “",
        "a bar or a marker",
        "a dot",
        "a stroke",
        "leaves the picture",
        "pixels high",
    ] {
        assert!(found.contains(what), "{what}");
    }
}

#[test]
#[ignore = "needs Chromium: see .ci/run"]
fn colours_follow_the_theme_on_the_screen_and_are_light_on_paper() {
    let (home, page) = report(&fixture::experiment(600, 4));
    let mut browser = browser();
    let line = "getComputedStyle(document.querySelector('#roc path.c-discriminative')).stroke";
    let swatch =
        "getComputedStyle(document.querySelector('#finding .key path.c-discriminative')).stroke";
    let seen = [("screen", false), ("screen", true), ("print", true)].map(|(media, dark)| {
        browser.open(
            &page,
            FeatureView {
                dark,
                media,
                ..LAPTOP
            },
        );
        let [line, swatch] = [line, swatch].map(|of| browser.value(of));
        assert_eq!(line, swatch);
        line
    });
    assert!(seen[0] != seen[1] && seen[0] == seen[2], "{seen:?}");
    let picture = home.path().join("charts/roc.svg");
    let alone = [false, true].map(|dark| {
        browser.open(&picture, FeatureView { dark, ..LAPTOP });
        browser.value("getComputedStyle(document.querySelector('path.c-discriminative')).stroke")
    });
    assert_eq!(alone, [seen[0].clone(), seen[1].clone()]);
}
