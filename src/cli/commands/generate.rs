//! `spamlab generate`: mail sampled from a generative model of a file, and how much of each message
//! is copied.

use crate::base::mail::Label;
use crate::cli::args::input::{ClassOption, InputOptions, ReadOptions};
use crate::cli::args::number::within;
use crate::cli::args::output::JsonOptions;
use crate::cli::common::Common;
use crate::cli::output::targets;
use crate::cli::screen;
use crate::cli::usage;
use crate::dataset::{CorpusBuilder, CorpusOptions};
use crate::generate::{CopyIndex, GeneratedEmail, SHORTEST_RUN, Sampler};
use crate::input::Labels;
use crate::lab::limits;
use crate::model::SampleRequest;
use crate::model::file::ModelFile;
use clap::Args;
use serde_json::{Value, json};
use std::io::Write;
use std::path::PathBuf;

/// Messages generated and written at a time, so that memory does not grow with their number.
const BATCH: usize = 256;

/// Generates mail.
#[derive(Args)]
#[command(mut_group("ReadOptions", |group| group.requires("copies_of")))]
pub struct Arguments {
    /// The model file
    #[arg(short, long, value_name = "FILE", help_heading = "Model")]
    model_file: PathBuf,
    /// The generative model [default: the first in the file that generates text, otherwise the
    /// first that generates words]
    #[arg(long, value_name = "NAME", help_heading = "Model")]
    model: Option<String>,
    /// Class of the messages [default: ham and spam in turn]
    #[arg(long, value_name = "ham|spam", help_heading = "Generation")]
    class: Option<ClassOption>,
    /// Number of messages
    #[arg(
        short = 'n',
        long,
        value_name = "N",
        default_value_t = 1,
        value_parser = within::<usize>(limits::GENERATED),
        help_heading = "Generation"
    )]
    emails: usize,
    /// Sampling temperature: below 1 favours likely text, above 1 unlikely text
    #[arg(
        long,
        value_name = "T",
        default_value_t = 1.0,
        value_parser = temperature,
        help_heading = "Generation"
    )]
    temperature: f64,
    /// Draw among this many symbols at each place, the likeliest (models of text)
    #[arg(
        long,
        value_name = "K",
        value_parser = within::<usize>(limits::TOP_K),
        help_heading = "Generation"
    )]
    top_k: Option<usize>,
    /// Draw among the fewest symbols that have this probability together (models of text)
    #[arg(
        long,
        value_name = "P",
        default_value_t = 1.0,
        value_parser = top_p,
        help_heading = "Generation"
    )]
    top_p: f64,
    /// Text that each message begins with
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        help_heading = "Generation"
    )]
    prompt: String,
    /// Length of each message in bytes of text, or in words [default: the model chooses]
    #[arg(
        long,
        value_name = "N",
        value_parser = within::<usize>(limits::LENGTH),
        help_heading = "Generation"
    )]
    length: Option<usize>,
    /// Show this many states of each message on its way, of a model that makes it step by step
    /// (diffusion)
    #[arg(
        long,
        value_name = "N",
        default_value_t = 0,
        value_parser = within::<usize>(limits::STEPS),
        help_heading = "Generation"
    )]
    steps: usize,
    /// Random seed
    #[arg(long, default_value_t = 1, help_heading = "Generation")]
    seed: u64,
    /// Mail in which to look for copied text, usually the training mail
    #[arg(long, value_name = "INPUT", num_args = 1.., help_heading = "Search for copied text")]
    copies_of: Vec<PathBuf>,
    #[command(flatten)]
    read: ReadOptions,
    #[command(flatten)]
    json: JsonOptions,
    /// Print labelled CSV, which models can be trained on
    #[arg(long, conflicts_with_all = ["json", "jsonl"], help_heading = "Output")]
    csv: bool,
}

fn temperature(text: &str) -> Result<f64, String> {
    let within = |t: &f64| (0.01..=100.0).contains(t);
    text.parse()
        .ok()
        .filter(within)
        .ok_or_else(|| "a number from 0.01 to 100 is expected".to_owned())
}

fn top_p(text: &str) -> Result<f64, String> {
    let within = |p: &f64| *p > 0.0 && *p <= 1.0;
    text.parse()
        .ok()
        .filter(within)
        .ok_or_else(|| "a number above 0 and up to 1 is expected".to_owned())
}

impl Arguments {
    pub fn run(&self, common: &Common) -> anyhow::Result<()> {
        let copies_of = self.read.of(&self.copies_of);
        targets::check(&copies_of.data(), &[Some(&self.model_file)], &[])?;
        if copies_of.dry_run(Labels::Ignored, common)? {
            return Ok(());
        }
        let file = ModelFile::open(&self.model_file, &crate::catalog()).map_err(usage)?;
        let sampler = Sampler::open(&file, self.model.as_deref()).map_err(usage)?;
        let known = (!self.copies_of.is_empty()).then(|| known(&file, &copies_of, common));
        let known = known.transpose()?;
        let mut json = self.json.writer();
        let mut out = if self.csv {
            screen::data()
        } else {
            screen::text()
        };
        for first in (0..self.emails).step_by(BATCH) {
            let batch = first..self.emails.min(first + BATCH);
            let requests: Vec<SampleRequest> = batch.map(|at| self.request(at)).collect();
            let emails = sampler.generate_from(first, &requests, self.seed);
            let emails = emails.map_err(usage)?;
            if self.csv {
                write_csv(&emails, first, &mut out)?;
                continue;
            }
            for (at, email) in emails.iter().enumerate() {
                let copied = known
                    .as_ref()
                    .map(|known| longest_run(known, &email.text()));
                if let Some(json) = &mut json {
                    json.push(&as_json(&sampler, email, copied.as_ref()), &mut out)?;
                } else {
                    let nth = format!("{} of {}", first + at + 1, self.emails);
                    write_page(&sampler, email, &nth, copied.as_ref(), &mut out)?;
                }
            }
        }
        if let Some(json) = json {
            json.finish(&mut out)?;
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
            top_k: self.top_k,
            top_p: self.top_p,
            prompt: self.prompt.clone().into_bytes(),
            steps: self.steps,
        }
    }
}

/// The text of the mail in which to look for copies, read as the model file's mail was.
fn known(file: &ModelFile, mail: &InputOptions, common: &Common) -> anyhow::Result<CopyIndex> {
    let options = CorpusOptions::TEXT;
    let mut builder = CorpusBuilder::new(&file.card().recipe, options);
    mail.read_into(&mut builder, Labels::Ignored, common)?;
    let corpus = builder.finish();
    Ok(CopyIndex::new(
        (0..corpus.len()).map(|row| corpus.text(row)),
    ))
}

/// The longest copied run; empty if there is none of at least [`SHORTEST_RUN`] bytes.
fn longest_run(known: &CopyIndex, text: &str) -> String {
    let run = known.longest_run(text.as_bytes()).unwrap_or_default();
    String::from_utf8_lossy(&text.as_bytes()[run]).into_owned()
}

fn write_page(
    sampler: &Sampler,
    email: &GeneratedEmail,
    nth: &str,
    copied: Option<&String>,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let copying = match copied {
        None => String::new(),
        Some(run) if run.is_empty() => {
            format!("; no run of {SHORTEST_RUN} bytes or more is copied")
        }
        Some(run) => {
            let (bytes, all) = (run.len(), email.text().len());
            format!("; longest copied run {bytes} of {all} bytes: {run:?}")
        }
    };
    let order = if sampler.keeps_order() {
        ""
    } else {
        " (words in the order in which they were drawn)"
    };
    let (class, model) = (email.label, sampler.name());
    writeln!(out, "--- {class} {nth} by {model}{order}{copying}")?;
    for (step, text) in (1..).zip(&email.steps) {
        let of = email.steps.len();
        writeln!(out, "step {step} of {of}\n{text}\n")?;
    }
    writeln!(out, "Subject: {}\n\n{}\n", email.subject, email.body)
}

fn as_json(sampler: &Sampler, email: &GeneratedEmail, copied: Option<&String>) -> Value {
    let mut object = json!({
        "label": email.label,
        "model": sampler.name(),
        "subject": email.subject,
        "body": email.body,
    });
    if !email.steps.is_empty() {
        object["steps"] = json!(email.steps);
    }
    if let Some(run) = copied {
        object["longest_copied_run"] =
            json!({ "bytes": run.len(), "of": email.text().len(), "text": run });
    }
    object
}

/// Writes a part of the messages, those from `first` on. The first part has a header.
fn write_csv(emails: &[GeneratedEmail], first: usize, out: &mut dyn Write) -> anyhow::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    if first == 0 {
        writer.write_record(["label", "id", "subject", "body"])?;
    }
    for (at, email) in emails.iter().enumerate() {
        writer.write_record([
            email.label.name(),
            &format!("generated-{}", first + at + 1),
            &email.subject,
            &email.body,
        ])?;
    }
    Ok(writer.flush()?)
}
