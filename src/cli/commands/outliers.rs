//! `spamlab odd`: mail unlike any that a model learned from, whichever class it would fall into.

use crate::base::mail::Label;
use crate::cli::args::input::{InputOptions, required};
use crate::cli::args::training::Common;
use crate::cli::output::table::Table;
use crate::cli::usage;
use crate::dataset::CorpusBuilder;
use crate::input::Labels;
use crate::model::Scale;
use crate::model::file::ModelFile;
use crate::predict::{Novelty, Scorer};
use crate::results::{ScoredEmails, measure};
use clap::Args;
use serde::Serialize;
use std::io::{Write, stdout};
use std::path::PathBuf;

/// Finds odd mail.
#[derive(Args)]
#[command(mut_arg("inputs", |inputs| required(
    inputs,
    "Mail of the kind the model learned from; labels are not looked at"
)))]
pub struct Arguments {
    #[command(flatten)]
    input: InputOptions,
    /// The model file
    #[arg(short, long, value_name = "FILE")]
    model_file: PathBuf,
    /// The model [default: the first of the file that prices text]
    #[arg(long, value_name = "NAME")]
    model: Option<String>,
    /// How many of the oddest messages are listed
    #[arg(short = 'n', long, value_name = "N", default_value_t = 10)]
    emails: usize,
    /// Mail of another kind: tell how well oddness parts it from the first
    #[arg(long, value_name = "OTHER", num_args = 1..)]
    against: Vec<PathBuf>,
    /// As JSON instead of a table
    #[arg(long)]
    json: bool,
}

/// What was found.
#[derive(Debug, Serialize)]
struct Findings {
    model: String,
    emails: usize,
    oddest: Vec<OddMail>,
    #[serde(skip_serializing_if = "Option::is_none")]
    against: Option<Against>,
}

#[derive(Debug, Serialize)]
struct OddMail {
    id: String,
    #[serde(flatten)]
    novelty: Novelty,
}

/// How well oddness tells another pile from the first.
#[derive(Debug, Serialize)]
struct Against {
    emails: usize,
    /// Area under the ROC curve: the probability that a message of the other pile is odder than one
    /// of the first.
    area_under_roc: Option<f64>,
    /// The same of what the text costs by byte without a background to compare with.
    area_under_roc_of_price: Option<f64>,
}

/// Oddness of each message of a pile, with what it costs by byte.
type Priced = Vec<(String, Novelty, f64)>;

impl Arguments {
    pub fn run(&self, common: &Common) -> anyhow::Result<()> {
        let other = self.input.beside(&self.against);
        if self.input.dry_run(Labels::Ignored, common)? {
            if !self.against.is_empty() {
                other.dry_run(Labels::Ignored, common)?;
            }
            return Ok(());
        }
        let file = ModelFile::open(&self.model_file).map_err(usage)?;
        let pricing = file
            .card()
            .models
            .iter()
            .find(|model| model.usual.is_some())
            .map(|model| &model.name);
        let name = self.model.as_ref().or(pricing).cloned().ok_or_else(|| {
            usage("no model of the file prices text: train one with `spamlab train --models byte-ngram`, on enough mail to hold some out")
        })?;
        let judge = Scorer::open(&file, std::slice::from_ref(&name)).map_err(usage)?;
        let emails = priced(&judge, &self.input, common)?;
        if emails.is_empty() {
            return Err(usage(format!(
                "{name} prices no text, or no mail was read: byte-ngram prices text"
            )));
        }
        let mut order: Vec<usize> = (0..emails.len()).collect();
        order.sort_by(|&a, &b| emails[a].1.saved.total_cmp(&emails[b].1.saved));
        let odd_mail = |&at: &usize| OddMail {
            id: emails[at].0.clone(),
            novelty: emails[at].1,
        };
        let against = if self.against.is_empty() {
            None
        } else {
            Some(Against::of(&emails, &priced(&judge, &other, common)?))
        };
        let oddest = order.iter().take(self.emails).map(odd_mail).collect();
        let found = Findings {
            model: name,
            emails: emails.len(),
            oddest,
            against,
        };
        let text = if self.json {
            serde_json::to_string_pretty(&found)? + "\n"
        } else {
            as_text(&found)
        };
        Ok(stdout().write_all(text.as_bytes())?)
    }
}

fn priced(judge: &Scorer, input: &InputOptions, common: &Common) -> anyhow::Result<Priced> {
    let mut builder = CorpusBuilder::new(judge.recipe(), judge.keep());
    input.read_into(&mut builder, Labels::Ignored, common)?;
    let judged = judge.score_corpus(builder.finish());
    let one = |row: usize| {
        let price = judged.verdicts(0)[row].price?;
        let by_byte = price.marginal_bits() / price.bytes.saturating_add(1) as f64;
        Some((
            judged.corpus().id(row).to_owned(),
            judge.novelty(&judged, 0, row)?,
            by_byte,
        ))
    };
    Ok((0..judged.corpus().len()).filter_map(one).collect())
}

impl Against {
    fn of(usual: &Priced, other: &Priced) -> Against {
        let area = |value: &dyn Fn(&(String, Novelty, f64)) -> f64| {
            let scores: Vec<f64> = usual.iter().chain(other).map(value).collect();
            let labels: Vec<Label> = (0..scores.len())
                .map(|at| Label::from_is_spam(at >= usual.len()))
                .collect();
            let judged = ScoredEmails {
                labels: &labels,
                score: &scores,
                scale: Scale::Index,
                log_odds: &scores,
                prices: &[],
            };
            measure(&judged)
                .get("one_minus_roca_pct")
                .copied()
                .flatten()
                .map(|missing| 1.0 - missing / 100.0)
        };
        Against {
            emails: other.len(),
            area_under_roc: area(&|(_, novelty, _)| -novelty.saved),
            area_under_roc_of_price: area(&|(_, _, price)| *price),
        }
    }
}

fn as_text(found: &Findings) -> String {
    let mut table = Table::new(["mail", "saves, bits a byte", "usual mail that saves less"]);
    for OddMail { id, novelty } in &found.oddest {
        table.push([
            id.clone(),
            format!("{:.3}", novelty.saved),
            novelty.share_in_words(),
        ]);
    }
    let against = found.against.as_ref().map_or(String::new(), |against| {
        let area = |area: Option<f64>| area.map_or("–".to_owned(), |area| format!("{area:.4}"));
        format!(
            "\n{} other emails: area under the ROC curve {} (by the price alone {})\n",
            against.emails,
            area(against.area_under_roc),
            area(against.area_under_roc_of_price)
        )
    });
    format!(
        "the oddest of {} emails, to {}\n{table}{against}",
        found.emails, found.model
    )
}
