//! `spamlab evaluate`: the models of a file measured on other labelled mail.

use crate::base::progress::Progress;
use crate::base::shown::shown_text;
use crate::cli::args::decision::DecisionOptions;
use crate::cli::args::input::InputOptions;
use crate::cli::args::number::within;
use crate::cli::args::output::{CsvOptions, TableOptions};
use crate::cli::common::Common;
use crate::cli::output::comparison::{self, Look};
use crate::cli::output::emit::{self, Place};
use crate::cli::output::progress::Bar;
use crate::cli::output::targets;
use crate::cli::usage;
use crate::cli::wrap::{paragraph, whole};
use crate::input::Labels;
use crate::lab::{self, ExperimentSpec, Purpose, limits};
use crate::model::file::ModelFile;
use crate::predict::{ScoredBatch, Scorer};
use crate::report::statements::shared_mail;
use crate::report::{self, ReportOptions};
use crate::results::{Experiment, ModelRecord, Prediction, RESAMPLES, write_predictions};
use clap::Args;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Evaluates models.
#[derive(Args)]
pub struct Arguments {
    /// The model file
    #[arg(short, long, value_name = "FILE", help_heading = "Model")]
    model_file: PathBuf,
    #[command(flatten)]
    input: InputOptions,
    /// Comma-separated list of models of the file to use [default: all]
    #[arg(
        long,
        value_delimiter = ',',
        value_name = "NAMES",
        help_heading = "Model"
    )]
    model: Vec<String>,
    #[command(flatten)]
    decision: DecisionOptions,
    /// Folder to write the same report to as compare does, with a section on how the mail differs
    /// from the training mail
    #[arg(short, long, value_name = "FOLDER", help_heading = "Report")]
    output: Option<PathBuf>,
    /// Number of bootstrap resamples behind the confidence intervals; 0 for no intervals
    #[arg(
        long,
        value_name = "N",
        default_value_t = RESAMPLES,
        value_parser = within::<u32>(limits::RESAMPLES),
        help_heading = "Report"
    )]
    resamples: u32,
    /// Hide the text of all messages, addresses and numbers in the report
    #[arg(long, help_heading = "Report")]
    redact: bool,
    /// Print JSON instead of a table
    #[arg(long, help_heading = "Output")]
    json: bool,
    /// Write a CSV file with one row per message and model
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    predictions: Option<PathBuf>,
    #[command(flatten)]
    csv: CsvOptions,
    #[command(flatten)]
    table: TableOptions,
}

impl Arguments {
    pub fn run(&self, common: &Common) -> anyhow::Result<()> {
        let target = self.predictions.as_deref();
        targets::check(&self.input.data(), &[Some(&self.model_file)], &[target])?;
        if self.input.dry_run(Labels::Needed, common)? {
            return Ok(());
        }
        let file = ModelFile::open(&self.model_file, &crate::catalog()).map_err(usage)?;
        let scorer = self.scorer(&file)?;
        let bar = Bar::new(common);
        if let Some(folder) = &self.output {
            report::check_folder(folder).map_err(usage)?;
        }
        let purpose = match &self.output {
            Some(_) => Purpose::Report,
            None => Purpose::Metrics,
        };
        let new = lab::read_new(&scorer, &self.input.data(), purpose, &bar).map_err(usage)?;
        if let Some(path) = target {
            self.write(path, &scorer, &new.scored)?;
            common.say(format!("wrote {}", whole(path.display())));
        }
        let spec = self.spec(&file);
        let experiment = lab::evaluate(&file, scorer, &spec, &new, &bar).map_err(usage)?;
        bar.end();
        if let Some(folder) = &self.output {
            let options = ReportOptions {
                repeat: None,
                train: None,
                csv: self.csv.texts(),
            };
            report::write(&experiment, None, folder, &options)?;
        }
        Place::beside(target).painted(
            self.json,
            || as_json(&experiment),
            || as_text(&experiment, self.table.look()),
        )?;
        if let Some(folder) = &self.output {
            common.say(format!(
                "wrote {}",
                whole(folder.join("report.html").display())
            ));
        }
        Ok(())
    }

    /// The models of the file, which decide as the user asks.
    fn scorer(&self, file: &ModelFile) -> anyhow::Result<Scorer> {
        let scorer = Scorer::open(file, &self.model).map_err(usage)?;
        let Some(rule) = self.decision.rule() else {
            return Ok(scorer);
        };
        limits::check_decision(&rule).map_err(usage)?;
        lab::deciding(scorer, rule, file).map_err(usage)
    }

    fn spec(&self, file: &ModelFile) -> ExperimentSpec {
        ExperimentSpec {
            data: self.input.data(),
            decision: self.decision.rule().unwrap_or_default(),
            resamples: self.resamples,
            redact: self.redact,
            seed: file.card().seed,
            ..ExperimentSpec::default()
        }
    }

    fn write(&self, path: &Path, scorer: &Scorer, scored: &ScoredBatch) -> anyhow::Result<()> {
        let rows = scorer
            .models()
            .enumerate()
            .flat_map(|(at, (model, family))| {
                scored
                    .verdicts(at)
                    .iter()
                    .enumerate()
                    .map(move |(row, verdict)| Prediction {
                        id: scored.corpus().id(row),
                        label: scored.corpus().label(row),
                        model,
                        family,
                        fold: None,
                        score: verdict.score,
                        log_odds: verdict.log_odds,
                        predicted: verdict.predicted,
                    })
            });
        emit::file(path, |out| {
            write_predictions(out, self.csv.texts(), rows).map_err(Into::into)
        })
    }
}

fn as_json(experiment: &Experiment) -> Value {
    let one = |model: &ModelRecord| {
        json!({
            "model": model.name,
            "family": model.family,
            "metrics": model.scored().next().map(|(_, scored)| &scored.metrics),
            "estimates": model.estimates,
        })
    };
    experiment.models.iter().map(one).collect()
}

/// The table of a comparison, and what flatters it.
fn as_text(experiment: &Experiment, look: Look) -> String {
    let shared = shared_mail(experiment).map_or_else(String::new, |one| {
        format!("\n{}", paragraph(&shown_text(&one.text), 0))
    });
    comparison::as_text(experiment, None, look) + &shared
}
