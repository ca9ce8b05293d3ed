//! Attacks that ask the filter nothing: the attacker knows mail of his own, and no more.

use super::super::adversary::disguise::{Disguise, with_words, words_and_gaps};
use super::super::adversary::envelope::{Place, added, rewritten, subject_and_body};
use super::super::adversary::mail::ContestedMail;
use super::super::adversary::word_lists::{WordList, WordLists};
use crate::base::mail::{Email, Label};
use crate::generate::Decoder;
use crate::model::Catalog;
use crate::results::experiments::Attack;
use crate::train::augment::corruption::{Channel, MASK};
use crate::train::{ModelSpec, TrainOptions, Trained, train};
use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::json;

/// The model of bytes by which the attacker writes.
const WRITER: &str = "byte-ngram";
/// What a paraphrase takes for corrupted beside the words that it replaces.
const CHANNEL: Channel = Channel { share: 0.05 };

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

    /// The text with what a model of ham would write for the chosen words.
    fn paraphrase(&self, text: &str, chosen: &FxHashSet<String>) -> String {
        let model = self.writer.as_ref();
        let Some(model) = model.and_then(|model| model.fitted.classifier().as_sequence()) else {
            return text.to_owned();
        };
        let line = |line: &str| {
            let masked = with_words(line, |word| {
                chosen
                    .contains(&word.to_lowercase())
                    .then(|| MASK.to_owned())
            });
            if masked == line {
                masked
            } else {
                Decoder::new(model, Label::Ham, CHANNEL).decode(&masked).0
            }
        };
        let lines: Vec<String> = text.split('\n').map(line).collect();
        lines.join("\n")
    }
}

/// The first words of a list.
pub fn joined(list: &[String], words: usize) -> String {
    list[..words.min(list.len())].join(" ")
}
