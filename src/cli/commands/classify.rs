//! `spamlab classify`: verdicts on new message, both families side by side, with the words that
//! decided.

use crate::base::mail::{Email, Label};
use crate::cli::args::input::{InputOptions, described, tell_rejected};
use crate::cli::args::training::Common;
use crate::cli::output::table::Table;
use crate::cli::usage;
use crate::input::Labels;
use crate::model::file::ModelFile;
use crate::model::{CodeLength, Family, Reasons};
use crate::predict::{Novelty, ScoredBatch, Scorer};
use clap::Args;
use serde_json::json;
use std::io::{self, BufWriter, Write, stdout};
use std::path::PathBuf;

/// Bytes of mail judged at a time.
const BATCH_BYTES: usize = 8 << 20;
/// Mail is called odd if a smaller share of the usual mail is odder.
const ODD: f64 = 0.01;

/// Judges mail.
#[derive(Args)]
#[command(mut_arg("inputs", |inputs| inputs
    .default_value("-")
    .help(described("Mail; labels are not looked at"))))]
pub struct Arguments {
    /// The model file
    #[arg(short, long, value_name = "FILE")]
    model: PathBuf,
    #[command(flatten)]
    input: InputOptions,
    /// Only these models of the file, separated by commas
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    models: Vec<String>,
    /// How many words to show of each model's reasons
    #[arg(long, value_name = "N", default_value_t = 8)]
    words: usize,
    /// One JSON object a message and line
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// One CSV row a message and model
    #[arg(long)]
    csv: bool,
}

/// How verdicts are written.
enum Form {
    /// One message alone, with its reasons.
    Page,
    /// A row a message.
    Table(Table),
    Json,
    Csv,
}

impl Arguments {
    pub fn run(&self, common: &Common) -> anyhow::Result<()> {
        if self.input.dry_run(Labels::Ignored, common)? {
            return Ok(());
        }
        let file = ModelFile::open(&self.model).map_err(usage)?;
        let judge = Scorer::open(&file, &self.models).map_err(usage)?;
        let mut source = self.input.open(Labels::Ignored, false)?;
        let mut next_batch = || source.next().transpose().map_err(usage);
        let mut waiting = next_batch()?.unwrap_or_default();
        let mut next = next_batch()?;
        let one = waiting.len() == 1 && next.is_none();
        let mut form = match (self.json, self.csv, one) {
            (true, ..) => Form::Json,
            (_, true, _) => Form::Csv,
            (_, _, true) => Form::Page,
            _ => Form::Table(Table::new(titles(&judge))),
        };
        let mut out = BufWriter::new(stdout().lock());
        if matches!(form, Form::Csv) {
            out.write_all(b"id,model,family,score,log_odds,probability,predicted\n")?;
        }
        while let Some(emails) = next {
            if waiting.iter().map(|mail| mail.content.len()).sum::<usize>() >= BATCH_BYTES {
                self.write(&judge, std::mem::take(&mut waiting), &mut form, &mut out)?;
            }
            waiting.extend(emails);
            next = next_batch()?;
        }
        self.write(&judge, waiting, &mut form, &mut out)?;
        tell_rejected(&source, common);
        if let Form::Table(table) = form {
            out.write_all(table.to_string().as_bytes())?;
        }
        Ok(out.flush()?)
    }

    fn write(
        &self,
        judge: &Scorer,
        emails: Vec<Email>,
        form: &mut Form,
        out: &mut dyn Write,
    ) -> anyhow::Result<()> {
        let judged = judge.judge(emails);
        for row in 0..judged.corpus().len() {
            match form {
                Form::Page => self.write_page(judge, &judged, row, out)?,
                Form::Table(table) => table.push(cells(judge, &judged, row)),
                Form::Json => self.write_json(judge, &judged, row, out)?,
                Form::Csv => write_rows(judge, &judged, row, out)?,
            }
        }
        Ok(())
    }

    fn write_page(
        &self,
        judge: &Scorer,
        judged: &ScoredBatch,
        row: usize,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        writeln!(out, "{}\n", judged.corpus().id(row))?;
        let mut table = Table::new([
            "model",
            "family",
            "verdict",
            "probability of spam",
            "log-odds",
        ]);
        for (at, (model, family)) in judge.models().enumerate() {
            let verdict = &judged.verdicts(at)[row];
            let cells = [
                model.to_owned(),
                family.to_string(),
                verdict.predicted.to_string(),
                format!("{:.4}", verdict.probability),
                format!("{:+.2}", verdict.log_odds),
            ];
            table.push(cells);
        }
        writeln!(out, "{table}")?;
        for (at, (model, _)) in judge.models().enumerate() {
            if let Some(price) = judged.verdicts(at)[row].price {
                writeln!(out, "{}", in_bits(model, price))?;
                if let Some(novelty) = judge.novelty(judged, at, row) {
                    writeln!(out, "{}", odd_in_words(model, novelty))?;
                }
                writeln!(out)?;
            }
        }
        for family in Family::BOTH {
            let what = match family {
                Family::Generative => {
                    "generative: how much likelier each word is in spam (+) than in ham (-), in nats"
                }
                Family::Discriminative => {
                    "discriminative: how far each word pushes across the boundary to spam (+) or ham (-)"
                }
            };
            let models = judge
                .models()
                .enumerate()
                .filter(|(_, (_, of))| *of == family);
            for (nth, (at, (model, _))) in models.enumerate() {
                if nth == 0 {
                    writeln!(out, "{what}")?;
                }
                let reasons = judge.reasons(judged, at, row, self.words);
                writeln!(out, "  {model}: {}", in_words(&reasons))?;
            }
        }
        Ok(())
    }

    fn write_json(
        &self,
        judge: &Scorer,
        judged: &ScoredBatch,
        row: usize,
        out: &mut dyn Write,
    ) -> anyhow::Result<()> {
        let verdict = |(at, (model, family)): (usize, (&str, Family))| {
            let verdict = &judged.verdicts(at)[row];
            let reasons = judge.reasons(judged, at, row, self.words);
            let bits = verdict.price.map(|price| {
                json!({
                    "bytes": price.bytes,
                    "ham": price.bits(Label::Ham),
                    "spam": price.bits(Label::Spam),
                    "either": price.marginal_bits(),
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
                "novelty": judge.novelty(judged, at, row),
                "reasons": reasons,
            })
        };
        let verdicts: Vec<_> = judge.models().enumerate().map(verdict).collect();
        serde_json::to_writer(
            &mut *out,
            &json!({ "id": judged.corpus().id(row), "verdicts": verdicts }),
        )?;
        Ok(out.write_all(b"\n")?)
    }
}

fn titles(judge: &Scorer) -> Vec<String> {
    ["mail".to_owned()]
        .into_iter()
        .chain(judge.models().map(|(name, _)| name.to_owned()))
        .collect()
}

fn cells(judge: &Scorer, judged: &ScoredBatch, row: usize) -> Vec<String> {
    let verdict = |at: usize| {
        let verdict = &judged.verdicts(at)[row];
        format!("{:4} {:.4}", verdict.predicted.name(), verdict.probability)
    };
    let verdicts = (0..judge.loaded().len()).map(verdict);
    [judged.corpus().id(row).to_owned()]
        .into_iter()
        .chain(verdicts)
        .collect()
}

fn write_rows(
    judge: &Scorer,
    judged: &ScoredBatch,
    row: usize,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    for (at, (model, family)) in judge.models().enumerate() {
        let verdict = &judged.verdicts(at)[row];
        writer.write_record([
            judged.corpus().id(row),
            model,
            &family.to_string(),
            &verdict.score.to_string(),
            &verdict.log_odds.to_string(),
            &verdict.probability.to_string(),
            verdict.predicted.name(),
        ])?;
    }
    Ok(writer.flush()?)
}

/// What the text costs as mail of each class. A symbol is a byte or the end, so perplexity is 2 to
/// the power of bits by byte.
fn in_bits(model: &str, price: CodeLength) -> String {
    let by_byte = |bits: f64| match price.by_byte(bits) {
        Some(by_byte) => format!("{by_byte:.3} a byte (perplexity {:.2})", by_byte.exp2()),
        None => format!("{bits:.1} in all"),
    };
    let as_class = |label: Label| format!("as {label} {}", by_byte(price.bits(label)));
    let [ham, spam] = Label::BOTH.map(as_class);
    format!(
        "{model} writes these {} bytes in bits: {ham}, {spam}, as either {}",
        price.bytes,
        by_byte(price.marginal_bits())
    )
}

/// Whether the text is like the mail that the model learned from, whichever class it falls into.
fn odd_in_words(model: &str, novelty: Novelty) -> String {
    let odd = if novelty.p_value < ODD {
        ": odd mail, so believe no verdict blindly"
    } else {
        ""
    };
    format!(
        "{model} saves {:.3} bits a byte on them by knowing how mail is written; {} of mail it had not learned from saves less{odd}",
        novelty.saved,
        novelty.share_in_words()
    )
}

fn in_words(reasons: &Reasons) -> String {
    let tokens = reasons
        .tokens
        .iter()
        .map(|(token, value)| format!("{token} {value:+.2}"));
    let about = if reasons.exact { "" } else { "about " };
    let total: f64 = reasons.tokens.iter().map(|(_, value)| value).sum::<f64>()
        + reasons.rest
        + reasons.intercept;
    format!(
        "{} | all others {:+.2}, without any word {:+.2}, in all {about}{total:+.2}",
        tokens.collect::<Vec<_>>().join(", "),
        reasons.rest,
        reasons.intercept
    )
}
