//! Reading labelled mail for the commands that learn or measure: opens the source, tokenizes it with a progress bar, says
//! what could not be used, and gives back the corpus with its data card.

use super::options::Common;
use super::progress::Bar;
use super::usage;
use crate::dataset::{Corpus, Gathered, Keep};
use crate::input::{self, DETAILED, InputError, Source};
use crate::mail::Label;
use crate::progress::Progress;
use crate::results::{Conflict, DataCard, Rejected};
use crate::tokenize::Recipe;
use clap::Args;
use std::path::PathBuf;

/// Where labelled mail comes from.
#[derive(Args)]
pub struct InputOptions {
    /// Labelled mail as CSV [default: the mail that comes with the program]
    input: Option<PathBuf>,
    /// The column that holds the label
    #[arg(long, value_name = "NAME")]
    label_column: Option<String>,
    /// The column that holds the text
    #[arg(long, value_name = "NAME")]
    text_column: Option<String>,
    /// The value of the label column that means spam; every other value means ham
    #[arg(long, value_name = "VALUE")]
    spam_label: Option<String>,
}

/// Is told how many more bytes were read.
type OnBatch<'b> = &'b mut dyn FnMut(u64);
/// Reads the mail of a source.
type Gather<'g> = &'g dyn Fn(&mut Source, OnBatch<'_>) -> Result<Gathered, InputError>;

/// Mail that was read, and what it is called.
pub struct Pile {
    /// The mail.
    pub mail: Gathered,
    /// What was read and what was not.
    pub card: DataCard,
    /// The input's stem: the name of a report.
    pub name: String,
    /// Seconds it took.
    pub seconds: f64,
}

impl InputOptions {
    /// Reads mail to learn from: all of it, tokenized by `recipe`. One class alone is refused. `hash` asks for the SHA-256
    /// of the input, which costs some time.
    pub fn read_both_classes(&self, recipe: &Recipe, keep: Keep, hash: bool, common: &Common) -> anyhow::Result<Pile> {
        let hold = |source: &mut Source, on_batch: OnBatch<'_>| Gathered::hold(source, recipe, keep, on_batch);
        let (pile, source) = self.read_source(hash, &hold, common)?;
        source.account().require_both_classes(source.name()).map_err(usage)?;
        Ok(pile)
    }

    /// The same for models to which counts suffice: what is too large to hold is counted as it passes by.
    pub fn read_or_count(&self, recipe: &Recipe, keep: Keep, seed: u64, common: &Common) -> anyhow::Result<Pile> {
        let count =
            |source: &mut Source, on_batch: OnBatch<'_>| Gathered::hold_or_count(source, recipe, keep, seed, on_batch);
        let (pile, source) = self.read_source(false, &count, common)?;
        source.account().require_both_classes(source.name()).map_err(usage)?;
        Ok(pile)
    }

    /// Reads mail to measure on: all of it, tokenized by `recipe`.
    pub fn read(&self, recipe: &Recipe, keep: Keep, common: &Common) -> anyhow::Result<Pile> {
        let hold = |source: &mut Source, on_batch: OnBatch<'_>| Gathered::hold(source, recipe, keep, on_batch);
        self.read_source(false, &hold, common).map(|(pile, _)| pile)
    }

    fn read_source(&self, hash: bool, gather: Gather<'_>, common: &Common) -> anyhow::Result<(Pile, Source)> {
        let start = std::time::Instant::now();
        let options = input::Options {
            label_column: self.label_column.clone(),
            text_column: self.text_column.clone(),
            spam_label: self.spam_label.clone(),
            hash,
            ..input::Options::default()
        };
        let mut source = match &self.input {
            Some(path) => input::open(path, &options).map_err(usage)?,
            None => input::builtin(&options).map_err(usage)?,
        };
        let bar = Bar::new(common);
        bar.begin("reading mail", source.size().unwrap_or(0));
        let mail = gather(&mut source, &mut |bytes| bar.advance(bytes)).map_err(usage)?;
        bar.finish();
        let name = match &self.input {
            Some(path) => {
                path.file_stem().map_or_else(|| "mail".to_owned(), |stem| stem.to_string_lossy().into_owned())
            }
            None => "builtin".to_owned(),
        };
        let card = card(&source, &mail);
        tell(&card, common);
        Ok((Pile { mail, card, name, seconds: start.elapsed().as_secs_f64() }, source))
    }
}

fn card(source: &Source, mail: &Gathered) -> DataCard {
    let account = source.account();
    let mails = mail.mails();
    let conflicts = mails.conflicts();
    let rejected = |row: &input::Rejected| Rejected { line: row.line, reason: row.reason.name().to_owned() };
    DataCard {
        source: source.name().to_owned(),
        sha256: source.sha256().unwrap_or_default(),
        read: account.read() as usize,
        kept: Label::BOTH.map(|label| account.kept_of(label) as usize),
        rejected: account.details().iter().map(rejected).collect(),
        rejected_by_reason: account.by_reason().map(|(reason, rows)| (reason.to_owned(), rows as usize)).collect(),
        copies: mails.copies(),
        conflicting: conflicts.len(),
        conflicts: conflicts.iter().take(DETAILED).map(|rows| conflict(mails, rows)).collect(),
        tokens: mail.lexicon().len(),
        bytes: mail.bytes(),
    }
}

/// Where the copies of one mail stand, by what they are called.
fn conflict(corpus: &Corpus, rows: &[usize]) -> Conflict {
    let lines = |label: Label| {
        let called = rows.iter().filter(|&&row| corpus.label(row) == Some(label));
        called.map(|&row| corpus.line(row)).take(10).collect()
    };
    Conflict { ham: lines(Label::Ham), spam: lines(Label::Spam) }
}

/// Says on stderr what was kept and names what was not.
fn tell(card: &DataCard, common: &Common) {
    let [ham, spam] = card.kept;
    common.say(format!("{}: {} rows, {ham} {}, {spam} {}", card.source, card.read, Label::Ham, Label::Spam));
    for (reason, count) in &card.rejected_by_reason {
        let of_reason = card.rejected.iter().filter(|row| row.reason.starts_with(reason.as_str()));
        let lines: Vec<String> = of_reason.take(10).map(|row| row.line.to_string()).collect();
        let more = if *count > lines.len() { ", …" } else { "" };
        common.say(format!("  left out {count}: {reason} (line {}{more})", lines.join(", ")));
    }
    if let Some(first) = card.conflicts.first() {
        let (ham, spam) = (first.ham.first().copied().unwrap_or(0), first.spam.first().copied().unwrap_or(0));
        common.say(format!(
            "  {} groups of copies hold both ham and spam, for instance line {ham} (ham) and line {spam} (spam)",
            card.conflicting
        ));
    }
}
