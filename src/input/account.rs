//! The account of every row read: it was kept, or rejected with its line and a reason. The numbers
//! of rows kept and rejected always add up to the number read. Files of a folder that are not mail
//! are not rows: they are counted beside them.

use super::error::InputError;
use crate::base::mail::Label;
use crate::base::numbers::count;
use std::fmt::{self, Write};

/// Largest number of rejected rows that are kept in detail. All are counted.
pub const DETAILED: usize = 100;

/// Number of files left out that are named in a phrase.
const NAMED: usize = 5;

/// Why a row cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// Its label means neither spam nor ham. Holds the label, shortened.
    UnknownLabel(String),
    /// Its text is empty.
    EmptyText,
    /// It is larger than [`LARGEST_MESSAGE`](super::options::LARGEST_MESSAGE).
    TooLarge,
    /// It has more or fewer fields than the header.
    FieldCount {
        /// Number of fields in the header.
        expected: usize,
        /// Number of fields in the row.
        found: usize,
    },
    /// Its two label columns contradict each other.
    LabelsDisagree,
    /// A quoted field in it is never closed.
    OpenQuote,
    /// It is not a JSON object.
    NotJson,
    /// It is JSON of more values than a message needs, each of which takes memory.
    TooManyValues,
    /// It is a file that cannot be read as mail. Holds the reason.
    Unreadable(String),
    /// It is the header once more, as where tables were put one after the other.
    HeaderAgain,
}

impl Reason {
    /// The reason in general, without the details of one row.
    pub const fn name(&self) -> &'static str {
        NAMES[self.index()]
    }

    const fn index(&self) -> usize {
        match self {
            Reason::UnknownLabel(_) => 0,
            Reason::EmptyText => 1,
            Reason::TooLarge => 2,
            Reason::FieldCount { .. } => 3,
            Reason::LabelsDisagree => 4,
            Reason::OpenQuote => 5,
            Reason::NotJson => 6,
            Reason::TooManyValues => 7,
            Reason::Unreadable(_) => 8,
            Reason::HeaderAgain => 9,
        }
    }
}

const NAMES: [&str; 10] = [
    "unknown label",
    "no text",
    "message above 32 MiB",
    "wrong number of fields",
    "the two label columns disagree",
    "a quote is never closed",
    "no JSON object",
    "too many JSON values",
    "not readable as mail",
    "the header again",
];

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::UnknownLabel(label) => write!(f, "unknown label `{label}`"),
            Reason::FieldCount { expected, found } => {
                write!(f, "{found} fields where the header has {expected}")
            }
            Reason::Unreadable(why) => f.write_str(why),
            other => f.write_str(other.name()),
        }
    }
}

/// A row that was not used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectedRow {
    /// The input that holds it, as the user named it.
    pub file: String,
    /// Line on which it begins, from 1.
    pub line: u64,
    /// Why it was rejected.
    pub reason: Reason,
}

/// Numbers of rows read so far, kept and rejected.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IngestReport {
    kept: [u64; 2],
    unlabelled: u64,
    rejected: [u64; NAMES.len()],
    details: Vec<RejectedRow>,
    left_out: u64,
    left_out_names: Vec<String>,
}

impl IngestReport {
    /// Number of rows read, without the header.
    pub fn read(&self) -> u64 {
        self.kept() + self.rejected()
    }

    /// Number of rows kept.
    pub fn kept(&self) -> u64 {
        self.kept.iter().sum::<u64>() + self.unlabelled
    }

    /// Number of rows kept that have no label. They are counted separately, for models that can
    /// learn from them.
    pub fn unlabelled(&self) -> u64 {
        self.unlabelled
    }

    /// Number of rows kept of one class.
    pub fn kept_of(&self, label: Label) -> u64 {
        self.kept[label.index()]
    }

    /// Number of rows rejected.
    pub fn rejected(&self) -> u64 {
        self.rejected.iter().sum()
    }

    /// The reasons that occurred, each with the number of rows rejected for it.
    pub fn by_reason(&self) -> impl Iterator<Item = (&'static str, u64)> {
        NAMES
            .into_iter()
            .zip(self.rejected)
            .filter(|&(_, count)| count > 0)
    }

    /// Number of files that were left out since they are not mail.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    /// The first files left out, at most [`DETAILED`].
    pub fn left_out_names(&self) -> &[String] {
        &self.left_out_names
    }

    /// The first rejected rows, at most [`DETAILED`].
    pub fn details(&self) -> &[RejectedRow] {
        &self.details
    }

    /// Fails if the rows kept have only one class or no labels at all, since no model can be
    /// trained on them. `file` is what the user called the source.
    pub(super) fn require_both_classes(&self, file: &str) -> Result<(), InputError> {
        let file = file.to_owned();
        match Label::BOTH
            .into_iter()
            .find(|&label| self.kept_of(label) == 0)
        {
            None => Ok(()),
            Some(_) if self.kept() == self.unlabelled => Err(InputError::NoLabels {
                file,
                emails: self.kept(),
            }),
            Some(missing) => {
                let label = Label::from_is_spam(!missing.is_spam());
                Err(InputError::OneClass {
                    file,
                    rows: self.kept_of(label),
                    label,
                })
            }
        }
    }

    /// A phrase that lists the reasons, each with its number of rows and its first line.
    pub(super) fn reasons(&self) -> String {
        let mut phrase = String::new();
        for (name, rows) in self.by_reason() {
            let separator = if phrase.is_empty() { "" } else { ", " };
            let _ = write!(phrase, "{separator}{name}: {}", count(rows));
            if let Some(first) = self
                .details
                .iter()
                .find(|rejected| rejected.reason.name() == name)
            {
                let _ = write!(phrase, ", first on line {}", first.line);
            }
        }
        if phrase.is_empty() {
            "there is only a header".to_owned()
        } else {
            phrase
        }
    }

    pub(super) fn keep(&mut self, label: Option<Label>) {
        match label {
            Some(label) => self.kept[label.index()] += 1,
            None => self.unlabelled += 1,
        }
    }

    pub(super) fn leave_out(&mut self, name: String) {
        self.left_out += 1;
        if self.left_out_names.len() < DETAILED {
            self.left_out_names.push(name);
        }
    }

    /// A phrase that tells how many files were left out, with the first names, if there are any.
    pub(super) fn left_out_in_words(&self) -> Option<String> {
        let names = &self.left_out_names[..self.left_out_names.len().min(NAMED)];
        let more = match self.left_out - names.len() as u64 {
            0 => String::new(),
            more => format!(" and {} more", count(more)),
        };
        let names = names.join(", ");
        match self.left_out {
            0 => None,
            1 => Some(format!("1 file left out, which is not mail: {names}")),
            files => Some(format!(
                "{} files left out, which are not mail: {names}{more}",
                count(files)
            )),
        }
    }

    pub(super) fn reject(&mut self, file: &str, line: u64, reason: Reason) {
        self.rejected[reason.index()] += 1;
        if self.details.len() < DETAILED {
            self.details.push(RejectedRow {
                file: file.to_owned(),
                line,
                reason,
            });
        }
    }
}

impl fmt::Display for IngestReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [ham, spam] = self.kept.map(count);
        write!(
            f,
            "{} rows read, {} kept ({spam} spam, {ham} ham",
            count(self.read()),
            count(self.kept())
        )?;
        if self.unlabelled > 0 {
            write!(f, ", {} without a label", count(self.unlabelled))?;
        }
        write!(f, ")")?;
        if self.rejected() > 0 {
            write!(
                f,
                ", {} rejected ({})",
                count(self.rejected()),
                self.reasons()
            )?;
        }
        Ok(())
    }
}
