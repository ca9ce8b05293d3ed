//! The meaning of labels, and of the names of files and folders.
//!
//! Labels are compared as a whole, since `non-spam` contains `spam`, and without regard to case.
//! Names of files and folders are compared word by word (`easy_ham`, `spam-2`, `not spam`),
//! beginning with the innermost part of the path.

use crate::base::mail::Label;

/// Values that mean spam.
const SPAM: [&str; 16] = [
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
    "t",
    "y",
    "malicious",
    "s",
];
/// Values that mean ham.
const HAM: [&str; 22] = [
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
    "non_spam",
    "legit",
    "legitimate",
    "safe",
    "safe email",
    "normal",
    "0.0",
    "f",
    "n",
    "benign",
    "h",
];

/// The class that a value of a label column means, if it is known.
pub(super) fn of_value(value: &str) -> Option<Label> {
    let value = value.trim();
    let among = |known: &[&str]| known.iter().any(|known| value.eq_ignore_ascii_case(known));
    if among(&SPAM) {
        Some(Label::Spam)
    } else {
        among(&HAM).then_some(Label::Ham)
    }
}

/// Whether a value is a known label that is also a number.
pub(super) fn is_numeric(value: &str) -> bool {
    matches!(value.trim(), "0" | "1" | "0.0" | "1.0")
}

/// The class that the name of a file, or of a folder above it, states.
pub(super) fn of_path(path: &str) -> Option<Label> {
    path.rsplit(['/', '\\']).find_map(of_name)
}

fn of_name(name: &str) -> Option<Label> {
    let lower = name.to_lowercase();
    let words: Vec<&str> = lower
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| !word.is_empty())
        .collect();
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(word));
    let ham = has(&["ham", "nonspam", "notspam", "legit", "legitimate", "inbox"]);
    let spam = has(&["spam", "junk", "phishing", "scam", "fraud"]);
    match (ham, spam) {
        (_, true) if has(&["not", "non", "no"]) => Some(Label::Ham),
        (true, false) => Some(Label::Ham),
        (false, true) => Some(Label::Spam),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_word_by_word() {
        let label = |path: &str| of_path(path).map_or("-", Label::name);
        for (path, expected) in [
            ("mail/easy_ham/0001", "ham"),
            ("spam_2/x", "spam"),
            ("not-spam/spam.txt", "spam"),
            ("Not Spam/1.eml", "ham"),
            (".Junk/cur/12:2,S", "spam"),
            ("nonspam", "ham"),
            ("hampshire/spamalot", "-"),
            ("ham-and-spam/1", "-"),
            ("0006.2003-12-18.GP.spam.txt", "spam"),
        ] {
            assert_eq!(label(path), expected, "{path}");
        }
    }
}
