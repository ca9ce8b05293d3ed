//! `spamlab experiment transfer`: models on corpora that they did not learn from.

use crate::cli::args::input::{InputOptions, described};
use crate::cli::args::output::CsvOptions;
use crate::cli::common::Common;
use crate::cli::output::emit;
use crate::cli::output::progress::Bar;
use crate::cli::output::table::Table;
use crate::cli::output::targets;
use crate::cli::usage;
use crate::cli::wrap::{paragraph, whole};
use crate::input::Labels;
use crate::lab::ExperimentSpec;
use crate::lab::analyses::experiments::transfer::{TransferParameters, transfer};
use crate::report::{self, documents::tables};
use crate::results::experiments::{LearnedFrom, TRANSFER, TransferFound};
use clap::Args;
use serde_json::json;
use std::path::PathBuf;

/// Transfers models.
#[derive(Args)]
#[command(mut_arg("inputs", |inputs| inputs.help(format!(
    "{}; each is a corpus, and one alone is cut into three by its order [default: the mail that \
     comes with the program]",
    described("Labelled mail")
))))]
pub struct Transfer {
    #[command(flatten)]
    input: InputOptions,
    /// One draw of each number of labels: seconds on the mail that comes with the program
    #[arg(long, help_heading = "Protocol")]
    quick: bool,
    /// Models, by name, separated by commas [default: multinomial, byte-ngram, logistic, svm]
    #[arg(
        long = "models",
        value_name = "NAMES",
        value_delimiter = ',',
        help_heading = "Protocol"
    )]
    models: Vec<String>,
    /// Random seed
    #[arg(long, default_value_t = 1, help_heading = "Protocol")]
    seed: u64,
    /// Folder to write transfer.json, the tables and the charts to
    #[arg(
        short,
        long,
        value_name = "FOLDER",
        default_value = "reports/transfer",
        help_heading = "Output"
    )]
    output: PathBuf,
    #[command(flatten)]
    csv: CsvOptions,
    /// Print JSON instead of tables
    #[arg(long, help_heading = "Output")]
    json: bool,
}

impl Transfer {
    pub fn run(&self, common: &Common) -> anyhow::Result<()> {
        targets::check(&self.input.data(), &[], &[])?;
        report::check_alone::<TransferFound>(&self.output).map_err(usage)?;
        if self.input.dry_run(Labels::BothClasses, common)? {
            return Ok(());
        }
        let usual = TransferParameters::default();
        let parameters = TransferParameters {
            draws: if self.quick { 1 } else { usual.draws },
            ..usual
        };
        let spec = ExperimentSpec {
            data: self.input.data(),
            models: self.models.clone(),
            seed: self.seed,
            analyses: [(TRANSFER.to_owned(), json!(parameters))].into(),
            ..ExperimentSpec::default()
        };
        let (catalog, bar) = (crate::catalog(), Bar::new(common));
        let found = transfer(&spec, &catalog, &parameters, &bar).map_err(usage)?;
        report::write_alone(&found, &self.output, self.csv.texts())?;
        emit::result(self.json, || json!(found), || as_text(&found))?;
        common.say(format!("wrote {}", whole(self.output.display())));
        Ok(())
    }
}

/// The error rate of each model on each corpus: learned from itself, from all others, from all
/// others with the prior corrected, and with some labels.
fn as_text(found: &TransferFound) -> String {
    let mut text = String::new();
    for (target, corpus) in found.corpora.iter().enumerate() {
        let mut columns = vec![
            (LearnedFrom::Corpus(target), false, "itself".to_owned()),
            (LearnedFrom::Others(0), false, "others".to_owned()),
            (LearnedFrom::Others(0), true, "EM".to_owned()),
        ];
        let mut labels: Vec<usize> = found
            .cells
            .iter()
            .filter_map(|cell| match cell.learned_from {
                LearnedFrom::Others(labels) if labels > 0 => Some(labels),
                _ => None,
            })
            .collect();
        labels.sort_unstable();
        labels.dedup();
        columns.extend(
            labels
                .iter()
                .map(|&labels| (LearnedFrom::Others(labels), false, format!("+{labels}"))),
        );
        let titles = columns.iter().map(|(.., title)| title.as_str());
        let titles: Vec<&str> = std::iter::once("model").chain(titles).collect();
        let mut table = Table::new(titles);
        for (at, model) in found.models.iter().enumerate() {
            let value = |(from, corrected, _): &(LearnedFrom, bool, String)| {
                let cell = found.cell(at, *from, target);
                let value = cell.and_then(|cell| match corrected {
                    true => cell.corrected.as_ref()?.value,
                    false => cell.value("error_pct"),
                });
                value.map_or_else(|| "–".to_owned(), |value| format!("{value:.2}"))
            };
            let cells = columns.iter().map(value);
            let row: Vec<String> = std::iter::once(model.name.clone()).chain(cells).collect();
            table.push(row);
        }
        text += &format!("error % on {}, learned from\n{table}\n", corpus.name);
    }
    let read = "EM is learned from all others with the share of spam corrected by expectation \
                maximisation, +N with so many labels of the corpus.";
    text + &paragraph(&format!("{read} {}", tables::transfer_in_words(found)), 0)
}
