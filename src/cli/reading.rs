//! Reading labelled mail for the commands that learn or measure: opens the source, tokenizes it with a progress bar, says
//! what could not be used, and gives back the corpus with its data card.

use super::options::Common;
use super::progress::Bar;
use super::usage;
use crate::dataset::{Corpus, CorpusBuilder, Keep};
use crate::input::{self, Source};
use crate::mail::Label;
use crate::progress::Progress;
use crate::results::{DataCard, Rejected};
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

/// Mail that was read, and what it is called.
pub struct Pile {
    /// The mail.
    pub corpus: Corpus,
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
        let (pile, source) = self.read_source(recipe, keep, hash, common)?;
        source.account().require_both_classes(source.name()).map_err(usage)?;
        Ok(pile)
    }

    /// Reads mail to measure on: all of it, tokenized by `recipe`.
    pub fn read(&self, recipe: &Recipe, keep: Keep, common: &Common) -> anyhow::Result<Pile> {
        self.read_source(recipe, keep, false, common).map(|(pile, _)| pile)
    }

    fn read_source(&self, recipe: &Recipe, keep: Keep, hash: bool, common: &Common) -> anyhow::Result<(Pile, Source)> {
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
        let mut builder = CorpusBuilder::new(recipe, keep);
        builder.read_all(&mut source, &mut |bytes| bar.advance(bytes)).map_err(usage)?;
        bar.finish();
        let corpus = builder.finish();
        let name = match &self.input {
            Some(path) => {
                path.file_stem().map_or_else(|| "mail".to_owned(), |stem| stem.to_string_lossy().into_owned())
            }
            None => "builtin".to_owned(),
        };
        let card = card(&source, &corpus);
        tell(&card, common);
        Ok((Pile { corpus, card, name, seconds: start.elapsed().as_secs_f64() }, source))
    }
}

fn card(source: &Source, corpus: &Corpus) -> DataCard {
    let account = source.account();
    let mut groups = rustc_hash::FxHashSet::default();
    let mut copies = 0;
    for row in 0..corpus.len() {
        copies += usize::from(!groups.insert(corpus.group(row)));
    }
    let rejected = |row: &input::Rejected| Rejected { line: row.line, reason: row.reason.name().to_owned() };
    DataCard {
        source: source.name().to_owned(),
        sha256: source.sha256().unwrap_or_default(),
        read: account.read() as usize,
        kept: Label::BOTH.map(|label| account.kept_of(label) as usize),
        rejected: account.details().iter().map(rejected).collect(),
        rejected_by_reason: account.by_reason().map(|(reason, rows)| (reason.to_owned(), rows as usize)).collect(),
        copies,
        tokens: corpus.lexicon().len(),
        bytes: corpus.bytes(),
    }
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
}
