//! `spamlab classify`: verdicts on new mail by both families side by side, with the words that
//! decided.

use crate::base::mail::{Email, Label};
use crate::base::shown::{CsvText, shown_line};
use crate::cli::args::input::{InputOptions, described};
use crate::cli::args::number::within;
use crate::cli::args::output::{CsvOptions, JsonOptions, TableOptions};
use crate::cli::common::Common;
use crate::cli::output::emit::JsonWriter;
use crate::cli::output::progress::Bar;
use crate::cli::output::table::Table;
use crate::cli::output::targets;
use crate::cli::screen;
use crate::cli::usage;
use crate::cli::wrap::{elided, paragraph};
use crate::input::{InputError, Labels, Source};
use crate::lab::data::tell_rejected;
use crate::lab::limits;
use crate::model::file::ModelFile;
use crate::model::{CodeLength, Family, Novelty, Reasons};
use crate::predict::{ScoredBatch, Scorer};
use clap::Args;
use serde_json::{Value, json};
use std::io::{self, Write};
use std::path::PathBuf;

/// Columns of the longest name of a message in a table of the default width.
const LONGEST_NAME: usize = 36;
/// Bytes of mail classified at a time.
const BATCH_BYTES: usize = 8 << 20;

/// Classifies mail.
#[derive(Args)]
#[command(mut_arg("inputs", |inputs| inputs
    .default_value("-")
    .help(described("Mail; labels are ignored"))))]
pub struct Arguments {
    /// The model file
    #[arg(short, long, value_name = "FILE", help_heading = "Model")]
    model_file: PathBuf,
    #[command(flatten)]
    input: InputOptions,
    /// Comma-separated list of models of the file to use [default: all]
    #[arg(
        long,
        value_delimiter = ',',
        value_name = "NAMES",
        help_heading = "Model"
    )]
    model: Vec<String>,
    /// Number of words to show among each model's reasons
    #[arg(
        long,
        value_name = "N",
        default_value_t = 8,
        value_parser = within::<usize>(limits::LISTED),
        help_heading = "Output"
    )]
    words: usize,
    #[command(flatten)]
    json: JsonOptions,
    /// Print CSV: one row per message and model
    #[arg(long, conflicts_with_all = ["json", "jsonl"], help_heading = "Output")]
    csv: bool,
    #[command(flatten)]
    texts: CsvOptions,
    #[command(flatten)]
    table: TableOptions,
}

/// How verdicts are written.
enum VerdictFormat {
    /// One message alone, with its reasons.
    Page,
    /// A row per message.
    Table(Table),
    /// The verdicts of all models, one object per message.
    Json(JsonWriter),
    /// A row per message and model.
    Csv,
}

impl Arguments {
    pub fn run(&self, common: &Common) -> anyhow::Result<()> {
        targets::check(&self.input.data(), &[Some(&self.model_file)], &[])?;
        if self.input.dry_run(Labels::Ignored, common)? {
            return Ok(());
        }
        let file = ModelFile::open(&self.model_file, &crate::catalog()).map_err(usage)?;
        for name in &self.model {
            file.model_card(name).map_err(usage)?;
        }
        if self.input.data().rejects.is_some() {
            Common::watch_for_interruption();
        }
        let mut source = match self.input.data().open(Labels::Ignored, false) {
            // A filter of a stream gives nothing for nothing: a part of the mail may be empty.
            Err(InputError::Empty { .. }) if self.json.is_stream() => return Ok(()),
            source => source.map_err(usage)?,
        };
        let mut emails = part(&mut source, 1)?.unwrap_or_default();
        let more = part(&mut source, 1)?;
        let one = emails.len() == 1 && more.is_none();
        let (scorer, alone) = if one {
            Common::work_alone()?;
            let email = emails.remove(0);
            let read = Scorer::classify_one(&file, &self.model, email).map_err(usage)?;
            (read.0, Some(read.1))
        } else {
            common.start_threads()?;
            (Scorer::open(&file, &self.model).map_err(usage)?, None)
        };
        let mut form = match (self.json.writer(), self.csv, one) {
            (Some(json), ..) => VerdictFormat::Json(json),
            (_, true, _) => VerdictFormat::Csv,
            (_, _, true) => VerdictFormat::Page,
            _ => VerdictFormat::Table(Table::new(titles(&scorer)).wide(self.table.is_wide())),
        };
        let mut out = if self.csv {
            screen::data()
        } else {
            screen::text()
        };
        if matches!(form, VerdictFormat::Csv) {
            out.write_all(b"id,model,family,score,log_odds,probability,predicted\n")?;
        }
        if let Some(alone) = alone {
            self.write(&scorer, &alone, &mut form, &mut out)?;
        } else {
            emails.extend(more.into_iter().flatten());
            self.classify_all(&scorer, emails, &mut source, &mut form, &mut out)?;
        }
        tell_rejected(&source, &Bar::new(common));
        match form {
            VerdictFormat::Table(table) => out.write_all(table.to_string().as_bytes())?,
            VerdictFormat::Json(json) => json.finish(&mut out)?,
            VerdictFormat::Page | VerdictFormat::Csv => (),
        }
        Ok(out.flush()?)
    }

    /// Classifies these emails and those that follow, which are read meanwhile.
    fn classify_all(
        &self,
        scorer: &Scorer,
        emails: Vec<Email>,
        source: &mut Source,
        form: &mut VerdictFormat,
        out: &mut dyn Write,
    ) -> anyhow::Result<()> {
        let mut next = Some(emails);
        while let Some(emails) = next {
            let classify = || -> anyhow::Result<Vec<u8>> {
                let scored = scorer.score_emails(emails);
                let mut written = Vec::new();
                self.write(scorer, &scored, form, &mut written)?;
                Ok(written)
            };
            let (written, read) = rayon::join(classify, || part(source, BATCH_BYTES));
            out.write_all(&written?)?;
            next = read?;
        }
        Ok(())
    }

    fn write(
        &self,
        scorer: &Scorer,
        scored: &ScoredBatch,
        form: &mut VerdictFormat,
        out: &mut dyn Write,
    ) -> anyhow::Result<()> {
        let rows = 0..scored.corpus().len();
        match form {
            VerdictFormat::Page => {
                for row in rows {
                    self.write_page(scorer, scored, row, out)?;
                }
            }
            VerdictFormat::Table(table) => {
                for row in rows {
                    let id = scored.corpus().id(row);
                    let id = if self.table.is_wide() {
                        id.to_owned()
                    } else {
                        elided(id, LONGEST_NAME)
                    };
                    table.push([id].into_iter().chain(verdicts_on(scorer, scored, row)));
                }
            }
            VerdictFormat::Json(json) => {
                for row in rows {
                    json.push(&self.as_json(scorer, scored, row), out)?;
                }
            }
            VerdictFormat::Csv => write_rows(scorer, scored, self.texts.texts(), out)?,
        }
        Ok(())
    }

    fn write_page(
        &self,
        scorer: &Scorer,
        scored: &ScoredBatch,
        row: usize,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        writeln!(out, "{}\n", shown_line(scored.corpus().id(row)))?;
        writeln!(out, "{}", verdicts(scorer, scored, row))?;
        for (at, (model, _)) in scorer.models().enumerate() {
            if let Some(code_length) = scored.verdicts(at)[row].code_length {
                let words = code_length_in_words(model, code_length);
                out.write_all(paragraph(&words, 2).as_bytes())?;
                if let Some(novelty) = scorer.novelty(scored, at, row) {
                    let words = novelty_in_words(model, novelty);
                    out.write_all(paragraph(&words, 2).as_bytes())?;
                }
                writeln!(out)?;
            }
        }
        for family in Family::BOTH {
            let what = match family {
                Family::Generative => {
                    "generative: log-likelihood ratio of each word, in nats: spam (+) or ham (-)"
                }
                Family::Discriminative => {
                    "discriminative: contribution of each word to the score: spam (+) or ham (-)"
                }
            };
            let models = scorer
                .models()
                .enumerate()
                .filter(|(_, (_, of))| *of == family);
            for (nth, (at, (model, _))) in models.enumerate() {
                if nth == 0 {
                    out.write_all(paragraph(what, 2).as_bytes())?;
                }
                let reasons = scorer.reasons(scored, at, row, self.words);
                let reasons = format!("- {model}: {}", shown_line(&in_words(&reasons)));
                out.write_all(paragraph(&reasons, 4).as_bytes())?;
            }
        }
        Ok(())
    }

    fn as_json(&self, scorer: &Scorer, scored: &ScoredBatch, row: usize) -> Value {
        let verdict = |(at, (model, family)): (usize, (&str, Family))| {
            let verdict = &scored.verdicts(at)[row];
            let reasons = scorer.reasons(scored, at, row, self.words);
            let bits = verdict.code_length.map(|length| {
                json!({
                    "bytes": length.bytes,
                    "ham": length.bits(Label::Ham),
                    "spam": length.bits(Label::Spam),
                    "either": length.marginal_bits(),
                })
            });
            json!({
                "model": model,
                "family": family,
                "score": verdict.score,
                "log_odds": verdict.log_odds,
                "probability": verdict.probability,
                "predicted": verdict.predicted,
                "bits": bits,
                "novelty": scorer.novelty(scored, at, row),
                "reasons": reasons,
            })
        };
        let verdicts: Vec<_> = scorer.models().enumerate().map(verdict).collect();
        json!({ "id": scored.corpus().id(row), "verdicts": verdicts })
    }
}

/// The verdict of each model, and the steps to it: the raw score is the model's own, calibration
/// makes it log-odds, and these are a probability.
/// Mail of so many bytes, or all that is left; None if nothing is.
fn part(source: &mut Source, least: usize) -> anyhow::Result<Option<Vec<Email>>> {
    let mut read: Option<Vec<Email>> = None;
    let mut bytes = 0;
    while bytes < least {
        let Some(emails) = source.next().transpose().map_err(usage)? else {
            break;
        };
        bytes += emails
            .iter()
            .map(|email| email.content.len())
            .sum::<usize>();
        read.get_or_insert_default().extend(emails);
    }
    Ok(read)
}

fn verdicts(scorer: &Scorer, scored: &ScoredBatch, row: usize) -> Table {
    let titles = [
        "model",
        "verdict",
        "raw score",
        "→ calibrated log-odds",
        "→ probability",
    ];
    let mut table = Table::new(titles);
    for family in Family::BOTH {
        let models = scorer
            .models()
            .enumerate()
            .filter(|(_, (_, of))| *of == family);
        for (nth, (at, (model, _))) in models.enumerate() {
            if nth == 0 {
                table.section(&family.to_string());
            }
            let verdict = &scored.verdicts(at)[row];
            table.push([
                model.to_owned(),
                verdict.predicted.to_string(),
                format!("{:+.2}", verdict.score),
                format!("{:+.2}", verdict.log_odds),
                format!("{:.4}", verdict.probability),
            ]);
        }
    }
    table
}

fn titles(scorer: &Scorer) -> Vec<String> {
    ["mail".to_owned()]
        .into_iter()
        .chain(scorer.models().map(|(name, _)| name.to_owned()))
        .collect()
}

/// The verdict of each model and its probability.
fn verdicts_on(scorer: &Scorer, scored: &ScoredBatch, row: usize) -> Vec<String> {
    let verdict = |at: usize| {
        let verdict = &scored.verdicts(at)[row];
        let may_be_unsure = scorer.loaded()[at]
            .card
            .decision
            .decision
            .unsure_band
            .is_some();
        let width = if may_be_unsure { "unsure" } else { "spam" }.len();
        format!(
            "{:width$} {:.4}",
            verdict.predicted.name(),
            verdict.probability
        )
    };
    (0..scorer.loaded().len()).map(verdict).collect()
}

fn write_rows(
    scorer: &Scorer,
    scored: &ScoredBatch,
    texts: CsvText,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    for row in 0..scored.corpus().len() {
        let id = texts.cell(scored.corpus().id(row));
        for (at, (model, family)) in scorer.models().enumerate() {
            let verdict = &scored.verdicts(at)[row];
            writer.write_record([
                id.as_ref(),
                model,
                &family.to_string(),
                &verdict.score.to_string(),
                &verdict.log_odds.to_string(),
                &verdict.probability.to_string(),
                verdict.predicted.name(),
            ])?;
        }
    }
    Ok(writer.flush()?)
}

/// The code length of the text as mail of each class. A symbol is a byte or the end, so that
/// perplexity is 2 to the power of bits per byte.
fn code_length_in_words(model: &str, code_length: CodeLength) -> String {
    let per_byte = |bits: f64| match code_length.by_byte(bits) {
        Some(per_byte) => format!("{per_byte:.3} (perplexity {:.2})", per_byte.exp2()),
        None => format!("{bits:.1} in all"),
    };
    let [ham, spam] = Label::BOTH.map(|label| per_byte(code_length.bits(label)));
    format!(
        "{model}, code length of these {} bytes in bits per byte: as ham {ham}, as spam {spam}, \
         as either {}",
        code_length.bytes.unwrap_or(0),
        per_byte(code_length.marginal_bits())
    )
}

/// Whether the text is like the mail that the model was trained on, whichever class it falls into.
fn novelty_in_words(model: &str, novelty: Novelty) -> String {
    let warning = if novelty.is_outlier() {
        ": unlike the training mail, so do not rely on the verdicts"
    } else {
        ""
    };
    format!(
        "{model}, novelty: {:.3} bits per byte shorter than by the background model, \
         p-value {}{warning}",
        novelty.likelihood_ratio_bits_per_byte,
        novelty.p_value_as_text()
    )
}

fn in_words(reasons: &Reasons) -> String {
    let tokens = reasons
        .tokens
        .iter()
        .map(|(token, value)| format!("{token}\u{a0}{value:+.2}"));
    let about = if reasons.exact { "" } else { "about " };
    let total: f64 = reasons.tokens.iter().map(|(_, value)| value).sum::<f64>()
        + reasons.rest
        + reasons.intercept;
    format!(
        "{}, all\u{a0}others\u{a0}{:+.2}, without\u{a0}any\u{a0}word\u{a0}{:+.2}; \
         raw\u{a0}score\u{a0}{about}{total:+.2}",
        tokens.collect::<Vec<_>>().join(", "),
        reasons.rest,
        reasons.intercept
    )
}
