//! Defences: each gives every message a score by every model, and thresholds are set on clean ham
//! under the same defence.

use super::super::adversary::envelope::{rewritten, subject_and_body};
use super::super::adversary::filters::{Filters, Said};
use super::super::adversary::mail::ContestedMail;
use super::passive::Attacker;
use crate::base::mail::{Email, Label};
use crate::base::math::below;
use crate::base::streams::{Stream, random_stream};
use crate::dataset::features::VocabularySettings;
use crate::dataset::{CorpusBuilder, CorpusOptions, Representation};
use crate::lab::spec::ExperimentSpec;
use crate::results::experiments::{Attack, Defence};
use crate::tokenize::Recipe;
use crate::train::{ModelSpec, TrainOptions};

/// Fits whose scores are averaged.
pub const BAGS: u8 = 5;

/// Scores by model; none of one that could not be fitted or has no such defence.
pub type Scores = Vec<Option<Vec<f64>>>;

/// A defence that is ready to score.
pub enum Defended<'a> {
    /// By a filter's own scores.
    Plain(&'a Filters),
    /// By filters that were made for it.
    Made(Filters),
    /// By the higher score of two halves.
    Halves(&'a Filters, &'a Recipe),
    /// By the mean of several filters, of models of a bag of tokens.
    Bagged(Vec<Filters>, Vec<bool>),
    /// By the place among the clean ham, in score or in likeness.
    Novelty {
        /// The filter.
        filters: &'a Filters,
        /// The model that knows what is new.
        judge: usize,
        /// Scores of the clean ham by model, ascending.
        ham: Vec<Option<Vec<f64>>>,
        /// Likeness of the clean ham, ascending.
        likeness: Vec<f64>,
    },
}

/// What defences are made from.
pub struct Defending<'a> {
    pub mail: &'a ContestedMail,
    pub attacker: &'a Attacker<'a>,
    pub models: &'a [ModelSpec],
    pub spec: &'a ExperimentSpec,
    /// Numbers of words of the attacks that are learned from.
    pub words: &'a [usize],
    /// The undefended filter.
    pub filters: &'a Filters,
}

impl<'a> Defending<'a> {
    /// A defence; none where there is nothing to make it of.
    pub fn make(&self, defence: Defence) -> Option<Defended<'a>> {
        let options = TrainOptions::seeded(self.spec.seed);
        let training = || self.mail.emails(&self.mail.training);
        let recipe = &self.spec.recipe;
        match defence {
            Defence::None => Some(Defended::Plain(self.filters)),
            Defence::NoDeobfuscation => recipe.deobfuscate.then(|| {
                let literal = Recipe {
                    deobfuscate: false,
                    ..recipe.clone()
                };
                Defended::Made(Filters::train(training(), &literal, self.models, options))
            }),
            Defence::Retraining => {
                let emails = [training(), self.attacked()].concat();
                Some(Defended::Made(Filters::train(
                    emails,
                    recipe,
                    self.models,
                    options,
                )))
            }
            Defence::Instances => Some(Defended::Halves(self.filters, recipe)),
            Defence::Bagging => {
                let bag = |half: u8| {
                    let options = TrainOptions {
                        vocabulary: VocabularySettings {
                            half: Some(half),
                            ..VocabularySettings::default()
                        },
                        ..options
                    };
                    Filters::train(training(), recipe, self.models, options)
                };
                let reads_a_bag = |model: &ModelSpec| {
                    let mut views = model.views();
                    !views.any(|view| {
                        let way = view.representation;
                        matches!(way, Representation::Bytes | Representation::TokenSequence)
                    })
                };
                let has_bag = self.models.iter().map(reads_a_bag).collect();
                Some(Defended::Bagged((0..BAGS).map(bag).collect(), has_bag))
            }
            Defence::Novelty => self.novelty(),
        }
    }

    /// The attacker's mail: his spam under an attack each, and his ham as it is.
    fn attacked(&self) -> Vec<Email> {
        let mut rng = random_stream(self.spec.seed, Stream::Attack(1));
        let email = |&row: &usize| {
            if self.mail.corpus.label(row) != Some(Label::Spam) {
                return self.mail.email(row).clone();
            }
            let attack = Attack::PASSIVE[below(&mut rng, Attack::PASSIVE.len())];
            let words = self.words[below(&mut rng, self.words.len())];
            self.attacker.attacked(row, attack, words)
        };
        self.mail.attacker.iter().map(email).collect()
    }

    fn novelty(&self) -> Option<Defended<'a>> {
        let fitted = self.filters.models.iter();
        let knows = |model: &Result<crate::train::Trained, String>| {
            model
                .as_ref()
                .is_ok_and(|model| model.novelty_reference.is_some())
        };
        let judge = fitted.map(knows).position(|knows| knows)?;
        let rows = self.mail.of_class(&self.mail.test, Label::Ham);
        let asked: Vec<usize> = (0..self.models.len()).collect();
        let said = self.filters.say(self.mail.emails(&rows), &asked);
        let sorted = |values: Vec<f64>| {
            let mut values = values;
            values.sort_by(f64::total_cmp);
            values
        };
        let odds = |said: &Vec<Said>| sorted(said.iter().map(|said| said.log_odds).collect());
        let likeness = said.get(judge)?.as_ref()?.iter();
        Some(Defended::Novelty {
            filters: self.filters,
            judge,
            ham: said.iter().map(|said| said.as_ref().map(odds)).collect(),
            likeness: sorted(likeness.filter_map(|said| said.likeness).collect()),
        })
    }
}

impl Defended<'_> {
    /// The models that could not be fitted for it, by place, and why.
    pub fn failures(&self) -> Vec<(usize, &str)> {
        match self {
            Defended::Made(filters) => filters.failures().collect(),
            Defended::Bagged(bags, has_bag) => {
                let all = bags.iter().flat_map(Filters::failures);
                let mut failed: Vec<(usize, &str)> = all.filter(|of| has_bag[of.0]).collect();
                // One bag that fails is enough, and told once.
                failed.sort_by_key(|(model, _)| *model);
                failed.dedup_by_key(|(model, _)| *model);
                failed
            }
            Defended::Plain(_) | Defended::Halves(..) | Defended::Novelty { .. } => Vec::new(),
        }
    }

    /// Scores of messages by every model, higher for spam.
    pub fn scores(&self, emails: Vec<Email>, asked: &[usize]) -> Scores {
        match self {
            Defended::Plain(filters) => filters.log_odds(emails, asked),
            Defended::Made(filters) => filters.log_odds(emails, asked),
            Defended::Halves(filters, recipe) => {
                let number = emails.len();
                let halves = halves(&emails, recipe);
                let scores = filters.log_odds(halves, asked).into_iter();
                let higher = |odds: Vec<f64>| {
                    let (first, second) = odds.split_at(number);
                    let both = first.iter().zip(second);
                    both.map(|(one, other)| one.max(*other)).collect()
                };
                scores.map(|odds| odds.map(higher)).collect()
            }
            Defended::Bagged(bags, has_bag) => {
                let all: Vec<Scores> = bags
                    .iter()
                    .map(|filters| filters.log_odds(emails.clone(), asked))
                    .collect();
                let mean = |at: usize| {
                    let scores = all.iter().map(|scores| scores[at].as_ref());
                    let scores: Vec<&Vec<f64>> = scores.collect::<Option<_>>()?;
                    let sum = |email: usize| scores.iter().map(|odds| odds[email]).sum::<f64>();
                    let means = (0..emails.len()).map(|email| sum(email) / scores.len() as f64);
                    Some(means.collect())
                };
                let of_bag = |(at, &model): (usize, &usize)| mean(at).filter(|_| has_bag[model]);
                asked.iter().enumerate().map(of_bag).collect()
            }
            Defended::Novelty {
                filters,
                judge,
                ham,
                likeness,
            } => {
                let all = [asked, &[*judge]].concat();
                let mut said = filters.say(emails, &all);
                let judged = said.pop().flatten();
                let score = |(said, model): (Option<Vec<Said>>, &usize)| {
                    let (said, judged, ham) = (said?, judged.as_ref()?, ham[*model].as_ref()?);
                    let both = said.iter().zip(judged);
                    Some(
                        both.map(|(said, judged)| place(*said, *judged, ham, likeness))
                            .collect(),
                    )
                };
                said.into_iter().zip(asked).map(score).collect()
            }
        }
    }
}

/// The higher of two places among the clean ham: by score, and by how little it is like known
/// mail. Beyond all ham the score goes on to count, so that spam keeps an order.
fn place(said: Said, judged: Said, ham: &[f64], likeness: &[f64]) -> f64 {
    let by_score = ham.partition_point(|odds| *odds < said.log_odds) as f64 / ham.len() as f64;
    let by_novelty = judged.likeness.map_or(0.0, |like| {
        let more = likeness.len() - likeness.partition_point(|known| *known <= like);
        more as f64 / likeness.len().max(1) as f64
    });
    let beyond = ham
        .last()
        .map_or(0.0, |last| (said.log_odds - last).max(0.0));
    by_score.max(by_novelty) + beyond
}

/// The first halves of all messages, then the second ones, as plain text under the same header.
fn halves(emails: &[Email], recipe: &Recipe) -> Vec<Email> {
    let mut builder = CorpusBuilder::new(recipe, CorpusOptions::TEXT);
    builder.add(emails.to_vec());
    let corpus = builder.finish();
    let (mut first, mut second) = (Vec::new(), Vec::new());
    for (row, email) in emails.iter().enumerate() {
        let text = String::from_utf8_lossy(corpus.text(row));
        let (subject, body) = subject_and_body(&text);
        let pieces: Vec<&str> = body.split_inclusive(char::is_whitespace).collect();
        let (one, other) = pieces.split_at(pieces.len() / 2);
        first.push(rewritten(email, subject, &one.concat()));
        second.push(rewritten(email, subject, &other.concat()));
    }
    first.append(&mut second);
    first
}
