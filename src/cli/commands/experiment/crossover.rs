//! `spamlab experiment crossover`: matched pairs of models from few training messages to all.

use super::shared::Shared;
use crate::cli::args::input::described;
use crate::cli::common::Common;
use crate::cli::output::table::Table;
use crate::cli::wrap::paragraph;
use crate::lab::analyses::experiments::crossover::CrossoverParameters;
use crate::report::documents::tables;
use crate::results::experiments::{CrossoverFound, MatchedCurves};
use clap::Args;

/// Follows matched pairs.
#[derive(Args)]
#[command(mut_arg("inputs", |inputs| inputs.help(format!(
    "{} [default: the mail that comes with the program]",
    described("Labelled mail")
))))]
pub struct Crossover {
    #[command(flatten)]
    shared: Shared,
    /// Training sets of each size up to 512 [default: 20, quick: 4]
    #[arg(
        long,
        value_name = "N",
        value_parser = clap::value_parser!(u32).range(1..=256),
        help_heading = "Protocol"
    )]
    resamples: Option<u32>,
    /// A pair of nets, too, which takes hours where there is much mail
    #[arg(long, help_heading = "Protocol")]
    nets: bool,
}

impl Crossover {
    pub fn run(&self, common: &Common) -> anyhow::Result<()> {
        let spec = self.shared.spec(None)?;
        let protocol: CrossoverParameters = self.shared.protocol(&spec)?;
        let parameters = CrossoverParameters {
            resamples: self.resamples.unwrap_or(protocol.resamples),
            nets: self.nets || protocol.nets,
            ..protocol
        };
        self.shared.run(common, &parameters, spec, as_text)
    }
}

fn as_text(found: &CrossoverFound) -> String {
    let pairs = found.pairs.iter().map(pair_as_text);
    let pairs: Vec<String> = pairs.collect();
    let read = paragraph(&tables::crossover_in_words(found), 0);
    format!("{}\n{read}", pairs.join("\n"))
}

fn pair_as_text(pair: &MatchedCurves) -> String {
    let [generative, discriminative] = &pair.models;
    let mut table = Table::new(["emails", generative, discriminative, "difference, points"]);
    for point in &pair.points {
        let mean = |model: usize| point.means[model].get("error_pct").copied().flatten();
        let shown = |value: Option<f64>| {
            value.map_or_else(|| "–".to_owned(), |value| format!("{value:.2}"))
        };
        let difference = point.differences.get("error_pct");
        table.push([
            point.emails.to_string(),
            shown(mean(0)),
            shown(mean(1)),
            difference.map_or_else(String::new, |(value, [low, high])| {
                format!("{value:+.2} ({low:+.2} to {high:+.2})")
            }),
        ]);
    }
    let heading = format!("{}: error %", pair.name());
    let crossings = paragraph(&tables::crossings_in_words(pair), 0);
    format!("{heading}\n{table}\n{crossings}\n")
}
