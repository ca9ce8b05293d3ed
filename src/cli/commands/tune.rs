//! `spamlab tune`: the best settings of each model, and honestly what they are worth.
//!
//! The search runs twice: inside each training part of the outer folds, which tells what models so
//! tuned get on mail that had no say in it; and on all mail, whose choice is printed and with `-o`
//! written as an experiment file for `train` and `compare`. The mail is tokenized once for each way
//! to read it.

use super::compare;
use super::train::needs;
use crate::base::files;
use crate::base::progress::Progress;
use crate::catalog;
use crate::cli::args::input::{InputOptions, LabelledMail};
use crate::cli::args::tokenizer_search::{Readings, TokenizerCandidate};
use crate::cli::args::training::{
    Common, Request, SearchOptions, TrainingOptions, check_target, experiment_file,
};
use crate::cli::output::plot;
use crate::cli::output::progress::Bar;
use crate::cli::output::table::Table;
use crate::cli::usage::usage_of;
use crate::dataset::CorpusOptions;
use crate::input::Labels;
use crate::lab::{Asked, BestTokenizer, Split, compare, train_with_best_tokenizer};
use crate::model::Trial;
use crate::report::documents::words;
use crate::results::{Experiment, Timing};
use crate::train::{Trained, train};
use clap::Args;
use serde_json::{Value, json};
use std::io::{Write, stdout};
use std::path::PathBuf;

/// Searches for settings.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    input: InputOptions,
    #[command(flatten)]
    training: TrainingOptions,
    #[command(flatten)]
    search: SearchOptions,
    /// Number of outer folds, on which the tuned models are measured [default: 5]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(2..=1000))]
    folds: Option<u16>,
    /// Write the settings found as an experiment file, for --experiment
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// What was found, with every setting tried, as JSON
    #[arg(long)]
    json: bool,
}

impl Arguments {
    pub fn run(&self, common: &Common) -> anyhow::Result<()> {
        let mut request = self.training.searched_request(&[], Some(&self.search))?;
        if self.input.dry_run(Labels::BothClasses, common)? {
            return Ok(());
        }
        check_target(self.output.as_deref())?;
        let keep = CorpusOptions {
            text: true,
            ..needs(&request)
        };
        let pile = self
            .input
            .read_both_classes(&request.recipe, keep, false, common)?;
        let readings = Readings::read(&self.input, &request, &pile, keep, common)?;
        let bar = Bar::new(common);
        let Tuned { models: tuned, way } = on_all(&request, &readings, &pile, &bar)?;
        let (experiment, timing) = self.nested(&request, &readings, pile, &bar)?;
        bar.finish();
        drop(readings);
        let way = way.map(|at| request.ways.swap_remove(at));
        if let Some(TokenizerCandidate {
            recipe, vocabulary, ..
        }) = &way
        {
            (request.recipe, request.vocabulary) = (recipe.clone(), *vocabulary);
        }
        if let Some(path) = &self.output {
            let text = experiment_file(&request, &tuned)?;
            files::write_whole(path, |out| out.write_all(text.as_bytes())).map_err(|error| {
                anyhow::anyhow!(
                    "{} cannot be written: {}",
                    path.display(),
                    files::reason(&error)
                )
            })?;
            common.say(format!("wrote {}", path.display()));
        }
        let text = if self.json {
            as_json(&experiment, &tuned, way.as_ref())?
        } else {
            as_text(&experiment, &timing, &tuned, way.as_ref())
        };
        Ok(stdout().write_all(text.as_bytes())?)
    }

    /// The search anew inside each training part.
    fn nested(
        &self,
        request: &Request,
        readings: &Readings<'_>,
        pile: LabelledMail,
        bar: &Bar,
    ) -> anyhow::Result<(Experiment, Timing)> {
        let LabelledMail {
            mail, card, name, ..
        } = pile;
        let corpus = mail.emails();
        let folds = self.folds.map_or(request.folds.unwrap_or(5), usize::from);
        let split =
            Split::stratified(corpus, folds, request.seed).map_err(usage_of(&card.source))?;
        let plan = compare::plan(request, name, &split)?;
        let augmentation = request.augmentation(corpus);
        let asked = Asked {
            choices: &request.choices,
            terms: request.terms(augmentation.as_ref()),
            split: &split,
            curve: false,
            unlabelled_curve: false,
            sweeps: &[],
            readings: &readings.of(corpus),
            resamples: 0,
        };
        Ok(compare(&asked, corpus, plan, card, bar))
    }
}

/// What all mail chooses.
struct Tuned {
    /// The models with their settings.
    models: Vec<Trained>,
    /// The way to read the mail, where there was a choice.
    way: Option<usize>,
}

/// Every model with the settings that all mail chooses; those beyond their limit left out unless
/// asked for.
fn on_all(
    request: &Request,
    readings: &Readings<'_>,
    pile: &LabelledMail,
    bar: &Bar,
) -> anyhow::Result<Tuned> {
    let corpus = pile.mail.emails();
    let readings = readings.of(corpus);
    bar.begin(
        "searching",
        (request.choices.len() * readings.len().max(1)) as u64,
    );
    let rows = corpus.labelled_rows();
    let done = || bar.advance(1);
    let augmentation = request.augmentation(corpus);
    let terms = request.terms(augmentation.as_ref());
    let (way, training) =
        match train_with_best_tokenizer(&readings, &request.choices, &rows, terms, &done) {
            Some(BestTokenizer { at, training, .. }) => (Some(at), training),
            None => (None, train(&request.choices, corpus, &rows, terms, &done)),
        };
    let mut tuned = Vec::new();
    for (choice, model) in request.choices.iter().zip(training.models) {
        match model {
            Ok(trained) => tuned.push(trained),
            Err(error) if choice.required => {
                return Err(usage_of(choice.entry.name())(error));
            }
            Err(_) => {}
        }
    }
    Ok(Tuned { models: tuned, way })
}

/// The settings of a model that were searched: those in which what was tried differs.
fn searched(tried: &[Trial]) -> Vec<&String> {
    let Some(first) = tried.first() else {
        return Vec::new();
    };
    let differs = |name: &&String| {
        tried
            .iter()
            .any(|other| other.settings[*name] != first.settings[*name])
    };
    first
        .settings
        .as_object()
        .into_iter()
        .flat_map(|settings| settings.keys())
        .filter(differs)
        .collect()
}

/// Only the settings that were searched.
fn chosen(settings: &Value, tried: &[Trial]) -> Value {
    searched(tried)
        .into_iter()
        .map(|name| (name.clone(), settings[name].clone()))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

fn as_json(
    experiment: &Experiment,
    tuned: &[Trained],
    way: Option<&TokenizerCandidate>,
) -> anyhow::Result<String> {
    let one = |model: &Trained| {
        let record = experiment
            .models
            .iter()
            .find(|record| record.name == model.entry.name());
        let folds = record.map(|record| {
            record
                .scored()
                .map(|(_, scored)| &scored.chosen)
                .collect::<Vec<_>>()
        });
        json!({
            "model": model.entry.name(),
            "family": model.entry.family(),
            "settings": model.settings,
            "held_out_log_loss_bits": model.facts.held_out_loss_bits(),
            "tried": model.facts.tried,
            "chosen_by_fold": folds,
            "metrics": record.map(|record| &record.spread),
        })
    };
    let models: Vec<Value> = tuned.iter().map(one).collect();
    let mut all = json!({ "search": experiment.plan.search, "split": experiment.plan.split, "models": models });
    if let Some(way) = way {
        all["reading"] =
            json!({ "what": way.what, "recipe": way.recipe, "vocabulary": way.vocabulary });
        all["readings"] = json!(experiment.readings);
    }
    Ok(serde_json::to_string_pretty(&all)? + "\n")
}

fn as_text(
    experiment: &Experiment,
    timing: &Timing,
    tuned: &[Trained],
    way: Option<&TokenizerCandidate>,
) -> String {
    let mut table = Table::new([
        "model",
        "family",
        "tried",
        "held-out log loss, bits",
        "settings found on all mail",
    ]);
    for model in tuned {
        let tried = &model.facts.tried;
        let loss = model
            .facts
            .held_out_loss_bits()
            .map_or_else(|| "–".to_owned(), |loss| format!("{loss:.4}"));
        table.push([
            model.entry.name().to_owned(),
            model.entry.family().to_string(),
            tried.len().to_string(),
            loss,
            catalog::settings_in_words(&chosen(&model.settings, tried)),
        ]);
    }
    let search = experiment.plan.search.as_ref();
    let search = search
        .map(|of| {
            format!(
                "{} search, {} settings for each family",
                of.way, of.settings
            )
        })
        .unwrap_or_default();
    let way = way.map_or(String::new(), |way| {
        let by_fold = words::readings_chosen(experiment).unwrap_or_default();
        format!(
            "read on all mail by {}; inside the training parts: {by_fold}\n",
            way.what
        )
    });
    format!(
        "{table}{way}\n{search}; tuned anew inside each training part of {}, models so tuned get on the test parts:\n{}",
        experiment.plan.split,
        compare::as_text(experiment, Some(timing), plot::in_colour())
    )
}
