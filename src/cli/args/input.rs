//! Reading labelled mail for the commands that learn or measure: opens the source, tokenizes it
//! with a progress bar, says what could not be used, and gives back the corpus with its data card.

use super::training::Common;
use crate::base::mail::Label;
use crate::base::progress::Progress;
use crate::cli::output::progress::Bar;
use crate::cli::usage;
use crate::dataset::{Corpus, CorpusBuilder, CorpusOptions, TrainingMail};
use crate::input;
use crate::input::{BadRows, DETAILED, InputError, Labels, Source};
use crate::results::{Conflict, DataCard, Rejected, SourceLine};
use crate::tokenize::Recipe;
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};

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

impl AboutInput {
    /// As the reader takes it.
    pub fn options(&self, labels: Labels, hash: bool) -> input::Options {
        input::Options {
            label_column: self.label_column.clone(),
            text_column: self.text_column.clone(),
            spam_label: self.spam_label.clone(),
            label: self.label.map(Label::from),
            bad_rows: match self.bad_rows {
                None => BadRows::Few,
                Some(BadRowsOption::Skip) => BadRows::Skip,
                Some(BadRowsOption::Fail) => BadRows::Fail,
            },
            rejects: self.rejects.clone(),
            hash,
            labels,
        }
    }
}

/// Is told how many more bytes were read.
type OnBatch<'b> = &'b mut dyn FnMut(u64);
/// Reads the mail of a source.
type Gather<'g> = &'g dyn Fn(&mut Source, OnBatch<'_>) -> Result<TrainingMail, InputError>;

/// Mail that was read, and what it is called.
pub struct LabelledMail {
    /// The mail.
    pub mail: TrainingMail,
    /// What was read and what was not.
    pub card: DataCard,
    /// The first input's stem: the name of a report.
    pub name: String,
    /// Seconds it took.
    pub seconds: f64,
}

impl InputOptions {
    /// Reads mail to learn from: all of it, tokenized by `recipe`. One class alone is refused.
    /// `hash` asks for the SHA-256 of the input, which costs some time.
    pub fn read_both_classes(
        &self,
        recipe: &Recipe,
        keep: CorpusOptions,
        hash: bool,
        common: &Common,
    ) -> anyhow::Result<LabelledMail> {
        let hold = |source: &mut Source, on_batch: OnBatch<'_>| {
            TrainingMail::hold(source, recipe, keep, on_batch)
        };
        let (pile, source) = self.read_source(hash, Labels::Needed, &hold, common)?;
        source
            .account()
            .require_both_classes(source.name())
            .map_err(usage)?;
        Ok(pile)
    }

    /// The same for models to which counts suffice: what is too large to hold is counted as it
    /// passes by.
    pub fn read_or_count(
        &self,
        recipe: &Recipe,
        keep: CorpusOptions,
        seed: u64,
        common: &Common,
    ) -> anyhow::Result<LabelledMail> {
        let count = |source: &mut Source, on_batch: OnBatch<'_>| {
            TrainingMail::read_or_stream(source, recipe, keep, seed, on_batch)
        };
        let (pile, source) = self.read_source(false, Labels::Needed, &count, common)?;
        source
            .account()
            .require_both_classes(source.name())
            .map_err(usage)?;
        Ok(pile)
    }

    /// Reads mail of which it does not matter whether anybody told its class.
    pub fn read_any(
        &self,
        recipe: &Recipe,
        keep: CorpusOptions,
        common: &Common,
    ) -> anyhow::Result<LabelledMail> {
        let hold = |source: &mut Source, on_batch: OnBatch<'_>| {
            TrainingMail::hold(source, recipe, keep, on_batch)
        };
        self.read_source(false, Labels::Optional, &hold, common)
            .map(|(pile, _)| pile)
    }

    /// Reads mail to measure on: all of it, tokenized by `recipe`.
    pub fn read(
        &self,
        recipe: &Recipe,
        keep: CorpusOptions,
        common: &Common,
    ) -> anyhow::Result<LabelledMail> {
        let hold = |source: &mut Source, on_batch: OnBatch<'_>| {
            TrainingMail::hold(source, recipe, keep, on_batch)
        };
        self.read_source(false, Labels::Needed, &hold, common)
            .map(|(pile, _)| pile)
    }

    fn read_source(
        &self,
        hash: bool,
        labels: Labels,
        gather: Gather<'_>,
        common: &Common,
    ) -> anyhow::Result<(LabelledMail, Source)> {
        let start = std::time::Instant::now();
        let mut source = self.open(hash, labels, common)?;
        let bar = Bar::new(common);
        bar.begin("reading mail", source.size().unwrap_or(0));
        let mail = gather(&mut source, &mut |bytes| bar.advance(bytes)).map_err(usage)?;
        bar.finish();
        let card = card(&source, &mail);
        tell(&source, common);
        tell_conflicts(&card, common);
        Ok((
            LabelledMail {
                mail,
                card,
                name: self.name(),
                seconds: start.elapsed().as_secs_f64(),
            },
            source,
        ))
    }

    /// Opens the inputs and says what was taken for what.
    fn open(&self, hash: bool, labels: Labels, common: &Common) -> anyhow::Result<Source> {
        let options = self.about.options(labels, hash);
        let source = if self.inputs.is_empty() {
            input::builtin(&options)
        } else {
            input::open_all(&self.inputs, &options)
        };
        let source = source.map_err(usage)?;
        common.say(format!("{}:", source.name()));
        source
            .plan()
            .iter()
            .for_each(|line| common.say(format!("  {line}")));
        Ok(source)
    }

    /// If nothing but the plan is wanted: tells it, reads everything, and says what became of it.
    pub fn dry_run(&self, common: &Common) -> anyhow::Result<bool> {
        if self.dry_run {
            let mut source = self.open(false, Labels::Needed, common)?;
            while source.next_batch().map_err(usage)?.is_some() {}
            tell(&source, common);
            source
                .account()
                .require_both_classes(source.name())
                .map_err(usage)?;
        }
        Ok(self.dry_run)
    }

    /// Whether the inputs can be read a second time.
    pub fn is_repeatable(&self) -> bool {
        self.inputs.iter().all(|path| path != Path::new("-"))
    }

    /// The stem of the first input, without the endings of packing.
    fn name(&self) -> String {
        let Some(path) = self.inputs.first() else {
            return "builtin".to_owned();
        };
        let mut name = path.file_name().map_or_else(
            || "mail".to_owned(),
            |name| name.to_string_lossy().into_owned(),
        );
        for packed in [".gz", ".xz", ".zip"] {
            name = name.strip_suffix(packed).unwrap_or(&name).to_owned();
        }
        let stem = Path::new(&name)
            .file_stem()
            .map_or_else(|| name.clone(), |stem| stem.to_string_lossy().into_owned());
        if stem == "-" { "mail".to_owned() } else { stem }
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

fn card(source: &Source, mail: &TrainingMail) -> DataCard {
    let account = source.account();
    let emails = mail.emails();
    let conflicts = emails.conflicts();
    let rejected = |row: &input::RejectedRow| Rejected {
        file: row.file.clone(),
        line: row.line,
        reason: row.reason.name().to_owned(),
    };
    DataCard {
        source: source.name().to_owned(),
        plan: source
            .plan()
            .iter()
            .chain(source.notes())
            .cloned()
            .collect(),
        sha256: source.sha256().unwrap_or_default(),
        read: account.read() as usize,
        kept: Label::BOTH.map(|label| account.kept_of(label) as usize),
        unlabelled: account.unlabelled() as usize,
        rejected: account.details().iter().map(rejected).collect(),
        rejected_by_reason: account
            .by_reason()
            .map(|(reason, rows)| (reason.to_owned(), rows as usize))
            .collect(),
        near_duplicates: emails.near_duplicates(),
        conflicting: conflicts.len(),
        conflicts: conflicts
            .iter()
            .take(DETAILED)
            .map(|rows| conflict(emails, rows))
            .collect(),
        leaky_tokens: Vec::new(),
        redacted: false,
        tokens: mail.lexicon().len(),
        bytes: mail.bytes(),
    }
}

/// Where the copies of one message stand, by what they are called.
fn conflict(corpus: &Corpus, rows: &[usize]) -> Conflict {
    let places = |label: Label| {
        let called = rows.iter().filter(|&&row| corpus.label(row) == Some(label));
        called
            .map(|&row| SourceLine {
                id: corpus.id(row).to_owned(),
                line: corpus.line(row),
            })
            .take(10)
            .collect()
    };
    Conflict {
        ham: places(Label::Ham),
        spam: places(Label::Spam),
    }
}

/// Says on stderr what became of the rows, and names those that could not be used.
fn tell(source: &Source, common: &Common) {
    let account = source.account();
    let [ham, spam] = Label::BOTH.map(|label| account.kept_of(label));
    let unlabelled = match account.unlabelled() {
        0 => String::new(),
        emails => format!(", {emails} without a label, which are set apart"),
    };
    common.say(format!(
        "  {} rows: {ham} ham, {spam} spam{unlabelled}",
        account.read()
    ));
    tell_rejected(source, common);
}

/// Says on stderr which rows could not be used, and how the others had to be read.
pub fn tell_rejected(source: &Source, common: &Common) {
    let account = source.account();
    for (reason, count) in account.by_reason() {
        let rows = account
            .details()
            .iter()
            .filter(|row| row.reason.name() == reason);
        let places: Vec<String> = rows.take(10).map(|row| row.line.to_string()).collect();
        let more = if count > places.len() as u64 {
            ", …"
        } else {
            ""
        };
        common.say(format!(
            "  left out {count}: {reason} (line {}{more})",
            places.join(", ")
        ));
    }
    source
        .notes()
        .iter()
        .for_each(|note| common.say(format!("  {note}")));
}

fn tell_conflicts(card: &DataCard, common: &Common) {
    let first = card
        .conflicts
        .first()
        .and_then(|first| Some((first.ham.first()?, first.spam.first()?)));
    if let Some((ham, spam)) = first {
        common.say(format!(
            "  {} groups of near-duplicates hold both ham and spam, for instance line {} (ham, {}) and line {} (spam, {})",
            card.conflicting, ham.line, ham.id, spam.line, spam.id
        ));
    }
}
