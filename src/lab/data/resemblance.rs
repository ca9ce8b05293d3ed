//! Whether a split made elsewhere keeps its parts apart and alike: which test messages have a
//! near-duplicate in the training mail, and whether test and training mail use the same tokens.
//!
//! Token frequencies differ between any two parts of mail. So the divergence of the two is compared
//! with that of random divisions of the same mail into parts of the same sizes, in which
//! near-duplicates stay together. The measure is that of drift: the Jensen-Shannon divergence of
//! the shares of messages that hold each token, the training mail weighted to the share of spam of
//! the test mail.

use crate::base::mail::Label;
use crate::base::math::shuffle;
use crate::base::streams::{Stream, random_stream};
use crate::dataset::Corpus;
use crate::lab::split::{Fold, Split};
use crate::results::Resemblance;
use crate::tokenize::TokenKinds;
use rayon::prelude::*;
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;

/// Random divisions: if test and training mail are alike, they diverge more than all of these once
/// in forty.
const DIVISIONS: u8 = 39;

/// The test messages that have a near-duplicate in the training set of their fold, in order.
pub(in crate::lab) fn shared_rows(split: &Split, corpus: &Corpus) -> Vec<u32> {
    let of_fold = |fold: &Fold| -> Vec<u32> {
        let learned: FxHashSet<u32> = fold.train.iter().map(|&row| corpus.group(row)).collect();
        let test = fold.test.iter();
        let shared = test.filter(|&&row| learned.contains(&corpus.group(row)));
        shared.map(|&row| row as u32).collect()
    };
    let mut rows: Vec<u32> = split.folds.iter().flat_map(of_fold).collect();
    rows.sort_unstable();
    rows
}

/// By how much the tokens of the test mail differ from those of the training mail. `left_out` are
/// the kinds of token that no model reads.
pub(in crate::lab) fn resemblance(
    fold: &Fold,
    corpus: &Corpus,
    left_out: TokenKinds,
    seed: u64,
) -> Resemblance {
    let units = units(fold, corpus);
    let sides: Vec<bool> = units.iter().map(|unit| unit.is_test).collect();
    let of = |sides: &[bool]| divergence(corpus, &units, sides, left_out);
    let drawn = |division: u8| {
        let mut rng = random_stream(seed, Stream::Divided(division));
        let mut drawn = sides.clone();
        for label in Label::BOTH {
            let places = (0..units.len()).filter(|&at| units[at].label == label);
            let places: Vec<usize> = places.collect();
            let mut of_class: Vec<bool> = places.iter().map(|&at| sides[at]).collect();
            shuffle(&mut of_class, &mut rng);
            for (at, is_test) in places.into_iter().zip(of_class) {
                drawn[at] = is_test;
            }
        }
        of(&drawn)
    };
    let by_chance: Vec<f64> = (0..DIVISIONS).into_par_iter().map(drawn).collect();
    Resemblance {
        divergence_bits: of(&sides),
        divisions: DIVISIONS.into(),
        most_by_chance: by_chance.into_iter().fold(0.0, f64::max),
    }
}

/// Near-duplicates on one side of the split, which stay together in a random division.
struct Unit {
    label: Label,
    is_test: bool,
    rows: Vec<usize>,
}

fn units(fold: &Fold, corpus: &Corpus) -> Vec<Unit> {
    let mut units: BTreeMap<(u32, bool), Unit> = BTreeMap::new();
    for (is_test, rows) in [(false, &fold.train), (true, &fold.test)] {
        for &row in rows {
            let unit = units.entry((corpus.group(row), is_test));
            let unit = unit.or_insert_with(|| Unit {
                label: corpus.label(row).unwrap_or(Label::Ham),
                is_test,
                rows: Vec::new(),
            });
            unit.rows.push(row);
        }
    }
    units.into_values().collect()
}

/// The divergence in bits between the units of both sides.
fn divergence(corpus: &Corpus, units: &[Unit], sides: &[bool], left_out: TokenKinds) -> f64 {
    // By token, the messages that hold it: of training ham and spam, of test ham and spam.
    let mut holding = vec![[0_u32; 4]; corpus.lexicon().len()];
    let mut emails = [0_u32; 4];
    for (unit, &is_test) in units.iter().zip(sides) {
        for &row in &unit.rows {
            let label = corpus.label(row).unwrap_or(Label::Ham);
            let part = 2 * usize::from(is_test) + label.index();
            emails[part] += 1;
            for &(token, _) in corpus.bag(row) {
                holding[token as usize][part] += 1;
            }
        }
    }
    let spam = f64::from(emails[3]) / f64::from((emails[2] + emails[3]).max(1));
    let weights = [1.0 - spam, spam];
    let share = |held: &[u32; 4], side: usize| -> f64 {
        let of = |class: usize| {
            let part = 2 * side + class;
            weights[class] * f64::from(held[part]) / f64::from(emails[part].max(1))
        };
        of(0) + of(1)
    };
    let kinds = corpus.lexicon().iter().map(|(kind, _)| kind);
    let read = holding.iter().zip(kinds);
    let read = read.filter(|(_, kind)| !left_out.holds(*kind));
    let shares: Vec<[f64; 2]> = read
        .map(|(held, _)| [share(held, 0), share(held, 1)])
        .collect();
    let all = [0, 1].map(|side| shares.iter().map(|both| both[side]).sum::<f64>());
    let part = |both: &[f64; 2]| {
        let [p, q] = [0, 1].map(|side| both[side] / all[side].max(1e-300));
        let middle = f64::midpoint(p, q);
        let against = |share: f64| {
            if share > 0.0 {
                share * (share / middle).log2()
            } else {
                0.0
            }
        };
        f64::midpoint(against(p), against(q))
    };
    shares.iter().map(part).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::mail::{Content, Email};
    use crate::dataset::{CorpusBuilder, CorpusOptions};
    use crate::tokenize::Recipe;

    /// Forty messages of words of their own beside two that `word` gives by number.
    fn corpus(word: impl Fn(usize) -> String) -> Corpus {
        let mut builder = CorpusBuilder::new(&Recipe::default(), CorpusOptions::NEAR_DUPLICATES);
        let letters = |number: usize| -> String {
            let digits = number.to_string().into_bytes();
            digits.iter().map(|digit| char::from(digit + 49)).collect()
        };
        let email = |at: usize| {
            let own: Vec<String> = (0..12)
                .map(|n| letters(1_000_003 * at + 7919 * n))
                .collect();
            let body = format!("{} {}", own.join(" "), word(at));
            let label = Label::from_is_spam(at % 2 == 1);
            Email::new(at.to_string(), Some(label), Content::text("s", body))
        };
        builder.add((0..40).map(email).collect());
        builder.finish()
    }

    fn halves() -> Fold {
        Fold {
            train: (0..20).collect(),
            test: (20..40).collect(),
        }
    }

    #[test]
    fn parts_that_use_other_words_diverge_by_more_than_random_divisions_and_alike_ones_do_not() {
        let of = |corpus: &Corpus| resemblance(&halves(), corpus, TokenKinds::NONE, 1);
        let changed = |at: usize| ["meeting lunch", "holiday beach"][usize::from(at >= 20)].into();
        let changed = of(&corpus(changed));
        assert!(
            changed.divergence_bits > changed.most_by_chance,
            "{changed:?}"
        );
        let alike = of(&corpus(|at| {
            ["meeting lunch", "holiday beach"][at / 2 % 2].into()
        }));
        assert!(alike.divergence_bits < alike.most_by_chance, "{alike:?}");
    }

    /// By hand: each message holds one token, training mail always `a`, test mail `b` or `a` by
    /// halves, so that p = (1, 0), q = (½, ½), the middle (¾, ¼): ½ log₂(4/3) + ½ (½ log₂(2/3) + ½
    /// log₂ 2) = .3113 bits.
    #[test]
    fn the_divergence_is_the_hand_worked_one() {
        let mut builder = CorpusBuilder::new(&Recipe::default(), CorpusOptions::NEAR_DUPLICATES);
        let email = |at: usize, word: &str| {
            let label = Label::from_is_spam(at % 2 == 1);
            Email::new(at.to_string(), Some(label), Content::text("", word))
        };
        let words = [
            "aardvark", "aardvark", "aardvark", "aardvark", "zebra", "zebra",
        ];
        let emails = words.iter().enumerate().map(|(at, word)| email(at, word));
        builder.add(emails.collect());
        let corpus = builder.finish();
        let only_words = corpus.lexicon().iter().map(|(kind, _)| kind);
        let words = only_words.filter(|kind| *kind != crate::tokenize::TokenKind::Word);
        let left_out: TokenKinds = words.collect();
        let fold = Fold {
            train: vec![0, 1],
            test: vec![2, 3, 4, 5],
        };
        let units = units(&fold, &corpus);
        let sides: Vec<bool> = units.iter().map(|unit| unit.is_test).collect();
        let found = divergence(&corpus, &units, &sides, left_out);
        let half = 0.5_f64;
        let expected = half * (4.0_f64 / 3.0).log2()
            + half * (half * (2.0_f64 / 3.0).log2() + half * 2.0_f64.log2());
        assert!((found - expected).abs() < 1e-12, "{found}, not {expected}");
    }

    #[test]
    fn test_messages_with_a_near_duplicate_in_training_are_found() {
        let split = Split {
            folds: vec![
                Fold {
                    train: (0..20).collect(),
                    test: (20..40).collect(),
                },
                Fold {
                    train: (20..40).collect(),
                    test: (0..20).collect(),
                },
            ],
            description: String::new(),
        };
        let mut builder = CorpusBuilder::new(&Recipe::default(), CorpusOptions::NEAR_DUPLICATES);
        let letters = |at: usize| char::from(b'a' + (at % 26) as u8).to_string() + &"x".repeat(at);
        let email = |at: usize| {
            let text = match at {
                3 | 25 | 26 => "the very same words stand in each of these few letters".to_owned(),
                _ => letters(at).repeat(3),
            };
            let label = Label::from_is_spam(at % 2 == 1);
            Email::new(at.to_string(), Some(label), Content::text("s", text))
        };
        builder.add((0..40).map(email).collect());
        let corpus = builder.finish();
        assert_eq!(shared_rows(&split, &corpus), [3, 25, 26]);
    }
}
