//! Reading labelled mail for the commands that learn or measure: opens the source, tokenizes it
//! with a progress bar, says what could not be used, and gives back the corpus with its data card.

use super::training::Common;
use crate::base::mail::Label;
use crate::base::progress::Progress;
use crate::cli::output::progress::Bar;
use crate::cli::usage;
use crate::dataset::{CorpusBuilder, CorpusOptions};
use crate::input::{self, BadRows, Labels, Source};
use crate::lab::data::{self, LabelledMail, Reading};
use crate::lab::spec::DataSpec;
use crate::tokenize::Recipe;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Where labelled mail comes from.
#[derive(Args)]
pub struct InputOptions {
    /// Labelled mail: tables (CSV, TSV, JSON lines), messages, mailboxes (mbox), Maildir, folders
    /// named ham and spam, packed by gzip, xz or zip or not, or - for standard input; several are
    /// one pile [default: the mail that comes with the program]
    inputs: Vec<PathBuf>,
    #[command(flatten)]
    about: AboutInput,
    /// Say what would be read as what, and what could not be used, and do nothing else
    #[arg(long)]
    dry_run: bool,
}

/// What the user may say about an input.
#[derive(Args)]
pub struct AboutInput {
    /// The column that holds the label
    #[arg(long, value_name = "NAME")]
    label_column: Option<String>,
    /// The column that holds the text
    #[arg(long, value_name = "NAME")]
    text_column: Option<String>,
    /// The value of the label column that means spam; every other value means ham
    #[arg(long, value_name = "VALUE")]
    spam_label: Option<String>,
    /// The class of all mail that does not say itself what it is
    #[arg(long, value_name = "ham|spam")]
    label: Option<ClassOption>,
    /// Rows that cannot be used: skip leaves out any number of them, fail ends at the first
    /// [default: leave out up to one in twenty]
    #[arg(long, value_name = "skip|fail")]
    bad_rows: Option<BadRowsOption>,
    /// Write rows that cannot be used as CSV: file, line, reason, row
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
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

/// What becomes of rows that cannot be used.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum BadRowsOption {
    /// Leave out any number of them
    Skip,
    /// End at the first
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

impl AboutInput {
    /// As the reader takes it.
    pub fn options(&self, labels: Labels, hash: bool) -> input::Options {
        input::Options {
            label_column: self.label_column.clone(),
            text_column: self.text_column.clone(),
            spam_label: self.spam_label.clone(),
            label: self.label.map(Label::from),
            bad_rows: self.bad_rows.map_or(BadRows::Few, BadRows::from),
            rejects: self.rejects.clone(),
            hash,
            labels,
        }
    }
}

impl InputOptions {
    /// Lays what is said of the mail over what `data` says.
    pub fn fill(&self, data: &mut DataSpec) {
        let about = &self.about;
        if !self.inputs.is_empty() {
            data.inputs.clone_from(&self.inputs);
        }
        let lay = |given: &Option<String>, over: &mut Option<String>| {
            if given.is_some() {
                over.clone_from(given);
            }
        };
        lay(&about.label_column, &mut data.label_column);
        lay(&about.text_column, &mut data.text_column);
        lay(&about.spam_label, &mut data.spam_label);
        data.label = about.label.map(Label::from).or(data.label);
        data.bad_rows = about.bad_rows.map_or(data.bad_rows, BadRows::from);
        data.rejects.clone_from(&about.rejects);
    }

    /// The mail as these options alone describe it.
    pub fn data(&self) -> DataSpec {
        let mut data = DataSpec::default();
        self.fill(&mut data);
        data
    }

    /// Reads mail to measure on.
    pub fn read(
        &self,
        recipe: &Recipe,
        keep: CorpusOptions,
        common: &Common,
    ) -> anyhow::Result<LabelledMail> {
        let data = self.data();
        let reading = Reading {
            both_classes: false,
            ..Reading::new(&data, recipe, keep)
        };
        reading.read(&Bar::new(common)).map_err(usage)
    }

    /// Reads mail of which it does not matter whether anybody told its class.
    pub fn read_any(
        &self,
        recipe: &Recipe,
        keep: CorpusOptions,
        common: &Common,
    ) -> anyhow::Result<LabelledMail> {
        let data = self.data();
        let reading = Reading {
            labels: Labels::Optional,
            both_classes: false,
            ..Reading::new(&data, recipe, keep)
        };
        reading.read(&Bar::new(common)).map_err(usage)
    }

    /// If nothing but the plan is wanted: tells it, reads everything, and says what became of it.
    pub fn dry_run(&self, data: &DataSpec, common: &Common) -> anyhow::Result<bool> {
        if self.dry_run {
            let recipe = Recipe::default();
            Reading::new(data, &recipe, CorpusOptions::default())
                .dry_run(&Bar::new(common))
                .map_err(usage)?;
        }
        Ok(self.dry_run)
    }
}

/// Reads mail beside that of a model file into `builder`, and says what could not be used.
pub fn read_into(
    builder: &mut CorpusBuilder,
    inputs: &[PathBuf],
    labels: Labels,
    common: &Common,
) -> anyhow::Result<Source> {
    let options = input::Options {
        labels,
        ..input::Options::default()
    };
    let mut source = input::open_all(inputs, &options).map_err(usage)?;
    let bar = Bar::new(common);
    bar.begin("reading mail", source.size().unwrap_or(0));
    builder
        .read_all(&mut source, &mut |bytes| bar.advance(bytes))
        .map_err(usage)?;
    bar.finish();
    tell_rejected(&source, common);
    Ok(source)
}

/// Says on stderr which rows could not be used, and how the others had to be read.
pub fn tell_rejected(source: &Source, common: &Common) {
    data::tell_rejected(source, &Bar::new(common));
}
