//! Scores on rows that did not fit the model: what settings are chosen by and calibration is
//! learned from.
//!
//! Where a class has too few groups of near-duplicates to be divided, nothing is held out: the
//! first settings of the grid are taken and the raw score stands for log-odds.

use super::calibration::platt;
use super::deciding::{HeldOutScores, choose};
use super::final_fit::FinalFit;
use super::inner_split::{InnerSplit, SplitOutcome, SplitScores, inner_splits, score_split};
use super::model_spec::{Candidate, ModelSpec, SearchStrategy};
use super::options::TrainOptions;
use super::trained::TrainError;
use crate::base::mail::Label;
use crate::dataset::Corpus;
use crate::model::{Calibration, FitError, NoveltyReference, RawOutput, Trial};
use crate::results::metric::mean_log_loss_bits;
use crate::results::{ChosenDecision, ScoreSketch};
use rayon::prelude::*;

/// What held-out rows decided for one model.
pub struct HeldOut {
    pub chosen: Candidate,
    pub calibration: Calibration,
    pub decision: ChosenDecision,
    /// The held-out scores themselves: ham, spam.
    pub sketch: [ScoreSketch; 2],
    pub novelty_reference: Option<NoveltyReference>,
    /// Each candidate and how it fared.
    pub tried: Vec<Trial>,
    /// The fit that was calibrated, of a model that is not fitted again.
    pub kept: Option<FinalFit>,
    pub seconds: f64,
}

/// A search that halves evaluates all candidates on a ninth of the rows to fit, the best third of
/// them on a third, and the best third of those on all.
const RUNGS: [usize; 2] = [9, 3];
/// Among so few candidates none is given up early.
const FEW: usize = 6;

/// A model while its candidates are narrowed down.
struct Contender {
    /// The model with the candidates that are left; else why it is not applicable.
    spec: Result<ModelSpec, String>,
    /// The candidates that were given up early, and how they fared.
    given_up: Vec<Trial>,
    seconds: f64,
}

impl Contender {
    /// The model if some of its candidates are to be given up early.
    fn halving(&self) -> Option<&ModelSpec> {
        let halves = |spec: &&ModelSpec| {
            spec.search == Some(SearchStrategy::Halving) && spec.candidates.len() > FEW
        };
        self.spec.as_ref().ok().filter(halves)
    }
}

/// For each choice what its held-out scores decide. It will be trained on `emails`: the rows and
/// what is added to them. What is held out is held out of what is added, too.
pub fn scores(
    choices: &[ModelSpec],
    corpus: &Corpus,
    rows: &[usize],
    emails: usize,
    options: TrainOptions<'_>,
) -> Vec<Result<HeldOut, TrainError>> {
    let splits = inner_splits(corpus, rows, options.seed);
    let contender = |choice: &ModelSpec| Contender {
        spec: choice.applicable(emails).map(|()| choice.clone()),
        given_up: Vec::new(),
        seconds: 0.0,
    };
    let mut contenders: Vec<Contender> = choices.iter().map(contender).collect();
    for one_in in RUNGS {
        give_up_worst(&mut contenders, &splits, one_in, corpus, options);
    }
    // What is left is evaluated anew on all rows: losses on different numbers of rows cannot be
    // compared, and calibration wants the scores of models that saw as much as they can.
    let left: Vec<_> = contenders
        .iter()
        .map(|one| one.spec.as_ref().ok())
        .collect();
    let evaluated = evaluate(&left, &splits, corpus, options);
    let decided = contenders.into_iter().zip(evaluated);
    decided
        .map(|(contender, evaluated)| {
            contender.spec.map_err(TrainError::NotApplicable)?;
            let unevaluated = || FitError::Solver("it was not evaluated".to_owned());
            let mut held_out = evaluated.ok_or_else(unevaluated)?;
            held_out.tried.extend(contender.given_up);
            held_out.seconds += contender.seconds;
            Ok(held_out)
        })
        .collect()
}

/// One rung of a search that halves: evaluates the candidates of its models on splits of which only
/// one row in `one_in` is fitted, and keeps the best third of each. Nothing is given up where so
/// few rows would lack a class.
fn give_up_worst(
    contenders: &mut [Contender],
    splits: &[InnerSplit],
    one_in: usize,
    corpus: &Corpus,
    options: TrainOptions<'_>,
) {
    let halving: Vec<Option<&ModelSpec>> = contenders.iter().map(Contender::halving).collect();
    if halving.iter().all(Option::is_none) {
        return;
    }
    let thinned = splits
        .iter()
        .map(|split| split.thinned(corpus, one_in, options.seed));
    let Some(thinned) = thinned.collect::<Option<Vec<InnerSplit>>>() else {
        return;
    };
    let evaluated = evaluate(&halving, &thinned, corpus, options);
    for (contender, evaluated) in contenders.iter_mut().zip(evaluated) {
        if let (Ok(spec), Some(evaluated)) = (&mut contender.spec, evaluated) {
            contender.seconds += evaluated.seconds;
            let share = 1.0 / one_in as f64;
            let lost = keep_best(&mut spec.candidates, evaluated.tried, share);
            contender.given_up.extend(lost);
        }
    }
}

/// Leaves the best third of `candidates`, in the order they were in, and returns how the others
/// fared on this share of the mail. Candidates that were not evaluated all stay.
fn keep_best(candidates: &mut Vec<Candidate>, tried: Vec<Trial>, share: f64) -> Vec<Trial> {
    if tried.len() != candidates.len() {
        return Vec::new();
    }
    let mut ranked: Vec<usize> = (0..tried.len()).collect();
    ranked.sort_by(|&a, &b| tried[a].log_loss_bits.total_cmp(&tried[b].log_loss_bits));
    ranked.truncate(candidates.len().div_ceil(3));
    // Their order stays, for neighbours are fitted as one path.
    let mut at = 0..;
    candidates.retain(|_| at.next().is_some_and(|at| ranked.contains(&at)));
    let lost = tried
        .into_iter()
        .enumerate()
        .filter(|(at, _)| !ranked.contains(at));
    lost.map(|(_, tried)| Trial { share, ..tried }).collect()
}

/// What the candidates of each model come to on all splits together.
fn evaluate(
    choices: &[Option<&ModelSpec>],
    splits: &[InnerSplit],
    corpus: &Corpus,
    options: TrainOptions<'_>,
) -> Vec<Option<HeldOut>> {
    let mut by_split: Vec<Vec<SplitOutcome>> = splits
        .par_iter()
        .map(|split| score_split(split, choices, corpus, options))
        .collect();
    let of_model = |at: usize| {
        by_split
            .iter_mut()
            .map(|scored| scored[at].take())
            .collect()
    };
    let by_model: Vec<Vec<SplitOutcome>> = (0..choices.len()).map(of_model).collect();
    let decide = |(choice, scored): (Option<&ModelSpec>, Vec<SplitOutcome>)| {
        let choice = choice?;
        let mut pooled = Pooled::new(choice.candidates.len());
        for (split, scored) in splits.iter().zip(scored) {
            // What fails on a split fails, or is cut short, on the whole: the final fit says how.
            if let Some(Ok(scored)) = scored {
                let labels: Vec<Label> = split
                    .held
                    .iter()
                    .filter_map(|&row| corpus.label(row))
                    .collect();
                let groups: Vec<u32> = split.held.iter().map(|&row| corpus.group(row)).collect();
                pooled.add(&labels, &groups, scored);
            }
        }
        Some(pooled.decide(&choice.candidates, options))
    };
    choices
        .par_iter()
        .copied()
        .zip(by_model)
        .map(decide)
        .collect()
}

/// Held-out scores of all splits together.
pub(super) struct Pooled {
    scores: Vec<Vec<RawOutput>>,
    labels: Vec<Label>,
    groups: Vec<u32>,
    kept: Vec<FinalFit>,
    seconds: f64,
}

impl Pooled {
    /// Nothing yet, for so many candidates.
    pub fn new(candidates: usize) -> Pooled {
        Pooled {
            scores: vec![Vec::new(); candidates],
            labels: Vec::new(),
            groups: Vec::new(),
            kept: Vec::new(),
            seconds: 0.0,
        }
    }

    /// Adds the scores of one split by each candidate, with the labels of its messages and their
    /// groups of near-duplicates.
    pub fn add(&mut self, labels: &[Label], groups: &[u32], split: SplitScores) {
        for (all, more) in self.scores.iter_mut().zip(split.scores) {
            all.extend(more);
        }
        self.labels.extend_from_slice(labels);
        self.groups.extend_from_slice(groups);
        self.kept = split.kept;
        self.seconds += split.seconds;
    }

    /// The candidate whose scores lose least by Platt's calibration, the first of equals, to be
    /// calibrated and its decision chosen as asked for.
    pub fn decide(self, candidates: &[Candidate], options: TrainOptions<'_>) -> HeldOut {
        let trial = |(scores, candidate): (&Vec<RawOutput>, &Candidate)| {
            let calibration = platt::fit(scores, &self.labels);
            let log_odds = scores.iter().map(|&score| calibration.log_odds(score));
            Trial {
                settings: candidate.settings.clone(),
                log_loss_bits: mean_log_loss_bits(log_odds, &self.labels),
                share: 1.0,
            }
        };
        let tried: Vec<Trial> = if self.labels.is_empty() {
            Vec::new()
        } else {
            self.scores.par_iter().zip(candidates).map(trial).collect()
        };
        let mut best = (f64::INFINITY, 0);
        for (at, trial) in tried.iter().enumerate() {
            if trial.log_loss_bits < best.0 {
                best = (trial.log_loss_bits, at);
            }
        }
        let chosen = best.1;
        let calibrate = |scores: &Vec<RawOutput>| options.calibrating.fit(scores, &self.labels);
        let calibration = self
            .scores
            .get(chosen)
            .map_or(Calibration::Identity, calibrate);
        let chosen_scores = self.scores.get(chosen).into_iter().flatten();
        let log_odds = chosen_scores.clone().map(|&raw| calibration.log_odds(raw));
        let described = log_odds.zip(self.labels.iter().zip(&self.groups));
        let held_out =
            HeldOutScores::new(described.map(|(odds, (&label, &group))| (odds, label, group)));
        let novelty_reference =
            NoveltyReference::new(chosen_scores.filter_map(|raw| raw.code_length));
        HeldOut {
            chosen: candidates[chosen].clone(),
            decision: choose(options.deciding, &held_out),
            sketch: Label::BOTH.map(|label| ScoreSketch::new(held_out.of(label))),
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
        // Where nothing could be held out, none is evaluated and all stay.
        assert!(keep_best(&mut candidates, Vec::new(), 0.25).is_empty() && candidates.len() == 3);
    }
}
