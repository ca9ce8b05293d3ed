//! The model file: recipe and vocabulary once, and all trained models.
//!
//! A container of sections: the card (what the file says of itself), the vocabulary, one section
//! per model, and how the fits went. A verdict by one model reads the card, the vocabulary and that
//! model; a verdict on one message reads of vocabulary and models what the message touches. The
//! file is written whole or not at all; whatever is not such a file, is damaged or newer
//! is refused in one sentence.

mod block;
mod container;
mod error;
mod format_1;
mod opened;
mod section;

pub use container::FORMAT;
pub(crate) use container::{Container, write as write_sections};
pub use error::StoreError;

use super::tables::Touched;
use super::{Calibration, Catalog, Family, FitReport, Fitted, ModelEntry, NoveltyReference, Scale};
use crate::base::parts::PartReader;
use crate::dataset::features::{FoundTokens, Vocabulary, VocabularySettings, stored_vocabulary};
use crate::dataset::{FeatureView, Fingerprints, Representation};
use crate::results::{ChosenDecision, ScoreSketch};
use crate::tokenize::{Lexicon, Recipe, TokenKinds};
use opened::Opened;
use section::Section;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

/// What a model file says of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// Name and version of the program that wrote it.
    pub program: String,
    /// Where the training mail came from, as the user named it.
    pub source: String,
    /// One line per input that says how it was read, and remarks.
    pub plan: Vec<String>,
    /// Training messages: ham, spam.
    pub emails: [usize; 2],
    /// Rows of the source that could not be used.
    pub rejected: usize,
    /// Seed of everything random.
    pub seed: u64,
    /// How mail is turned into tokens.
    pub recipe: Recipe,
    /// How the vocabulary was learned.
    pub vocabulary: VocabularySettings,
    /// The augmentations of the training mail, as they were asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub augment: Vec<String>,
    /// Number of tokens in the vocabulary.
    pub tokens: usize,
    /// The models, in the order of the table of models.
    pub models: Vec<ModelCard>,
}

/// What the card says of one model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelCard {
    /// Its name in the catalog.
    pub name: String,
    /// Generative or discriminative.
    pub family: Family,
    /// Its settings, those chosen by training included.
    pub settings: Value,
    /// The tokens it reads and their representation.
    #[serde(flatten)]
    pub view: FeatureView,
    /// Tokens of the vocabulary that it reads.
    pub columns: usize,
    /// What its raw score means.
    pub scale: Scale,
    /// From raw score to log-odds.
    pub calibration: Calibration,
    /// From log-odds to verdicts, and what that was chosen by.
    #[serde(default)]
    pub decision: ChosenDecision,
    /// Percentiles of held-out mail that novelty is measured by, for a model with code lengths.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub novelty_reference: Option<NoveltyReference>,
}

/// A model loaded from a file.
pub struct Loaded {
    /// What the card of the file says of it.
    pub card: ModelCard,
    /// The model, which scores.
    pub fitted: Box<dyn Fitted>,
}

/// A model that is read for one message: in place, or all of it if it knows no vocabulary.
pub struct Narrowing<'a>(Option<Section<'a>>);

/// A model to write, beside its card.
pub struct SavedModel<'a> {
    /// Its name, as on its card.
    pub name: &'a str,
    /// The model, whose parameters are written.
    pub fitted: &'a dyn Fitted,
    /// How the fit went.
    pub report: &'a FitReport,
    /// The scores of the mail held out of training: ham, spam.
    pub held_out: &'a [ScoreSketch; 2],
}

/// Writes a model file, whole or not at all. Without fingerprints of the training mail nobody can
/// tell whether other mail shares messages with it.
pub fn save(
    path: &Path,
    card: &Card,
    vocabulary: &Vocabulary,
    fingerprints: Option<&Fingerprints>,
    models: &[SavedModel<'_>],
) -> Result<(), StoreError> {
    let contents = contents(card, vocabulary, fingerprints, models);
    let contents = contents.map_err(|why| StoreError::unwritable(path, why))?;
    write_sections(path, &contents)
}

/// The bytes of a model file, which [`ModelFile::from_bytes`] reads.
pub fn to_bytes(
    card: &Card,
    vocabulary: &Vocabulary,
    fingerprints: Option<&Fingerprints>,
    models: &[SavedModel<'_>],
) -> Result<Vec<u8>, StoreError> {
    let failed = |why| StoreError::unwritable(Path::new(IN_MEMORY), why);
    let contents = contents(card, vocabulary, fingerprints, models).map_err(failed)?;
    let mut bytes = Vec::new();
    container::write_to(&mut bytes, &contents).map_err(|error| failed(error.to_string()))?;
    Ok(bytes)
}

/// The sections of a model file, or why there are none.
fn contents(
    card: &Card,
    vocabulary: &Vocabulary,
    fingerprints: Option<&Fingerprints>,
    models: &[SavedModel<'_>],
) -> Result<Vec<(String, Vec<u8>)>, String> {
    let json = |error: serde_json::Error| error.to_string();
    let facts: BTreeMap<&str, &FitReport> = models
        .iter()
        .map(|model| (model.name, model.report))
        .collect();
    let held_out: BTreeMap<&str, &[ScoreSketch; 2]> = models
        .iter()
        .map(|model| (model.name, model.held_out))
        .collect();
    let mut contents = vec![
        ("card".to_owned(), serde_json::to_vec(card).map_err(json)?),
        (
            VOCABULARY.to_owned(),
            stored_vocabulary::to_bytes(vocabulary, &views(card))?,
        ),
        (
            "facts".to_owned(),
            serde_json::to_vec(&facts).map_err(json)?,
        ),
        (
            HELD_OUT.to_owned(),
            serde_json::to_vec(&held_out).map_err(json)?,
        ),
    ];
    contents.extend(fingerprints.map(|known| (FINGERPRINTS.to_owned(), known.to_bytes())));
    for model in models {
        contents.push((section(model.name), model.fitted.save()?));
    }
    Ok(contents)
}

/// What errors call a model file that is in memory.
const IN_MEMORY: &str = "the model in memory";

/// The sets of kinds that the models read, each once.
fn views(card: &Card) -> Vec<TokenKinds> {
    let kinds = card.models.iter().map(|model| model.view.kinds);
    kinds
        .collect::<BTreeSet<TokenKinds>>()
        .into_iter()
        .collect()
}

/// Name of the section with the vocabulary.
const VOCABULARY: &str = "vocabulary";

/// Name of the section with the scores of held-out mail, some 6 kB per model. Files of earlier
/// versions have none.
const HELD_OUT: &str = "held_out";

/// Name of the section with the fingerprints of the training mail, 24 bytes per message. Files of
/// earlier versions have none.
const FINGERPRINTS: &str = "fingerprints";

const DIFFERENT_TOKENS: &str = "card and vocabulary differ in the number of tokens";

/// Name of the section that holds a model.
fn section(model: &str) -> String {
    format!("model:{model}")
}

/// An open model file.
pub struct ModelFile {
    container: Container,
    card: Card,
    catalog: Catalog,
}

impl ModelFile {
    /// Opens a model file and reads its card; `catalog` knows how to read its models.
    pub fn open(path: &Path, catalog: &Catalog) -> Result<ModelFile, StoreError> {
        ModelFile::of(Container::open(path)?, catalog)
    }

    /// The same of the bytes of a model file.
    pub fn from_bytes(bytes: Arc<[u8]>, catalog: &Catalog) -> Result<ModelFile, StoreError> {
        let opened = Opened::in_memory(Path::new(IN_MEMORY), bytes);
        ModelFile::of(Container::of(opened)?, catalog)
    }

    fn of(container: Container, catalog: &Catalog) -> Result<ModelFile, StoreError> {
        let card = container.read("card")?;
        let card = serde_json::from_slice(&card)
            .map_err(|_| container.damaged(&"its card cannot be read"))?;
        Ok(ModelFile {
            container,
            card,
            catalog: catalog.clone(),
        })
    }

    /// The models that can be read.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// Checks every section, also those that are read only when asked for.
    pub fn verify(&self) -> Result<(), StoreError> {
        self.container.verify()
    }

    /// What the file says of itself.
    pub fn card(&self) -> &Card {
        &self.card
    }

    /// The vocabulary that all its models share.
    pub fn vocabulary(&self) -> Result<Vocabulary, StoreError> {
        let bytes = self.container.read(VOCABULARY)?;
        let vocabulary = if self.container.reads_in_place() {
            stored_vocabulary::from_bytes(&bytes)
        } else {
            Vocabulary::load_format_1(&bytes)
        }
        .map_err(|error| self.container.damaged(&error))?;
        if vocabulary.len() != self.card.tokens {
            return Err(self.container.damaged(&DIFFERENT_TOKENS));
        }
        Ok(vocabulary)
    }

    /// The tokens of `lexicon` that the vocabulary holds. What else there is in it is not read.
    pub fn find(&self, lexicon: &Lexicon) -> Result<FoundTokens, StoreError> {
        let mut section = self.container.section(VOCABULARY)?;
        let found = stored_vocabulary::find(&mut section, lexicon);
        let found = found.map_err(|error| {
            let failure = section.take_failure();
            failure.unwrap_or_else(|| self.container.damaged(&error))
        })?;
        if found.all == self.card.tokens {
            Ok(found)
        } else {
            Err(self.container.damaged(&DIFFERENT_TOKENS))
        }
    }

    /// A model as it is read for one message. None if it must be read with the whole vocabulary:
    /// the file is of format 1, or the model reads columns and keeps no tables of them.
    pub fn narrowing(&self, card: &ModelCard) -> Result<Option<Narrowing<'_>>, StoreError> {
        if !self.container.reads_in_place() {
            return Ok(None);
        }
        if card.view.representation == Representation::Bytes {
            return Ok(Some(Narrowing(None)));
        }
        let mut section = self.container.section(&section(&card.name))?;
        let parts = PartReader::new(&mut section).map(|parts| parts.len());
        match parts {
            Ok(parts) => Ok((parts > 1).then_some(Narrowing(Some(section)))),
            Err(error) => Err(self.unread(&card.name, &error, section)),
        }
    }

    /// The error for what contradicts itself in this file.
    pub fn damaged(&self, what: &dyn std::fmt::Display) -> StoreError {
        self.container.damaged(what)
    }

    /// How the fits went, by model.
    pub fn facts(&self) -> Result<BTreeMap<String, FitReport>, StoreError> {
        serde_json::from_slice(&self.container.read("facts")?)
            .map_err(|error| self.container.damaged(&error))
    }

    /// The scores of the mail held out of training by model: ham, spam. Empty for a file of an
    /// earlier version.
    pub fn held_out(&self) -> Result<BTreeMap<String, [ScoreSketch; 2]>, StoreError> {
        if self.container.section_length(HELD_OUT) == 0 {
            return Ok(BTreeMap::new());
        }
        serde_json::from_slice(&self.container.read(HELD_OUT)?)
            .map_err(|error| self.container.damaged(&error))
    }

    /// The fingerprints of the training mail. None where the file has none: it is of an earlier
    /// version, its mail was too large to hold, or a program made them that hashes otherwise.
    pub fn fingerprints(&self) -> Result<Option<Fingerprints>, StoreError> {
        if self.container.section_length(FINGERPRINTS) == 0 {
            return Ok(None);
        }
        Ok(Fingerprints::from_bytes(
            &self.container.read(FINGERPRINTS)?,
        ))
    }

    /// What the card says of a model.
    pub fn model_card(&self, name: &str) -> Result<&ModelCard, StoreError> {
        let models = &self.card.models;
        let missing = || StoreError::NoModel {
            file: self.container.path().to_owned(),
            name: name.to_owned(),
            held: models
                .iter()
                .map(|model| &*model.name)
                .collect::<Vec<_>>()
                .join(", "),
        };
        models
            .iter()
            .find(|model| model.name == name)
            .ok_or_else(missing)
    }

    /// Loads one of its models.
    pub fn model(&self, name: &str) -> Result<Loaded, StoreError> {
        self.loaded(name, |entry, card| {
            let bytes = self.container.read(&section(name))?;
            let fitted = if self.container.reads_in_place() {
                entry.load(&bytes, card.columns)
            } else {
                entry.load_format_1(&bytes, card.columns)
            };
            fitted.map_err(|error| self.unreadable(name, &error))
        })
    }

    /// Loads of one of its models what a message touches; `narrowing` is of that model.
    pub fn model_touched(
        &self,
        name: &str,
        narrowing: Narrowing<'_>,
        touched: Touched<'_>,
    ) -> Result<Loaded, StoreError> {
        let Narrowing(Some(mut section)) = narrowing else {
            return self.model(name);
        };
        self.loaded(name, |entry, card| {
            let fitted = entry.load_touched(&mut section, card.columns, Some(touched));
            fitted.map_err(|error| self.unread(name, &error, section))
        })
    }

    fn loaded(
        &self,
        name: &str,
        load: impl FnOnce(&dyn ModelEntry, &ModelCard) -> Result<Box<dyn Fitted>, StoreError>,
    ) -> Result<Loaded, StoreError> {
        let card = self.model_card(name)?;
        let unknown = || {
            self.container
                .damaged(&format!("this program knows no model {name}"))
        };
        let entry = self.catalog.model(name).ok_or_else(unknown)?;
        Ok(Loaded {
            card: card.clone(),
            fitted: load(entry, card)?,
        })
    }

    fn unreadable(&self, name: &str, why: &str) -> StoreError {
        self.container
            .damaged(&format!("the model {name} cannot be read: {why}"))
    }

    /// Why a model could not be read of this section.
    fn unread(&self, name: &str, why: &str, mut section: Section<'_>) -> StoreError {
        let failure = section.take_failure();
        failure.unwrap_or_else(|| self.unreadable(name, why))
    }

    /// Bytes of a model's parameters.
    pub fn model_bytes(&self, name: &str) -> u64 {
        self.container.section_length(&section(name))
    }

    /// Bytes of the whole file.
    pub fn length(&self) -> u64 {
        self.container.length()
    }
}
