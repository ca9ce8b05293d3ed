//! What senders and bad lines do to words, as a channel: p(what is read | what was written).
//!
//! Of the words a share is damaged, one third each way: masked by `___`, disguised (letters written
//! as what looks like them), or robbed of a letter if there are four or more. The rest, and every
//! space, comes through as it was.

use crate::base::math::{below, uniform};
use crate::tokenize::{confusable, signs_for};

/// What stands for a masked word.
pub const MASK: &str = "___";
/// Letters of the longest word that is masked.
pub const LONGEST_MASKED: usize = 14;
/// Letters of the shortest word that loses one.
const SHORTEST_ROBBED: usize = 4;
/// Letters of a word, for the share of letters that are lost.
const MEAN_LENGTH: f64 = 5.0;

/// Cyrillic letters written for Latin ones.
const CYRILLIC: [char; 8] = ['а', 'с', 'е', 'і', 'о', 'р', 'х', 'у'];

/// What is written for a letter in lower case.
fn disguises(letter: u8) -> Vec<char> {
    let cyrillic = CYRILLIC
        .into_iter()
        .filter(|&foreign| confusable(foreign) == Some(letter));
    signs_for(letter).chain(cyrillic).collect()
}

/// The channel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Channel {
    /// Share of the words that are damaged, above 0 and below 1.
    pub share: f64,
}

/// What was done to a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Corruption {
    /// Nothing is left of it but `___`.
    Mask,
    /// Some of its letters are others that look alike.
    Homoglyph,
    /// One of its letters is lost.
    Deletion,
}

impl Corruption {
    /// All, in the order in which they are told.
    pub const ALL: [Corruption; 3] = [
        Corruption::Mask,
        Corruption::Homoglyph,
        Corruption::Deletion,
    ];

    /// Name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Corruption::Mask => "masked",
            Corruption::Homoglyph => "disguised",
            Corruption::Deletion => "lost a letter",
        }
    }
}

impl Channel {
    /// ln p that a word is masked.
    pub fn masked(self) -> f64 {
        (self.share / 3.0).ln()
    }

    /// ln p that a letter with look-alikes is written as one of them: half of those in a disguised
    /// word.
    pub fn disguised(self) -> f64 {
        (self.share / 6.0).ln()
    }

    /// ln p that a letter is lost.
    pub fn lost(self) -> f64 {
        (self.share / 3.0 / MEAN_LENGTH).ln()
    }

    /// A text that went through the channel, and what happened to each of its words.
    pub fn corrupt(self, text: &str, rng: &mut dyn rand::Rng) -> (String, Vec<Option<Corruption>>) {
        let (mut damaged, mut harms) = (String::with_capacity(text.len()), Vec::new());
        for piece in text.split_inclusive(char::is_whitespace) {
            let word = piece.trim_end();
            if word.is_empty() {
                damaged.push_str(piece);
                continue;
            }
            let harm = if uniform(rng) < self.share {
                Some(Corruption::ALL[below(rng, 3)])
            } else {
                None
            };
            let (start, end) = letters(word);
            let changed = harm.and_then(|harm| harmed(&word[start..end], harm, rng));
            harms.push(harm.filter(|_| changed.is_some()));
            match changed {
                Some(changed) => damaged.extend([&piece[..start], changed.as_str(), &piece[end..]]),
                None => damaged.push_str(piece),
            }
        }
        (damaged, harms)
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

/// The word as it is read after the harm; None if this harm cannot come to it.
fn harmed(word: &str, harm: Corruption, rng: &mut dyn rand::Rng) -> Option<String> {
    match harm {
        Corruption::Mask => (1..=LONGEST_MASKED)
            .contains(&word.len())
            .then(|| MASK.to_owned()),
        Corruption::Deletion => (word.len() >= SHORTEST_ROBBED).then(|| {
            let lost = below(rng, word.len());
            word[..lost].to_owned() + &word[lost + 1..]
        }),
        Corruption::Homoglyph => {
            let choices: Vec<Vec<char>> = word
                .bytes()
                .map(|b| disguises(b.to_ascii_lowercase()))
                .collect();
            let able: Vec<usize> = (0..choices.len())
                .filter(|&at| !choices[at].is_empty())
                .collect();
            let sure = *able.get(below(rng, able.len().max(1)))?;
            let letter = |(at, letter): (usize, char)| {
                let disguised = !choices[at].is_empty() && (at == sure || uniform(rng) < 0.5);
                if disguised {
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
            for written in disguises(letter) {
                assert!(
                    stands_for(written).any(|read| read == letter),
                    "{written} for {}",
                    letter as char
                );
            }
        }
    }

    #[test]
    fn as_many_words_are_damaged_as_were_to_be_and_each_is_told() {
        let text = "Meet the children, please; (garden) tomorrow\n".repeat(500);
        let (damaged, harms) =
            Channel { share: 0.3 }.corrupt(&text, &mut random_stream(1, Stream::Test(0)));
        let pairs: Vec<(&str, &str)> = text
            .split_whitespace()
            .zip(damaged.split_whitespace())
            .collect();
        assert_eq!(
            (pairs.len(), damaged.split_whitespace().count()),
            (harms.len(), harms.len())
        );
        for ((was, is), harm) in pairs.iter().zip(&harms) {
            assert_eq!(was != is, harm.is_some(), "{was} {is}");
            match harm {
                Some(Corruption::Mask) => assert!(is.contains(MASK)),
                Some(Corruption::Deletion) => assert_eq!(was.len(), is.len() + 1),
                Some(Corruption::Homoglyph) => assert_eq!(was.chars().count(), is.chars().count()),
                None => {}
            }
        }
        // .3 of 3,000, less the words of three letters that cannot lose one (.1 of one in six);
        // four standard errors are .034.
        let share = harms.iter().flatten().count() as f64 / harms.len() as f64;
        assert!((share - 0.283).abs() < 0.034, "{share}");
    }

    #[test]
    fn only_words_that_stand_alone_are_harmed() {
        assert_eq!(letters("(e-mail)"), (1, 2));
        assert_eq!(letters("x86"), (0, 0));
        assert_eq!(letters("naïve"), (0, 0));
        assert_eq!(letters("a_b-cd."), (4, 6));
        assert_eq!(letters("4,711"), (0, 0));
    }
}
