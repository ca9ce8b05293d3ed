//! `spamlab generate`: new message by a generative model of a file, and how much of each piece is
//! copied.

use crate::base::mail::Label;
use crate::cli::args::input::{ClassOption, InputOptions, ReadOptions};
use crate::cli::args::training::Common;
use crate::cli::usage;
use crate::dataset::{CorpusBuilder, CorpusOptions};
use crate::generate::{CopyIndex, GeneratedEmail, LEAST, Sampler};
use crate::input::Labels;
use crate::model::SampleRequest;
use crate::model::file::ModelFile;
use clap::Args;
use serde_json::json;
use std::io::{BufWriter, Write, stdout};
use std::path::PathBuf;

/// Writes mail.
#[derive(Args)]
#[command(mut_group("ReadOptions", |group| group.requires("against")))]
pub struct Arguments {
    /// The model file
    #[arg(short, long, value_name = "FILE")]
    model_file: PathBuf,
    /// The model that writes [default: the first of the file that writes text, else one that draws
    /// words]
    #[arg(long, value_name = "NAME")]
    model: Option<String>,
    /// Write as this class [default: half of the messages each]
    #[arg(long, value_name = "ham|spam")]
    class: Option<ClassOption>,
    /// How many messages
    #[arg(short = 'n', long, value_name = "N", default_value_t = 1)]
    emails: usize,
    /// Below 1 it keeps to what is likely, above 1 it strays
    #[arg(long, value_name = "T", default_value_t = 1.0, value_parser = temperature)]
    temperature: f64,
    /// How the text begins
    #[arg(long, value_name = "TEXT", default_value = "")]
    prompt: String,
    /// Bytes of text, or words, of each message [default: the model chooses]
    #[arg(long, value_name = "N")]
    length: Option<usize>,
    /// Seed of everything random
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Mail to look for copies in, usually that it was trained on
    #[arg(long, value_name = "INPUT", num_args = 1..)]
    against: Vec<PathBuf>,
    #[command(flatten)]
    read: ReadOptions,
    /// One JSON object a message and line
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// Labelled CSV, to train on
    #[arg(long)]
    csv: bool,
}

fn temperature(text: &str) -> Result<f64, String> {
    let within = |t: &f64| (0.01..=100.0).contains(t);
    text.parse()
        .ok()
        .filter(within)
        .ok_or_else(|| "a number from 0.01 to 100 is expected".to_owned())
}

impl Arguments {
    pub fn run(&self, common: &Common) -> anyhow::Result<()> {
        let against = self.read.of(&self.against);
        if against.dry_run(Labels::Ignored, common)? {
            return Ok(());
        }
        let file = ModelFile::open(&self.model_file).map_err(usage)?;
        let author = Sampler::open(&file, self.model.as_deref()).map_err(usage)?;
        let requests: Vec<SampleRequest> = (0..self.emails).map(|at| self.request(at)).collect();
        let known = if self.against.is_empty() {
            None
        } else {
            Some(known(&file, &against, common)?)
        };
        let pieces = author.write(&requests, self.seed).map_err(usage)?;
        let mut out = BufWriter::new(stdout().lock());
        if self.csv {
            write_csv(&pieces, &mut out)?;
        } else {
            for (at, piece) in pieces.iter().enumerate() {
                let copied = known
                    .as_ref()
                    .map(|known| longest_run(known, &piece.text()));
                if self.json {
                    write_json(&author, piece, copied.as_ref(), &mut out)?;
                } else {
                    write_page(
                        &author,
                        piece,
                        (at, pieces.len()),
                        copied.as_ref(),
                        &mut out,
                    )?;
                }
            }
        }
        Ok(out.flush()?)
    }

    fn request(&self, at: usize) -> SampleRequest {
        SampleRequest {
            label: self
                .class
                .map_or(Label::from_is_spam(at % 2 == 1), Label::from),
            length: self.length,
            temperature: self.temperature,
            prompt: self.prompt.clone().into_bytes(),
        }
    }
}

/// The text of the mail to look for copies in, read as the model file's mail was.
fn known(file: &ModelFile, against: &InputOptions, common: &Common) -> anyhow::Result<CopyIndex> {
    let keep = CorpusOptions {
        text: true,
        sequence: false,
        near_duplicates: false,
    };
    let mut builder = CorpusBuilder::new(&file.card().recipe, keep);
    against.read_into(&mut builder, Labels::Ignored, common)?;
    let corpus = builder.finish();
    Ok(CopyIndex::new(
        (0..corpus.len()).map(|row| corpus.text(row)),
    ))
}

/// The longest copied run; empty if none is long enough to be told.
fn longest_run(known: &CopyIndex, text: &str) -> String {
    let run = known.longest_run(text.as_bytes()).unwrap_or_default();
    String::from_utf8_lossy(&text.as_bytes()[run]).into_owned()
}

fn write_page(
    author: &Sampler,
    piece: &GeneratedEmail,
    (at, of): (usize, usize),
    copied: Option<&String>,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let copying = match copied {
        None => String::new(),
        Some(run) if run.is_empty() => format!("; no run of {LEAST} bytes or more is copied"),
        Some(run) => format!(
            "; longest copied run {} of {} bytes: {run:?}",
            run.len(),
            piece.text().len()
        ),
    };
    let what = if author.writes_in_order() {
        ""
    } else {
        " (words in the order of drawing)"
    };
    writeln!(
        out,
        "--- {} {} of {of} by {}{what}{copying}",
        piece.label,
        at + 1,
        author.name()
    )?;
    writeln!(out, "Subject: {}\n\n{}\n", piece.subject, piece.body)
}

fn write_json(
    author: &Sampler,
    piece: &GeneratedEmail,
    copied: Option<&String>,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let mut object = json!({
        "label": piece.label,
        "model": author.name(),
        "subject": piece.subject,
        "body": piece.body,
    });
    if let Some(run) = copied {
        object["longest_copied_run"] =
            json!({ "bytes": run.len(), "of": piece.text().len(), "text": run });
    }
    serde_json::to_writer(&mut *out, &object)?;
    Ok(out.write_all(b"\n")?)
}

fn write_csv(pieces: &[GeneratedEmail], out: &mut dyn Write) -> anyhow::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(["label", "id", "subject", "body"])?;
    for (at, piece) in pieces.iter().enumerate() {
        writer.write_record([
            piece.label.name(),
            &format!("written-{}", at + 1),
            &piece.subject,
            &piece.body,
        ])?;
    }
    Ok(writer.flush()?)
}
