//! Scores on rows that did not fit the model: what settings are chosen by and calibration is learned from.
//!
//! Three inner folds for cheap models, one held-out tenth for costly ones. Vocabulary and weights are learned anew from each
//! inner training part. Where a class has too few groups of copies to be parted, nothing is held out: the first settings
//! of the grid are taken and the raw score stands for log-odds.

use super::{Candidate, Choice, TrainError, log_loss_bits, platt};
use crate::dataset::{Corpus, TrainingSet, grouped_folds};
use crate::encode::{Encoded, Encoders, VocabularySettings};
use crate::mail::Label;
use crate::model::{Calibration, Classifier, Cost, FitError, ModelEntry, Raw, SettingError, Unwatched};
use rayon::prelude::*;
use serde_json::Value;
use std::time::Instant;

/// Inner folds of a cheap model.
const FOLDS: usize = 3;
/// A costly model holds out one part in so many.
const PARTS: usize = 10;

/// What held-out rows decided for one model.
pub struct HeldOut {
    pub chosen: Candidate,
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

/// Scores of one part: for each candidate settings, for each held-out row; and the seconds they took.
type PartScores = Result<(Vec<Vec<Raw>>, f64), FitError>;

/// For each choice what its held-out scores decide.
pub fn scores(
    choices: &[Choice],
    corpus: &Corpus,
    rows: &[usize],
    vocabulary: &VocabularySettings,
    seed: u64,
) -> Vec<Result<HeldOut, TrainError>> {
    let runnable: Vec<Option<&Choice>> =
        choices.iter().map(|choice| Some(choice).filter(|choice| choice.applicable(rows.len()).is_ok())).collect();
    let parts = parts(corpus, rows, seed);
    let by_part: Vec<Vec<Option<PartScores>>> =
        parts.par_iter().map(|part| score_part(part, &runnable, corpus, vocabulary, seed)).collect();
    let decide = |(at, choice): (usize, &Choice)| {
        choice.applicable(rows.len()).map_err(TrainError::NotApplicable)?;
        let mut pooled = Pooled::new(choice.candidates.len());
        for (part, scores) in parts.iter().zip(&by_part) {
            // What fails on a part fails, or is cut short, on the whole: the final fit says how.
            if let Some(Ok((scores, seconds))) = &scores[at] {
                let labels: Vec<Label> = part.held.iter().filter_map(|&row| corpus.label(row)).collect();
                pooled.add(&labels, scores, *seconds);
            }
        }
        Ok(pooled.decide(&choice.candidates))
    };
    choices.iter().enumerate().map(decide).collect()
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
    choices: &[Option<&Choice>],
    corpus: &Corpus,
    vocabulary: &VocabularySettings,
    seed: u64,
) -> Vec<Option<PartScores>> {
    let wanted = |choice: &&Choice| choice.entry.cost() == part.cost;
    let views = choices.iter().copied().flatten().filter(wanted).flat_map(Choice::views);
    if views.clone().next().is_none() {
        return choices.iter().map(|_| None).collect();
    }
    let encoders = Encoders::learn(corpus, &part.fit, vocabulary, views);
    let fit = Encoded::new(corpus, &encoders, &part.fit);
    let held = Encoded::new(corpus, &encoders, &part.held);
    let scores = |choice: Option<&Choice>| {
        let choice = choice.filter(wanted)?;
        // Candidates that read alike stand together and are fitted as one path; paths side by side.
        let paths: Vec<&[Candidate]> = choice.candidates.chunk_by(|a, b| a.view == b.view).collect();
        let path = |path: &&[Candidate]| score_path(choice.entry, path, &fit, &held, seed);
        let scored = paths.par_iter().map(path).collect::<Result<Vec<_>, FitError>>();
        Some(scored.map(|scored| {
            let seconds = scored.iter().map(|(_, seconds)| seconds).sum();
            (scored.into_iter().flat_map(|(scores, _)| scores).collect(), seconds)
        }))
    };
    choices.par_iter().copied().map(scores).collect()
}

/// Fits candidates that read alike, and scores the rows held out.
fn score_path(
    entry: &dyn ModelEntry,
    path: &[Candidate],
    fit: &Encoded<'_>,
    held: &Encoded<'_>,
    seed: u64,
) -> PartScores {
    let refused = |error: SettingError| FitError::Solver(error.to_string());
    let Some(Candidate { view, .. }) = path.first() else { return Ok((Vec::new(), 0.0)) };
    let (fit, held) = (fit.rows(*view), held.rows(*view));
    let start = Instant::now();
    let data = TrainingSet::new(fit, seed);
    let grid = path.iter().map(|candidate| entry.inner(&candidate.settings));
    let grid = grid.collect::<Result<Vec<Value>, SettingError>>().map_err(refused)?;
    let fitted = entry.fit_path(&grid, &data, &mut Unwatched)?;
    let score = |classifier: &dyn Classifier| held.examples().map(|mail| classifier.raw(mail)).collect();
    let scores = fitted.iter().map(|fitted| score(fitted.classifier())).collect();
    Ok((scores, start.elapsed().as_secs_f64()))
}

/// Held-out scores of all parts together.
pub(super) struct Pooled {
    scores: Vec<Vec<Raw>>,
    labels: Vec<Label>,
    seconds: f64,
}

impl Pooled {
    /// Nothing yet, for so many candidates.
    pub fn new(candidates: usize) -> Pooled {
        Pooled { scores: vec![Vec::new(); candidates], labels: Vec::new(), seconds: 0.0 }
    }

    /// Adds the scores of one part by each candidate, with the labels of its mails.
    pub fn add(&mut self, labels: &[Label], scores: &[Vec<Raw>], seconds: f64) {
        for (all, more) in self.scores.iter_mut().zip(scores) {
            all.extend_from_slice(more);
        }
        self.labels.extend_from_slice(labels);
        self.seconds += seconds;
    }

    /// The candidate whose calibrated scores lose least, the first of equals.
    pub fn decide(self, candidates: &[Candidate]) -> HeldOut {
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
                tried.push((candidates[at].settings.clone(), loss));
            }
        }
        HeldOut { chosen: candidates[best.1].clone(), calibration: best.2, tried, seconds: self.seconds }
    }
}
