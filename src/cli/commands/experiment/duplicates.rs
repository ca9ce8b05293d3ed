//! `spamlab experiment duplicates`: by how much near-duplicates flatter.

use super::shared::{ModelOptions, Shared};
use crate::cli::args::input::described;
use crate::cli::common::Common;
use crate::cli::output::table::Table;
use crate::cli::wrap::paragraph;
use crate::lab::analyses::experiments::duplicates::DuplicatesParameters;
use crate::report::documents::tables;
use crate::results::Estimate;
use crate::results::experiments::{DuplicatesFound, FlatteredModel, METRICS_OF_DUPLICATES};
use clap::Args;
use std::collections::BTreeMap;

/// Compares naive with grouped splits.
#[derive(Args)]
#[command(mut_arg("inputs", |inputs| inputs.help(format!(
    "{} [default: the mail that comes with the program]",
    described("Labelled mail")
))))]
#[command(mut_arg("models", |models| models.help(
    "Models, by name, separated by commas [default: those that compare has]"
)))]
pub struct Duplicates {
    #[command(flatten)]
    shared: Shared,
    /// Folds of the cross-validation [default: 5, quick: 2]
    #[arg(
        long,
        value_name = "N",
        value_parser = clap::value_parser!(u16).range(2..=100),
        help_heading = "Protocol"
    )]
    folds: Option<u16>,
    #[command(flatten)]
    models: ModelOptions,
}

impl Duplicates {
    pub fn run(&self, common: &Common) -> anyhow::Result<()> {
        let spec = self.shared.spec(Some(&self.models))?;
        let protocol: DuplicatesParameters = self.shared.protocol(&spec)?;
        let parameters = DuplicatesParameters {
            folds: self.folds.map_or(protocol.folds, usize::from),
        };
        self.shared.run(common, &parameters, spec, as_text)
    }
}

fn as_text(found: &DuplicatesFound) -> String {
    let texts = METRICS_OF_DUPLICATES.map(|key| {
        let heading = if key == METRICS_OF_DUPLICATES[0] {
            "error %"
        } else {
            "(1-ROCA) %"
        };
        let mut table = Table::new([heading, "naive", "grouped", "difference (95 % CI)"]);
        for model in &found.models {
            table.push(row(model, key));
        }
        format!("{table}\n")
    });
    texts.concat() + &paragraph(&tables::duplicates_in_words(found), 0)
}

fn row(model: &FlatteredModel, key: &str) -> [String; 4] {
    let shown = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |x| format!("{x:.3}"));
    let of = |split: &BTreeMap<String, Estimate>| {
        shown(split.get(key).and_then(|estimate| estimate.value))
    };
    let difference = model.differences.get(key);
    let difference = difference.map_or_else(String::new, |(value, [low, high])| {
        format!("{value:+.3} ({low:+.3} to {high:+.3})")
    });
    [
        model.name.clone(),
        of(&model.naive),
        of(&model.grouped),
        difference,
    ]
}
