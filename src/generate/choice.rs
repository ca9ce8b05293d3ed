//! Which model of a file generates.

use super::error::GenerateError;
use crate::model::Family;
use crate::model::file::{Loaded, ModelFile};

/// The model of that name; if none is named, the first of the file that generates text, or else
/// the first that generates words.
pub fn generator(file: &ModelFile, name: Option<&str>) -> Result<Loaded, GenerateError> {
    let Some(name) = name else {
        return first_generator(file);
    };
    let model = file.model(name)?;
    if model.fitted.classifier().as_generative().is_none() {
        return Err(GenerateError::NotGenerative {
            model: model.card.name,
            family: model.card.family,
        });
    }
    Ok(model)
}

fn first_generator(file: &ModelFile) -> Result<Loaded, GenerateError> {
    let models = file.card().models.iter();
    let mut of_words = None;
    for card in models.filter(|card| card.family == Family::Generative) {
        let model = file.model(&card.name)?;
        let classifier = model.fitted.classifier();
        if classifier.as_sequence().is_some() {
            return Ok(model);
        }
        if classifier.as_generative().is_some() && of_words.is_none() {
            of_words = Some(model);
        }
    }
    of_words.ok_or(GenerateError::NoGenerator)
}
