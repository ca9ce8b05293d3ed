//! What all experiments on labelled mail have in common on the command line: their options, and
//! that what they find is written to a folder and printed.

use crate::base::progress::Progress;
use crate::cli::args::input::InputOptions;
use crate::cli::args::output::CsvOptions;
use crate::cli::common::Common;
use crate::cli::output::emit;
use crate::cli::output::progress::Bar;
use crate::cli::output::targets;
use crate::cli::usage;
use crate::cli::wrap::whole;
use crate::input::Labels;
use crate::lab::analyses::experiments::Cells;
use crate::lab::{ExperimentSpec, LabError};
use crate::model::Catalog;
use crate::report::{self, StandsAlone};
use clap::Args;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Options of every experiment.
#[derive(Args)]
pub struct Shared {
    #[command(flatten)]
    input: InputOptions,
    /// Random seed
    #[arg(long, default_value_t = 1, help_heading = "Protocol")]
    seed: u64,
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

/// An experiment: a specification in, what was found out.
type Run<'a, T> =
    &'a dyn Fn(&ExperimentSpec, &Catalog, (&Cells, &dyn Progress)) -> Result<T, LabError>;

impl Shared {
    /// Runs an experiment by this name and with these parameters, on what `spec` asks for beyond
    /// these options.
    pub fn run<T: StandsAlone>(
        &self,
        common: &Common,
        (name, parameters): (&str, Value),
        spec: ExperimentSpec,
        run: Run<'_, T>,
        as_text: fn(&T) -> String,
    ) -> anyhow::Result<()> {
        let folder = || PathBuf::from("reports").join(name);
        let output = self.output.clone().unwrap_or_else(folder);
        targets::check(&self.input.data(), &[], &[])?;
        report::check_alone::<T>(&output).map_err(usage)?;
        if self.input.dry_run(Labels::BothClasses, common)? {
            return Ok(());
        }
        let spec = ExperimentSpec {
            data: self.input.data(),
            seed: self.seed,
            analyses: [(name.to_owned(), parameters)].into(),
            ..spec
        };
        let (catalog, bar) = (crate::catalog(), Bar::new(common));
        let cells = Arc::new(Cells::in_folder(kept_in(&output)));
        let (shown, kept) = (kept_in(&output), cells.clone());
        common.say_at_interruption(move || how_to_go_on(&shown, &kept));
        let found = run(&spec, &catalog, (&cells, &bar)).map_err(usage)?;
        if cells.found() > 0 {
            let found = cells.found();
            common.say(format!("{found} parts were there from an interrupted run"));
        }
        report::write_alone(&found, &output, self.csv.texts())?;
        cells.remove();
        emit::result(self.json, || json!(found), || as_text(&found))?;
        common.say(format!("wrote {}", whole(output.display())));
        Ok(())
    }
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
