//! Which column is what: the column plan. Columns are found by name, without case, byte-order mark, `_`, `-` and spaces; the
//! user can name them instead. Finding them by content is left to a later version.

use super::{InputError, Labels, Options, Reason};
use crate::mail::Label;
use std::fmt;

/// Names of columns that hold the label, best first.
const LABELS: [&str; 13] = [
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
    "tag",
    "v1",
    "labelnum",
];
/// Names of columns that hold whole messages, headers included.
const MESSAGES: [&str; 4] = ["raw", "rawmessage", "rawemail", "rfc822"];
/// Names of columns that hold the text, best first.
const TEXTS: [&str; 15] = [
    "text",
    "body",
    "message",
    "content",
    "emailtext",
    "messagetext",
    "messagebody",
    "emailbody",
    "emailcontent",
    "email",
    "mail",
    "sms",
    "smstext",
    "v2",
    "textbody",
];
const SUBJECTS: [&str; 4] = ["subject", "emailsubject", "mailsubject", "subjectline"];
const SENDERS: [&str; 5] = ["from", "sender", "fromaddress", "mailfrom", "emailfrom"];
const IDS: [&str; 6] = ["id", "messageid", "mailid", "emailid", "filename", "file"];

/// What was taken for what. Numbers are columns from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Names of all columns, as the header has them.
    pub names: Vec<String>,
    /// The label. None only where labels are ignored.
    pub label: Option<usize>,
    /// Whether every row needs a label.
    pub labels: Labels,
    /// The text, or the whole message.
    pub text: usize,
    /// Whether the text column holds whole messages, headers included.
    pub whole_messages: bool,
    /// The subject, joined before the text.
    pub subject: Option<usize>,
    /// The sender.
    pub from: Option<usize>,
    /// The identifier; without one, the number of the row.
    pub id: Option<usize>,
    /// The one label that means spam, every other meaning ham, if the user named it.
    pub spam_label: Option<String>,
}

impl Plan {
    /// Finds the columns of `file` among the fields of its header.
    pub(super) fn find<'a>(
        file: &str,
        header: impl Iterator<Item = &'a [u8]>,
        options: &Options,
    ) -> Result<Plan, InputError> {
        let names: Vec<String> = header.map(tidy).collect();
        let plain: Vec<String> = names.iter().map(|name| simplify(name)).collect();
        let column = |wanted: &[&str]| wanted.iter().find_map(|name| plain.iter().position(|found| found == name));
        let asked = |name: &Option<String>, option| {
            let Some(name) = name else { return Ok(None) };
            let exact = names.iter().position(|found| found == name);
            let at = exact.or_else(|| plain.iter().position(|found| *found == simplify(name)));
            let missing =
                || InputError::NoSuchColumn { file: file.to_owned(), name: name.clone(), option, found: list(&names) };
            at.ok_or_else(missing).map(Some)
        };
        let label = asked(&options.label_column, "--label-column")?.or_else(|| column(&LABELS));
        let text = asked(&options.text_column, "--text-column")?;
        let text = text.or_else(|| column(&MESSAGES)).or_else(|| column(&TEXTS));
        let (file, found) = (file.to_owned(), list(&names));
        let (label, text) = match (label, text) {
            (label, Some(text)) if label.is_some_and(|label| label != text) => (label, text),
            (_, Some(text)) if options.labels == Labels::Ignored => (None, text),
            (Some(_), _) => return Err(InputError::NoTextColumn { file, found }),
            (None, Some(_)) => return Err(InputError::NoLabelColumn { file, found }),
            (None, None) => return Err(InputError::NoHeader { file, found }),
        };
        let whole_messages = MESSAGES.contains(&plain[text].as_str());
        let other = |wanted: &[&str]| column(wanted).filter(|&at| Some(at) != label && at != text);
        let field = |wanted: &[&str]| if whole_messages { None } else { other(wanted) };
        let (subject, from, id) = (field(&SUBJECTS), field(&SENDERS), other(&IDS));
        let (labels, spam_label) = (options.labels, options.spam_label.clone());
        Ok(Plan { names, label, labels, text, whole_messages, subject, from, id, spam_label })
    }

    /// The class that `value`, a label without spaces around it, stands for.
    pub(super) fn label_of(&self, value: &[u8]) -> Result<Option<Label>, Reason> {
        let value = String::from_utf8_lossy(value);
        let label = match &self.spam_label {
            Some(spam) if !value.is_empty() => Some(Label::from_is_spam(value.eq_ignore_ascii_case(spam.trim()))),
            _ => label(&value),
        };
        match label {
            None if self.labels == Labels::Ignored => Ok(None),
            None if value.is_empty() => Err(Reason::EmptyLabel),
            None => Err(Reason::UnknownLabel(value.chars().take(40).collect())),
            known => Ok(known),
        }
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |at: usize| &self.names[at];
        let kind = if self.whole_messages { "whole messages" } else { "text" };
        write!(f, "{kind} from `{}`", name(self.text))?;
        for (kind, column) in [("label", self.label), ("subject", self.subject), ("sender", self.from), ("id", self.id)]
        {
            if let Some(at) = column {
                write!(f, ", {kind} from `{}`", name(at))?;
            }
        }
        if let Some(spam) = &self.spam_label {
            write!(f, "; `{spam}` means spam, all else ham")?;
        }
        Ok(())
    }
}

/// Values that mean spam, and values that mean ham; compared whole and in lower case, since `non-spam` contains `spam`.
const SPAM: [&str; 12] = [
    "spam",
    "1",
    "true",
    "yes",
    "junk",
    "phishing",
    "phishing email",
    "smishing",
    "scam",
    "fraud",
    "1.0",
    "spam email",
];
const HAM: [&str; 17] = [
    "ham",
    "0",
    "false",
    "no",
    "not spam",
    "not_spam",
    "not-spam",
    "notspam",
    "non-spam",
    "nonspam",
    "non spam",
    "legit",
    "legitimate",
    "safe",
    "safe email",
    "normal",
    "0.0",
];

/// The class `value` stands for, if it is known.
fn label(value: &str) -> Option<Label> {
    let among = |known: &[&str]| known.iter().any(|known| value.eq_ignore_ascii_case(known));
    if among(&SPAM) { Some(Label::Spam) } else { among(&HAM).then_some(Label::Ham) }
}

/// A column name as it is shown: without a byte-order mark and spaces around it.
fn tidy(name: &[u8]) -> String {
    let name = String::from_utf8_lossy(name);
    name.trim_start_matches('\u{feff}').trim().to_owned()
}

/// A column name as it is compared.
fn simplify(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).flat_map(char::to_lowercase).collect()
}

/// The first names, quoted, for an error.
fn list(names: &[String]) -> String {
    const SHOWN: usize = 8;
    let short = |name: &String| format!("`{}`", name.chars().take(30).collect::<String>().escape_debug());
    let mut all: Vec<String> = names.iter().take(SHOWN).map(short).collect();
    if names.len() > SHOWN {
        all.push(format!("{} more", names.len() - SHOWN));
    }
    all.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_matched_whole() {
        for (value, expected) in
            [("SPAM", Some(Label::Spam)), ("non-spam", Some(Label::Ham)), ("spammy", None), ("", None)]
        {
            assert_eq!(label(value), expected);
        }
    }
}
