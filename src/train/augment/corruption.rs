//! What senders and bad lines do to words, as a noisy channel: p(what is read | what was written).
//!
//! A share of the words is corrupted, one third in each way: replaced by the mask `___`, some
//! letters replaced by homoglyphs, or one letter deleted if the word has four or more. All other
//! words, and every space, come through unchanged.

use crate::base::math::{below, uniform};
use crate::tokenize::{confusable, signs_for};
use serde::{Deserialize, Serialize};

/// What stands for a masked word.
pub const MASK: &str = "___";
/// Letters of the longest word that is masked.
pub const LONGEST_MASKED: usize = 14;
/// Letters of the shortest word from which one is deleted.
const SHORTEST_SHORTENED: usize = 4;
/// Letters of a word, for the share of letters that are deleted.
const MEAN_LENGTH: f64 = 5.0;

/// Cyrillic letters written for Latin ones.
const CYRILLIC: [char; 8] = ['а', 'с', 'е', 'і', 'о', 'р', 'х', 'у'];

/// The homoglyphs of a letter in lower case.
fn homoglyphs(letter: u8) -> Vec<char> {
    let cyrillic = CYRILLIC
        .into_iter()
        .filter(|&foreign| confusable(foreign) == Some(letter));
    signs_for(letter).chain(cyrillic).collect()
}

/// The noisy channel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Channel {
    /// Share of the words that are corrupted, above 0 and below 1.
    pub share: f64,
}

/// What was done to a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Corruption {
    /// Nothing is left of it but `___`.
    Mask,
    /// Some of its letters are replaced by others that look alike.
    Homoglyph,
    /// One of its letters is deleted.
    Deletion,
}

impl Corruption {
    /// All, in the order of tables.
    pub const ALL: [Corruption; 3] = [
        Corruption::Mask,
        Corruption::Homoglyph,
        Corruption::Deletion,
    ];

    /// Name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Corruption::Mask => "mask",
            Corruption::Homoglyph => "homoglyph",
            Corruption::Deletion => "deletion",
        }
    }
}

impl Channel {
    /// ln p that a word is masked.
    pub fn log_mask(self) -> f64 {
        (self.share / 3.0).ln()
    }

    /// ln p that a letter is replaced by one of its homoglyphs: about half of the letters of a word
    /// that has this corruption are.
    pub fn log_homoglyph(self) -> f64 {
        (self.share / 6.0).ln()
    }

    /// ln p that a letter is deleted.
    pub fn log_deletion(self) -> f64 {
        (self.share / 3.0 / MEAN_LENGTH).ln()
    }

    /// A text that went through the channel, and what was done to each of its words.
    pub fn corrupt(self, text: &str, rng: &mut dyn rand::Rng) -> (String, Vec<Option<Corruption>>) {
        let (mut corrupted, mut done) = (String::with_capacity(text.len()), Vec::new());
        for piece in text.split_inclusive(char::is_whitespace) {
            let word = piece.trim_end();
            if word.is_empty() {
                corrupted.push_str(piece);
                continue;
            }
            let corruption = (uniform(rng) < self.share).then(|| Corruption::ALL[below(rng, 3)]);
            let (start, end) = letters(word);
            let changed = corruption.and_then(|how| changed(&word[start..end], how, rng));
            done.push(corruption.filter(|_| changed.is_some()));
            match changed {
                Some(changed) => {
                    corrupted.extend([&piece[..start], changed.as_str(), &piece[end..]]);
                }
                None => corrupted.push_str(piece),
            }
        }
        (corrupted, done)
    }
}

/// The first run of ASCII letters of a word that no digit, underscore or other letter touches;
/// empty if there is none.
fn letters(word: &str) -> (usize, usize) {
    let beside = |byte: Option<&u8>| {
        byte.is_none_or(|&b| b.is_ascii() && !b.is_ascii_alphanumeric() && b != b'_')
    };
    let bytes = word.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let length = bytes[at..]
            .iter()
            .take_while(|byte| byte.is_ascii_alphabetic())
            .count();
        if length > 0 && beside(bytes[..at].last()) && beside(bytes.get(at + length)) {
            return (at, at + length);
        }
        at += length.max(1);
    }
    (0, 0)
}

/// The word as it is read after the corruption; None if it cannot be corrupted so.
fn changed(word: &str, how: Corruption, rng: &mut dyn rand::Rng) -> Option<String> {
    match how {
        Corruption::Mask => (1..=LONGEST_MASKED)
            .contains(&word.len())
            .then(|| MASK.to_owned()),
        Corruption::Deletion => (word.len() >= SHORTEST_SHORTENED).then(|| {
            let deleted = below(rng, word.len());
            word[..deleted].to_owned() + &word[deleted + 1..]
        }),
        Corruption::Homoglyph => {
            let choices: Vec<Vec<char>> = word
                .bytes()
                .map(|b| homoglyphs(b.to_ascii_lowercase()))
                .collect();
            let able: Vec<usize> = (0..choices.len())
                .filter(|&at| !choices[at].is_empty())
                .collect();
            let sure = *able.get(below(rng, able.len().max(1)))?;
            let letter = |(at, letter): (usize, char)| {
                let replaced = !choices[at].is_empty() && (at == sure || uniform(rng) < 0.5);
                if replaced {
                    choices[at][below(rng, choices[at].len())]
                } else {
                    letter
                }
            };
            Some(word.chars().enumerate().map(letter).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::streams::{Stream, random_stream};
    use crate::tokenize::stands_for;

    #[test]
    fn what_stands_for_a_letter_is_read_as_that_letter() {
        for letter in b'a'..=b'z' {
            for written in homoglyphs(letter) {
                assert!(
                    stands_for(written).any(|read| read == letter),
                    "{written} for {}",
                    letter as char
                );
            }
        }
    }

    #[test]
    fn as_many_words_are_corrupted_as_were_to_be_and_each_is_told() {
        let text = "Meet the children, please; (garden) tomorrow\n".repeat(500);
        let (corrupted, done) =
            Channel { share: 0.3 }.corrupt(&text, &mut random_stream(1, Stream::Test(0)));
        let pairs: Vec<(&str, &str)> = text
            .split_whitespace()
            .zip(corrupted.split_whitespace())
            .collect();
        assert_eq!(
            (pairs.len(), corrupted.split_whitespace().count()),
            (done.len(), done.len())
        );
        for ((was, is), how) in pairs.iter().zip(&done) {
            assert_eq!(was != is, how.is_some(), "{was} {is}");
            match how {
                Some(Corruption::Mask) => assert!(is.contains(MASK)),
                Some(Corruption::Deletion) => assert_eq!(was.len(), is.len() + 1),
                Some(Corruption::Homoglyph) => assert_eq!(was.chars().count(), is.chars().count()),
                None => {}
            }
        }
        // .3 of 3,000, less the words of three letters that cannot be shortened (.1 of one in six);
        // four standard errors are .034.
        let share = done.iter().flatten().count() as f64 / done.len() as f64;
        assert!((share - 0.283).abs() < 0.034, "{share}");
    }

    #[test]
    fn only_words_that_stand_alone_are_corrupted() {
        assert_eq!(letters("(e-mail)"), (1, 2));
        assert_eq!(letters("x86"), (0, 0));
        assert_eq!(letters("naïve"), (0, 0));
        assert_eq!(letters("a_b-cd."), (4, 6));
        assert_eq!(letters("4,711"), (0, 0));
    }
}
