//! Scores on rows that did not fit the model: what settings are chosen by and calibration is
//! learned from.
//!
//! Three inner folds, or for dear models one held-out tenth. Vocabulary and weights are learned
//! anew from each inner training part. Where a class has too few groups of copies to be parted,
//! nothing is held out: the first settings of the grid are taken and the raw score stands for
//! log-odds.

use super::calibration::platt;
use super::{CalibrationMethod, Candidate, ModelSpec, SearchStrategy, TrainError, TrainOptions};
use crate::base::mail::Label;
use crate::dataset::features::{Encoded, Encoders};
use crate::dataset::{Corpus, TrainingSet, grouped_folds};
use crate::model::{
    Calibration, Cost, FitError, ModelEntry, NoObserver, NoveltyReference, RawOutput, SettingError,
    Trial,
};
use crate::results::metric::mean_log_loss_bits;
use rayon::prelude::*;
use serde_json::Value;
use std::time::Instant;

/// Inner folds of a model that can afford them.
const FOLDS: usize = 3;
/// A dear model holds out one part in so many.
const PARTS: usize = 10;
/// Messages on which to calibrate well enough: on 600 of SpamAssassin's the calibration error of
/// models of bytes is 1.7 %, by three folds of all 1.3 %; on 1,600 of Enron's it is .5 %.
const ENOUGH: usize = 1_000;

/// What held-out rows decided for one model.
pub struct HeldOut {
    pub chosen: Candidate,
    pub calibration: Calibration,
    pub novelty_reference: Option<NoveltyReference>,
    /// Each candidate and how it fared.
    pub tried: Vec<Trial>,
    pub seconds: f64,
}

/// One division of the training rows.
struct Part {
    fit: Vec<usize>,
    held: Vec<usize>,
    /// The models it is for.
    costs: &'static [Cost],
}

/// Scores of one part: for each candidate settings, for each held-out row; and the seconds they
/// took.
type PartScores = Result<(Vec<Vec<RawOutput>>, f64), FitError>;

/// For each choice what its held-out scores decide. It will be trained on `emails`: the rows and
/// what is added to them. What is held out is held out of what is added, too.
pub fn scores(
    choices: &[ModelSpec],
    corpus: &Corpus,
    rows: &[usize],
    emails: usize,
    terms: TrainOptions<'_>,
) -> Vec<Result<HeldOut, TrainError>> {
    let applicable: Vec<_> = choices
        .iter()
        .map(|choice| choice.applicable(emails))
        .collect();
    let parts = parts(corpus, rows, terms.seed);
    let mut left: Vec<Option<ModelSpec>> = choices
        .iter()
        .zip(&applicable)
        .map(|(choice, is)| is.is_ok().then(|| choice.clone()))
        .collect();
    let mut given_up: Vec<(Vec<Trial>, f64)> = vec![Default::default(); choices.len()];
    for least in RUNGS {
        let halved: Vec<Option<&ModelSpec>> = left
            .iter()
            .map(|left| left.as_ref().filter(|left| left.halves()))
            .collect();
        let thinned = parts
            .iter()
            .map(|part| part.thinned(corpus, least, terms.seed))
            .collect::<Option<Vec<Part>>>();
        let Some(thinned) = thinned.filter(|_| halved.iter().any(Option::is_some)) else {
            continue;
        };
        let judged = judge(&halved, &thinned, corpus, terms);
        for ((left, judged), (tried, seconds)) in left.iter_mut().zip(judged).zip(&mut given_up) {
            if let Some((left, judged)) = left.as_mut().zip(judged) {
                *seconds += judged.seconds;
                tried.extend(keep_best(
                    &mut left.candidates,
                    judged.tried,
                    1.0 / least as f64,
                ));
            }
        }
    }
    let left: Vec<Option<&ModelSpec>> = left.iter().map(Option::as_ref).collect();
    let judged = judge(&left, &parts, corpus, terms);
    let all = judged.into_iter().zip(applicable).zip(given_up);
    all.map(|((judged, applicable), (tried, seconds))| {
        applicable.map_err(TrainError::NotApplicable)?;
        let mut judged = judged.ok_or_else(|| FitError::Solver("it was not judged".to_owned()))?;
        judged.tried.extend(tried);
        judged.seconds += seconds;
        Ok(judged)
    })
    .collect()
}

/// A search that halves judges on one part in so many of the training rows, each time keeping the
/// best third.
const RUNGS: [usize; 2] = [9, 3];
/// Of so few candidates none is given up early.
const FEW: usize = 6;

impl ModelSpec {
    fn halves(&self) -> bool {
        self.search == Some(SearchStrategy::Halving) && self.candidates.len() > FEW
    }
}

/// Takes all but the best third from `candidates`, in the order they were in, and gives back how
/// those fared on so much of the mail. Candidates that were not judged all stay.
fn keep_best(candidates: &mut Vec<Candidate>, tried: Vec<Trial>, share: f64) -> Vec<Trial> {
    if tried.len() != candidates.len() {
        return Vec::new();
    }
    let mut ranked: Vec<usize> = (0..tried.len()).collect();
    ranked.sort_by(|&a, &b| tried[a].log_loss_bits.total_cmp(&tried[b].log_loss_bits));
    ranked.truncate(candidates.len().div_ceil(3));
    let mut at = 0..;
    candidates.retain(|_| at.next().is_some_and(|at| ranked.contains(&at)));
    let lost = tried
        .into_iter()
        .enumerate()
        .filter(|(at, _)| !ranked.contains(at));
    lost.map(|(_, tried)| Trial { share, ..tried }).collect()
}

/// What each choice's candidates get on the parts together.
fn judge(
    choices: &[Option<&ModelSpec>],
    parts: &[Part],
    corpus: &Corpus,
    terms: TrainOptions<'_>,
) -> Vec<Option<HeldOut>> {
    let by_part: Vec<Vec<Option<PartScores>>> = parts
        .par_iter()
        .map(|part| score_part(part, choices, corpus, terms))
        .collect();
    let decide = |(at, choice): (usize, Option<&ModelSpec>)| {
        let choice = choice?;
        let mut pooled = Pooled::new(choice.candidates.len());
        for (part, scores) in parts.iter().zip(&by_part) {
            // What fails on a part fails, or is cut short, on the whole: the final fit says how.
            if let Some(Ok((scores, seconds))) = &scores[at] {
                let labels: Vec<Label> = part
                    .held
                    .iter()
                    .filter_map(|&row| corpus.label(row))
                    .collect();
                pooled.add(&labels, scores, *seconds);
            }
        }
        Some(pooled.decide(&choice.candidates, terms.calibrating))
    };
    choices.iter().copied().enumerate().map(decide).collect()
}

impl Part {
    /// The same with one in `least` of the rows to fit, copies kept together; None if a class is
    /// then missing.
    fn thinned(&self, corpus: &Corpus, least: usize, seed: u64) -> Option<Part> {
        let labels: Vec<Label> = self
            .fit
            .iter()
            .filter_map(|&row| corpus.label(row))
            .collect();
        let groups: Vec<u32> = self.fit.iter().map(|&row| corpus.group(row)).collect();
        let fold = grouped_folds(&labels, &groups, least, seed);
        let fit: Vec<usize> = self
            .fit
            .iter()
            .zip(fold)
            .filter(|(_, fold)| *fold == 0)
            .map(|(&row, _)| row)
            .collect();
        let has = |label: Label| fit.iter().any(|&row| corpus.label(row) == Some(label));
        Label::BOTH.into_iter().all(has).then(|| Part {
            fit,
            held: self.held.clone(),
            costs: self.costs,
        })
    }
}

/// The divisions of the rows: three folds and a tenth, each for its models; none where a class
/// cannot be parted.
fn parts(corpus: &Corpus, rows: &[usize], seed: u64) -> Vec<Part> {
    let labels: Vec<Label> = rows
        .iter()
        .map(|&row| corpus.label(row).unwrap_or(Label::Ham))
        .collect();
    let groups: Vec<u32> = rows.iter().map(|&row| corpus.group(row)).collect();
    let divide = |folds: usize, used: usize, costs: &'static [Cost]| {
        let fold = grouped_folds(&labels, &groups, folds, seed);
        (0..used)
            .map(|part| {
                let (held, fit): (Vec<usize>, Vec<usize>) =
                    (0..rows.len()).partition(|&at| fold[at] == part);
                let has_both = |ats: &[usize]| {
                    Label::BOTH
                        .iter()
                        .all(|l| ats.iter().any(|&at| labels[at] == *l))
                };
                let usable = has_both(&held) && has_both(&fit);
                let rows = |ats: Vec<usize>| ats.into_iter().map(|at| rows[at]).collect();
                usable.then(|| Part {
                    fit: rows(fit),
                    held: rows(held),
                    costs,
                })
            })
            .collect::<Option<Vec<Part>>>()
            .unwrap_or_default()
    };
    let (by_folds, by_tenth): (&[Cost], &[Cost]) = if rows.len() / PARTS < ENOUGH {
        (&[Cost::Cheap, Cost::Moderate], &[Cost::Costly])
    } else {
        (&[Cost::Cheap], &[Cost::Moderate, Cost::Costly])
    };
    let mut all = divide(FOLDS, FOLDS, by_folds);
    all.extend(divide(PARTS, 1, by_tenth));
    all
}

/// Fits every candidate of the part's kind of model on its rows and scores the rows held out.
fn score_part(
    part: &Part,
    choices: &[Option<&ModelSpec>],
    corpus: &Corpus,
    terms: TrainOptions<'_>,
) -> Vec<Option<PartScores>> {
    let wanted = |choice: &&ModelSpec| part.costs.contains(&choice.entry.cost());
    let views = choices
        .iter()
        .copied()
        .flatten()
        .filter(wanted)
        .flat_map(ModelSpec::views);
    if views.clone().next().is_none() {
        return choices.iter().map(|_| None).collect();
    }
    let augmented = match terms.augmented(corpus, &part.fit) {
        Ok(augmented) => augmented,
        Err(reason) => {
            let refused = |_: &ModelSpec| Err(FitError::TooLarge(reason.clone()));
            return choices
                .iter()
                .map(|choice| choice.filter(wanted).map(refused))
                .collect();
        }
    };
    let extended = augmented.extend(corpus);
    let encoders = Encoders::learn(extended, &augmented.rows, &terms.vocabulary, views);
    let fit = Encoded::new(extended, &encoders, &augmented.rows);
    let held = Encoded::new(corpus, &encoders, &part.held);
    let unlabelled = super::unlabelled(
        choices.iter().copied().flatten().filter(wanted),
        corpus,
        &part.fit,
        terms.hidden,
    );
    let unlabelled = unlabelled
        .as_deref()
        .map(|rows| Encoded::new(corpus, &encoders, rows));
    let scores = |choice: Option<&ModelSpec>| {
        let choice = choice.filter(wanted)?;
        // Candidates that read alike stand together and are fitted as one path; paths side by side.
        let paths: Vec<&[Candidate]> = choice
            .candidates
            .chunk_by(|a, b| a.view == b.view)
            .collect();
        let path = |path: &&[Candidate]| {
            score_path(
                choice.entry,
                path,
                [&fit, &held],
                unlabelled.as_ref(),
                terms.seed,
            )
        };
        let scored = paths
            .par_iter()
            .map(path)
            .collect::<Result<Vec<_>, FitError>>();
        Some(scored.map(|scored| {
            let seconds = scored.iter().map(|(_, seconds)| seconds).sum();
            (
                scored.into_iter().flat_map(|(scores, _)| scores).collect(),
                seconds,
            )
        }))
    };
    choices.par_iter().copied().map(scores).collect()
}

/// Fits candidates that read alike, and scores the rows held out.
fn score_path(
    entry: &dyn ModelEntry,
    path: &[Candidate],
    [fit, held]: [&Encoded<'_>; 2],
    unlabelled: Option<&Encoded<'_>>,
    seed: u64,
) -> PartScores {
    let refused = |error: SettingError| FitError::Solver(error.to_string());
    let Some(Candidate { view, .. }) = path.first() else {
        return Ok((Vec::new(), 0.0));
    };
    let (fit, held) = (fit.rows(*view), held.rows(*view));
    let start = Instant::now();
    let data =
        TrainingSet::new(fit, seed).with_unlabelled(unlabelled.map(|emails| emails.rows(*view)));
    let grid = path
        .iter()
        .map(|candidate| entry.inner(&candidate.settings));
    let grid = grid
        .collect::<Result<Vec<Value>, SettingError>>()
        .map_err(refused)?;
    let fitted = entry.fit_path(&grid, &data, &mut NoObserver)?;
    let scores = fitted
        .iter()
        .map(|fitted| fitted.classifier().raw_batch(held))
        .collect();
    Ok((scores, start.elapsed().as_secs_f64()))
}

/// Held-out scores of all parts together.
pub(super) struct Pooled {
    scores: Vec<Vec<RawOutput>>,
    labels: Vec<Label>,
    seconds: f64,
}

impl Pooled {
    /// Nothing yet, for so many candidates.
    pub fn new(candidates: usize) -> Pooled {
        Pooled {
            scores: vec![Vec::new(); candidates],
            labels: Vec::new(),
            seconds: 0.0,
        }
    }

    /// Adds the scores of one part by each candidate, with the labels of its messages.
    pub fn add(&mut self, labels: &[Label], scores: &[Vec<RawOutput>], seconds: f64) {
        for (all, more) in self.scores.iter_mut().zip(scores) {
            all.extend_from_slice(more);
        }
        self.labels.extend_from_slice(labels);
        self.seconds += seconds;
    }

    /// The candidate whose scores lose least by Platt's calibration, the first of equals, to be
    /// calibrated as asked for.
    pub fn decide(self, candidates: &[Candidate], calibrating: CalibrationMethod) -> HeldOut {
        let mut best = (f64::INFINITY, 0);
        let mut tried = Vec::new();
        if !self.labels.is_empty() {
            for (at, scores) in self.scores.iter().enumerate() {
                let calibration = platt::fit(scores, &self.labels);
                let log_odds = scores.iter().map(|&score| calibration.log_odds(score));
                let loss = mean_log_loss_bits(log_odds, &self.labels);
                if loss < best.0 {
                    best = (loss, at);
                }
                tried.push(Trial {
                    settings: candidates[at].settings.clone(),
                    log_loss_bits: loss,
                    share: 1.0,
                });
            }
        }
        let chosen = best.1;
        let calibrate = |scores: &Vec<RawOutput>| calibrating.fit(scores, &self.labels);
        let calibration = self
            .scores
            .get(chosen)
            .map_or(Calibration::Identity, calibrate);
        let chosen_scores = self.scores.get(chosen).into_iter().flatten();
        let novelty_reference =
            NoveltyReference::new(chosen_scores.filter_map(|raw| raw.code_length));
        HeldOut {
            chosen: candidates[chosen].clone(),
            calibration,
            novelty_reference,
            tried,
            seconds: self.seconds,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_best_third_stays_in_its_order_and_the_others_are_given_up() {
        let view = crate::dataset::FeatureView {
            representation: crate::dataset::Representation::TfIdf,
            kinds: crate::tokenize::TokenKinds::ALL,
        };
        let candidate = |at: usize| Candidate {
            settings: json!({ "at": at }),
            view,
        };
        let tried = |(at, loss): (usize, f64)| Trial {
            settings: json!({ "at": at }),
            log_loss_bits: loss,
            share: 1.0,
        };
        let mut candidates: Vec<Candidate> = (0..7).map(candidate).collect();
        let losses = [0.5, 0.1, f64::NAN, 0.3, 0.4, 0.2, 0.9];
        let lost = keep_best(
            &mut candidates,
            losses.into_iter().enumerate().map(tried).collect(),
            0.25,
        );
        let at = |settings: &Value| settings["at"].as_u64().unwrap();
        assert_eq!(
            candidates
                .iter()
                .map(|of| at(&of.settings))
                .collect::<Vec<_>>(),
            [1, 3, 5]
        );
        assert_eq!(
            lost.iter().map(|of| at(&of.settings)).collect::<Vec<_>>(),
            [0, 2, 4, 6]
        );
        assert!(lost.iter().all(|of| of.share == 0.25));
        // Where nothing could be held out, none is judged and all stay.
        assert!(keep_best(&mut candidates, Vec::new(), 0.25).is_empty() && candidates.len() == 3);
    }
}
