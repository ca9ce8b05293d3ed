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
    let rounds = inner_splits(corpus, rows, options.seed);
    let contender = |choice: &ModelSpec| Contender {
        spec: choice.applicable(emails).map(|()| choice.clone()),
        given_up: Vec::new(),
        seconds: 0.0,
    };
    let mut contenders: Vec<Contender> = choices.iter().map(contender).collect();
    for one_in in RUNGS {
        give_up_worst(&mut contenders, &rounds, one_in, corpus, options);
    }
    // What is left is evaluated anew on all rows: losses on different numbers of rows cannot be
    // compared, and calibration wants the scores of models that saw as much as they can.
    let left: Vec<_> = contenders
        .iter()
        .map(|one| one.spec.as_ref().ok())
        .collect();
    let evaluated = evaluate(&left, &rounds, corpus, options);
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
    rounds: &[Vec<InnerSplit>],
    one_in: usize,
    corpus: &Corpus,
    options: TrainOptions<'_>,
) {
    let halving: Vec<Option<&ModelSpec>> = contenders.iter().map(Contender::halving).collect();
    if halving.iter().all(Option::is_none) {
        return;
    }
    let thinned = rounds
        .iter()
        .flatten()
        .map(|split| split.thinned(corpus, one_in, options.seed));
    let Some(thinned) = thinned.collect::<Option<Vec<InnerSplit>>>() else {
        return;
    };
    let evaluated = evaluate(&halving, &[thinned], corpus, options);
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

/// What the candidates of each model come to on the splits: all of them on those of the first
/// round, then the one that lost least on the others, too.
fn evaluate(
    choices: &[Option<&ModelSpec>],
    rounds: &[Vec<InnerSplit>],
    corpus: &Corpus,
    options: TrainOptions<'_>,
) -> Vec<Option<HeldOut>> {
    let pooled = |choice: Option<&ModelSpec>| Some(Pooled::new(&choice?.candidates));
    let mut pooled: Vec<Option<Pooled>> = choices.iter().copied().map(pooled).collect();
    for splits in rounds.iter().filter(|splits| !splits.is_empty()) {
        pooled.par_iter_mut().flatten().for_each(Pooled::choose);
        let left = |(choice, pooled): (Option<&ModelSpec>, &Option<Pooled>)| {
            Some(ModelSpec {
                candidates: pooled.as_ref()?.candidates.clone(),
                ..choice?.clone()
            })
        };
        let choices = choices.iter().copied();
        let left: Vec<Option<ModelSpec>> = choices.zip(&pooled).map(left).collect();
        let left: Vec<Option<&ModelSpec>> = left.iter().map(Option::as_ref).collect();
        let by_split: Vec<Vec<SplitOutcome>> = splits
            .par_iter()
            .map(|split| score_split(split, &left, corpus, options))
            .collect();
        for (split, by_model) in splits.iter().zip(by_split) {
            let labels = split.held.iter().filter_map(|&row| corpus.label(row));
            let labels: Vec<Label> = labels.collect();
            let groups: Vec<u32> = split.held.iter().map(|&row| corpus.group(row)).collect();
            for (pooled, scored) in pooled.iter_mut().zip(by_model) {
                // What fails on a split fails, or is cut short, on the whole: the final fit says
                // how.
                if let (Some(pooled), Some(Ok(scored))) = (pooled, scored) {
                    pooled.add(&labels, &groups, scored);
                }
            }
        }
    }
    let decide = |pooled: Option<Pooled>| Some(pooled?.decide(options));
    pooled.into_par_iter().map(decide).collect()
}

/// Held-out scores of a model, of all splits together.
pub(super) struct Pooled {
    /// Those that are left.
    candidates: Vec<Candidate>,
    /// By candidate.
    scores: Vec<Vec<RawOutput>>,
    labels: Vec<Label>,
    groups: Vec<u32>,
    kept: Vec<FinalFit>,
    /// How all candidates fared, once one is chosen.
    tried: Vec<Trial>,
    seconds: f64,
}

impl Pooled {
    /// Nothing yet, for these.
    pub fn new(candidates: &[Candidate]) -> Pooled {
        Pooled {
            candidates: candidates.to_vec(),
            scores: vec![Vec::new(); candidates.len()],
            labels: Vec::new(),
            groups: Vec::new(),
            kept: Vec::new(),
            tried: Vec::new(),
            seconds: 0.0,
        }
    }

    /// Adds the scores of one split by each candidate that is left, with the labels of its messages
    /// and their groups of near-duplicates.
    pub fn add(&mut self, labels: &[Label], groups: &[u32], split: SplitScores) {
        for (all, more) in self.scores.iter_mut().zip(split.scores) {
            all.extend(more);
        }
        self.labels.extend_from_slice(labels);
        self.groups.extend_from_slice(groups);
        self.kept = split.kept;
        self.seconds += split.seconds;
    }

    /// Leaves the candidate whose scores lose least by Platt's calibration, the first of equals.
    /// All stay where nothing was held out.
    fn choose(&mut self) {
        if self.labels.is_empty() || !self.tried.is_empty() {
            return;
        }
        let trial = |(scores, candidate): (&Vec<RawOutput>, &Candidate)| {
            let calibration = platt::fit(scores, &self.labels);
            let log_odds = scores.iter().map(|&score| calibration.log_odds(score));
            Trial {
                settings: candidate.settings.clone(),
                log_loss_bits: mean_log_loss_bits(log_odds, &self.labels),
                share: 1.0,
            }
        };
        let tried = self.scores.par_iter().zip(&self.candidates).map(trial);
        self.tried = tried.collect();
        let mut best = (f64::INFINITY, 0);
        for (at, trial) in self.tried.iter().enumerate() {
            if trial.log_loss_bits < best.0 {
                best = (trial.log_loss_bits, at);
            }
        }
        let (_, chosen) = best;
        self.candidates = vec![self.candidates.swap_remove(chosen)];
        self.scores = vec![self.scores.swap_remove(chosen)];
        let kept = std::mem::take(&mut self.kept);
        self.kept = kept.into_iter().nth(chosen).into_iter().collect();
    }

    /// The candidate that was chosen, the first where none could be, calibrated and its decision
    /// chosen as asked for.
    pub fn decide(mut self, options: TrainOptions<'_>) -> HeldOut {
        self.choose();
        let scores = self.scores.swap_remove(0);
        let calibration = options.calibrating.fit(&scores, &self.labels);
        let log_odds = scores.iter().map(|&raw| calibration.log_odds(raw));
        let described = log_odds.zip(self.labels.iter().zip(&self.groups));
        let held_out =
            HeldOutScores::new(described.map(|(odds, (&label, &group))| (odds, label, group)));
        HeldOut {
            chosen: self.candidates.swap_remove(0),
            decision: choose(options.deciding, &held_out),
            sketch: Label::BOTH.map(|label| ScoreSketch::new(held_out.of(label))),
            calibration,
            novelty_reference: NoveltyReference::new(
                scores.iter().filter_map(|raw| raw.code_length),
            ),
            tried: self.tried,
            kept: self.kept.pop(),
            seconds: self.seconds,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::{FeatureView, Representation};
    use crate::tokenize::TokenKinds;
    use serde_json::{Value, json};

    #[test]
    fn what_one_round_chose_is_calibrated_on_all() {
        let candidate = |c: f64| Candidate {
            settings: json!({ "c": c }),
            view: FeatureView {
                representation: Representation::TfIdf,
                kinds: TokenKinds::ALL,
            },
        };
        let raw = RawOutput::of_score;
        let scored = |scores: &[&[f64]]| SplitScores {
            scores: scores
                .iter()
                .map(|scores| scores.iter().map(|&score| raw(score)).collect())
                .collect(),
            ..SplitScores::default()
        };
        let (labels, groups) = ([Label::Ham, Label::Spam, Label::Ham, Label::Spam], [0; 4]);
        let mut pooled = Pooled::new(&[candidate(0.1), candidate(1.0)]);
        pooled.choose();
        assert_eq!(pooled.candidates.len(), 2, "by nothing none is chosen");
        let (wrong, right) = ([1.0, -1.0, -1.0, 1.0], [-1.0, 1.0, -0.5, 0.5]);
        pooled.add(&labels, &groups, scored(&[&wrong, &right]));
        pooled.choose();
        pooled.add(&labels, &groups, scored(&[&[0.1, 0.2, 0.3, 0.4]]));
        let held_out = pooled.decide(TrainOptions::seeded(1));
        assert_eq!(held_out.chosen.settings["c"], json!(1.0));
        assert_eq!(held_out.tried.len(), 2);
        let all = right.iter().chain(&[0.1, 0.2, 0.3, 0.4]);
        let all: Vec<RawOutput> = all.map(|&score| raw(score)).collect();
        let of_both = platt::fit(&all, &labels.repeat(2));
        assert_eq!(held_out.calibration, of_both);
        assert_ne!(held_out.calibration, platt::fit(&all[..4], &labels));
    }

    #[test]
    fn the_best_third_stays_in_its_order_and_the_others_are_given_up() {
        let view = FeatureView {
            representation: Representation::TfIdf,
            kinds: TokenKinds::ALL,
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
