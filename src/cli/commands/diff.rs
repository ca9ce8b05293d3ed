//! `spamlab diff`: two saved experiments side by side.

use crate::base::math::sigmoid;
use crate::base::shown::CsvText;
use crate::cli::args::output::CsvOptions;
use crate::cli::common::Common;
use crate::cli::output::emit::{self, Place};
use crate::cli::output::table::Table;
use crate::cli::output::targets;
use crate::cli::usage;
use crate::cli::wrap::paragraph;
use crate::lab::spec::DataSpec;
use crate::report;
use crate::results::{ChangedVerdict, ModelVersus, Versus, metric, versus};
use clap::Args;
use std::io::Write;
use std::path::PathBuf;

/// Compares two experiments.
#[derive(Args)]
pub struct Arguments {
    /// The folder of the first report, or its experiment.json
    first: PathBuf,
    /// The folder of the second report, or its experiment.json
    second: PathBuf,
    /// Write the messages whose verdict changed to a CSV file
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    changed: Option<PathBuf>,
    #[command(flatten)]
    csv: CsvOptions,
    /// Print JSON instead of a table
    #[arg(long, help_heading = "Output")]
    json: bool,
}

impl Arguments {
    pub fn run(&self, common: &Common) -> anyhow::Result<()> {
        let target = self.changed.as_deref();
        let read = [self.first.as_path(), &self.second].map(Some);
        targets::check(&DataSpec::default(), &read, &[target])?;
        let first = report::load(&self.first).map_err(usage)?;
        let second = report::load(&self.second).map_err(usage)?;
        let versus = versus(&first, &second);
        if let Some(path) = target {
            emit::file(path, |out| {
                write_changed(out, self.csv.texts(), &versus.changed).map_err(Into::into)
            })?;
            common.say(format!("wrote {}", path.display()));
        }
        Place::beside(target).result(self.json, || &versus, || as_text(&versus))
    }
}

/// Changed verdicts that the terminal shows.
const SHOWN: usize = 20;

fn as_text(versus: &Versus) -> String {
    let titles = ["metric", "first", "second", "folds won", "tied", "lost"];
    let mut table = Table::new(titles);
    for ModelVersus { model, metrics, .. } in &versus.models {
        table.section(model);
        for one in metrics {
            let known = metric::metric(one.metric);
            let (title, decimals) =
                known.map_or((one.metric, 4), |metric| (metric.short, metric.decimals));
            let mean = |mean: Option<f64>| {
                mean.map_or("–".to_owned(), |mean| format!("{mean:.decimals$}"))
            };
            let folds = one.folds.map(|folds| folds.map(|count| count.to_string()));
            let [won, tied, lost] = folds.unwrap_or(["–", "–", "–"].map(str::to_owned));
            let means = one.means.map(mean);
            let [first, second] = means;
            table.push([title.to_owned(), first, second, won, tied, lost]);
        }
    }
    let mut text = table.to_string();
    if !versus.same_data {
        text += "The two read different data: folds cannot be compared.\n";
    }
    if !versus.only_in_one.is_empty() {
        let only = format!("Only in one of the two: {}", versus.only_in_one.join(", "));
        text += &paragraph(&only, 2);
    }
    let line = |one: &ModelVersus| {
        format!(
            "{}: {} verdicts became right, {} wrong\n",
            one.model, one.fixed, one.regressed
        )
    };
    text.extend(versus.models.iter().map(line));
    text + &changed_as_text(&versus.changed)
}

/// The messages whose verdict changed, as many as the terminal shows.
fn changed_as_text(changed: &[ChangedVerdict]) -> String {
    if changed.is_empty() {
        return String::new();
    }
    let mut table = Table::new(["model", "is", "p(spam), first", "second", "message"]);
    for one in changed.iter().take(SHOWN) {
        let [before, after] = one.log_odds.map(|odds| format!("{:.4}", sigmoid(odds)));
        table.push([
            one.model.clone(),
            one.label.to_string(),
            before,
            after,
            one.id.clone(),
        ]);
    }
    let more = match changed.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!("and {more} more: --changed FILE writes all of them\n"),
    };
    format!("\n{table}{more}")
}

fn write_changed(out: impl Write, texts: CsvText, changed: &[ChangedVerdict]) -> csv::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(["model", "id", "label", "log_odds_first", "log_odds_second"])?;
    for ChangedVerdict {
        id,
        label,
        model,
        log_odds: [before, after],
        ..
    } in changed
    {
        writer.write_record([
            texts.cell(model).as_ref(),
            &texts.cell(id),
            label.name(),
            &before.to_string(),
            &after.to_string(),
        ])?;
    }
    Ok(writer.flush()?)
}
