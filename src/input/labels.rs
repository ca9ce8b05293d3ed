//! The meaning of labels, and of the names of files and folders.
//!
//! Labels are compared as a whole, since `non-spam` contains `spam`, and without regard to case.
//! Names of files and folders are read word by word (`easy_ham`, `spam-2`, `not spam`), beginning
//! with the innermost part of the path. A name with any other word (`spam-project`) says nothing.

use super::unpack::without_packing;
use crate::base::mail::Label;
use std::mem;

/// Values that mean spam or ham beside those that consist of class words, as names do.
const SPAM: [&str; 2] = ["malicious", "s"];
const HAM: [&str; 5] = ["safe", "safe email", "normal", "benign", "h"];

/// Truth values, false and true. Alone, they say whether a message is spam.
pub(super) const TRUTH: [[&str; 2]; 9] = [
    ["0", "1"],
    ["false", "true"],
    ["no", "yes"],
    ["0.0", "1.0"],
    ["f", "t"],
    ["n", "y"],
    ["off", "on"],
    ["-1", "1"],
    ["-1", "+1"],
];

/// The class that a value of a label column means, if it is known.
pub fn of_value(value: &str) -> Option<Label> {
    let value = unquoted(value);
    let among = |known: &[&str]| known.iter().any(|known| value.eq_ignore_ascii_case(known));
    if let Some(truth) = truth(value) {
        Some(Label::from_is_spam(truth))
    } else if among(&SPAM) {
        Some(Label::Spam)
    } else if among(&HAM) {
        Some(Label::Ham)
    } else {
        is_plain(value)
            .then(|| of_name(value).or_else(|| of_name(&value.to_lowercase())))
            .flatten()
    }
}

/// Whether a value is as short and plain as a label. The name of a folder is none.
fn is_plain(value: &str) -> bool {
    const LONGEST: usize = 40;
    let is_plain = |c: char| c.is_alphanumeric() || c.is_whitespace() || "-_.!?=():".contains(c);
    let is_folder = value.eq_ignore_ascii_case("inbox");
    value.len() <= LONGEST && value.chars().all(is_plain) && !is_folder
}

/// What a truth value says; None for other values. What is true of a message then depends on the
/// column: whether it is spam, or whether it is ham. Numbers count in any notation.
pub(super) fn truth(value: &str) -> Option<bool> {
    let value = unquoted(value);
    if let Ok(number) = value.parse::<f64>() {
        return [(0.0, false), (-1.0, false), (1.0, true)]
            .iter()
            .find_map(|&(known, truth)| (number == known).then_some(truth));
    }
    TRUTH
        .iter()
        .find_map(|pair| {
            pair.iter()
                .position(|truth| value.eq_ignore_ascii_case(truth))
        })
        .map(|at| at == 1)
}

/// Whether a truth value is -1, which stands for false beside 1, but for no class beside 0 and 1.
pub(super) fn is_minus_one(value: &str) -> bool {
    unquoted(value).parse() == Ok(-1.0)
}

/// Whether a truth value is the number 0.
pub(super) fn is_zero(value: &str) -> bool {
    unquoted(value).parse() == Ok(0.0)
}

fn unquoted(value: &str) -> &str {
    value.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\''))
}

/// Words that mean spam in the name of a file or folder.
const SPAM_WORDS: [&str; 11] = [
    "spam", "spams", "junk", "junkmail", "bulk", "phish", "phishing", "scam", "scams", "fraud",
    "smishing",
];
/// Words that mean ham in the name of a file or folder.
const HAM_WORDS: [&str; 10] = [
    "ham",
    "hams",
    "nonspam",
    "nospam",
    "notspam",
    "notjunk",
    "nonjunk",
    "legit",
    "legitimate",
    "inbox",
];
/// Words that turn the class word after them around.
const NEGATIONS: [&str; 3] = ["not", "non", "no"];
/// Words that may stand beside a class word in a name without changing what it says.
const NEUTRAL_WORDS: [&str; 33] = [
    "all",
    "class",
    "dev",
    "e",
    "easy",
    "email",
    "emails",
    "eval",
    "folder",
    "full",
    "hard",
    "heldout",
    "is",
    "label",
    "mail",
    "mails",
    "message",
    "messages",
    "new",
    "old",
    "only",
    "part",
    "raw",
    "sample",
    "samples",
    "set",
    "test",
    "testing",
    "train",
    "training",
    "val",
    "valid",
    "validation",
];
/// Endings of file names that say how a file is written, beside those of packings.
const ENDINGS: [&str; 10] = [
    "csv", "eml", "emlx", "json", "jsonl", "mbox", "mbx", "msg", "tsv", "txt",
];

/// The class that the name of a file, or of a folder above it, states, and the name that says so.
/// `path` begins with the name that the user gave: what is above it says nothing. The innermost
/// name that consists of class words alone decides.
pub(super) fn of_path(path: &str) -> Option<(Label, &str)> {
    path.rsplit(['/', '\\']).find_map(of_component)
}

/// The class that the name of a file or folder states: what stands after the last dot, as in
/// `0006.2003-12-18.GP.spam.txt` and in the folder `.INBOX.Junk`, or all of it.
fn of_component(name: &str) -> Option<(Label, &str)> {
    let stem = without_ending(without_packing(name));
    let last = stem.rsplit('.').next().unwrap_or(stem);
    let of = |part| Some((of_name(part)?, part));
    of(last).or_else(|| of(stem))
}

fn without_ending(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((stem, ending))
            if ENDINGS
                .iter()
                .any(|known| ending.eq_ignore_ascii_case(known)) =>
        {
            stem
        }
        _ => name,
    }
}

/// The class that a name states, if it consists of class words, neutral words and digits alone.
fn of_name(name: &str) -> Option<Label> {
    let (mut class, mut negated) = (None, false);
    for word in words(name) {
        let word = word.as_str();
        let spam = SPAM_WORDS.contains(&word);
        if spam || HAM_WORDS.contains(&word) {
            let said = Label::from_is_spam(spam != negated);
            if class.replace(said).is_some_and(|before| before != said) {
                return None;
            }
        } else if !NEGATIONS.contains(&word) && !NEUTRAL_WORDS.contains(&word) {
            return None;
        }
        negated = NEGATIONS.contains(&word);
    }
    class
}

/// The words of a name in lower case. `EasyHam` has two.
fn words(name: &str) -> Vec<String> {
    let (mut words, mut word) = (Vec::new(), String::new());
    let mut after_small = false;
    for c in name.chars() {
        if !c.is_alphabetic() || after_small && c.is_uppercase() {
            words.push(mem::take(&mut word));
        }
        if c.is_alphabetic() {
            word.extend(c.to_lowercase());
        }
        after_small = c.is_lowercase();
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand, from the names in public corpora (SpamAssassin, Enron-Spam, TREC, Kaggle), in
    /// Thunderbird, Outlook and Gmail, and of projects that are about spam.
    #[test]
    fn only_names_made_of_class_words_speak() {
        let label = |path: &str| of_path(path).map_or("-", |(label, _)| label.name());
        for (path, expected) in [
            ("mail/easy_ham/0001", "ham"),
            ("20030228_hard_ham_2/0001", "ham"),
            ("spam_2/x", "spam"),
            ("not-spam/spam.txt", "spam"),
            ("Not Spam/1.eml", "ham"),
            ("NotSpam/1.eml", "ham"),
            ("no-ham/1", "spam"),
            (".Junk/cur/12:2,S", "spam"),
            ("Junk E-mail/1", "spam"),
            ("[Gmail]/Spam.mbox", "spam"),
            ("Inbox", "ham"),
            (".INBOX.Junk/cur/1", "spam"),
            ("[Gmail].Spam/1", "spam"),
            ("Spam.mbox/mbox", "spam"),
            ("class=spam/1", "spam"),
            ("nospam/1", "ham"),
            ("train/HAM-1/7", "ham"),
            ("spamTest.mbox.gz", "spam"),
            ("nonspam", "ham"),
            ("0006.2003-12-18.GP.spam.txt", "spam"),
            ("0001.1999-12-10.farmer.ham.txt", "ham"),
            ("hampshire/spamalot", "-"),
            ("ham-and-spam/1", "-"),
            ("ham spam/1", "-"),
            ("spam-project/unsure/1", "-"),
            ("spam-filter/march.mbox", "-"),
            ("antispam/1", "-"),
            ("anti-spam/1", "-"),
            ("spamassassin/1", "-"),
            ("my-spam-research/1", "-"),
            ("spam-corpus/1", "-"),
            ("mail about spam.eml", "-"),
            ("virginia-ham-recipes/1", "-"),
            ("train/1", "-"),
            ("not/1", "-"),
            ("", "-"),
        ] {
            assert_eq!(label(path), expected, "{path}");
        }
        assert_eq!(of_path("a/spam_2/1.eml"), Some((Label::Spam, "spam_2")));
        assert_eq!(of_path("a/x.ham.txt"), Some((Label::Ham, "ham")));
    }

    /// By hand: truth values, and the names of the classes as data sets write them. -1 beside 1 is
    /// the second class of SVMlight and LIBSVM.
    #[test]
    fn values_are_known_in_any_notation() {
        for spam in [
            "1",
            "+1",
            "1.00",
            "1e0",
            "TRUE",
            "Yes",
            "on",
            "SPAM",
            " spam\u{a0}",
            "\"spam\"",
            "spam!",
            "Spam Email",
            "1 (spam)",
            "sPam",
            "spam=1",
            "not ham",
            "Phish",
            "'1'",
        ] {
            assert_eq!(of_value(spam), Some(Label::Spam), "{spam}");
        }
        for ham in [
            "0",
            "-0.0",
            "00",
            "-1",
            "False",
            "NO",
            "off",
            "Ham",
            "ham.",
            "ham mail",
            "no spam",
            "No-Spam",
            "not phishing",
            "non-phishing",
            "0 - ham",
            "Safe Email",
            "'ham'",
        ] {
            assert_eq!(of_value(ham), Some(Label::Ham), "{ham}");
        }
        for unknown in [
            "",
            "inbox",
            "2",
            "1.5",
            "nan",
            "{\"spam\": 1",
            "email",
            "spam and ham",
            "spam filter",
            "maybe",
            "-",
        ] {
            assert_eq!(of_value(unknown), None, "{unknown}");
        }
    }
}
