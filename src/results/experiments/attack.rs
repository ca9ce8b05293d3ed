//! What attacks on filters achieve, and what defences are worth.

use crate::results::fit::Family;
use crate::results::metric::Estimate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Its name.
pub const ATTACK: &str = "attack";
/// Shares of the clean ham that thresholds may misclassify; the last is for little mail.
pub const CLEAN_RATES: [f64; 3] = [0.001, 0.01, 0.1];
/// The places of the rates, the one that is shown first where it can be told.
pub const SHOWN_RATES: [usize; 3] = [1, 2, 0];

/// What an attacker does to a message of spam.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attack {
    /// Nothing.
    None,
    /// Adds words of ham, drawn at random.
    Dictionary,
    /// Adds the words that most ham holds.
    Frequent,
    /// Adds words that ham holds and spam hardly does.
    Ratio,
    /// Adds the first words that the filter was seen to give way to.
    First,
    /// Adds those words that it gives way to most.
    Best,
    /// Hides words of a message of ham in a page.
    Hidden,
    /// Appends words of a message of ham.
    Newsletter,
    /// Sends the text as plain text, without any other change: what disguises are to be compared
    /// with.
    PlainText,
    /// Writes telling words with Cyrillic letters that look like Latin ones.
    Homoglyphs,
    /// Writes a character without width into telling words.
    ZeroWidth,
    /// Writes digits for letters in telling words.
    Leet,
    /// Writes a space into telling words.
    Split,
    /// Has a model of ham write other words for telling ones.
    Paraphrase,
}

impl Attack {
    /// Those that ask the filter nothing and take a number of words.
    pub const PASSIVE: [Attack; 10] = [
        Attack::Dictionary,
        Attack::Frequent,
        Attack::Ratio,
        Attack::Hidden,
        Attack::Newsletter,
        Attack::Homoglyphs,
        Attack::ZeroWidth,
        Attack::Leet,
        Attack::Split,
        Attack::Paraphrase,
    ];
    /// Those that ask the filter.
    pub const ACTIVE: [Attack; 2] = [Attack::First, Attack::Best];

    /// Name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Attack::None => "none",
            Attack::Dictionary => "dictionary words",
            Attack::Frequent => "frequent words",
            Attack::Ratio => "ratio words",
            Attack::First => "first words found",
            Attack::Best => "best words found",
            Attack::Hidden => "hidden ham",
            Attack::Newsletter => "appended ham",
            Attack::PlainText => "plain text",
            Attack::Homoglyphs => "homoglyphs",
            Attack::ZeroWidth => "zero-width characters",
            Attack::Leet => "digits for letters",
            Attack::Split => "split words",
            Attack::Paraphrase => "paraphrase",
        }
    }

    /// What it is to be compared with: the same message without it.
    pub fn baseline(self) -> Attack {
        match self {
            Attack::PlainText
            | Attack::Homoglyphs
            | Attack::ZeroWidth
            | Attack::Leet
            | Attack::Split
            | Attack::Paraphrase => Attack::PlainText,
            _ => Attack::None,
        }
    }
}

/// What a filter does against attacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Defence {
    /// Nothing but what the tokenizer does.
    None,
    /// Not even that: disguised words stay as they are written.
    NoDeobfuscation,
    /// It learns from attacked spam, too.
    Retraining,
    /// It scores both halves of a message, and the higher score counts (after Jorgensen, Zhou and
    /// Inge, JMLR 9, 2008, who train so, too).
    Instances,
    /// The mean score of several fits that each know a random half of the tokens (Kołcz and Teo,
    /// CEAS 2009).
    Bagging,
    /// What is unlike known mail counts as spam, too.
    Novelty,
}

impl Defence {
    /// All of them.
    pub const ALL: [Defence; 6] = [
        Defence::None,
        Defence::NoDeobfuscation,
        Defence::Retraining,
        Defence::Instances,
        Defence::Bagging,
        Defence::Novelty,
    ];

    /// Name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Defence::None => "none",
            Defence::NoDeobfuscation => "no deobfuscation",
            Defence::Retraining => "retraining",
            Defence::Instances => "halves scored apart",
            Defence::Bagging => "bagged tokens",
            Defence::Novelty => "novelty",
        }
    }
}

/// Messages that are learned as spam and are there to spoil the filter (after Nelson et al., LEET
/// 2008).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Poison {
    /// A hundred words of ham, drawn at random.
    Random,
    /// Half of the words of a message that is to be lost.
    Targeted,
    /// Thousands of words of ham.
    Dictionary,
}

impl Poison {
    /// All of them.
    pub const ALL: [Poison; 3] = [Poison::Random, Poison::Targeted, Poison::Dictionary];

    /// Name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Poison::Random => "random",
            Poison::Targeted => "targeted",
            Poison::Dictionary => "dictionary",
        }
    }
}

/// What an experiment with attacks found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AttackFound {
    /// What the mail is called.
    pub mail: String,
    /// Seed.
    pub seed: u64,
    /// Ham and spam that filters learn from.
    pub training: [usize; 2],
    /// Ham and spam that the attacker has.
    pub attacker: [usize; 2],
    /// Ham and spam that are tested.
    pub test: [usize; 2],
    /// The models.
    pub models: Vec<AttackedModel>,
    /// Models that do not take so much mail: name and reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<(String, String)>,
    /// Spam that is still caught.
    pub cells: Vec<AttackCell>,
    /// What each defence costs on mail that nobody attacks.
    pub clean: Vec<CleanCell>,
    /// Words that were found by asking a filter.
    pub searches: Vec<WordSearch>,
    /// What words that were found by asking one filter do to another.
    pub transfers: Vec<WordTransfer>,
    /// Filters that learned from poisoned mail.
    pub poisoned: Vec<PoisonedCell>,
    /// Fits for a defence or of poisoned mail that failed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failed: Vec<FailedFit>,
}

/// A model that could be fitted to clean mail, and could not be fitted again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FailedFit {
    /// The model, by its place.
    pub model: usize,
    /// What the fit was for.
    pub purpose: FitPurpose,
    /// Why it failed.
    pub why: String,
}

/// What a model is fitted again for.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FitPurpose {
    /// A defence.
    Defence(Defence),
    /// A poison, and the share of the training messages that it is.
    Poison(Poison, f64),
}

/// A model that is attacked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AttackedModel {
    /// Its name.
    pub name: String,
    /// Its family.
    pub family: Family,
    /// Why it could not be fitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
}

/// The share of the spam that a filter still catches under an attack.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AttackCell {
    /// The model, by its place.
    pub model: usize,
    /// What it does against it.
    pub defence: Defence,
    /// The attack.
    pub attack: Attack,
    /// Words that were added or changed, at most.
    pub words: usize,
    /// Spam caught in percent, at each of [`CLEAN_RATES`]; none where the ham are too few for it.
    pub caught: [Option<Estimate>; 3],
}

/// A filter on clean mail.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CleanCell {
    /// The model, by its place.
    pub model: usize,
    /// What it does against attacks.
    pub defence: Defence,
    /// (1-ROCA) %.
    pub one_minus_roca_pct: Option<Estimate>,
}

/// What a search for words took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WordSearch {
    /// The model that was asked.
    pub model: usize,
    /// Words that it gave way to.
    pub found: usize,
    /// Words that were tried.
    pub tried: usize,
    /// Messages that it classified for the attacker.
    pub queries: u64,
}

/// Spam caught by a model if words are added that were found by asking another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WordTransfer {
    /// The model that was asked.
    pub asked: usize,
    /// The model that is attacked.
    pub victim: usize,
    /// Words that are added.
    pub words: usize,
    /// Spam caught in percent, at each of [`CLEAN_RATES`].
    pub caught: [Option<Estimate>; 3],
}

/// A filter that learned from poisoned mail, on clean mail and at its own threshold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PoisonedCell {
    /// The model, by its place.
    pub model: usize,
    /// What it learned from, too.
    pub poison: Poison,
    /// Share of the training messages that this is; 0 for none.
    pub share: f64,
    /// The usual metrics, by key.
    pub metrics: BTreeMap<String, Estimate>,
    /// Of the messages that were to be lost, those that are, in percent.
    pub targets_lost_pct: Option<f64>,
}

impl FailedFit {
    /// Of these failures, by the place of the model, all fits for the same.
    pub fn all<'a>(
        failures: impl IntoIterator<Item = (usize, &'a str)>,
        purpose: FitPurpose,
    ) -> Vec<FailedFit> {
        let fit = |(model, why): (usize, &str)| FailedFit {
            model,
            purpose,
            why: why.to_owned(),
        };
        failures.into_iter().map(fit).collect()
    }
}

impl AttackFound {
    /// The cell of a model under an attack with so many words.
    pub fn cell(
        &self,
        model: usize,
        defence: Defence,
        attack: Attack,
        words: usize,
    ) -> Option<&AttackCell> {
        let is_it = |cell: &&AttackCell| {
            (cell.model, cell.defence, cell.attack, cell.words) == (model, defence, attack, words)
        };
        self.cells.iter().find(is_it)
    }

    /// The spam that a model without further defence still catches, in percent.
    pub fn caught(&self, model: usize, attack: Attack, words: usize, rate: usize) -> Option<f64> {
        let cell = self.cell(model, Defence::None, attack, words)?;
        cell.caught[rate].as_ref()?.value
    }

    /// The model of a family that catches most under all passive attacks with the most words, and
    /// what it catches of the spam, in percent.
    pub fn withstands_best(&self, family: Family, rate: usize) -> Option<(usize, f64)> {
        let left = |model: usize| {
            let attacks = Attack::PASSIVE.into_iter();
            let caught = attacks.map(|attack| {
                let words = *self.words(attack).last()?;
                self.caught(model, attack, words, rate)
            });
            let caught: Vec<f64> = caught.collect::<Option<_>>()?;
            Some(caught.iter().sum::<f64>() / caught.len() as f64)
        };
        let models = (0..self.models.len()).filter(|&at| self.models[at].family == family);
        let ranked = models.filter_map(|at| Some((at, left(at)?)));
        ranked.max_by(|a, b| a.1.total_cmp(&b.1))
    }

    /// Numbers of words of an attack, ascending.
    pub fn words(&self, attack: Attack) -> Vec<usize> {
        let cells = self.cells.iter().filter(|cell| cell.attack == attack);
        let mut words: Vec<usize> = cells.map(|cell| cell.words).collect();
        words.sort_unstable();
        words.dedup();
        words
    }

    /// The place of the rate that is shown.
    pub fn told_rate(&self) -> Option<usize> {
        let is_told = |rate: &usize| self.cells.iter().any(|cell| cell.caught[*rate].is_some());
        SHOWN_RATES.into_iter().find(is_told)
    }

    /// The fewest words tried that let half of the spam through which the undefended filter
    /// catches without them.
    pub fn words_to_evade(&self, model: usize, attack: Attack, rate: usize) -> Option<usize> {
        let caught = |attack: Attack, words: usize| self.caught(model, attack, words, rate);
        let before = caught(attack.baseline(), 0)?;
        let words = self.words(attack).into_iter();
        let mut enough =
            words.filter(|&words| caught(attack, words).is_some_and(|after| after <= before / 2.0));
        enough.next()
    }
}
