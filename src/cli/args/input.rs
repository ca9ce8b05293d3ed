//! Reading mail for every command that reads any: opens the source, tokenizes it with a progress
//! bar, says what could not be used, and gives back the corpus with its data card.

use crate::base::mail::Label;
use crate::cli::common::Common;
use crate::cli::output::progress::Bar;
use crate::cli::usage;
use crate::dataset::{CorpusBuilder, CorpusOptions};
use crate::input::{self, BadRows, Labels, Source};
use crate::lab::data::{Reading, read_into};
use crate::lab::spec::DataSpec;
use crate::tokenize::Recipe;
use clap::{Arg, Args, ValueEnum};
use std::path::PathBuf;

/// Where mail comes from and how it is read. A command that needs no labels gives `inputs` a
/// different help text, see [`described`].
#[derive(Args)]
pub struct InputOptions {
    #[arg(help = format!(
        "{} [default: the mail that comes with the program]",
        described("Labelled mail")
    ))]
    inputs: Vec<PathBuf>,
    #[command(flatten)]
    read: ReadOptions,
}

/// How mail is read.
#[derive(Args, Clone)]
#[command(next_help_heading = "Reading mail")]
pub struct ReadOptions {
    /// Name of the column that holds the label
    #[arg(long, value_name = "NAME")]
    label_column: Option<String>,
    /// Name of the column that holds the text
    #[arg(long, value_name = "NAME")]
    text_column: Option<String>,
    /// Value of the label column that means spam; every other value means ham
    #[arg(long, value_name = "VALUE")]
    spam_label: Option<String>,
    /// Class of every message without a label of its own
    #[arg(long, value_name = "ham|spam")]
    label: Option<ClassOption>,
    /// What to do with rows that cannot be used: skip all of them, or fail at the first one
    /// [default: skip up to one in twenty]
    #[arg(long, value_name = "skip|fail")]
    bad_rows: Option<BadRowsOption>,
    /// Write the rows that cannot be used to a CSV file: file, line, reason, row
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    /// Show how the mail would be read and which rows cannot be used, then stop
    #[arg(long)]
    dry_run: bool,
}

/// The help text of `inputs`: which mail the command reads, and the formats it accepts.
pub fn described(what: &str) -> String {
    described_apart(what, "several inputs are read as one")
}

/// The same of a command that does not read several inputs as one: what it makes of each.
pub fn described_apart(what: &str, of_each: &str) -> String {
    let accepted = input::accepted();
    format!("{what}: {accepted}, or - for standard input; {of_each}")
}

/// The argument `inputs` of a command that has no default input.
pub fn required(inputs: Arg, what: &str) -> Arg {
    inputs.required(true).help(described(what))
}

/// A class.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum ClassOption {
    /// Wanted mail
    Ham,
    /// Unwanted mail
    Spam,
}

impl From<ClassOption> for Label {
    fn from(class: ClassOption) -> Label {
        Label::from_is_spam(matches!(class, ClassOption::Spam))
    }
}

/// What to do with rows that cannot be used.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum BadRowsOption {
    /// Skip any number of rows
    Skip,
    /// Stop at the first one
    Fail,
}

impl From<BadRowsOption> for BadRows {
    fn from(option: BadRowsOption) -> BadRows {
        match option {
            BadRowsOption::Skip => BadRows::Skip,
            BadRowsOption::Fail => BadRows::Fail,
        }
    }
}

impl ReadOptions {
    /// Input options that read `inputs` in this way.
    pub fn of(&self, inputs: &[PathBuf]) -> InputOptions {
        InputOptions {
            inputs: inputs.to_owned(),
            read: self.clone(),
        }
    }
}

impl InputOptions {
    /// Overrides `data` with what the user gave.
    pub fn fill(&self, data: &mut DataSpec) {
        let read = &self.read;
        if !self.inputs.is_empty() {
            data.inputs.clone_from(&self.inputs);
        }
        let lay = |given: &Option<String>, over: &mut Option<String>| {
            if given.is_some() {
                over.clone_from(given);
            }
        };
        lay(&read.label_column, &mut data.label_column);
        lay(&read.text_column, &mut data.text_column);
        lay(&read.spam_label, &mut data.spam_label);
        data.label = read.label.map(Label::from).or(data.label);
        data.bad_rows = read.bad_rows.map_or(data.bad_rows, BadRows::from);
        data.rejects.clone_from(&read.rejects);
    }

    /// The mail as these options alone describe it.
    pub fn data(&self) -> DataSpec {
        let mut data = DataSpec::default();
        self.fill(&mut data);
        data
    }

    /// Adds the mail to `builder`, and reports what could not be used.
    pub fn read_into(
        &self,
        builder: &mut CorpusBuilder,
        labels: Labels,
        common: &Common,
    ) -> anyhow::Result<()> {
        read_into(builder, &self.data(), labels, &Bar::new(common)).map_err(usage)
    }

    /// Opens the inputs, or the mail that comes with the program if none were given.
    pub fn open(&self, labels: Labels) -> anyhow::Result<Source> {
        self.data().open(labels, false).map_err(usage)
    }

    /// On a dry run, shows the column plan, reads everything, and reports what could not be used.
    /// Returns whether this is a dry run.
    pub fn dry_run(&self, labels: Labels, common: &Common) -> anyhow::Result<bool> {
        self.dry_run_of(&self.data(), labels, common)
    }

    /// The same for mail that a specification describes further.
    pub fn dry_run_of(
        &self,
        data: &DataSpec,
        labels: Labels,
        common: &Common,
    ) -> anyhow::Result<bool> {
        if self.read.dry_run {
            let recipe = Recipe::default();
            let reading = Reading {
                labels,
                ..Reading::new(data, &recipe, CorpusOptions::default())
            };
            reading.dry_run(&Bar::new(common)).map_err(usage)?;
        }
        Ok(self.read.dry_run)
    }

    /// Input options that read other mail in the same way. Its rows that cannot be used are
    /// reported but not written to a file, because the file of rejects belongs to the inputs.
    pub fn beside(&self, inputs: &[PathBuf]) -> InputOptions {
        let rejects = None;
        ReadOptions {
            rejects,
            ..self.read.clone()
        }
        .of(inputs)
    }
}
