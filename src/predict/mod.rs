//! Verdicts on new mail by the models of one file: both families side by side, with the words that
//! decided.
//!
//! Mail goes the same way as in training: the file's recipe, its vocabulary, each model's own
//! encoding. A label that a message may carry is never looked at.

pub mod export;

use crate::base::mail::Email;
use crate::base::math::sigmoid;
use crate::dataset::features::{Encoded, Encoders, Vocabulary};
use crate::dataset::{Corpus, CorpusBuilder, CorpusOptions, Representation};
use crate::model::file::{Loaded, ModelCard, ModelFile, StoreError};
use crate::model::tables::Touched;
use crate::model::{CodeLength, Family, Novelty, RawOutput, Reasons};
use crate::results::{ChosenDecision, Verdict};
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
}

/// What one model says of one message.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Classification {
    /// The raw score, in the unit of the model's scale.
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
    /// By model, then by message.
    verdicts: Vec<Vec<Classification>>,
}

impl Scorer {
    /// Reads the named models of a file, or all of them if none is named.
    pub fn open(file: &ModelFile, names: &[String]) -> Result<Scorer, StoreError> {
        let cards = cards(file, names)?;
        let (models, vocabulary) = rayon::join(
            || -> Vec<_> {
                cards
                    .par_iter()
                    .map(|card| file.model(&card.name))
                    .collect()
            },
            || file.vocabulary(),
        );
        let models = models
            .into_iter()
            .collect::<Result<Vec<Loaded>, StoreError>>()?;
        let vocabulary = vocabulary?;
        for card in &cards {
            let read = vocabulary
                .kinds()
                .filter(|&kind| card.view.kinds.holds(kind))
                .count();
            if read != card.columns {
                return Err(differ(file, card));
            }
        }
        Ok(Scorer {
            recipe: file.card().recipe.clone(),
            vocabulary,
            models,
            keep: kept_for(&cards),
        })
    }

    /// Classifies one message by the named models of a file, or by all of them if none is named,
    /// and reads of vocabulary and models what the message touches, of models of bytes all. The
    /// scorer is for this message only. If any of the models must be read with the whole vocabulary
    /// (see [`ModelFile::narrowing`]), vocabulary and all models are read whole.
    pub fn classify_one(
        file: &ModelFile,
        names: &[String],
        email: Email,
    ) -> Result<(Scorer, ScoredBatch), StoreError> {
        let cards = cards(file, names)?;
        let narrowings = cards.iter().map(|card| file.narrowing(card));
        let narrowings = narrowings.collect::<Result<Option<Vec<_>>, StoreError>>()?;
        let Some(narrowings) = narrowings else {
            let scorer = Scorer::open(file, names)?;
            let scored = scorer.score_emails(vec![email]);
            return Ok((scorer, scored));
        };
        let keep = kept_for(&cards);
        let recipe = file.card().recipe.clone();
        let mut builder = CorpusBuilder::new(&recipe, keep);
        builder.add(vec![email]);
        let corpus = builder.finish();
        let found = file.find(corpus.lexicon())?;
        let views = cards.iter().map(|card| card.view);
        let encoders = Encoders::of(&found.vocabulary, corpus.lexicon(), views);
        let encoded = Encoded::new(&corpus, &encoders, &[0]);
        let narrowed = |(card, narrowing): (&&ModelCard, _)| {
            let columns = found.columns(card.view.kinds);
            let columns = columns.ok_or_else(|| differ(file, card))?;
            let tokens = match card.view.representation {
                Representation::TokenSequence => encoded.rows(card.view).example(0).tokens,
                _ => &[],
            };
            file.model_touched(&card.name, narrowing, Touched { columns, tokens })
        };
        let models = cards.iter().zip(narrowings).map(narrowed);
        let models = models.collect::<Result<Vec<Loaded>, StoreError>>()?;
        let verdicts = verdicts(&models, &encoded);
        let scorer = Scorer {
            recipe,
            models,
            keep,
            vocabulary: found.vocabulary,
        };
        let scored = ScoredBatch {
            corpus,
            encoders,
            verdicts,
        };
        Ok((scorer, scored))
    }

    /// The same scorer, of which every model decides as `choose` says instead of by itself.
    #[must_use]
    pub fn deciding(mut self, choose: impl Fn(&ModelCard) -> ChosenDecision) -> Scorer {
        for model in &mut self.models {
            model.card.decision = choose(&model.card);
        }
        self
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

    /// The models with what each decides by.
    pub fn into_loaded(self) -> Vec<Loaded> {
        self.models
    }

    /// The tokens that the models know.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
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
            .map(|rows| verdicts(&self.models, &Encoded::new(&corpus, &encoders, rows)))
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
            .encode(&batch.corpus, &[row], view);
        let evidence = loaded.fitted.classifier().evidence(rows.example(0));
        let columns = batch.encoders.whole().columns_of(view.kinds);
        let token = |column: u32| self.vocabulary.token(columns[column as usize]).to_owned();
        evidence.reasons(most, batch.corpus.text(row), token)
    }
}

/// What each model says of these rows.
fn verdicts(models: &[Loaded], encoded: &Encoded<'_>) -> Vec<Vec<Classification>> {
    let by_model = |model: &Loaded| {
        let classifier = model.fitted.classifier();
        let verdict = |raw: RawOutput| {
            let log_odds = model.card.calibration.log_odds(raw);
            Classification {
                score: raw.score,
                log_odds,
                probability: sigmoid(log_odds),
                predicted: model.card.decision.decision.verdict(log_odds),
                code_length: raw.text_code_length(),
            }
        };
        let raw = classifier.raw_batch(encoded.rows(model.card.view));
        raw.into_iter().map(verdict).collect()
    };
    models.iter().map(by_model).collect()
}

/// What the card says of the named models, or of all if none is named.
fn cards<'a>(file: &'a ModelFile, names: &[String]) -> Result<Vec<&'a ModelCard>, StoreError> {
    if names.is_empty() {
        return Ok(file.card().models.iter().collect());
    }
    names.iter().map(|name| file.model_card(name)).collect()
}

/// What a corpus for these models must keep.
fn kept_for(cards: &[&ModelCard]) -> CorpusOptions {
    let reads = |way| cards.iter().any(|card| card.view.representation == way);
    CorpusOptions {
        text: reads(Representation::Bytes),
        sequence: reads(Representation::TokenSequence),
        near_duplicates: false,
    }
}

fn differ(file: &ModelFile, card: &ModelCard) -> StoreError {
    let name = &card.name;
    file.damaged(&format!("{name} and the vocabulary differ in their tokens"))
}

impl ScoredBatch {
    /// The messages, tokenized, in the order in which they were given.
    pub fn corpus(&self) -> &Corpus {
        &self.corpus
    }

    /// The messages as the models read them.
    pub fn encoders(&self) -> &Encoders {
        &self.encoders
    }

    /// Verdicts of model `model`, message by message.
    pub fn verdicts(&self, model: usize) -> &[Classification] {
        &self.verdicts[model]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::mail::Content;
    use crate::dataset::features::Frequencies;
    use crate::dataset::{Example, FeatureView};
    use crate::model::{Calibration, Classifier, Evidence, FittedModel, Scale};
    use crate::results::Decision;
    use crate::tokenize::{Lexicon, TokenKinds};
    use serde_json::json;

    /// Its log-odds are the exclamation marks of a message, less two.
    #[derive(Serialize)]
    struct Shouting;

    impl FittedModel for Shouting {
        fn evidence(&self, email: Example<'_>) -> Evidence {
            Evidence::linear(email, self.score(email), |_| 0.0)
        }
    }

    impl Classifier for Shouting {
        fn score(&self, email: Example<'_>) -> f64 {
            // One piece more than there are marks.
            email.text.split(|&byte| byte == b'!').count() as f64 - 3.0
        }

        fn scale(&self) -> Scale {
            Scale::LogOdds
        }
    }

    fn scorer() -> Scorer {
        let card = ModelCard {
            name: "shouting".to_owned(),
            family: Family::Discriminative,
            settings: json!({}),
            view: FeatureView {
                representation: Representation::Bytes,
                kinds: TokenKinds::ALL,
            },
            columns: 0,
            scale: Scale::LogOdds,
            calibration: Calibration::Identity,
            novelty_reference: None,
            decision: ChosenDecision::default(),
        };
        Scorer {
            recipe: Recipe::default(),
            vocabulary: Vocabulary::new(Lexicon::default(), Frequencies::default()),
            models: vec![Loaded {
                card,
                fitted: Box::new(Shouting),
            }],
            keep: CorpusOptions {
                text: true,
                ..CorpusOptions::default()
            },
        }
    }

    /// Of messages with no exclamation mark to four: log-odds -2, -1, 0, 1 and 2.
    fn verdicts(scorer: &Scorer) -> Vec<(f64, Verdict)> {
        let email = |marks: usize| Email {
            id: marks.to_string(),
            line: 1,
            label: None,
            kind: None,
            content: Content::Fields {
                from: String::new(),
                subject: "Lunch".to_owned(),
                body: format!("At noon{}", "!".repeat(marks)),
            },
        };
        let batch = scorer.score_emails((0..5).map(email).collect());
        let of = |said: &Classification| (said.log_odds, said.predicted);
        batch.verdicts(0).iter().map(of).collect()
    }

    #[test]
    fn a_decision_moves_the_threshold_and_leaves_a_band_unsure_and_no_score_changes() {
        use Verdict::{Ham, Spam, Unsure};
        let scorer = scorer();
        // Spam from 0 up.
        assert_eq!(
            verdicts(&scorer),
            [
                (-2.0, Ham),
                (-1.0, Ham),
                (0.0, Spam),
                (1.0, Spam),
                (2.0, Spam)
            ]
        );
        let chosen = |decision| {
            move |_: &ModelCard| ChosenDecision {
                decision,
                ..ChosenDecision::default()
            }
        };
        let strict = scorer.deciding(chosen(Decision::at(1.5)));
        assert_eq!(
            verdicts(&strict),
            [
                (-2.0, Ham),
                (-1.0, Ham),
                (0.0, Ham),
                (1.0, Ham),
                (2.0, Spam)
            ]
        );
        // -1 and 2 are the ends of the band, which do not belong to it; 1 is above the threshold,
        // and yet unsure.
        let decision = Decision {
            threshold: 0.5,
            unsure_band: Some([-1.0, 2.0]),
        };
        let unsure = strict.deciding(chosen(decision));
        assert_eq!(
            verdicts(&unsure),
            [
                (-2.0, Ham),
                (-1.0, Ham),
                (0.0, Unsure),
                (1.0, Unsure),
                (2.0, Spam)
            ]
        );
    }
}
