//! `spamlab tune`: the best settings of each model, and an unbiased estimate of their worth.

use crate::base::shown::shown_line;
use crate::cli::args::input::InputOptions;
use crate::cli::args::number::within;
use crate::cli::args::output::TableOptions;
use crate::cli::args::training::{SearchOptions, TrainingOptions};
use crate::cli::common::Common;
use crate::cli::output::comparison::{self, Look};
use crate::cli::output::emit::{self, Place};
use crate::cli::output::progress::Bar;
use crate::cli::output::settings::chosen;
use crate::cli::output::table::Table;
use crate::cli::output::targets;
use crate::cli::usage;
use crate::cli::wrap::{paragraph, whole};
use crate::input::Labels;
use crate::lab::limits;
use crate::lab::spec::SplitSpec;
use crate::lab::{self, ExperimentSpec, Tuned};
use crate::model::{Family, settings_on_one_line};
use crate::report::documents::phrases;
use crate::train::Trained;
use clap::Args;
use serde_json::{Value, json};
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
    /// Number of outer folds, on which the tuned models are measured [default: 5, in the
    /// smaller protocol 2]
    #[arg(
        long,
        value_name = "N",
        value_parser = within::<u16>(limits::FOLDS),
        help_heading = "Split"
    )]
    folds: Option<u16>,
    /// A smaller protocol: two models, two folds and six trials, less than a minute on the mail
    /// that comes with the program
    #[arg(long, conflicts_with = "config", help_heading = "Search")]
    quick: bool,
    /// Write the settings found as a specification, which --config of other commands reads
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    output: Option<PathBuf>,
    /// Print what was found, with every setting tried, as JSON
    #[arg(long, help_heading = "Output")]
    json: bool,
    #[command(flatten)]
    table: TableOptions,
}

impl Arguments {
    pub fn run(&self, common: &Common) -> anyhow::Result<()> {
        let usual = || ExperimentSpec {
            split: SplitSpec::Folds(5),
            analyses: std::collections::BTreeMap::new(),
            ..ExperimentSpec::default()
        };
        let defaults = if self.quick {
            ExperimentSpec::quick()
        } else {
            usual()
        };
        let mut spec = self.training.search_spec(&self.search, &defaults)?;
        self.input.fill(&mut spec.data);
        if let Some(folds) = self.folds {
            spec.split = SplitSpec::Folds(folds.into());
        }
        let catalog = crate::catalog();
        spec.resolve(&catalog).map_err(usage)?;
        let output = self.output.as_deref();
        targets::check(&spec.data, &[self.training.config()], &[output])?;
        if self
            .input
            .dry_run_of(&spec.data, Labels::BothClasses, common)?
        {
            return Ok(());
        }
        let tuned = lab::tune(&spec, &catalog, &Bar::new(common)).map_err(usage)?;
        if let Some(path) = output {
            let text = tuned.found.to_toml()?;
            emit::file(path, |out| out.write_all(text.as_bytes()))?;
            common.say(format!("wrote {}", whole(path.display())));
        }
        let place = Place::beside(output);
        place.painted(
            self.json,
            || as_json(&tuned),
            || as_text(&tuned, self.table.look()),
        )
    }
}

fn as_json(tuned: &Tuned) -> Value {
    let experiment = &tuned.experiment;
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
            "metrics": record.map(|record| &record.estimates),
        })
    };
    let models: Vec<Value> = tuned.models.iter().map(one).collect();
    let mut all = json!({
        "search": experiment.spec["search"],
        "split": experiment.split.description,
        "models": models,
    });
    if let Some(tokenizer) = &tuned.tokenizer {
        all["tokenizer"] = json!({
            "what": tokenizer.what,
            "recipe": tokenizer.recipe,
            "vocabulary": tokenizer.vocabulary,
        });
        all["tokenizer_trials"] = json!(experiment.tokenizer_trials);
    }
    all
}

fn as_text(tuned: &Tuned, look: Look) -> String {
    let experiment = &tuned.experiment;
    let titles = [
        "model",
        "tried",
        "held-out log loss",
        "settings found on all mail",
    ];
    let mut table = Table::new(titles).wide(look.wide);
    for family in Family::BOTH {
        let of_family = tuned
            .models
            .iter()
            .filter(|model| model.entry.family() == family);
        for (nth, model) in of_family.enumerate() {
            if nth == 0 {
                table.section(&family.to_string());
            }
            let tried = &model.facts.tried;
            let loss = model.facts.held_out_loss_bits();
            table.push([
                model.entry.name().to_owned(),
                tried.len().to_string(),
                loss.map_or_else(|| "–".to_owned(), |loss| format!("{loss:.4}")),
                settings_on_one_line(&chosen(&model.settings, tried)),
            ]);
        }
    }
    let search = &experiment.spec["search"];
    let search = format!(
        "{} search with {} trials for each family, repeated inside each training set of {}. On \
         the test sets the tuned models get:",
        search["strategy"].as_str().unwrap_or_default(),
        search["trials"],
        shown_line(&experiment.split.description)
    );
    let tokenizer = tuned.tokenizer.as_ref().map_or(String::new(), |tokenizer| {
        let by_fold = phrases::tokenizers_chosen(experiment).unwrap_or_default();
        let found = format!(
            "tokenizer found on all mail: {}; inside the training sets: {by_fold}",
            shown_line(&tokenizer.what)
        );
        paragraph(&found, 2)
    });
    format!(
        "{table}{tokenizer}\n{}{}",
        paragraph(&search, 0),
        comparison::as_text(experiment, Some(&tuned.timing), look)
    )
}
