//! The comparison: every model on every fold of the same tokens, and what that tells.

use super::analyses::{self, Compared};
use super::cross_validation::{FoldResult, Protocol, labels, records, run_fold};
use super::data::resemblance::{resemblance, shared_rows};
use super::data::{Reading, facts};
use super::error::LabError;
use super::external::ExternalModel;
use super::forecast;
use super::prepared::Prepared;
use super::resolve::Resolved;
use super::spec::ExperimentSpec;
use super::split::{Fold, Split};
use super::tokenizer_search::CandidateCorpus;
use crate::base::progress::Progress;
use crate::dataset::{Corpus, CorpusOptions};
use crate::model::{Catalog, LossPoint, ObjectivePoint, Scale};
use crate::results::{
    BestModels, DataCard, Decision, Experiment, Metrics, SCHEMA, ScoredEmails, SplitRecord, Timing,
    TokenizerTrial, bootstrap, compare_pairs, measure, spread,
};
use crate::train::augment::Augmentation;
use crate::train::{TrainOptions, Watched};
use rayon::prelude::*;
use serde_json::json;
use std::time::Instant;

/// Reads the mail and compares the models as `spec` asks. The same spec and mail give the same
/// experiment to the byte, at any number of threads; only the times differ.
///
/// # Errors
/// What cannot be carried out is refused before any mail is read. Mail that cannot be read, or that
/// cannot be split as asked, is an error; a model that cannot be fitted is a line in the result.
pub fn compare(
    spec: &ExperimentSpec,
    catalog: &Catalog,
    progress: &dyn Progress,
) -> Result<(Experiment, Timing), LabError> {
    let external = ExternalModel::read_all(&spec.external, catalog)?;
    compare_with(spec, &external, catalog, progress)
}

/// The same with these models that were fitted elsewhere, whatever files of such `spec` names. What
/// they said is no part of a saved specification.
///
/// # Errors
/// As those of [`compare`]; what was said of other messages, or on other folds, is refused before
/// any model is fitted.
pub fn compare_with(
    spec: &ExperimentSpec,
    external: &[ExternalModel],
    catalog: &Catalog,
    progress: &dyn Progress,
) -> Result<(Experiment, Timing), LabError> {
    let resolved = spec.resolve(catalog)?;
    let keep = resolved.keep.and(CorpusOptions::TEXT);
    let reading = Reading {
        hash: true,
        ..Reading::new(&spec.data, &spec.recipe, keep)
    };
    let mail = (reading.read(progress)?, keep);
    let prepared = Prepared::new(spec, &resolved, external, mail, catalog, progress)?;
    let ahead = prepared.ahead(spec, &resolved);
    let (corpus, options) = (prepared.corpus(), prepared.options(spec));
    forecast::announce(&ahead, &resolved.models, corpus, options, progress);
    Ok(compare_prepared(spec, &resolved, &prepared, progress))
}

/// The same of mail that was read already.
pub(super) fn compare_prepared(
    spec: &ExperimentSpec,
    resolved: &Resolved,
    prepared: &Prepared<'_>,
    progress: &dyn Progress,
) -> (Experiment, Timing) {
    let live = |model: &str, step: ObjectivePoint, loss: Option<LossPoint>| {
        progress.detail(&describe_step(model, step, loss));
    };
    let protocol = Protocol {
        models: &resolved.models,
        options: TrainOptions {
            live: Some(&live),
            ..prepared.options(spec)
        },
        split: &prepared.split,
        candidates: &prepared.corpora(),
    };
    let (mut experiment, timing) = run(spec, &protocol, prepared, progress);
    if spec.redact {
        experiment.redact();
    }
    progress.end();
    (experiment, timing)
}

impl ExperimentSpec {
    /// What is added to training mail of this corpus, which must keep texts; None if nothing is.
    pub(super) fn augmentation(&self, corpus: &Corpus, catalog: &Catalog) -> Option<Augmentation> {
        let some = !self.augment.is_empty();
        some.then(|| Augmentation::new(&self.augment, corpus, self.seed, catalog))
    }
}

/// The same with a look at mail of the fold after each step.
fn watching<'a>(protocol: &Protocol<'a>, fold: &'a Fold) -> Protocol<'a> {
    let watched = Watched {
        learned: &fold.train,
        test: &fold.test,
    };
    Protocol {
        options: TrainOptions {
            watched: Some(watched),
            ..protocol.options
        },
        ..*protocol
    }
}

/// Trains and tests every model on every fold, and makes the analyses.
fn run<'a>(
    spec: &ExperimentSpec,
    protocol: &Protocol<'a>,
    prepared: &'a Prepared<'_>,
    progress: &dyn Progress,
) -> (Experiment, Timing) {
    let start = Instant::now();
    let (corpus, (card, read_seconds)) = (prepared.corpus(), prepared.card());
    let (emails, external) = (&prepared.emails, &prepared.external);
    let folds = &protocol.split.folds;
    let fits = folds.len() * protocol.models.len() * protocol.candidates.len().max(1);
    progress.begin("training and testing", fits as u64);
    let one_fold = |(at, fold): (usize, &'a Fold)| {
        // Loss by step is looked at once: looking costs a pass over some mail at each step.
        let protocol = if at == 0 {
            &watching(protocol, fold)
        } else {
            protocol
        };
        run_fold(protocol, corpus, fold, progress)
    };
    let results: Vec<FoldResult<'_>> = folds.par_iter().enumerate().map(one_fold).collect();
    let mut models = records(protocol, &results, emails);
    let best = BestModels::of(&models);
    let mut timing = timing(protocol, &results);
    let analyses = analyses::run(&Compared {
        spec,
        protocol,
        corpus,
        results: &results,
        models: &models,
        best: &best,
        external,
        progress,
    });
    models.extend(external.iter().cloned());
    let mut experiment = Experiment {
        schema: SCHEMA,
        program: format!("spamlab {}", env!("CARGO_PKG_VERSION")),
        stamp: None,
        name: spec.data.name(),
        spec: json!(spec),
        decision: spec.decision,
        split: split_record(protocol.split, corpus, spec),
        data: DataCard {
            leaky_tokens: facts::leaky_tokens(corpus, &corpus.labelled_rows()),
            ..card.clone()
        },
        baseline: baseline(corpus, folds, spec.decision.without_held_out()),
        comparisons: compare_pairs(&models, emails),
        families: None,
        analyses,
        highlighted: None,
        tokenizer_trials: tokenizer_trials(protocol, &results),
        models,
        emails: emails.clone(),
    };
    bootstrap(&mut experiment, spec.resamples, spec.seed, progress);
    timing.read_seconds = read_seconds;
    timing.total_seconds = start.elapsed().as_secs_f64();
    (experiment, timing)
}

fn split_record(split: &Split, corpus: &Corpus, spec: &ExperimentSpec) -> SplitRecord {
    SplitRecord {
        folds: split.folds.len() as u32,
        description: split.description.clone(),
        shared: shared_rows(split, corpus),
        // Of several folds each trains for the others.
        resemblance: match &split.folds[..] {
            [fold] => Some(resemblance(fold, corpus, spec.exclude_kinds, spec.seed)),
            _ => None,
        },
    }
}

/// The candidates of a search over the tokenizer, and how each fared inside each training set.
fn tokenizer_trials(protocol: &Protocol<'_>, results: &[FoldResult<'_>]) -> Vec<TokenizerTrial> {
    let trial = |(at, candidate): (usize, &CandidateCorpus<'_>)| TokenizerTrial {
        what: candidate.what.clone(),
        log_loss_bits: results
            .iter()
            .map(|result| result.candidate_losses[at])
            .collect(),
    };
    protocol.candidates.iter().enumerate().map(trial).collect()
}

fn timing(protocol: &Protocol<'_>, results: &[FoldResult<'_>]) -> Timing {
    let mut timing = Timing::default();
    for (at, choice) in protocol.models.iter().enumerate() {
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

/// A step of a fit on one line: the loss it reached, and on held-out mail, where it looks at any.
pub(super) fn describe_step(model: &str, step: ObjectivePoint, loss: Option<LossPoint>) -> String {
    let reached = match (loss, step.held_out) {
        (Some(loss), _) => format!("loss {:.4}, test {:.4}", loss.training, loss.held_out),
        (None, Some(held_out)) => {
            format!("objective {:.4}, held out {held_out:.4}", step.objective)
        }
        (None, None) => format!("objective {:.4}", step.objective),
    };
    format!("{model} {}: {reached}", step.pass)
}
