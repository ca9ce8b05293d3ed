//! `spamlab compare`: both families on the same folds of the same tokens, and the report.

use crate::base::files;
use crate::cli::REPEAT;
use crate::cli::args::input::InputOptions;
use crate::cli::args::training::{
    Common, SearchOptions, SplitOptions, TrainingOptions, check_target,
};
use crate::cli::output::plot;
use crate::cli::output::progress::Bar;
use crate::cli::output::table::Table;
use crate::cli::usage;
use crate::input::Labels;
use crate::lab::{self, ExperimentSpec};
use crate::report;
use crate::results::{
    EFFECT_METRICS, EFFECT_SHOWN, Effect, Experiment, LEARNING_CURVE, METRICS, Metric, Metrics,
    ModelRecord, Spread, Timing, write_predictions,
};
use clap::Args;
use serde_json::{Value, json};
use std::io::{Write, stdout};
use std::path::PathBuf;
use std::time::SystemTime;

/// Compares models.
#[derive(Args)]
#[expect(clippy::struct_excessive_bools, reason = "switches of a command line")]
pub struct Arguments {
    #[command(flatten)]
    input: InputOptions,
    #[command(flatten)]
    training: TrainingOptions,
    #[command(flatten)]
    split: SplitOptions,
    #[command(flatten)]
    search: SearchOptions,
    #[command(flatten)]
    analyses: AnalysisOptions,
    /// Write the report to this folder [default: reports/NAME, after the input]
    #[arg(short, long, value_name = "FOLDER", help_heading = "Report")]
    output: Option<PathBuf>,
    /// Resamples of the bootstrap behind the intervals; 0 for no intervals [default: 10000]
    #[arg(
        long,
        value_name = "N",
        value_parser = clap::value_parser!(u32).range(0..=1_000_000),
        help_heading = "Report"
    )]
    resamples: Option<u32>,
    /// Write one row per message and model as CSV
    #[arg(long, value_name = "FILE", help_heading = "Report")]
    predictions: Option<PathBuf>,
    /// Hide the text of all messages, addresses and numbers, in what is saved too
    #[arg(long, help_heading = "Report")]
    redact: bool,
    /// Leave out what depends on the clock, so that the same input and seed give the same bytes
    #[arg(long, help_heading = "Report")]
    no_times: bool,
    /// State in the report when it was made
    #[arg(long, help_heading = "Report")]
    stamp: bool,
    /// Print the metrics as JSON instead of a table
    #[arg(long)]
    json: bool,
}

/// Which analyses are made.
#[derive(Args)]
struct AnalysisOptions {
    /// Make one more analysis: unlabelled_curve (the error by the number of labels, with and
    /// without mail whose labels are hidden), or validation_curve=MODEL.SETTING=VALUES (what a
    /// setting does to the loss, for instance validation_curve=mlp.dropout=0,0.25,0.5); may be
    /// repeated
    #[arg(
        long = "analysis",
        value_name = "NAME[=PARAMETER]",
        help_heading = "Analyses"
    )]
    more: Vec<String>,
    /// Leave analyses out, separated by commas, for instance learning_curve
    #[arg(
        long = "no-analysis",
        value_delimiter = ',',
        value_name = "NAMES",
        help_heading = "Analyses"
    )]
    less: Vec<String>,
}

impl AnalysisOptions {
    fn fill(&self, spec: &mut ExperimentSpec) {
        for analysis in &self.more {
            match analysis.split_once('=') {
                None => {
                    spec.analyses.insert(analysis.clone(), json!(true));
                }
                Some((name, parameter)) => {
                    let parameters = spec.analyses.entry(name.to_owned()).or_insert(json!([]));
                    if let Value::Array(parameters) = parameters {
                        parameters.push(json!(parameter));
                    }
                }
            }
        }
        for name in &self.less {
            spec.analyses.insert(name.clone(), json!(false));
        }
    }
}

impl Arguments {
    /// What is asked: the defaults, under the file, under the options.
    fn spec(&self) -> anyhow::Result<ExperimentSpec> {
        let defaults = ExperimentSpec::default();
        let mut spec = if self.search.is_given() {
            self.training.search_spec(&self.search, &defaults)?
        } else {
            self.training.spec(&defaults)?
        };
        self.input.fill(&mut spec.data);
        self.split.fill(&mut spec.split);
        if self.search.is_given() {
            // It would search again for every point.
            spec.analyses
                .insert(LEARNING_CURVE.to_owned(), json!(false));
        }
        self.analyses.fill(&mut spec);
        spec.resamples = self.resamples.unwrap_or(spec.resamples);
        spec.redact |= self.redact;
        Ok(spec)
    }

    pub fn run(&self, common: &Common) -> anyhow::Result<()> {
        let spec = self.spec()?;
        let catalog = crate::catalog();
        spec.resolve(&catalog).map_err(usage)?;
        if self
            .input
            .dry_run_of(&spec.data, Labels::BothClasses, common)?
        {
            return Ok(());
        }
        let folder = PathBuf::from("reports").join(spec.data.name());
        let folder = self.output.as_ref().unwrap_or(&folder);
        check_target(self.predictions.as_deref())?;
        report::check_folder(folder).map_err(usage)?;
        let bar = Bar::new(common);
        let (mut experiment, timing) = lab::compare(&spec, &catalog, &bar).map_err(usage)?;
        for curve in experiment.validation_curves() {
            if curve.is_empty() {
                common.say(format!(
                    "{}.{}: there is nothing to draw, since the model could not be fitted, or its \
                     score is neither log-odds nor a margin",
                    curve.model, curve.setting
                ));
            }
        }
        if self.stamp {
            let now = humantime::format_rfc3339(SystemTime::now());
            experiment.stamp = Some(now.to_string());
        }
        let timing = Some(timing).filter(|_| !self.no_times);
        report::write(&experiment, timing.as_ref(), folder, Some(REPEAT))?;
        if let Some(path) = &self.predictions {
            files::write_whole(path, |out| {
                write_predictions(out, experiment.predictions()).map_err(Into::into)
            })
            .map_err(|error| {
                anyhow::anyhow!(
                    "{} cannot be written: {}",
                    path.display(),
                    files::reason(&error)
                )
            })?;
            common.say(format!("wrote {}", path.display()));
        }
        let text = if self.json {
            as_json(&experiment)?
        } else {
            as_text(&experiment, timing.as_ref(), plot::in_colour())
        };
        stdout().write_all(text.as_bytes())?;
        common.say(format!("wrote {}", folder.join("report.html").display()));
        Ok(())
    }
}

/// Every model without and with what was added to the training mail.
fn effect_as_text(effect: &Effect) -> String {
    let metrics: Vec<&Metric> = METRICS
        .iter()
        .filter(|metric| EFFECT_METRICS[..EFFECT_SHOWN].contains(&metric.key))
        .collect();
    let titles = metrics.iter().map(|metric| metric.short.to_owned());
    let titles = titles.chain(["fixed".to_owned(), "regressed".to_owned()]);
    let mut table = Table::new(
        [format!("with {}", effect.added.join(", "))]
            .into_iter()
            .chain(titles),
    );
    for of in &effect.models {
        let value = |metrics: &Metrics, metric: &Metric| {
            let value = metrics.get(metric.key).copied().flatten();
            value.map_or("–".to_owned(), |value| {
                format!("{value:.*}", metric.decimals)
            })
        };
        let both = |metric: &&Metric| {
            format!(
                "{} → {}",
                value(&of.without, metric),
                value(&of.with, metric)
            )
        };
        let emails = [
            of.comparison.only_a_right.to_string(),
            of.comparison.only_b_right.to_string(),
        ];
        table.push(
            [of.model.clone()]
                .into_iter()
                .chain(metrics.iter().map(both))
                .chain(emails),
        );
    }
    table.to_string()
}

fn as_json(experiment: &Experiment) -> anyhow::Result<String> {
    let model = |model: &ModelRecord| {
        json!({
            "model": model.name,
            "family": model.family,
            "metrics": model.spread,
            "trouble": model.trouble(),
        })
    };
    let models: Vec<_> = experiment.models.iter().map(model).collect();
    let mut all = json!({
        "models": models,
        "baseline": experiment.baseline,
        "comparisons": experiment.comparisons,
    });
    if let Some(effect) = experiment.augmentation() {
        all["effect"] = serde_json::to_value(effect)?;
    }
    Ok(serde_json::to_string_pretty(&all)? + "\n")
}

/// What the terminal's table shows of the metrics.
const SHOWN: [&str; 7] = [
    "accuracy",
    "ham_misclassified_pct",
    "spam_misclassified_pct",
    "one_minus_roca_pct",
    "f1",
    "log_loss_bits",
    "ece",
];

/// One line a model, the tests between families, and what did not run.
pub fn as_text(experiment: &Experiment, timing: Option<&Timing>, colour: bool) -> String {
    let metrics: Vec<_> = METRICS
        .iter()
        .filter(|metric| SHOWN.contains(&metric.key))
        .collect();
    let titles = metrics.iter().map(|metric| metric.short.to_owned());
    let mut table = Table::new(
        ["model".to_owned(), "family".to_owned()]
            .into_iter()
            .chain(titles)
            .chain(timing.map(|_| "fit s".to_owned())),
    );
    let mut troubles = Vec::new();
    for model in &experiment.models {
        troubles.extend(
            model
                .trouble()
                .map(|trouble| format!("{}: {trouble}\n", model.name)),
        );
        if model.spread.is_empty() {
            continue;
        }
        let cell = |metric: &&Metric| match model.spread.get(metric.key) {
            Some(Spread {
                mean: Some(mean),
                deviation: Some(deviation),
            }) => {
                format!("{mean:.0$} ± {deviation:.0$}", metric.decimals)
            }
            Some(Spread {
                mean: Some(mean), ..
            }) => format!("{mean:.*}", metric.decimals),
            _ => "–".to_owned(),
        };
        let seconds = timing.map(|timing| {
            timing
                .fit_seconds
                .get(&model.name)
                .map_or_else(|| "–".to_owned(), |seconds| format!("{seconds:.2}"))
        });
        let start = [model.name.clone(), model.family.to_string()];
        table.push(
            start
                .into_iter()
                .chain(metrics.iter().map(cell))
                .chain(seconds),
        );
    }
    let baseline = |metric: &&Metric| match experiment.baseline.get(metric.key).copied().flatten() {
        Some(value) => format!("{value:.*}", metric.decimals),
        None => "–".to_owned(),
    };
    table.push(
        ["majority class".to_owned(), String::new()]
            .into_iter()
            .chain(metrics.iter().map(baseline)),
    );
    let verdicts = experiment.between_families().into_iter().map(|test| {
        format!(
            "McNemar: only {} right on {}, only {} right on {} emails, p {}\n",
            test.a,
            test.only_a_right,
            test.b,
            test.only_b_right,
            if test.p_value < 0.001 {
                "< 0.001".to_owned()
            } else {
                format!("= {:.3}", test.p_value)
            }
        )
    });
    let plot = plot::errors(experiment, colour);
    let effect = experiment
        .augmentation()
        .map_or(String::new(), |effect| effect_as_text(&effect));
    format!(
        "{table}{}{}{effect}{plot}",
        verdicts.collect::<String>(),
        troubles.concat()
    )
}
