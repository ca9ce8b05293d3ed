//! Verdicts on new mail by the models of one file: both families side by side, with the words that
//! decided.
//!
//! Mail goes the same way as in training: the file's recipe, its vocabulary, each model's own
//! encoding. A label that a mail may carry is never looked at.

use crate::base::mail::{Label, Mail};
use crate::base::math::sigmoid;
use crate::dataset::features::{Encoded, Encoders, Vocabulary};
use crate::dataset::{Corpus, CorpusBuilder, Keep, Reads};
use crate::model::file::{Loaded, ModelFile, StoreError};
use crate::model::{Family, Price, Raw, Reasons};
use crate::tokenize::Recipe;
use rayon::prelude::*;
use serde::Serialize;

/// Mails scored by one task.
const CHUNK: usize = 64;

/// The models of a file, ready to judge mail.
pub struct Judge {
    recipe: Recipe,
    vocabulary: Vocabulary,
    models: Vec<Loaded>,
    keep: Keep,
}

/// What one model says of one mail.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verdict {
    /// The raw score: above 0 spam, by the model's own rule.
    pub score: f64,
    /// Calibrated log-odds of spam, in nats.
    pub log_odds: f64,
    /// Calibrated probability of spam.
    pub probability: f64,
    /// Spam from a probability of one half.
    pub predicted: Label,
    /// What each class pays for the text, by a model of bytes in order.
    #[serde(skip)]
    pub price: Option<Price>,
}

/// How unlike the mail that a model learned from a mail is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Oddness {
    /// Bits that knowing how mail is written saves by byte over a background model, see
    /// [`Price::saved_by_byte`].
    pub saved: f64,
    /// Share of the mail held out of training that saves less.
    pub share_odder: f64,
}

impl Oddness {
    /// The share for people: none is never said of a sample.
    pub fn share_in_words(self) -> String {
        match (100.0 * self.share_odder).round() {
            share if share < 1.0 => "< 1 %".to_owned(),
            share => format!("{share:.0} %"),
        }
    }
}

/// Mail that was judged, with the verdicts of every model.
pub struct Batch {
    corpus: Corpus,
    encoders: Encoders,
    /// By model, then by mail.
    verdicts: Vec<Vec<Verdict>>,
}

impl Judge {
    /// Reads the named models of a file, or all of them if none is named.
    pub fn open(file: &ModelFile, names: &[String]) -> Result<Judge, StoreError> {
        let all: Vec<String> = file
            .card()
            .models
            .iter()
            .map(|model| model.name.clone())
            .collect();
        let names = if names.is_empty() { &all } else { names };
        let models = names
            .iter()
            .map(|name| file.model(name))
            .collect::<Result<Vec<Loaded>, StoreError>>()?;
        let reads = |way| models.iter().any(|model| model.card.view.reads == way);
        let keep = Keep {
            text: reads(Reads::Text),
            sequence: reads(Reads::Sequence),
            copies: false,
        };
        let vocabulary = file.vocabulary()?;
        for model in &models {
            let read = vocabulary
                .kinds()
                .filter(|&kind| model.card.view.kinds.holds(kind))
                .count();
            if read != model.card.columns {
                return Err(file.damaged(&format!(
                    "{} and the vocabulary differ in their tokens",
                    model.card.name
                )));
            }
        }
        Ok(Judge {
            recipe: file.card().recipe.clone(),
            vocabulary,
            models,
            keep,
        })
    }

    /// Name and family of each model, in the order of the verdicts.
    pub fn models(&self) -> impl Iterator<Item = (&str, Family)> {
        self.models
            .iter()
            .map(|model| (model.card.name.as_str(), model.card.family))
    }

    /// The models as they were read.
    pub fn loaded(&self) -> &[Loaded] {
        &self.models
    }

    /// How mail is to be read for these models.
    pub fn recipe(&self) -> &Recipe {
        &self.recipe
    }

    /// What a corpus for these models must keep.
    pub fn keep(&self) -> Keep {
        self.keep
    }

    /// Judges a batch of mail by every model.
    pub fn judge(&self, mails: Vec<Mail>) -> Batch {
        let mut builder = CorpusBuilder::new(&self.recipe, self.keep);
        builder.add(mails);
        self.judge_corpus(builder.finish())
    }

    /// Judges mail that was read by this judge's recipe.
    pub fn judge_corpus(&self, corpus: Corpus) -> Batch {
        let views = self.models.iter().map(|model| model.card.view);
        let encoders = Encoders::of(&self.vocabulary, corpus.lexicon(), views);
        let rows: Vec<usize> = (0..corpus.len()).collect();
        let chunks: Vec<Vec<Vec<Verdict>>> = rows
            .par_chunks(CHUNK)
            .map(|rows| self.score(&corpus, &encoders, rows))
            .collect();
        let mut verdicts: Vec<Vec<Verdict>> = self
            .models
            .iter()
            .map(|_| Vec::with_capacity(corpus.len()))
            .collect();
        for chunk in chunks {
            for (all, more) in verdicts.iter_mut().zip(chunk) {
                all.extend(more);
            }
        }
        Batch {
            corpus,
            encoders,
            verdicts,
        }
    }

    fn score(&self, corpus: &Corpus, encoders: &Encoders, rows: &[usize]) -> Vec<Vec<Verdict>> {
        let encoded = Encoded::new(corpus, encoders, rows);
        let by_model = |model: &Loaded| {
            let classifier = model.fitted.classifier();
            let verdict = |raw: Raw| {
                let log_odds = model.card.calibration.log_odds(raw);
                let predicted = Label::from_is_spam(log_odds >= 0.0);
                Verdict {
                    score: raw.score,
                    log_odds,
                    probability: sigmoid(log_odds),
                    predicted,
                    price: raw.price,
                }
            };
            encoded
                .rows(model.card.view)
                .examples()
                .map(|mail| verdict(classifier.raw(mail)))
                .collect()
        };
        self.models.iter().map(by_model).collect()
    }

    /// How odd mail `row` is to model `model`; None if it prices no text or had too little mail to
    /// know what is usual.
    pub fn oddness(&self, batch: &Batch, model: usize, row: usize) -> Option<Oddness> {
        let saved = batch.verdicts(model)[row].price?.saved_by_byte();
        let usual = self.models[model].card.usual.as_ref()?;
        Some(Oddness {
            saved,
            share_odder: usual.share_odder(saved),
        })
    }

    /// What decided the verdict of model `model` on mail `row`: its `most` heaviest tokens.
    pub fn reasons(&self, batch: &Batch, model: usize, row: usize, most: usize) -> Reasons {
        let loaded = &self.models[model];
        let view = loaded.card.view;
        let rows = batch
            .encoders
            .of_view(view)
            .encode(&batch.corpus, &[row], view.reads);
        let evidence = loaded.fitted.classifier().evidence(rows.example(0));
        let columns = batch.encoders.whole().columns_of(view.kinds);
        let token = |column: u32| self.vocabulary.token(columns[column as usize]).to_owned();
        evidence.reasons(most, batch.corpus.text(row), token)
    }
}

impl Batch {
    /// The mail.
    pub fn corpus(&self) -> &Corpus {
        &self.corpus
    }

    /// Verdicts of model `model`, mail by mail.
    pub fn verdicts(&self, model: usize) -> &[Verdict] {
        &self.verdicts[model]
    }
}
