//! `spamlab evaluate`: a saved model against other labelled mail.

use crate::base::files;
use crate::base::mail::Label;
use crate::cli::args::input::InputOptions;
use crate::cli::args::training::{Common, check_target};
use crate::cli::output::table::Table;
use crate::cli::usage;
use crate::input::Labels;
use crate::model::CodeLength;
use crate::model::file::ModelFile;
use crate::predict::{ScoredBatch, Scorer};
use crate::results::{METRICS, Metrics, Prediction, ScoredEmails, measure, write_predictions};
use clap::Args;
use serde_json::json;
use std::io::{Write, stdout};
use std::path::{Path, PathBuf};

/// Measures saved models.
#[derive(Args)]
pub struct Arguments {
    /// The model file
    #[arg(short, long, value_name = "FILE")]
    model: PathBuf,
    #[command(flatten)]
    input: InputOptions,
    /// Only these models of the file, separated by commas
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    models: Vec<String>,
    /// Metrics as JSON
    #[arg(long)]
    json: bool,
    /// Write one row per mail and model as CSV
    #[arg(long, value_name = "FILE")]
    predictions: Option<PathBuf>,
}

impl Arguments {
    pub fn run(&self, common: &Common) -> anyhow::Result<()> {
        if self.input.dry_run(Labels::Needed, common)? {
            return Ok(());
        }
        check_target(self.predictions.as_deref())?;
        let file = ModelFile::open(&self.model).map_err(usage)?;
        let judge = Scorer::open(&file, &self.models).map_err(usage)?;
        let pile = self
            .input
            .read(judge.recipe(), judge.keep(), Labels::Needed, common)?;
        let judged = judge.score_corpus(pile.mail.into_mails());
        let metrics: Vec<Metrics> = (0..judge.loaded().len())
            .map(|model| measure_model(&judge, &judged, model))
            .collect();
        if let Some(path) = &self.predictions {
            write(path, &judge, &judged)?;
            common.say(format!("wrote {}", path.display()));
        }
        let text = if self.json {
            as_json(&judge, &metrics)?
        } else {
            as_text(&judge, &metrics)
        };
        Ok(stdout().write_all(text.as_bytes())?)
    }
}

/// What one model gets right of the mail whose class is known.
fn measure_model(judge: &Scorer, judged: &ScoredBatch, model: usize) -> Metrics {
    let verdicts = judged.verdicts(model);
    let rows = judged.corpus().labelled_rows();
    let labels: Vec<Label> = rows
        .iter()
        .filter_map(|&row| judged.corpus().label(row))
        .collect();
    let score: Vec<f64> = rows.iter().map(|&row| verdicts[row].score).collect();
    let log_odds: Vec<f64> = rows.iter().map(|&row| verdicts[row].log_odds).collect();
    let prices: Vec<CodeLength> = rows.iter().filter_map(|&row| verdicts[row].price).collect();
    let scale = judge.loaded()[model].card.scale;
    measure(&ScoredEmails {
        labels: &labels,
        score: &score,
        scale,
        log_odds: &log_odds,
        prices: &prices,
    })
}

fn write(path: &Path, judge: &Scorer, judged: &ScoredBatch) -> anyhow::Result<()> {
    let rows = judge
        .models()
        .enumerate()
        .flat_map(|(at, (model, family))| {
            judged
                .verdicts(at)
                .iter()
                .enumerate()
                .map(move |(row, verdict)| Prediction {
                    id: judged.corpus().id(row),
                    label: judged.corpus().label(row),
                    model,
                    family,
                    fold: None,
                    score: verdict.score,
                    log_odds: verdict.log_odds,
                })
        });
    files::write_whole(path, |out| {
        write_predictions(out, rows).map_err(std::io::Error::from)
    })
    .map_err(|error| {
        anyhow::anyhow!(
            "{} cannot be written: {}",
            path.display(),
            files::reason(&error)
        )
    })
}

fn as_json(judge: &Scorer, metrics: &[Metrics]) -> anyhow::Result<String> {
    let one = |((model, family), metrics): ((&str, _), &Metrics)| json!({ "model": model, "family": family, "metrics": metrics });
    Ok(
        serde_json::to_string_pretty(&judge.models().zip(metrics).map(one).collect::<Vec<_>>())?
            + "\n",
    )
}

fn as_text(judge: &Scorer, metrics: &[Metrics]) -> String {
    let mut table = Table::new(
        ["metric".to_owned()]
            .into_iter()
            .chain(judge.models().map(|(name, _)| name.to_owned())),
    );
    for metric in METRICS {
        let cell = |found: &Metrics| match found.get(metric.key).copied().flatten() {
            Some(value) => format!("{value:.*}", metric.decimals),
            None => "–".to_owned(),
        };
        table.push(
            [metric.title.to_owned()]
                .into_iter()
                .chain(metrics.iter().map(cell)),
        );
    }
    table.to_string()
}
