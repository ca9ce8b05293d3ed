//! `spamlab diff`: two saved experiments side by side.

use crate::base::math::sigmoid;
use crate::base::numbers::{number, p_value};
use crate::base::shown::CsvText;
use crate::cli::args::output::CsvOptions;
use crate::cli::common::Common;
use crate::cli::output::emit::{self, Place};
use crate::cli::output::table::Table;
use crate::cli::output::targets;
use crate::cli::usage;
use crate::cli::wrap::{paragraph, whole};
use crate::lab::spec::DataSpec;
use crate::report::statements::{changed_between, comparable, in_words};
use crate::report::{self, NamedExperiment, SideBySide};
use crate::results::{
    ChangedErrors, ChangedVerdict, MetricVersus, ModelVersus, Versus, metric, versus,
};
use clap::Args;
use std::io::Write;
use std::path::{Path, PathBuf};

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
        let named = |name: &str, path: &Path| -> anyhow::Result<NamedExperiment> {
            Ok(NamedExperiment {
                name: name.to_owned(),
                experiment: report::load(path).map_err(usage)?,
            })
        };
        let both = vec![named("first", &self.first)?, named("second", &self.second)?];
        let versus = versus(&both[0].experiment, &both[1].experiment);
        if let Some(path) = target {
            if !versus.same_messages {
                return Err(usage(
                    "--changed lists verdicts on the same messages, and these experiments tested \
                     different ones",
                ));
            }
            emit::file(path, |out| {
                write_changed(out, self.csv.texts(), &versus.changed).map_err(Into::into)
            })?;
            common.say(format!("wrote {}", whole(path.display())));
        }
        Place::beside(target).result(
            self.json,
            || &versus,
            || as_text(&versus, &SideBySide::new(both)),
        )
    }
}

/// Changed verdicts that the terminal shows.
const SHOWN: usize = 20;

fn as_text(versus: &Versus, all: &SideBySide) -> String {
    let mut table = Table::new(["metric", "first", "second"]);
    for ModelVersus { model, metrics, .. } in &versus.models {
        table.section(model);
        for MetricVersus { metric, values } in metrics {
            let known = metric::metric(metric);
            let (title, decimals) =
                known.map_or((*metric, 4), |metric| (metric.short, metric.decimals));
            let shown = |value: Option<f64>| {
                value.map_or("–".to_owned(), |value| format!("{value:.decimals$}"))
            };
            let [first, second] = values.map(shown);
            table.push([title.to_owned(), first, second]);
        }
    }
    let mut text = table.to_string();
    if !versus.only_in_one.is_empty() {
        let only = format!("Only in one of the two: {}", versus.only_in_one.join(", "));
        text += &paragraph(&only, 2);
    }
    text.push('\n');
    text += &paragraph(&comparable(all).text, 0);
    let errors = versus.models.iter().filter_map(|one| one.errors.as_ref());
    let errors: Vec<&ChangedErrors> = errors.collect();
    if !errors.is_empty() {
        text += &errors_as_text(&errors);
        text += &paragraph(&in_words(&changed_between(all)), 0);
    }
    text + &changed_as_text(&versus.changed)
}

/// What each model gets right in only one of the two, and by how much its errors differ.
fn errors_as_text(errors: &[&ChangedErrors]) -> String {
    let titles = [
        "model",
        "fixed",
        "regressed",
        "error, points more (95 % CI)",
        "p, McNemar",
    ];
    let mut table = Table::new(titles);
    for one in errors {
        let points = |share: f64| number(100.0 * share, 2);
        let interval = one.interval.map_or(String::new(), |[low, high]| {
            format!(" ({} to {})", points(low), points(high))
        });
        table.push([
            one.model.clone(),
            one.fixed.to_string(),
            one.regressed.to_string(),
            format!("{}{interval}", points(one.difference)),
            p_value(one.p_value),
        ]);
    }
    format!("\n{table}")
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
