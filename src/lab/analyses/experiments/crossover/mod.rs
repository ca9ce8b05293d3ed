//! From how many training messages on a discriminative model is ahead of a generative one that
//! reads the same (Ng and Jordan, NIPS 2001).
//!
//! Of each group of near-duplicates one message stays. A quarter of the mail, and no more than
//! 6,000 messages, is the test set of all. From the rest, training sets of 4, 8, … messages and of
//! all are drawn, nested within a resample and balanced up to 64; both models of a pair learn from
//! the same ones, each with its own vocabulary and, where it is tuned, with settings chosen inside
//! of the training set. A training set to which not both can be fitted is left out, and counted.
//! Costly models have no pair here.

mod ahead;
mod curves;
mod pairs;
mod plan;

use self::ahead::Asked;
use self::curves::PairOf;
use self::pairs::{Matched, PAIRS};
use self::plan::{Plan, Sets};
use super::fixed_test::LEAST;
use super::{Cells, Experiment, mail_facts, refused, require_repeatable};
use crate::base::progress::Progress;
use crate::dataset::CorpusOptions;
use crate::lab::data::Reading;
use crate::lab::error::{LabError, SpecError};
use crate::lab::spec::ExperimentSpec;
use crate::model::Catalog;
use crate::results::experiments::{CROSSOVER, CrossoverFound};
use serde::{Deserialize, Serialize};

/// Training sets of a size have a random stream each.
const MOST_RESAMPLES: u32 = 256;

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

impl Experiment for CrossoverParameters {
    const NAME: &'static str = CROSSOVER;
    const QUESTION: &'static str = "\
        From how many messages on is a discriminative model ahead of a generative one that reads \
        the same?";
    const HAS_OWN_MODELS: bool = true;
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

impl CrossoverParameters {
    fn sets(&self) -> Sets {
        Sets {
            resamples: self.resamples,
            resamples_of_many: self.resamples_of_many,
            test: self.test,
        }
    }

    /// The pairs that are asked for.
    fn pairs(&self) -> Vec<Asked> {
        let pairs = PAIRS.iter().filter(|pair| self.nets || !pair.is_net);
        let asked = |pair: &'static Matched| -> Asked {
            let is_tuned = self.tuned && !pair.is_net;
            (pair, if is_tuned { &[false, true] } else { &[false] })
        };
        pairs.map(asked).collect()
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
    let keep = CorpusOptions::NEAR_DUPLICATES.and(CorpusOptions::TEXT);
    for (matched, ways) in asked.pairs() {
        let recipe = (matched.recipe)(&spec.recipe);
        let reading = match plan {
            None => Reading::new(&spec.data, &recipe, keep),
            Some(_) => Reading::again(&spec.data, &recipe, keep),
        };
        let read = reading.read(progress)?;
        let corpus = read.mail.emails();
        let plan = match &mut plan {
            Some(plan) => plan,
            none => {
                let plan = none.insert(Plan::new(corpus, &asked.sets(), spec.seed)?);
                let rows = corpus.labelled_rows();
                cells.note(mail_facts(spec.data.name(), corpus, &rows));
                let of = (spec, catalog);
                ahead::announce(&asked.pairs(), of, (corpus, plan, keep), progress)?;
                plan
            }
        };
        let plan = &plan.from(matched.from);
        for &tuned in ways {
            let models = matched.models(catalog, tuned)?;
            let name = matched.name(tuned);
            progress.begin(&name, plan.subsets.len() as u64);
            let of = PairOf {
                cells: &cells.of(spec, corpus),
                name: &name,
                plan,
                corpus,
                models: &models,
                seed: spec.seed,
            };
            pairs.push(of.curves(matched, tuned, asked.replicates, progress));
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
