//! Models as filters: trained on whole messages, scoring whole messages, each with its threshold
//! at a share of the clean ham.

use crate::base::mail::{Email, Label};
use crate::dataset::features::{Encoded, Encoders, Vocabulary};
use crate::dataset::{Corpus, CorpusBuilder, CorpusOptions};
use crate::lab::analyses::experiments::kept;
use crate::model::RawOutput;
use crate::results::{Decision, Estimate, with_intervals};
use crate::tokenize::Recipe;
use crate::train::{ModelSpec, TrainOptions, Trained, train};
use rayon::prelude::*;

/// Messages scored by one task.
const CHUNK: usize = 64;
/// Clean ham that a threshold must be able to misclassify for a rate to be told.
const LEAST_HAM: f64 = 3.0;

/// Models that were trained together.
pub struct Filters {
    recipe: Recipe,
    keep: CorpusOptions,
    vocabulary: Vocabulary,
    /// In the order of their specifications; why not, of those that could not be fitted.
    pub models: Vec<Result<Trained, String>>,
}

/// What a filter says of a message.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Said {
    /// Calibrated log-odds of spam.
    pub log_odds: f64,
    /// How much like known mail it is, in bits per byte; of models that give code lengths.
    pub likeness: Option<f64>,
}

impl Filters {
    /// Trains on labelled messages that are read by `recipe`.
    pub fn train(
        emails: Vec<Email>,
        recipe: &Recipe,
        models: &[ModelSpec],
        options: TrainOptions<'_>,
    ) -> Filters {
        let keep = kept(models);
        let corpus = read(emails, recipe, keep);
        let trained = train(models, &corpus, &corpus.labelled_rows(), options, &|| {});
        Filters {
            recipe: recipe.clone(),
            keep,
            vocabulary: trained.encoders.whole().vocabulary(corpus.lexicon()),
            models: trained
                .models
                .into_iter()
                .map(|model| model.map_err(|why| why.to_string()))
                .collect(),
        }
    }

    /// What the models `asked` say of each message; none of one that could not be fitted.
    pub fn say(&self, emails: Vec<Email>, asked: &[usize]) -> Vec<Option<Vec<Said>>> {
        let corpus = read(emails, &self.recipe, self.keep_for_scores());
        let fitted = |&model: &usize| self.models.get(model)?.as_ref().ok();
        let models: Vec<Option<&Trained>> = asked.iter().map(fitted).collect();
        let views = self.models.iter().flatten().map(|model| model.view);
        let encoders = Encoders::of(&self.vocabulary, corpus.lexicon(), views);
        let rows: Vec<usize> = (0..corpus.len()).collect();
        let of_chunk = |rows: &[usize]| -> Vec<Option<Vec<Said>>> {
            let encoded = Encoded::new(&corpus, &encoders, rows);
            let by_model = |model: Option<&Trained>| {
                let model = model?;
                let raw = model.scores(encoded.rows(model.view));
                Some(raw.into_iter().map(|raw| said(model, raw)).collect())
            };
            models.iter().copied().map(by_model).collect()
        };
        let chunks: Vec<Vec<Option<Vec<Said>>>> = rows.par_chunks(CHUNK).map(of_chunk).collect();
        let joined = |model: usize| {
            let of_chunks = chunks.iter().map(|chunk| chunk[model].as_deref());
            let found: Option<Vec<&[Said]>> = of_chunks.collect();
            found.map(|found| found.concat())
        };
        (0..asked.len()).map(joined).collect()
    }

    /// The models that could not be fitted, by place, and why.
    pub fn failures(&self) -> impl Iterator<Item = (usize, &str)> {
        let models = self.models.iter().enumerate();
        models.filter_map(|(at, model)| Some((at, model.as_ref().err()?.as_str())))
    }

    /// The log-odds alone.
    pub fn log_odds(&self, emails: Vec<Email>, asked: &[usize]) -> Vec<Option<Vec<f64>>> {
        let said = self.say(emails, asked).into_iter();
        let odds = |said: Vec<Said>| said.iter().map(|said| said.log_odds).collect();
        said.map(|said| said.map(odds)).collect()
    }

    fn keep_for_scores(&self) -> CorpusOptions {
        CorpusOptions {
            near_duplicates: false,
            ..self.keep
        }
    }
}

fn read(emails: Vec<Email>, recipe: &Recipe, keep: CorpusOptions) -> Corpus {
    let mut builder = CorpusBuilder::new(recipe, keep);
    builder.add(emails);
    builder.finish()
}

fn said(model: &Trained, raw: RawOutput) -> Said {
    let novelty = || {
        let reference = model.novelty_reference.as_ref()?;
        reference.novelty(raw.text_code_length()?)
    };
    Said {
        log_odds: model.calibration.log_odds(raw),
        likeness: novelty().map(|novelty| novelty.likelihood_ratio_bits_per_byte),
    }
}

/// The lowest threshold that misclassifies no more than this share of ham; none where the ham are
/// too few for it.
pub fn threshold(mut ham: Vec<f64>, rate: f64) -> Option<f64> {
    let wrong = rate * ham.len() as f64;
    if wrong < LEAST_HAM {
        return None;
    }
    ham.sort_by(|a, b| b.total_cmp(a));
    // Spam is what stands at it or above.
    ham.get(wrong as usize).map(|ham| ham.next_up())
}

/// The share of spam at a threshold or above, in percent, with its interval.
pub fn caught(log_odds: &[f64], groups: &[u32], threshold: f64) -> Option<Estimate> {
    let labels = vec![Label::Spam; log_odds.len()];
    let mut found = with_intervals(log_odds, &labels, groups, Decision::at(threshold));
    let missed = found.remove("spam_misclassified_pct")?;
    Some(Estimate {
        value: missed.value.map(|missed| 100.0 - missed),
        interval: missed
            .interval
            .map(|[low, high]| [100.0 - high, 100.0 - low]),
        ..missed
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_threshold_lets_no_more_ham_be_misclassified_than_it_may() {
        let ham: Vec<f64> = (0..300).map(f64::from).collect();
        // Three of 300 may be: those of 297, 298 and 299.
        let at = threshold(ham.clone(), 0.01).unwrap();
        assert_eq!(ham.iter().filter(|odds| **odds >= at).count(), 3);
        // Of equal ones none may pass if not all may.
        let tied = threshold(vec![1.0; 300], 0.01).unwrap();
        assert!(tied > 1.0);
        assert_eq!(threshold(ham[..299].to_vec(), 0.01), None);
        let spam = [296.0, 297.0, 298.0, 299.0];
        let found = caught(&spam, &[0, 1, 2, 3], at).unwrap();
        assert_eq!(found.value, Some(75.0));
        let [low, high] = found.interval.unwrap();
        assert!(0.0 < low && low < 75.0 && 75.0 < high && high < 100.0);
    }
}
