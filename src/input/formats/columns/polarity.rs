//! What the name of a label column says about its values: in `is_ham`, 1 means ham.
//!
//! A name is split into words, also where it runs them together (`isHam`, `notspam`). Every word
//! for a class speaks, the other way round after a negation, and the name counts if all agree:
//! `not_spam` means ham, and `spam_or_ham` means neither. A name may also number the classes
//! (`ham=1, spam=0`), and then the numbers count.

use crate::base::mail::Label;

const HAM: &[&str] = &[
    "ham",
    "hams",
    "legit",
    "legitimate",
    "legitimacy",
    "safe",
    "genuine",
    "genuineness",
    "wanted",
    "desired",
    "good",
    "clean",
    "benign",
    "harmless",
    "innocent",
    "valid",
    "authentic",
    "trusted",
    "trustworthy",
    "normal",
    "solicited",
    "allowed",
    "accepted",
    "whitelisted",
    "inbox",
    "real",
];
const SPAM: &[&str] = &[
    "spam",
    "spams",
    "spammy",
    "spammer",
    "junk",
    "phishing",
    "phish",
    "smishing",
    "scam",
    "fraud",
    "fraudulent",
    "malicious",
    "malware",
    "unsafe",
    "unwanted",
    "unsolicited",
    "undesired",
    "illegitimate",
    "invalid",
    "abnormal",
    "harmful",
    "dangerous",
    "suspicious",
    "bad",
    "fake",
    "bulk",
    "blocked",
    "blacklisted",
    "rejected",
];
const NEGATIONS: &[&str] = &["not", "non", "no", "isnt", "never", "without"];
/// Words that may stand between a negation and its word, or run together with it.
const FILLERS: &[&str] = &[
    "is", "was", "a", "an", "the", "or", "and", "vs", "versus", "label", "labels", "class", "flag",
    "target", "type", "email", "mail", "message", "msg", "sms", "text", "num", "numeric", "binary",
    "bool", "value", "col", "column", "y", "has", "be",
];

/// What a word of a name means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    Class(Label),
    Negation,
    Filler,
    Number(bool),
    Unknown,
}

/// The class that the truth values 1, true and yes mean in a column of this name, if the name says
/// it.
pub(super) fn of_column(name: &str) -> Option<Label> {
    let told = told(&words(name));
    if let Some(numbered) = numbered(&told) {
        return Some(numbered);
    }
    let mut classes = told.iter().filter_map(|word| match word {
        Word::Class(label) => Some(*label),
        _ => None,
    });
    let said = classes.next()?;
    classes.all(|label| label == said).then_some(said)
}

/// The classes and numbers among the words, each class the other way round after a negation.
fn told(words: &[Word]) -> Vec<Word> {
    let mut told = Vec::new();
    let mut negated = false;
    for &word in words {
        match word {
            Word::Negation => negated = !negated,
            Word::Filler => {}
            Word::Unknown => negated = false,
            Word::Number(_) => {
                told.push(word);
                negated = false;
            }
            Word::Class(label) => {
                told.push(Word::Class(Label::from_is_spam(label.is_spam() != negated)));
                negated = false;
            }
        }
    }
    told
}

/// Whether a text is nothing but a name that tells a class, such as no message is.
pub(super) fn is_name(text: &str) -> bool {
    let known = |word: &Word| !matches!(word, Word::Unknown | Word::Number(_));
    !text.contains([',', ';', '\t', '|'])
        && words(text).iter().all(known)
        && of_column(text).is_some()
}

/// The class of number 1 in a name that numbers both classes, such as `0 = ham, 1 = spam`, or one
/// of them, such as `0 = spam`.
fn numbered(told: &[Word]) -> Option<Label> {
    let pair = |pair: &[Word]| match pair {
        [Word::Number(n), Word::Class(label)] | [Word::Class(label), Word::Number(n)] => {
            Some((Label::from_is_spam(label.is_spam() == *n), *label))
        }
        _ => None,
    };
    match told {
        [_, _] => pair(told).map(|(one, _)| one),
        [a, b, c, d] => {
            let numbers_first = |word: &Word| matches!(word, Word::Number(_));
            if numbers_first(a) != numbers_first(c) {
                return None;
            }
            let (first, second) = (pair(&[*a, *b])?, pair(&[*c, *d])?);
            (first.0 == second.0 && first.1 != second.1).then_some(first.0)
        }
        _ => None,
    }
}

fn words(name: &str) -> Vec<Word> {
    let mut words = Vec::new();
    for piece in pieces(name) {
        match piece.as_str() {
            "0" => words.push(Word::Number(false)),
            "1" => words.push(Word::Number(true)),
            piece => words.extend(run_together(piece).unwrap_or_else(|| vec![Word::Unknown])),
        }
    }
    words
}

/// A name in lower case, parted at signs, between letters and digits, and where capitals begin.
fn pieces(name: &str) -> Vec<String> {
    let chars: Vec<char> = name.chars().filter(|c| !matches!(c, '\'' | '’')).collect();
    let mut pieces = vec![String::new()];
    for (at, &c) in chars.iter().enumerate() {
        let before = at.checked_sub(1).map_or(' ', |at| chars[at]);
        let follows = chars.get(at + 1).copied().unwrap_or(' ');
        let capital = c.is_uppercase()
            && (before.is_lowercase() || before.is_uppercase() && follows.is_lowercase());
        if !c.is_alphanumeric() || capital || before.is_numeric() != c.is_numeric() {
            pieces.push(String::new());
        }
        if let Some(piece) = pieces.last_mut().filter(|_| c.is_alphanumeric()) {
            piece.extend(c.to_lowercase());
        }
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// The known words that a piece consists of without a rest, the longest first.
fn run_together(piece: &str) -> Option<Vec<Word>> {
    const LONGEST: usize = 40;
    if piece.is_empty() {
        return Some(Vec::new());
    }
    if piece.len() > LONGEST {
        return None;
    }
    for end in (1..=piece.len())
        .rev()
        .filter(|&end| piece.is_char_boundary(end))
    {
        let word = meaning(&piece[..end]);
        // A single letter is a word only alone.
        if word == Word::Unknown || end == 1 && piece.len() > 1 {
            continue;
        }
        if let Some(rest) = run_together(&piece[end..]) {
            return Some([vec![word], rest].concat());
        }
    }
    None
}

fn meaning(word: &str) -> Word {
    if HAM.contains(&word) {
        Word::Class(Label::Ham)
    } else if SPAM.contains(&word) {
        Word::Class(Label::Spam)
    } else if NEGATIONS.contains(&word) {
        Word::Negation
    } else if FILLERS.contains(&word) {
        Word::Filler
    } else {
        Word::Unknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By the meaning of the English words.
    #[test]
    fn the_name_of_a_label_column_says_which_class_1_means() {
        for (name, expected) in [
            ("is_ham", "ham"),
            ("isHam", "ham"),
            ("IS-HAM", "ham"),
            ("ISHam", "ham"),
            ("isham", "ham"),
            ("ham?", "ham"),
            ("ham_flag", "ham"),
            ("not_spam", "ham"),
            ("NotSpam", "ham"),
            ("not a spam", "ham"),
            ("nonspam", "ham"),
            ("is_not_spam", "ham"),
            ("isn't spam", "ham"),
            ("is_legit", "ham"),
            ("legitimate_email", "ham"),
            ("Safe", "ham"),
            ("genuine", "ham"),
            ("wanted", "ham"),
            ("ham_not_spam", "ham"),
            ("ham=1, spam=0", "ham"),
            ("0=spam,1=ham", "ham"),
            ("label (1 = ham, 0 = spam)", "ham"),
            ("is_spam", "spam"),
            ("spam.1", "spam"),
            ("notHam", "spam"),
            ("non_ham", "spam"),
            ("unwanted", "spam"),
            ("is_unsafe", "spam"),
            ("not_safe", "spam"),
            ("illegitimate", "spam"),
            ("spamFlag", "spam"),
            ("spam0_ham1", "ham"),
            ("0=spam", "ham"),
            ("label (0 = ham)", "spam"),
            ("label_spam0", "ham"),
            ("not_ham_0", "ham"),
            ("1 = not spam, 0 = spam", "ham"),
            ("0: not spam, 1: spam", "spam"),
            ("is_real", "ham"),
            ("ham0spam1", "spam"),
        ] {
            assert_eq!(of_column(name).map_or("-", Label::name), expected, "{name}");
        }
    }

    #[test]
    fn a_name_of_both_classes_or_of_none_says_nothing() {
        for name in [
            "label",
            "class",
            "target",
            "spam_or_ham",
            "ham_or_spam",
            "ham/spam",
            "spamham",
            "hamvsspam",
            "y",
            "",
            "Prediction",
            "hampshire",
            "champion",
            "spamalot",
            "safety",
            "category",
            "not",
            "1",
            "ham1",
            "v1",
        ] {
            let expected = (name == "ham1").then_some(Label::Ham);
            assert_eq!(of_column(name), expected, "{name}");
        }
    }
}
