//! `spamlab report`: draws a saved experiment again, or several side by side.

use crate::cli::args::decision::share;
use crate::cli::args::output::CsvOptions;
use crate::cli::commands::{REPEAT, TRAIN};
use crate::cli::common::Common;
use crate::cli::output::{browser, emit};
use crate::cli::usage;
use crate::cli::wrap::{paragraph, whole};
use crate::report::{self, NamedExperiment, ReportError, ReportOptions, SideBySide, statements};
use crate::results::{Experiment, PRACTICALLY_EQUIVALENT};
use clap::Args;
use std::path::{Path, PathBuf};

/// Draws a report.
#[derive(Args)]
pub struct Arguments {
    /// The folder of a report, or its experiment.json; several are drawn side by side on one page
    #[arg(required = true)]
    experiment: Vec<PathBuf>,
    /// Folder to write the report to [default: the folder of the experiment]; several need one
    #[arg(short, long, value_name = "FOLDER", help_heading = "Report")]
    output: Option<PathBuf>,
    #[command(flatten)]
    highlight: HighlightOptions,
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
    #[command(flatten)]
    several: SeveralOptions,
}

/// What is found of several experiments.
#[derive(Args)]
struct SeveralOptions {
    /// Half the width of the region of practical equivalence, where several experiments are on
    /// three corpora or more: error rates that differ by no more are called equivalent [default:
    /// 1%]
    #[arg(long, value_name = "SHARE", value_parser = share, help_heading = "Report")]
    rope: Option<f64>,
    /// Print what was found of several experiments as JSON instead of sentences
    #[arg(long, help_heading = "Output")]
    json: bool,
}

/// Which model is drawn strongly beside the best of each family.
#[derive(Args)]
struct HighlightOptions {
    /// Model to highlight beside the best of each family, in charts of more than the best; it stays
    /// so in the experiment that is written
    #[arg(long, value_name = "MODEL", help_heading = "Report")]
    highlight: Option<String>,
    /// Highlight the best of each family alone, whatever model the experiment names
    #[arg(long, conflicts_with = "highlight", help_heading = "Report")]
    no_highlight: bool,
}

impl Arguments {
    pub fn run(&self, common: &Common) -> anyhow::Result<()> {
        let [experiment] = &self.experiment[..] else {
            return self.side_by_side(common);
        };
        if self.several.rope.is_some() || self.several.json {
            return Err(usage(
                "--rope and --json are for several experiments; the data of one is its \
                 experiment.json",
            ));
        }
        let home = home(experiment);
        let experiment = self.load(experiment)?;
        let folder = self.output.clone().unwrap_or_else(|| home.clone());
        report::check_folder(&folder).map_err(usage)?;
        let timing = report::load_timing(&home).filter(|_| !self.no_times);
        let options = ReportOptions {
            repeat: Some(REPEAT),
            train: Some(TRAIN),
            csv: self.csv.texts(),
        };
        report::write(&experiment, timing.as_ref(), &folder, &options)?;
        self.wrote(&folder, common);
        Ok(())
    }

    /// A saved experiment as it is to be drawn.
    fn load(&self, path: &Path) -> anyhow::Result<Experiment> {
        let mut experiment = report::load(path).map_err(usage)?;
        if self.highlight.no_highlight {
            experiment.highlighted = None;
        }
        if let Some(name) = &self.highlight.highlight {
            let models = experiment.models.iter();
            let names: Vec<&str> = models.map(|model| model.name.as_str()).collect();
            if !names.contains(&name.as_str()) {
                return Err(usage(format!(
                    "{} has no model {name:?}; it has {}",
                    path.display(),
                    names.join(", ")
                )));
            }
            experiment.highlighted = Some(name.clone());
        }
        if self.redact {
            experiment.redact();
        }
        Ok(experiment)
    }

    /// Draws several experiments on one page.
    fn side_by_side(&self, common: &Common) -> anyhow::Result<()> {
        let Some(folder) = &self.output else {
            return Err(usage(
                "several experiments need a folder of their own: give -o FOLDER",
            ));
        };
        let mut experiments: Vec<NamedExperiment> = Vec::new();
        for path in &self.experiment {
            let experiment = self.load(path)?;
            let is_taken = |name: &str| experiments.iter().any(|one| one.name == name);
            let name = name(&home(path), &experiment);
            let numbered = (2..).map(|number| format!("{name} ({number})"));
            let name = std::iter::once(name.clone())
                .chain(numbered)
                .find(|name| !is_taken(name));
            experiments.push(NamedExperiment {
                name: name.unwrap_or_default(),
                experiment,
            });
        }
        let region = self.several.rope.unwrap_or(PRACTICALLY_EQUIVALENT);
        let all = SideBySide::with_region(experiments, region);
        report::write_side_by_side(&all, folder, self.csv.texts()).map_err(
            |error| match error {
                error @ ReportError::NotOurs(_) => usage(error),
                other => other.into(),
            },
        )?;
        let told = || {
            let told = statements::several(&all);
            told.iter().map(|one| paragraph(&one.text, 0)).collect()
        };
        emit::result(self.several.json, || all.saved(), told)?;
        self.wrote(folder, common);
        Ok(())
    }

    fn wrote(&self, folder: &Path, common: &Common) {
        let page = folder.join("report.html");
        common.say(format!("wrote {}", whole(page.display())));
        if self.open {
            browser::open(&page, common);
        }
    }
}

/// The folder of an experiment.
fn home(experiment: &Path) -> PathBuf {
    if experiment.is_dir() {
        return experiment.to_owned();
    }
    let above = experiment.parent();
    let above = above.filter(|above| !above.as_os_str().is_empty());
    above.unwrap_or(Path::new(".")).to_owned()
}

/// What an experiment is called: as its folder, or as its mail in the working folder. A redacted
/// one names neither.
fn name(home: &Path, experiment: &Experiment) -> String {
    if experiment.data.redacted {
        return "experiment".to_owned();
    }
    let folder = home
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    folder.unwrap_or_else(|| experiment.name.clone())
}
