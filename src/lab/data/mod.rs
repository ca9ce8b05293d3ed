//! Reading the labelled mail of an experiment: from its data specification to a corpus with its
//! data card. What the user should know meanwhile is told as notes.

pub(super) mod facts;
pub(super) mod key;
pub(super) mod resemblance;

use super::error::LabError;
use super::spec::DataSpec;
use crate::base::mail::Label;
use crate::base::numbers::count;
use crate::base::progress::Progress;
use crate::dataset::{Corpus, CorpusBuilder, CorpusOptions, Streaming, TrainingMail};
use crate::input::{DETAILED, Labels, RejectedRow, Source};
use crate::predict::{ScoredBatch, Scorer};
use crate::results::{Conflict, DataCard, Rejected, SourceLine, conflicting_groups};
use crate::tokenize::Recipe;
use std::time::Instant;

/// Mail that was read.
pub struct LabelledMail {
    /// The mail.
    pub mail: TrainingMail,
    /// What was read and what was not.
    pub card: DataCard,
    /// Seconds it took.
    pub seconds: f64,
}

impl LabelledMail {
    /// Refuses mail that is not the same as `first`, which was read before it.
    pub fn require_same_mail(&self, first: &LabelledMail) -> Result<(), LabError> {
        if self.mail.emails().len() == first.mail.emails().len() {
            Ok(())
        } else {
            Err(LabError::Changed(first.card.source.clone()))
        }
    }
}

/// How mail is to be read.
pub struct Reading<'a> {
    /// Where it comes from.
    pub data: &'a DataSpec,
    /// How it is turned into tokens.
    pub recipe: &'a Recipe,
    /// What the corpus keeps.
    pub keep: CorpusOptions,
    /// Whether to compute the SHA-256 of what is read, which costs some time.
    pub hash: bool,
    /// What labels are read for.
    pub labels: Labels,
    /// Whether the user is told what was read as what.
    pub quiet: bool,
    /// How what is too large to hold is learned from, where it may be.
    pub stream: Option<Streaming>,
}

impl<'a> Reading<'a> {
    /// Mail of both classes, to learn from.
    pub fn new(data: &'a DataSpec, recipe: &'a Recipe, keep: CorpusOptions) -> Reading<'a> {
        Reading {
            data,
            recipe,
            keep,
            hash: false,
            labels: Labels::BothClasses,
            quiet: false,
            stream: None,
        }
    }

    /// The same mail once more, by another recipe: nothing new is told of it.
    pub fn again(data: &'a DataSpec, recipe: &'a Recipe, keep: CorpusOptions) -> Reading<'a> {
        Reading {
            quiet: true,
            ..Reading::new(data, recipe, keep)
        }
    }

    /// Opens the inputs, and tells what was taken for what.
    fn open(&self, progress: &dyn Progress) -> Result<Source, LabError> {
        let source = self.data.open(self.labels, self.hash)?;
        if !self.quiet {
            progress.note(&format!("{}:", source.name()));
            for line in source.plan() {
                progress.note(&format!("  {line}"));
            }
        }
        Ok(source)
    }

    /// Reads all of it, tokenized.
    pub fn read(&self, progress: &dyn Progress) -> Result<LabelledMail, LabError> {
        let start = Instant::now();
        let mut source = self.open(progress)?;
        progress.begin("reading mail", source.size().unwrap_or(0));
        let batches = source.with_progress(|bytes| progress.advance(bytes));
        let mail = match self.stream {
            Some(how) => TrainingMail::read_or_stream(batches, self.recipe, self.keep, how),
            None => TrainingMail::read(batches, self.recipe, self.keep),
        }?;
        progress.end();
        let card = card(&source, &mail);
        if !self.quiet {
            tell(&source, progress);
            tell_empty(&card, progress);
            tell_conflicts(&card, progress);
        }
        source.require_classes()?;
        Ok(LabelledMail {
            mail,
            card,
            seconds: start.elapsed().as_secs_f64(),
        })
    }

    /// Reads everything and keeps nothing: tells what is taken for what and what cannot be used.
    pub fn dry_run(&self, progress: &dyn Progress) -> Result<(), LabError> {
        let mut source = self.open(progress)?;
        source.try_for_each(|batch| batch.map(drop))?;
        tell(&source, progress);
        Ok(source.require_classes()?)
    }
}

/// What labelled mail is evaluated for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// For metrics with their intervals, and what flatters them.
    Metrics,
    /// For a report, which also quotes messages and tokens and says what exactly was read.
    Report,
}

/// New mail, scored, and what was read of it.
pub struct NewMail {
    /// The messages with the verdicts of every model.
    pub scored: ScoredBatch,
    /// What was read and what was not.
    pub card: DataCard,
    /// What it was read for.
    pub purpose: Purpose,
}

/// Reads labelled mail and scores it. Its corpus knows all tokens of the models, whether a message
/// holds them or not.
pub fn read_new(
    scorer: &Scorer,
    data: &DataSpec,
    purpose: Purpose,
    progress: &dyn Progress,
) -> Result<NewMail, LabError> {
    let for_report = purpose == Purpose::Report;
    // Intervals draw near-duplicates together, and the training mail is known by them.
    let mut keep = scorer.keep().and(CorpusOptions::NEAR_DUPLICATES);
    if for_report {
        keep = keep.and(CorpusOptions::TEXT);
    }
    let reading = Reading {
        hash: for_report,
        labels: Labels::Needed,
        ..Reading::new(data, scorer.recipe(), keep)
    };
    let mail = reading.read(progress)?;
    let mut corpus = mail.mail.into_corpus();
    corpus.know(scorer.vocabulary().lexicon());
    Ok(NewMail {
        scored: scorer.score_corpus(corpus),
        card: mail.card,
        purpose,
    })
}

/// Reads mail into `builder`, beside what it holds, and tells what could not be used.
pub fn read_into(
    builder: &mut CorpusBuilder,
    data: &DataSpec,
    labels: Labels,
    progress: &dyn Progress,
) -> Result<(), LabError> {
    let mut source = data.open(labels, false)?;
    progress.begin("reading mail", source.size().unwrap_or(0));
    builder.read_all(source.with_progress(|bytes| progress.advance(bytes)))?;
    progress.end();
    tell_rejected(&source, progress);
    Ok(source.require_classes()?)
}

fn card(source: &Source, mail: &TrainingMail) -> DataCard {
    let account = source.account();
    let emails = mail.emails();
    let conflicts = emails.conflicts();
    let rejected = |row: &RejectedRow| Rejected {
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
        without_tokens: (0..emails.len())
            .filter(|&row| emails.bag(row).is_empty())
            .count(),
        near_duplicates: emails.near_duplicates(),
        conflicting: conflicts.len(),
        conflicts: conflicts
            .iter()
            .take(DETAILED)
            .map(|rows| conflict(emails, rows))
            .collect(),
        leaky_tokens: Vec::new(),
        dates: facts::dates(emails, &emails.labelled_rows()),
        redacted: false,
        tokens: mail.lexicon().len(),
        bytes: mail.bytes(),
    }
}

/// Where near-duplicates of one message stand, by their label.
fn conflict(corpus: &Corpus, rows: &[usize]) -> Conflict {
    let lines = |label: Label| {
        rows.iter()
            .filter(|&&row| corpus.label(row) == Some(label))
            .map(|&row| SourceLine {
                id: corpus.id(row).to_owned(),
                line: corpus.line(row),
            })
            .take(10)
            .collect()
    };
    Conflict {
        ham: lines(Label::Ham),
        spam: lines(Label::Spam),
    }
}

/// Tells what became of the rows, and names those that could not be used.
fn tell(source: &Source, progress: &dyn Progress) {
    let account = source.account();
    let [ham, spam] = Label::BOTH.map(|label| count(account.kept_of(label)));
    let unlabelled = match account.unlabelled() {
        0 => String::new(),
        emails => format!(", {} without a label, which are set apart", count(emails)),
    };
    progress.note(&format!(
        "  {} rows: {ham} ham, {spam} spam{unlabelled}",
        count(account.read())
    ));
    tell_rejected(source, progress);
}

/// Tells which rows could not be used, and how the others had to be read.
pub fn tell_rejected(source: &Source, progress: &dyn Progress) {
    let account = source.account();
    for (reason, emails) in account.by_reason() {
        let rows = account
            .details()
            .iter()
            .filter(|row| row.reason.name() == reason);
        let lines: Vec<String> = rows.take(10).map(|row| row.line.to_string()).collect();
        let more = if emails > lines.len() as u64 {
            ", …"
        } else {
            ""
        };
        progress.note(&format!(
            "  left out {}: {reason} (line {}{more})",
            count(emails),
            lines.join(", ")
        ));
    }
    for note in source.notes() {
        progress.note(&format!("  {note}"));
    }
}

fn tell_empty(card: &DataCard, progress: &dyn Progress) {
    if card.without_tokens > 0 {
        progress.note(&format!(
            "  {} messages without a token, on which models can only guess",
            count(card.without_tokens)
        ));
    }
}

fn tell_conflicts(card: &DataCard, progress: &dyn Progress) {
    let first = card
        .conflicts
        .first()
        .and_then(|first| Some((first.ham.first()?, first.spam.first()?)));
    if let Some((ham, spam)) = first {
        progress.note(&format!(
            "  {}, for instance line {} (ham, {}) and line {} (spam, {})",
            conflicting_groups(card.conflicting),
            ham.line,
            ham.id,
            spam.line,
            spam.id
        ));
    }
}
