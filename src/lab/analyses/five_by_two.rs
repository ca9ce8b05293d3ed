//! Five divisions of the labelled mail into halves, each of which trains and tests every model
//! once: what the combined 5x2cv F test asks of each pair of models.
//!
//! The two training sets of a division have no message in common, unlike those of ten folds, so the
//! test rarely finds a difference where there is none. What it compares are models of half of the
//! mail. A division is what a comparison in two folds is, with this seed and the four after it.
//! Near-duplicates stay in one half. Left out: models from elsewhere, which cannot be
//! trained.

use super::analysis::{Analysis, Compared, LooksAt, OnComparison, plain};
use crate::lab::cross_validation::{Protocol, run_fold};
use crate::lab::split::{Fold, Split};
use crate::results::{DIVISIONS, FIVE_BY_TWO, Outcome, PairInHalves, five_by_two};
use crate::train::TrainOptions;
use rayon::prelude::*;

/// Halves in all.
const HALVES: usize = 2 * DIVISIONS;

/// The row of the table.
pub(super) const ANALYSIS: Analysis = Analysis {
    name: FIVE_BY_TWO,
    question: "Do two models differ if training sets have no message in common?",
    looks_at: LooksAt::Comparison(OnComparison {
        by_default: false,
        messages: |planned, _, _| HALVES * planned.options.emails(planned.labelled / 2),
        ..OnComparison::new(|compared, _| plain(pairs(compared)?))
    }),
    section: Some("pairwise-tests"),
    charts: &[],
};

/// The test of every pair that has a result on all halves and differs; None where the mail cannot
/// be divided.
fn pairs(compared: &Compared<'_>) -> Option<Vec<PairInHalves>> {
    let (corpus, seed) = (compared.corpus, compared.protocol.options.seed);
    let division = |at: u64| {
        let seed = seed.wrapping_add(at);
        let split = Split::stratified(corpus, 2, seed).ok()?;
        Some(split.folds.into_iter().map(move |fold| (seed, fold)))
    };
    let divisions: Option<Vec<_>> = (0..DIVISIONS as u64).map(division).collect();
    let halves: Vec<(u64, Fold)> = divisions?.into_iter().flatten().collect();
    let models = compared.protocol.models.len();
    let fits = HALVES * models * compared.protocol.candidates.len().max(1);
    compared.progress.begin("five times two folds", fits as u64);
    let accuracies = |(seed, fold): &(u64, Fold)| -> Vec<Option<f64>> {
        let protocol = Protocol {
            options: TrainOptions {
                seed: *seed,
                live: None,
                ..compared.protocol.options
            },
            ..*compared.protocol
        };
        let result = run_fold(&protocol, corpus, fold, compared.progress);
        result.runs.iter().map(accuracy).collect()
    };
    let by_half: Vec<Vec<Option<f64>>> = halves.par_iter().map(accuracies).collect();
    let test = |a: usize, b: usize| {
        let difference = |half: &Vec<Option<f64>>| Some(half[a]? - half[b]?);
        let differences: Option<Vec<f64>> = by_half.iter().map(difference).collect();
        let differences = differences?;
        let in_pairs: Vec<[f64; 2]> = differences.chunks(2).map(|two| [two[0], two[1]]).collect();
        Some(PairInHalves {
            a: compared.models[a].name.clone(),
            b: compared.models[b].name.clone(),
            test: five_by_two(&in_pairs.try_into().ok()?)?,
        })
    };
    let pairs = (0..models).flat_map(|a| (a + 1..models).map(move |b| (a, b)));
    Some(pairs.filter_map(|(a, b)| test(a, b)).collect())
}

fn accuracy(outcome: &Outcome) -> Option<f64> {
    match outcome {
        Outcome::Scored(scored) => scored.metrics.get("accuracy").copied().flatten(),
        _ => None,
    }
}
