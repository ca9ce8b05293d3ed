//! What models that learned from one corpus are worth on another: every pair of corpora, all but
//! one against that one, chronological against random splits, and what a correction of the prior
//! or a few labels of the target give back.
//!
//! A quarter of each corpus is its test set, whatever was learned from; no near-duplicate of any
//! test message is learned from. Each input is a corpus; one alone is cut into three by its order.

use super::super::learning_curve::subset;
use super::cells::Tests;
use super::{
    Cells, Experiment, FOUR_MODELS, announce, classes, kept, labels, log_odds, mail_facts, models,
    named, prior_corrected, refused,
};
use crate::base::mail::Label;
use crate::base::progress::Progress;
use crate::dataset::features::Encoded;
use crate::dataset::{Corpus, CorpusBuilder, CorpusOptions, apart};
use crate::input::Labels;
use crate::lab::data::read_into;
use crate::lab::data::resemblance::resemblance;
use crate::lab::error::LabError;
use crate::lab::spec::ExperimentSpec;
use crate::lab::split::Fold;
use crate::model::Catalog;
use crate::results::experiments::{
    LearnedFrom, METRICS_OF_A_TRANSFER, PairFacts, TRANSFER, TransferCell, TransferCorpus,
    TransferFound,
};
use crate::results::{Estimate, mean_and_deviation, with_intervals};
use crate::train::{ModelSpec, Trained, train};
use rayon::prelude::*;
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One message in so many is tested.
const TEST_ONE_IN: usize = 4;
/// Parts of one corpus alone.
const PARTS: [&str; 3] = ["earlier", "middle", "later"];
/// Messages of a corpus that are needed.
const LEAST: usize = 40;
/// Draws have a random stream each.
const MOST_DRAWS: u32 = 256;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TransferParameters {
    /// Numbers of labelled messages of the target.
    pub labels: Vec<usize>,
    /// Draws of these.
    pub draws: u32,
}

impl Default for TransferParameters {
    fn default() -> TransferParameters {
        TransferParameters {
            labels: vec![16, 64, 256],
            draws: 5,
        }
    }
}

impl Experiment for TransferParameters {
    const NAME: &'static str = TRANSFER;
    const QUESTION: &'static str = "\
        What is a model that learned from one corpus worth on another, and what do a few labels \
        there give back?";
    type Found = TransferFound;

    fn quick() -> TransferParameters {
        TransferParameters {
            draws: 1,
            ..TransferParameters::default()
        }
    }

    fn run(
        &self,
        spec: &ExperimentSpec,
        catalog: &Catalog,
        cells: &Cells,
        progress: &dyn Progress,
    ) -> Result<TransferFound, LabError> {
        transfer(spec, catalog, self, cells, progress)
    }
}

/// Trains on each corpus, on all but each, and on few messages of each, and tests on all.
fn transfer(
    spec: &ExperimentSpec,
    catalog: &Catalog,
    asked: &TransferParameters,
    cells: &Cells,
    progress: &dyn Progress,
) -> Result<TransferFound, LabError> {
    if !(1..=MOST_DRAWS).contains(&asked.draws) {
        let why = format!("draws is {}, and must be 1 to {MOST_DRAWS}", asked.draws);
        return Err(refused::<TransferParameters>(why).into());
    }
    let mut labels = asked.labels.clone();
    labels.sort_unstable();
    labels.dedup();
    if let Some(few) = labels.first().filter(|&&few| few < 2) {
        let why = format!("labels has {few}, and two are needed, one of each class");
        return Err(refused::<TransferParameters>(why).into());
    }
    let models = models(spec, catalog, |entry| FOUR_MODELS.contains(&entry.name()))?;
    let (corpus, parts) = read(spec, kept(&models), progress)?;
    for (name, rows) in &parts {
        cells.note(mail_facts(name.clone(), &corpus, rows));
    }
    let parted = Parted::new(&corpus, parts, spec.seed)?;
    let fits = parted.fits(&corpus, (&labels, asked.draws), spec.seed);
    let sets: Vec<usize> = fits.iter().map(|fit| fit.rows.len()).collect();
    announce(&models, &corpus, &sets, spec.seed, progress);
    cells.note_pairs(parted.pairs(&corpus, spec, progress));
    progress.begin("fits", fits.len() as u64);
    let cells = cells.of(spec, &corpus);
    let tested = fits.par_iter().with_max_len(1).map(|fit| {
        let make = |tests: &mut Tests| Ok(tested(&corpus, &models, fit, spec, tests));
        let found: Result<Vec<TransferCell>, LabError> = cells.cell(&fit.name(), make);
        progress.advance(1);
        found
    });
    let tested: Vec<Vec<TransferCell>> = tested.collect::<Result<_, LabError>>()?;
    progress.end();
    Ok(TransferFound {
        seed: spec.seed,
        draws: asked.draws,
        corpora: parted.described(&corpus),
        models: models.iter().map(named).collect(),
        cells: means(tested.into_iter().flatten()),
    })
}

/// The name of a corpus and its labelled rows.
type NamedRows = (String, Vec<usize>);

/// All corpora as one, and the name and the labelled rows of each.
fn read(
    spec: &ExperimentSpec,
    keep: CorpusOptions,
    progress: &dyn Progress,
) -> Result<(Corpus, Vec<NamedRows>), LabError> {
    let mut builder = CorpusBuilder::new(&spec.recipe, keep);
    let mut ends = Vec::new();
    let several = spec.data.inputs.len() > 1;
    for data in &spec.data.each() {
        read_into(&mut builder, data, Labels::BothClasses, progress)?;
        ends.push((data.name(), builder.len()));
    }
    let corpus = builder.finish();
    let labelled = corpus.labelled_rows();
    let mut parts = Vec::new();
    let mut from = 0;
    for (name, end) in ends {
        let rows = labelled.iter().copied();
        let rows: Vec<usize> = rows.filter(|row| (from..end).contains(row)).collect();
        if several {
            parts.push((name, rows));
        } else {
            let size = rows.len().div_ceil(PARTS.len()).max(1);
            let cut = rows.chunks(size).map(<[usize]>::to_vec);
            parts.extend(PARTS.map(str::to_owned).into_iter().zip(cut));
        }
        from = end;
    }
    Ok((corpus, parts))
}

/// Corpora, each with what may be learned from and what is tested.
struct Parted {
    names: Vec<String>,
    /// All rows of each, in order.
    rows: Vec<Vec<usize>>,
    training: Vec<Vec<usize>>,
    test: Vec<Vec<usize>>,
}

/// A fit: what it learns from, and the corpora that it is tested on.
struct PlannedFit {
    learned_from: LearnedFrom,
    rows: Vec<usize>,
    /// Corpora by number, with the rows that are tested.
    targets: Vec<(usize, Vec<usize>)>,
}

impl PlannedFit {
    /// All that it depends on beside the mail.
    fn name(&self) -> String {
        let PlannedFit {
            learned_from,
            rows,
            targets,
        } = self;
        format!("transfer {learned_from:?} {rows:?} {targets:?}")
    }
}

impl Parted {
    fn new(corpus: &Corpus, parts: Vec<NamedRows>, seed: u64) -> Result<Parted, LabError> {
        let (names, rows): (Vec<String>, Vec<Vec<usize>>) = parts.into_iter().unzip();
        let (mut training, mut test) = (Vec::new(), Vec::new());
        for rows in &rows {
            let [tested, learned] = apart(corpus, rows, TEST_ONE_IN, seed);
            training.push(learned);
            test.push(tested);
        }
        let tested: FxHashSet<u32> = test
            .iter()
            .flatten()
            .map(|&row| corpus.group(row))
            .collect();
        for (rows, test) in training.iter_mut().zip(&test) {
            rows.retain(|&row| !tested.contains(&corpus.group(row)));
            let both = [&*rows, test].map(|rows| classes(corpus, rows));
            if rows.len() + test.len() < LEAST || both.as_flattened().contains(&0) {
                return Err(LabError::TooLittleForCurves {
                    emails: rows.len() + test.len(),
                    needed: LEAST,
                });
            }
        }
        Ok(Parted {
            names,
            rows,
            training,
            test,
        })
    }

    fn described(&self, corpus: &Corpus) -> Vec<TransferCorpus> {
        let corpora = self.names.iter().zip(self.training.iter().zip(&self.test));
        let of = |(name, (training, test)): (&String, (&Vec<usize>, &Vec<usize>))| TransferCorpus {
            name: name.clone(),
            training: classes(corpus, training),
            test: classes(corpus, test),
        };
        corpora.map(of).collect()
    }

    /// How much the test mail of each corpus is like the training mail of each other one.
    fn pairs(
        &self,
        corpus: &Corpus,
        spec: &ExperimentSpec,
        progress: &dyn Progress,
    ) -> Vec<PairFacts> {
        let corpora = 0..self.names.len();
        let pairs = corpora.clone().flat_map(|from| {
            let others = corpora.clone().filter(move |&on| on != from);
            others.map(move |on| (from, on))
        });
        let pairs: Vec<(usize, usize)> = pairs.collect();
        progress.begin("pairs of corpora", pairs.len() as u64);
        let alike = |(from, on): (usize, usize)| {
            let pair = Fold {
                train: self.training[from].clone(),
                test: self.test[on].clone(),
            };
            let resemblance = resemblance(&pair, corpus, spec.exclude_kinds, spec.seed);
            progress.advance(1);
            PairFacts {
                learned_from: self.names[from].clone(),
                tested_on: self.names[on].clone(),
                resemblance,
            }
        };
        pairs.into_iter().map(alike).collect()
    }

    /// The most expensive first, so that no thread is left alone with one at the end.
    fn fits(
        &self,
        corpus: &Corpus,
        (labels, draws): (&[usize], u32),
        seed: u64,
    ) -> Vec<PlannedFit> {
        let all = |to: usize| (to, self.test[to].clone());
        let corpora = 0..self.names.len();
        let mut fits = Vec::new();
        for target in corpora.clone() {
            fits.push(PlannedFit {
                learned_from: LearnedFrom::Corpus(target),
                rows: self.training[target].clone(),
                targets: corpora.clone().map(all).collect(),
            });
            let (before, after) = self.by_order(corpus, target);
            // A file that is sorted by class has no order in time.
            let ends = [&before, &after].map(|rows| classes(corpus, rows));
            if !ends.as_flattened().contains(&0) {
                fits.push(PlannedFit {
                    learned_from: LearnedFrom::Earlier,
                    rows: before,
                    targets: vec![(target, after)],
                });
            }
            let others = corpora.clone().filter(|&one| one != target);
            let others: Vec<usize> = others.flat_map(|one| self.training[one].clone()).collect();
            fits.push(PlannedFit {
                learned_from: LearnedFrom::Others(0),
                rows: others.clone(),
                targets: vec![all(target)],
            });
            let training = &self.training[target];
            for &labels in labels.iter().filter(|&&labels| labels < training.len()) {
                for draw in 0..draws {
                    let few = subset(corpus, training, labels, seed, draw);
                    fits.push(PlannedFit {
                        learned_from: LearnedFrom::Others(labels),
                        rows: [&others[..], &few].concat(),
                        targets: vec![all(target)],
                    });
                    fits.push(PlannedFit {
                        learned_from: LearnedFrom::Target(labels),
                        rows: few,
                        targets: vec![all(target)],
                    });
                }
            }
        }
        fits.sort_by_key(|fit| std::cmp::Reverse(fit.rows.len()));
        fits
    }

    /// The first three quarters of a corpus, without near-duplicates of the rest, and the rest.
    fn by_order(&self, corpus: &Corpus, at: usize) -> (Vec<usize>, Vec<usize>) {
        let rows = &self.rows[at];
        let (before, after) = rows.split_at(rows.len() - rows.len() / TEST_ONE_IN);
        let tested: FxHashSet<u32> = after.iter().map(|&row| corpus.group(row)).collect();
        let before = before.iter().copied();
        let before = before.filter(|&row| !tested.contains(&corpus.group(row)));
        (before.collect(), after.to_vec())
    }
}

/// Every model that learned so, on every target.
fn tested(
    corpus: &Corpus,
    models: &[ModelSpec],
    fit: &PlannedFit,
    spec: &ExperimentSpec,
    tests: &mut Tests,
) -> Vec<TransferCell> {
    let training = train(models, corpus, &fit.rows, spec.train_options(), &|| ());
    let [ham, spam] = classes(corpus, &fit.rows).map(|emails| emails as f64);
    let share = spam / (ham + spam);
    let mut cells = Vec::new();
    for (target, rows) in &fit.targets {
        let encoded = Encoded::new(corpus, &training.encoders, rows);
        let labels = labels(corpus, rows);
        let groups: Vec<u32> = rows.iter().map(|&row| corpus.group(row)).collect();
        for (model, trained) in training.models.iter().enumerate() {
            let cell = TransferCell {
                model,
                learned_from: fit.learned_from,
                target: *target,
                metrics: BTreeMap::new(),
                corrected: None,
                failed: None,
            };
            cells.push(match trained {
                Ok(trained) => {
                    let log_odds = log_odds(trained, &encoded);
                    tests.add(trained, &log_odds, &labels);
                    measured(cell, trained, &log_odds, (&labels, &groups), share)
                }
                Err(error) => TransferCell {
                    failed: Some(error.to_string()),
                    ..cell
                },
            });
        }
    }
    cells
}

fn measured(
    cell: TransferCell,
    trained: &Trained,
    log_odds: &[f64],
    (labels, groups): (&[Label], &[u32]),
    share: f64,
) -> TransferCell {
    let decision = trained.decision.decision;
    let mut metrics = with_intervals(log_odds, labels, groups, decision);
    metrics.retain(|key, _| METRICS_OF_A_TRANSFER.contains(&key.as_str()));
    let shifted = prior_corrected(log_odds, share);
    let mut corrected = with_intervals(&shifted, labels, groups, decision);
    TransferCell {
        metrics,
        corrected: corrected.remove(METRICS_OF_A_TRANSFER[0]),
        ..cell
    }
}

/// Cells that differ in the draw alone become one, with means and deviations over draws; in the
/// order of models and of what they learned from.
fn means(cells: impl Iterator<Item = TransferCell>) -> Vec<TransferCell> {
    let mut found: BTreeMap<(usize, LearnedFrom, usize), Vec<TransferCell>> = BTreeMap::new();
    for cell in cells {
        let key = (cell.model, cell.learned_from, cell.target);
        found.entry(key).or_default().push(cell);
    }
    found.into_values().filter_map(mean).collect()
}

fn mean(mut draws: Vec<TransferCell>) -> Option<TransferCell> {
    if draws.len() < 2 {
        return draws.pop();
    }
    let over = |value: &dyn Fn(&TransferCell) -> Option<f64>| {
        let (mean, deviation) = mean_and_deviation(draws.iter().filter_map(value))?;
        Some(Estimate {
            value: Some(mean),
            deviation: Some(deviation),
            ..Estimate::default()
        })
    };
    let metrics = METRICS_OF_A_TRANSFER.iter().filter_map(|&key| {
        let estimate = over(&|cell| cell.value(key))?;
        Some((key.to_owned(), estimate))
    });
    let metrics = metrics.collect();
    let corrected = over(&|cell| cell.corrected.as_ref()?.value);
    let failed = draws.iter().find_map(|cell| cell.failed.clone());
    let first = draws.swap_remove(0);
    Some(TransferCell {
        metrics,
        corrected,
        failed,
        ..first
    })
}
