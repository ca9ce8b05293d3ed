//! The comparison: every model on every fold of the same tokens, and what that tells.

use super::{contrast, curve, messages, split::Fold, split::Split};
use crate::dataset::Corpus;
use crate::encode::VocabularySettings;
use crate::mail::Label;
use crate::model::{Family, Scale};
use crate::progress::Progress;
use crate::results::{
    Comparison, DataCard, Experiment, Judged, Mails, Metrics, ModelRecord, Outcome, Plan, Run, SCHEMA, Scored, Timing,
    mcnemar, measure, spread,
};
use crate::train::{Choice, Encoded, TrainError, Trained, Training, train};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::time::Instant;

/// What to compare.
pub struct Asked<'a> {
    /// The models.
    pub choices: &'a [Choice],
    /// How the vocabulary is learned.
    pub vocabulary: VocabularySettings,
    /// The folds.
    pub split: &'a Split,
    /// Seed of everything random.
    pub seed: u64,
    /// Whether to draw a learning curve.
    pub curve: bool,
}

/// One fold, trained and tested.
pub(super) struct FoldResult {
    pub training: Training,
    pub runs: Vec<Outcome>,
    /// By model: mails scored and the seconds that took.
    scoring: Vec<Option<(usize, f64)>>,
}

/// Trains and tests every model on every fold. `plan` and `data` are recorded as they are.
pub fn compare(
    asked: &Asked<'_>,
    corpus: &Corpus,
    plan: Plan,
    data: DataCard,
    progress: &dyn Progress,
) -> (Experiment, Timing) {
    let start = Instant::now();
    let folds = &asked.split.folds;
    progress.begin("training and testing", (folds.len() * asked.choices.len()) as u64);
    let results: Vec<FoldResult> = folds.par_iter().map(|fold| run_fold(asked, corpus, fold, progress)).collect();
    let models = records(asked, &results);
    let best = Best::of(&models);
    let mut timing = timing(asked, &results);
    let experiment = Experiment {
        schema: SCHEMA,
        program: format!("spamlab {}", env!("CARGO_PKG_VERSION")),
        plan,
        data,
        mails: Mails {
            ids: (0..corpus.len()).map(|row| corpus.id(row).to_owned()).collect(),
            labels: (0..corpus.len()).map(|row| corpus.label(row).unwrap_or(Label::Ham)).collect(),
        },
        baseline: baseline(corpus, folds),
        comparisons: best.both().map(|(a, b)| comparison(corpus, &models[a], &models[b])).into_iter().collect(),
        curve: if asked.curve { curve::draw(asked, corpus, progress) } else { None },
        contrast: contrast::of(corpus, &results, &models, &best),
        messages: messages::pick(asked, corpus, &results, &models, &best),
        models,
    };
    timing.total_seconds = start.elapsed().as_secs_f64();
    (experiment, timing)
}

fn run_fold(asked: &Asked<'_>, corpus: &Corpus, fold: &Fold, progress: &dyn Progress) -> FoldResult {
    let done = || progress.advance(1);
    let training = train(asked.choices, corpus, &fold.train, &asked.vocabulary, asked.seed, &done);
    let test = Encoded::new(corpus, &training.encoder, &fold.test);
    let (runs, scoring) = training
        .models
        .iter()
        .map(|model| match model {
            Ok(trained) => {
                // Encoding is shared by models and so is not part of one model's scoring time.
                let rows = test.rows(trained.reads);
                let start = Instant::now();
                let score = trained.scores(rows);
                let seconds = start.elapsed().as_secs_f64();
                (Outcome::Scored(scored(corpus, trained, &fold.test, score)), Some((fold.test.len(), seconds)))
            }
            Err(TrainError::NotApplicable(why)) => (Outcome::NotApplicable(why.clone()), None),
            Err(error) => (Outcome::Failed(error.to_string()), None),
        })
        .unzip();
    drop(test);
    FoldResult { training, runs, scoring }
}

fn scored(corpus: &Corpus, trained: &Trained, test: &[usize], score: Vec<f64>) -> Scored {
    let log_odds: Vec<f64> = score.iter().map(|&score| trained.calibration.log_odds(score)).collect();
    let labels = labels(corpus, test);
    let judged = Judged { labels: &labels, score: &score, scale: trained.scale(), log_odds: &log_odds };
    Scored {
        metrics: measure(&judged),
        chosen: trained.settings.clone(),
        scale: trained.scale(),
        calibration: trained.calibration,
        convergence: trained.facts.convergence,
        trace: trained.facts.trace.clone(),
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

fn records(asked: &Asked<'_>, results: &[FoldResult]) -> Vec<ModelRecord> {
    let record = |(at, choice): (usize, &Choice)| {
        let run = |(fold, result): (usize, &FoldResult)| Run { fold: fold as u32, outcome: result.runs[at].clone() };
        let mut record = ModelRecord {
            name: choice.entry.name().to_owned(),
            family: choice.entry.family(),
            summary: choice.entry.summary().to_owned(),
            settings: choice.settings.clone(),
            runs: results.iter().enumerate().map(run).collect(),
            spread: BTreeMap::new(),
        };
        if record.scored().next().is_some() {
            let by_fold: Vec<&Metrics> = record.scored().map(|(_, scored)| &scored.metrics).collect();
            record.spread = spread(&by_fold);
        }
        record
    };
    asked.choices.iter().enumerate().map(record).collect()
}

fn timing(asked: &Asked<'_>, results: &[FoldResult]) -> Timing {
    let mut timing = Timing::default();
    for (at, choice) in asked.choices.iter().enumerate() {
        let name = choice.entry.name().to_owned();
        let fits: Vec<f64> =
            results.iter().filter_map(|r| r.training.models[at].as_ref().ok().map(|model| model.seconds)).collect();
        if fits.is_empty() {
            continue;
        }
        let (mails, seconds) = results
            .iter()
            .filter_map(|result| result.scoring[at])
            .fold((0, 0.0), |(mails, seconds), (more, took)| (mails + more, seconds + took));
        timing.fit_seconds.insert(name.clone(), fits.iter().sum::<f64>() / fits.len() as f64);
        timing.mails_per_second.insert(name, mails as f64 / seconds.max(1e-9));
    }
    timing
}

/// What always answering with the training mail's share of spam gets, mean over folds.
fn baseline(corpus: &Corpus, folds: &[Fold]) -> Metrics {
    let by_fold: Vec<Metrics> = folds
        .iter()
        .map(|fold| {
            let spam = labels(corpus, &fold.train).iter().filter(|label| label.is_spam()).count() as f64;
            let prior = (spam / (fold.train.len() as f64 - spam)).ln();
            let log_odds = vec![prior.clamp(-50.0, 50.0); fold.test.len()];
            let labels = labels(corpus, &fold.test);
            measure(&Judged { labels: &labels, score: &log_odds, scale: Scale::LogOdds, log_odds: &log_odds })
        })
        .collect();
    spread(&by_fold.iter().collect::<Vec<_>>()).into_iter().map(|(key, spread)| (key, spread.mean)).collect()
}

/// The best model of each family, by position: highest mean accuracy, then lowest mean (1-ROCA)%.
pub(super) struct Best {
    pub generative: Option<usize>,
    pub discriminative: Option<usize>,
}

impl Best {
    fn of(models: &[ModelRecord]) -> Best {
        let best = |family: Family| {
            let standing = |model: &ModelRecord| Some((model.mean("accuracy")?, -model.mean("one_minus_roca_pct")?));
            let candidates = models.iter().enumerate().filter(|(_, model)| model.family == family);
            let standings = candidates.filter_map(|(at, model)| Some((at, standing(model)?)));
            // The first of equals, so that the answer does not hang on the order of a fold.
            standings
                .reduce(|best, next| {
                    let better = next.1.0.total_cmp(&best.1.0).then(next.1.1.total_cmp(&best.1.1)).is_gt();
                    if better { next } else { best }
                })
                .map(|(at, _)| at)
        };
        Best { generative: best(Family::Generative), discriminative: best(Family::Discriminative) }
    }

    pub fn both(&self) -> Option<(usize, usize)> {
        self.generative.zip(self.discriminative)
    }
}

/// McNemar's test on all test mails of the folds on which both were scored.
fn comparison(corpus: &Corpus, a: &ModelRecord, b: &ModelRecord) -> Comparison {
    let (mut only_a, mut only_b) = (0, 0);
    for (fold, of_a) in a.scored() {
        let Some((_, of_b)) = b.scored().find(|&(other, _)| other == fold) else { continue };
        for (at, &row) in of_a.rows.iter().enumerate() {
            let right = |scored: &Scored| Some(scored.predicted(at)) == corpus.label(row as usize);
            only_a += usize::from(right(of_a) && !right(of_b));
            only_b += usize::from(right(of_b) && !right(of_a));
        }
    }
    let test = mcnemar(only_a, only_b);
    Comparison {
        a: a.name.clone(),
        b: b.name.clone(),
        only_a_right: only_a,
        only_b_right: only_b,
        p_value: test.p_value,
        exact: test.exact,
    }
}
