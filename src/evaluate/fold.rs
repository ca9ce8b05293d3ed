//! One fold: every model trained on the same rows, and what it said of the fold's test mails.

use super::split::{Fold, Split};
use super::validation::Sweep;
use crate::dataset::Corpus;
use crate::encode::Encoded;
use crate::mail::Label;
use crate::model::{Price, Raw};
use crate::progress::Progress;
use crate::results::{Judged, Outcome, Scored, measure};
use crate::train::{Choice, Terms, TrainError, Trained, Training, train};
use std::time::Instant;

/// What to compare.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// The models.
    pub choices: &'a [Choice],
    /// On what terms they are trained.
    pub terms: Terms<'a>,
    /// The folds.
    pub split: &'a Split,
    /// Whether to draw a learning curve.
    pub curve: bool,
    /// Whether to draw another of what mail without labels is worth.
    pub unlabelled_curve: bool,
    /// Settings of which to draw what they do.
    pub sweeps: &'a [Sweep],
    /// Resamples of the bootstrap; 0 for no intervals.
    pub resamples: u32,
}

/// One fold, trained and tested.
pub(super) struct FoldResult {
    pub training: Training,
    pub runs: Vec<Outcome>,
    /// By model: mails scored and the seconds that took.
    pub scoring: Vec<Option<(usize, f64)>>,
}

/// Trains and tests every model on one fold.
pub(super) fn run_fold(asked: &Asked<'_>, corpus: &Corpus, fold: &Fold, progress: &dyn Progress) -> FoldResult {
    let done = || progress.advance(1);
    let training = train(asked.choices, corpus, &fold.train, asked.terms, &done);
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
    FoldResult { training, runs, scoring }
}

fn scored(corpus: &Corpus, trained: &Trained, searched: bool, test: &[usize], raw: &[Raw]) -> Scored {
    let score: Vec<f64> = raw.iter().map(|raw| raw.score).collect();
    let log_odds: Vec<f64> = raw.iter().map(|&raw| trained.calibration.log_odds(raw)).collect();
    let prices: Vec<Price> = raw.iter().filter_map(|raw| raw.price).collect();
    let labels = labels(corpus, test);
    let judged =
        Judged { labels: &labels, score: &score, scale: trained.scale(), log_odds: &log_odds, prices: &prices };
    Scored {
        metrics: measure(&judged),
        chosen: trained.settings.clone(),
        scale: trained.scale(),
        calibration: trained.calibration.clone(),
        tried: if searched { trained.facts.tried.clone() } else { Vec::new() },
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
