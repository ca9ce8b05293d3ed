//! The model file: recipe and vocabulary once, and all trained models.
//!
//! A container of sections: the card (what the file says of itself), the vocabulary, one section
//! per model, and how the fits went. A verdict by one model reads the card, the vocabulary and that
//! model. The file is written whole or not at all; whatever is not such a file, is damaged or newer
//! is refused in one sentence.

mod container;
mod error;

pub use container::FORMAT;
pub use error::StoreError;

use super::{Calibration, Catalog, Family, FitReport, Fitted, NoveltyReference, Scale};
use crate::dataset::features::{Vocabulary, VocabularySettings};
use crate::dataset::{FeatureView, Fingerprints};
use crate::results::{ChosenDecision, ScoreSketch};
use crate::tokenize::Recipe;
use container::Container;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

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
    let json = |error: serde_json::Error| StoreError::unwritable(path, error.to_string());
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
            "vocabulary".to_owned(),
            vocabulary
                .save()
                .map_err(|error| StoreError::unwritable(path, error))?,
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
        let bytes = model
            .fitted
            .save()
            .map_err(|error| StoreError::unwritable(path, error))?;
        contents.push((section(model.name), bytes));
    }
    container::write(path, &contents)
}

/// Name of the section with the scores of held-out mail, some 6 kB per model. Files of earlier
/// versions have none.
const HELD_OUT: &str = "held_out";

/// Name of the section with the fingerprints of the training mail, 24 bytes per message. Files of
/// earlier versions have none.
const FINGERPRINTS: &str = "fingerprints";

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
        let container = Container::open(path)?;
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
        let bytes = self.container.read("vocabulary")?;
        let vocabulary =
            Vocabulary::load(&bytes).map_err(|error| self.container.damaged(&error))?;
        if vocabulary.len() != self.card.tokens {
            return Err(self
                .container
                .damaged(&"card and vocabulary differ in the number of tokens"));
        }
        Ok(vocabulary)
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

    /// Loads one of its models.
    pub fn model(&self, name: &str) -> Result<Loaded, StoreError> {
        let held = || {
            self.card
                .models
                .iter()
                .map(|model| model.name.as_str())
                .collect::<Vec<_>>()
                .join(", ")
        };
        let file = || self.container.path().to_owned();
        let missing = || StoreError::NoModel {
            file: file(),
            name: name.to_owned(),
            held: held(),
        };
        let card = self
            .card
            .models
            .iter()
            .find(|model| model.name == name)
            .ok_or_else(missing)?;
        let unknown = || {
            self.container
                .damaged(&format!("this program knows no model {name}"))
        };
        let entry = self.catalog.model(name).ok_or_else(unknown)?;
        let fitted = entry
            .load(&self.container.read(&section(name))?, card.columns)
            .map_err(|error| {
                self.container
                    .damaged(&format!("the model {name} cannot be read: {error}"))
            })?;
        Ok(Loaded {
            card: card.clone(),
            fitted,
        })
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
