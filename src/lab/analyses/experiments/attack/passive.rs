//! Attacks that ask the filter nothing: the attacker knows mail of his own, and no more.

use super::super::adversary::disguise::{Disguise, with_words, words_and_gaps};
use super::super::adversary::envelope::{Place, added, rewritten, subject_and_body};
use super::super::adversary::mail::ContestedMail;
use super::super::adversary::word_lists::{WordList, WordLists};
use crate::base::mail::{Email, Label};
use crate::base::math::uniform;
use crate::base::streams::{Stream, hash_of_content, random_stream};
use crate::model::{Catalog, Sequence};
use crate::results::experiments::Attack;
use crate::train::{ModelSpec, TrainOptions, Trained, train};
use rand_pcg::Pcg64;
use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::json;

/// The model of bytes by which the attacker writes.
const WRITER: &str = "byte-ngram";
/// Bytes that it is told of what stands before a word.
const CONTEXT: usize = 16;
/// Bytes of the longest word that it writes.
const LONGEST_WORD: usize = 14;

/// An attacker with mail of his own.
pub struct Attacker<'a> {
    mail: &'a ContestedMail,
    /// His ham.
    ham: Vec<usize>,
    /// The words that he knows from it.
    pub lists: WordLists,
    /// Ranks of the words that tell spam.
    telling: FxHashMap<String, usize>,
    writer: Option<Trained>,
}

impl<'a> Attacker<'a> {
    /// Learns from the attacker's mail.
    pub fn new(mail: &'a ContestedMail, catalog: &Catalog, seed: u64) -> Attacker<'a> {
        let lists = WordLists::learn(&mail.corpus, &mail.attacker, seed);
        let telling = lists.telling.iter().cloned().zip(0..).collect();
        let spec = catalog
            .model(WRITER)
            .and_then(|entry| ModelSpec::new(entry, &json!({}), true).ok());
        let writer = spec.and_then(|spec| {
            let options = TrainOptions::seeded(seed);
            let trained = train(&[spec], &mail.corpus, &mail.attacker, options, &|| {});
            trained.models.into_iter().next()?.ok()
        });
        Attacker {
            ham: mail.of_class(&mail.attacker, Label::Ham),
            mail,
            lists,
            telling,
            writer,
        }
    }

    /// A message under an attack that adds or changes so many words at most. Attacks that ask the
    /// filter leave it as it is.
    pub fn attacked(&self, row: usize, attack: Attack, words: usize) -> Email {
        let email = self.mail.email(row);
        let add = |list| added(email, &joined(self.lists.of(list), words), Place::Front);
        let disguise = |how: Disguise| {
            self.retold(row, words, |text, chosen| {
                with_words(text, |word| {
                    chosen.contains(&word.to_lowercase()).then(|| how.of(word))
                })
            })
        };
        match attack {
            Attack::None | Attack::First | Attack::Best => email.clone(),
            Attack::Dictionary => add(WordList::Dictionary),
            Attack::Frequent => add(WordList::Frequent),
            Attack::Ratio => add(WordList::Ratio),
            Attack::Hidden => added(email, &self.words_of_ham(row, words), Place::Hidden),
            Attack::Newsletter => added(email, &self.words_of_ham(row, words), Place::Behind),
            Attack::PlainText => self.retold(row, 0, |text, _| text.to_owned()),
            Attack::Homoglyphs => disguise(Disguise::Homoglyphs),
            Attack::ZeroWidth => disguise(Disguise::ZeroWidth),
            Attack::Leet => disguise(Disguise::Leet),
            Attack::Split => disguise(Disguise::Split),
            Attack::Paraphrase => {
                self.retold(row, words, |text, chosen| self.paraphrase(text, chosen))
            }
        }
    }

    /// The first words of messages of ham, from one that belongs to the row.
    fn words_of_ham(&self, row: usize, words: usize) -> String {
        let from = row % self.ham.len().max(1);
        let order = self.ham[from..].iter().chain(&self.ham[..from]);
        let texts = order.map(|&ham| self.mail.text(ham));
        let mut taken: Vec<String> = Vec::new();
        for text in texts {
            let missing = words - taken.len();
            taken.extend(text.split_whitespace().take(missing).map(str::to_owned));
            if taken.len() == words {
                break;
            }
        }
        taken.join(" ")
    }

    /// The message as plain text, of which something was changed that may look at the most telling
    /// of its words.
    fn retold(
        &self,
        row: usize,
        words: usize,
        change: impl Fn(&str, &FxHashSet<String>) -> String,
    ) -> Email {
        let text = self.mail.text(row);
        let lower = text.to_lowercase();
        let known = words_and_gaps(&lower).filter_map(|(word, is_word)| {
            let rank = self.telling.get(word).filter(|_| is_word)?;
            Some((*rank, word))
        });
        let mut known: Vec<(usize, &str)> = known.collect();
        known.sort_unstable();
        known.dedup();
        let chosen = known.into_iter().take(words);
        let chosen: FxHashSet<String> = chosen.map(|(_, word)| word.to_owned()).collect();
        let changed = change(&text, &chosen);
        let (subject, body) = subject_and_body(&changed);
        rewritten(self.mail.email(row), subject, body)
    }

    /// The text with what a model of ham writes in place of the chosen words, after what stands
    /// before each of them.
    fn paraphrase(&self, text: &str, chosen: &FxHashSet<String>) -> String {
        let model = self.writer.as_ref();
        let Some(model) = model.and_then(|model| model.fitted.classifier().as_sequence()) else {
            return text.to_owned();
        };
        let hash = hash_of_content(text.bytes());
        let mut rng = random_stream(hash, Stream::Attack(3));
        let mut new = Vec::with_capacity(text.len());
        for (piece, is_word) in words_and_gaps(text) {
            if is_word && chosen.contains(&piece.to_lowercase()) {
                write_word(model, &mut new, &mut rng);
            } else {
                new.extend_from_slice(piece.as_bytes());
            }
        }
        String::from_utf8_lossy(&new).into_owned()
    }
}

/// Writes a word that a model of ham draws after the text so far.
fn write_word(model: &dyn Sequence, text: &mut Vec<u8>, rng: &mut Pcg64) {
    let is_letter = |byte: usize| byte >= 0x80 || (byte as u8).is_ascii_alphabetic();
    for at in 0..LONGEST_WORD {
        let context = &text[text.len().saturating_sub(CONTEXT)..];
        let next = model.next(context, Label::Ham);
        let letters = next.iter().take(256).enumerate();
        let letters: f64 = letters
            .filter(|(byte, _)| is_letter(*byte))
            .map(|(_, p)| p)
            .sum();
        // What is left of 1 is the end of the word, which has a letter at least.
        let all = if at == 0 { letters } else { 1.0 };
        let mut left = uniform(rng) * all;
        let drawn = (0..256).filter(|byte| is_letter(*byte)).find(|&byte| {
            left -= next[byte];
            left < 0.0
        });
        let Some(letter) = drawn else { return };
        text.push(letter as u8);
    }
}

/// The first words of a list.
pub fn joined(list: &[String], words: usize) -> String {
    list[..words.min(list.len())].join(" ")
}
