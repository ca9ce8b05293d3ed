//! How long all pairs will take, told once before the first of them begins. Some of the messages
//! are read as each pair reads them, their texts alone, and both of its models learn from these.

use super::pairs::Matched;
use super::plan::Plan;
use crate::base::mail::{Content, Email};
use crate::base::progress::Progress;
use crate::dataset::{Corpus, CorpusBuilder, CorpusOptions};
use crate::lab::error::SpecError;
use crate::lab::forecast::{self, Ahead};
use crate::lab::spec::ExperimentSpec;
use crate::model::Catalog;
use crate::tokenize::Recipe;
use crate::train::{ModelSpec, TrainOptions};

/// A pair, and in which ways it runs: untuned and tuned.
pub type Asked = (&'static Matched, &'static [bool]);

/// What one pair learns from in one way.
struct Run {
    recipe: Recipe,
    models: Vec<ModelSpec>,
    ahead: Ahead,
}

/// Tells how long these pairs will take on a plan, if that is long.
pub fn announce(
    asked: &[Asked],
    (spec, catalog): (&ExperimentSpec, &Catalog),
    (corpus, plan, keep): (&Corpus, &Plan, CorpusOptions),
    progress: &dyn Progress,
) -> Result<(), SpecError> {
    let mut runs = Vec::new();
    for (matched, ways) in asked {
        let subsets = plan.from(matched.from).subsets;
        let sets: Vec<usize> = subsets.iter().map(|(_, rows)| rows.len()).collect();
        for &tuned in *ways {
            let models = matched.models(catalog, tuned)?;
            runs.push(Run {
                recipe: (matched.recipe)(&spec.recipe),
                ahead: Ahead::of_sets(models.len(), &sets),
                models,
            });
        }
    }
    let most = runs.iter().map(|run| run.ahead.most()).max().unwrap_or(0);
    let options = TrainOptions::seeded(spec.seed);
    forecast::announce_work(corpus, most, progress, |sample, all| {
        let seconds = |run: &Run| {
            let read = read_as(&run.recipe, corpus, sample, keep);
            let rows = (&*read.labelled_rows(), all);
            let of_message = forecast::seconds_of_message(&run.models, &read, rows, options);
            run.ahead.seconds(&of_message)
        };
        runs.iter().map(seconds).sum()
    });
    Ok(())
}

/// The texts of some messages, read by another recipe.
fn read_as(recipe: &Recipe, corpus: &Corpus, rows: &[usize], keep: CorpusOptions) -> Corpus {
    let email = |&row: &usize| {
        let text = String::from_utf8_lossy(corpus.text(row));
        Email::new(corpus.id(row), corpus.label(row), Content::text("", text))
    };
    let mut builder = CorpusBuilder::new(recipe, keep);
    builder.add(rows.iter().map(email).collect());
    builder.finish()
}
