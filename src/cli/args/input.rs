//! Reading mail for every command that reads any: opens the source, tokenizes it with a progress
//! bar, says what could not be used, and gives back the corpus with its data card.

use super::training::Common;
use crate::base::mail::{Email, Label};
use crate::base::progress::Progress;
use crate::cli::output::progress::Bar;
use crate::cli::usage;
use crate::dataset::{Corpus, CorpusBuilder, CorpusOptions, TrainingMail};
use crate::input;
use crate::input::{BadRows, DETAILED, InputError, Labels, Source};
use crate::results::{Conflict, DataCard, Rejected, SourceLine};
use crate::tokenize::Recipe;
use clap::{Arg, Args, ValueEnum};
use std::path::{Path, PathBuf};

/// Where mail comes from and how it is read. A command that needs no labels says so by giving
/// `inputs` another help, see [`described`].
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
    /// Class of every message that has no label of its own
    #[arg(long, value_name = "ham|spam")]
    label: Option<ClassOption>,
    /// What to do with rows that cannot be used: skip all of them, or fail at the first [default:
    /// skip up to one in twenty]
    #[arg(long, value_name = "skip|fail")]
    bad_rows: Option<BadRowsOption>,
    /// Write the rows that cannot be used to a CSV file: file, line, reason, row
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    /// Show how the mail would be read and which rows cannot be used, then stop
    #[arg(long)]
    dry_run: bool,
}

/// The help of `inputs`: what mail is wanted, and in which formats it may be.
pub fn described(what: &str) -> String {
    format!(
        "{what}: {}, or - for standard input; several inputs are read as one",
        input::accepted()
    )
}

/// `inputs` of a command that has no mail of its own to fall back on.
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

/// What becomes of rows that cannot be used.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum BadRowsOption {
    /// Leave out any number of them
    Skip,
    /// End at the first
    Fail,
}

impl ReadOptions {
    /// As the library takes them.
    fn options(&self, labels: Labels, hash: bool) -> input::Options {
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

    /// Mail to be read so.
    pub fn of(&self, inputs: &[PathBuf]) -> InputOptions {
        InputOptions {
            inputs: inputs.to_owned(),
            read: self.clone(),
        }
    }
}

/// Batches of mail as they are read.
type Batches<'b> = &'b mut (dyn Iterator<Item = Result<Vec<Email>, InputError>> + Send);

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
        self.gather(Labels::BothClasses, hash, common, |batches| {
            TrainingMail::read(batches, recipe, keep)
        })
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
        self.gather(Labels::BothClasses, false, common, |batches| {
            TrainingMail::read_or_stream(batches, recipe, keep, seed)
        })
    }

    /// Reads mail to measure on or to look at: all of it, tokenized by `recipe`.
    pub fn read(
        &self,
        recipe: &Recipe,
        keep: CorpusOptions,
        labels: Labels,
        common: &Common,
    ) -> anyhow::Result<LabelledMail> {
        self.gather(labels, false, common, |batches| {
            TrainingMail::read(batches, recipe, keep)
        })
    }

    /// Reads mail into `builder`, beside what it holds, and says what could not be used.
    pub fn read_into(
        &self,
        builder: &mut CorpusBuilder,
        labels: Labels,
        common: &Common,
    ) -> anyhow::Result<()> {
        let mut source = self.open(labels, false)?;
        with_bar(&mut source, common, |batches| builder.read_all(batches))?;
        tell_rejected(&source, common);
        Ok(())
    }

    /// Reads all mail by `gather`.
    fn gather(
        &self,
        labels: Labels,
        hash: bool,
        common: &Common,
        gather: impl FnOnce(Batches<'_>) -> Result<TrainingMail, InputError>,
    ) -> anyhow::Result<LabelledMail> {
        let start = std::time::Instant::now();
        let mut source = self.open(labels, hash)?;
        tell_plan(&source, common);
        let mail = with_bar(&mut source, common, gather)?;
        let card = card(&source, &mail);
        tell(&source, common);
        tell_conflicts(&card, common);
        Ok(LabelledMail {
            mail,
            card,
            name: self.name(),
            seconds: start.elapsed().as_secs_f64(),
        })
    }

    /// Opens the inputs, or the mail that comes with the program if there are none.
    pub fn open(&self, labels: Labels, hash: bool) -> anyhow::Result<Source> {
        let options = self.read.options(labels, hash);
        let source = if self.inputs.is_empty() {
            input::builtin(&options)
        } else {
            input::open_all(&self.inputs, &options)
        };
        source.map_err(usage)
    }

    /// If nothing but the plan is wanted: tells it, reads everything, and says what became of it.
    pub fn dry_run(&self, labels: Labels, common: &Common) -> anyhow::Result<bool> {
        if self.read.dry_run {
            let mut source = self.open(labels, false)?;
            tell_plan(&source, common);
            source
                .try_for_each(|batch| batch.map(drop))
                .map_err(usage)?;
            tell(&source, common);
        }
        Ok(self.read.dry_run)
    }

    /// Other mail, read in the same way. Of its rows that cannot be used it is only said which they
    /// are: the file they are written to is that of the inputs.
    pub fn beside(&self, inputs: &[PathBuf]) -> InputOptions {
        let rejects = None;
        ReadOptions {
            rejects,
            ..self.read.clone()
        }
        .of(inputs)
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
        let name = path.file_name().map_or_else(
            || "mail".to_owned(),
            |name| name.to_string_lossy().into_owned(),
        );
        let name = input::without_packing(&name);
        let stem = Path::new(name)
            .file_stem()
            .map_or(name.into(), |stem| stem.to_string_lossy());
        if stem == "-" {
            "mail".to_owned()
        } else {
            stem.into_owned()
        }
    }
}

/// Reads a source by `read`, with a bar that tells how far it is.
fn with_bar<T>(
    source: &mut Source,
    common: &Common,
    read: impl FnOnce(Batches<'_>) -> Result<T, InputError>,
) -> anyhow::Result<T> {
    let bar = Bar::new(common);
    bar.begin("reading mail", source.size().unwrap_or(0));
    let read = read(&mut source.with_progress(|bytes| bar.advance(bytes)));
    bar.finish();
    read.map_err(usage)
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

/// Says on stderr what was taken for what.
fn tell_plan(source: &Source, common: &Common) {
    common.say(format!("{}:", source.name()));
    for line in source.plan() {
        common.say(format!("  {line}"));
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
