//! `spamlab count`: the tokens of labelled mail as counts that add up, for `train --counts`.

use crate::base::progress::Progress;
use crate::cli::args::input::{InputOptions, described};
use crate::cli::args::training::RecipeOptions;
use crate::cli::common::Common;
use crate::cli::output::progress::Bar;
use crate::cli::output::targets;
use crate::cli::screen;
use crate::cli::usage;
use crate::dataset::{Counter, zeros_of};
use crate::input::{InputError, Labels, Source};
use crate::lab::ExperimentSpec;
use crate::lab::counts::{self, Form};
use crate::lab::data::tell_rejected;
use crate::tokenize::Recipe;
use clap::Args;
use std::io::Write;

/// Counts tokens.
#[derive(Args)]
#[command(mut_arg("inputs", |inputs| inputs
    .default_value("-")
    .help(described("Labelled mail"))))]
pub struct Arguments {
    #[command(flatten)]
    input: InputOptions,
    #[command(flatten)]
    recipe: RecipeOptions,
    /// Seed by which messages are drawn that settings and calibration are learned from; the same
    /// for all parts of the mail [default: 1]
    #[arg(long, help_heading = "Counting")]
    seed: Option<u64>,
    /// About how many messages there are in all parts of the mail; no part prints more of its
    /// messages than are needed then, and the model stays the same [default: as many as in this
    /// part]
    #[arg(long, value_name = "N", help_heading = "Counting")]
    messages: Option<u64>,
    /// Print JSON objects, each on a line of its own, instead of columns between tabs
    #[arg(long, help_heading = "Output")]
    jsonl: bool,
}

impl Arguments {
    pub fn run(&self, common: &Common) -> anyhow::Result<()> {
        targets::check(&self.input.data(), &[], &[])?;
        if self.input.dry_run(Labels::Needed, common)? {
            return Ok(());
        }
        let mut recipe = Recipe::default();
        self.recipe.fill(&mut recipe);
        let seed = self.seed.unwrap_or(ExperimentSpec::default().seed);
        let zeros = self.messages.map_or(0, zeros_of);
        let mut counter = Counter::new(&recipe, seed, zeros);
        let form = if self.jsonl { Form::Json } else { Form::Tabs };
        let mut out = screen::data();
        let rejected = match self.input.data().open(Labels::Needed, false) {
            Ok(source) => count_all(source, &mut counter, form, &mut out, common)?,
            // A part of the mail may be empty.
            Err(InputError::Empty { .. }) => 0,
            Err(error) => return Err(usage(error)),
        };
        counts::write(&counter.take(), rejected, form, &mut out)?;
        Ok(out.flush()?)
    }
}

/// Counts all mail, and writes counts where they grow too large to hold. Returns the number of rows
/// that could not be used.
fn count_all(
    mut source: Source,
    counter: &mut Counter,
    form: Form,
    out: &mut dyn Write,
    common: &Common,
) -> anyhow::Result<u64> {
    let bar = Bar::new(common);
    bar.begin("counting", source.size().unwrap_or(0));
    let mut batches = source.with_progress(|bytes| bar.advance(bytes));
    while counter.read(&mut batches).map_err(usage)? {
        counts::write(&counter.take(), 0, form, out)?;
    }
    drop(batches);
    bar.end();
    tell_rejected(&source, &bar);
    Ok(source.account().rejected())
}
