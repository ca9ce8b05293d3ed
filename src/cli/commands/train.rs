//! `spamlab train`: models of both families on labelled mail, into one file.

use crate::cli::args::decision::DecisionOptions;
use crate::cli::args::input::InputOptions;
use crate::cli::args::output::TableOptions;
use crate::cli::args::training::TrainingOptions;
use crate::cli::common::Common;
use crate::cli::output::decisions;
use crate::cli::output::emit::Place;
use crate::cli::output::progress::Bar;
use crate::cli::output::settings::chosen;
use crate::cli::output::table::Table;
use crate::cli::output::targets;
use crate::cli::usage;
use crate::cli::wrap::whole;
use crate::input::Labels;
use crate::lab::counts::{Counts, train_from_counts};
use crate::lab::spec::DataSpec;
use crate::lab::{self, ExperimentSpec, TrainedModels};
use crate::model::{Catalog, Family, settings_on_one_line};
use crate::train::{CheckpointFile, Trained};
use clap::Args;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

/// Trains models.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    input: InputOptions,
    /// Train from what `spamlab count` printed, in place of mail: a file, a folder of files, or -
    /// for standard input; may be repeated
    #[arg(
        long,
        value_name = "PATH",
        conflicts_with_all = ["inputs", "dry_run"],
        help_heading = "Reading mail"
    )]
    counts: Vec<PathBuf>,
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
    #[command(flatten)]
    table: TableOptions,
}

impl Arguments {
    pub fn run(&self, common: &Common) -> anyhow::Result<()> {
        let mut spec = self.training.spec(&ExperimentSpec::default())?;
        self.input.fill(&mut spec.data);
        self.decision.fill(&mut spec.decision);
        // They are of a comparison.
        spec.analyses.clear();
        let catalog = crate::catalog();
        if !self.counts.is_empty() {
            return self.train_from_counts(&spec, &catalog, common);
        }
        let takes_long = spec.resolve(&catalog).map_err(usage)?.takes_long();
        let read = [self.training.config()];
        let checkpoints = takes_long.then(|| CheckpointFile::beside(&self.output));
        let checkpoints = checkpoints.flatten().map(Arc::new);
        let kept = checkpoints.as_ref().map(|checkpoints| checkpoints.path());
        targets::check(&spec.data, &read, &[Some(&self.output), kept])?;
        if self
            .input
            .dry_run_of(&spec.data, Labels::BothClasses, common)?
        {
            return Ok(());
        }
        let start = Instant::now();
        if let Some(checkpoints) = checkpoints.clone() {
            common.say_at_interruption(move || how_to_go_on(&checkpoints));
        }
        let (kept, bar) = (checkpoints.as_deref(), Bar::new(common));
        let trained = lab::train(&spec, &catalog, kept, &bar).map_err(usage)?;
        self.save(&trained, start, common)?;
        if let Some(checkpoints) = &checkpoints {
            checkpoints.remove();
        }
        self.tell(&trained)
    }

    /// Trains from counts that were made elsewhere.
    fn train_from_counts(
        &self,
        spec: &ExperimentSpec,
        catalog: &Catalog,
        common: &Common,
    ) -> anyhow::Result<()> {
        let counts = self.counts.iter().map(|path| Some(path.as_path()));
        let read: Vec<_> = counts.chain([self.training.config()]).collect();
        targets::check(&DataSpec::default(), &read, &[Some(&self.output)])?;
        let (start, bar) = (Instant::now(), Bar::new(common));
        let counts = Counts::read(&self.counts).map_err(usage)?;
        let trained = train_from_counts(spec, &counts, catalog, &bar).map_err(usage)?;
        self.save(&trained, start, common)?;
        self.tell(&trained)
    }

    fn save(&self, trained: &TrainedModels, start: Instant, common: &Common) -> anyhow::Result<()> {
        trained.save(&self.output)?;
        let seconds = start.elapsed().as_secs_f64();
        common.say(format!(
            "wrote {} in {seconds:.1} s",
            whole(self.output.display())
        ));
        Ok(())
    }

    fn tell(&self, trained: &TrainedModels) -> anyhow::Result<()> {
        let models = &trained.models;
        let place = Place::beside(Some(&self.output));
        place.result(
            self.json,
            || as_json(models),
            || as_text(models, self.table.is_wide()),
        )
    }
}

/// What to do after an interruption, if anything is kept.
fn how_to_go_on(checkpoints: &CheckpointFile) -> Option<String> {
    checkpoints.is_kept().then(|| {
        let path = whole(checkpoints.path().display());
        format!("interrupted; run the same command again to go on from {path}")
    })
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

fn as_text(models: &[Trained], wide: bool) -> String {
    let settings = if wide { "settings" } else { "settings chosen" };
    let mut table = Table::new(["model", "held-out log loss", settings]).wide(wide);
    for family in Family::BOTH {
        let of_family = models.iter().filter(|model| model.entry.family() == family);
        for (nth, model) in of_family.enumerate() {
            if nth == 0 {
                table.section(&family.to_string());
            }
            let loss = model.facts.held_out_loss_bits();
            let settings = if wide {
                model.settings.clone()
            } else {
                chosen(&model.settings, &model.facts.tried)
            };
            table.push([
                model.entry.name().to_owned(),
                loss.map_or_else(|| "–".to_owned(), |loss| format!("{loss:.4}")),
                settings_on_one_line(&settings),
            ]);
        }
    }
    let decisions = models
        .iter()
        .map(|model| (model.entry.name(), model.decision));
    match decisions::as_text(decisions) {
        Some(decisions) => format!("{table}\n{decisions}"),
        None => table.to_string(),
    }
}
