//! Names of columns and what such columns hold. Names are compared without regard to case, `_`, `-`
//! and spaces.

use super::polarity;
use crate::input::labels;

/// Names of columns that hold the label, best first.
pub(super) const LABELS: [&str; 17] = [
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
pub(super) const MESSAGES: [&str; 4] = ["raw", "rawmessage", "rawemail", "rfc822"];
/// Names of columns that hold the text, best first.
pub(super) const TEXTS: [&str; 19] = [
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
pub(super) const SUBJECTS: [&str; 4] = ["subject", "emailsubject", "mailsubject", "subjectline"];
pub(super) const SENDERS: [&str; 6] = [
    "from",
    "sender",
    "fromaddress",
    "mailfrom",
    "emailfrom",
    "author",
];
pub(super) const IDS: [&str; 8] = [
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
pub(super) const KIND: &str = "kind";
/// Names of columns that are never text: they say nothing, or give the label away.
pub(super) const NEVER_TEXT: [&str; 14] = [
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
    "split",
];

/// Counts the roles, label and text, that the names in a first record fill: 0, 1 or 2.
pub(crate) fn knows_names(record: &[Vec<u8>]) -> u8 {
    let tells_label = |name: &Vec<u8>| {
        let name = tidy(name);
        LABELS.contains(&simplify(&name).as_str())
            || labels::of_value(&name).is_none() && polarity::is_name(&name)
    };
    u8::from(record.iter().any(tells_label)) + u8::from(names_text(record))
}

/// Whether a first record names a column of text.
pub(crate) fn names_text(record: &[Vec<u8>]) -> bool {
    let known = [&MESSAGES[..], &TEXTS, &SUBJECTS];
    let tells_text = |name: &Vec<u8>| {
        let name = simplify(&tidy(name));
        known.iter().any(|names| names.contains(&name.as_str()))
    };
    record.iter().any(tells_text)
}

/// Whether a name is none, but what a program calls a column without a name: pandas writes
/// `Unnamed: 2`, readr `...3`, R `X.1` and Spark `_c2`.
pub(super) fn is_unnamed(name: &str) -> bool {
    let name = name.trim().to_lowercase();
    let number = |rest: &str| {
        let rest = rest.trim_start_matches([':', '_', '.', ' ']);
        !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit())
    };
    match name.as_str() {
        "" | "x" | "unnamed" => true,
        name => ["unnamed", "...", "x.", "_c"]
            .iter()
            .any(|given| name.strip_prefix(given).is_some_and(number)),
    }
}

/// Whether a name is what Excel calls a column without a name, `Column3`, which is also what a user
/// may call each of his columns.
pub(super) fn is_numbered(name: &str) -> bool {
    let number = simplify(name).strip_prefix("column").map(str::to_owned);
    number.is_some_and(|number| {
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// A column name as shown to the user: without surrounding spaces.
pub(super) fn tidy(name: &[u8]) -> String {
    String::from_utf8_lossy(name).trim().to_owned()
}

/// A column name in the form in which names are compared.
pub(super) fn simplify(name: &str) -> String {
    let kept = name.chars().filter(|c| !matches!(c, '_' | '-' | ' '));
    kept.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names are those that pandas 2, readr 2, R 4 and Spark 3 give.
    #[test]
    fn names_that_programs_give_to_unnamed_columns_are_known() {
        for name in [
            "",
            " ",
            "Unnamed: 2",
            "unnamed:_13",
            "Unnamed.4",
            "...3",
            "X",
            "X.1",
            "_c2",
        ] {
            assert!(is_unnamed(name), "{name}");
        }
        for name in ["text", "x2y", "Unnamed: text", "v3", "...", "c2"] {
            assert!(!is_unnamed(name), "{name}");
        }
    }
}
