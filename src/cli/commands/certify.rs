//! `spamlab certify`: how near the fits of linear models are to their optimum, and with `--export`
//! the problems and the weights in LIBLINEAR's format.

use crate::cli::args::input::InputOptions;
use crate::cli::args::training::TrainingOptions;
use crate::cli::common::Common;
use crate::cli::output::emit;
use crate::cli::output::progress::Bar;
use crate::cli::output::table::Table;
use crate::cli::output::targets;
use crate::cli::usage;
use crate::cli::wrap::whole;
use crate::input::Labels;
use crate::lab::analyses::certification::{Certificate, CertificationParameters, certify};
use crate::lab::{ExperimentSpec, LabError};
use clap::Args;
use std::path::PathBuf;

/// Certifies fits.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    input: InputOptions,
    #[command(flatten)]
    training: TrainingOptions,
    /// Write the problems and the weights to a folder in the formats of LIBSVM and LIBLINEAR, with
    /// the commands that check them
    #[arg(long, value_name = "FOLDER", help_heading = "Output")]
    export: Option<PathBuf>,
    /// Print JSON instead of a table
    #[arg(long, help_heading = "Output")]
    json: bool,
}

impl Arguments {
    pub fn run(&self, common: &Common) -> anyhow::Result<()> {
        let mut spec = self.training.spec(&ExperimentSpec::default())?;
        self.input.fill(&mut spec.data);
        targets::check(&spec.data, &[self.training.config()], &[])?;
        let labels = Labels::BothClasses;
        if self.input.dry_run_of(&spec.data, labels, common)? {
            return Ok(());
        }
        let parameters = CertificationParameters {
            export: self.export.clone(),
        };
        let bar = Bar::new(common);
        let certificates = certify(&spec, &crate::catalog(), &parameters, &bar);
        let certificates = certificates.map_err(|error| match error {
            LabError::Unwritable { .. } => error.into(),
            other => usage(other),
        })?;
        if let Some(folder) = &self.export {
            common.say(format!("wrote {}", whole(folder.display())));
        }
        emit::result(self.json, || &certificates, || as_text(&certificates))
    }
}

fn as_text(certificates: &[Certificate]) -> String {
    let titles = [
        "c",
        "objective",
        "gap",
        "relative gap",
        "passes",
        "weights ≠ 0",
        "seconds",
    ];
    let mut table = Table::new(titles);
    let unless_unknown = |known: Option<String>| known.unwrap_or_else(|| "–".to_owned());
    let short = |number: Option<f64>| unless_unknown(number.map(|number| format!("{number:.1e}")));
    let mut model = "";
    for of in certificates {
        if of.model != model {
            model = of.model;
            table.section(model);
        }
        let cost = of.settings["c"].as_f64();
        table.push([
            unless_unknown(cost.map(|cost| cost.to_string())),
            format!("{:.6}", of.objective),
            short(of.gap),
            short(of.relative_gap),
            if of.converged {
                of.passes.to_string()
            } else {
                format!("{} (limit)", of.passes)
            },
            unless_unknown(of.weights.map(|weights| weights.to_string())),
            format!("{:.3}", of.seconds),
        ]);
    }
    table.to_string()
}
