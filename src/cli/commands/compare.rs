//! `spamlab compare`: both families on the same folds of the same tokens, and the report.

use crate::cli::args::decision::DecisionOptions;
use crate::cli::args::input::InputOptions;
use crate::cli::args::number::within;
use crate::cli::args::output::{CsvOptions, TableOptions};
use crate::cli::args::training::{SearchOptions, SplitOptions, TrainingOptions};
use crate::cli::commands::{REPEAT, TRAIN};
use crate::cli::common::Common;
use crate::cli::output::default_folder::default_folder;
use crate::cli::output::emit::{self, Place};
use crate::cli::output::progress::Bar;
use crate::cli::output::{browser, comparison, targets};
use crate::cli::usage;
use crate::cli::wrap::whole;
use crate::input::Labels;
use crate::lab::spec::SplitSpec;
use crate::lab::{self, ExperimentSpec, limits};
use crate::report::{self, ReportOptions};
use crate::results::{Experiment, LEARNING_CURVE, ModelRecord, write_predictions};
use clap::Args;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Compares models.
#[derive(Args)]
#[expect(clippy::struct_excessive_bools, reason = "switches of a command line")]
pub struct Arguments {
    #[command(flatten)]
    input: InputOptions,
    #[command(flatten)]
    training: TrainingOptions,
    /// Add the models of a CSV file of predictions to the comparison, columns id,model,probability
    /// (or score), and optionally fold and family; may be repeated
    #[arg(long = "with", value_name = "FILE", help_heading = "Models")]
    external: Vec<PathBuf>,
    #[command(flatten)]
    decision: DecisionOptions,
    #[command(flatten)]
    split: SplitOptions,
    #[command(flatten)]
    search: SearchOptions,
    #[command(flatten)]
    analyses: AnalysisOptions,
    /// Folder to write the report to [default: reports/NAME, named after the input and
    /// what differs from a plain run]
    #[arg(short, long, value_name = "FOLDER", help_heading = "Report")]
    output: Option<PathBuf>,
    /// Number of bootstrap resamples behind the confidence intervals; 0 for no intervals [default:
    /// 10000]
    #[arg(
        long,
        value_name = "N",
        value_parser = within::<u32>(limits::RESAMPLES),
        help_heading = "Report"
    )]
    resamples: Option<u32>,
    /// Write a CSV file with one row per message and model
    #[arg(long, value_name = "FILE", help_heading = "Report")]
    predictions: Option<PathBuf>,
    /// Hide the text of all messages, addresses and numbers, also in experiment.json
    #[arg(long, help_heading = "Report")]
    redact: bool,
    /// Leave out what depends on the clock, so that the same input and seed give the same bytes
    #[arg(long, help_heading = "Report")]
    no_times: bool,
    /// State in the report when it was made
    #[arg(long, help_heading = "Report")]
    stamp: bool,
    #[command(flatten)]
    csv: CsvOptions,
    /// Open the report in the browser
    #[arg(long, help_heading = "Report")]
    open: bool,
    /// Print the metrics as JSON instead of a table
    #[arg(long, help_heading = "Output")]
    json: bool,
    #[command(flatten)]
    table: TableOptions,
}

/// Which analyses are made.
#[derive(Args)]
struct AnalysisOptions {
    /// Add an analysis: unlabelled_curve (error against the number of labels, with and without mail
    /// whose labels are hidden), validation_curve=MODEL.SETTING=VALUES (loss against the value of a
    /// setting, for instance validation_curve=mlp.dropout=0,0.25,0.5), five_by_two (the 5x2cv F
    /// test of every pair of models, each trained on ten halves of the mail), or generative_models
    /// (bits per byte, perplexity, decision by likelihood and generated mail of each; parameters
    /// generative_models=emails=400, words=5000, draws=64); may be repeated
    #[arg(
        long = "analysis",
        value_name = "NAME[=PARAMETER]",
        help_heading = "Analyses"
    )]
    more: Vec<String>,
    /// Comma-separated list of analyses to leave out, for instance learning_curve
    #[arg(
        long = "no-analysis",
        value_delimiter = ',',
        value_name = "NAMES",
        help_heading = "Analyses"
    )]
    less: Vec<String>,
}

impl AnalysisOptions {
    fn fill(&self, spec: &mut ExperimentSpec) {
        for analysis in &self.more {
            match analysis.split_once('=') {
                None => {
                    spec.analyses.insert(analysis.clone(), json!(true));
                }
                Some((name, parameter)) => {
                    let parameters = spec.analyses.entry(name.to_owned()).or_insert(json!([]));
                    if let Value::Array(parameters) = parameters {
                        parameters.push(json!(parameter));
                    }
                }
            }
        }
        for name in &self.less {
            spec.analyses.insert(name.clone(), json!(false));
        }
    }
}

impl Arguments {
    /// What is asked: the defaults, under the file, under the options.
    fn spec(&self) -> anyhow::Result<ExperimentSpec> {
        let defaults = ExperimentSpec::default();
        let mut spec = if self.search.is_given() {
            self.training.search_spec(&self.search, &defaults)?
        } else {
            self.training.spec(&defaults)?
        };
        self.input.fill(&mut spec.data);
        self.decision.fill(&mut spec.decision);
        self.split.fill(&mut spec.split);
        if self.search.is_given() {
            // It would search again for every point.
            spec.analyses
                .insert(LEARNING_CURVE.to_owned(), json!(false));
        }
        self.analyses.fill(&mut spec);
        if !self.external.is_empty() {
            spec.external.clone_from(&self.external);
        }
        spec.resamples = self.resamples.unwrap_or(spec.resamples);
        spec.redact |= self.redact;
        Ok(spec)
    }

    fn check_targets(&self, spec: &ExperimentSpec, folder: &Path) -> anyhow::Result<()> {
        let split = match &spec.split {
            SplitSpec::File(path) => Some(path.as_path()),
            SplitSpec::Folds(_) => None,
        };
        let external = spec.external.iter().map(|path| Some(path.as_path()));
        let read: Vec<_> = [self.training.config(), split]
            .into_iter()
            .chain(external)
            .collect();
        targets::check(&spec.data, &read, &[self.predictions.as_deref()])?;
        let data = &spec.data;
        let others = self
            .predictions
            .iter()
            .chain(&data.rejects)
            .chain(&spec.external)
            .chain(&data.inputs);
        match others
            .into_iter()
            .find(|other| report::is_part(folder, other))
        {
            Some(other) => Err(usage(format!(
                "{} has the name of a file of the report; choose another folder with -o",
                other.display()
            ))),
            None => Ok(()),
        }
    }

    pub fn run(&self, common: &Common) -> anyhow::Result<()> {
        let spec = self.spec()?;
        let catalog = crate::catalog();
        spec.resolve(&catalog).map_err(usage)?;
        let folder = self.output.clone().unwrap_or_else(|| default_folder(&spec));
        let folder = folder.as_path();
        self.check_targets(&spec, folder)?;
        if self
            .input
            .dry_run_of(&spec.data, Labels::BothClasses, common)?
        {
            return Ok(());
        }
        report::check_folder(folder).map_err(usage)?;
        let bar = Bar::new(common);
        let (mut experiment, timing) = lab::compare(&spec, &catalog, &bar).map_err(usage)?;
        for curve in experiment.validation_curves() {
            if curve.is_empty() {
                common.say(format!(
                    "{}.{}: there is nothing to draw, since the model could not be fitted, or its \
                     score is neither log-odds nor a margin",
                    curve.model, curve.setting
                ));
            }
        }
        if self.stamp {
            let now = humantime::format_rfc3339(SystemTime::now());
            experiment.stamp = Some(now.to_string());
        }
        let timing = Some(timing).filter(|_| !self.no_times);
        let options = ReportOptions {
            repeat: Some(REPEAT),
            train: Some(TRAIN),
            csv: self.csv.texts(),
        };
        report::write(&experiment, timing.as_ref(), folder, &options)?;
        if let Some(path) = &self.predictions {
            emit::file(path, |out| {
                write_predictions(out, self.csv.texts(), experiment.predictions())
                    .map_err(Into::into)
            })?;
            common.say(format!("wrote {}", whole(path.display())));
        }
        Place::beside(self.predictions.as_deref()).painted(
            self.json,
            || as_json(&experiment),
            || comparison::as_text(&experiment, timing.as_ref(), self.table.look()),
        )?;
        let page = folder.join("report.html");
        common.say(format!("wrote {}", whole(page.display())));
        if self.open {
            browser::open(&page, common);
        }
        Ok(())
    }
}

fn as_json(experiment: &Experiment) -> Value {
    let model = |model: &ModelRecord| {
        json!({
            "model": model.name,
            "family": model.family,
            "metrics": model.estimates,
            "trouble": model.trouble(),
        })
    };
    let models: Vec<_> = experiment.models.iter().map(model).collect();
    let mut all = json!({
        "models": models,
        "baseline": experiment.baseline,
        "comparisons": experiment.comparisons,
    });
    if let Some(effect) = experiment.augmentation() {
        all["effect"] = json!(effect);
    }
    all
}
