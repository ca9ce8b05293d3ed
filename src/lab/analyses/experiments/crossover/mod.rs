//! From how many training messages on a discriminative model is ahead of a generative one that
//! reads the same (Ng and Jordan, NIPS 2001).
//!
//! Of each group of near-duplicates one message stays. A quarter of the mail, and no more than
//! 6,000 messages, is the test set of all. From the rest, training sets of 4, 8, … messages and of
//! all are drawn, nested within a resample and balanced up to 64; both models of a pair learn from
//! the same ones, each with its own vocabulary and, where it is tuned, with settings chosen inside
//! of the training set. Costly models have no pair here.

mod curves;

use self::curves::PairOf;
use super::super::learning_curve::{doubling, subset};
use super::fixed_test::{FixedTest, LEAST};
use super::{Cells, Experiment, announce, refused, require_repeatable};
use crate::base::progress::Progress;
use crate::dataset::{Corpus, CorpusOptions};
use crate::lab::data::Reading;
use crate::lab::error::{LabError, SpecError};
use crate::lab::spec::ExperimentSpec;
use crate::model::Catalog;
use crate::results::experiments::{CROSSOVER, CrossoverFound};
use crate::tokenize::{Recipe, TokenKind, TokenKinds};
use crate::train::ModelSpec;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The smallest training set, and that of nets.
const SMALLEST: usize = 4;
const SMALLEST_OF_NETS: usize = 64;
/// Training sets of a size have a random stream each.
const MOST_RESAMPLES: u32 = 256;
/// Up to here a size has all of its training sets.
const MANY: usize = 512;
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
    /// Whether there is a pair of nets, too.
    pub nets: bool,
}

impl Default for CrossoverParameters {
    fn default() -> CrossoverParameters {
        CrossoverParameters {
            resamples: 20,
            resamples_of_many: 5,
            test: 6_000,
            replicates: 1_000,
            tuned: true,
            nets: false,
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
    /// Messages of its smallest training set.
    from: usize,
    /// Whether it is a pair of nets, which take so long that they must be asked for. They are not
    /// tuned.
    is_net: bool,
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
static PAIRS: [Matched; 3] = [
    Matched {
        features: "words",
        recipe: Recipe::clone,
        kinds: || {
            TokenKinds::NONE
                .with(TokenKind::Word)
                .with(TokenKind::Subject)
        },
        from: SMALLEST,
        is_net: false,
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
        from: SMALLEST,
        is_net: false,
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
    Matched {
        features: "text, by nets of the same body",
        recipe: Recipe::clone,
        kinds: || TokenKinds::NONE,
        from: SMALLEST_OF_NETS,
        is_net: true,
        sides: [
            Side {
                model: "transformer",
                fixed: || json!({}),
                tuned: || json!({}),
            },
            Side {
                model: "transformer-classifier",
                fixed: || json!({}),
                tuned: || json!({}),
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
    for matched in PAIRS.iter().filter(|pair| asked.nets || !pair.is_net) {
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
        let plan = &plan.from(matched.from);
        for tuned in [false, true]
            .into_iter()
            .filter(|tuned| !tuned || asked.tuned && !matched.is_net)
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
                plan,
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
        training: plan.fixed.training.len(),
        test: plan.fixed.classes.map(|class| class.len()),
        left_out: plan.fixed.left_out,
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
#[derive(Clone)]
struct Plan {
    fixed: FixedTest,
    sizes: Vec<usize>,
    /// For each training set the place of its size, and its rows.
    subsets: Vec<(usize, Vec<usize>)>,
}

impl Plan {
    fn new(corpus: &Corpus, asked: &CrossoverParameters, seed: u64) -> Result<Plan, LabError> {
        let fixed = FixedTest::new(corpus, asked.test, seed)?;
        let training = &fixed.training;
        let sizes = sizes(training.len());
        let sets = |at: usize| {
            let emails = sizes[at];
            let resamples = match emails {
                all if all == training.len() => 1,
                many if many > MANY => asked.resamples_of_many,
                _ => asked.resamples,
            };
            (0..resamples)
                .map(move |resample| (at, subset(corpus, training, emails, seed, resample)))
        };
        Ok(Plan {
            subsets: (0..sizes.len()).flat_map(sets).collect(),
            sizes,
            fixed,
        })
    }

    /// The same without the training sets of fewer messages.
    fn from(&self, emails: usize) -> Plan {
        let first = self.sizes.iter().position(|&size| size >= emails);
        let first = first.unwrap_or(self.sizes.len() - 1);
        let subsets = self.subsets.iter().filter(|(at, _)| *at >= first);
        Plan {
            sizes: self.sizes[first..].to_vec(),
            subsets: subsets
                .map(|(at, rows)| (at - first, rows.clone()))
                .collect(),
            ..self.clone()
        }
    }
}

/// 4, 8, … and all; a size of more than three quarters of all would show the same as all.
fn sizes(all: usize) -> Vec<usize> {
    let mut sizes: Vec<usize> = doubling(SMALLEST, all).collect();
    sizes.push(all);
    sizes
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
}
