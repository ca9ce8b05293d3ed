//! Verdicts on new mail by the models of one file: both families side by side, with the words that
//! decided.
//!
//! Mail goes the same way as in training: the file's recipe, its vocabulary, each model's own
//! encoding. A label that a message may carry is never looked at.

use crate::base::mail::Email;
use crate::base::math::sigmoid;
use crate::dataset::features::{Encoded, Encoders, Vocabulary};
use crate::dataset::{Corpus, CorpusBuilder, CorpusOptions, Representation};
use crate::model::file::{Loaded, ModelFile, StoreError};
use crate::model::{CodeLength, Family, Novelty, RawOutput, Reasons};
use crate::results::{Decision, Verdict};
use crate::tokenize::Recipe;
use rayon::prelude::*;
use serde::Serialize;

/// Messages scored by one task.
const CHUNK: usize = 64;

/// The models of a file, ready to classify mail.
pub struct Scorer {
    recipe: Recipe,
    vocabulary: Vocabulary,
    models: Vec<Loaded>,
    keep: CorpusOptions,
    decision: Decision,
}

/// What one model says of one message.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Classification {
    /// The raw score.
    pub score: f64,
    /// Calibrated log-odds of spam, in nats.
    pub log_odds: f64,
    /// Calibrated probability of spam.
    pub probability: f64,
    /// The verdict on the log-odds.
    pub predicted: Verdict,
    /// The code length of the text, by a model of bytes in order.
    #[serde(skip)]
    pub code_length: Option<CodeLength>,
}

/// Mail that was classified, with the verdicts of every model.
pub struct ScoredBatch {
    corpus: Corpus,
    encoders: Encoders,
    /// By model, then by mail.
    verdicts: Vec<Vec<Classification>>,
}

impl Scorer {
    /// Reads the named models of a file, or all of them if none is named.
    pub fn open(file: &ModelFile, names: &[String]) -> Result<Scorer, StoreError> {
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
        let reads = |way| {
            models
                .iter()
                .any(|model| model.card.view.representation == way)
        };
        let keep = CorpusOptions {
            text: reads(Representation::Bytes),
            sequence: reads(Representation::TokenSequence),
            near_duplicates: false,
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
        Ok(Scorer {
            recipe: file.card().recipe.clone(),
            vocabulary,
            models,
            keep,
            decision: Decision::default(),
        })
    }

    /// The same scorer, which takes this decision on every message instead of the default one.
    #[must_use]
    pub fn with_decision(self, decision: Decision) -> Scorer {
        Scorer { decision, ..self }
    }

    /// From log-odds to verdicts.
    pub fn decision(&self) -> Decision {
        self.decision
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
    pub fn keep(&self) -> CorpusOptions {
        self.keep
    }

    /// Classifies a batch of mail by every model.
    pub fn score_emails(&self, emails: Vec<Email>) -> ScoredBatch {
        let mut builder = CorpusBuilder::new(&self.recipe, self.keep);
        builder.add(emails);
        self.score_corpus(builder.finish())
    }

    /// Classifies mail that was tokenized by this scorer's recipe.
    pub fn score_corpus(&self, corpus: Corpus) -> ScoredBatch {
        let views = self.models.iter().map(|model| model.card.view);
        let encoders = Encoders::of(&self.vocabulary, corpus.lexicon(), views);
        let rows: Vec<usize> = (0..corpus.len()).collect();
        let chunks: Vec<Vec<Vec<Classification>>> = rows
            .par_chunks(CHUNK)
            .map(|rows| self.score(&corpus, &encoders, rows))
            .collect();
        let mut verdicts: Vec<Vec<Classification>> = self
            .models
            .iter()
            .map(|_| Vec::with_capacity(corpus.len()))
            .collect();
        for chunk in chunks {
            for (all, more) in verdicts.iter_mut().zip(chunk) {
                all.extend(more);
            }
        }
        ScoredBatch {
            corpus,
            encoders,
            verdicts,
        }
    }

    fn score(
        &self,
        corpus: &Corpus,
        encoders: &Encoders,
        rows: &[usize],
    ) -> Vec<Vec<Classification>> {
        let encoded = Encoded::new(corpus, encoders, rows);
        let by_model = |model: &Loaded| {
            let classifier = model.fitted.classifier();
            let verdict = |raw: RawOutput| {
                let log_odds = model.card.calibration.log_odds(raw);
                Classification {
                    score: raw.score,
                    log_odds,
                    probability: sigmoid(log_odds),
                    predicted: self.decision.verdict(log_odds),
                    code_length: raw.text_code_length(),
                }
            };
            let raw = classifier.raw_batch(encoded.rows(model.card.view));
            raw.into_iter().map(verdict).collect()
        };
        self.models.iter().map(by_model).collect()
    }

    /// How novel mail `row` is to model `model`; None if the model gives no code lengths or was
    /// trained on too little mail to hold any out.
    pub fn novelty(&self, batch: &ScoredBatch, model: usize, row: usize) -> Option<Novelty> {
        let reference = self.models[model].card.novelty_reference.as_ref()?;
        reference.novelty(batch.verdicts(model)[row].code_length?)
    }

    /// What decided the verdict of model `model` on mail `row`: its `most` heaviest tokens.
    pub fn reasons(&self, batch: &ScoredBatch, model: usize, row: usize, most: usize) -> Reasons {
        let loaded = &self.models[model];
        let view = loaded.card.view;
        let rows = batch
            .encoders
            .of_view(view)
            .encode(&batch.corpus, &[row], view.representation);
        let evidence = loaded.fitted.classifier().evidence(rows.example(0));
        let columns = batch.encoders.whole().columns_of(view.kinds);
        let token = |column: u32| self.vocabulary.token(columns[column as usize]).to_owned();
        evidence.reasons(most, batch.corpus.text(row), token)
    }
}

impl ScoredBatch {
    /// The mail.
    pub fn corpus(&self) -> &Corpus {
        &self.corpus
    }

    /// Verdicts of model `model`, mail by mail.
    pub fn verdicts(&self, model: usize) -> &[Classification] {
        &self.verdicts[model]
    }
}
