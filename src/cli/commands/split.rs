//! `spamlab split`: mail divided into parts, each a CSV file, for instance one to train on and one
//! to test on; or one CSV file with the folds of a comparison.

use crate::base::mail::{Email, Label};
use crate::base::numbers::count;
use crate::cli::args::input::InputOptions;
use crate::cli::args::number::within;
use crate::cli::common::Common;
use crate::cli::output::progress::Bar;
use crate::cli::output::targets;
use crate::cli::usage;
use crate::cli::wrap::whole;
use crate::dataset::{Corpus, CorpusBuilder, CorpusOptions, parts};
use crate::input::{ExportError, InputError, Labels, export_emails, export_folds};
use crate::lab::data::tell_rejected;
use crate::lab::{Split, limits};
use crate::tokenize::Recipe;
use clap::Args;
use std::path::{Path, PathBuf};

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
    /// Write one file instead, NAME-folds.csv: all mail with the fold in which a comparison with as
    /// many folds and the same seed tests each message, in a column `split`
    #[arg(
        long,
        value_name = "N",
        value_parser = within::<u16>(limits::FOLDS),
        conflicts_with_all = ["parts", "half"],
        help_heading = "Split"
    )]
    folds: Option<u16>,
    /// Seed that decides which message goes to which part or fold
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
        let file = |part: &str| PathBuf::from(format!("{}-{part}.csv", name.display()));
        let letters = (b'a'..).map(|letter| (letter as char).to_string());
        let files: Vec<PathBuf> = match self.folds {
            Some(_) => vec![file("folds")],
            None => letters.take(self.parts).map(|part| file(&part)).collect(),
        };
        let targets: Vec<_> = files.iter().map(|file| Some(file.as_path())).collect();
        targets::check(&data, &[], &targets)?;
        if self.input.dry_run(Labels::Optional, common)? {
            return Ok(());
        }
        let emails = self.read(common)?;
        let corpus = tokenized(&emails)?;
        if let (Some(folds), [file]) = (self.folds, &files[..]) {
            return self.write_folds(folds.into(), emails, &corpus, file, common);
        }
        let part_of = parts(&corpus, self.parts, self.seed);
        let mut dealt: Vec<Vec<Email>> = vec![Vec::new(); self.parts];
        for (email, part) in emails.into_iter().zip(part_of) {
            dealt[part].push(email);
        }
        for (file, emails) in files.iter().zip(dealt) {
            let of = |label| emails.iter().filter(|email| email.label == label).count();
            let [ham, spam] = Label::BOTH.map(|label| count(of(Some(label))));
            let unlabelled = match of(None) {
                0 => String::new(),
                emails => format!(", {} without a label", count(emails)),
            };
            let told = format!(
                "{}: {} messages, {spam} spam, {ham} ham{unlabelled}",
                whole(file.display()),
                count(emails.len())
            );
            export_emails(&data.name(), emails, file).map_err(refused)?;
            common.say(told);
        }
        Ok(())
    }

    /// Writes all mail with the fold of each message.
    fn write_folds(
        &self,
        folds: usize,
        emails: Vec<Email>,
        corpus: &Corpus,
        file: &Path,
        common: &Common,
    ) -> anyhow::Result<()> {
        let name = self.input.data().name();
        let split = Split::stratified(corpus, folds, self.seed).map_err(usage)?;
        let mut fold_of = vec![None; corpus.len()];
        for (number, fold) in split.folds.iter().enumerate() {
            for &row in &fold.test {
                fold_of[row] = Some(number);
            }
        }
        let told = format!(
            "{}: {} messages, {}",
            whole(file.display()),
            count(emails.len()),
            split.description
        );
        export_folds(&name, emails, &fold_of, file).map_err(refused)?;
        common.say(told);
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
}

/// The mail as a comparison reads it, with its near-duplicates.
fn tokenized(emails: &[Email]) -> anyhow::Result<Corpus> {
    let keep = CorpusOptions::NEAR_DUPLICATES;
    let mut builder = CorpusBuilder::new(&Recipe::default(), keep);
    builder
        .read_all([Ok::<_, InputError>(emails.to_vec())])
        .map_err(usage)?;
    Ok(builder.finish())
}

fn refused(error: ExportError) -> anyhow::Error {
    match error {
        ExportError::Mixed(_) => usage(error),
        other => other.into(),
    }
}
