//! `spamlab cluster`: kinds of mail (clusters), found without labels.

use crate::base::shown::{CsvText, shown_line};
use crate::cli::args::input::{InputOptions, described};
use crate::cli::args::number::within;
use crate::cli::args::output::CsvOptions;
use crate::cli::common::Common;
use crate::cli::output::emit::{self, Place};
use crate::cli::output::progress::Bar;
use crate::cli::output::table::Table;
use crate::cli::output::targets;
use crate::cli::usage;
use crate::cli::wrap::{paragraph, whole};
use crate::input::Labels;
use crate::lab::ExperimentSpec;
use crate::lab::analyses::clustering::{
    ClusterParameters, Clusters, KindOfMail, LabelCounts, cluster,
};
use crate::lab::limits;
use clap::Args;
use serde_json::json;
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
    /// Number of kinds [default: the one with the lowest Bayesian information criterion]
    #[arg(
        short,
        long,
        value_name = "N",
        value_parser = within::<u16>(limits::KINDS),
        help_heading = "Clustering"
    )]
    kinds: Option<u16>,
    /// Largest number of kinds to try if the number is not given
    #[arg(
        long,
        value_name = "N",
        default_value_t = 12,
        value_parser = within::<u16>(limits::KINDS_TRIED),
        help_heading = "Clustering"
    )]
    most: u16,
    /// Random seed
    #[arg(long, default_value_t = 1, help_heading = "Clustering")]
    seed: u64,
    /// Write the kind of each message to a CSV file: id, kind
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    assign: Option<PathBuf>,
    #[command(flatten)]
    csv: CsvOptions,
    /// Print JSON instead of text
    #[arg(long, help_heading = "Output")]
    json: bool,
}

impl Arguments {
    pub fn run(&self, common: &Common) -> anyhow::Result<()> {
        let target = self.assign.as_deref();
        targets::check(&self.input.data(), &[], &[target])?;
        if self.input.dry_run(Labels::Optional, common)? {
            return Ok(());
        }
        let spec = ExperimentSpec {
            data: self.input.data(),
            seed: self.seed,
            ..ExperimentSpec::default()
        };
        let parameters = ClusterParameters {
            kinds: self.kinds,
            most: self.most,
        };
        let found = cluster(&spec, &parameters, &Bar::new(common)).map_err(usage)?;
        if let Some(path) = target {
            let texts = self.csv.texts();
            emit::file(path, |out| assign(out, texts, &found).map_err(Into::into))?;
            common.say(format!("wrote {}", whole(path.display())));
        }
        Place::beside(target).result(self.json, || json!(found), || as_text(&found))
    }
}

fn as_text(found: &Clusters) -> String {
    let kinds = found.kinds.iter().enumerate();
    let kinds: String = kinds.map(|(at, kind)| kind_as_text(at + 1, kind)).collect();
    let without = found.assigned.iter().filter(|(_, kind)| kind.is_none());
    let without = match without.count() {
        0 => String::new(),
        emails => format!(
            "{emails} emails hold none of the {} words that kinds are told by\n",
            found.words
        ),
    };
    let tried = if found.tried.len() > 1 {
        format!("\n{}", tried(found))
    } else {
        String::new()
    };
    format!("{kinds}{without}{tried}")
}

fn kind_as_text(number: usize, kind: &KindOfMail) -> String {
    let KindOfMail {
        emails,
        labels: LabelCounts { ham, spam },
        words,
        typical,
    } = kind;
    let labels = if ham + spam > 0 {
        format!(" ({ham} ham, {spam} spam)")
    } else {
        String::new()
    };
    let words = words
        .iter()
        .map(|(word, times)| format!("{word}\u{a0}{times:.1}×"));
    let words = words.collect::<Vec<_>>().join(", ");
    let words = paragraph(&format!("\u{a0}\u{a0}{words}"), 2);
    let typical = typical
        .iter()
        .map(|email| format!("  - {}\n", shown_line(&email.subject)));
    let typical: String = typical.collect();
    format!("kind {number}: {emails} emails{labels}\n{words}{typical}")
}

/// Every number of kinds that was tried.
fn tried(found: &Clusters) -> Table {
    let mut table = Table::new(["kinds", "log likelihood, nats", "BIC (lower is better)"]);
    for count in &found.tried {
        let is_chosen = count.kinds == found.kinds.len();
        table.push([
            count.kinds.to_string(),
            format!("{:.0}", count.log_likelihood),
            format!("{:.0}{}", count.bic, if is_chosen { " chosen" } else { "" }),
        ]);
    }
    table
}

fn assign(out: impl Write, texts: CsvText, found: &Clusters) -> csv::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(["id", "kind"])?;
    for (id, kind) in &found.assigned {
        let kind = kind.map_or(String::new(), |kind| (kind + 1).to_string());
        writer.write_record([texts.cell(id).as_ref(), &kind])?;
    }
    Ok(writer.flush()?)
}
