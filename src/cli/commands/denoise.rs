//! `spamlab denoise`: corruption of mail undone by a generative model of a file; or measured, by
//! corrupting mail first.

use crate::base::shown::shown_line;
use crate::cli::args::input::{InputOptions, required};
use crate::cli::args::number::within;
use crate::cli::args::output::JsonOptions;
use crate::cli::common::Common;
use crate::cli::output::emit;
use crate::cli::output::progress::Bar;
use crate::cli::output::table::Table;
use crate::cli::output::targets;
use crate::cli::screen;
use crate::cli::usage;
use crate::dataset::Corpus;
use crate::generate::{Denoised, Denoiser};
use crate::input::Labels;
use crate::lab::analyses::denoising::{self, CorruptedWords, DenoisingParameters, DenoisingReport};
use crate::lab::limits;
use crate::model::file::ModelFile;
use crate::train::augment::corruption::Channel;
use clap::Args;
use serde_json::{Value, json};
use std::io::Write;
use std::path::PathBuf;

/// Denoises mail.
#[derive(Args)]
#[command(mut_arg("inputs", |inputs| required(inputs, "Corrupted mail; labels are ignored")))]
pub struct Arguments {
    #[command(flatten)]
    input: InputOptions,
    /// The model file
    #[arg(short, long, value_name = "FILE", help_heading = "Model")]
    model_file: PathBuf,
    /// The generative model of text: one that predicts the next byte, or `diffusion`, which fills
    /// in masked words and nothing else [default: the first in the file that predicts]
    #[arg(long, value_name = "NAME", help_heading = "Model")]
    model: Option<String>,
    /// Share of the words assumed to be corrupted
    #[arg(
        long,
        value_name = "SHARE",
        default_value_t = 0.1,
        value_parser = share,
        help_heading = "Corruption"
    )]
    corrupted: f64,
    /// Corrupt that share of the words of intact mail, which the model should not have learned
    /// from, and measure how many are recovered
    #[arg(long, conflicts_with = "jsonl", help_heading = "Measurement")]
    measure: bool,
    /// Number of messages to measure on, evenly spaced in the input
    #[arg(
        short = 'n',
        long,
        value_name = "N",
        default_value_t = 100,
        value_parser = within::<usize>(limits::GENERATED),
        requires = "measure",
        help_heading = "Measurement"
    )]
    emails: usize,
    /// Random seed of the corruption
    #[arg(
        long,
        default_value_t = 1,
        requires = "measure",
        help_heading = "Measurement"
    )]
    seed: u64,
    #[command(flatten)]
    json: JsonOptions,
    /// Print CSV, which other commands can read
    #[arg(
        long,
        conflicts_with_all = ["measure", "json", "jsonl"],
        help_heading = "Output"
    )]
    csv: bool,
}

fn share(text: &str) -> Result<f64, String> {
    let within = |share: &f64| *share > 0.0 && *share < 1.0;
    text.parse()
        .ok()
        .filter(within)
        .ok_or_else(|| "a number between 0 and 1 is expected".to_owned())
}

impl Arguments {
    pub fn run(&self, common: &Common) -> anyhow::Result<()> {
        targets::check(&self.input.data(), &[Some(&self.model_file)], &[])?;
        if self.input.dry_run(Labels::Ignored, common)? {
            return Ok(());
        }
        let file = ModelFile::open(&self.model_file, &crate::catalog()).map_err(usage)?;
        let (data, bar) = (self.input.data(), Bar::new(common));
        if self.measure {
            let parameters = DenoisingParameters {
                model: self.model.clone(),
                emails: self.emails,
                corrupted: self.corrupted,
                seed: self.seed,
            };
            let report = denoising::measure(&file, &data, &parameters, &bar).map_err(usage)?;
            return emit::result(self.json.is_document(), || &report, || as_text(&report));
        }
        let denoiser = Denoiser::open(&file, self.model.as_deref()).map_err(usage)?;
        let corpus = denoising::read(&file, &data, &bar).map_err(usage)?;
        let corrupted: Vec<_> = (0..corpus.len())
            .map(|row| String::from_utf8_lossy(corpus.text(row)))
            .collect();
        let corrupted: Vec<&str> = corrupted.iter().map(AsRef::as_ref).collect();
        let channel = Channel {
            share: self.corrupted,
        };
        let denoised = denoiser.denoise(&corrupted, channel, &bar);
        bar.finish();
        self.print(&corpus, &corrupted, &denoised)
    }

    fn print(
        &self,
        corpus: &Corpus,
        corrupted: &[&str],
        denoised: &[Denoised],
    ) -> anyhow::Result<()> {
        let mut json = self.json.writer();
        let mut out = if self.csv {
            screen::data()
        } else {
            screen::text()
        };
        if self.csv {
            write_csv(corpus, denoised, &mut out)?;
        } else {
            for (row, (corrupted, denoised)) in corrupted.iter().zip(denoised).enumerate() {
                let (id, changed) = (corpus.id(row), changed(corrupted, denoised));
                if let Some(json) = &mut json {
                    json.push(&as_json(id, denoised, &changed), &mut out)?;
                } else {
                    write_page(id, denoised, changed.len(), &mut out)?;
                }
            }
        }
        if let Some(json) = json {
            json.finish(&mut out)?;
        }
        Ok(out.flush()?)
    }
}

/// The words that were changed, each as it was and as it is now.
fn changed<'t>(corrupted: &'t str, denoised: &'t Denoised) -> Vec<(&'t str, &'t str)> {
    corrupted
        .split_whitespace()
        .zip(denoised.text.split_whitespace())
        .filter(|(was, is)| was != is)
        .collect()
}

fn subject_and_body(denoised: &Denoised) -> (&str, &str) {
    let text = &denoised.text;
    text.split_once('\n').unwrap_or((text, ""))
}

fn write_page(
    id: &str,
    denoised: &Denoised,
    changed: usize,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let (subject, body) = subject_and_body(denoised);
    let words = if changed == 1 { "word" } else { "words" };
    let class = denoised.label;
    writeln!(
        out,
        "--- {}: {changed} {words} changed; more probable as {class}",
        shown_line(id)
    )?;
    writeln!(out, "Subject: {subject}\n\n{body}\n")
}

fn as_json(id: &str, denoised: &Denoised, changed: &[(&str, &str)]) -> Value {
    let (subject, body) = subject_and_body(denoised);
    let word = |(was, is): &(&str, &str)| json!({ "corrupted": was, "denoised": is });
    json!({
        "id": id,
        "class": denoised.label,
        "subject": subject,
        "body": body,
        "changed": changed.iter().map(word).collect::<Vec<_>>(),
    })
}

fn write_csv(corpus: &Corpus, denoised: &[Denoised], out: &mut dyn Write) -> anyhow::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(["id", "subject", "body"])?;
    for (row, denoised) in denoised.iter().enumerate() {
        let (subject, body) = subject_and_body(denoised);
        writer.write_record([corpus.id(row), subject, body])?;
    }
    Ok(writer.flush()?)
}

fn as_text(report: &DenoisingReport) -> String {
    let percent =
        |part: usize, of: usize| format!("{:.1} %", 100.0 * part as f64 / of.max(1) as f64);
    let mut table = Table::new(["words", "count", "right after denoising"]);
    let mut intact = report.words;
    for &CorruptedWords {
        corruption,
        words,
        recovered,
    } in &report.by_corruption
    {
        intact -= words;
        table.push([
            corruption.name().to_owned(),
            words.to_string(),
            percent(recovered, words),
        ]);
    }
    table.push([
        "intact".to_owned(),
        intact.to_string(),
        percent(intact - report.intact_changed, intact),
    ]);
    format!(
        "{} emails, {} words, denoised by {}\n{table}word error {:.1} % before, {:.1} % after\n",
        report.emails,
        report.words,
        report.model,
        100.0 * report.word_error_before,
        100.0 * report.word_error_after
    )
}
