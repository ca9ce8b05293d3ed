//! Scores on rows that did not fit the model: what settings are chosen by and calibration is learned from.
//!
//! Three inner folds for cheap models, one held-out tenth for costly ones. Vocabulary and weights are learned anew from each
//! inner training part. Where a class has too few groups of copies to be parted, nothing is held out: the first settings
//! of the grid are taken and the raw score stands for log-odds.

use super::{Choice, TrainError, log_loss_bits, platt};
use crate::dataset::{Corpus, TrainingSet, View, grouped_folds};
use crate::encode::{Encoded, Encoders, VocabularySettings};
use crate::mail::Label;
use crate::model::{Calibration, Classifier, Cost, FitError, ModelEntry, SettingError, Unwatched};
use rayon::prelude::*;
use serde_json::Value;
use std::time::Instant;

/// Inner folds of a cheap model.
const FOLDS: usize = 3;
/// A costly model holds out one part in so many.
const PARTS: usize = 10;

/// What held-out rows decided for one model.
pub struct HeldOut {
    pub settings: Value,
    pub calibration: Calibration,
    /// Each candidate with its log loss in bits.
    pub tried: Vec<(Value, f64)>,
    pub seconds: f64,
}

/// One division of the training rows.
struct Part {
    fit: Vec<usize>,
    held: Vec<usize>,
    cost: Cost,
}

/// A model that may run, with its candidates.
struct Candidate {
    entry: &'static dyn ModelEntry,
    view: View,
    grid: Vec<Value>,
}

/// Scores of one part: for each candidate settings, for each held-out row; and the seconds they took.
type PartScores = Result<(Vec<Vec<f64>>, f64), FitError>;

/// For each choice what its held-out scores decide.
pub fn scores(
    choices: &[Choice],
    corpus: &Corpus,
    rows: &[usize],
    vocabulary: &VocabularySettings,
    seed: u64,
) -> Vec<Result<HeldOut, TrainError>> {
    let candidates: Vec<Result<Candidate, TrainError>> = choices.iter().map(|c| candidate(c, rows.len())).collect();
    let parts = parts(corpus, rows, seed);
    let by_part: Vec<Vec<Option<PartScores>>> =
        parts.par_iter().map(|part| score_part(part, &candidates, corpus, vocabulary, seed)).collect();
    let decide = |(at, candidate): (usize, Result<Candidate, TrainError>)| {
        let candidate = candidate?;
        let mut pooled = Pooled::new(candidate.grid.len());
        for (part, scores) in parts.iter().zip(&by_part) {
            // What fails on a part fails, or is cut short, on the whole: the final fit says how.
            if let Some(Ok((scores, seconds))) = &scores[at] {
                let labels: Vec<Label> = part.held.iter().filter_map(|&row| corpus.label(row)).collect();
                pooled.add(&labels, scores, *seconds);
            }
        }
        Ok(pooled.decide(candidate.grid))
    };
    candidates.into_iter().enumerate().map(decide).collect()
}

fn candidate(choice: &Choice, mails: usize) -> Result<Candidate, TrainError> {
    choice.entry.applicable(&choice.settings, mails).map_err(TrainError::NotApplicable)?;
    Ok(Candidate { entry: choice.entry, view: choice.view, grid: choice.entry.grid(&choice.settings)? })
}

/// The divisions of the rows: three folds for cheap models, a tenth for costly ones; none where a class cannot be parted.
fn parts(corpus: &Corpus, rows: &[usize], seed: u64) -> Vec<Part> {
    let labels: Vec<Label> = rows.iter().map(|&row| corpus.label(row).unwrap_or(Label::Ham)).collect();
    let groups: Vec<u32> = rows.iter().map(|&row| corpus.group(row)).collect();
    let divide = |folds: usize, used: usize, cost: Cost| {
        let fold = grouped_folds(&labels, &groups, folds, seed);
        (0..used)
            .map(|part| {
                let (held, fit): (Vec<usize>, Vec<usize>) = (0..rows.len()).partition(|&at| fold[at] == part);
                let has_both = |ats: &[usize]| Label::BOTH.iter().all(|l| ats.iter().any(|&at| labels[at] == *l));
                let usable = has_both(&held) && has_both(&fit);
                let rows = |ats: Vec<usize>| ats.into_iter().map(|at| rows[at]).collect();
                usable.then(|| Part { fit: rows(fit), held: rows(held), cost })
            })
            .collect::<Option<Vec<Part>>>()
            .unwrap_or_default()
    };
    let mut all = divide(FOLDS, FOLDS, Cost::Cheap);
    all.extend(divide(PARTS, 1, Cost::Costly));
    all
}

/// Fits every candidate of the part's cost on its rows and scores the rows held out.
fn score_part(
    part: &Part,
    candidates: &[Result<Candidate, TrainError>],
    corpus: &Corpus,
    vocabulary: &VocabularySettings,
    seed: u64,
) -> Vec<Option<PartScores>> {
    let wanted = |candidate: &Result<Candidate, TrainError>| {
        candidate.as_ref().is_ok_and(|candidate| candidate.entry.cost() == part.cost)
    };
    let views = candidates.iter().filter(|candidate| wanted(candidate)).flatten().map(|candidate| candidate.view);
    if views.clone().next().is_none() {
        return candidates.iter().map(|_| None).collect();
    }
    let encoders = Encoders::learn(corpus, &part.fit, vocabulary, views);
    let fit = Encoded::new(corpus, &encoders, &part.fit);
    let held = Encoded::new(corpus, &encoders, &part.held);
    candidates
        .par_iter()
        .map(|candidate| {
            let Ok(candidate) = candidate else { return None };
            (candidate.entry.cost() == part.cost).then(|| score_candidate(candidate, &fit, &held, seed))
        })
        .collect()
}

fn score_candidate(candidate: &Candidate, fit: &Encoded<'_>, held: &Encoded<'_>, seed: u64) -> PartScores {
    let refused = |error: SettingError| FitError::Solver(error.to_string());
    // What a model reads is not among the settings that a grid leaves open.
    let (fit, held) = (fit.rows(candidate.view), held.rows(candidate.view));
    let start = Instant::now();
    let data = TrainingSet::new(fit, seed);
    let grid = candidate.grid.iter().map(|settings| candidate.entry.inner(settings));
    let grid = grid.collect::<Result<Vec<Value>, SettingError>>().map_err(refused)?;
    let fitted = candidate.entry.fit_path(&grid, &data, &mut Unwatched)?;
    let score = |classifier: &dyn Classifier| held.examples().map(|mail| classifier.score(mail)).collect();
    let scores = fitted.iter().map(|fitted| score(fitted.classifier())).collect();
    Ok((scores, start.elapsed().as_secs_f64()))
}

/// Held-out scores of all parts together.
pub(super) struct Pooled {
    scores: Vec<Vec<f64>>,
    labels: Vec<Label>,
    seconds: f64,
}

impl Pooled {
    /// Nothing yet, for so many candidates.
    pub fn new(candidates: usize) -> Pooled {
        Pooled { scores: vec![Vec::new(); candidates], labels: Vec::new(), seconds: 0.0 }
    }

    /// Adds the scores of one part by each candidate, with the labels of its mails.
    pub fn add(&mut self, labels: &[Label], scores: &[Vec<f64>], seconds: f64) {
        for (all, more) in self.scores.iter_mut().zip(scores) {
            all.extend_from_slice(more);
        }
        self.labels.extend_from_slice(labels);
        self.seconds += seconds;
    }

    /// The candidate whose calibrated scores lose least, the first of equals.
    pub fn decide(self, grid: Vec<Value>) -> HeldOut {
        let mut best = (f64::INFINITY, 0, Calibration::Identity);
        let mut tried = Vec::new();
        if !self.labels.is_empty() {
            for (at, scores) in self.scores.iter().enumerate() {
                let calibration = platt::fit(scores, &self.labels);
                let log_odds = scores.iter().map(|&score| calibration.log_odds(score));
                let loss = log_loss_bits(log_odds, &self.labels);
                if loss < best.0 {
                    best = (loss, at, calibration);
                }
                tried.push((grid[at].clone(), loss));
            }
        }
        let settings = grid.into_iter().nth(best.1).unwrap_or_default();
        HeldOut { settings, calibration: best.2, tried, seconds: self.seconds }
    }
}
