//! One fold: every model trained on the same rows, and what it said of the fold's test messages.

use super::split::{Fold, Split};
use super::tokenizer_search::{BestTokenizer, CandidateCorpus, train_with_best_tokenizer};
use crate::base::mail::Label;
use crate::base::progress::Progress;
use crate::dataset::Corpus;
use crate::dataset::features::Encoded;
use crate::model::{CodeLength, RawOutput};
use crate::results::{
    Bound, EmailTable, FoldRun, ModelRecord, Outcome, Scored, ScoredEmails, decision_outcome,
    estimates, measure,
};
use crate::train::{ModelSpec, TrainError, TrainOptions, Trained, Training, train};
use std::collections::BTreeMap;
use std::time::Instant;

/// What is done alike on every fold.
#[derive(Clone, Copy)]
pub struct Protocol<'a> {
    /// The models.
    pub models: &'a [ModelSpec],
    /// How they are trained.
    pub options: TrainOptions<'a>,
    /// The folds.
    pub split: &'a Split,
    /// The mail by each candidate of a search over the tokenizer: each training set takes the one
    /// by which its held-out mail loses least, for all models. None: the mail as it is.
    pub candidates: &'a [CandidateCorpus<'a>],
}

/// One fold, trained and tested.
pub(crate) struct FoldResult<'a> {
    /// The mail as it was read.
    pub corpus: &'a Corpus,
    /// What the held-out mail of the training set lost by each candidate, in bits.
    pub candidate_losses: Vec<Option<f64>>,
    pub training: Training,
    pub runs: Vec<Outcome>,
    /// By model, what each test message cost a model of text; empty of any other.
    pub code_lengths: Vec<Vec<CodeLength>>,
    /// By model: messages scored and the seconds that took.
    pub scoring: Vec<Option<(usize, f64)>>,
}

/// Trains and tests every model on one fold.
pub(super) fn run_fold<'a>(
    protocol: &Protocol<'a>,
    corpus: &'a Corpus,
    fold: &Fold,
    progress: &dyn Progress,
) -> FoldResult<'a> {
    let done = || progress.advance(1);
    let taken = train_with_best_tokenizer(
        protocol.candidates,
        protocol.models,
        &fold.train,
        protocol.options,
        &done,
    );
    let (corpus, candidate_losses, training) = match taken {
        Some(BestTokenizer {
            at,
            losses,
            training,
        }) => (protocol.candidates[at].corpus, losses, training),
        None => (
            corpus,
            Vec::new(),
            train(
                protocol.models,
                corpus,
                &fold.train,
                protocol.options,
                &done,
            ),
        ),
    };
    let test = Encoded::new(corpus, &training.encoders, &fold.test);
    let (mut runs, mut scoring, mut code_lengths) = (Vec::new(), Vec::new(), Vec::new());
    for (model, choice) in training.models.iter().zip(protocol.models) {
        let Tested {
            outcome,
            seconds,
            lengths,
        } = match model {
            Ok(trained) => tested(trained, choice, corpus, &fold.test, &test),
            Err(error) => Tested::without(error),
        };
        runs.push(outcome);
        scoring.push(seconds.map(|seconds| (fold.test.len(), seconds)));
        code_lengths.push(lengths);
    }
    drop(test);
    FoldResult {
        corpus,
        candidate_losses,
        training,
        runs,
        code_lengths,
        scoring,
    }
}

/// What a model did on the test messages.
struct Tested {
    outcome: Outcome,
    /// What scoring took.
    seconds: Option<f64>,
    /// What each message cost a model of text.
    lengths: Vec<CodeLength>,
}

impl Tested {
    /// There is no model.
    fn without(error: &TrainError) -> Tested {
        Tested {
            outcome: match error {
                TrainError::NotApplicable(why) => Outcome::NotApplicable(why.clone()),
                error => Outcome::Failed(error.to_string()),
            },
            seconds: None,
            lengths: Vec::new(),
        }
    }
}

fn tested(
    trained: &Trained,
    choice: &ModelSpec,
    corpus: &Corpus,
    rows: &[usize],
    encoded: &Encoded<'_>,
) -> Tested {
    // Encoding is shared by models and so is not part of one model's scoring time.
    let emails = encoded.rows(trained.view);
    let start = Instant::now();
    let raw = trained.scores(emails);
    let seconds = start.elapsed().as_secs_f64();
    let lengths: Vec<CodeLength> = raw
        .iter()
        .filter_map(|raw| raw.text_code_length())
        .collect();
    let searched = choice.search.is_some();
    let scored = scored(corpus, trained, searched, rows, (&raw, &lengths));
    Tested {
        outcome: Outcome::Scored(scored),
        seconds: Some(seconds),
        lengths,
    }
}

fn scored(
    corpus: &Corpus,
    trained: &Trained,
    searched: bool,
    test: &[usize],
    (raw, code_lengths): (&[RawOutput], &[CodeLength]),
) -> Scored {
    let score: Vec<f64> = raw.iter().map(|raw| raw.score).collect();
    let log_odds: Vec<f64> = raw
        .iter()
        .map(|&raw| trained.calibration.log_odds(raw))
        .collect();
    let labels = labels(corpus, test);
    let judged = ScoredEmails {
        labels: &labels,
        score: &score,
        scale: trained.scale(),
        log_odds: &log_odds,
        decision: trained.decision.decision,
        code_lengths,
    };
    Scored {
        metrics: measure(&judged),
        chosen: trained.settings.clone(),
        scale: trained.scale(),
        calibration: trained.calibration.clone(),
        decision: trained.decision,
        tried: if searched {
            trained.facts.tried.clone()
        } else {
            Vec::new()
        },
        convergence: trained.facts.convergence,
        trace: trained.facts.trace.clone(),
        losses: trained.facts.losses.clone(),
        model_bytes: trained.fitted.save().map_or(0, |bytes| bytes.len()),
        bound: code_lengths.first().map_or(Bound::Exact, |one| one.bound),
        rows: test.iter().map(|&row| row as u32).collect(),
        score,
        log_odds,
    }
}

/// The true labels of rows, which a split only makes of labelled ones.
pub(super) fn labels(corpus: &Corpus, rows: &[usize]) -> Vec<Label> {
    rows.iter().filter_map(|&row| corpus.label(row)).collect()
}

/// The record of each model over the folds.
pub(super) fn records(
    protocol: &Protocol<'_>,
    results: &[FoldResult<'_>],
    emails: &EmailTable,
) -> Vec<ModelRecord> {
    let record = |(at, choice): (usize, &ModelSpec)| {
        let run = |(fold, result): (usize, &FoldResult<'_>)| FoldRun {
            fold: fold as u32,
            outcome: result.runs[at].clone(),
        };
        let mut record = ModelRecord {
            name: choice.entry.name().to_owned(),
            family: choice.entry.family(),
            external: false,
            summary: choice.entry.summary().to_owned(),
            settings: choice.settings.clone(),
            runs: results.iter().enumerate().map(run).collect(),
            estimates: BTreeMap::new(),
            outcome: None,
        };
        record.estimates = estimates(&record, emails);
        let costs = protocol.options.deciding.costs().copied();
        record.outcome = decision_outcome(&record, emails, costs.as_ref());
        record
    };
    protocol.models.iter().enumerate().map(record).collect()
}
