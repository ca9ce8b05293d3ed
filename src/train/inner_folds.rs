//! Scores on rows that did not fit the model: what settings are chosen by and calibration is
//! learned from.
//!
//! Where a class has too few groups of copies to be parted, nothing is held out: the first settings
//! of the grid are taken and the raw score stands for log-odds.

use super::calibration::platt;
use super::part::{Part, PartScores, Scored, parts, score_part};
use super::{
    CalibrationMethod, Candidate, FinalFit, ModelSpec, SearchStrategy, TrainError, TrainOptions,
};
use crate::base::mail::Label;
use crate::dataset::Corpus;
use crate::model::{Calibration, FitError, NoveltyReference, RawOutput, Trial};
use crate::results::metric::mean_log_loss_bits;
use rayon::prelude::*;

/// What held-out rows decided for one model.
pub struct HeldOut {
    pub chosen: Candidate,
    pub calibration: Calibration,
    pub novelty_reference: Option<NoveltyReference>,
    /// Each candidate and how it fared.
    pub tried: Vec<Trial>,
    /// The fit that was calibrated, of a model that is not fitted again.
    pub kept: Option<FinalFit>,
    pub seconds: f64,
}

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
    let mut by_part: Vec<Vec<Scored>> = parts
        .par_iter()
        .map(|part| score_part(part, choices, corpus, terms))
        .collect();
    let decide = |(at, choice): (usize, Option<&ModelSpec>)| {
        let choice = choice?;
        let mut pooled = Pooled::new(choice.candidates.len());
        for (part, scored) in parts.iter().zip(&mut by_part) {
            // What fails on a part fails, or is cut short, on the whole: the final fit says how.
            if let Some(Ok(scored)) = scored[at].take() {
                let labels: Vec<Label> = part
                    .held
                    .iter()
                    .filter_map(|&row| corpus.label(row))
                    .collect();
                pooled.add(&labels, scored);
            }
        }
        Some(pooled.decide(&choice.candidates, terms.calibrating))
    };
    choices.iter().copied().enumerate().map(decide).collect()
}

/// Held-out scores of all parts together.
pub(super) struct Pooled {
    scores: Vec<Vec<RawOutput>>,
    labels: Vec<Label>,
    kept: Vec<FinalFit>,
    seconds: f64,
}

impl Pooled {
    /// Nothing yet, for so many candidates.
    pub fn new(candidates: usize) -> Pooled {
        Pooled {
            scores: vec![Vec::new(); candidates],
            labels: Vec::new(),
            kept: Vec::new(),
            seconds: 0.0,
        }
    }

    /// Adds the scores of one part by each candidate, with the labels of its messages.
    pub fn add(&mut self, labels: &[Label], part: PartScores) {
        for (all, more) in self.scores.iter_mut().zip(part.scores) {
            all.extend(more);
        }
        self.labels.extend_from_slice(labels);
        self.kept = part.kept;
        self.seconds += part.seconds;
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
            kept: self.kept.into_iter().nth(chosen),
            seconds: self.seconds,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

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
