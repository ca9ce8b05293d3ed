//! The learning curve: error against the number of training messages, for both families on the same
//! subsets.
//!
//! After Ng and Jordan (NIPS 2001): training subsets are nested, balanced up to 64 messages and in
//! the corpus's own proportion above, vocabulary and settings learned from the subset alone.
//! Subsets double from 16, up to three quarters of the training mail, and end with all of it. Every
//! size has five resamples, each tested on another fifth of the mail, so that all of it is tested
//! at every size. Costly models are left out: their limits, not their learning, would show.

use super::analysis::{Analysis, Compared, LooksAt, OnComparison, Planned, plain};
use crate::base::mail::Label;
use crate::base::math::shuffle;
use crate::base::progress::Progress;
use crate::base::streams::{Stream, random_stream};
use crate::dataset::Corpus;
use crate::dataset::features::Encoded;
use crate::lab::cross_validation::labels;
use crate::lab::split::{Fold, Split};
use crate::model::Cost;
use crate::results::{Curve, CurvePoint, ScoredEmails, UnlabelledCurve, measure};
use crate::results::{LEARNING_CURVE, UNLABELLED_CURVE};
use crate::train::{ModelSpec, TrainOptions, train};
use rayon::prelude::*;

/// One part in so many is tested on.
const PARTS: usize = 5;
/// The smallest subset.
const SMALLEST: usize = 16;
/// Up to here subsets hold as much ham as spam.
const BALANCED: usize = 64;
/// What a point keeps.
const KEYS: [&str; 4] = [
    "accuracy",
    "accuracy_raw",
    "one_minus_roca_pct",
    "log_loss_bits",
];

/// The row of the table.
pub(super) const ANALYSIS: Analysis = Analysis {
    name: LEARNING_CURVE,
    question: "How does the error fall with the number of training messages?",
    looks_at: LooksAt::Comparison(OnComparison {
        messages: |planned, model, _| match model.entry.cost() {
            Cost::Cheap => messages(planned),
            Cost::Moderate | Cost::Costly => 0,
        },
        ..OnComparison::new(|compared, _| plain(draw(compared)?))
    }),
    section: None,
    charts: &["learning_curve"],
};

/// Another row: the same curve of models that learn from mail without labels, with it and without.
pub(super) const UNLABELLED: Analysis = Analysis {
    name: UNLABELLED_CURVE,
    question: "What is mail without labels worth?",
    looks_at: LooksAt::Comparison(OnComparison {
        by_default: false,
        wants: Some(|entry| entry.is_semi_supervised()),
        messages: |planned, model, _| {
            let learns = model.entry.is_semi_supervised();
            if learns { 2 * messages(planned) } else { 0 }
        },
        ..OnComparison::new(|compared, _| plain(unlabelled(compared)?))
    }),
    section: None,
    charts: &["unlabelled"],
};

/// The curve of the models that are cheap to fit, or None where there is too little mail for one.
fn draw(compared: &Compared<'_>) -> Option<Curve> {
    let models = compared.protocol.models.iter();
    let cheap: Vec<ModelSpec> = models
        .filter(|model| model.entry.cost() == Cost::Cheap)
        .cloned()
        .collect();
    let jobs = Jobs::new(compared, &cheap)?;
    compared.progress.begin("learning curve", jobs.fits());
    Some(jobs.curve(Others::Nothing, compared.progress))
}

/// What mail without labels is worth to the models that learn from it: the same subsets with the
/// labels of all other training mail hidden, and without that mail.
fn unlabelled(compared: &Compared<'_>) -> Option<UnlabelledCurve> {
    let models = compared.protocol.models.iter();
    let learners: Vec<ModelSpec> = models
        .filter(|model| model.entry.is_semi_supervised())
        .cloned()
        .collect();
    let jobs = Jobs::new(compared, &learners)?;
    let progress = compared.progress;
    progress.begin("mail without labels", 2 * jobs.fits());
    Some(UnlabelledCurve {
        with: jobs.curve(Others::Hidden, progress),
        without: jobs.curve(Others::LeftOut, progress),
    })
}

/// What becomes of training mail outside the subset.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Others {
    /// It is left alone; mail that never had a label is learned from as ever.
    Nothing,
    /// Its labels are hidden.
    Hidden,
    /// It is left out, and so is mail that never had a label.
    LeftOut,
}

/// How many messages each model of a curve learns from.
fn messages(planned: &Planned<'_>) -> usize {
    let sizes = sizes(planned.labelled * (PARTS - 1) / PARTS).into_iter();
    PARTS
        * sizes
            .map(|size| planned.options.emails(size))
            .sum::<usize>()
}

/// What is fitted for a curve: every model on each subset.
struct Jobs<'a> {
    options: TrainOptions<'a>,
    models: &'a [ModelSpec],
    corpus: &'a Corpus,
    /// One for each resample.
    folds: Vec<Fold>,
    /// Messages in the subset and which resample.
    subsets: Vec<(usize, u32)>,
}

impl<'a> Jobs<'a> {
    /// None if there is too little mail for a curve, or nobody to draw one of.
    fn new(compared: &'a Compared<'a>, models: &'a [ModelSpec]) -> Option<Self> {
        let (corpus, options) = (compared.corpus, compared.protocol.options);
        let split = Split::stratified(corpus, PARTS, options.seed).ok()?;
        let all = split.folds.iter().map(|fold| fold.train.len()).min()?;
        let resamples = split.folds.len() as u32;
        let subsets: Vec<(usize, u32)> = sizes(all)
            .into_iter()
            .flat_map(|emails| (0..resamples).map(move |resample| (emails, resample)))
            .collect();
        let some = !models.is_empty() && !subsets.is_empty();
        some.then_some(Self {
            options,
            models,
            corpus,
            folds: split.folds,
            subsets,
        })
    }

    /// How many fits a curve takes.
    fn fits(&self) -> u64 {
        (self.subsets.len() * self.models.len()) as u64
    }

    fn curve(&self, others: Others, progress: &dyn Progress) -> Curve {
        // The most expensive first, so that no thread is left alone with one at the end; the points
        // come back in order of size.
        let jobs = self.subsets.par_iter().enumerate().rev().with_max_len(1);
        let mut points: Vec<(usize, Vec<CurvePoint>)> = jobs
            .map(|(at, &subset)| (at, self.points(subset, others, progress)))
            .collect();
        points.sort_by_key(|&(at, _)| at);
        Curve {
            test: self.folds.iter().map(|fold| fold.test.len()).sum(),
            points: points.into_iter().flat_map(|(_, points)| points).collect(),
        }
    }

    fn points(
        &self,
        (emails, resample): (usize, u32),
        others: Others,
        progress: &dyn Progress,
    ) -> Vec<CurvePoint> {
        let Fold { train: all, test } = &self.folds[resample as usize];
        let rows = subset(self.corpus, all, emails, self.options.seed, resample);
        let test_labels = labels(self.corpus, test);
        let hidden = self.hidden(all, &rows, others);
        let options = TrainOptions {
            hidden: hidden.as_deref(),
            ..self.options
        };
        let training = train(self.models, self.corpus, &rows, options, &|| {
            progress.advance(1);
        });
        let test = Encoded::new(self.corpus, &training.encoders, test);
        let fitted = training.models.iter().flatten();
        fitted
            .map(|trained| {
                let raw = trained.scores(test.rows(trained.view));
                let score: Vec<f64> = raw.iter().map(|raw| raw.score).collect();
                let log_odds: Vec<f64> = raw
                    .iter()
                    .map(|&raw| trained.calibration.log_odds(raw))
                    .collect();
                let judged = ScoredEmails {
                    labels: &test_labels,
                    score: &score,
                    scale: trained.scale(),
                    log_odds: &log_odds,
                    decision: trained.decision.decision,
                    code_lengths: &[],
                };
                let mut metrics = measure(&judged);
                metrics.retain(|key, _| KEYS.contains(&key.as_str()));
                CurvePoint {
                    model: trained.entry.name().to_owned(),
                    emails,
                    resample,
                    test: test_labels.len(),
                    metrics,
                }
            })
            .collect()
    }

    /// What is learned from without a label beside `rows`; None for the mail that has none, as
    /// ever.
    fn hidden(&self, all: &[usize], rows: &[usize], others: Others) -> Option<Vec<usize>> {
        match others {
            Others::Nothing => None,
            Others::LeftOut => Some(Vec::new()),
            Others::Hidden => {
                let unknown =
                    (0..self.corpus.len()).filter(|&row| self.corpus.label(row).is_none());
                let rest = all
                    .iter()
                    .copied()
                    .filter(|row| rows.binary_search(row).is_err());
                Some(rest.chain(unknown).collect())
            }
        }
    }
}

/// So many messages, twice as many, and so on. A size of more than three quarters of all is left
/// out: it would show the same as all, at nearly the same cost.
pub(super) fn doubling(smallest: usize, all: usize) -> impl Iterator<Item = usize> {
    std::iter::successors(Some(smallest), |size| Some(size * 2))
        .take_while(move |&size| 4 * size <= 3 * all)
}

/// 16, 32, … and all.
fn sizes(all: usize) -> Vec<usize> {
    let mut sizes: Vec<usize> = doubling(SMALLEST, all).collect();
    if all >= SMALLEST {
        sizes.push(all);
    }
    sizes
}

/// The first `emails` of a random order of the training rows that belongs to the resample, so that
/// subsets are nested.
pub(super) fn subset(
    corpus: &Corpus,
    train: &[usize],
    emails: usize,
    seed: u64,
    resample: u32,
) -> Vec<usize> {
    nested(corpus, train, (emails, BALANCED), seed, resample)
}

/// The same in the corpus's own proportion at any size, with one message of each class at least.
pub(super) fn proportional_subset(
    corpus: &Corpus,
    train: &[usize],
    emails: usize,
    seed: u64,
    resample: u32,
) -> Vec<usize> {
    nested(corpus, train, (emails, 0), seed, resample)
}

fn nested(
    corpus: &Corpus,
    train: &[usize],
    (emails, balanced): (usize, usize),
    seed: u64,
    resample: u32,
) -> Vec<usize> {
    if emails == train.len() {
        return train.to_vec();
    }
    let [ham, spam] = Label::BOTH.map(|label| shuffled(corpus, train, label, seed, resample));
    let share = spam.len() as f64 / train.len() as f64;
    let balanced = emails.min(balanced);
    let wanted = balanced as f64 / 2.0 + (emails - balanced) as f64 * share;
    let of_both = (wanted.round() as usize)
        .max(1)
        .min(emails.saturating_sub(1));
    let spam_wanted = of_both.clamp(emails.saturating_sub(ham.len()), spam.len());
    let mut rows = [&spam[..spam_wanted], &ham[..emails - spam_wanted]].concat();
    rows.sort_unstable();
    rows
}

/// The rows of a class in a random order that belongs to the resample.
pub(super) fn shuffled(
    corpus: &Corpus,
    rows: &[usize],
    label: Label,
    seed: u64,
    resample: u32,
) -> Vec<usize> {
    let of_class = rows.iter().copied();
    let mut rows: Vec<usize> = of_class
        .filter(|&row| corpus.label(row) == Some(label))
        .collect();
    let stream = Stream::LearningCurve(resample as u8, label);
    shuffle(&mut rows, &mut random_stream(seed, stream));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::mail::{Content, Email};
    use crate::dataset::{CorpusBuilder, CorpusOptions};
    use crate::lab::spec::ExperimentSpec;
    use crate::tokenize::Recipe;
    use serde_json::json;

    #[test]
    fn sizes_double_and_end_with_all() {
        assert_eq!(sizes(100), [16, 32, 64, 100]);
        assert_eq!(sizes(86), [16, 32, 64, 86]);
        assert_eq!(sizes(85), [16, 32, 85]);
        assert_eq!(sizes(64), [16, 32, 64]);
        assert_eq!(sizes(16), [16]);
        assert!(sizes(10).is_empty());
    }

    /// Of 100 messages ten are spam: a tenth of each subset, and one where that is less than one.
    #[test]
    fn subsets_in_proportion_are_nested_and_have_both_classes() {
        let mail = |at: usize| {
            let label = Label::from_is_spam(at.is_multiple_of(10));
            Email::new(at.to_string(), Some(label), Content::text("", "lunch"))
        };
        let mut builder = CorpusBuilder::new(&Recipe::default(), CorpusOptions::default());
        builder.add((0..100).map(mail).collect());
        let corpus = builder.finish();
        let train: Vec<usize> = (0..100).collect();
        let mut smaller: Vec<usize> = Vec::new();
        for (emails, spam) in [(2, 1), (4, 1), (8, 1), (16, 2), (32, 3), (64, 6), (100, 10)] {
            let found = proportional_subset(&corpus, &train, emails, 1, 3);
            let is_spam = |row: &&usize| corpus.label(**row) == Some(Label::Spam);
            let of_spam = found.iter().filter(is_spam).count();
            assert_eq!((found.len(), of_spam), (emails, spam));
            assert!(smaller.iter().all(|row| found.contains(row)), "{emails}");
            smaller = found;
        }
        let balanced = subset(&corpus, &train, 16, 1, 3);
        let spam = balanced.iter().filter(|row| row.is_multiple_of(10)).count();
        assert_eq!(spam, 8);
    }

    #[test]
    fn every_size_is_learned_from_once_a_part_by_the_models_of_the_curve() {
        let spec = ExperimentSpec::default();
        let planned = Planned {
            spec: &spec,
            models: &[],
            labelled: 125,
            folds: vec![100; 5],
            options: TrainOptions::seeded(1),
        };
        // Of 125 messages 100 train, five times at each of these sizes.
        let curve = 5 * (16 + 32 + 64 + 100);
        let catalog = crate::catalog();
        let of = |name: &str, analysis: &Analysis| {
            let model = ModelSpec::new(catalog.model(name).unwrap(), &json!({}), true).unwrap();
            let LooksAt::Comparison(on) = &analysis.looks_at else {
                panic!("{}", analysis.name)
            };
            (on.messages)(&planned, &model, &json!(true))
        };
        assert_eq!(of("multinomial", &ANALYSIS), curve);
        assert_eq!(of("mlp", &ANALYSIS), 0);
        assert_eq!(of("mixture", &UNLABELLED), 2 * curve);
        assert_eq!(of("multinomial", &UNLABELLED), 0);
    }
}
