//! Attacks on filters: spam that is changed to pass them, with and without asking them, training
//! mail that is poisoned, and what defences are worth and cost.
//!
//! Half of the mail is learned from, a quarter is the attacker's, and a quarter is tested; no
//! near-duplicate stands in two of them. The attacker knows his quarter and, in active attacks, of
//! any message whether it passes. A threshold is set on the clean ham of the test mail, so that a
//! defence pays for itself: what is more careful gets a higher threshold.

mod active;
mod defences;
mod passive;
mod poisoning;

use self::active::{FoundWords, search};
use self::defences::{BAGS, Defended, Defending, Scores};
use self::passive::{Attacker, joined};
use self::poisoning::poisoned;
use super::adversary::envelope::{Place, added};
use super::adversary::filters::{Filters, caught, threshold};
use super::adversary::mail::ContestedMail;
use super::cells::{KeyedCells, Tests};
use super::{Cells, Experiment, announce, models, refused};
use crate::base::mail::{Email, Label};
use crate::base::progress::Progress;
use crate::lab::error::{LabError, SpecError};
use crate::lab::spec::ExperimentSpec;
use crate::model::Catalog;
use crate::results::experiments::{
    ATTACK, Attack, AttackCell, AttackFound, AttackedModel, CLEAN_RATES, CleanCell, Defence,
    FailedFit, FitPurpose, Poison, SHOWN_RATES, WordSearch, WordTransfer,
};
use crate::results::{Decision, Estimate, with_intervals};
use crate::train::{ModelSpec, TrainOptions};
use serde::{Deserialize, Serialize};
use std::convert::Infallible;

/// The model that knows what is new, and is attacked besides the default ones.
const BYTES: &str = "byte-ngram";
/// Words of an attack, at most.
const MOST_WORDS: usize = 5_000;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AttackParameters {
    /// Numbers of words that are added or changed.
    pub words: Vec<usize>,
    /// The number of words against which defences are measured, and with which words are carried
    /// from one filter to another.
    pub defended: usize,
    /// Spam that is attacked, at most.
    pub spam: usize,
    /// Words that an active attack tries; 0 for no active attack.
    pub candidates: usize,
    /// Whether defences are measured.
    pub defences: bool,
    /// Shares of the training mail that are poisoned; 0 is always measured besides.
    pub poisoned: Vec<f64>,
}

impl Default for AttackParameters {
    fn default() -> AttackParameters {
        AttackParameters {
            words: vec![10, 20, 50, 100, 200, 500],
            defended: 100,
            spam: 500,
            candidates: 1_000,
            defences: true,
            poisoned: vec![0.01, 0.05, 0.1],
        }
    }
}

impl AttackParameters {
    /// The same with attacks alone that ask the filter nothing, and without defences.
    #[must_use]
    pub fn passive(self) -> AttackParameters {
        AttackParameters {
            candidates: 0,
            defences: false,
            poisoned: Vec::new(),
            ..self
        }
    }

    /// How often the models are fitted.
    fn fits(&self) -> usize {
        let made = if self.defences {
            // One without deobfuscation, one that is taught again, and the bags.
            2 + usize::from(BAGS)
        } else {
            0
        };
        let poisoned = match self.poisoned.len() {
            0 => 0,
            shares => 1 + Poison::ALL.len() * shares,
        };
        1 + made + poisoned
    }

    fn check(&self) -> Result<(), SpecError> {
        let numbers = self.words.iter().chain([&self.defended]);
        let mut wrong = numbers.filter(|&&words| !(1..=MOST_WORDS).contains(&words));
        let refuse = refused::<AttackParameters>;
        if self.words.is_empty() || self.spam == 0 {
            return Err(refuse("words and spam must not be empty or 0".to_owned()));
        }
        if let Some(words) = wrong.next() {
            let why = format!("{words} words are asked for, and must be 1 to {MOST_WORDS}");
            return Err(refuse(why));
        }
        let is_share = |share: &&f64| !(**share > 0.0 && **share < 1.0);
        match self.poisoned.iter().find(is_share) {
            Some(share) => Err(refuse(format!("{share} is no share of the training mail"))),
            None => Ok(()),
        }
    }
}

impl Experiment for AttackParameters {
    const NAME: &'static str = ATTACK;
    const QUESTION: &'static str = "\
        Which model still catches spam that is changed to pass it, and what do defences cost?";
    type Found = AttackFound;

    fn quick() -> AttackParameters {
        AttackParameters {
            words: vec![10, 100],
            spam: 60,
            candidates: 200,
            poisoned: vec![0.05],
            ..AttackParameters::default()
        }
    }

    fn run(
        &self,
        spec: &ExperimentSpec,
        catalog: &Catalog,
        cells: &Cells,
        progress: &dyn Progress,
    ) -> Result<AttackFound, LabError> {
        self.check()?;
        let usual =
            |entry: &dyn crate::model::ModelEntry| entry.is_default() || entry.name() == BYTES;
        let models = models(spec, catalog, usual)?;
        let mail = ContestedMail::read(spec, &models, progress)?;
        let (models, left_out) = applicable(models, mail.training.len());
        let sets = vec![mail.training.len(); self.fits()];
        announce(&models, &mail.corpus, &sets, spec.seed, progress);
        cells.note(mail.facts(spec.data.name()));
        let cells = cells.of(spec, &mail.corpus);
        let contest = Contest::new(&mail, &models, (self, spec), catalog);
        Ok(AttackFound {
            left_out,
            ..contest.run(&cells, progress)
        })
    }
}

/// The models that take so many messages, and why others do not.
fn applicable(models: Vec<ModelSpec>, emails: usize) -> (Vec<ModelSpec>, Vec<(String, String)>) {
    let mut left_out = Vec::new();
    let takes = |model: &ModelSpec| match model.applicable(emails) {
        Ok(()) => true,
        Err(why) => {
            left_out.push((model.entry.name().to_owned(), why));
            false
        }
    };
    (models.into_iter().filter(takes).collect(), left_out)
}

/// All that an attack is made of.
struct Contest<'a> {
    mail: &'a ContestedMail,
    models: &'a [ModelSpec],
    asked: &'a AttackParameters,
    spec: &'a ExperimentSpec,
    attacker: Attacker<'a>,
    filters: Filters,
    /// Clean ham and spam that are tested.
    ham: Vec<usize>,
    spam: Vec<usize>,
}

/// Thresholds of a model, one for each of [`CLEAN_RATES`].
type Thresholds = [Option<f64>; 3];

/// What one defence came to.
type DefenceFound = (Vec<AttackCell>, Vec<CleanCell>, Vec<FailedFit>);

impl<'a> Contest<'a> {
    fn new(
        mail: &'a ContestedMail,
        models: &'a [ModelSpec],
        (asked, spec): (&'a AttackParameters, &'a ExperimentSpec),
        catalog: &Catalog,
    ) -> Contest<'a> {
        let training = mail.emails(&mail.training);
        let options = TrainOptions::seeded(spec.seed);
        let filters = Filters::train(training, &spec.recipe, models, options);
        let spam = mail.of_class(&mail.test, Label::Spam);
        let step = spam.len().div_ceil(asked.spam).max(1);
        Contest {
            attacker: Attacker::new(mail, catalog, spec.seed),
            filters,
            ham: mail.of_class(&mail.test, Label::Ham),
            spam: spam.into_iter().step_by(step).collect(),
            mail,
            models,
            asked,
            spec,
        }
    }

    fn run(&self, cells: &KeyedCells<'_>, progress: &dyn Progress) -> AttackFound {
        let defences: &[Defence] = if self.asked.defences {
            &Defence::ALL
        } else {
            &Defence::ALL[..1]
        };
        let active = if self.asked.candidates > 0 {
            self.models.len()
        } else {
            0
        };
        let poisons = Poison::ALL.into_iter().flat_map(|poison| {
            self.asked
                .poisoned
                .iter()
                .map(move |&share| (poison, share))
        });
        let mut poisons: Vec<(Poison, f64)> = poisons.collect();
        if !poisons.is_empty() {
            poisons.insert(0, (Poison::Targeted, 0.0));
        }
        progress.begin("attacks", (defences.len() + active + poisons.len()) as u64);
        let mut found = self.empty();
        for &defence in defences {
            let name = format!("attack {defence:?}");
            let (attacked, clean, failed) =
                kept(cells, &name, |tests| self.defended(defence, tests));
            found.cells.extend(attacked);
            found.clean.extend(clean);
            found.failed.extend(failed);
            progress.advance(1);
        }
        for model in 0..active {
            let (attacked, search, transfers) = kept(cells, &format!("attack on {model}"), |_| {
                self.searched(model)
            });
            found.cells.extend(attacked);
            found.searches.extend(search);
            found.transfers.extend(transfers);
            progress.advance(1);
        }
        for (poison, share) in poisons {
            let name = format!("poison {poison:?} {share}");
            let (of, failed) = kept(cells, &name, |_| {
                let lists = &self.attacker.lists;
                poisoned(self.mail, lists, (self.models, self.spec), (poison, share))
            });
            found.poisoned.extend(of);
            found.failed.extend(failed);
            progress.advance(1);
        }
        progress.end();
        // What cannot be fitted to clean mail is told of the model.
        let models = &found.models;
        found
            .failed
            .retain(|fit| models[fit.model].failed.is_none());
        found
    }

    fn empty(&self) -> AttackFound {
        let models = self.models.iter().zip(&self.filters.models);
        let model = |(model, fitted): (&ModelSpec, &Result<_, String>)| AttackedModel {
            name: model.entry.name().to_owned(),
            family: model.entry.family(),
            failed: fitted.as_ref().err().cloned(),
        };
        AttackFound {
            mail: self.spec.data.name(),
            seed: self.spec.seed,
            training: self.mail.classes(&self.mail.training),
            attacker: self.mail.classes(&self.mail.attacker),
            test: [self.ham.len(), self.spam.len()],
            models: models.map(model).collect(),
            left_out: Vec::new(),
            cells: Vec::new(),
            clean: Vec::new(),
            searches: Vec::new(),
            transfers: Vec::new(),
            poisoned: Vec::new(),
            failed: Vec::new(),
        }
    }

    /// Every attack against a defence: with every number of words if there is none.
    fn defended(&self, defence: Defence, tests: &mut Tests) -> DefenceFound {
        let making = Defending {
            mail: self.mail,
            attacker: &self.attacker,
            models: self.models,
            spec: self.spec,
            words: &self.asked.words,
            filters: &self.filters,
        };
        let Some(defended) = making.make(defence) else {
            return DefenceFound::default();
        };
        let all = self.all();
        let ham = defended.scores(self.mail.emails(&self.ham), &all);
        let thresholds: Vec<Thresholds> = ham.iter().map(|ham| thresholds(ham.as_ref())).collect();
        let words: &[usize] = if defence == Defence::None {
            &self.asked.words
        } else {
            std::slice::from_ref(&self.asked.defended)
        };
        let attacks = Attack::PASSIVE.into_iter();
        let attacks = attacks.flat_map(|attack| words.iter().map(move |&words| (attack, words)));
        let unchanged = [(Attack::None, 0), (Attack::PlainText, 0)];
        let (mut attacked, mut clean) = (Vec::new(), Vec::new());
        for (attack, words) in unchanged.into_iter().chain(attacks) {
            let emails = self.attacked(attack, words);
            let scores = defended.scores(emails, &all);
            if attack == Attack::None {
                clean = self.clean(defence, &ham, &scores, tests);
            }
            let of = |(model, scores): (usize, Option<Vec<f64>>)| {
                Some(AttackCell {
                    model,
                    defence,
                    attack,
                    words,
                    caught: self.caught(&scores?, thresholds[model]),
                })
            };
            attacked.extend(scores.into_iter().enumerate().filter_map(of));
        }
        let failed = FailedFit::all(defended.failures(), FitPurpose::Defence(defence));
        (attacked, clean, failed)
    }

    fn all(&self) -> Vec<usize> {
        (0..self.models.len()).collect()
    }

    fn attacked(&self, attack: Attack, words: usize) -> Vec<Email> {
        use rayon::prelude::*;
        let rows = self.spam.par_iter();
        rows.map(|&row| self.attacker.attacked(row, attack, words))
            .collect()
    }

    fn caught(&self, scores: &[f64], thresholds: Thresholds) -> [Option<Estimate>; 3] {
        let groups = self.groups(&self.spam);
        thresholds.map(|at| caught(scores, &groups, at?))
    }

    fn groups(&self, rows: &[usize]) -> Vec<u32> {
        rows.iter()
            .map(|&row| self.mail.corpus.group(row))
            .collect()
    }

    /// How well a defended filter ranks clean mail.
    fn clean(
        &self,
        defence: Defence,
        ham: &Scores,
        spam: &Scores,
        tests: &mut Tests,
    ) -> Vec<CleanCell> {
        let groups = self.groups(&[&self.ham[..], &self.spam].concat());
        let classes = [(Label::Ham, self.ham.len()), (Label::Spam, self.spam.len())];
        let labels = classes.map(|(label, emails)| vec![label; emails]).concat();
        let cell = |model: usize| {
            let (ham, spam) = (&ham[model], &spam[model]);
            let scores = [&ham.as_ref()?[..], spam.as_ref()?].concat();
            if let (Defence::None, Ok(trained)) = (defence, &self.filters.models[model]) {
                tests.add(trained, &scores, &labels);
            }
            let mut found = with_intervals(&scores, &labels, &groups, Decision::default());
            Some(CleanCell {
                model,
                defence,
                one_minus_roca_pct: found.remove("one_minus_roca_pct"),
            })
        };
        (0..ham.len()).filter_map(cell).collect()
    }

    /// What an attacker who may ask a filter finds, and what that does to it and to all others.
    fn searched(&self, model: usize) -> (Vec<AttackCell>, Vec<WordSearch>, Vec<WordTransfer>) {
        let plain = Defended::Plain(&self.filters);
        let all = self.all();
        let ham = plain.scores(self.mail.emails(&self.ham), &all);
        let thresholds: Vec<Thresholds> = ham.iter().map(|ham| thresholds(ham.as_ref())).collect();
        let mut told = SHOWN_RATES.iter().map(|&rate| thresholds[model][rate]);
        let Some(at) = told.find_map(|at| at) else {
            return Default::default();
        };
        let lists = &self.attacker.lists;
        let asked = (&self.filters, model);
        let found = search(self.mail, lists, asked, at, self.asked.candidates);
        let with = |words: &[String], number: usize| -> Vec<Email> {
            let text = joined(words, number);
            let add = |&row: &usize| added(self.mail.email(row), &text, Place::Front);
            self.spam.iter().map(add).collect()
        };
        let mut cells = Vec::new();
        if found.best.is_empty() {
            return (cells, vec![summary(model, &found)], Vec::new());
        }
        for (attack, list) in [(Attack::First, &found.first), (Attack::Best, &found.best)] {
            for &words in &self.asked.words {
                let scores = plain.scores(with(list, words), &[model]).swap_remove(0);
                cells.extend(scores.map(|scores| AttackCell {
                    model,
                    defence: Defence::None,
                    attack,
                    words,
                    caught: self.caught(&scores, thresholds[model]),
                }));
            }
        }
        let words = self.asked.defended;
        let scores = plain.scores(with(&found.best, words), &all);
        let transfer = |(victim, scores): (usize, Option<Vec<f64>>)| {
            Some(WordTransfer {
                asked: model,
                victim,
                words,
                caught: self.caught(&scores?, thresholds[victim]),
            })
        };
        let transfers = scores.into_iter().enumerate().filter_map(transfer);
        (cells, vec![summary(model, &found)], transfers.collect())
    }
}

fn summary(model: usize, found: &FoundWords) -> WordSearch {
    WordSearch {
        model,
        found: found.first.len(),
        tried: found.tried,
        queries: found.queries,
    }
}

fn thresholds(ham: Option<&Vec<f64>>) -> Thresholds {
    CLEAN_RATES.map(|rate| threshold(ham?.clone(), rate))
}

/// A cell, which cannot fail.
fn kept<T: Serialize + serde::de::DeserializeOwned>(
    cells: &KeyedCells<'_>,
    name: &str,
    make: impl FnOnce(&mut Tests) -> T,
) -> T {
    let Ok(made) = cells.cell(name, |tests| Ok::<T, Infallible>(make(tests)));
    made
}
