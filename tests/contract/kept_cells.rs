//! An interrupted experiment goes on from its finished cells to the same result, caveats included.

use crate::analysis::one_in;
use serde_json::{Value, json};
use spamlab::base::progress::Silent;
use spamlab::lab::ExperimentSpec;
use spamlab::lab::analyses::experiments::attack::AttackParameters;
use spamlab::lab::analyses::experiments::crossover::CrossoverParameters;
use spamlab::lab::analyses::experiments::duplicates::DuplicatesParameters;
use spamlab::lab::analyses::experiments::fewshot::FewshotParameters;
use spamlab::lab::analyses::experiments::game::GameParameters;
use spamlab::lab::analyses::experiments::noise::NoiseParameters;
use spamlab::lab::analyses::experiments::stream::StreamParameters;
use spamlab::lab::analyses::experiments::transfer::TransferParameters;
use spamlab::lab::analyses::experiments::{Cells, Experiment};
use std::fs;

#[test]
fn cells_of_an_attack_are_kept() {
    go_on_from_half(
        &["multinomial", "svm"],
        &AttackParameters {
            words: vec![5, 10],
            spam: 10,
            candidates: 20,
            ..AttackParameters::default()
        },
    );
}

#[test]
fn cells_of_a_game_are_kept() {
    go_on_from_half(
        &["multinomial", "logistic"],
        &GameParameters {
            rounds: 1,
            messages: 4,
            steps: 3,
            changes: 4,
        },
    );
}

#[test]
fn cells_of_a_crossover_are_kept() {
    go_on_from_half(
        &[],
        &CrossoverParameters {
            resamples: 2,
            replicates: 20,
            tuned: false,
            ..CrossoverParameters::default()
        },
    );
}

#[test]
fn cells_of_duplicates_are_kept() {
    go_on_from_half(&["multinomial", "svm"], &DuplicatesParameters { folds: 3 });
}

#[test]
fn cells_of_few_messages_are_kept() {
    go_on_from_half(&["multinomial", "svm"], &FewshotParameters { runs: 2 });
}

#[test]
fn cells_of_noise_are_kept() {
    go_on_from_half(
        &["multinomial", "svm"],
        &NoiseParameters {
            draws: 1,
            replicates: 20,
            ..NoiseParameters::default()
        },
    );
}

#[test]
fn cells_of_a_stream_are_kept() {
    go_on_from_half(
        &["multinomial", "ppm", "ftrl"],
        &StreamParameters::default(),
    );
}

#[test]
fn cells_of_a_transfer_are_kept() {
    go_on_from_half(
        &["multinomial", "svm"],
        &TransferParameters {
            draws: 2,
            ..TransferParameters::default()
        },
    );
}

/// Cells that are there are not made again, and the result is the same.
fn go_on_from_half<E: Experiment>(models: &[&str], asked: &E) {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("cells");
    let spec = ExperimentSpec {
        data: one_in(3, folder.path()),
        models: models.iter().map(|&name| name.to_owned()).collect(),
        resamples: 10,
        ..ExperimentSpec::default()
    };
    let run = |cells: &Cells| -> Value {
        let answer = asked.answer(&spec, &spamlab::catalog(), cells, &Silent);
        let answer = answer.unwrap();
        // Every experiment knows its mail, and has counted tests of the models that it names.
        let caveats = &answer.caveats;
        assert!(!caveats.mail.is_empty(), "{}", E::NAME);
        assert!(caveats.models.len() >= models.len().max(1), "{}", E::NAME);
        let tests = |name: &&str| caveats.models.get(*name).map_or(0, |tally| tally.tests);
        assert!(
            models.iter().map(tests).all(|tests| tests > 0),
            "{}",
            E::NAME
        );
        json!(answer)
    };
    let whole = run(&Cells::nowhere());
    let first = Cells::in_folder(place.clone());
    assert_eq!(run(&first), whole);
    assert!(first.found() == 0 && first.kept() > 3);
    // As if interrupted half way.
    let files: Vec<_> = fs::read_dir(&place).unwrap().flatten().collect();
    assert_eq!(files.len(), first.kept());
    for file in files.iter().step_by(2) {
        fs::remove_file(file.path()).unwrap();
    }
    let second = Cells::in_folder(place.clone());
    assert_eq!(run(&second), whole);
    assert_eq!(second.found(), files.len() / 2);
    second.remove();
    assert!(!place.exists());
}
