//! `spamlab restore`: damage to mail undone by a generative model of a file; or measured, by
//! damaging mail first.

use crate::base::progress::Progress;
use crate::base::streams::{Stream, random_stream};
use crate::cli::args::input::read_into;
use crate::cli::args::training::Common;
use crate::cli::output::progress::Bar;
use crate::cli::output::table::Table;
use crate::cli::usage;
use crate::dataset::{Corpus, CorpusBuilder, CorpusOptions};
use crate::generate::{Denoised, Sampler};
use crate::input::Labels;
use crate::model::file::ModelFile;
use crate::train::augment::{Channel, Corruption};
use clap::Args;
use serde::Serialize;
use serde_json::json;
use std::io::{BufWriter, Write, stdout};
use std::path::PathBuf;

/// Restores damaged mail.
#[derive(Args)]
pub struct Arguments {
    /// Damaged mail, in any form; labels are not looked at
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// The model file
    #[arg(short, long, value_name = "FILE")]
    model_file: PathBuf,
    /// The model that knows how mail is written [default: the first of the file that reads text]
    #[arg(long, value_name = "NAME")]
    model: Option<String>,
    /// Share of the words that are taken to be damaged
    #[arg(long, value_name = "SHARE", default_value_t = 0.1, value_parser = share)]
    damaged: f64,
    /// Take sound mail that the model has not learned from, damage that share of its words, and
    /// tell how many come back
    #[arg(long)]
    measure: bool,
    /// Messages to measure on, evenly chosen
    #[arg(
        short = 'n',
        long,
        value_name = "N",
        default_value_t = 100,
        requires = "measure"
    )]
    emails: usize,
    /// Seed of the damage
    #[arg(long, default_value_t = 1, requires = "measure")]
    seed: u64,
    /// One JSON object a message and line; of a measurement one
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// CSV, to classify or to read on
    #[arg(long, conflicts_with = "measure")]
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
        let file = ModelFile::open(&self.model_file).map_err(usage)?;
        let author = Sampler::open(&file, self.model.as_deref()).map_err(usage)?;
        let corpus = self.corpus(&file, common)?;
        let channel = Channel {
            share: self.damaged,
        };
        let bar = Bar::new(common);
        let restore = |texts: &[&str]| {
            bar.begin(
                "restoring",
                texts.iter().map(|text| text.len() as u64).sum(),
            );
            let restored = author.restore(texts, channel, &|bytes| bar.advance(bytes as u64));
            bar.finish();
            restored.map_err(usage)
        };
        let texts: Vec<String> = (0..corpus.len())
            .map(|row| String::from_utf8_lossy(corpus.text(row)).into_owned())
            .collect();
        let mut out = BufWriter::new(stdout().lock());
        if self.measure {
            let step = texts.len().div_ceil(self.emails.max(1)).max(1);
            let sound: Vec<&str> = texts.iter().map(String::as_str).step_by(step).collect();
            let damaged: Vec<(String, Vec<Option<Corruption>>)> = sound
                .iter()
                .enumerate()
                .map(|(at, text)| {
                    channel.corrupt(
                        text,
                        &mut random_stream(self.seed, Stream::Corrupted(at as u32)),
                    )
                })
                .collect();
            let restored = restore(
                &damaged
                    .iter()
                    .map(|(text, _)| text.as_str())
                    .collect::<Vec<&str>>(),
            )?;
            let found = Findings::of(author.name(), self.damaged, &sound, &damaged, &restored);
            let text = if self.json {
                serde_json::to_string_pretty(&found)? + "\n"
            } else {
                found.as_text()
            };
            out.write_all(text.as_bytes())?;
        } else {
            let restored = restore(&texts.iter().map(String::as_str).collect::<Vec<&str>>())?;
            if self.csv {
                write_csv(&corpus, &restored, &mut out)?;
            } else {
                for (row, restored) in restored.iter().enumerate() {
                    self.write_one(corpus.id(row), &texts[row], restored, &mut out)?;
                }
            }
        }
        Ok(out.flush()?)
    }

    fn corpus(&self, file: &ModelFile, common: &Common) -> anyhow::Result<Corpus> {
        let keep = CorpusOptions {
            text: true,
            sequence: false,
            near_duplicates: false,
        };
        let mut builder = CorpusBuilder::new(&file.card().recipe, keep);
        read_into(&mut builder, &self.inputs, Labels::Ignored, common)?;
        Ok(builder.finish())
    }

    fn write_one(
        &self,
        id: &str,
        damaged: &str,
        restored: &Denoised,
        out: &mut dyn Write,
    ) -> anyhow::Result<()> {
        let (subject, body) = restored
            .text
            .split_once('\n')
            .unwrap_or((&restored.text, ""));
        let words = damaged
            .split_whitespace()
            .zip(restored.text.split_whitespace());
        let changed: Vec<(&str, &str)> = words.filter(|(was, is)| was != is).collect();
        if self.json {
            let object = json!({
                "id": id,
                "reads_as": restored.label,
                "subject": subject,
                "body": body,
                "changed": changed.iter().map(|(was, is)| json!({ "read": was, "restored": is })).collect::<Vec<_>>(),
            });
            serde_json::to_writer(&mut *out, &object)?;
            return Ok(out.write_all(b"\n")?);
        }
        let (words, s) = (changed.len(), if changed.len() == 1 { "" } else { "s" });
        writeln!(
            out,
            "--- {id}: {words} word{s} changed; reads as {}",
            restored.label
        )?;
        Ok(writeln!(out, "Subject: {subject}\n\n{body}\n")?)
    }
}

fn write_csv(corpus: &Corpus, restored: &[Denoised], out: &mut dyn Write) -> anyhow::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(["id", "subject", "body"])?;
    for (row, restored) in restored.iter().enumerate() {
        let (subject, body) = restored
            .text
            .split_once('\n')
            .unwrap_or((&restored.text, ""));
        writer.write_record([corpus.id(row), subject, body])?;
    }
    Ok(writer.flush()?)
}

/// What a measurement found.
#[derive(Debug, Serialize)]
struct Findings {
    model: String,
    emails: usize,
    words: usize,
    /// Share of the words that were to be damaged.
    corrupt: f64,
    /// Share of the words that are not what was written.
    word_error_before: f64,
    word_error_after: f64,
    /// By what was done to them: how many words, and how many came back.
    by_harm: Vec<ByHarm>,
    /// Sound words that were changed.
    spoiled: usize,
}

#[derive(Debug, Serialize)]
struct ByHarm {
    harm: &'static str,
    words: usize,
    restored: usize,
}

impl Findings {
    fn of(
        model: &str,
        corrupt: f64,
        sound: &[&str],
        damaged: &[(String, Vec<Option<Corruption>>)],
        restored: &[Denoised],
    ) -> Findings {
        let words: Vec<(Option<Corruption>, bool)> = sound
            .iter()
            .zip(damaged)
            .zip(restored)
            .flat_map(|((sound, (_, harms)), restored)| {
                let pairs = sound
                    .split_whitespace()
                    .zip(restored.text.split_whitespace());
                harms.iter().copied().zip(pairs.map(|(was, is)| was == is))
            })
            .collect();
        let count = |of: &dyn Fn(Option<Corruption>, bool) -> bool| {
            words.iter().filter(|(h, right)| of(*h, *right)).count()
        };
        let share = |of: usize| of as f64 / words.len().max(1) as f64;
        let by_harm = |harm: Corruption| ByHarm {
            harm: harm.name(),
            words: count(&|done, _| done == Some(harm)),
            restored: count(&|done, right| done == Some(harm) && right),
        };
        Findings {
            model: model.to_owned(),
            emails: sound.len(),
            words: words.len(),
            corrupt,
            word_error_before: share(count(&|harm, _| harm.is_some())),
            word_error_after: share(count(&|_, right| !right)),
            by_harm: Corruption::ALL.map(by_harm).into(),
            spoiled: count(&|harm, right| harm.is_none() && !right),
        }
    }

    fn as_text(&self) -> String {
        let percent =
            |part: usize, of: usize| format!("{:.1} %", 100.0 * part as f64 / of.max(1) as f64);
        let mut table = Table::new(["words", "how many", "restored"]);
        for ByHarm {
            harm,
            words,
            restored,
        } in &self.by_harm
        {
            table.push([
                (*harm).to_owned(),
                words.to_string(),
                percent(*restored, *words),
            ]);
        }
        let sound = self.words - self.by_harm.iter().map(|of| of.words).sum::<usize>();
        table.push([
            "sound".to_owned(),
            sound.to_string(),
            percent(sound - self.spoiled, sound),
        ]);
        format!(
            "{} emails, {} words, restored by {}\n{table}word error {:.1} % before, {:.1} % after\n",
            self.emails,
            self.words,
            self.model,
            100.0 * self.word_error_before,
            100.0 * self.word_error_after
        )
    }
}
