//! The meaning of labels, and of the names of files and folders.
//!
//! Labels are compared as a whole, since `non-spam` contains `spam`, and without regard to case.
//! Names of files and folders are read word by word (`easy_ham`, `spam-2`, `not spam`), beginning
//! with the innermost part of the path. A name with any other word (`spam-project`) says nothing.

use super::unpack::without_packing;
use crate::base::mail::Label;
use std::mem;

/// Values that mean spam.
const SPAM: [&str; 10] = [
    "spam",
    "junk",
    "phishing",
    "phishing email",
    "smishing",
    "scam",
    "fraud",
    "spam email",
    "malicious",
    "s",
];
/// Values that mean ham.
const HAM: [&str; 16] = [
    "ham",
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
    "benign",
    "h",
];

/// Truth values, false and true. Alone, they say whether a message is spam.
pub(super) const TRUTH: [[&str; 2]; 6] = [
    ["0", "1"],
    ["false", "true"],
    ["no", "yes"],
    ["0.0", "1.0"],
    ["f", "t"],
    ["n", "y"],
];

/// The class that a value of a label column means, if it is known.
pub(super) fn of_value(value: &str) -> Option<Label> {
    let value = value.trim();
    let among = |known: &[&str]| known.iter().any(|known| value.eq_ignore_ascii_case(known));
    if let Some(truth) = truth(value) {
        Some(Label::from_is_spam(truth))
    } else if among(&SPAM) {
        Some(Label::Spam)
    } else {
        among(&HAM).then_some(Label::Ham)
    }
}

/// What a truth value says; None for other values. What is true of a message then depends on the
/// column: whether it is spam, or whether it is ham.
pub(super) fn truth(value: &str) -> Option<bool> {
    let value = value.trim();
    TRUTH
        .iter()
        .find_map(|pair| {
            pair.iter()
                .position(|truth| value.eq_ignore_ascii_case(truth))
        })
        .map(|at| at == 1)
}

/// Words that mean spam in the name of a file or folder.
const SPAM_WORDS: [&str; 7] = [
    "spam", "junk", "bulk", "phishing", "scam", "fraud", "smishing",
];
/// Words that mean ham in the name of a file or folder.
const HAM_WORDS: [&str; 6] = ["ham", "nonspam", "notspam", "legit", "legitimate", "inbox"];
/// Words that turn the class word after them around.
const NEGATIONS: [&str; 3] = ["not", "non", "no"];
/// Words that may stand beside a class word in a name without changing what it says.
const NEUTRAL_WORDS: [&str; 24] = [
    "all",
    "dev",
    "e",
    "easy",
    "email",
    "emails",
    "eval",
    "hard",
    "heldout",
    "mail",
    "mails",
    "message",
    "messages",
    "new",
    "old",
    "part",
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
    let mut names = path.rsplit(['/', '\\']);
    let file = names.next().and_then(of_file);
    file.or_else(|| names.find_map(|name| Some((of_name(name)?, name))))
}

/// The class that a file name states: all of it, or what stands between the last dots, as in
/// `0006.2003-12-18.GP.spam.txt`.
fn of_file(name: &str) -> Option<(Label, &str)> {
    let stem = without_ending(without_packing(name));
    let last = stem.rsplit('.').next().unwrap_or(stem);
    let of = |part| Some((of_name(part)?, part));
    of(stem).or_else(|| of(last))
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
}
