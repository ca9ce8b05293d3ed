//! Every chart of a small made-up experiment as data, held still: `tests/figures/NAME.json`. A
//! change in what a chart shows is a change in one of these files, to be read before it is
//! committed. `SPAMLAB_BLESS=1 cargo test --test contract golden_figures` rewrites them.

use crate::fixture;
use spamlab::report::charts::CHARTS;
use std::fs;
use std::path::Path;

#[test]
fn every_figure_is_as_it_was() {
    let experiment = fixture::experiment(24, 3);
    let folder = Path::new("tests/figures");
    let rewrite = std::env::var_os("SPAMLAB_BLESS").is_some();
    for chart in CHARTS {
        let figure = chart.figure(&experiment, Some(&fixture::timing(&experiment)));
        let found = serde_json::to_string_pretty(&figure).unwrap() + "\n";
        let path = folder.join(chart.key).with_extension("json");
        if rewrite {
            fs::create_dir_all(folder).unwrap();
            fs::write(&path, &found).unwrap();
        }
        let expected =
            fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert!(
            found == expected,
            "{} is not what {} holds",
            chart.key,
            path.display()
        );
    }
    let held = fs::read_dir(folder).unwrap().count();
    assert_eq!(held, CHARTS.len(), "a file without a chart");
}
