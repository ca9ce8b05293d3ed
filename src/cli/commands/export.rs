//! `spamlab export`: a linear model of a file as JSON, down to its decision, for programs in other
//! languages. `docs/export.md` has a loader for Python.

use crate::cli::output::{emit, targets};
use crate::cli::screen;
use crate::cli::usage;
use crate::dataset::{Example, Representation};
use crate::lab::spec::DataSpec;
use crate::model::file::{Loaded, ModelFile};
use clap::Args;
use serde_json::{Value, json};
use std::path::PathBuf;

/// Exports a linear model.
#[derive(Args)]
pub struct Arguments {
    /// The model file
    #[arg(short, long, value_name = "FILE", help_heading = "Model")]
    model_file: PathBuf,
    /// The model [default: the first linear one in the file]
    #[arg(long, value_name = "NAME", help_heading = "Model")]
    model: Option<String>,
    /// File to write the model to [default: standard output]
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    output: Option<PathBuf>,
}

impl Arguments {
    pub fn run(&self) -> anyhow::Result<()> {
        let read = [Some(self.model_file.as_path())];
        targets::check(&DataSpec::default(), &read, &[self.output.as_deref()])?;
        let file = ModelFile::open(&self.model_file, &crate::catalog()).map_err(usage)?;
        let names = file.card().models.iter().map(|model| model.name.as_str());
        let named: Vec<&str> = names
            .filter(|name| self.model.as_ref().is_none_or(|wanted| wanted == name))
            .collect();
        if let (Some(wanted), true) = (&self.model, named.is_empty()) {
            return Err(usage(format!(
                "{} holds no model {wanted}",
                self.model_file.display()
            )));
        }
        for name in named {
            let model = file.model(name).map_err(usage)?;
            if let Some(weights) = weights(&model) {
                let text = serde_json::to_string(&described(&file, &model, &weights)?)?;
                let text = screen::json(text) + "\n";
                return match &self.output {
                    Some(path) => emit::file(path, |out| out.write_all(text.as_bytes())),
                    None => emit::bytes(text.as_bytes()),
                };
            }
        }
        Err(usage(match &self.model {
            Some(name) => format!("{name} is not linear: only weights and a bias can be exported"),
            None => format!("{} holds no linear model", self.model_file.display()),
        }))
    }
}

/// The weight of each column, of a model whose score they add up to.
fn weights(model: &Loaded) -> Option<Vec<f64>> {
    let classifier = model.fitted.classifier();
    (0..model.card.columns as u32)
        .map(|column| classifier.weight(column))
        .collect()
}

fn described(file: &ModelFile, model: &Loaded, weights: &[f64]) -> anyhow::Result<Value> {
    let vocabulary = file.vocabulary().map_err(usage)?;
    let kept = || {
        vocabulary
            .kinds()
            .map(|kind| model.card.view.kinds.holds(kind))
    };
    let tokens: Vec<&str> = vocabulary
        .tokens()
        .zip(kept())
        .filter_map(|(token, kept)| kept.then_some(token))
        .collect();
    let idf = vocabulary.frequencies().inverse_document_frequency();
    let idf: Vec<f64> = idf
        .into_iter()
        .zip(kept())
        .filter_map(|(idf, kept)| kept.then_some(idf))
        .collect();
    Ok(json!({
        "format": "spamlab-linear",
        "version": 2,
        "program": file.card().program,
        "model": model.card.name,
        "classes": ["ham", "spam"],
        "reads": model.card.view.representation,
        "tokens": tokens,
        "idf": (model.card.view.representation == Representation::TfIdf).then_some(idf),
        "weights": weights,
        "bias": model.fitted.classifier().score(Example::sparse(&[], &[])),
        "calibration": model.card.calibration,
        "decision": model.card.decision,
    }))
}
