//! Every model under naive splits, which deal messages to folds one by one, and under splits that
//! keep near-duplicates together: by how much the usual way flatters. Inner folds, which choose
//! settings and calibrate, are split in the same way as the outer ones.

use super::cells::Tests;
use super::{
    Cells, Experiment, announce, classes, kept, labels, log_odds, mail_facts, models, refused,
    require_repeatable,
};
use crate::base::mail::Label;
use crate::base::progress::Progress;
use crate::dataset::features::Encoded;
use crate::dataset::{Corpus, CorpusOptions, fold_and_others};
use crate::lab::data::Reading;
use crate::lab::error::LabError;
use crate::lab::spec::ExperimentSpec;
use crate::model::Catalog;
use crate::results::experiments::{
    DUPLICATES, DuplicatesFound, FlatteredModel, METRICS_OF_DUPLICATES,
};
use crate::results::{Decision, paired_difference, with_intervals};
use crate::train::{ModelSpec, train};
use rayon::prelude::*;
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::convert::Infallible;

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DuplicatesParameters {
    /// Folds of the cross-validation.
    pub folds: usize,
}

impl Default for DuplicatesParameters {
    fn default() -> DuplicatesParameters {
        DuplicatesParameters { folds: 5 }
    }
}

impl Experiment for DuplicatesParameters {
    const NAME: &'static str = DUPLICATES;
    const QUESTION: &'static str =
        "By how much do near-duplicates on both sides of a split flatter each model?";
    type Found = DuplicatesFound;

    fn quick() -> DuplicatesParameters {
        DuplicatesParameters { folds: 2 }
    }

    fn run(
        &self,
        spec: &ExperimentSpec,
        catalog: &Catalog,
        cells: &Cells,
        progress: &dyn Progress,
    ) -> Result<DuplicatesFound, LabError> {
        duplicates(spec, catalog, *self, cells, progress)
    }
}

/// Cross-validates the models of a specification under both splits.
fn duplicates(
    spec: &ExperimentSpec,
    catalog: &Catalog,
    asked: DuplicatesParameters,
    cells: &Cells,
    progress: &dyn Progress,
) -> Result<DuplicatesFound, LabError> {
    if asked.folds < 2 {
        let why = format!("folds is {}, and must be 2 or more", asked.folds);
        return Err(refused::<DuplicatesParameters>(why).into());
    }
    require_repeatable(spec)?;
    let models = models(spec, catalog, |entry| entry.is_default())?;
    let keep = kept(&models);
    let first = Reading::new(&spec.data, &spec.recipe, keep).read(progress)?;
    let alone = CorpusOptions {
        near_duplicates: false,
        ..keep
    };
    let second = Reading::again(&spec.data, &spec.recipe, alone).read(progress)?;
    second.require_same_mail(&first)?;
    let (grouped, naive) = (first.mail.emails(), second.mail.emails());
    let rows = grouped.labelled_rows();
    let labels = labels(grouped, &rows);
    cells.note(mail_facts(spec.data.name(), grouped, &rows));
    let groups: Vec<u32> = rows.iter().map(|&row| grouped.group(row)).collect();
    let learned = rows.len() - rows.len() / asked.folds;
    let sets = vec![learned; 2 * asked.folds];
    announce(&models, grouped, &sets, spec.seed, progress);
    progress.begin("folds", 2 * asked.folds as u64);
    let of = |split| Validated::new(split, &rows, &models, (spec, asked.folds), cells, progress);
    let (flattered, honest) = (of(("naive", naive)), of(("grouped", grouped)));
    progress.end();
    let found = models.iter().enumerate().map(|(at, model)| {
        let empty = FlatteredModel {
            name: model.entry.name().to_owned(),
            family: model.entry.family(),
            naive: BTreeMap::new(),
            grouped: BTreeMap::new(),
            differences: BTreeMap::new(),
            failed: None,
        };
        match (&flattered.log_odds[at], &honest.log_odds[at]) {
            (Ok(naive), Ok(grouped)) => compared(empty, [naive, grouped], &labels, &groups),
            (Err(why), _) | (_, Err(why)) => FlatteredModel {
                failed: Some(why.clone()),
                ..empty
            },
        }
    });
    Ok(DuplicatesFound {
        mail: spec.data.name(),
        emails: classes(grouped, &rows),
        near_duplicates: grouped.near_duplicates(),
        twins: twins(grouped, naive, &rows, (asked.folds, spec.seed)),
        folds: asked.folds,
        seed: spec.seed,
        models: found.collect(),
    })
}

fn compared(
    model: FlatteredModel,
    log_odds: [&Vec<f64>; 2],
    labels: &[Label],
    groups: &[u32],
) -> FlatteredModel {
    let decision = Decision::default();
    let [naive, grouped] = log_odds.map(|odds| {
        let mut metrics = with_intervals(odds, labels, groups, decision);
        metrics.retain(|key, _| METRICS_OF_DUPLICATES.contains(&key.as_str()));
        metrics
    });
    let both = log_odds.map(Vec::as_slice);
    FlatteredModel {
        differences: paired_difference(both, labels, groups, decision),
        naive,
        grouped,
        ..model
    }
}

/// The share of each class whose near-duplicates are in another fold.
fn twins(
    grouped: &Corpus,
    naive: &Corpus,
    rows: &[usize],
    (folds, seed): (usize, u64),
) -> [f64; 2] {
    let (mut with, mut all) = ([0.0; 2], [0.0_f64; 2]);
    for [test, training] in fold_and_others(naive, rows, folds, seed) {
        let known: FxHashSet<u32> = training.iter().map(|&row| grouped.group(row)).collect();
        for row in test {
            let Some(label) = grouped.label(row) else {
                continue;
            };
            all[label.index()] += 1.0;
            with[label.index()] += f64::from(u8::from(known.contains(&grouped.group(row))));
        }
    }
    [0, 1].map(|class: usize| with[class] / all[class].max(1.0))
}

/// Log-odds of the messages of a fold by model; or why there are none.
type Scores = Vec<Result<Vec<f64>, String>>;

/// Calibrated log-odds of every message by every model, which did not learn from it.
struct Validated {
    log_odds: Scores,
}

impl Validated {
    /// Both splits have the same mail: it is their names that tell their cells apart.
    fn new(
        (split, corpus): (&str, &Corpus),
        rows: &[usize],
        models: &[ModelSpec],
        (spec, folds): (&ExperimentSpec, usize),
        cells: &Cells,
        progress: &dyn Progress,
    ) -> Validated {
        let folds: Vec<[Vec<usize>; 2]> = fold_and_others(corpus, rows, folds, spec.seed).collect();
        let place: BTreeMap<usize, usize> = rows.iter().copied().zip(0..).collect();
        let cells = cells.of(spec, corpus);
        let scored = |[test, training]: &[Vec<usize>; 2], tests: &mut Tests| -> Scores {
            let options = spec.train_options();
            let trained = train(models, corpus, training, options, &|| ());
            let encoded = Encoded::new(corpus, &trained.encoders, test);
            let labels = labels(corpus, test);
            let scored = trained.models.into_iter().map(|model| {
                let model = model.map_err(|error| error.to_string())?;
                let log_odds = log_odds(&model, &encoded);
                tests.add(&model, &log_odds, &labels);
                Ok(log_odds)
            });
            scored.collect()
        };
        let of_fold = |fold: &[Vec<usize>; 2]| {
            let name = format!("duplicates {split} {fold:?}");
            let found: Result<Scores, Infallible> =
                cells.cell(&name, |tests| Ok(scored(fold, tests)));
            progress.advance(1);
            let Ok(found) = found;
            found
        };
        let by_fold: Vec<Scores> = folds.par_iter().with_max_len(1).map(of_fold).collect();
        let of_model = |model: usize| {
            let mut all = vec![0.0; rows.len()];
            for ([test, _], scored) in folds.iter().zip(&by_fold) {
                for (row, odds) in test
                    .iter()
                    .zip(scored[model].as_ref().map_err(Clone::clone)?)
                {
                    all[place[row]] = *odds;
                }
            }
            Ok(all)
        };
        Validated {
            log_odds: (0..models.len()).map(of_model).collect(),
        }
    }
}
