//! `spamlab outliers`: the mail that is least like the mail a model was trained on, whichever class
//! it would fall into.

use crate::cli::args::input::{InputOptions, required};
use crate::cli::common::Common;
use crate::cli::output::emit;
use crate::cli::output::table::Table;
use crate::cli::usage;
use crate::dataset::{Corpus, CorpusBuilder};
use crate::input::Labels;
use crate::lab::analyses::AnalysisError;
use crate::lab::analyses::novelty::{NoveltyReport, Outlier, rank};
use crate::model::file::ModelFile;
use crate::predict::Scorer;
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
    #[arg(short, long, value_name = "FILE")]
    model_file: PathBuf,
    /// The model [default: the first of the file that gives code lengths]
    #[arg(long, value_name = "NAME")]
    model: Option<String>,
    /// Number of outliers to list
    #[arg(short = 'n', long, value_name = "N", default_value_t = 10)]
    emails: usize,
    /// Mail of another kind: measure how well novelty separates it from the first
    #[arg(long, value_name = "INPUT", num_args = 1..)]
    contrast_with: Vec<PathBuf>,
    /// Print JSON instead of a table
    #[arg(long)]
    json: bool,
}

impl Arguments {
    pub fn run(&self, common: &Common) -> anyhow::Result<()> {
        let other = self.input.beside(&self.contrast_with);
        if self.input.dry_run(Labels::Ignored, common)? {
            if !self.contrast_with.is_empty() {
                other.dry_run(Labels::Ignored, common)?;
            }
            return Ok(());
        }
        let file = ModelFile::open(&self.model_file, &crate::catalog()).map_err(usage)?;
        let mut models = file.card().models.iter();
        let able = models.find(|model| model.novelty_reference.is_some());
        let named = self.model.as_ref().or(able.map(|model| &model.name));
        let name = named.ok_or_else(|| {
            usage(AnalysisError::NoNovelty {
                model: "no model of the file".to_owned(),
            })
        })?;
        let scorer = Scorer::open(&file, std::slice::from_ref(name)).map_err(usage)?;
        let read = |input: &InputOptions| -> anyhow::Result<Corpus> {
            let mut builder = CorpusBuilder::new(scorer.recipe(), scorer.keep());
            input.read_into(&mut builder, Labels::Ignored, common)?;
            Ok(builder.finish())
        };
        let emails = read(&self.input)?;
        let other = (!self.contrast_with.is_empty()).then(|| read(&other));
        let report = rank(&scorer, emails, other.transpose()?, self.emails).map_err(usage)?;
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
