//! `spamlab evaluate`: the models of a file measured on other labelled mail.

use crate::base::mail::Label;
use crate::cli::args::decision::DecisionOptions;
use crate::cli::args::input::InputOptions;
use crate::cli::args::number::within;
use crate::cli::args::output::{CsvOptions, TableOptions};
use crate::cli::common::Common;
use crate::cli::output::comparison::{self, Measured};
use crate::cli::output::emit::{self, Place};
use crate::cli::output::progress::Bar;
use crate::cli::output::targets;
use crate::cli::usage;
use crate::input::Labels;
use crate::lab::{self, ExperimentSpec, NewMail, limits};
use crate::model::file::ModelFile;
use crate::model::{CodeLength, Family};
use crate::predict::{ScoredBatch, Scorer};
use crate::report::{self, ReportOptions};
use crate::results::{Metrics, Prediction, RESAMPLES, ScoredEmails, measure, write_predictions};
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
    /// Number of bootstrap resamples behind the confidence intervals of the report; 0 for no
    /// intervals
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
        let new = lab::read_new(&scorer, &self.input.data(), &bar).map_err(usage)?;
        let scored = &new.scored;
        let metrics: Vec<Metrics> = (0..scorer.loaded().len())
            .map(|model| measure_model(&scorer, scored, model))
            .collect();
        if let Some(path) = target {
            self.write(path, &scorer, scored)?;
            common.say(format!("wrote {}", path.display()));
        }
        Place::beside(target).result(
            self.json,
            || as_json(&scorer, &metrics),
            || as_text(&scorer, &metrics, self.table.is_wide()),
        )?;
        match &self.output {
            Some(folder) => self.report(folder, &file, &scorer, &new, common),
            None => Ok(()),
        }
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

    fn report(
        &self,
        folder: &Path,
        file: &ModelFile,
        scorer: &Scorer,
        new: &NewMail,
        common: &Common,
    ) -> anyhow::Result<()> {
        let asked = ExperimentSpec {
            data: self.input.data(),
            decision: self.decision.rule().unwrap_or_default(),
            resamples: self.resamples,
            redact: self.redact,
            seed: file.card().seed,
            ..ExperimentSpec::default()
        };
        let bar = Bar::new(common);
        let experiment = lab::evaluate(file, scorer, &asked, new, &bar).map_err(usage)?;
        let options = ReportOptions {
            repeat: None,
            train: None,
            csv: self.csv.texts(),
        };
        report::write(&experiment, None, folder, &options)?;
        common.say(format!("wrote {}", folder.join("report.html").display()));
        Ok(())
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

/// What one model gets right of the mail whose class is known.
fn measure_model(scorer: &Scorer, scored: &ScoredBatch, model: usize) -> Metrics {
    let verdicts = scored.verdicts(model);
    let rows = scored.corpus().labelled_rows();
    let labels: Vec<Label> = rows
        .iter()
        .filter_map(|&row| scored.corpus().label(row))
        .collect();
    let score: Vec<f64> = rows.iter().map(|&row| verdicts[row].score).collect();
    let log_odds: Vec<f64> = rows.iter().map(|&row| verdicts[row].log_odds).collect();
    let code_lengths: Vec<CodeLength> = rows
        .iter()
        .filter_map(|&row| verdicts[row].code_length)
        .collect();
    let scale = scorer.loaded()[model].card.scale;
    measure(&ScoredEmails {
        labels: &labels,
        score: &score,
        scale,
        log_odds: &log_odds,
        code_lengths: &code_lengths,
        decision: scorer.loaded()[model].card.decision.decision,
    })
}

fn as_json(scorer: &Scorer, metrics: &[Metrics]) -> Value {
    let one = |((model, family), metrics): ((&str, Family), &Metrics)| {
        json!({
            "model": model,
            "family": family,
            "metrics": metrics,
        })
    };
    scorer.models().zip(metrics).map(one).collect()
}

/// The table of a comparison.
fn as_text(scorer: &Scorer, metrics: &[Metrics], wide: bool) -> String {
    let estimates: Vec<_> = metrics.iter().map(comparison::estimates).collect();
    let measured = scorer.models().zip(&estimates);
    let measured: Vec<Measured<'_>> = measured
        .map(|((name, family), estimates)| Measured {
            name,
            family,
            estimates,
        })
        .collect();
    comparison::models(&measured, None, None, wide).to_string()
}
