//! `spamlab certify`: how near the fits of linear models are to their optimum, and with `--export`
//! the problems and the weights in LIBLINEAR's format.

use crate::cli::args::input::InputOptions;
use crate::cli::args::training::TrainingOptions;
use crate::cli::common::Common;
use crate::cli::output::emit;
use crate::cli::output::progress::Bar;
use crate::cli::output::table::Table;
use crate::cli::usage;
use crate::input::Labels;
use crate::lab::ExperimentSpec;
use crate::lab::analyses::AnalysisError;
use crate::lab::analyses::certification::Certificate;
use crate::lab::analyses::certification::certify;
use crate::lab::analyses::certification::check_export;
use crate::lab::data::Reading;
use crate::model::ModelEntry;
use clap::Args;
use serde_json::json;
use std::path::PathBuf;

/// Certifies fits.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    input: InputOptions,
    #[command(flatten)]
    training: TrainingOptions,
    /// Write the problems and the weights to a folder in LIBSVM's and LIBLINEAR's format, with the
    /// commands that check them
    #[arg(long, value_name = "FOLDER")]
    export: Option<PathBuf>,
    /// Print JSON instead of a table
    #[arg(long)]
    json: bool,
}

impl Arguments {
    pub fn run(&self, common: &Common) -> anyhow::Result<()> {
        let mut spec = self.training.spec(&ExperimentSpec::default())?;
        self.input.fill(&mut spec.data);
        spec.analyses.clear();
        if spec.models.is_empty() {
            spec.models = default_models();
        }
        let resolved = spec.resolve(&crate::catalog()).map_err(usage)?;
        if !spec.augment.is_empty() {
            return Err(usage(
                "fits are certified on the mail as it is: leave --augment out",
            ));
        }
        if self
            .input
            .dry_run_of(&spec.data, Labels::BothClasses, common)?
        {
            return Ok(());
        }
        if let Some(folder) = &self.export {
            check_export(&resolved.models).map_err(usage)?;
            emit::make_folder(folder)?;
        }
        let read = Reading::new(&spec.data, &spec.recipe, resolved.keep)
            .read(&Bar::new(common))
            .map_err(usage)?;
        let certificates = certify(
            &resolved.models,
            read.mail.emails(),
            &spec.vocabulary,
            spec.seed,
            self.export.as_deref(),
        );
        let certificates = certificates.map_err(|error| match error {
            AnalysisError::Unwritable { .. } => error.into(),
            other => usage(other),
        })?;
        if let Some(folder) = &self.export {
            common.say(format!("wrote {}", folder.display()));
        }
        emit::result(self.json, || &certificates, || as_text(&certificates))
    }
}

/// The models that are certified where none are named: the default ones that solve a linear
/// problem.
fn default_models() -> Vec<String> {
    let has_optimum = |entry: &dyn ModelEntry| {
        let defaults = entry.settings(&json!({}));
        defaults.is_ok_and(|defaults| entry.linear_problem(&defaults).is_some())
    };
    crate::catalog()
        .models()
        .filter(|&entry| entry.is_default() && has_optimum(entry))
        .map(|entry| entry.name().to_owned())
        .collect()
}

fn as_text(certificates: &[Certificate]) -> String {
    let titles = [
        "model",
        "c",
        "objective",
        "gap",
        "gap / objective",
        "passes",
        "converged",
        "weights not 0",
        "seconds",
    ];
    let mut table = Table::new(titles);
    let unless_unknown = |known: Option<String>| known.unwrap_or_else(|| "–".to_owned());
    let short = |number: Option<f64>| unless_unknown(number.map(|number| format!("{number:.1e}")));
    for of in certificates {
        let cost = of.settings["c"].as_f64();
        table.push([
            of.model.to_owned(),
            unless_unknown(cost.map(|cost| cost.to_string())),
            format!("{:.8}", of.objective),
            short(of.gap),
            short(of.relative_gap),
            of.passes.to_string(),
            if of.converged { "yes" } else { "no" }.to_owned(),
            unless_unknown(of.weights.map(|weights| weights.to_string())),
            format!("{:.3}", of.seconds),
        ]);
    }
    table.to_string()
}
