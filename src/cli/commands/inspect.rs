//! `spamlab inspect`: what a model file holds.

use crate::cli::output::decisions;
use crate::cli::output::emit;
use crate::cli::output::table::Table;
use crate::cli::usage;
use crate::cli::wrap::paragraph;
use crate::model::Convergence;
use crate::model::file::ModelFile;
use crate::model::{FitReport, settings_on_one_line};
use clap::Args;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Shows a model file.
#[derive(Args)]
pub struct Arguments {
    /// The model file
    file: PathBuf,
    /// Print JSON instead of tables, with the report of every fit
    #[arg(long, help_heading = "Output")]
    json: bool,
}

impl Arguments {
    pub fn run(&self) -> anyhow::Result<()> {
        let file = ModelFile::open(&self.file, &crate::catalog()).map_err(usage)?;
        file.verify().map_err(usage)?;
        // Every model is made, so that a file that can be inspected can also be used.
        let (vocabulary, facts) = (
            file.vocabulary().map_err(usage)?,
            file.facts().map_err(usage)?,
        );
        for model in &file.card().models {
            file.model(&model.name).map_err(usage)?;
        }
        let examples = vocabulary.tokens().take(8).collect::<Vec<_>>().join(", ");
        emit::result(
            self.json,
            || json!({ "card": file.card(), "facts": facts, "bytes": file.length() }),
            || as_text(&file, &examples, &facts),
        )
    }
}

fn as_text(file: &ModelFile, examples: &str, facts: &BTreeMap<String, FitReport>) -> String {
    let warning = format!(
        "This file holds words of the mail it was trained on (for instance {examples}): share it \
         only with those who may know them."
    );
    let (about, models, decided) = (about(file), models(file, facts), decided(file));
    format!("{about}\n{models}{decided}\n{}", paragraph(&warning, 0))
}

/// The decisions of the models, where they are not the default one.
fn decided(file: &ModelFile) -> String {
    let models = file.card().models.iter();
    let decisions = models.map(|model| (model.name.as_str(), model.decision));
    decisions::as_text(decisions).map_or_else(String::new, |text| format!("\n{text}"))
}

/// What the file says of itself.
fn about(file: &ModelFile) -> Table {
    let card = file.card();
    let [ham, spam] = card.emails;
    let mut about = Table::new(["written by", card.program.as_str()]);
    about.push([
        "trained on",
        &format!(
            "{}: {ham} ham, {spam} spam, {} rows left out",
            card.source, card.rejected
        ),
    ]);
    for line in &card.plan {
        about.push(["read as", line]);
    }
    about.push(["seed", &card.seed.to_string()]);
    let recipe = serde_json::to_value(&card.recipe).unwrap_or_default();
    about.push(["recipe", &settings_on_one_line(&recipe)]);
    if !card.augment.is_empty() {
        about.push(["added to the mail", &card.augment.join(", ")]);
    }
    let vocabulary = serde_json::to_value(card.vocabulary).unwrap_or_default();
    about.push([
        "vocabulary",
        &format!(
            "{} tokens ({})",
            card.tokens,
            settings_on_one_line(&vocabulary)
        ),
    ]);
    about.push(["size", &format!("{} bytes", file.length())]);
    about
}

/// The models, and how the fit of each ended.
fn models(file: &ModelFile, facts: &BTreeMap<String, FitReport>) -> Table {
    let mut models = Table::new(["model", "what it is"]);
    for model in &file.card().models {
        let end = facts.get(&model.name).and_then(|facts| facts.convergence);
        models.section(&format!("{} ({})", model.name, model.family));
        let reads = format!("{:?}", model.view.representation).to_lowercase();
        models.push(["reads", &reads]);
        models.push(["settings", &settings_on_one_line(&model.settings)]);
        models.push(["size", &format!("{} bytes", file.model_bytes(&model.name))]);
        models.push([
            "fit",
            &end.map_or_else(|| "counted".to_owned(), end_in_words),
        ]);
    }
    models
}

fn end_in_words(end: Convergence) -> String {
    let gap = end
        .gap
        .map_or(String::new(), |gap| format!(", gap {gap:.1e}"));
    let how = if end.converged {
        "converged"
    } else {
        "NOT converged"
    };
    format!(
        "{how} in {} passes, objective {:.6}{gap}",
        end.passes, end.objective
    )
}
