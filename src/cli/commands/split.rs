//! `spamlab split`: mail divided into parts, each a CSV file, for instance one to train on and one
//! to test on.

use crate::base::mail::{Email, Label};
use crate::cli::args::input::InputOptions;
use crate::cli::args::number::within;
use crate::cli::common::Common;
use crate::cli::output::progress::Bar;
use crate::cli::output::targets;
use crate::cli::usage;
use crate::dataset::{CorpusBuilder, CorpusOptions, parts};
use crate::input::{ExportError, InputError, Labels, export_emails};
use crate::lab::data::tell_rejected;
use crate::lab::limits;
use crate::tokenize::Recipe;
use clap::Args;
use std::path::PathBuf;

/// Splits mail.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    input: InputOptions,
    /// Split into two halves, NAME-a.csv and NAME-b.csv; this is the default
    #[arg(long, conflicts_with = "parts", help_heading = "Split")]
    half: bool,
    /// Number of parts of the same size, NAME-a.csv, NAME-b.csv, and so on
    #[arg(
        long,
        value_name = "N",
        default_value_t = 2,
        value_parser = within::<usize>(limits::PARTS),
        help_heading = "Split"
    )]
    parts: usize,
    /// Seed that decides which message goes to which part
    #[arg(long, default_value_t = 1, help_heading = "Split")]
    seed: u64,
    /// What the names of the files begin with [default: the name of the input]
    #[arg(short, long, value_name = "NAME", help_heading = "Output")]
    output: Option<PathBuf>,
}

impl Arguments {
    pub fn run(&self, common: &Common) -> anyhow::Result<()> {
        let data = self.input.data();
        let name = self.output.clone().unwrap_or_else(|| data.name().into());
        let file = |letter: u8| PathBuf::from(format!("{}-{}.csv", name.display(), letter as char));
        let files: Vec<PathBuf> = (b'a'..).take(self.parts).map(file).collect();
        let targets: Vec<_> = files.iter().map(|file| Some(file.as_path())).collect();
        targets::check(&data, &[], &targets)?;
        if self.input.dry_run(Labels::Optional, common)? {
            return Ok(());
        }
        let emails = self.read(common)?;
        let part_of = self.dealt(&emails)?;
        let mut dealt: Vec<Vec<Email>> = vec![Vec::new(); self.parts];
        for (email, part) in emails.into_iter().zip(part_of) {
            dealt[part].push(email);
        }
        for (file, emails) in files.iter().zip(dealt) {
            let of = |label| emails.iter().filter(|email| email.label == label).count();
            let [ham, spam] = Label::BOTH.map(|label| of(Some(label)));
            let unlabelled = match of(None) {
                0 => String::new(),
                count => format!(", {count} without a label"),
            };
            let told = format!(
                "{}: {} messages, {spam} spam, {ham} ham{unlabelled}",
                file.display(),
                emails.len()
            );
            export_emails(&data.name(), emails, file).map_err(|error| match error {
                ExportError::Mixed(_) => usage(error),
                other => other.into(),
            })?;
            common.say(told);
        }
        Ok(())
    }

    /// All mail, as it came in.
    fn read(&self, common: &Common) -> anyhow::Result<Vec<Email>> {
        let mut source = self.input.open(Labels::Optional)?;
        let batches: Result<Vec<Vec<Email>>, InputError> = source.by_ref().collect();
        let emails = batches.map_err(usage)?.concat();
        tell_rejected(&source, &Bar::new(common));
        Ok(emails)
    }

    /// The part of each message.
    fn dealt(&self, emails: &[Email]) -> anyhow::Result<Vec<usize>> {
        let keep = CorpusOptions {
            near_duplicates: true,
            ..CorpusOptions::default()
        };
        let mut builder = CorpusBuilder::new(&Recipe::default(), keep);
        builder
            .read_all([Ok::<_, InputError>(emails.to_vec())])
            .map_err(usage)?;
        Ok(parts(&builder.finish(), self.parts, self.seed))
    }
}
