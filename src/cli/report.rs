//! `spamlab report`: draws a saved experiment again.

use super::options::Common;
use super::usage;
use crate::report;
use clap::Args;
use std::path::PathBuf;

/// Draws a report.
#[derive(Args)]
pub struct Arguments {
    /// A report's folder, or its experiment.json
    experiment: PathBuf,
    /// Where to draw it [default: where it is]
    #[arg(short, long, value_name = "FOLDER")]
    output: Option<PathBuf>,
}

impl Arguments {
    pub fn run(&self, common: &Common) -> anyhow::Result<()> {
        let experiment = report::load(&self.experiment).map_err(usage)?;
        let home = if self.experiment.is_dir() {
            self.experiment.clone()
        } else {
            self.experiment.parent().map(PathBuf::from).unwrap_or_default()
        };
        let timing = report::load_timing(&home);
        let folder = self.output.clone().unwrap_or(home);
        report::write(&experiment, timing.as_ref(), &folder)?;
        common.say(format!("wrote {}", folder.join("report.html").display()));
        Ok(())
    }
}
