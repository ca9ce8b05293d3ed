//! `spamlab outliers`: the mail that is least like the mail a model was trained on, whichever class
//! it would fall into.

use crate::cli::args::input::{InputOptions, required};
use crate::cli::args::number::within;
use crate::cli::common::Common;
use crate::cli::output::emit;
use crate::cli::output::progress::Bar;
use crate::cli::output::table::Table;
use crate::cli::output::targets;
use crate::cli::usage;
use crate::input::Labels;
use crate::lab::analyses::novelty::{NoveltyParameters, NoveltyReport, Outlier, rank};
use crate::lab::limits;
use crate::model::file::ModelFile;
use clap::Args;
use std::path::PathBuf;

/// Finds outliers.
#[derive(Args)]
#[command(mut_arg("inputs", |inputs| required(
    inputs,
    "Mail of the kind that the model was trained on; labels are ignored"
)))]
pub struct Arguments {
    #[command(flatten)]
    input: InputOptions,
    /// The model file
    #[arg(short, long, value_name = "FILE", help_heading = "Model")]
    model_file: PathBuf,
    /// The model [default: the first in the file that gives code lengths]
    #[arg(long, value_name = "NAME", help_heading = "Model")]
    model: Option<String>,
    /// Number of outliers to list
    #[arg(
        short = 'n',
        long,
        value_name = "N",
        default_value_t = 10,
        value_parser = within::<usize>(limits::LISTED),
        help_heading = "Outliers"
    )]
    emails: usize,
    /// Mail of another kind, to measure how well novelty separates it from the inputs
    #[arg(long, value_name = "INPUT", num_args = 1.., help_heading = "Outliers")]
    contrast_with: Vec<PathBuf>,
    /// Print JSON instead of a table
    #[arg(long, help_heading = "Output")]
    json: bool,
}

impl Arguments {
    pub fn run(&self, common: &Common) -> anyhow::Result<()> {
        let other =
            (!self.contrast_with.is_empty()).then(|| self.input.beside(&self.contrast_with));
        targets::check(&self.input.data(), &[Some(&self.model_file)], &[])?;
        if self.input.dry_run(Labels::Ignored, common)? {
            if let Some(other) = &other {
                other.dry_run(Labels::Ignored, common)?;
            }
            return Ok(());
        }
        let file = ModelFile::open(&self.model_file, &crate::catalog()).map_err(usage)?;
        let parameters = NoveltyParameters {
            model: self.model.clone(),
            emails: self.emails,
            contrast_with: other.as_ref().map(InputOptions::data),
        };
        let report = rank(&file, &self.input.data(), &parameters, &Bar::new(common));
        let report = report.map_err(usage)?;
        emit::result(self.json, || &report, || as_text(&report))
    }
}

fn as_text(report: &NoveltyReport) -> String {
    let mut table = Table::new(["email", "likelihood ratio, bits per byte", "p-value"]);
    for Outlier { id, novelty } in &report.outliers {
        table.push([
            id.clone(),
            format!("{:.3}", novelty.likelihood_ratio_bits_per_byte),
            novelty.p_value_as_text(),
        ]);
    }
    let contrast = report.contrast.as_ref().map_or(String::new(), |contrast| {
        let area = |area: Option<f64>| area.map_or("–".to_owned(), |area| format!("{area:.4}"));
        format!(
            "\n{} emails of another kind: ROC AUC {} (by code length alone {})\n",
            contrast.emails,
            area(contrast.roc_auc),
            area(contrast.roc_auc_of_code_length)
        )
    });
    format!(
        "the most novel of {} emails to {}\n{table}{contrast}",
        report.emails, report.model
    )
}
