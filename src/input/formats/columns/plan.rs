//! The column plan: which column of a table holds the label, the text and the other fields, and
//! what the values of a label column mean.

use crate::base::mail::Label;
use crate::input::account::Reason;
use crate::input::labels;
use crate::input::options::Labels;
use std::fmt;

/// The columns of a file that this program wrote itself: rows of a table, and whole messages.
pub(in crate::input) const OWN_FIELDS: [&str; 5] = ["label", "id", "from", "subject", "body"];
pub(in crate::input) const OWN_RAW: [&str; 3] = ["label", "id", "raw"];

/// A column of labels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LabelColumn {
    /// Its place, from 0.
    pub at: usize,
    /// The class of messages for which it says 1, true or yes, where its name tells.
    pub named: Option<Label>,
    /// The first values found in it, in lower case.
    pub values: Vec<String>,
}

impl LabelColumn {
    /// The class that a value of this column means, if it is known.
    pub fn meaning(&self, value: &str) -> Option<Label> {
        // Beside 0 and 1, -1 marks what nobody labelled, as in scikit-learn.
        if labels::is_minus_one(value) && self.values.iter().any(|value| labels::is_zero(value)) {
            return None;
        }
        match (labels::truth(value), self.named) {
            (Some(truth), Some(named)) => Some(Label::from_is_spam(truth == named.is_spam())),
            _ => labels::of_value(value),
        }
    }

    /// What its values mean, in words: `1 means spam, 0 ham`. Nothing if they say it themselves.
    fn explained(&self) -> Option<String> {
        let mut values: [Vec<&str>; 2] = [Vec::new(), Vec::new()];
        for value in &self.values {
            // Where one truth value occurs, the other may.
            let is_here = |truth: &&str| self.values.iter().any(|value| value == truth);
            let pairs = labels::TRUTH
                .iter()
                .rev()
                .filter(|pair| pair.contains(&value.as_str()));
            let pair = pairs.max_by_key(|pair| pair.iter().filter(|truth| is_here(truth)).count());
            let told = pair.map_or_else(|| vec![value.as_str()], |pair| pair.to_vec());
            for value in told {
                let Some(label) = self.meaning(value) else {
                    continue;
                };
                let values = &mut values[label.index()];
                if value != label.name() && !values.contains(&value) {
                    values.push(value);
                }
            }
        }
        let [ham, spam] = values;
        let (ham, spam) = (ham.join(" or "), spam.join(" or "));
        let told = match (spam.as_str(), ham.as_str()) {
            ("", "") => return None,
            (spam, "") => format!("{spam} means spam"),
            ("", ham) => format!("{ham} means ham"),
            (spam, ham) => format!("{spam} means spam, {ham} ham"),
        };
        let is_truth = |value: &String| labels::truth(value).is_some();
        let by_name = self.named == Some(Label::Ham) && self.values.iter().any(is_truth);
        Some(
            told + if by_name {
                ", as the name of the column says"
            } else {
                ""
            },
        )
    }
}

/// Why a column is read as whole messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whole {
    /// It is not: it holds texts.
    No,
    /// Its name says so.
    ByName,
    /// Most of its values begin with a block of header fields.
    ByContent,
}

/// The role of each column. Columns are numbered from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ColumnPlan {
    /// Names of all columns as in the header, or `column 1` and so on if there is no header.
    pub names: Vec<String>,
    /// The label. None only if labels are ignored or one label was given for the whole input.
    pub label: Option<LabelColumn>,
    /// A second label column, against which the label is checked.
    pub second_label: Option<LabelColumn>,
    /// What labels are read for.
    pub labels: Labels,
    /// The text, or the whole message.
    pub text: usize,
    /// The end of the unnamed columns after the text, in which it goes on after commas that nobody
    /// quoted; `text + 1` if there are none.
    pub text_end: usize,
    /// Whether the text column holds whole messages, headers included.
    pub whole: Whole,
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
}

impl ColumnPlan {
    /// The class that a value of the label column means; None for an empty one.
    pub fn label_of(&self, value: &str) -> Result<Option<Label>, Reason> {
        let value = value.trim();
        let label = match (&self.spam_label, &self.label) {
            (Some(spam), _) if !value.is_empty() => {
                let is_spam = value.to_lowercase() == spam.trim().to_lowercase();
                Some(Label::from_is_spam(is_spam))
            }
            (_, Some(column)) => column.meaning(value),
            _ => None,
        };
        match label {
            None if value.is_empty() || self.labels == Labels::Ignored => Ok(None),
            None => Err(Reason::UnknownLabel(value.chars().take(40).collect())),
            known => Ok(known),
        }
    }

    /// The class that a value of the second label column means, if it is known and the user did not
    /// say what labels mean.
    pub fn second_label_of(&self, value: &str) -> Option<Label> {
        let second = self.second_label.as_ref()?;
        if self.spam_label.is_some() {
            return None;
        }
        second.meaning(value)
    }
}

impl fmt::Display for ColumnPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |at: usize| &self.names[at];
        let kind = match self.whole {
            Whole::No => "text",
            Whole::ByName | Whole::ByContent => "whole messages",
        };
        write!(f, "{kind} from `{}`", name(self.text))?;
        if self.whole == Whole::ByContent {
            write!(f, ", whose values begin with header fields")?;
        }
        if self.text + 1 < self.text_end {
            write!(f, " and the unnamed columns after it")?;
        }
        let fields = [
            ("label", self.label.as_ref().map(|label| label.at)),
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
        if let Some(second) = &self.second_label {
            write!(f, ", checked against `{}`", name(second.at))?;
        }
        let explained = self.label.as_ref().and_then(LabelColumn::explained);
        match (&self.spam_label, explained) {
            (Some(spam), _) if self.label.is_some() => {
                write!(f, "; `{spam}` means spam, all else ham")
            }
            (None, Some(explained)) => write!(f, "; {explained}"),
            _ => Ok(()),
        }
    }
}
