//! A linear model with all that its verdicts depend on.

use crate::base::mail::Label;
use crate::dataset::{Example, Representation};
use crate::model::file::{Loaded, ModelFile, StoreError};
use crate::results::{Calibration, ChosenDecision};
use serde::Serialize;

/// A model whose score is a sum over tokens. As JSON it is a file of the format `spamlab-linear`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LinearExport {
    /// The name of the format, and its version.
    pub format: &'static str,
    /// Raised when a reader of the old format would misread the new one.
    pub version: u32,
    /// The program that trained it.
    pub program: String,
    /// Its name.
    pub model: String,
    /// The class for a score below 0, and that for one above.
    pub classes: [Label; 2],
    /// What it reads of a message.
    pub reads: Representation,
    /// The token of each column.
    pub tokens: Vec<String>,
    /// The inverse document frequency of each, if it reads tf-idf.
    pub idf: Option<Vec<f64>>,
    /// The weight of each.
    pub weights: Vec<f64>,
    /// The score of a message without any of them.
    pub bias: f64,
    /// From scores to log-odds.
    pub calibration: Calibration,
    /// From log-odds to verdicts.
    pub decision: ChosenDecision,
}

impl LinearExport {
    /// A model of a file; None if its score is no sum over tokens.
    ///
    /// # Errors
    /// The vocabulary of the file is damaged.
    pub fn of(file: &ModelFile, model: &Loaded) -> Result<Option<LinearExport>, StoreError> {
        let classifier = model.fitted.classifier();
        let columns = 0..model.card.columns as u32;
        let weights: Option<Vec<f64>> = columns.map(|column| classifier.weight(column)).collect();
        let Some(weights) = weights else {
            return Ok(None);
        };
        let (vocabulary, view) = (file.vocabulary()?, model.card.view);
        let read: Vec<bool> = vocabulary
            .kinds()
            .map(|kind| view.kinds.holds(kind))
            .collect();
        let tokens = vocabulary.tokens().zip(&read).filter(|(_, read)| **read);
        let idf = vocabulary.frequencies().inverse_document_frequency();
        let idf = idf.into_iter().zip(&read).filter(|(_, read)| **read);
        let is_tf_idf = view.representation == Representation::TfIdf;
        Ok(Some(LinearExport {
            format: "spamlab-linear",
            version: 2,
            classes: Label::BOTH,
            program: file.card().program.clone(),
            model: model.card.name.clone(),
            reads: view.representation,
            tokens: tokens.map(|(token, _)| token.to_owned()).collect(),
            idf: is_tf_idf.then(|| idf.map(|(idf, _)| idf).collect()),
            weights,
            bias: classifier.score(Example::sparse(&[], &[])),
            calibration: model.card.calibration.clone(),
            decision: model.card.decision,
        }))
    }
}
