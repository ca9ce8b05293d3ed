//! From how many training messages on a discriminative model is ahead of a generative one that
//! reads the same (Ng and Jordan, NIPS 2001).
//!
//! Of each group of near-duplicates one message stays. A quarter of the mail, and no more than
//! 6,000 messages, is the test set of all. From the rest, training sets of 4, 8, … messages and of
//! all are drawn, nested within a resample and balanced up to 64; both models of a pair learn from
//! the same ones, each with its own vocabulary and, where it is tuned, with settings chosen inside
//! of the training set. Costly models have no pair here.

use super::super::learning_curve::subset;
use super::cells::KeyedCells;
use super::{Cells, Experiment, announce, refused, require_repeatable};
use crate::base::mail::Label;
use crate::base::math::softplus;
use crate::base::progress::Progress;
use crate::dataset::features::{Encoded, VocabularySettings};
use crate::dataset::{Corpus, CorpusOptions, apart};
use crate::lab::data::Reading;
use crate::lab::error::{LabError, SpecError};
use crate::lab::spec::ExperimentSpec;
use crate::model::Catalog;
use crate::results::experiments::{
    CROSSOVER, Crossing, CrossoverFound, METRICS_OF_A_CROSSOVER, MatchedCurves, PairedPoint,
    crossing, decay,
};
use crate::results::{Contributions, CrossedBootstrap, Metrics, placements, quantile};
use crate::tokenize::{Recipe, TokenKind, TokenKinds};
use crate::train::{ModelSpec, TrainOptions, Trained, train};
use rayon::prelude::*;
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::f64::consts::LN_2;
use std::ops::Range;

/// The smallest training set.
const SMALLEST: usize = 4;
/// Training sets of a size have a random stream each.
const MOST_RESAMPLES: u32 = 256;
/// Up to here a size has all of its training sets.
const MANY: usize = 512;
/// One message in so many tests, at most.
const TEST_ONE_IN: usize = 4;
/// Test messages and training messages that are needed, of all.
const LEAST: usize = 40;
/// Share of samples in which an interval leaves out the truth.
const LEVEL: f64 = 0.05;

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CrossoverParameters {
    /// Training sets of each size up to 512.
    pub resamples: u32,
    /// Training sets of each larger size.
    pub resamples_of_many: u32,
    /// Test messages at most.
    pub test: usize,
    /// Replicates of the bootstrap.
    pub replicates: u32,
    /// Whether each pair is tuned, too.
    pub tuned: bool,
}

impl Default for CrossoverParameters {
    fn default() -> CrossoverParameters {
        CrossoverParameters {
            resamples: 20,
            resamples_of_many: 5,
            test: 6_000,
            replicates: 1_000,
            tuned: true,
        }
    }
}

/// Two models that read the same.
struct Matched {
    features: &'static str,
    /// What is read, from what would be.
    recipe: fn(&Recipe) -> Recipe,
    /// The kinds of token that are read.
    kinds: fn() -> TokenKinds,
    sides: [Side; 2],
}

/// A model of a pair.
struct Side {
    model: &'static str,
    /// Its settings where nothing is tuned, and where smoothing or regularization is.
    fixed: fn() -> Value,
    tuned: fn() -> Value,
}

/// Every pair: the generative model first.
static PAIRS: [Matched; 2] = [
    Matched {
        features: "words",
        recipe: Recipe::clone,
        kinds: || {
            TokenKinds::NONE
                .with(TokenKind::Word)
                .with(TokenKind::Subject)
        },
        sides: [
            Side {
                model: "multinomial",
                fixed: || json!({ "alpha": 1.0 }),
                tuned: || json!({ "alpha": [0.01, 0.1, 1.0] }),
            },
            Side {
                model: "logistic",
                fixed: || json!({ "representation": "binary", "c": 1.0 }),
                tuned: || json!({ "representation": "binary", "c": [0.1, 1.0, 10.0, 100.0] }),
            },
        ],
    },
    Matched {
        features: "byte n-grams",
        recipe: |recipe| Recipe {
            byte_ngrams: 4,
            ..recipe.clone()
        },
        kinds: || TokenKinds::NONE.with(TokenKind::Bytes),
        sides: [
            Side {
                model: "byte-ngram",
                fixed: || json!({ "order": 4 }),
                tuned: || json!({ "order": [4, 6] }),
            },
            Side {
                model: "logistic",
                fixed: || json!({ "representation": "binary", "c": 1.0 }),
                tuned: || json!({ "representation": "binary", "c": [1.0, 10.0, 100.0] }),
            },
        ],
    },
];

impl Experiment for CrossoverParameters {
    const NAME: &'static str = CROSSOVER;
    const QUESTION: &'static str = "\
        From how many messages on is a discriminative model ahead of a generative one that reads \
        the same?";
    type Found = CrossoverFound;

    fn quick() -> CrossoverParameters {
        CrossoverParameters {
            resamples: 4,
            resamples_of_many: 2,
            tuned: false,
            ..CrossoverParameters::default()
        }
    }

    fn run(
        &self,
        spec: &ExperimentSpec,
        catalog: &Catalog,
        cells: &Cells,
        progress: &dyn Progress,
    ) -> Result<CrossoverFound, LabError> {
        crossover(spec, catalog, self, cells, progress)
    }
}

/// Follows the matched pairs from four messages to all.
fn crossover(
    spec: &ExperimentSpec,
    catalog: &Catalog,
    asked: &CrossoverParameters,
    cells: &Cells,
    progress: &dyn Progress,
) -> Result<CrossoverFound, LabError> {
    check(asked)?;
    require_repeatable(spec)?;
    let mut plan = None;
    let mut pairs = Vec::new();
    for matched in &PAIRS {
        let recipe = (matched.recipe)(&spec.recipe);
        let keep = CorpusOptions::NEAR_DUPLICATES.and(CorpusOptions::TEXT);
        let reading = match plan {
            None => Reading::new(&spec.data, &recipe, keep),
            Some(_) => Reading::again(&spec.data, &recipe, keep),
        };
        let read = reading.read(progress)?;
        let corpus = read.mail.emails();
        let plan = match &mut plan {
            Some(plan) => plan,
            none => none.insert(Plan::new(corpus, asked, spec.seed)?),
        };
        for tuned in [false, true]
            .into_iter()
            .filter(|tuned| asked.tuned || !tuned)
        {
            let models = matched.models(catalog, tuned)?;
            let name = format!(
                "{}, {}",
                matched.features,
                if tuned { "tuned" } else { "untuned" }
            );
            let sets: Vec<usize> = plan.subsets.iter().map(|(_, rows)| rows.len()).collect();
            announce(&models, corpus, &sets, spec.seed, progress);
            progress.begin(&name, plan.subsets.len() as u64);
            let of = PairOf {
                cells: &cells.of(spec, corpus),
                name: &name,
                plan: &*plan,
                corpus,
                models: &models,
                seed: spec.seed,
            };
            pairs.push(of.curves(matched, tuned, asked.replicates, progress)?);
        }
    }
    progress.end();
    let plan: Plan = plan.ok_or(LabError::TooLittleForCurves {
        emails: 0,
        needed: LEAST,
    })?;
    Ok(CrossoverFound {
        mail: spec.data.name(),
        training: plan.training.len(),
        test: plan.classes.map(|class| class.len()),
        left_out: plan.left_out,
        seed: spec.seed,
        replicates: asked.replicates,
        pairs,
    })
}

fn check(asked: &CrossoverParameters) -> Result<(), SpecError> {
    let most = asked.resamples.max(asked.resamples_of_many);
    if most > MOST_RESAMPLES {
        let why = format!("{most} resamples are asked for, and {MOST_RESAMPLES} are the most");
        return Err(refused::<CrossoverParameters>(why));
    }
    let positive = [
        ("resamples", asked.resamples as usize),
        ("resamples_of_many", asked.resamples_of_many as usize),
        ("test", asked.test),
        ("replicates", asked.replicates as usize),
    ];
    match positive.into_iter().find(|(_, value)| *value == 0) {
        None => Ok(()),
        Some((name, _)) => Err(refused::<CrossoverParameters>(format!(
            "{name} is 0, and must be 1 or more"
        ))),
    }
}

impl Matched {
    fn models(&self, catalog: &Catalog, tuned: bool) -> Result<Vec<ModelSpec>, SpecError> {
        let kinds = (self.kinds)();
        let unread: TokenKinds = TokenKind::ALL
            .into_iter()
            .filter(|kind| !kinds.holds(*kind))
            .collect();
        let model = |side: &Side| {
            let missing = || {
                let why = format!("there is no model {}", side.model);
                refused::<CrossoverParameters>(why)
            };
            let entry = catalog.model(side.model).ok_or_else(missing)?;
            let settings = if tuned {
                (side.tuned)()
            } else {
                (side.fixed)()
            };
            Ok(ModelSpec::new(entry, &settings, true)?.without(unread))
        };
        self.sides.iter().map(model).collect()
    }
}

/// What learns from what, and is tested on what.
struct Plan {
    training: Vec<usize>,
    /// Ham first.
    test: Vec<usize>,
    /// The ham and the spam among the test messages.
    classes: [Range<usize>; 2],
    left_out: usize,
    sizes: Vec<usize>,
    /// For each training set the place of its size, and its rows.
    subsets: Vec<(usize, Vec<usize>)>,
}

impl Plan {
    fn new(corpus: &Corpus, asked: &CrossoverParameters, seed: u64) -> Result<Plan, LabError> {
        let mut seen = FxHashSet::default();
        let all = corpus.labelled_rows();
        let mut rows = all.clone();
        rows.retain(|&row| seen.insert(corpus.group(row)));
        let folds = rows.len().div_ceil(asked.test).max(TEST_ONE_IN);
        let [test, training] = apart(corpus, &rows, folds, seed);
        let of = |rows: &[usize], label: Label| -> Vec<usize> {
            let rows = rows.iter().copied();
            rows.filter(|&row| corpus.label(row) == Some(label))
                .collect()
        };
        let [ham, spam] = Label::BOTH.map(|label| of(&test, label));
        let fewest = Label::BOTH.map(|label| of(&training, label).len());
        if rows.len() < LEAST || fewest.contains(&0) || ham.is_empty() || spam.is_empty() {
            return Err(LabError::TooLittleForCurves {
                emails: rows.len(),
                needed: LEAST,
            });
        }
        let sizes = sizes(training.len());
        let sets = |at: usize| {
            let emails = sizes[at];
            let resamples = match emails {
                all if all == training.len() => 1,
                many if many > MANY => asked.resamples_of_many,
                _ => asked.resamples,
            };
            let training = &training;
            (0..resamples)
                .map(move |resample| (at, subset(corpus, training, emails, seed, resample)))
        };
        Ok(Plan {
            subsets: (0..sizes.len()).flat_map(sets).collect(),
            classes: [0..ham.len(), ham.len()..ham.len() + spam.len()],
            test: [ham, spam].concat(),
            left_out: all.len() - rows.len(),
            sizes,
            training,
        })
    }
}

/// 4, 8, … and all; a size of more than three quarters of all would show the same as all.
fn sizes(all: usize) -> Vec<usize> {
    let doubling = std::iter::successors(Some(SMALLEST), |size| Some(size * 2));
    let mut sizes: Vec<usize> = doubling.take_while(|&size| 4 * size <= 3 * all).collect();
    sizes.push(all);
    sizes
}

/// Models of a pair, and what they read.
struct PairOf<'a> {
    cells: &'a KeyedCells<'a>,
    name: &'a str,
    plan: &'a Plan,
    corpus: &'a Corpus,
    models: &'a [ModelSpec],
    seed: u64,
}

/// What each test message contributes to each metric, by model.
type Contributed = [[Vec<f32>; METRICS_OF_A_CROSSOVER.len()]; 2];

impl PairOf<'_> {
    fn curves(
        &self,
        matched: &Matched,
        tuned: bool,
        replicates: u32,
        progress: &dyn Progress,
    ) -> Result<MatchedCurves, LabError> {
        // The most expensive first, so that no thread is left alone with one at the end.
        let jobs = self.plan.subsets.par_iter();
        let cells = jobs.rev().with_max_len(1).map(|(size, rows)| {
            let name = format!("crossover {} {rows:?} {:?}", self.name, self.plan.test);
            let cell = self.cells.cell(&name, || self.cell(rows));
            progress.advance(1);
            Ok((*size, cell?))
        });
        let mut cells: Vec<(usize, Contributed)> = cells.collect::<Result<_, LabError>>()?;
        cells.reverse();
        let sizes = &self.plan.sizes;
        let of_size = |at: usize| cells.iter().filter(move |(size, _)| *size == at);
        let mut points: Vec<PairedPoint> = (0..sizes.len())
            .map(|at| PairedPoint {
                emails: sizes[at],
                resamples: of_size(at).count(),
                means: [0, 1].map(|model| {
                    let cells = of_size(at).map(|(_, cell)| &cell[model]);
                    means(&cells.collect::<Vec<_>>())
                }),
                differences: BTreeMap::new(),
            })
            .collect();
        let mut crossings = BTreeMap::new();
        for (metric, key) in METRICS_OF_A_CROSSOVER.iter().enumerate() {
            let differences: Vec<Contributions> = (0..sizes.len())
                .map(|at| of_size(at).map(|(_, cell)| less(cell, metric)).collect())
                .collect();
            let drawn =
                CrossedBootstrap::draw(&differences, &self.plan.classes, replicates, self.seed);
            for (at, point) in points.iter_mut().enumerate() {
                let [a, b] = point
                    .means
                    .each_ref()
                    .map(|means| means[*key].unwrap_or(f64::NAN));
                let interval = drawn.interval(at, LEVEL).unwrap_or([f64::NAN; 2]);
                point
                    .differences
                    .insert((*key).to_owned(), (a - b, interval));
            }
            let of_points: Vec<f64> = points
                .iter()
                .map(|point| point.differences[*key].0)
                .collect();
            crossings.insert((*key).to_owned(), crossed(sizes, &of_points, &drawn));
        }
        let errors = |model: usize| -> Vec<f64> {
            let key = METRICS_OF_A_CROSSOVER[0];
            let means = points.iter().map(|point| point.means[model][key]);
            means.map(|error| error.unwrap_or(f64::NAN)).collect()
        };
        Ok(MatchedCurves {
            features: matched.features.to_owned(),
            models: matched.sides.each_ref().map(|side| side.model.to_owned()),
            tuned,
            crossings,
            decay: [0, 1].map(|model| decay(sizes, &errors(model))),
            points,
        })
    }

    /// Trains both models on these rows and tests them.
    fn cell(&self, rows: &[usize]) -> Result<Contributed, LabError> {
        let options = TrainOptions {
            // A training set of four messages has few words twice.
            vocabulary: VocabularySettings {
                min_df: 1,
                max_features: None,
                ..VocabularySettings::default()
            },
            ..TrainOptions::seeded(self.seed)
        };
        let training = train(self.models, self.corpus, rows, options, &|| ());
        let test = Encoded::new(self.corpus, &training.encoders, &self.plan.test);
        let mut cell = Contributed::default();
        for ((model, trained), own) in self.models.iter().zip(training.models).zip(&mut cell) {
            let trained = trained.map_err(|error| LabError::Model {
                model: model.entry.name().to_owned(),
                error,
            })?;
            *own = contributed(&trained, &test, &self.plan.classes);
        }
        Ok(cell)
    }
}

/// What each test message contributes to the error rate, (1-ROCA) % and log loss of a model.
fn contributed(
    trained: &Trained,
    test: &Encoded<'_>,
    classes: &[Range<usize>; 2],
) -> [Vec<f32>; METRICS_OF_A_CROSSOVER.len()] {
    let raw = trained.scores(test.rows(trained.view));
    let log_odds: Vec<f64> = raw
        .iter()
        .map(|&raw| trained.calibration.log_odds(raw))
        .collect();
    let count = log_odds.len() as f64;
    let decision = trained.decision.decision;
    let label = |at: usize| Label::from_is_spam(classes[1].contains(&at));
    let wrong = |(at, &odds): (usize, &f64)| {
        if decision.label(odds) == label(at) {
            0.0
        } else {
            (100.0 / count) as f32
        }
    };
    let loss = |(at, &odds): (usize, &f64)| {
        let margin = if label(at).is_spam() { odds } else { -odds };
        (softplus(-margin) / (LN_2 * count)) as f32
    };
    [
        log_odds.iter().enumerate().map(wrong).collect(),
        wrong_pairs(&log_odds, classes),
        log_odds.iter().enumerate().map(loss).collect(),
    ]
}

/// What each message contributes to (1-ROCA) %: the share of messages of the other class that it is
/// ranked on the wrong side of, less half of the mean of all, over the number of its class. Their
/// sum is (1-ROCA) %, and the sum over messages drawn again is, but for terms of the second order,
/// that of those (Sen 1960; DeLong, DeLong and Clarke-Pearson 1988).
fn wrong_pairs(log_odds: &[f64], [ham, spam]: &[Range<usize>; 2]) -> Vec<f32> {
    let labels = [Label::Ham, Label::Spam].map(|label| {
        let class = if label.is_spam() { spam } else { ham };
        vec![label; class.len()]
    });
    let shares = placements(log_odds, &labels.concat());
    let mean = shares[ham.clone()].iter().sum::<f64>() / ham.len() as f64;
    let of = |(at, share): (usize, &f64)| {
        let class = if ham.contains(&at) { ham } else { spam };
        (100.0 * (share - mean / 2.0) / class.len() as f64) as f32
    };
    shares.iter().enumerate().map(of).collect()
}

/// The mean of each metric over training sets.
fn means(cells: &[&[Vec<f32>; METRICS_OF_A_CROSSOVER.len()]]) -> Metrics {
    let mean = |metric: usize| {
        let sum = |own: &&[Vec<f32>; METRICS_OF_A_CROSSOVER.len()]| -> f64 {
            own[metric].iter().map(|&x| f64::from(x)).sum()
        };
        cells.iter().map(sum).sum::<f64>() / cells.len() as f64
    };
    let keys = METRICS_OF_A_CROSSOVER.iter().enumerate();
    keys.map(|(metric, key)| ((*key).to_owned(), Some(mean(metric))))
        .collect()
}

/// What each message contributes to the difference of both models.
fn less([a, b]: &Contributed, metric: usize) -> Vec<f32> {
    a[metric]
        .iter()
        .zip(&b[metric])
        .map(|(a, b)| a - b)
        .collect()
}

fn crossed(sizes: &[usize], differences: &[f64], drawn: &CrossedBootstrap) -> Crossing {
    let mut crossings: Vec<f64> = drawn
        .map(|means| crossing(sizes, means))
        .into_iter()
        .flatten()
        .collect();
    let replicates = drawn.map(|_| ()).len();
    let share = crossings.len() as f64 / replicates.max(1) as f64;
    let end = |share: f64, crossings: &mut [f64]| quantile(crossings, share);
    let low = end(LEVEL / 2.0, &mut crossings);
    let high = end(1.0 - LEVEL / 2.0, &mut crossings);
    Crossing {
        at: crossing(sizes, differences),
        share,
        interval: low.zip(high).map(|(low, high)| [low, high]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_double_from_four_and_end_with_all() {
        assert_eq!(sizes(40), [4, 8, 16, 40]);
        assert_eq!(sizes(43), [4, 8, 16, 32, 43]);
        assert_eq!(sizes(5), [5]);
    }

    /// By hand: ham 0, 1, 2 and spam 1, 3. Of six pairs (2, 1) is wrong and (1, 1) a tie: 25 %.
    #[test]
    fn contributions_to_the_area_add_up_to_it_and_follow_the_messages() {
        let log_odds = [0.0, 1.0, 2.0, 1.0, 3.0];
        let found = wrong_pairs(&log_odds, &[0..3, 3..5]);
        let sum: f32 = found.iter().sum();
        assert!((sum - 25.0).abs() < 1e-4, "{sum}");
        // Shares of the other class on the wrong side: 0, 1/4, 1/2 of spam, 1/2 and 0 of ham.
        let expected = [0.0, 0.25, 0.5, 0.5, 0.0]
            .iter()
            .enumerate()
            .map(|(at, share)| 100.0 * (share - 0.125) / if at < 3 { 3.0 } else { 2.0 });
        for (found, expected) in found.iter().zip(expected) {
            assert!(
                (f64::from(*found) - expected).abs() < 1e-4,
                "{found}, {expected}"
            );
        }
    }
}
