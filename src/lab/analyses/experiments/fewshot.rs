//! How well models filter that learned from few messages: the protocol of Labonne and Moran
//! ("Spam-T5", 2023, arXiv 2304.01238), repaired.
//!
//! Each input is a corpus. Of each group of near-duplicates one message stays, so that none of
//! them is on both sides of a split, or twice in a training set. Each run has a seed of its own: by
//! it a fifth of a corpus is tested, and from the rest training sets of 4, 8, … 256 messages are
//! drawn, nested, with ham and spam in the corpus's own proportion and one of each at least; the
//! last one is the rest itself. Every model learns anew from each. What is measured is the F1 of
//! spam, on each corpus and as the mean over all. Verdicts are those of calibrated probabilities;
//! where there are too few messages to calibrate, and in the mean over corpora that stands beside
//! it, the model's own score decides.

use super::super::learning_curve::{doubling, proportional_subset};
use super::cells::Tests;
use super::{
    Cells, Experiment, announce, classes, distinct, kept, labels, log_odds, mail_facts, models,
    refused, require_repeatable,
};
use crate::base::mail::Label;
use crate::base::progress::Progress;
use crate::dataset::features::Encoded;
use crate::dataset::{Corpus, apart};
use crate::lab::data::Reading;
use crate::lab::error::LabError;
use crate::lab::spec::ExperimentSpec;
use crate::model::Catalog;
use crate::results::experiments::{
    FEWSHOT, FewshotCorpus, FewshotFound, FewshotModel, MOST_OF_FEW,
};
use crate::results::{Decision, Estimate, over_runs};
use crate::train::{ModelSpec, TrainError, TrainOptions, Trained, train};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// The smallest training set.
const SMALLEST: usize = 4;
/// One message in so many is tested.
const TEST_ONE_IN: usize = 5;
/// Messages of a corpus that are needed.
const LEAST: usize = 40;
/// The most runs.
const MOST_RUNS: u32 = 256;
/// Models that take part beside those of a comparison: the cheaper ones of bytes.
const OF_BYTES: [&str; 2] = ["byte-ngram", "ppm"];

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FewshotParameters {
    /// Runs, each with a seed of its own.
    pub runs: u32,
}

impl Default for FewshotParameters {
    fn default() -> FewshotParameters {
        FewshotParameters { runs: 10 }
    }
}

impl Experiment for FewshotParameters {
    const NAME: &'static str = FEWSHOT;
    const QUESTION: &'static str = "\
        How well does a model filter that learned from a handful of messages, beside pretrained \
        language models?";
    type Found = FewshotFound;

    fn quick() -> FewshotParameters {
        FewshotParameters { runs: 2 }
    }

    fn run(
        &self,
        spec: &ExperimentSpec,
        catalog: &Catalog,
        cells: &Cells,
        progress: &dyn Progress,
    ) -> Result<FewshotFound, LabError> {
        fewshot(spec, catalog, *self, cells, progress)
    }
}

/// Lets every model learn from few messages of each corpus.
fn fewshot(
    spec: &ExperimentSpec,
    catalog: &Catalog,
    asked: FewshotParameters,
    cells: &Cells,
    progress: &dyn Progress,
) -> Result<FewshotFound, LabError> {
    if !(1..=MOST_RUNS).contains(&asked.runs) {
        let why = format!("runs is {}, and must be 1 to {MOST_RUNS}", asked.runs);
        return Err(refused::<FewshotParameters>(why).into());
    }
    require_repeatable(spec)?;
    let of_bytes = |name: &str| OF_BYTES.contains(&name);
    let models = models(spec, catalog, |entry| {
        entry.is_default() || of_bytes(entry.name())
    })?;
    let mut corpora = Vec::new();
    for data in spec.data.each() {
        let mail = Reading::new(&data, &spec.recipe, kept(&models)).read(progress)?;
        let corpus = FewMessages::new(data.name(), mail.mail.into_corpus())?;
        cells.note(mail_facts(data.name(), &corpus.corpus, &corpus.rows));
        corpora.push(corpus);
    }
    let smallest = corpora.iter().map(FewMessages::learned).min().unwrap_or(0);
    let few = doubling(SMALLEST, smallest).take_while(|&size| size <= MOST_OF_FEW);
    let sizes: Vec<Option<usize>> = few.map(Some).chain([None]).collect();
    let fits = corpora.len() * sizes.len() * asked.runs as usize;
    for corpus in &corpora {
        let most = corpus.learned();
        let of_run = sizes.iter().map(|size| size.unwrap_or(most));
        let sets: Vec<usize> = (0..asked.runs).flat_map(|_| of_run.clone()).collect();
        announce(&models, &corpus.corpus, &sets, spec.seed, progress);
    }
    progress.begin("training sets", fits as u64);
    let found = corpora.iter().map(|corpus| {
        let runs = (&*sizes, asked.runs);
        corpus.runs(&models, runs, spec, cells, progress)
    });
    let found: Vec<Vec<Vec<Scores>>> = found.collect::<Result<_, LabError>>()?;
    progress.end();
    let summed_up = |(at, model)| summed_up(model, at, &found);
    Ok(FewshotFound {
        seed: spec.seed,
        runs: asked.runs,
        corpora: corpora.iter().map(|one| one.described(spec.seed)).collect(),
        models: models.iter().enumerate().map(summed_up).collect(),
        sizes,
    })
}

/// A corpus without near-duplicates.
struct FewMessages {
    name: String,
    corpus: Corpus,
    rows: Vec<usize>,
    left_out: usize,
}

/// F1 of each model after learning from a training set, by its own score and calibrated; or why
/// there is none.
type Scores = Vec<Result<[f64; 2], String>>;

impl FewMessages {
    fn new(name: String, corpus: Corpus) -> Result<FewMessages, LabError> {
        let (rows, left_out) = distinct(&corpus);
        let both = classes(&corpus, &rows);
        if rows.len() < LEAST || both.iter().any(|&emails| emails < TEST_ONE_IN) {
            return Err(LabError::TooLittleForCurves {
                emails: rows.len(),
                needed: LEAST,
            });
        }
        Ok(FewMessages {
            name,
            corpus,
            rows,
            left_out,
        })
    }

    /// Messages that are learned from, if all are.
    fn learned(&self) -> usize {
        self.rows.len() - self.rows.len().div_ceil(TEST_ONE_IN)
    }

    fn described(&self, seed: u64) -> FewshotCorpus {
        let [test, training] = apart(&self.corpus, &self.rows, TEST_ONE_IN, seed);
        FewshotCorpus {
            name: self.name.clone(),
            training: classes(&self.corpus, &training),
            test: classes(&self.corpus, &test),
            left_out: self.left_out,
        }
    }

    /// Every model on training sets of every size, in every run: by size, and then by run.
    fn runs(
        &self,
        models: &[ModelSpec],
        (sizes, runs): (&[Option<usize>], u32),
        spec: &ExperimentSpec,
        cells: &Cells,
        progress: &dyn Progress,
    ) -> Result<Vec<Vec<Scores>>, LabError> {
        let cells = cells.of(spec, &self.corpus);
        // The most expensive first, so that no thread is left alone with one at the end.
        let jobs = sizes.iter().rev();
        let jobs: Vec<(Option<usize>, u32)> = jobs
            .flat_map(|&size| (0..runs).map(move |run| (size, run)))
            .collect();
        let scored = jobs.par_iter().with_max_len(1).map(|&(size, run)| {
            let seed = spec.seed.wrapping_add(u64::from(run));
            let name = format!("fewshot {size:?} {seed}");
            let made: Result<Scores, LabError> = cells.cell(&name, |tests| {
                Ok(self.scores(models, size, (spec, seed), tests))
            });
            progress.advance(1);
            made
        });
        let scored: Vec<Scores> = scored.collect::<Result<_, LabError>>()?;
        let mut by_size: Vec<Vec<Scores>> = scored
            .chunks(runs as usize)
            .map(<[Scores]>::to_vec)
            .collect();
        by_size.reverse();
        Ok(by_size)
    }

    /// What each model makes of a training set of a run.
    fn scores(
        &self,
        models: &[ModelSpec],
        size: Option<usize>,
        (spec, seed): (&ExperimentSpec, u64),
        tests: &mut Tests,
    ) -> Scores {
        let corpus = &self.corpus;
        let [test, training] = apart(corpus, &self.rows, TEST_ONE_IN, seed);
        let rows = match size {
            Some(few) => proportional_subset(corpus, &training, few, seed, 0),
            None => training,
        };
        let options = TrainOptions {
            seed,
            ..spec.train_options()
        };
        let training = train(models, corpus, &rows, options, &|| ());
        let encoded = Encoded::new(corpus, &training.encoders, &test);
        let labels = labels(corpus, &test);
        let score = |model: &Result<Trained, TrainError>| match model {
            Ok(trained) => {
                let raw = trained.scores(encoded.rows(trained.view));
                let own: Vec<f64> = raw.iter().map(|raw| raw.score).collect();
                let log_odds = log_odds(trained, &encoded);
                tests.add(trained, &log_odds, &labels);
                let calibrated = f1(&log_odds, &labels, trained.decision.decision);
                Ok([f1(&own, &labels, Decision::default()), calibrated])
            }
            Err(error) => Err(error.to_string()),
        };
        training.models.iter().map(score).collect()
    }
}

/// F1 of spam; 0 where no spam is found.
fn f1(log_odds: &[f64], labels: &[Label], decision: Decision) -> f64 {
    let [mut found, mut called, mut spam] = [0.0, 0.0, 0.0];
    let count = |is_so: bool| f64::from(u8::from(is_so));
    for (odds, label) in log_odds.iter().zip(labels) {
        let verdict = decision.label(*odds);
        found += count(verdict.is_spam() && label.is_spam());
        called += count(verdict.is_spam());
        spam += count(label.is_spam());
    }
    2.0 * found / f64::max(called + spam, 1.0)
}

/// Means over runs of the model at a place, on each corpus and over all; `found` is by corpus, size
/// and run.
fn summed_up(model: &ModelSpec, at: usize, found: &[Vec<Vec<Scores>>]) -> FewshotModel {
    let value = |run: &Scores, how: usize| Some(run[at].as_ref().ok()?[how]);
    // Where a run has no value, the mean of the others would be one of other mail.
    let estimate = |runs: Option<Vec<f64>>| runs.and_then(|runs| over_runs(&runs));
    let calibrated = |run: &Scores| value(run, 1);
    let of_size = |runs: &Vec<Scores>| estimate(runs.iter().map(calibrated).collect());
    let by_corpus = found.iter().map(|by_size| {
        let estimates = by_size.iter().map(of_size);
        estimates.map(Option::unwrap_or_default).collect()
    });
    let over_corpora = |size: usize, how: usize| {
        let runs = found.first().map_or(0, |by_size| by_size[size].len());
        let mean = |run: usize| {
            let values = found.iter().map(|by_size| value(&by_size[size][run], how));
            let values: Vec<f64> = values.collect::<Option<_>>()?;
            Some(values.iter().sum::<f64>() / values.len() as f64)
        };
        estimate((0..runs).map(mean).collect()).unwrap_or_default()
    };
    let sizes = found.first().map_or(0, Vec::len);
    let mut all = found.iter().flatten().flatten();
    FewshotModel {
        name: model.entry.name().to_owned(),
        family: model.entry.family(),
        f1: by_corpus.collect::<Vec<Vec<Estimate>>>(),
        average: (0..sizes).map(|size| over_corpora(size, 1)).collect(),
        uncalibrated: (0..sizes).map(|size| over_corpora(size, 0)).collect(),
        failed: all.find_map(|run| run[at].as_ref().err()).cloned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::mail::Label::{Ham, Spam};

    /// By hand: of three called spam two are, and one of three spam is missed: 2·2 / (3 + 3).
    #[test]
    fn f1_is_that_worked_by_hand() {
        let labels = [Spam, Spam, Spam, Ham, Ham];
        let of = |log_odds: [f64; 5]| f1(&log_odds, &labels, Decision::default());
        assert!((of([1.0, 2.0, -1.0, 0.5, -3.0]) - 2.0 / 3.0).abs() < 1e-15);
        assert_eq!((of([-1.0; 5]), of([1.0, 1.0, 1.0, -1.0, -1.0])), (0.0, 1.0));
    }
}
