//! The words that an attacker adds or hides, from mail of his own.

use super::disguise::words_and_gaps;
use crate::base::mail::Label;
use crate::base::math::shuffle;
use crate::base::streams::{Stream, random_stream};
use crate::dataset::Corpus;
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;

/// Letters of the shortest and of the longest word that is listed.
const LETTERS: std::ops::RangeInclusive<usize> = 3..=20;
/// Words of a list.
const LONGEST: usize = 5_000;

/// How words are chosen without a question to the filter (Lowd and Meek, CEAS 2005).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WordList {
    /// Words of ham, drawn at random.
    Dictionary,
    /// Those of most ham.
    Frequent,
    /// Those that stand in ham and hardly in spam.
    Ratio,
}

/// The lists.
pub struct WordLists {
    dictionary: Vec<String>,
    frequent: Vec<String>,
    ratio: Vec<String>,
    /// Words that stand in spam and hardly in ham, the most telling first.
    pub telling: Vec<String>,
}

impl WordLists {
    /// Learned from `rows` of a corpus that keeps texts.
    pub fn learn(corpus: &Corpus, rows: &[usize], seed: u64) -> WordLists {
        // In alphabetical order, so that no list depends on chance.
        let mut emails: BTreeMap<String, [u32; 2]> = BTreeMap::new();
        for &row in rows {
            let Some(label) = corpus.label(row) else {
                continue;
            };
            let text = String::from_utf8_lossy(corpus.text(row)).to_lowercase();
            let words = words_and_gaps(&text)
                .filter(|(piece, is_word)| *is_word && LETTERS.contains(&piece.chars().count()));
            let words: FxHashSet<&str> = words.map(|(word, _)| word).collect();
            for word in words {
                if let Some(known) = emails.get_mut(word) {
                    known[label.index()] += 1;
                } else {
                    let mut first = [0, 0];
                    first[label.index()] = 1;
                    emails.insert(word.to_owned(), first);
                }
            }
        }
        let of_ham = emails.iter().filter(|(_, of)| of[Label::Ham.index()] > 0);
        let mut dictionary: Vec<String> = of_ham.map(|(word, _)| word.clone()).collect();
        shuffle(&mut dictionary, &mut random_stream(seed, Stream::Attack(0)));
        dictionary.truncate(LONGEST);
        let ratio = |of: &[u32; 2], of_class: Label| {
            let held = of.map(|emails| f64::from(emails) + 0.5);
            held[of_class.index()] / held[1 - of_class.index()]
        };
        WordLists {
            dictionary,
            frequent: ranked(&emails, |of| f64::from(of[Label::Ham.index()])),
            ratio: ranked(&emails, |of| ratio(of, Label::Ham)),
            telling: ranked(&emails, |of| ratio(of, Label::Spam)),
        }
    }

    /// The words of a list, the best first.
    pub fn of(&self, list: WordList) -> &[String] {
        match list {
            WordList::Dictionary => &self.dictionary,
            WordList::Frequent => &self.frequent,
            WordList::Ratio => &self.ratio,
        }
    }
}

fn ranked(emails: &BTreeMap<String, [u32; 2]>, worth: impl Fn(&[u32; 2]) -> f64) -> Vec<String> {
    let mut words: Vec<(&String, f64)> =
        emails.iter().map(|(word, of)| (word, worth(of))).collect();
    // Stable: of words of the same worth the first of the alphabet.
    words.sort_by(|a, b| b.1.total_cmp(&a.1));
    let best = words.into_iter().take(LONGEST);
    best.map(|(word, _)| word.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::mail::{Content, Email};
    use crate::dataset::{CorpusBuilder, CorpusOptions};
    use crate::tokenize::Recipe;

    #[test]
    fn words_are_ranked_by_the_mail_that_holds_them() {
        let mut builder = CorpusBuilder::new(&Recipe::default(), CorpusOptions::TEXT);
        let email = |label, body: &str| Email::new("", Some(label), Content::text("", body));
        builder.add(vec![
            email(Label::Ham, "the meeting, the minutes"),
            email(Label::Ham, "the meeting of tomorrow"),
            email(Label::Spam, "the pills of tomorrow"),
            email(Label::Spam, "the Pills"),
        ]);
        let lists = WordLists::learn(&builder.finish(), &[0, 1, 2, 3], 1);
        // "the" and "meeting" stand in two ham; "of" is too short.
        assert_eq!(lists.of(WordList::Frequent)[..2], ["meeting", "the"]);
        // 2.5 to 0.5, then 1.5 to 0.5, then 2.5 to 2.5.
        assert_eq!(lists.of(WordList::Ratio)[..2], ["meeting", "minutes"]);
        assert_eq!(lists.telling[0], "pills");
        let mut dictionary = lists.of(WordList::Dictionary).to_vec();
        dictionary.sort();
        assert_eq!(dictionary, ["meeting", "minutes", "the", "tomorrow"]);
    }
}
