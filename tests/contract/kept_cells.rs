//! An interrupted experiment goes on from its finished cells to the same result.

use crate::analysis::one_in;
use serde_json::{Value, json};
use spamlab::base::progress::Silent;
use spamlab::lab::ExperimentSpec;
use spamlab::lab::analyses::experiments::Cells;
use spamlab::lab::analyses::experiments::crossover::{CrossoverParameters, crossover};
use spamlab::lab::analyses::experiments::duplicates::{DuplicatesParameters, duplicates};
use spamlab::lab::analyses::experiments::stream::{StreamParameters, stream};
use spamlab::lab::analyses::experiments::transfer::{TransferParameters, transfer};
use std::fs;

/// An experiment whose cells are kept.
type Run = fn(&ExperimentSpec, &Cells) -> Value;

#[test]
fn cells_that_are_there_are_not_made_again_and_the_result_is_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("cells");
    let spec = |models: &[&str]| ExperimentSpec {
        data: one_in(3, folder.path()),
        models: models.iter().map(|&name| name.to_owned()).collect(),
        resamples: 10,
        ..ExperimentSpec::default()
    };
    let experiments: [(ExperimentSpec, Run); 4] = [
        (spec(&[]), |spec, cells| {
            let asked = CrossoverParameters {
                resamples: 2,
                replicates: 20,
                tuned: false,
                ..CrossoverParameters::default()
            };
            json!(crossover(spec, &spamlab::catalog(), &asked, cells, &Silent).unwrap())
        }),
        (spec(&["multinomial", "svm"]), |spec, cells| {
            let asked = DuplicatesParameters { folds: 3 };
            json!(duplicates(spec, &spamlab::catalog(), &asked, cells, &Silent).unwrap())
        }),
        (spec(&["multinomial", "ppm", "ftrl"]), |spec, cells| {
            let asked = StreamParameters::default();
            json!(stream(spec, &spamlab::catalog(), &asked, cells, &Silent).unwrap())
        }),
        (spec(&["multinomial", "svm"]), |spec, cells| {
            let asked = TransferParameters {
                draws: 2,
                ..TransferParameters::default()
            };
            json!(transfer(spec, &spamlab::catalog(), &asked, cells, &Silent).unwrap())
        }),
    ];
    for (spec, run) in experiments {
        let whole = run(&spec, &Cells::nowhere());
        let first = Cells::in_folder(place.clone());
        assert_eq!(run(&spec, &first), whole);
        assert!(first.found() == 0 && first.kept() > 3);
        // As if interrupted half way.
        let files: Vec<_> = fs::read_dir(&place).unwrap().flatten().collect();
        assert_eq!(files.len(), first.kept());
        for file in files.iter().step_by(2) {
            fs::remove_file(file.path()).unwrap();
        }
        let second = Cells::in_folder(place.clone());
        assert_eq!(run(&spec, &second), whole);
        assert_eq!(second.found(), files.len() / 2);
        second.remove();
        assert!(!place.exists());
    }
}
