//! `spamlab experiment transfer`: models on corpora that they did not learn from.

use super::shared::{ModelOptions, Shared};
use crate::cli::args::input::described_apart;
use crate::cli::common::Common;
use crate::cli::output::table::Table;
use crate::cli::wrap::paragraph;
use crate::lab::analyses::experiments::transfer::TransferParameters;
use crate::report::documents::tables;
use crate::results::experiments::{LearnedFrom, TransferFound};
use clap::Args;

/// Transfers models.
#[derive(Args)]
#[command(mut_arg("inputs", |inputs| inputs.help(format!(
    "{} [default: the mail that comes with the program]",
    described_apart(
        "Labelled mail",
        "each is a corpus, and one alone is cut into three by its order"
    )
))))]
#[command(mut_arg("models", |models| models.help(
    "Models, by name, separated by commas [default: multinomial, byte-ngram, logistic, svm]"
)))]
pub struct Transfer {
    #[command(flatten)]
    shared: Shared,
    #[command(flatten)]
    models: ModelOptions,
}

impl Transfer {
    pub fn run(&self, common: &Common) -> anyhow::Result<()> {
        let spec = self.shared.spec(Some(&self.models))?;
        let parameters: TransferParameters = self.shared.protocol(&spec)?;
        self.shared.run(common, &parameters, spec, as_text)
    }
}

fn as_text(found: &TransferFound) -> String {
    let targets = (0..found.corpora.len()).map(|target| target_as_text(found, target));
    let targets: Vec<String> = targets.collect();
    let read = "EM is learned from all others with the share of spam corrected by expectation \
                maximisation, +N with so many labels of the corpus.";
    let read = format!("{read} {}", tables::transfer_in_words(found));
    targets.concat() + &paragraph(&read, 0)
}

/// The error rate of each model on a corpus: learned from itself, from all others, from these with
/// the prior corrected, and with some labels of it.
fn target_as_text(found: &TransferFound, target: usize) -> String {
    let others = LearnedFrom::Others(0);
    let mut columns = vec![
        (LearnedFrom::Corpus(target), false, "itself".to_owned()),
        (others, false, "others".to_owned()),
        (others, true, "EM".to_owned()),
    ];
    let labels = found.labels().into_iter();
    columns.extend(labels.map(|labels| (LearnedFrom::Others(labels), false, format!("+{labels}"))));
    let titles = columns.iter().map(|(.., title)| title.as_str());
    let titles: Vec<&str> = std::iter::once("model").chain(titles).collect();
    let mut table = Table::new(titles);
    for (at, model) in found.models.iter().enumerate() {
        let value = |(from, corrected, _): &(LearnedFrom, bool, String)| {
            let cell = found.cell(at, *from, target)?;
            if *corrected {
                cell.corrected.as_ref()?.value
            } else {
                cell.value("error_pct")
            }
        };
        let shown = |value: Option<f64>| {
            value.map_or_else(|| "–".to_owned(), |value| format!("{value:.2}"))
        };
        let cells = columns.iter().map(|column| shown(value(column)));
        let row: Vec<String> = std::iter::once(model.name.clone()).chain(cells).collect();
        table.push(row);
    }
    format!(
        "error % on {}, learned from\n{table}\n",
        found.corpora[target].name
    )
}
