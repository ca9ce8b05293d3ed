//! The column plan: which column of a table holds the label, the text and the other fields. Columns
//! are found by name, ignoring case, byte-order mark, `_`, `-` and spaces. If no name is known, the
//! content decides: the column with the longest mean text is the text, and a column of at most
//! three short known values is the label. The user can name the columns instead. A column that
//! gives the label away or means nothing (an index, a date, a file name, a number) is never text.

use crate::base::mail::Label;
use crate::input::account::Reason;
use crate::input::error::{ColumnRole, InputError};
use crate::input::labels;
use crate::input::options::{Labels, Options};
use std::collections::BTreeSet;
use std::fmt;

/// Names of columns that hold the label, best first.
const LABELS: [&str; 17] = [
    "label",
    "class",
    "category",
    "spam",
    "isspam",
    "type",
    "target",
    "labels",
    "classlabel",
    "spamorham",
    "spam/ham",
    "emailtype",
    "texttype",
    "tag",
    "v1",
    "labelnum",
    "labeltext",
];
/// Names of columns that hold whole messages, headers included.
const MESSAGES: [&str; 4] = ["raw", "rawmessage", "rawemail", "rfc822"];
/// Names of columns that hold the text, best first.
const TEXTS: [&str; 19] = [
    "text",
    "body",
    "message",
    "content",
    "emailtext",
    "messagetext",
    "messagebody",
    "emailbody",
    "emailcontent",
    "textcombined",
    "email",
    "mail",
    "sms",
    "smstext",
    "v2",
    "textbody",
    "messages",
    "comment",
    "data",
];
const SUBJECTS: [&str; 4] = ["subject", "emailsubject", "mailsubject", "subjectline"];
const SENDERS: [&str; 6] = [
    "from",
    "sender",
    "fromaddress",
    "mailfrom",
    "emailfrom",
    "author",
];
const IDS: [&str; 8] = [
    "id",
    "messageid",
    "mailid",
    "emailid",
    "filename",
    "file",
    "commentid",
    "emailno.",
];
/// Name of the column that says what kind of ham or spam a message is.
const KIND: &str = "kind";
/// Names of columns that are never text: they say nothing, or give the label away.
const NEVER_TEXT: [&str; 16] = [
    "",
    "index",
    "date",
    "time",
    "timestamp",
    "receiver",
    "to",
    "recipient",
    "urls",
    "url",
    "length",
    "folder",
    "path",
    KIND,
    "unnamed:0",
    "split",
];
/// Mean length in bytes that a column needs to be taken for text by its content.
const SHORTEST_TEXT: f64 = 12.0;
/// Number of numeric columns that makes a table without text a table of counts.
const COUNTS: usize = 8;

/// The role of each column. Columns are numbered from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnPlan {
    /// Names of all columns as in the header, or `column 1` and so on if there is no header.
    pub names: Vec<String>,
    /// The label. None only if labels are ignored or one label was given for the whole input.
    pub label: Option<usize>,
    /// A second label column, against which the label is checked.
    pub second_label: Option<usize>,
    /// What labels are read for.
    pub labels: Labels,
    /// The text, or the whole message.
    pub text: usize,
    /// Whether the text continues in all columns after it, which are unnamed and come from unquoted
    /// commas.
    pub text_goes_on: bool,
    /// Whether the text column holds whole messages, headers included.
    pub whole_messages: bool,
    /// The subject, which is put before the text.
    pub subject: Option<usize>,
    /// The sender.
    pub from: Option<usize>,
    /// The identifier. Without one, the number of the row is used.
    pub id: Option<usize>,
    /// The kind of ham or spam, from a column `kind`; only reports use it.
    pub kind: Option<usize>,
    /// The label that the user said means spam; every other label then means ham.
    pub spam_label: Option<String>,
    /// Whether the labels are the numbers 0 and 1.
    pub numeric: bool,
}

/// Counts the roles, label and text, that the names in a first record fill: 0, 1 or 2.
pub(crate) fn knows_names(record: &[Vec<u8>]) -> u8 {
    let names: Vec<String> = record.iter().map(|name| simplify(&tidy(name))).collect();
    let among = |known: &[&str]| names.iter().any(|name| known.contains(&name.as_str()));
    u8::from(among(&LABELS)) + u8::from(among(&MESSAGES) || among(&TEXTS) || among(&SUBJECTS))
}

/// What the first rows tell about a column.
struct ColumnSample {
    mean_length: f64,
    /// Rows that are not empty.
    filled: usize,
    /// Distinct values in lower case, at most four.
    values: BTreeSet<String>,
    /// Share of the filled rows that are known labels.
    labelled: f64,
    /// Share of the filled rows that are numbers.
    numbers: f64,
}

impl ColumnSample {
    fn of(rows: &[Vec<Vec<u8>>], column: usize) -> ColumnSample {
        let fields = rows.iter().filter_map(|row| row.get(column));
        let texts = fields.map(|field| String::from_utf8_lossy(field).trim().to_owned());
        let filled: Vec<String> = texts.filter(|text| !text.is_empty()).collect();
        let share = |holds: &dyn Fn(&String) -> bool| {
            filled.iter().filter(|text| holds(text)).count() as f64 / filled.len().max(1) as f64
        };
        let mut values = BTreeSet::new();
        for text in &filled {
            if values.len() < 4 {
                values.insert(text.to_lowercase().chars().take(40).collect());
            }
        }
        ColumnSample {
            mean_length: filled.iter().map(String::len).sum::<usize>() as f64
                / filled.len().max(1) as f64,
            filled: filled.len(),
            values,
            labelled: share(&|text| labels::of_value(text).is_some()),
            numbers: share(&|text| text.replace(',', ".").parse::<f64>().is_ok()),
        }
    }

    fn is_label(&self) -> bool {
        self.filled > 0 && self.labelled > 0.5 && self.values.len() <= 3
    }
}

impl ColumnPlan {
    /// Finds the columns of `file` by its `header`, if it has one, and its first `rows`.
    pub(crate) fn find(
        file: &str,
        header: Option<&[Vec<u8>]>,
        rows: &[Vec<Vec<u8>>],
        options: &Options,
    ) -> Result<ColumnPlan, InputError> {
        let width = header.map_or_else(|| rows.first().map_or(0, Vec::len), <[_]>::len);
        let named = |column: usize| {
            header.map_or_else(
                || format!("column {}", column + 1),
                |names| tidy(&names[column]),
            )
        };
        let names: Vec<String> = (0..width).map(named).collect();
        Finder {
            file,
            plain: names.iter().map(|name| simplify(name)).collect(),
            contents: (0..width)
                .map(|column| ColumnSample::of(rows, column))
                .collect(),
            has_header: header.is_some(),
            names,
            options,
        }
        .plan()
    }

    /// The class that a label means; None for an empty one.
    pub(crate) fn label_of(&self, value: &str) -> Result<Option<Label>, Reason> {
        let value = value.trim();
        let label = match &self.spam_label {
            Some(spam) if !value.is_empty() => {
                Some(Label::from_is_spam(value.eq_ignore_ascii_case(spam.trim())))
            }
            _ => labels::of_value(value),
        };
        match label {
            None if value.is_empty() || self.labels == Labels::Ignored => Ok(None),
            None => Err(Reason::UnknownLabel(value.chars().take(40).collect())),
            known => Ok(known),
        }
    }
}

struct Finder<'f> {
    file: &'f str,
    names: Vec<String>,
    plain: Vec<String>,
    contents: Vec<ColumnSample>,
    has_header: bool,
    options: &'f Options,
}

impl Finder<'_> {
    fn plan(self) -> Result<ColumnPlan, InputError> {
        let (label, text) = self.label_and_text()?;
        if let Some(label) = label {
            self.check_values(label)?;
        }
        let whole_messages = MESSAGES.contains(&self.plain[text].as_str());
        let other = |wanted: &[&str]| {
            self.column(wanted)
                .filter(|&at| Some(at) != label && at != text)
        };
        let field = |wanted: &[&str]| if whole_messages { None } else { other(wanted) };
        let unnamed_after = self.plain[text + 1..].iter().all(String::is_empty);
        Ok(ColumnPlan {
            second_label: label.and_then(|label| self.second_label(label)),
            text_goes_on: self.has_header && unnamed_after && !whole_messages,
            numeric: label.is_some_and(|label| labels_only_numbers(&self.contents[label])),
            whole_messages,
            subject: field(&SUBJECTS),
            from: field(&SENDERS),
            id: other(&IDS),
            kind: other(&[KIND]),
            labels: self.options.labels,
            spam_label: self.options.spam_label.clone(),
            names: self.names,
            label,
            text,
        })
    }

    /// Whether the table must say itself what its rows are.
    fn needs_label(&self) -> bool {
        self.options.labels.are_needed() && self.options.label.is_none()
    }

    /// The columns of the label, if there is one, and of the text: those asked for, else those
    /// found.
    fn label_and_text(&self) -> Result<(Option<usize>, usize), InputError> {
        let label = match self.asked(self.options.label_column.as_ref(), ColumnRole::Label)? {
            None if self.options.label.is_some() => None,
            None => self.label(),
            asked => asked,
        };
        let text = match self.asked(self.options.text_column.as_ref(), ColumnRole::Text)? {
            None => self.text(label),
            asked => asked,
        };
        let (file, found) = (self.file.to_owned(), list(&self.names));
        match (label, text) {
            (Some(label), Some(text)) if label == text => {
                Err(InputError::NoTextColumn { file, found })
            }
            (label, Some(text)) if label.is_some() || !self.needs_label() => Ok((label, text)),
            (_, None) if self.numbers() >= COUNTS => Err(InputError::Counts {
                file,
                columns: self.numbers(),
            }),
            (None, Some(_)) => Err(InputError::NoLabelColumn { file, found }),
            (Some(_), _) => Err(InputError::NoTextColumn { file, found }),
            (None, None) => Err(InputError::NoHeader { file, found }),
        }
    }

    /// Fails by a label column of which no value is a known label.
    fn check_values(&self, label: usize) -> Result<(), InputError> {
        let content = &self.contents[label];
        let known = content.filled == 0 || content.labelled > 0.0;
        if known || !self.needs_label() || self.options.spam_label.is_some() {
            return Ok(());
        }
        let values = content.values.iter().map(|value| format!("`{value}`"));
        Err(InputError::UnknownLabels {
            file: self.file.to_owned(),
            column: self.names[label].clone(),
            values: values.collect::<Vec<_>>().join(", "),
        })
    }

    fn column(&self, wanted: &[&str]) -> Option<usize> {
        wanted
            .iter()
            .find_map(|name| self.plain.iter().position(|found| found == name))
    }

    fn asked(&self, name: Option<&String>, role: ColumnRole) -> Result<Option<usize>, InputError> {
        let Some(name) = name else { return Ok(None) };
        let exact = self.names.iter().position(|found| found == name);
        let at = exact.or_else(|| self.plain.iter().position(|found| *found == simplify(name)));
        let (file, found) = (self.file.to_owned(), list(&self.names));
        at.map(Some).ok_or_else(|| InputError::NoSuchColumn {
            file,
            name: name.clone(),
            role,
            found,
        })
    }

    /// The label column: a known name with known values first, then known values alone, then a
    /// known name alone.
    fn label(&self) -> Option<usize> {
        let named = |known: bool| {
            let fits = |&at: &usize| !known || self.contents[at].is_label();
            LABELS.iter().find_map(|name| {
                self.plain
                    .iter()
                    .position(|found| found == name)
                    .filter(fits)
            })
        };
        let by_content = || {
            let fits = |&at: &usize| {
                self.contents[at].is_label() && !self.never_text(at) || self.is_last_label(at)
            };
            (0..self.names.len())
                .filter(fits)
                .min_by_key(|&at| labels_only_numbers(&self.contents[at]))
        };
        named(true).or_else(by_content).or_else(|| named(false))
    }

    /// Whether a column holds nothing but labels though its name is unknown, such as `Prediction`.
    fn is_last_label(&self, at: usize) -> bool {
        self.contents[at].is_label()
            && self.contents[at].labelled > 0.99
            && !NEVER_TEXT.contains(&self.plain[at].as_str())
    }

    fn text(&self, label: Option<usize>) -> Option<usize> {
        let free = |at: &usize| Some(*at) != label;
        let named = |wanted: &[&str]| {
            let places = wanted
                .iter()
                .filter_map(|name| self.plain.iter().position(|found| found == name));
            // A column of numbers is not text, even if it is called `text`: it counts that word.
            let is_text =
                |at: &usize| self.contents[*at].filled == 0 || self.contents[*at].numbers < 0.9;
            places.filter(free).find(is_text)
        };
        let by_content = || {
            let fits = |&at: &usize| {
                let content = &self.contents[at];
                !self.never_text(at)
                    && content.mean_length >= self.shortest()
                    && content.numbers < 0.5
            };
            let longest = |&a: &usize, &b: &usize| {
                self.contents[a]
                    .mean_length
                    .total_cmp(&self.contents[b].mean_length)
            };
            (0..self.names.len())
                .filter(free)
                .filter(fits)
                .max_by(longest)
        };
        named(&MESSAGES)
            .or_else(|| named(&TEXTS))
            .or_else(by_content)
            .or_else(|| named(&SUBJECTS))
    }

    /// The shortest mean length of a text column. Without a header there is only the content to go
    /// by, and short messages count too.
    fn shortest(&self) -> f64 {
        if self.has_header { SHORTEST_TEXT } else { 2.0 }
    }

    fn never_text(&self, at: usize) -> bool {
        let name = self.plain[at].as_str();
        NEVER_TEXT.contains(&name)
            || SENDERS.contains(&name)
            || IDS.contains(&name)
            || LABELS.contains(&name)
    }

    /// Another column of labels whose name says that it holds labels.
    fn second_label(&self, label: usize) -> Option<usize> {
        let speaks =
            |name: &str| LABELS.contains(&name) || name.contains("label") || name.contains("spam");
        (0..self.names.len()).find(|&at| {
            at != label
                && speaks(&self.plain[at])
                && self.contents[at].is_label()
                && self.contents[at].filled > 0
        })
    }

    fn numbers(&self) -> usize {
        self.contents
            .iter()
            .filter(|content| content.filled > 0 && content.numbers > 0.9)
            .count()
    }
}

fn labels_only_numbers(content: &ColumnSample) -> bool {
    content.values.iter().all(|value| labels::is_numeric(value))
}

impl fmt::Display for ColumnPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |at: usize| &self.names[at];
        let kind = if self.whole_messages {
            "whole messages"
        } else {
            "text"
        };
        write!(f, "{kind} from `{}`", name(self.text))?;
        if self.text_goes_on && self.text + 1 < self.names.len() {
            write!(f, " and the unnamed columns after it")?;
        }
        let fields = [
            ("label", self.label),
            ("subject", self.subject),
            ("sender", self.from),
            ("id", self.id),
            ("slices of the report", self.kind),
        ];
        for (field, column) in fields {
            if let Some(at) = column {
                write!(f, ", {field} from `{}`", name(at))?;
            }
        }
        if let Some(at) = self.second_label {
            write!(f, ", checked against `{}`", name(at))?;
        }
        match &self.spam_label {
            Some(spam) => write!(f, "; `{spam}` means spam, all else ham"),
            None if self.numeric && self.label.is_some() => write!(f, "; 1 means spam, 0 ham"),
            None => Ok(()),
        }
    }
}

/// A column name as shown to the user: without byte-order mark and surrounding spaces.
fn tidy(name: &[u8]) -> String {
    let name = String::from_utf8_lossy(name);
    name.trim_start_matches('\u{feff}').trim().to_owned()
}

/// A column name in the form in which names are compared.
fn simplify(name: &str) -> String {
    let kept = name
        .chars()
        .filter(|c| !matches!(c, '_' | '-' | ' ' | '\u{feff}' | '"'));
    kept.flat_map(char::to_lowercase).collect()
}

/// The first few names, quoted, for an error message.
fn list(names: &[String]) -> String {
    const SHOWN: usize = 8;
    let shown: Vec<String> = names
        .iter()
        .take(SHOWN)
        .map(|name| format!("`{}`", short(name)))
        .collect();
    let more = if names.len() > SHOWN { ", …" } else { "" };
    format!("{}{more}", shown.join(", "))
}

fn short(name: &str) -> String {
    name.chars().take(40).collect()
}
