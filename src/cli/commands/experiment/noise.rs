//! `spamlab experiment noise`: models under damage.

use super::shared::{ModelOptions, Shared};
use crate::cli::args::input::described;
use crate::cli::common::Common;
use crate::cli::output::table::Table;
use crate::cli::wrap::paragraph;
use crate::lab::analyses::experiments::noise::NoiseParameters;
use crate::report::documents::tables;
use crate::results::experiments::{Damage, NoiseFound};
use clap::Args;

/// Damages mail.
#[derive(Args)]
#[command(mut_arg("inputs", |inputs| inputs.help(format!(
    "{} [default: the mail that comes with the program]",
    described("Labelled mail")
))))]
#[command(mut_arg("models", |models| models.help(
    "Models, by name, separated by commas [default: multinomial, byte-ngram, logistic, svm]"
)))]
pub struct Noise {
    #[command(flatten)]
    shared: Shared,
    /// Draws of each damage [default: 5, quick: 2]
    #[arg(
        long,
        value_name = "N",
        value_parser = clap::value_parser!(u32).range(1..=256),
        help_heading = "Protocol"
    )]
    draws: Option<u32>,
    #[command(flatten)]
    models: ModelOptions,
}

impl Noise {
    pub fn run(&self, common: &Common) -> anyhow::Result<()> {
        let spec = self.shared.spec(Some(&self.models))?;
        let protocol: NoiseParameters = self.shared.protocol(&spec)?;
        let parameters = NoiseParameters {
            draws: self.draws.unwrap_or(protocol.draws),
            ..protocol
        };
        self.shared.run(common, &parameters, spec, as_text)
    }
}

fn as_text(found: &NoiseFound) -> String {
    let damages = Damage::ALL.map(|damage| damage_as_text(found, damage));
    let damages: Vec<String> = damages.into_iter().flatten().collect();
    let read = paragraph(&tables::noise_in_words(found), 0);
    format!("{}\n{read}", damages.join("\n"))
}

/// The error rate of each model by the level of a damage; None where none was reached.
fn damage_as_text(found: &NoiseFound, damage: Damage) -> Option<String> {
    let levels = found.of(damage);
    if levels.len() < 2 {
        return None;
    }
    let names = levels.iter().map(|level| level.name());
    let mut table = Table::new(std::iter::once("error %".to_owned()).chain(names));
    for (at, model) in found.models.iter().enumerate() {
        let shown = |value: Option<f64>| {
            value.map_or_else(|| "–".to_owned(), |value| format!("{value:.2}"))
        };
        let cells = levels
            .iter()
            .map(|level| shown(level.value(at, "error_pct")));
        table.push(std::iter::once(model.name.clone()).chain(cells));
    }
    let told = paragraph(&tables::damage_in_words(found, damage), 0);
    Some(format!("{}\n{table}\n{told}\n", damage.name()))
}
