//! The comparison: every model on every fold of the same tokens, and what that tells.

use super::analyses::introspection::Inside;
use super::analyses::{contrast, learning_curve, messages, validation_curve};
use super::cross_validation::{Asked, FoldResult, labels, run_fold};
use super::facts;
use super::split::Fold;
use super::tokenizer_search::CandidateCorpus;
use crate::base::progress::Progress;
use crate::dataset::Corpus;
use crate::model::Scale;
use crate::results::bootstrap;
use crate::results::{
    BestModels, DataCard, Decision, Effect, Experiment, FoldRun, Metrics, ModelRecord, Plan,
    SCHEMA, ScoredEmails, Timing, TokenizerTrial, compare_pairs, measure, spread,
};
use crate::train::{ModelSpec, TrainOptions};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::time::Instant;

/// Trains and tests every model on every fold. `plan` and `data` are recorded as they are, but for
/// what is found here.
pub fn compare(
    asked: &Asked<'_>,
    corpus: &Corpus,
    plan: Plan,
    data: DataCard,
    progress: &dyn Progress,
) -> (Experiment, Timing) {
    let start = Instant::now();
    let folds = &asked.split.folds;
    progress.begin(
        "training and testing",
        (folds.len() * asked.choices.len() * asked.readings.len().max(1)) as u64,
    );
    let results: Vec<FoldResult<'_>> = folds
        .par_iter()
        .enumerate()
        .map(|(at, fold)| {
            // How loss goes with learning is looked at once: looking costs a pass over the mail at
            // each step.
            let watched = (at == 0).then_some(&fold.test[..]);
            run_fold(
                &Asked {
                    terms: TrainOptions {
                        watched,
                        ..asked.terms
                    },
                    ..*asked
                },
                corpus,
                fold,
                progress,
            )
        })
        .collect();
    let models = records(asked, &results);
    let effect = effect(asked, corpus, &models, progress);
    let best = BestModels::of(&models);
    let mut timing = timing(asked, &results);
    let inside = Inside {
        results: &results,
        models: &models,
    };
    let emails = facts::emails(corpus);
    let mut experiment = Experiment {
        schema: SCHEMA,
        program: format!("spamlab {}", env!("CARGO_PKG_VERSION")),
        stamp: None,
        plan,
        decision: asked.decision,
        data: DataCard {
            leaky_tokens: facts::leaky_tokens(corpus),
            ..data
        },
        baseline: baseline(corpus, folds, asked.decision),
        comparisons: compare_pairs(&models, &emails.labels, asked.decision),
        effect,
        curve: if asked.curve {
            learning_curve::draw(asked, corpus, progress)
        } else {
            None
        },
        unlabelled_curve: if asked.unlabelled_curve {
            learning_curve::unlabelled(asked, corpus, progress)
        } else {
            None
        },
        validation_curves: validation_curve::curves(asked, corpus, progress),
        contrast: contrast::of(&results, &models, &best),
        likelihood_plane: inside.likelihood_plane(),
        top_tokens: inside.top_tokens(),
        worked_example: inside.worked_example(&best, asked.decision),
        messages: messages::pick(asked, corpus, &results, &models, &best),
        tokenizer_trials: tokenizer_trials(asked, &results),
        models,
        emails,
    };
    bootstrap(&mut experiment, asked.resamples, progress);
    timing.total_seconds = start.elapsed().as_secs_f64();
    (experiment, timing)
}

/// What came of that which was added to the training mail: the same folds again without it.
fn effect(
    asked: &Asked<'_>,
    corpus: &Corpus,
    with: &[ModelRecord],
    progress: &dyn Progress,
) -> Option<Effect> {
    let augmentation = asked.terms.augmentation?;
    let plain = Asked {
        terms: TrainOptions {
            augmentation: None,
            ..asked.terms
        },
        ..*asked
    };
    let folds = &asked.split.folds;
    progress.begin(
        "the same without what is added",
        (folds.len() * asked.choices.len()) as u64,
    );
    let results: Vec<FoldResult<'_>> = folds
        .par_iter()
        .map(|fold| run_fold(&plain, corpus, fold, progress))
        .collect();
    let added = augmentation
        .ways()
        .iter()
        .map(ToString::to_string)
        .collect();
    let emails = folds
        .iter()
        .map(|fold| augmentation.emails(fold.train.len()))
        .collect();
    let labels = facts::emails(corpus).labels;
    Some(Effect::of(
        added,
        emails,
        with,
        &records(&plain, &results),
        &labels,
        asked.decision,
    ))
}

/// The tokenizers that were tried, and the held-out loss of each inside each training part.
fn tokenizer_trials(asked: &Asked<'_>, results: &[FoldResult<'_>]) -> Vec<TokenizerTrial> {
    let tried = |(at, reading): (usize, &CandidateCorpus<'_>)| TokenizerTrial {
        what: reading.what.clone(),
        log_loss_bits: results.iter().map(|result| result.readings[at]).collect(),
    };
    asked.readings.iter().enumerate().map(tried).collect()
}

fn records(asked: &Asked<'_>, results: &[FoldResult<'_>]) -> Vec<ModelRecord> {
    let record = |(at, choice): (usize, &ModelSpec)| {
        let run = |(fold, result): (usize, &FoldResult<'_>)| FoldRun {
            fold: fold as u32,
            outcome: result.runs[at].clone(),
        };
        let mut record = ModelRecord {
            name: choice.entry.name().to_owned(),
            family: choice.entry.family(),
            summary: choice.entry.summary().to_owned(),
            settings: choice.settings.clone(),
            runs: results.iter().enumerate().map(run).collect(),
            spread: BTreeMap::new(),
            intervals: BTreeMap::new(),
        };
        if record.scored().next().is_some() {
            let by_fold: Vec<&Metrics> =
                record.scored().map(|(_, scored)| &scored.metrics).collect();
            record.spread = spread(&by_fold);
        }
        record
    };
    asked.choices.iter().enumerate().map(record).collect()
}

fn timing(asked: &Asked<'_>, results: &[FoldResult<'_>]) -> Timing {
    let mut timing = Timing::default();
    for (at, choice) in asked.choices.iter().enumerate() {
        let name = choice.entry.name().to_owned();
        let fits: Vec<f64> = results
            .iter()
            .filter_map(|r| {
                r.training.models[at]
                    .as_ref()
                    .ok()
                    .map(|model| model.seconds)
            })
            .collect();
        if fits.is_empty() {
            continue;
        }
        let (emails, seconds) = results
            .iter()
            .filter_map(|result| result.scoring[at])
            .fold((0, 0.0), |(emails, seconds), (more, took)| {
                (emails + more, seconds + took)
            });
        timing
            .fit_seconds
            .insert(name.clone(), fits.iter().sum::<f64>() / fits.len() as f64);
        timing
            .emails_per_second
            .insert(name, emails as f64 / seconds.max(1e-9));
    }
    timing
}

/// What always answering with the training mail's share of spam gets, mean over folds.
fn baseline(corpus: &Corpus, folds: &[Fold], decision: Decision) -> Metrics {
    let by_fold: Vec<Metrics> = folds
        .iter()
        .map(|fold| {
            let spam = labels(corpus, &fold.train)
                .iter()
                .filter(|label| label.is_spam())
                .count() as f64;
            let prior = (spam / (fold.train.len() as f64 - spam)).ln();
            let log_odds = vec![prior.clamp(-50.0, 50.0); fold.test.len()];
            let labels = labels(corpus, &fold.test);
            measure(&ScoredEmails {
                labels: &labels,
                score: &log_odds,
                scale: Scale::LogOdds,
                log_odds: &log_odds,
                decision,
                code_lengths: &[],
            })
        })
        .collect();
    spread(&by_fold.iter().collect::<Vec<_>>())
        .into_iter()
        .map(|(key, spread)| (key, spread.mean))
        .collect()
}
