//! `spamlab report`: draws a saved experiment again, or sets two side by side.

use crate::base::math::sigmoid;
use crate::cli::args::training::Common;
use crate::cli::output::emit;
use crate::cli::output::table::Table;
use crate::cli::usage;
use crate::report;
use crate::results::versus;
use crate::results::{ChangedVerdict, ModelVersus, Versus, metric};
use clap::Args;
use std::io::Write;
use std::path::PathBuf;

/// Draws a report.
#[derive(Args)]
pub struct Arguments {
    /// A report's folder, or its experiment.json
    experiment: PathBuf,
    /// A second one, to be set beside the first: what it won and lost, and which verdicts changed
    #[arg(conflicts_with_all = ["output", "no_times", "redact"])]
    other: Option<PathBuf>,
    /// Where to draw it [default: where it is]
    #[arg(short, long, value_name = "FOLDER")]
    output: Option<PathBuf>,
    /// Leave out what depends on the clock
    #[arg(long)]
    no_times: bool,
    /// Hide the text of all mail, its addresses and its numbers, also in experiment.json
    #[arg(long)]
    redact: bool,
    /// Write the messages whose verdict changed to a CSV file
    #[arg(long, value_name = "FILE", requires = "other")]
    changed: Option<PathBuf>,
    /// Print JSON instead of a table
    #[arg(long, requires = "other")]
    json: bool,
}

impl Arguments {
    pub fn run(&self, common: &Common) -> anyhow::Result<()> {
        let mut experiment = report::load(&self.experiment).map_err(usage)?;
        if let Some(other) = &self.other {
            emit::check_target(self.changed.as_deref())?;
            return self.beside(
                &versus(&experiment, &report::load(other).map_err(usage)?),
                common,
            );
        }
        let home = if self.experiment.is_dir() {
            self.experiment.clone()
        } else {
            self.experiment
                .parent()
                .map(PathBuf::from)
                .unwrap_or_default()
        };
        let timing = report::load_timing(&home).filter(|_| !self.no_times);
        let folder = self.output.clone().unwrap_or(home);
        if self.redact {
            experiment.redact();
        }
        report::write(
            &experiment,
            timing.as_ref(),
            &folder,
            Some(crate::cli::REPEAT),
        )?;
        common.say(format!("wrote {}", folder.join("report.html").display()));
        Ok(())
    }

    fn beside(&self, versus: &Versus, common: &Common) -> anyhow::Result<()> {
        if let Some(path) = &self.changed {
            emit::file(path, |out| {
                write_changed(out, &versus.changed).map_err(Into::into)
            })?;
            common.say(format!("wrote {}", path.display()));
        }
        emit::result(self.json, || versus, || as_text(versus))
    }
}

/// ChangedVerdict verdicts that the terminal shows.
const SHOWN: usize = 20;

fn as_text(versus: &Versus) -> String {
    let mut table = Table::new([
        "model",
        "metric",
        "first",
        "second",
        "folds won",
        "tied",
        "lost",
    ]);
    for ModelVersus { model, metrics, .. } in &versus.models {
        for one in metrics {
            let known = metric::metric(one.metric);
            let (title, decimals) =
                known.map_or((one.metric, 4), |metric| (metric.title, metric.decimals));
            let mean = |mean: Option<f64>| {
                mean.map_or("–".to_owned(), |mean| format!("{mean:.decimals$}"))
            };
            let folds = one.folds.map(|folds| folds.map(|count| count.to_string()));
            let [won, tied, lost] = folds.unwrap_or(["–", "–", "–"].map(str::to_owned));
            table.push([
                model.clone(),
                title.to_owned(),
                mean(one.means[0]),
                mean(one.means[1]),
                won,
                tied,
                lost,
            ]);
        }
    }
    let mut text = table.to_string();
    if !versus.same_data {
        text +=
            "The two read different data: means stand side by side, folds cannot be compared.\n";
    }
    if !versus.only_in_one.is_empty() {
        text += "Only in one of the two: ";
        text += &versus.only_in_one.join(", ");
        text.push('\n');
    }
    let line = |one: &ModelVersus| {
        format!(
            "{}: {} verdicts became right, {} wrong\n",
            one.model, one.fixed, one.regressed
        )
    };
    text.extend(versus.models.iter().map(line));
    if !versus.changed.is_empty() {
        let mut changed = Table::new(["model", "mail", "is", "p(spam), first", "p(spam), second"]);
        for one in versus.changed.iter().take(SHOWN) {
            let [before, after] = one.log_odds.map(|odds| format!("{:.4}", sigmoid(odds)));
            changed.push([
                one.model.clone(),
                one.id.clone(),
                one.label.to_string(),
                before,
                after,
            ]);
        }
        text.push('\n');
        text += &changed.to_string();
        let more = versus.changed.len().saturating_sub(SHOWN);
        if more > 0 {
            text.extend([format!(
                "and {more} more: --changed FILE writes all of them\n"
            )]);
        }
    }
    text
}

fn write_changed(out: impl Write, changed: &[ChangedVerdict]) -> csv::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(["model", "id", "label", "log_odds_first", "log_odds_second"])?;
    for ChangedVerdict {
        id,
        label,
        model,
        log_odds: [before, after],
    } in changed
    {
        writer.write_record([
            model,
            id,
            label.name(),
            &before.to_string(),
            &after.to_string(),
        ])?;
    }
    Ok(writer.flush()?)
}
