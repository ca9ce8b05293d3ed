//! More mail to learn from than there is: changed copies of the training messages, or messages
//! written by a model that has read them.
//!
//! Only training sees any of it. A changed copy is trained on where its mail is and stays in its
//! group of copies; what a model writes, it writes anew for each training part, having read that
//! part alone. A change is one of the text: the copy keeps every clue that does not come from the
//! text (headers, links, shape), and every model of both families reads it as it reads mail.

mod corruption;
mod synthetic;
mod words;

pub use corruption::{Channel, Corruption, LONGEST_MASKED, MASK, stands_for};

use crate::base::mail::Content;
use crate::base::math::random_stream;
use crate::dataset::{AddedMail, AugmentedCorpus, Corpus};
use crate::tokenize::{TokenId, Tokenizer};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// One way to more mail.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Augment {
    /// So many messages written by a model of bytes.
    Synthetic(usize),
    /// A copy of each message with this share of its words masked, disguised or robbed of a letter.
    Noise(f64),
    /// A copy of each message with each word left out with this probability.
    WordDropout(f64),
    /// A copy of each message with each pair of neighbouring words swapped with this probability.
    Swap(f64),
}

/// Not a way to more mail.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no way to add mail; there are synthetic=N, with N from 1 to 1000000, and noise=P, word-dropout=P and swap=P, with P between 0 and 1"
)]
pub struct AugmentError(String);

impl FromStr for Augment {
    type Err = AugmentError;

    fn from_str(text: &str) -> Result<Augment, AugmentError> {
        let wrong = || AugmentError(text.to_owned());
        let (way, value) = text.split_once('=').ok_or_else(wrong)?;
        let probability = || {
            value
                .parse()
                .ok()
                .filter(|p: &f64| *p > 0.0 && *p < 1.0)
                .ok_or_else(wrong)
        };
        Ok(match way.trim() {
            "synthetic" => {
                let emails = value
                    .parse()
                    .ok()
                    .filter(|emails| (1..=1_000_000).contains(emails));
                Augment::Synthetic(emails.ok_or_else(wrong)?)
            }
            "noise" => Augment::Noise(probability()?),
            "word-dropout" => Augment::WordDropout(probability()?),
            "swap" => Augment::Swap(probability()?),
            _ => return Err(wrong()),
        })
    }
}

impl TryFrom<String> for Augment {
    type Error = AugmentError;

    fn try_from(text: String) -> Result<Augment, AugmentError> {
        text.parse()
    }
}

impl From<Augment> for String {
    fn from(augment: Augment) -> String {
        augment.to_string()
    }
}

impl fmt::Display for Augment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Augment::Synthetic(emails) => write!(f, "synthetic={emails}"),
            Augment::Noise(p) => write!(f, "noise={p}"),
            Augment::WordDropout(p) => write!(f, "word-dropout={p}"),
            Augment::Swap(p) => write!(f, "swap={p}"),
        }
    }
}

impl Augment {
    /// A changed text; None where the way does not change texts.
    fn change(self, text: &str, rng: &mut dyn rand::Rng) -> Option<String> {
        match self {
            Augment::Synthetic(_) => None,
            Augment::Noise(share) => Some(Channel { share }.corrupt(text, rng).0),
            Augment::WordDropout(p) => Some(words::without_some(text, p, rng)),
            Augment::Swap(p) => Some(words::swapped(text, p, rng)),
        }
    }
}

/// All ways asked for, for one corpus: what does not depend on the training part is made once.
pub struct Augmentation {
    ways: Vec<Augment>,
    /// Changed copies, in the order of their messages.
    changed: Vec<Arc<AddedMail>>,
    /// Messages to be written for each training part.
    written: usize,
}

/// Mail to train on: rows of a corpus and what was added to it.
pub struct Augmented {
    variants: Vec<Arc<AddedMail>>,
    /// The rows to train on, in the corpus as extended.
    pub rows: Vec<usize>,
}

impl Augmented {
    /// Rows with nothing added.
    pub fn plain(rows: &[usize]) -> Augmented {
        Augmented {
            variants: Vec::new(),
            rows: rows.to_vec(),
        }
    }

    /// The corpus with what was added.
    pub fn extend<'a>(&'a self, corpus: &'a Corpus) -> AugmentedCorpus<'a> {
        AugmentedCorpus::new(corpus, &self.variants)
    }
}

impl Augmentation {
    /// Changes every labelled mail of `corpus`, which must keep texts, in each of `ways`.
    pub fn new(ways: &[Augment], corpus: &Corpus, seed: u64) -> Augmentation {
        let changing: Vec<(usize, Augment)> = ways
            .iter()
            .copied()
            .enumerate()
            .filter(|(_, way)| !matches!(way, Augment::Synthetic(_)))
            .collect();
        let near_duplicates = |cutter: &mut Cutter<'_>, row: usize| {
            let Some(label) = corpus.label(row) else {
                return Vec::new();
            };
            let text = String::from_utf8_lossy(corpus.text(row));
            let own = cutter.cut(&text).0;
            let copy = |&(at, way): &(usize, Augment)| {
                let stream = (0xA06_u64 + at as u64) << 40 | row as u64;
                let changed = way.change(&text, &mut random_stream(seed, stream))?;
                let (bag, sequence) = cutter.cut(&changed);
                let bag = exchanged(corpus.bag(row), &own, &bag);
                let (of, group) = (Some(row), corpus.group(row));
                Some(Arc::new(AddedMail {
                    of,
                    label,
                    group,
                    bag,
                    sequence,
                    text: changed.into_bytes(),
                }))
            };
            changing.iter().filter_map(copy).collect()
        };
        let changed: Vec<Vec<Arc<AddedMail>>> = (0..corpus.len())
            .into_par_iter()
            .map_init(|| Cutter::new(corpus), near_duplicates)
            .collect();
        let written = ways
            .iter()
            .map(|way| {
                if let Augment::Synthetic(emails) = way {
                    *emails
                } else {
                    0
                }
            })
            .sum();
        Augmentation {
            ways: ways.to_vec(),
            changed: changed.concat(),
            written,
        }
    }

    /// What was asked for.
    pub fn ways(&self) -> &[Augment] {
        &self.ways
    }

    /// How many messages are added to so many.
    pub fn emails(&self, rows: usize) -> usize {
        let near_duplicates = self
            .ways
            .iter()
            .filter(|way| !matches!(way, Augment::Synthetic(_)))
            .count();
        near_duplicates * rows + self.written
    }

    /// `rows` of `corpus` with their changed copies, and with messages written by a model that has
    /// read these rows; else why those could not be written.
    pub fn of_rows(&self, corpus: &Corpus, rows: &[usize], seed: u64) -> Result<Augmented, String> {
        let wanted: FxHashSet<usize> = rows.iter().copied().collect();
        let near_duplicates = self
            .changed
            .iter()
            .filter(|variant| variant.of.is_some_and(|row| wanted.contains(&row)));
        let mut variants: Vec<Arc<AddedMail>> = near_duplicates.cloned().collect();
        if self.written > 0 {
            variants.extend(synthetic::write(corpus, rows, self.written, seed)?);
        }
        let added = corpus.len()..corpus.len() + variants.len();
        Ok(Augmented {
            variants,
            rows: rows.iter().copied().chain(added).collect(),
        })
    }
}

/// Cuts texts into tokens of a corpus; others are left out.
struct Cutter<'a> {
    corpus: &'a Corpus,
    tokenizer: Tokenizer,
}

impl<'a> Cutter<'a> {
    fn new(corpus: &'a Corpus) -> Cutter<'a> {
        Cutter {
            corpus,
            tokenizer: Tokenizer::new(corpus.recipe()),
        }
    }

    /// Tokens of a text with their counts in order of first mention, and in order.
    fn cut(&mut self, text: &str) -> (Vec<(TokenId, u32)>, Vec<TokenId>) {
        let (subject, body) = text.split_once('\n').unwrap_or((text, ""));
        let content = Content::Fields {
            from: String::new(),
            subject: subject.to_owned(),
            body: body.to_owned(),
        };
        let (mut read, mut tokens) = (Vec::new(), Vec::new());
        self.tokenizer.read(&content, &mut read, &mut tokens);
        let lexicon = self.tokenizer.lexicon();
        let known = |token: &TokenId| self.corpus.lexicon().get(lexicon.token(*token));
        let sequence: Vec<TokenId> = tokens.iter().filter_map(known).collect();
        let mut places: FxHashMap<TokenId, usize> = FxHashMap::default();
        let mut bag: Vec<(TokenId, u32)> = Vec::new();
        for &token in &sequence {
            let place = *places.entry(token).or_insert(bag.len());
            match bag.get_mut(place) {
                Some((_, count)) => *count += 1,
                None => bag.push((token, 1)),
            }
        }
        (bag, sequence)
    }
}

/// A message's tokens with those of its text exchanged for others.
fn exchanged(
    whole: &[(TokenId, u32)],
    text: &[(TokenId, u32)],
    other: &[(TokenId, u32)],
) -> Vec<(TokenId, u32)> {
    let text: FxHashMap<TokenId, u32> = text.iter().copied().collect();
    let mut added: FxHashMap<TokenId, u32> = other.iter().copied().collect();
    let kept = whole.iter().map(|&(token, count)| {
        let kept = count.saturating_sub(text.get(&token).copied().unwrap_or(0));
        (token, kept + added.remove(&token).unwrap_or(0))
    });
    let mut bag: Vec<(TokenId, u32)> = kept.filter(|&(_, count)| count > 0).collect();
    bag.extend(other.iter().filter(|(token, _)| added.contains_key(token)));
    bag
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::mail::{Email, Label};
    use crate::dataset::{CorpusBuilder, CorpusOptions};
    use crate::tokenize::Recipe;

    fn corpus() -> Corpus {
        let mut builder = CorpusBuilder::new(
            &Recipe::default(),
            CorpusOptions {
                text: true,
                near_duplicates: true,
                ..CorpusOptions::default()
            },
        );
        let mail = |at: usize| Email {
            id: at.to_string(),
            line: 1,
            label: Some(Label::from_is_spam(at.is_multiple_of(3))),
            kind: None,
            content: Content::Fields {
                from: String::new(),
                subject: format!("garden{} news", at % 7),
                body: format!(
                    "please meet tulip{} at the gate and bring seed{}\n",
                    at % 5,
                    at % 11
                ),
            },
        };
        builder.add((0..60).map(mail).collect());
        builder.finish()
    }

    #[test]
    fn ways_are_read_and_written() {
        for text in [
            "synthetic=200",
            "noise=0.1",
            "word-dropout=0.25",
            "swap=0.5",
        ] {
            let way: Augment = text.parse().unwrap();
            assert_eq!(way.to_string(), text);
            let json = serde_json::to_string(&way).unwrap();
            assert_eq!(
                (
                    json.as_str(),
                    serde_json::from_str::<Augment>(&json).unwrap()
                ),
                (&*format!("{text:?}"), way)
            );
        }
        for text in [
            "noise",
            "noise=0",
            "noise=1",
            "noise=nan",
            "synthetic=0",
            "synthetic=1.5",
            "rot13=0.5",
            "",
        ] {
            assert!(text.parse::<Augment>().is_err(), "{text}");
        }
    }

    #[test]
    fn tokens_of_the_text_are_exchanged_and_others_stay() {
        let whole = [(1, 2), (2, 1), (3, 4), (9, 1)];
        assert_eq!(
            exchanged(&whole, &[(1, 1), (3, 4)], &[(5, 1), (1, 3)]),
            [(1, 4), (2, 1), (9, 1), (5, 1)]
        );
        assert_eq!(
            exchanged(&whole, &[(1, 1), (3, 4)], &[(1, 1), (3, 4)]),
            whole
        );
    }

    #[test]
    fn copies_are_trained_on_where_their_mails_are_and_nothing_else_is() {
        let corpus = corpus();
        let ways = [
            Augment::Noise(0.3),
            Augment::WordDropout(0.3),
            Augment::Swap(0.3),
        ];
        let augmentation = Augmentation::new(&ways, &corpus, 1);
        let rows: Vec<usize> = (0..60).step_by(2).collect();
        let augmented = augmentation.of_rows(&corpus, &rows, 1).unwrap();
        let extended = augmented.extend(&corpus);
        assert_eq!(augmented.rows.len(), 4 * rows.len());
        assert_eq!(augmented.rows[..rows.len()], rows);
        for (variant, &row) in augmented.variants.iter().zip(&augmented.rows[rows.len()..]) {
            let of = variant.of.unwrap();
            assert!(of % 2 == 0);
            assert_eq!(
                (extended.label(row), extended.group(row)),
                (corpus.label(of), corpus.group(of))
            );
            assert!(
                !extended.bag(row).is_empty()
                    && extended.bag(row).iter().all(|&(_, count)| count > 0)
            );
        }
        // Swapped words are the same words: the bag changes in nothing but its order.
        let sorted = |bag: &[(TokenId, u32)]| {
            let mut bag = bag.to_vec();
            bag.sort_unstable();
            bag
        };
        let swapped = &augmented.variants[2];
        assert_eq!(sorted(&swapped.bag), sorted(corpus.bag(0)));
        assert_eq!(
            augmentation.of_rows(&corpus, &rows, 1).unwrap().variants,
            augmented.variants
        );
    }

    #[test]
    fn written_mail_comes_from_the_rows_alone_in_their_proportion() {
        let corpus = corpus();
        let augmentation = Augmentation::new(&[Augment::Synthetic(30)], &corpus, 1);
        let rows: Vec<usize> = (0..30).collect();
        let augmented = augmentation.of_rows(&corpus, &rows, 1).unwrap();
        let spam = augmented
            .variants
            .iter()
            .filter(|variant| variant.label.is_spam())
            .count();
        assert_eq!((augmented.rows.len(), spam), (60, 10));
        // What is tested on leaves no trace: another corpus that agrees in these rows gives the
        // same texts.
        let texts = |augmented: &Augmented| -> Vec<Vec<u8>> {
            augmented
                .variants
                .iter()
                .map(|variant| variant.text.clone())
                .collect()
        };
        let mut builder = CorpusBuilder::new(
            &Recipe::default(),
            CorpusOptions {
                text: true,
                near_duplicates: true,
                ..CorpusOptions::default()
            },
        );
        let copy = |row: usize| {
            let text = String::from_utf8_lossy(corpus.text(row)).into_owned();
            let (subject, body) = text.split_once('\n').unwrap();
            let content = Content::Fields {
                from: String::new(),
                subject: subject.into(),
                body: body.into(),
            };
            Email {
                id: row.to_string(),
                line: 1,
                label: corpus.label(row),
                kind: None,
                content,
            }
        };
        builder.add((0..30).map(copy).collect());
        let alone = builder.finish();
        assert_eq!(
            texts(&augmentation.of_rows(&alone, &rows, 1).unwrap()),
            texts(&augmented)
        );
        assert_ne!(
            texts(&augmentation.of_rows(&corpus, &rows, 2).unwrap()),
            texts(&augmented)
        );
    }
}
