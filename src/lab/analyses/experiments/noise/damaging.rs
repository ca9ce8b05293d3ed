//! Damage, drawn and done, and what every model makes of it.

use super::super::cells::Tests;
use super::super::contributions::{ByMetric, contributed};
use super::super::fixed_test::FixedTest;
use super::super::{classes, labels, log_odds, prior_corrected};
use crate::base::mail::Label;
use crate::base::streams::{Stream, random_stream};
use crate::dataset::features::Encoded;
use crate::dataset::{AddedMail, AugmentedCorpus, Corpus};
use crate::lab::analyses::learning_curve::shuffled;
use crate::lab::spec::ExperimentSpec;
use crate::results::experiments::Damage;
use crate::train::augment::{CorpusTokenizer, Original, first_words, without_some};
use crate::train::{ModelSpec, TrainError, Trained, Training, train};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Spam that is needed in a training set.
const LEAST_SPAM: usize = 2;

/// A draw of a damage at a level; undamaged mail has one of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Trial {
    pub damage: Option<Damage>,
    pub level: usize,
    pub draw: u32,
}

/// What a model makes of the test messages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Scored {
    /// What each message contributes to the error rate, (1-ROCA) % and log loss.
    pub contributed: ByMetric,
    /// The error rate with the prior corrected.
    pub corrected: f64,
}

/// By model; or why it could not be fitted.
pub(super) type Scores = Vec<Result<Scored, String>>;

/// What is damaged, and how it is measured.
pub(super) struct Damaging<'a> {
    pub fixed: FixedTest,
    pub corpus: &'a Corpus,
    pub models: &'a [ModelSpec],
    pub spec: &'a ExperimentSpec,
    pub draws: u32,
}

impl Damaging<'_> {
    /// Every training set: the undamaged one and each that is damaged.
    pub fn trials(&self) -> Vec<Trial> {
        let undamaged = Trial {
            damage: None,
            level: 0,
            draw: 0,
        };
        let damages = Damage::ALL.into_iter();
        let of_training = damages.filter(|damage| damage.is_of_training());
        let drawn = of_training.flat_map(|damage| self.drawn(damage));
        let possible = drawn.filter(|trial| self.damaged(*trial).is_some());
        [undamaged].into_iter().chain(possible).collect()
    }

    /// Every draw of a damage at every level.
    fn drawn(&self, damage: Damage) -> Vec<Trial> {
        let draws = match damage {
            // The first words of a message are always the same.
            Damage::ShortMessages => 1,
            _ => self.draws,
        };
        let of_level = |&level: &usize| {
            (0..draws).map(move |draw| Trial {
                damage: Some(damage),
                level,
                draw,
            })
        };
        damage.levels().iter().flat_map(of_level).collect()
    }

    /// The training set of a trial, and those of its rows whose labels are wrong; None where there
    /// is too little spam for it.
    fn damaged(&self, trial: Trial) -> Option<(Vec<usize>, Vec<usize>)> {
        let (training, seed) = (&self.fixed.training, self.spec.seed);
        let [ham, spam] =
            Label::BOTH.map(|label| shuffled(self.corpus, training, label, seed, trial.draw));
        let share = |rows: &[usize]| {
            let wrong = (rows.len() * trial.level + 50) / 100;
            rows[..wrong].to_vec()
        };
        let wrong = match trial.damage {
            Some(Damage::WrongLabels) => [share(&ham), share(&spam)].concat(),
            Some(Damage::HamCalledSpam) => share(&ham),
            Some(Damage::SpamCalledHam) => share(&spam),
            Some(Damage::RareSpam) => {
                let left = (ham.len() + trial.level / 2) / trial.level;
                if !(LEAST_SPAM..spam.len()).contains(&left) {
                    return None;
                }
                let mut rows = [&ham[..], &spam[..left]].concat();
                rows.sort_unstable();
                return Some((rows, Vec::new()));
            }
            _ => Vec::new(),
        };
        Some((training.clone(), wrong))
    }

    /// What every model makes of the test messages after learning from the training set of a trial;
    /// of the undamaged one, also of all damaged test messages.
    pub fn scored(&self, trial: Trial, tests: &mut Tests) -> Vec<(Trial, Scores)> {
        let Some((rows, wrong)) = self.damaged(trial) else {
            return Vec::new();
        };
        let options = self.spec.train_options();
        let mislabelled = (!wrong.is_empty()).then(|| self.corpus.mislabelled(&wrong));
        let corpus = mislabelled.as_ref().unwrap_or(self.corpus);
        let [ham, spam] = classes(corpus, &rows).map(|emails| emails as f64);
        let share = spam / (ham + spam);
        let training = train(self.models, corpus, &rows, options, &|| ());
        drop(mislabelled);
        let test = Encoded::new(self.corpus, &training.encoders, &self.fixed.test);
        let mut scored = vec![(trial, self.measured(&training, &test, share, tests))];
        if trial.damage.is_none() {
            let damages = Damage::ALL.into_iter();
            let of_test = damages.filter(|damage| !damage.is_of_training());
            let trials: Vec<Trial> = of_test.flat_map(|damage| self.drawn(damage)).collect();
            scored.extend(trials.into_iter().map(|trial| {
                let copies = self.copies(trial);
                let extended = AugmentedCorpus::new(self.corpus, &copies);
                let first = self.corpus.len();
                let rows: Vec<usize> = (first..first + copies.len()).collect();
                let test = Encoded::new(extended, &training.encoders, &rows);
                (trial, self.measured(&training, &test, share, tests))
            }));
        }
        scored
    }

    /// The damaged test messages of a trial.
    fn copies(&self, trial: Trial) -> Vec<Arc<AddedMail>> {
        let test = &self.fixed.test;
        let copy = |tokenizer: &mut CorpusTokenizer<'_>, (place, &row): (usize, &usize)| {
            let original = Original::new(self.corpus, row, tokenizer);
            let text = if trial.damage == Some(Damage::ShortMessages) {
                first_words(&original.text, trial.level).to_owned()
            } else {
                let number = trial.draw as usize * test.len() + place;
                let stream = Stream::Corrupted(number as u32);
                let mut rng = random_stream(self.spec.seed, stream);
                without_some(&original.text, trial.level as f64 / 100.0, &mut rng)
            };
            let label = self.corpus.label(row).unwrap_or(Label::Ham);
            Arc::new(original.with_text(text, label, tokenizer))
        };
        let places = test.par_iter().enumerate();
        places
            .map_init(|| CorpusTokenizer::new(self.corpus), copy)
            .collect()
    }

    fn measured(
        &self,
        training: &Training,
        test: &Encoded<'_>,
        share: f64,
        tests: &mut Tests,
    ) -> Scores {
        let classes = &self.fixed.classes;
        let labels = labels(self.corpus, &self.fixed.test);
        let of_model = |trained: &Result<Trained, TrainError>| match trained {
            Ok(trained) => {
                let log_odds = log_odds(trained, test);
                tests.add(trained, &log_odds, &labels);
                let decision = trained.decision.decision;
                let corrected = prior_corrected(&log_odds, share);
                let [errors, ..] = contributed(&corrected, decision, classes);
                Ok(Scored {
                    contributed: contributed(&log_odds, decision, classes),
                    corrected: sum(&errors),
                })
            }
            Err(error) => Err(error.to_string()),
        };
        training.models.iter().map(of_model).collect()
    }
}

pub(super) fn sum(contributed: &[f32]) -> f64 {
    contributed.iter().map(|&part| f64::from(part)).sum()
}
