//! Generated mail as a corpus, what a model says of it, and what models that learned from it get
//! right on real mail (train on synthetic, test on real).

use crate::base::mail::Label;
use crate::base::math::sigmoid;
use crate::dataset::features::{Encoded, Encoders};
use crate::dataset::{Corpus, CorpusBuilder, CorpusOptions};
use crate::generate::GeneratedEmail;
use crate::model::SampleRequest;
use crate::results::{Decision, ScoredEmails, measure};
use crate::tokenize::Recipe;
use crate::train::{ModelSpec, TrainOptions, Trained, Training, train};

/// Requests for messages, ham and spam in turn.
pub fn requests(emails: u32) -> Vec<SampleRequest> {
    (0..emails)
        .map(|at| SampleRequest::of(Label::from_is_spam(at % 2 == 1)))
        .collect()
}

/// The generated messages as the beginning of a corpus that keeps so much of its mail.
pub fn corpus_of(
    recipe: &Recipe,
    keep: CorpusOptions,
    generated: &[GeneratedEmail],
) -> CorpusBuilder {
    let mut builder = CorpusBuilder::new(recipe, keep);
    builder.add(generated.iter().map(GeneratedEmail::email).collect());
    builder
}

/// As many of `rows` as there are to be, or a few less, evenly chosen.
pub fn evenly(rows: &[usize], most: usize) -> Vec<usize> {
    let step = rows.len().div_ceil(most.max(1)).max(1);
    rows.iter().copied().step_by(step).collect()
}

/// Models that learned from mail of one corpus, to judge mail of the same or of another.
pub struct Learned<'a> {
    training: &'a Training,
    /// Know the tokens of the corpus that is judged.
    encoders: Encoders,
    corpus: &'a Corpus,
}

impl<'a> Learned<'a> {
    /// Those of `training`, which learned from mail of `from`, to judge mail of `corpus`.
    pub fn new(training: &'a Training, from: &Corpus, corpus: &'a Corpus) -> Learned<'a> {
        let vocabulary = training.encoders.whole().vocabulary(from.lexicon());
        let views = training.models.iter().flatten().map(|model| model.view);
        Learned {
            training,
            encoders: Encoders::of(&vocabulary, corpus.lexicon(), views),
            corpus,
        }
    }

    /// What a model says of `rows`: raw scores, and calibrated log-odds.
    fn said(&self, model: &Trained, rows: &[usize]) -> (Vec<f64>, Vec<f64>) {
        let encoded = Encoded::new(self.corpus, &self.encoders, rows);
        let raw = model.scores(encoded.rows(model.view)).into_iter();
        raw.map(|raw| (raw.score, model.calibration.log_odds(raw)))
            .unzip()
    }

    /// The probability of spam that a model gives each of `rows`.
    pub fn probabilities(&self, model: &Trained, rows: &[usize]) -> Vec<f64> {
        let (_, log_odds) = self.said(model, rows);
        log_odds.into_iter().map(sigmoid).collect()
    }

    /// The share of `rows`, all of them labelled, that each model gets right; None of one that
    /// could not be trained.
    pub fn accuracies(&self, rows: &[usize]) -> Vec<Option<f64>> {
        let models = self.training.models.iter();
        models
            .map(|model| self.accuracy(model.as_ref().ok()?, rows))
            .collect()
    }

    fn accuracy(&self, model: &Trained, rows: &[usize]) -> Option<f64> {
        let (score, log_odds) = self.said(model, rows);
        let labels: Vec<Label> = rows
            .iter()
            .filter_map(|&row| self.corpus.label(row))
            .collect();
        let metrics = measure(&ScoredEmails {
            labels: &labels,
            score: &score,
            scale: model.scale(),
            log_odds: &log_odds,
            code_lengths: &[],
            decision: Decision::default(),
        });
        metrics.get("accuracy").copied().flatten()
    }
}

/// The accuracy on `test` rows of `real` of each model when it has learned from `rows` of `corpus`
/// alone; None of one that could not be trained.
pub fn learned_from(
    students: &[ModelSpec],
    (corpus, rows): (&Corpus, &[usize]),
    (real, test): (&Corpus, &[usize]),
    options: TrainOptions<'_>,
) -> Vec<Option<f64>> {
    let training = train(students, corpus, rows, options, &|| ());
    Learned::new(&training, corpus, real).accuracies(test)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_the_messages_are_requested_as_spam() {
        let spam = requests(7).iter().filter(|of| of.label.is_spam()).count();
        assert_eq!((requests(7).len(), spam), (7, 3));
    }

    #[test]
    fn rows_are_chosen_evenly_and_never_more_than_asked_for() {
        let rows: Vec<usize> = (10..20).collect();
        assert_eq!(evenly(&rows, 5), [10, 12, 14, 16, 18]);
        assert_eq!(evenly(&rows, 4), [10, 13, 16, 19]);
        assert_eq!(evenly(&rows, 6).len(), 5);
        assert_eq!(evenly(&rows, 100), rows);
        assert!(evenly(&[], 3).is_empty());
    }
}
