//! `spamlab experiment fewshot`: models that learn from few messages.

use super::shared::{ModelOptions, Shared};
use crate::base::numbers::count_or_all;
use crate::cli::args::input::described_apart;
use crate::cli::common::Common;
use crate::cli::output::table::Table;
use crate::cli::wrap::paragraph;
use crate::lab::analyses::experiments::fewshot::FewshotParameters;
use crate::report::documents::tables;
use crate::results::experiments::FewshotFound;
use clap::Args;

/// Learns from few messages.
#[derive(Args)]
#[command(mut_arg("inputs", |inputs| inputs.help(format!(
    "{} [default: the mail that comes with the program]",
    described_apart(
        "Labelled mail",
        "each is a corpus. Beside four stands what was published of Ling-Spam, SMS Spam \
         Collection, SpamAssassin and Enron"
    )
))))]
#[command(mut_arg("models", |models| models.help(
    "Models, by name, separated by commas [default: those that compare has, byte-ngram and ppm]"
)))]
pub struct Fewshot {
    #[command(flatten)]
    shared: Shared,
    /// Runs, each with a split and training sets of its own [default: 10, quick: 2]
    #[arg(
        long,
        value_name = "N",
        value_parser = clap::value_parser!(u32).range(1..=256),
        help_heading = "Protocol"
    )]
    runs: Option<u32>,
    #[command(flatten)]
    models: ModelOptions,
}

impl Fewshot {
    pub fn run(&self, common: &Common) -> anyhow::Result<()> {
        let spec = self.shared.spec(Some(&self.models))?;
        let protocol: FewshotParameters = self.shared.protocol(&spec)?;
        let parameters = FewshotParameters {
            runs: self.runs.unwrap_or(protocol.runs),
        };
        self.shared.run(common, &parameters, spec, as_text)
    }
}

fn as_text(found: &FewshotFound) -> String {
    let sizes = found.sizes.iter().map(|size| count_or_all(*size));
    let titles = std::iter::once("mean F1 after".to_owned()).chain(sizes);
    let mut table = Table::new(titles);
    let row = |name: &str, values: &mut dyn Iterator<Item = Option<f64>>| -> Vec<String> {
        let shown = |value: Option<f64>| {
            value.map_or_else(|| "–".to_owned(), |value| format!("{value:.3}"))
        };
        let values = values.map(shown);
        std::iter::once(name.to_owned()).chain(values).collect()
    };
    for model in &found.models {
        let mut values = model.average.iter().map(|one| one.value);
        table.push(row(&model.name, &mut values));
    }
    if !found.published().is_empty() {
        table.section("published");
    }
    for published in found.published() {
        let at = |size: &Option<usize>| published.at(*size).map(|(value, _)| value);
        table.push(row(published.name, &mut found.sizes.iter().map(at)));
    }
    let read = tables::fewshot_in_words(found);
    let read = read.iter().map(|words| paragraph(words, 0));
    format!("{table}\n{}", read.collect::<Vec<String>>().join("\n"))
}
