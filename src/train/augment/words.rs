//! Texts with words left out or in another order.

use crate::base::math::uniform;

/// The text without some of its words, each left out with this probability; ends of lines stay.
pub(crate) fn without_some(text: &str, probability: f64, rng: &mut dyn rand::Rng) -> String {
    let mut left = String::with_capacity(text.len());
    for piece in text.split_inclusive(char::is_whitespace) {
        let is_word = !piece.trim_end().is_empty();
        if !is_word || uniform(rng) >= probability {
            left.push_str(piece);
        } else if piece.ends_with('\n') {
            left.push('\n');
        }
    }
    left
}

/// The text up to so many words.
pub(crate) fn first_words(text: &str, words: usize) -> &str {
    let is_word = |(_, piece): &(usize, &str)| !piece.trim_end().is_empty();
    let mut end = 0;
    let pieces = text.split_inclusive(char::is_whitespace).map(|piece| {
        end += piece.len();
        (end, piece)
    });
    let last = pieces.filter(is_word).take(words).last();
    last.map_or("", |(end, _)| text[..end].trim_end())
}

/// The text with some words and their right neighbours on the line in each other's place, each pair
/// with this probability.
pub(crate) fn swapped(text: &str, probability: f64, rng: &mut dyn rand::Rng) -> String {
    let line = |line: &str| {
        let mut words: Vec<&str> = line.split(' ').collect();
        let mut at = 0;
        while at + 1 < words.len() {
            if uniform(rng) < probability {
                words.swap(at, at + 1);
                at += 1;
            }
            at += 1;
        }
        words.join(" ")
    };
    text.split('\n')
        .map(line)
        .collect::<Vec<String>>()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::streams::{Stream, random_stream};
    use std::collections::BTreeMap;

    const TEXT: &str = "Lunch today\nMeet me at the gate,  please\n\nand bring\ttulips";

    fn counts(text: &str) -> BTreeMap<&str, usize> {
        text.split_whitespace()
            .fold(BTreeMap::new(), |mut counts, word| {
                *counts.entry(word).or_insert(0) += 1;
                counts
            })
    }

    #[test]
    fn probabilities_of_none_and_of_all_do_just_that() {
        let mut rng = random_stream(1, Stream::Test(0));
        assert_eq!(without_some(TEXT, 0.0, &mut rng), TEXT);
        assert_eq!(swapped(TEXT, 0.0, &mut rng), TEXT);
        assert_eq!(without_some(TEXT, 1.0, &mut rng).trim(), "");
        assert_eq!(without_some(TEXT, 1.0, &mut rng).matches('\n').count(), 3);
        assert_eq!(swapped("a b c d\ne f", 1.0, &mut rng), "b a d c\nf e");
    }

    #[test]
    fn the_first_words_stand_as_they_stood() {
        let all = TEXT.split_whitespace().count();
        let expected = ["", "Lunch", "Lunch today", "Lunch today\nMeet"];
        assert_eq!([0, 1, 2, 3].map(|words| first_words(TEXT, words)), expected);
        assert_eq!(first_words(" \n a b", 1), " \n a");
        assert_eq!(
            [all, all + 1].map(|words| first_words(TEXT, words)),
            [TEXT; 2]
        );
        assert_eq!(first_words("", 3), "");
    }

    #[test]
    fn as_many_words_go_as_were_to_go_and_swapping_loses_none() {
        let text = "one two three four five six seven eight nine ten\n".repeat(400);
        let mut rng = random_stream(1, Stream::Test(1));
        let left = without_some(&text, 0.2, &mut rng)
            .split_whitespace()
            .count() as f64
            / 4_000.0;
        // Four standard errors of a share of 4,000 are .025.
        assert!((left - 0.8).abs() < 0.025, "{left}");
        let other = swapped(&text, 0.2, &mut rng);
        assert_eq!(counts(&other), counts(&text));
        assert_ne!(other, text);
    }
}
