//! `spamlab experiment stream`: filters on mail that comes one message after the other.

use super::shared::{ModelOptions, Shared};
use crate::cli::args::input::described_apart;
use crate::cli::common::Common;
use crate::cli::output::table::Table;
use crate::cli::wrap::paragraph;
use crate::lab::ExperimentSpec;
use crate::lab::analyses::experiments::stream::StreamParameters;
use crate::report::documents::tables;
use crate::results::experiments::{FilterFound, Lesson, METRICS_OF_A_STREAM, StreamFound};
use clap::Args;

/// Resamples of the bootstrap, which measures every filter under every way to teach.
const RESAMPLES: u32 = 500;
const QUICK_RESAMPLES: u32 = 100;

/// Follows filters along streams.
#[derive(Args)]
#[command(mut_arg("inputs", |inputs| inputs.help(format!(
    "{} [default: the mail that comes with the program]",
    described_apart("Labelled mail", "each is a stream of its own, in its order")
))))]
#[command(mut_arg("models", |models| models.help(
    "Models that filter, by name, separated by commas [default: all that learn message by message]"
)))]
pub struct StreamOptions {
    #[command(flatten)]
    shared: Shared,
    #[command(flatten)]
    models: ModelOptions,
    /// Resamples of the bootstrap behind the intervals [default: 500, quick: 100]
    #[arg(
        long,
        value_name = "N",
        value_parser = clap::value_parser!(u32).range(0..=100_000),
        help_heading = "Protocol"
    )]
    resamples: Option<u32>,
}

impl StreamOptions {
    pub fn run(&self, common: &Common) -> anyhow::Result<()> {
        let spec = self.shared.spec(Some(&self.models))?;
        let parameters: StreamParameters = self.shared.protocol(&spec)?;
        let usual = self.shared.resamples(&spec, [QUICK_RESAMPLES, RESAMPLES]);
        let spec = ExperimentSpec {
            resamples: self.resamples.unwrap_or(usual),
            ..spec
        };
        self.shared.run(common, &parameters, spec, as_text)
    }
}

fn as_text(found: &StreamFound) -> String {
    let lessons = found.streams.iter().flat_map(|stream| {
        let lessons = stream.lessons.iter();
        lessons.map(move |lesson| lesson_as_text(&stream.mail, lesson))
    });
    let lessons: Vec<String> = lessons.collect();
    lessons.concat() + &paragraph(&tables::stream_in_words(found), 0)
}

fn lesson_as_text(mail: &str, lesson: &Lesson) -> String {
    let mut table = Table::new(["filter", "hm %", "sm %", "lam %", "(1-ROCA) %", "h=.1 %"]);
    for filter in &lesson.filters {
        table.push(row(filter));
    }
    format!("{mail}: {}\n{table}\n", lesson.name())
}

fn row(filter: &FilterFound) -> Vec<String> {
    let value = |key: &str| {
        let value = filter
            .estimates
            .get(key)
            .and_then(|estimate| estimate.value);
        value.map_or_else(|| "–".to_owned(), |value| format!("{value:.3}"))
    };
    let cells = METRICS_OF_A_STREAM.map(value);
    std::iter::once(filter.name.clone()).chain(cells).collect()
}
