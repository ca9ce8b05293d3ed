//! Where each family breaks: wrong labels, rare spam, missing words, short messages.
//!
//! Of each group of near-duplicates one message stays. A quarter of the mail, and no more than
//! 6,000 messages, is the test set of all fits. Wrong labels and rare spam are damage to the
//! training set, of which every model learns anew; missing words and short messages are damage to
//! the test messages of the models that learned from undamaged mail. Damage is drawn several times,
//! the same for every model, and each level holds what the one before it does.
//!
//! Test messages are damaged as text, and what is left is read as mail is read, so that a model of
//! bytes and one of words lose the same words. Clues that do not come from the text (headers,
//! links) stay, as they would in a message with few words.

mod damaging;
mod summed_up;

use self::damaging::{Damaging, Scores, Trial};
use self::summed_up::by_level;
use super::cells::Tests;
use super::fixed_test::FixedTest;
use super::{Cells, Experiment, FOUR_MODELS, announce, kept, mail_facts, models, refused};
use crate::base::progress::Progress;
use crate::dataset::CorpusOptions;
use crate::lab::data::Reading;
use crate::lab::error::{LabError, SpecError};
use crate::lab::spec::ExperimentSpec;
use crate::model::Catalog;
use crate::results::experiments::{NOISE, NoiseFound};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Draws have a random stream each.
const MOST_DRAWS: u32 = 256;

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NoiseParameters {
    /// Draws of each damage.
    pub draws: u32,
    /// Test messages at most.
    pub test: usize,
    /// Replicates of the bootstrap.
    pub replicates: u32,
}

impl Default for NoiseParameters {
    fn default() -> NoiseParameters {
        NoiseParameters {
            draws: 5,
            test: 6_000,
            replicates: 1_000,
        }
    }
}

impl Experiment for NoiseParameters {
    const NAME: &'static str = NOISE;
    const QUESTION: &'static str = "\
        Which family breaks first when labels are wrong, spam is rare, words are missing or \
        messages are short?";
    type Found = NoiseFound;

    fn quick() -> NoiseParameters {
        NoiseParameters {
            draws: 2,
            ..NoiseParameters::default()
        }
    }

    fn run(
        &self,
        spec: &ExperimentSpec,
        catalog: &Catalog,
        cells: &Cells,
        progress: &dyn Progress,
    ) -> Result<NoiseFound, LabError> {
        noise(spec, catalog, self, cells, progress)
    }
}

/// Damages the training set or the test messages, and measures every model.
fn noise(
    spec: &ExperimentSpec,
    catalog: &Catalog,
    asked: &NoiseParameters,
    cells: &Cells,
    progress: &dyn Progress,
) -> Result<NoiseFound, LabError> {
    check(asked)?;
    let models = models(spec, catalog, |entry| FOUR_MODELS.contains(&entry.name()))?;
    let keep = kept(&models).and(CorpusOptions::TEXT);
    let read = Reading::new(&spec.data, &spec.recipe, keep).read(progress)?;
    let corpus = read.mail.emails();
    let damaging = Damaging {
        fixed: FixedTest::new(corpus, asked.test, spec.seed)?,
        corpus,
        models: &models,
        spec,
        draws: asked.draws,
    };
    let trials = damaging.trials();
    cells.note(mail_facts(
        spec.data.name(),
        corpus,
        &corpus.labelled_rows(),
    ));
    let sets = vec![damaging.fixed.training.len(); trials.len()];
    announce(&models, corpus, &sets, spec.seed, progress);
    progress.begin("training sets", trials.len() as u64);
    let cells = cells.of(spec, corpus);
    let scored = trials.par_iter().with_max_len(1).map(|trial| {
        let name = format!("noise {trial:?} {:?}", damaging.fixed.test);
        let made = |tests: &mut Tests| Ok(damaging.scored(*trial, tests));
        let scored: Result<Vec<(Trial, Scores)>, LabError> = cells.cell(&name, made);
        progress.advance(1);
        scored
    });
    let scored: Vec<Vec<(Trial, Scores)>> = scored.collect::<Result<_, LabError>>()?;
    progress.end();
    let by_level = by_level(scored.into_iter().flatten());
    Ok(damaging.found(&by_level, asked.replicates))
}

fn check(asked: &NoiseParameters) -> Result<(), SpecError> {
    if !(1..=MOST_DRAWS).contains(&asked.draws) {
        let why = format!("draws is {}, and must be 1 to {MOST_DRAWS}", asked.draws);
        return Err(refused::<NoiseParameters>(why));
    }
    if [asked.test, asked.replicates as usize].contains(&0) {
        let why = "test and replicates must be 1 or more".to_owned();
        return Err(refused::<NoiseParameters>(why));
    }
    Ok(())
}
