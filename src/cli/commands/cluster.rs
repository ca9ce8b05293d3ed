//! `spamlab cluster`: kinds of mail (clusters), found without labels.

use crate::cli::args::input::{InputOptions, described};
use crate::cli::common::Common;
use crate::cli::output::emit;
use crate::cli::output::progress::Bar;
use crate::cli::output::table::Table;
use crate::cli::usage;
use crate::dataset::{Corpus, CorpusOptions};
use crate::input::Labels;
use crate::lab::analyses::clustering::{Clusters, KindOfMail, cluster};
use crate::tokenize::Recipe;
use clap::Args;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::Write;
use std::path::PathBuf;

/// Clusters mail.
#[derive(Args)]
#[command(mut_arg("inputs", |inputs| inputs.help(format!(
    "{} [default: the mail that comes with the program]",
    described("Mail, with labels or without")
))))]
pub struct Arguments {
    #[command(flatten)]
    input: InputOptions,
    /// Number of kinds [default: the one of lowest Bayesian information criterion]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000))]
    kinds: Option<u16>,
    /// Largest number of kinds to try, unless the number is given
    #[arg(
        long,
        value_name = "N",
        default_value_t = 12,
        value_parser = clap::value_parser!(u16).range(1..=100)
    )]
    most: u16,
    /// Random seed
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Write the kind of each message to a CSV file: id, kind
    #[arg(long, value_name = "FILE")]
    assign: Option<PathBuf>,
    /// Print JSON instead of text
    #[arg(long)]
    json: bool,
}

impl Arguments {
    pub fn run(&self, common: &Common) -> anyhow::Result<()> {
        if self.input.dry_run(Labels::Optional, common)? {
            return Ok(());
        }
        emit::check_target(self.assign.as_deref())?;
        let keep = CorpusOptions {
            text: true,
            ..CorpusOptions::default()
        };
        let pile = self
            .input
            .read(&Recipe::default(), keep, Labels::Optional, common)?;
        let corpus = pile.mail.emails();
        let bar = Bar::new(common);
        let kinds = self.kinds.map(usize::from);
        let found =
            cluster(corpus, kinds, usize::from(self.most), self.seed, &bar).map_err(usage)?;
        bar.finish();
        if let Some(path) = &self.assign {
            emit::file(path, |out| assign(out, corpus, &found).map_err(Into::into))?;
            common.say(format!("wrote {}", path.display()));
        }
        emit::result(
            self.json,
            || as_json(corpus, &found),
            || as_text(corpus, &found),
        )
    }
}

fn subject(corpus: &Corpus, row: usize) -> String {
    let text = String::from_utf8_lossy(corpus.text(row)).into_owned();
    let line = text
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty())
        .unwrap_or_default();
    line.chars()
        .filter(|letter| !letter.is_control())
        .take(70)
        .collect()
}

fn as_text(corpus: &Corpus, found: &Clusters) -> String {
    // Writing to a string cannot fail.
    let mut text = String::new();
    for (
        at,
        KindOfMail {
            emails,
            labels: [ham, spam],
            words,
            typical,
        },
    ) in found.kinds.iter().enumerate()
    {
        let labels = if ham + spam > 0 {
            format!(" ({ham} ham, {spam} spam)")
        } else {
            String::new()
        };
        let words: Vec<String> = words
            .iter()
            .map(|(word, times)| format!("{word} {times:.1}×"))
            .collect();
        let _ = writeln!(
            text,
            "kind {}: {emails} emails{labels}\n  {}",
            at + 1,
            words.join(", ")
        );
        text.extend(
            typical
                .iter()
                .map(|&row| format!("  - {}\n", subject(corpus, row))),
        );
    }
    let without = found.of_mail.iter().filter(|kind| kind.is_none()).count();
    if without > 0 {
        let _ = writeln!(
            text,
            "{without} emails hold none of the {} words that kinds are told by",
            found.words
        );
    }
    if found.tried.len() > 1 {
        let mut table = Table::new(["kinds", "log likelihood, nats", "BIC (lower is better)"]);
        for count in &found.tried {
            let chosen = if count.kinds == found.kinds.len() {
                " chosen"
            } else {
                ""
            };
            table.push([
                count.kinds.to_string(),
                format!("{:.0}", count.log_likelihood),
                format!("{:.0}{chosen}", count.bic),
            ]);
        }
        let _ = write!(text, "\n{table}");
    }
    text
}

fn as_json(corpus: &Corpus, found: &Clusters) -> Value {
    let kind = |kind: &KindOfMail| {
        let typical: Vec<_> = kind
            .typical
            .iter()
            .map(|&row| json!({ "id": corpus.id(row), "subject": subject(corpus, row) }))
            .collect();
        let [ham, spam] = kind.labels;
        json!({
            "emails": kind.emails,
            "labels": { "ham": ham, "spam": spam },
            "words": kind.words,
            "typical": typical,
        })
    };
    let kinds: Vec<_> = found.kinds.iter().map(kind).collect();
    json!({ "kinds": kinds, "tried": found.tried, "words": found.words })
}

fn assign(out: impl Write, corpus: &Corpus, found: &Clusters) -> csv::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(["id", "kind"])?;
    for (row, kind) in found.of_mail.iter().enumerate() {
        writer.write_record([
            corpus.id(row),
            &kind.map_or(String::new(), |kind| (kind + 1).to_string()),
        ])?;
    }
    Ok(writer.flush()?)
}
