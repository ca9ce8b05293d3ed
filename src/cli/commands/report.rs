//! `spamlab report`: draws a saved experiment again.

use crate::cli::args::output::CsvOptions;
use crate::cli::commands::{REPEAT, TRAIN};
use crate::cli::common::Common;
use crate::cli::output::browser;
use crate::cli::usage;
use crate::report::{self, ReportOptions};
use clap::Args;
use std::path::{Path, PathBuf};

/// Draws a report.
#[derive(Args)]
pub struct Arguments {
    /// The folder of a report, or its experiment.json
    experiment: PathBuf,
    /// Folder to write the report to [default: the folder of the experiment]
    #[arg(short, long, value_name = "FOLDER", help_heading = "Report")]
    output: Option<PathBuf>,
    /// Leave out what depends on the clock
    #[arg(long, help_heading = "Report")]
    no_times: bool,
    /// Hide the text of all messages, addresses and numbers, also in experiment.json
    #[arg(long, help_heading = "Report")]
    redact: bool,
    /// Open the report in the browser
    #[arg(long, help_heading = "Report")]
    open: bool,
    #[command(flatten)]
    csv: CsvOptions,
}

impl Arguments {
    pub fn run(&self, common: &Common) -> anyhow::Result<()> {
        let mut experiment = report::load(&self.experiment).map_err(usage)?;
        let home = if self.experiment.is_dir() {
            self.experiment.clone()
        } else {
            let above = self.experiment.parent();
            let above = above.filter(|above| !above.as_os_str().is_empty());
            above.unwrap_or(Path::new(".")).to_owned()
        };
        let folder = self.output.clone().unwrap_or_else(|| home.clone());
        report::check_folder(&folder).map_err(usage)?;
        let timing = report::load_timing(&home).filter(|_| !self.no_times);
        if self.redact {
            experiment.redact();
        }
        let options = ReportOptions {
            repeat: Some(REPEAT),
            train: Some(TRAIN),
            csv: self.csv.texts(),
        };
        report::write(&experiment, timing.as_ref(), &folder, &options)?;
        let page = folder.join("report.html");
        common.say(format!("wrote {}", page.display()));
        if self.open {
            browser::open(&page, common);
        }
        Ok(())
    }
}
