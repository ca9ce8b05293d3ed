//! Finds the columns of a table. Names decide first. If no name is known, the content decides: the
//! column with the longest mean text is the text, and a column of at most three short known values
//! is the label. The user can name the columns instead. A column that gives the label away or means
//! nothing (an index, a date, a file name, a number) is never text.

use super::header_block::begins_with_header_block;
use super::names::{
    IDS, KIND, LABELS, MESSAGES, NEVER_TEXT, SENDERS, SUBJECTS, TEXTS, is_numbered, is_unnamed,
    simplify, tidy,
};
use super::plan::{ColumnPlan, LabelColumn, OWN_FIELDS, Whole};
use super::polarity;
use crate::input::error::{ColumnRole, InputError};
use crate::input::labels;
use crate::input::options::Options;
use std::collections::BTreeSet;

/// Mean length in bytes that a column needs to be taken for text by its content.
const SHORTEST_TEXT: f64 = 12.0;
/// Number of numeric columns that makes a table without text a table of counts.
const COUNTS: usize = 8;

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
    /// Share of the filled rows that begin as whole messages do.
    messages: f64,
}

impl ColumnSample {
    fn of(rows: &[Vec<Vec<u8>>], column: usize) -> ColumnSample {
        let fields = rows.iter().filter_map(|row| row.get(column));
        let texts = fields.map(|field| String::from_utf8_lossy(field).trim().to_owned());
        let filled: Vec<String> = texts.filter(|text| !text.is_empty()).collect();
        let is_message = |text: &String| begins_with_header_block(text.as_bytes());
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
            messages: share(&is_message),
        }
    }

    fn is_label(&self) -> bool {
        self.filled > 0 && self.labelled > 0.5 && self.values.len() <= 3
    }
}

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
        let whole = self.whole(text);
        let other = |wanted: &[&str]| {
            self.column(wanted)
                .filter(|&at| Some(at) != label && at != text)
        };
        let field = |wanted: &[&str]| match whole {
            Whole::No => other(wanted),
            _ => None,
        };
        let second = label.and_then(|label| self.second_label(label));
        Ok(ColumnPlan {
            second_label: second.map(|at| self.label_column(at)),
            text_end: match whole {
                Whole::No => self.text_end(text, label),
                _ => text + 1,
            },
            whole,
            subject: field(&SUBJECTS),
            from: field(&SENDERS),
            id: other(&IDS),
            kind: other(&[KIND]),
            labels: self.options.labels,
            spam_label: self.options.spam_label.clone(),
            label: label.map(|at| self.label_column(at)),
            names: self.names,
            text,
        })
    }

    fn label_column(&self, at: usize) -> LabelColumn {
        LabelColumn {
            at,
            named: polarity::of_column(&self.names[at]).filter(|_| self.has_header),
            values: self.contents[at].values.iter().cloned().collect(),
        }
    }

    /// Whether a text column holds whole messages. The body in a file that this program wrote does
    /// not, however it begins.
    fn whole(&self, text: usize) -> Whole {
        if MESSAGES.contains(&self.plain[text].as_str()) {
            Whole::ByName
        } else if self.contents[text].messages > 0.5 && self.names != OWN_FIELDS {
            Whole::ByContent
        } else {
            Whole::No
        }
    }

    /// The end of the unnamed columns that follow the text.
    fn text_end(&self, text: usize, label: Option<usize>) -> usize {
        let goes_on = |&at: &usize| {
            let name = &self.names[at];
            let unnamed = is_unnamed(name) || is_numbered(name) && !is_numbered(&self.names[text]);
            self.has_header && unnamed && Some(at) != label
        };
        text + 1 + (text + 1..self.names.len()).take_while(goes_on).count()
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

    /// The label column: a known name with known values first, then known values alone, where a
    /// name that tells a class and values that are words count most, then a known name alone.
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
                let free = !self.has_other_role(at) && self.contents[at].is_label();
                free && (!self.never_text(at) || self.contents[at].labelled > 0.99)
            };
            let doubt = |&at: &usize| {
                let tells_class = polarity::of_column(&self.names[at]).is_some();
                (!tells_class, only_truth_values(&self.contents[at]))
            };
            (0..self.names.len()).filter(fits).min_by_key(doubt)
        };
        named(true).or_else(by_content).or_else(|| named(false))
    }

    /// Whether the name of a column says that it holds no labels, whatever its values are.
    fn has_other_role(&self, at: usize) -> bool {
        let name = self.plain[at].as_str();
        let known = [
            &MESSAGES[..],
            &TEXTS,
            &SUBJECTS,
            &SENDERS,
            &IDS,
            &NEVER_TEXT,
        ];
        known.iter().any(|names| names.contains(&name))
            || self.has_header && is_unnamed(&self.names[at])
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
            || self.has_header && is_unnamed(&self.names[at])
            || SENDERS.contains(&name)
            || IDS.contains(&name)
            || LABELS.contains(&name)
    }

    /// Another column of labels whose name says that it holds labels.
    fn second_label(&self, label: usize) -> Option<usize> {
        let speaks = |at: usize| {
            let name = self.plain[at].as_str();
            let has = |part| name.contains(part);
            let tells_class = || polarity::of_column(&self.names[at]).is_some();
            LABELS.contains(&name) || has("label") || has("spam") || has("ham") && tells_class()
        };
        (0..self.names.len()).find(|&at| {
            at != label
                && speaks(at)
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

fn only_truth_values(content: &ColumnSample) -> bool {
    content
        .values
        .iter()
        .all(|value| labels::truth(value).is_some())
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
