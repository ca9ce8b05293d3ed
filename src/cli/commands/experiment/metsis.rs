//! `spamlab experiment metsis`: a published experiment repeated on the user's copy of its mail,
//! beside what was published.

use super::shared::Shared;
use crate::cli::args::input::described_apart;
use crate::cli::common::Common;
use crate::cli::output::table::Table;
use crate::cli::wrap::paragraph;
use crate::lab::analyses::experiments::metsis::MetsisParameters;
use crate::report::documents::tables;
use crate::results::experiments::MetsisFound;
use clap::Args;

/// Repeats the experiment of Metsis and others.
#[derive(Args)]
#[command(mut_arg("inputs", |inputs| inputs.help(format!(
    "{} [default: the mail that comes with the program]",
    described_apart(
        "Labelled mail",
        "Enron1 to Enron6, in this order, each with its messages in the order in which they were \
         published"
    )
))))]
pub struct Metsis {
    #[command(flatten)]
    shared: Shared,
    /// Numbers of attributes, separated by commas [default: 500,1000,3000, quick: 500]
    #[arg(
        long,
        value_name = "NUMBERS",
        value_delimiter = ',',
        value_parser = clap::value_parser!(u32).range(1..),
        help_heading = "Protocol"
    )]
    attributes: Vec<u32>,
}

impl Metsis {
    pub fn run(&self, common: &Common) -> anyhow::Result<()> {
        let spec = self.shared.spec(None)?;
        let mut parameters: MetsisParameters = self.shared.protocol(&spec)?;
        if !self.attributes.is_empty() {
            let asked = self.attributes.iter();
            parameters.attributes = asked.map(|&number| number as usize).collect();
        }
        self.shared.run(common, &parameters, spec, as_text)
    }
}

/// Means over the sets, which fit a terminal; the page has every set.
fn as_text(found: &MetsisFound) -> String {
    let titles = [
        "event model",
        "spam recall %",
        "ham recall %",
        "mean deviation",
    ];
    let shown = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |x| format!("{x:.2}"));
    let mut table = Table::new(titles);
    let mut attributes = None;
    for mean in found.means() {
        if attributes != Some(mean.attributes) {
            attributes = Some(mean.attributes);
            let told = format!("{} attributes, mean over the sets", mean.attributes);
            table.section(&told);
        }
        let deviation = mean
            .deviation
            .and_then(|of| Some(f64::midpoint(of.spam_pct?, of.ham_pct?)));
        table.push([
            mean.event.to_owned(),
            shown(mean.measured.spam_pct),
            shown(mean.measured.ham_pct),
            shown(deviation),
        ]);
    }
    format!("{table}\n{}", paragraph(&tables::metsis_in_words(found), 0))
}
