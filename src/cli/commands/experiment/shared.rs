//! What all experiments on labelled mail have in common on the command line: their options, and
//! that what they find is written to a folder and printed.

use crate::cli::args::input::InputOptions;
use crate::cli::args::output::CsvOptions;
use crate::cli::common::Common;
use crate::cli::output::emit;
use crate::cli::output::progress::Bar;
use crate::cli::output::targets;
use crate::cli::usage;
use crate::cli::wrap::{paragraph, whole};
use crate::input::Labels;
use crate::lab::ExperimentSpec;
use crate::lab::analyses::experiments::{Cells, Experiment};
use crate::report::statements::caveats;
use crate::report::{self, StandsAlone};
use crate::results::experiments::Caveats;
use clap::Args;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Options of every experiment.
#[derive(Args)]
pub struct Shared {
    #[command(flatten)]
    input: InputOptions,
    /// A smaller protocol: less than a minute on the mail that comes with the program
    #[arg(long, help_heading = "Protocol")]
    quick: bool,
    /// Take the specification from a TOML file: mail, models, their settings, tokens, and the
    /// parameters of the experiment below analyses and its name; options on the command line
    /// override it
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with = "quick",
        help_heading = "Protocol"
    )]
    config: Option<PathBuf>,
    /// Random seed [default: 1]
    #[arg(long, help_heading = "Protocol")]
    seed: Option<u64>,
    /// Folder to write the numbers, the tables and the charts to [default: reports/ and the name of
    /// the experiment]
    #[arg(short, long, value_name = "FOLDER", help_heading = "Output")]
    output: Option<PathBuf>,
    #[command(flatten)]
    csv: CsvOptions,
    /// Print JSON instead of tables
    #[arg(long, help_heading = "Output")]
    json: bool,
}

/// Models of an experiment that leaves the choice of them.
#[derive(Args)]
pub struct ModelOptions {
    /// Models, by name, separated by commas
    #[arg(
        long,
        value_name = "NAMES",
        value_delimiter = ',',
        help_heading = "Protocol"
    )]
    models: Vec<String>,
}

impl Shared {
    /// Resamples of the bootstrap: those of a file, or else as many as the protocol usually has,
    /// the smaller one first.
    pub fn resamples(&self, spec: &ExperimentSpec, [quick, usual]: [u32; 2]) -> u32 {
        match (&self.config, self.quick) {
            (Some(_), _) => spec.resamples,
            (None, true) => quick,
            (None, false) => usual,
        }
    }

    /// What is asked for: by the file, if one is given, and by the options.
    pub fn spec(&self, models: Option<&ModelOptions>) -> anyhow::Result<ExperimentSpec> {
        let defaults = ExperimentSpec {
            analyses: BTreeMap::new(),
            ..ExperimentSpec::default()
        };
        let mut spec = match &self.config {
            Some(path) => ExperimentSpec::read(path, &defaults).map_err(usage)?,
            None => defaults,
        };
        self.input.fill(&mut spec.data);
        if let Some(named) = models.filter(|named| !named.models.is_empty()) {
            spec.models.clone_from(&named.models);
        }
        spec.seed = self.seed.unwrap_or(spec.seed);
        Ok(spec)
    }

    /// The protocol that is asked for, before further options.
    pub fn protocol<E: Experiment>(&self, spec: &ExperimentSpec) -> anyhow::Result<E> {
        if self.quick {
            Ok(E::quick())
        } else {
            E::of_spec(spec).map_err(usage)
        }
    }

    /// Runs an experiment by these parameters on what `spec` asks for.
    pub fn run<E: Experiment<Found: StandsAlone>>(
        &self,
        common: &Common,
        asked: &E,
        spec: ExperimentSpec,
        as_text: fn(&E::Found) -> String,
    ) -> anyhow::Result<()> {
        let folder = || PathBuf::from("reports").join(E::NAME);
        let output = self.output.clone().unwrap_or_else(folder);
        targets::check(&spec.data, &[self.config.as_deref()], &[])?;
        report::check_alone::<E::Found>(&output).map_err(usage)?;
        if self
            .input
            .dry_run_of(&spec.data, Labels::BothClasses, common)?
        {
            return Ok(());
        }
        let spec = ExperimentSpec {
            analyses: [(E::NAME.to_owned(), json!(asked))].into(),
            ..spec
        };
        let (catalog, bar) = (crate::catalog(), Bar::new(common));
        let cells = Arc::new(Cells::in_folder(kept_in(&output)));
        let (shown, kept) = (kept_in(&output), cells.clone());
        common.say_at_interruption(move || how_to_go_on(&shown, &kept));
        let found = asked.answer(&spec, &catalog, &cells, &bar).map_err(usage)?;
        if cells.found() > 0 {
            let found = cells.found();
            common.say(format!("{found} parts were there from an interrupted run"));
        }
        report::write_alone(&found, E::QUESTION, &output, self.csv.texts())?;
        cells.remove();
        let as_text = || format!("{}{}", as_text(&found.found), as_caution(&found.caveats));
        emit::result(self.json, || json!(found), as_text)?;
        common.say(format!("wrote {}", whole(output.display())));
        Ok(())
    }
}

/// What misleads readers, a paragraph each.
fn as_caution(found: &Caveats) -> String {
    let told = caveats(found);
    let told = told.iter().map(|one| paragraph(one, 0));
    told.flat_map(|one| ["\n".to_owned(), one]).collect()
}

/// Where parts of an experiment are kept until it is whole: beside its folder.
fn kept_in(output: &Path) -> PathBuf {
    // However the folder is written: `out/`, or `.` for the one that the user is in.
    let whole = std::path::absolute(output).unwrap_or_else(|_| output.to_owned());
    let mut name = whole.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    whole.with_file_name(name)
}

fn how_to_go_on(folder: &Path, cells: &Cells) -> Option<String> {
    (cells.kept() > 0).then(|| {
        format!(
            "{} finished parts are kept in {}: the same command goes on from there",
            cells.kept(),
            whole(folder.display())
        )
    })
}
