//! The first fold of a comparison, and a model of it by every measure of the table.

use super::parameters::Parameters;
use super::shared_words::SharedWords;
use crate::base::mail::Label;
use crate::dataset::{Corpus, CorpusOptions, beginning};
use crate::generate::Sampler;
use crate::generate::sample_quality::inception_score;
use crate::lab::analyses::analysis::Compared;
use crate::lab::analyses::generated_mail::synthetic::{
    Learned, corpus_of, evenly, learned_from, requests,
};
use crate::lab::cross_validation::{FoldResult, labels};
use crate::lab::split::Fold;
use crate::model::file::ModelCard;
use crate::model::{CodeLength, Cost, Family};
use crate::results::{
    Decision, GenerativeModel, Judge, Measured, Metrics, Outcome, Scored, ScoredEmails, Unmeasured,
    measure, ranking,
};
use crate::train::{ModelSpec, TrainOptions, Trained};
use std::f64::consts::LN_2;

/// All that a model may read of generated mail.
const EVERYTHING: CorpusOptions = CorpusOptions {
    text: true,
    sequence: true,
    near_duplicates: true,
};

/// The first fold, and what all models are measured by.
pub struct FirstFold<'a> {
    result: &'a FoldResult<'a>,
    fold: &'a Fold,
    choices: &'a [ModelSpec],
    labels: Vec<Label>,
    pub words: SharedWords<'a>,
    judging: Option<Judging<'a>>,
    emails: u32,
    draws: usize,
    options: TrainOptions<'static>,
}

/// Who judges generated mail.
struct Judging<'a> {
    choice: &'a ModelSpec,
    trained: &'a Trained,
    accuracy_from_real: Option<f64>,
}

impl<'a> FirstFold<'a> {
    /// None of a comparison without folds.
    pub fn of(compared: &Compared<'a>, parameters: Parameters) -> Option<FirstFold<'a>> {
        let result = compared.results.first()?;
        let fold = compared.protocol.split.folds.first()?;
        let (spec, corpus) = (compared.spec, result.corpus);
        let rows = [&fold.train[..], &fold.test[..]];
        let most = parameters.words;
        let first = FirstFold {
            result,
            fold,
            choices: compared.protocol.models,
            labels: labels(corpus, &fold.test),
            words: SharedWords::new(corpus, rows, most, spec.exclude_kinds, spec.seed),
            judging: None,
            emails: parameters.emails,
            draws: parameters.draws,
            options: spec.train_options(),
        };
        let judging = judge(compared, result).map(|(choice, trained)| {
            let real = evenly(&fold.train, parameters.emails as usize);
            Judging {
                choice,
                trained,
                accuracy_from_real: first.learned_from(choice, (corpus, &real)),
            }
        });
        Some(FirstFold { judging, ..first })
    }

    /// The messages that are tested.
    pub fn test(&self) -> &[usize] {
        &self.fold.test
    }

    /// Who judges generated mail, and how well it learns from real mail.
    pub fn judge(&self) -> Option<Judge> {
        self.judging.as_ref().map(|judging| Judge {
            model: judging.choice.entry.name().to_owned(),
            accuracy_from_real: judging.accuracy_from_real,
        })
    }

    /// A model by every measure.
    pub fn measured(&self, at: usize) -> Result<GenerativeModel, Unmeasured> {
        let (Ok(trained), Outcome::Scored(scored)) =
            (&self.result.training.models[at], &self.result.runs[at])
        else {
            return Err(Unmeasured::NotFitted);
        };
        if trained.fitted.classifier().as_generative().is_none() {
            return Err(Unmeasured::NoLikelihood);
        }
        let of_text = |value: Option<f64>| match value {
            Some(value) => Measured::of(value, scored.bound),
            None if self.result.code_lengths[at].is_empty() => {
                Measured::missing(Unmeasured::NotOfBytes)
            }
            None => Measured::missing(Unmeasured::NoMail),
        };
        let of_decision = |value: Option<f64>| {
            value.map_or(Measured::missing(Unmeasured::NoMail), Measured::Exact)
        };
        let value = |of: &Metrics, metric: &str| of.get(metric).copied().flatten();
        let decided = self.by_likelihood(scored);
        let accuracy = value(&decided, "accuracy");
        let perplexity = self
            .words
            .perplexity(&self.choices[at], trained, self.draws);
        let [inception_score, accuracy_from_generated] = self.of_generated(trained);
        Ok(GenerativeModel {
            model: trained.entry.name().to_owned(),
            bits_per_byte: of_text(value(&scored.metrics, "bits_per_byte")),
            bits_per_byte_error: error_of_bits(&self.result.code_lengths[at], &self.labels),
            text_perplexity: of_text(self.text_perplexity(&self.result.code_lengths[at])),
            word_perplexity: perplexity.by_likelihood,
            weighted_perplexity: perplexity.weighted,
            error_pct: of_decision(accuracy.map(|share| 100.0 * (1.0 - share))),
            one_minus_roca_pct: of_decision(value(&decided, "one_minus_roca_pct")),
            inception_score,
            accuracy_from_generated,
        })
    }

    /// What the raw scores are worth, which are log-odds by prior and likelihood, uncalibrated.
    fn by_likelihood(&self, scored: &Scored) -> Metrics {
        measure(&ScoredEmails {
            labels: &self.labels,
            score: &scored.score,
            scale: scored.scale,
            log_odds: &scored.score,
            decision: Decision::default(),
            code_lengths: &[],
        })
    }

    /// e to the nats of the texts by their words, which end at white space: all of a text is
    /// predicted, as much of it as the model reads.
    fn text_perplexity(&self, lengths: &[CodeLength]) -> Option<f64> {
        let (mut nats, mut words) = (0.0, 0);
        for (length, (&row, label)) in lengths.iter().zip(self.fold.test.iter().zip(&self.labels)) {
            let text = beginning(self.result.corpus.text(row), length.bytes? as u64);
            words += String::from_utf8_lossy(text).split_whitespace().count();
            nats -= length.log_likelihood[label.index()];
        }
        (words > 0).then(|| (nats / words as f64).exp())
    }

    /// The Inception Score of what a model generates, and the accuracy of the judge when it has
    /// learned from nothing else.
    fn of_generated(&self, trained: &Trained) -> [Measured; 2] {
        let Some(judging) = &self.judging else {
            return [Measured::missing(Unmeasured::NoJudge); 2];
        };
        let real = self.result.corpus;
        let vocabulary = self.result.training.encoders.whole();
        let vocabulary = vocabulary.vocabulary(real.lexicon());
        let sampler = Sampler::new(ModelCard::from(trained), &*trained.fitted, vocabulary);
        let Ok(emails) = sampler.generate(&requests(self.emails), self.options.seed) else {
            return [Measured::missing(Unmeasured::NoLikelihood); 2];
        };
        let corpus = corpus_of(real.recipe(), EVERYTHING, &emails).finish();
        let rows = corpus.labelled_rows();
        let learned = Learned::new(&self.result.training, real, &corpus);
        let score = inception_score(&learned.probabilities(judging.trained, &rows));
        let accuracy = self.learned_from(judging.choice, (&corpus, &rows));
        let of = |value: Option<f64>, why| value.map_or(Measured::missing(why), Measured::Exact);
        [
            of(score, Unmeasured::NoMail),
            of(accuracy, Unmeasured::NothingLearned),
        ]
    }

    /// The accuracy on the test mail of a model that learned from this mail.
    fn learned_from(&self, choice: &ModelSpec, mail: (&Corpus, &[usize])) -> Option<f64> {
        let test = (self.result.corpus, &self.fold.test[..]);
        let students = std::slice::from_ref(choice);
        let accuracies = learned_from(students, mail, test, self.options);
        accuracies.into_iter().next().flatten()
    }
}

/// The standard error of bits per byte, each text under the model of its class, where likelihoods
/// are means over draws of their own.
fn error_of_bits(lengths: &[CodeLength], labels: &[Label]) -> Option<f64> {
    let (mut variance, mut bytes) = (0.0, 0);
    for (length, label) in lengths.iter().zip(labels) {
        variance += length.standard_error?[label.index()].powi(2);
        bytes += length.bytes?;
    }
    (bytes > 0).then(|| variance.sqrt() / LN_2 / bytes as f64)
}

/// The best discriminative model that is cheap to fit, or else the best that was fitted.
fn judge<'a>(
    compared: &Compared<'a>,
    result: &'a FoldResult<'a>,
) -> Option<(&'a ModelSpec, &'a Trained)> {
    let fitted = |at: usize| {
        let trained = result.training.models[at].as_ref().ok()?;
        Some((&compared.protocol.models[at], trained))
    };
    let ranked = ranking(compared.models, Family::Discriminative);
    let mut judges: Vec<_> = ranked.into_iter().filter_map(fitted).collect();
    judges.sort_by_key(|(choice, _)| choice.entry.cost() != Cost::Cheap);
    judges.first().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_bits_are_those_counted_by_hand() {
        // Ham of 20 bytes, 3 bits more or less, and spam of 30 bytes, 4 bits: 5 bits of 50 bytes.
        let text = |bytes, errors: [f64; 2]| CodeLength {
            bytes: Some(bytes),
            standard_error: Some(errors.map(|bits| bits * LN_2)),
            ..CodeLength::default()
        };
        let labels = [Label::Ham, Label::Spam];
        let by_draws = [text(20, [3.0, 9.0]), text(30, [8.0, 4.0])];
        let error = error_of_bits(&by_draws, &labels).unwrap();
        assert!((error - 0.1).abs() < 1e-12, "{error}");
        let exact = CodeLength {
            bytes: Some(30),
            ..CodeLength::default()
        };
        assert_eq!(error_of_bits(&[by_draws[0], exact], &labels), None);
        assert_eq!(error_of_bits(&[], &labels), None);
    }
}
