//! Attacks that ask the filter, and see of each message whether it passes (Lowd and Meek, CEAS
//! 2005). A message of the attacker's spam is brought to the edge with frequent words: the filter
//! still calls it spam, and would not with one word more. Of all words that are tried those are
//! good that bring it over the edge, and those the better that do so from further away.

use super::super::adversary::envelope::{Place, added};
use super::super::adversary::filters::Filters;
use super::super::adversary::mail::ContestedMail;
use super::super::adversary::word_lists::{WordList, WordLists};
use super::passive::joined;
use crate::base::mail::{Email, Label};
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

/// Frequent words that bring a message to the edge, at most.
const MOST_TO_EDGE: usize = 1_000;
/// Messages that are tried, which the filter catches.
const MESSAGES: usize = 20;

/// Words that a filter was seen to give way to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundWords {
    /// In the order in which they were tried.
    pub first: Vec<String>,
    /// The best first.
    pub best: Vec<String>,
    /// How many were tried.
    pub tried: usize,
    /// Messages that the filter classified for it.
    pub queries: u64,
}

/// Searches for words that the filter gives way to at this threshold.
pub fn search(
    mail: &ContestedMail,
    lists: &WordLists,
    (filters, model): (&Filters, usize),
    threshold: f64,
    candidates: usize,
) -> FoundWords {
    let mut oracle = Oracle {
        filters,
        model,
        threshold,
        queries: 0,
    };
    let frequent = lists.of(WordList::Frequent);
    let edge = mail
        .of_class(&mail.attacker, Label::Spam)
        .into_iter()
        .filter(|&row| !oracle.passes(vec![mail.email(row).clone()])[0])
        .take(MESSAGES)
        .collect::<Vec<usize>>()
        .into_iter()
        .find_map(|row| {
            let email = mail.email(row);
            Some((email, edge(&mut oracle, email, frequent)?))
        });
    let Some((email, edge)) = edge else {
        return FoundWords {
            queries: oracle.queries,
            ..FoundWords::default()
        };
    };
    let known: FxHashSet<&String> = frequent[..edge].iter().collect();
    let mut seen = known.clone();
    let others = lists.of(WordList::Ratio).iter().chain(frequent);
    let tried = others.filter(|word| seen.insert(word)).take(candidates);
    let tried: Vec<&String> = tried.collect();
    // From the edge, and from ever further away.
    let mut good = tried.clone();
    let mut rungs: Vec<Vec<&String>> = Vec::new();
    let mut further = 1;
    while !good.is_empty() && further <= edge {
        let base = joined(frequent, edge - further);
        let with = |word: &&String| added(email, &format!("{base} {word}"), Place::Front);
        let passed = oracle.passes(good.iter().map(with).collect());
        let kept = good.iter().zip(passed).filter(|(_, passed)| *passed);
        good = kept.map(|(word, _)| *word).collect();
        rungs.push(good.clone());
        further *= 2;
    }
    let owned = |words: &[&String]| words.iter().map(|&word| word.clone()).collect();
    let mut taken = FxHashSet::default();
    let from_furthest = rungs.iter().rev().flatten();
    let best: Vec<&String> = from_furthest
        .copied()
        .filter(|word| taken.insert(*word))
        .collect();
    FoundWords {
        first: owned(rungs.first().map_or(&[], Vec::as_slice)),
        best: owned(&best),
        tried: tried.len(),
        queries: oracle.queries,
    }
}

/// With how many of the words the message first passes; none if it does not with any number tried.
fn edge(oracle: &mut Oracle<'_>, email: &Email, words: &[String]) -> Option<usize> {
    let with = |words_in_front: usize| added(email, &joined(words, words_in_front), Place::Front);
    let (mut caught, mut passed) = (0, 1);
    while !oracle.passes(vec![with(passed)])[0] {
        if passed >= words.len().min(MOST_TO_EDGE) {
            return None;
        }
        caught = passed;
        passed *= 2;
    }
    passed = passed.min(words.len());
    while passed - caught > 1 {
        let middle = usize::midpoint(caught, passed);
        if oracle.passes(vec![with(middle)])[0] {
            passed = middle;
        } else {
            caught = middle;
        }
    }
    Some(passed)
}

/// A filter that says of a message whether it passes, and nothing else.
struct Oracle<'a> {
    filters: &'a Filters,
    model: usize,
    threshold: f64,
    queries: u64,
}

impl Oracle<'_> {
    fn passes(&mut self, emails: Vec<Email>) -> Vec<bool> {
        self.queries += emails.len() as u64;
        let none = vec![false; emails.len()];
        let odds = self.filters.log_odds(emails, &[self.model]).swap_remove(0);
        odds.map_or(none, |odds| {
            odds.iter().map(|&odds| odds < self.threshold).collect()
        })
    }
}
