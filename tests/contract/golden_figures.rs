//! Compares every chart of a small made-up experiment, as data, with `tests/figures/NAME.json`. A
//! change in what a chart shows changes one of these files; read it before you commit it.
//! `SPAMLAB_BLESS=1 cargo test --test contract golden_figures` rewrites them.

use crate::fixture;
use crate::near::{difference, in_lines};
use serde_json::Value;
use spamlab::report::charts::CHARTS;
use std::fs;
use std::path::Path;

#[test]
fn every_figure_is_as_it_was() {
    let experiment = fixture::of_skill(24, 3, 0.6);
    let folder = Path::new("tests/figures");
    let rewrite = std::env::var_os("SPAMLAB_BLESS").is_some();
    for chart in CHARTS {
        let figure = chart.figure(&experiment, Some(&fixture::timing(&experiment)));
        let found = serde_json::to_value(&figure).unwrap();
        let path = folder.join(chart.key).with_extension("json");
        if rewrite {
            fs::create_dir_all(folder).unwrap();
            fs::write(&path, in_lines(&found)).unwrap();
        }
        let expected =
            fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let expected: Value = serde_json::from_str(&expected).unwrap();
        let changed = difference(&expected, &found);
        assert_eq!(changed, None, "{}, in {}", chart.key, path.display());
    }
    let held = fs::read_dir(folder).unwrap().count();
    assert_eq!(held, CHARTS.len(), "a file without a chart");
}
