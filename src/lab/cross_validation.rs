//! One fold: every model trained on the same rows, and what it said of the fold's test messages.

use super::analyses::validation_curve::Sweep;
use super::split::{Fold, Split};
use super::tokenizer_search::{BestTokenizer, CandidateCorpus, train_with_best_tokenizer};
use crate::base::mail::Label;
use crate::base::progress::Progress;
use crate::dataset::Corpus;
use crate::dataset::features::Encoded;
use crate::model::{CodeLength, RawOutput};
use crate::results::{Outcome, Scored, ScoredEmails, measure};
use crate::train::{ModelSpec, TrainError, TrainOptions, Trained, Training, train};
use std::time::Instant;

/// What to compare.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// The models.
    pub choices: &'a [ModelSpec],
    /// On what terms they are trained.
    pub terms: TrainOptions<'a>,
    /// The folds.
    pub split: &'a Split,
    /// Whether to draw a learning curve.
    pub curve: bool,
    /// Whether to draw another of what mail without labels is worth.
    pub unlabelled_curve: bool,
    /// Settings of which to draw what they do.
    pub sweeps: &'a [Sweep],
    /// Ways to read the mail: each training part takes the one by which its held-out mail loses
    /// least, for all models. None: as it is.
    pub readings: &'a [CandidateCorpus<'a>],
    /// Resamples of the bootstrap; 0 for no intervals.
    pub resamples: u32,
}

/// One fold, trained and tested.
pub(super) struct FoldResult<'a> {
    /// The mail as it was read.
    pub corpus: &'a Corpus,
    /// What the held-out mail of the training part lost by each of the ways to read it, in bits.
    pub readings: Vec<Option<f64>>,
    pub training: Training,
    pub runs: Vec<Outcome>,
    /// By model: messages scored and the seconds that took.
    pub scoring: Vec<Option<(usize, f64)>>,
}

/// Trains and tests every model on one fold.
pub(super) fn run_fold<'a>(
    asked: &Asked<'a>,
    corpus: &'a Corpus,
    fold: &Fold,
    progress: &dyn Progress,
) -> FoldResult<'a> {
    let done = || progress.advance(1);
    let taken = train_with_best_tokenizer(
        asked.readings,
        asked.choices,
        &fold.train,
        asked.terms,
        &done,
    );
    let (corpus, readings, training) = match taken {
        Some(BestTokenizer {
            at,
            losses,
            training,
        }) => (asked.readings[at].corpus, losses, training),
        None => (
            corpus,
            Vec::new(),
            train(asked.choices, corpus, &fold.train, asked.terms, &done),
        ),
    };
    let test = Encoded::new(corpus, &training.encoders, &fold.test);
    let (runs, scoring) = training
        .models
        .iter()
        .zip(asked.choices)
        .map(|(model, choice)| match model {
            Ok(trained) => {
                // Encoding is shared by models and so is not part of one model's scoring time.
                let rows = test.rows(trained.view);
                let start = Instant::now();
                let raw = trained.scores(rows);
                let seconds = start.elapsed().as_secs_f64();
                let scored = scored(corpus, trained, choice.search.is_some(), &fold.test, &raw);
                (Outcome::Scored(scored), Some((fold.test.len(), seconds)))
            }
            Err(TrainError::NotApplicable(why)) => (Outcome::NotApplicable(why.clone()), None),
            Err(error) => (Outcome::Failed(error.to_string()), None),
        })
        .unzip();
    drop(test);
    FoldResult {
        corpus,
        readings,
        training,
        runs,
        scoring,
    }
}

fn scored(
    corpus: &Corpus,
    trained: &Trained,
    searched: bool,
    test: &[usize],
    raw: &[RawOutput],
) -> Scored {
    let score: Vec<f64> = raw.iter().map(|raw| raw.score).collect();
    let log_odds: Vec<f64> = raw
        .iter()
        .map(|&raw| trained.calibration.log_odds(raw))
        .collect();
    let prices: Vec<CodeLength> = raw
        .iter()
        .filter_map(|raw| raw.text_code_length())
        .collect();
    let labels = labels(corpus, test);
    let judged = ScoredEmails {
        labels: &labels,
        score: &score,
        scale: trained.scale(),
        log_odds: &log_odds,
        prices: &prices,
    };
    Scored {
        metrics: measure(&judged),
        chosen: trained.settings.clone(),
        scale: trained.scale(),
        calibration: trained.calibration.clone(),
        tried: if searched {
            trained.facts.tried.clone()
        } else {
            Vec::new()
        },
        convergence: trained.facts.convergence,
        trace: trained.facts.trace.clone(),
        losses: trained.facts.losses.clone(),
        model_bytes: trained.fitted.save().map_or(0, |bytes| bytes.len()),
        rows: test.iter().map(|&row| row as u32).collect(),
        score,
        log_odds,
    }
}

/// The true labels of rows, which a split only makes of labelled ones.
pub(super) fn labels(corpus: &Corpus, rows: &[usize]) -> Vec<Label> {
    rows.iter().filter_map(|&row| corpus.label(row)).collect()
}
