//! `spamlab train`: models of both families on labelled mail, into one file.

use crate::cli::args::decision::DecisionOptions;
use crate::cli::args::input::InputOptions;
use crate::cli::args::training::TrainingOptions;
use crate::cli::common::Common;
use crate::cli::output::decisions;
use crate::cli::output::emit::Place;
use crate::cli::output::progress::Bar;
use crate::cli::output::table::Table;
use crate::cli::output::targets;
use crate::cli::usage;
use crate::input::Labels;
use crate::lab::{self, ExperimentSpec};
use crate::model::settings_on_one_line;
use crate::train::Trained;
use clap::Args;
use serde_json::{Value, json};
use std::path::PathBuf;

/// Trains models.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    input: InputOptions,
    /// Model file to write
    #[arg(
        short,
        long,
        value_name = "FILE",
        default_value = "mail.spamlab",
        help_heading = "Output"
    )]
    output: PathBuf,
    #[command(flatten)]
    training: TrainingOptions,
    #[command(flatten)]
    decision: DecisionOptions,
    /// Print what was trained as JSON
    #[arg(long, help_heading = "Output")]
    json: bool,
}

impl Arguments {
    pub fn run(&self, common: &Common) -> anyhow::Result<()> {
        let mut spec = self.training.spec(&ExperimentSpec::default())?;
        self.input.fill(&mut spec.data);
        self.decision.fill(&mut spec.decision);
        // They are of a comparison.
        spec.analyses.clear();
        let catalog = crate::catalog();
        spec.resolve(&catalog).map_err(usage)?;
        let read = [self.training.config()];
        targets::check(&spec.data, &read, &[Some(&self.output)])?;
        if self
            .input
            .dry_run_of(&spec.data, Labels::BothClasses, common)?
        {
            return Ok(());
        }
        let trained = lab::train(&spec, &catalog, &Bar::new(common)).map_err(usage)?;
        trained.save(&self.output)?;
        common.say(format!("wrote {}", self.output.display()));
        let models = &trained.models;
        let place = Place::beside(Some(&self.output));
        place.result(self.json, || as_json(models), || as_text(models))
    }
}

fn as_json(models: &[Trained]) -> Value {
    let one = |model: &Trained| {
        json!({
            "model": model.entry.name(),
            "family": model.entry.family(),
            "settings": model.settings,
            "calibration": model.calibration,
            "decision": model.decision,
            "facts": model.facts,
        })
    };
    models.iter().map(one).collect()
}

fn as_text(models: &[Trained]) -> String {
    let mut table = Table::new([
        "model",
        "family",
        "settings",
        "held-out log loss, bits",
        "seconds",
    ]);
    for model in models {
        let settings = settings_on_one_line(&model.settings);
        let losses = model
            .facts
            .tried
            .iter()
            .filter(|tried| tried.share == 1.0)
            .map(|tried| tried.log_loss_bits);
        let loss = losses
            .min_by(f64::total_cmp)
            .map_or_else(|| "–".to_owned(), |loss| format!("{loss:.4}"));
        let family = model.entry.family().to_string();
        table.push([
            model.entry.name().to_owned(),
            family,
            settings,
            loss,
            format!("{:.2}", model.seconds),
        ]);
    }
    let decisions = models
        .iter()
        .map(|model| (model.entry.name(), model.decision));
    match decisions::as_text(decisions) {
        Some(decisions) => format!("{table}\n{decisions}"),
        None => table.to_string(),
    }
}
