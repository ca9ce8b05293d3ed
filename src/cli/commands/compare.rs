//! `spamlab compare`: both families on the same folds of the same tokens, and the report.

use super::ablate;
use super::train::needs;
use crate::base::files;
use crate::cli::args::input::{InputOptions, LabelledMail};
use crate::cli::args::tokenizer_search::Readings;
use crate::cli::args::training::{Common, Request, SearchOptions, TrainingOptions, check_target};
use crate::cli::output::plot;
use crate::cli::output::progress::Bar;
use crate::cli::output::table::Table;
use crate::cli::usage;
use crate::dataset::{Corpus, CorpusOptions};
use crate::lab::{Asked, Split, Sweep, compare};
use crate::report;
use crate::results::{
    Decision, EFFECT_METRICS, EFFECT_SHOWN, Effect, Experiment, METRICS, Metric, Metrics,
    ModelRecord, Plan, RESAMPLES, Spread, Timing, write_predictions,
};
use crate::train::{CalibrationMethod, TrainOptions};
use clap::Args;
use serde_json::json;
use std::io::{Write, stdout};
use std::path::PathBuf;
use time::format_description::well_known::Rfc3339;

/// Compares models.
#[derive(Args)]
#[expect(clippy::struct_excessive_bools, reason = "switches of a command line")]
pub struct Arguments {
    #[command(flatten)]
    input: InputOptions,
    #[command(flatten)]
    training: TrainingOptions,
    /// Number of folds [default: 10]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(2..=1000), conflicts_with = "split")]
    folds: Option<u16>,
    /// Take the split from a CSV file of the columns id,split (train, test or a fold number)
    #[arg(long, value_name = "FILE")]
    split: Option<PathBuf>,
    /// Folder of the report [default: reports/NAME, after the input]
    #[arg(short, long, value_name = "FOLDER")]
    output: Option<PathBuf>,
    /// Instead of a report: what each clue and each choice of the recipe is worth, by one model of
    /// each family unless --models names others
    #[arg(long, conflicts_with_all = ["predictions", "output", "augment"])]
    ablate: bool,
    /// Search for settings beyond the grid of each model, on the inner folds of each training part
    /// and with as many tries for each family; leaves the learning curve out
    #[arg(long, conflicts_with = "ablate")]
    tune: bool,
    #[command(flatten)]
    search: SearchOptions,
    /// Resamples of the bootstrap behind the intervals; 0 for no intervals
    #[arg(long, value_name = "N", default_value_t = RESAMPLES, value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    resamples: u32,
    /// Leave the learning curve out
    #[arg(long)]
    no_curve: bool,
    /// Draw the error against the number of labels with and without the mail whose labels are
    /// hidden, for models that learn from mail without a label; if none is among the models,
    /// mixture is added
    #[arg(long, conflicts_with_all = ["ablate", "tune"])]
    unlabelled_curve: bool,
    /// Draw what a setting does to the loss of training and test mail: all folds are fitted with
    /// each of these values, for instance mlp.dropout=0,0.25,0.5,0.75; may be repeated
    #[arg(long, value_name = "MODEL.SETTING=VALUES", conflicts_with_all = ["ablate", "tune"])]
    validation_curve: Vec<String>,
    /// Write one row per mail and model as CSV
    #[arg(long, value_name = "FILE")]
    predictions: Option<PathBuf>,
    /// Hide the text of all mail, its addresses and its numbers, already in what is saved
    #[arg(long)]
    redact: bool,
    /// Leave out what depends on the clock, so that the same input and seed give the same bytes
    #[arg(long)]
    no_times: bool,
    /// Say in the report when it was made
    #[arg(long)]
    stamp: bool,
    /// Metrics as JSON instead of a table
    #[arg(long)]
    json: bool,
}

impl Arguments {
    pub fn run(&self, common: &Common) -> anyhow::Result<()> {
        let otherwise: &[&str] = if self.ablate { &ablate::MODELS } else { &[] };
        let mut request = self
            .training
            .searched_request(otherwise, self.tune.then_some(&self.search))?;
        if !self.tune && self.search.is_given() {
            return Err(usage(
                "--search, --tries and --recipe say how to search: add --tune",
            ));
        }
        if self.unlabelled_curve
            && request
                .choices
                .iter()
                .all(|choice| !choice.entry.is_semi_supervised())
        {
            request.add_learners_of_unlabelled()?;
        }
        let sweeps = self
            .validation_curve
            .iter()
            .map(|of| request.sweep(of))
            .collect::<anyhow::Result<Vec<_>>>()?;
        if self.input.dry_run(common)? {
            return Ok(());
        }
        check_target(self.predictions.as_deref())?;
        let keep = CorpusOptions {
            text: true,
            ..needs(&request)
        };
        let pile = self
            .input
            .read_both_classes(&request.recipe, keep, true, common)?;
        let folder = self
            .output
            .clone()
            .unwrap_or_else(|| PathBuf::from("reports").join(&pile.name));
        if self.ablate {
            return self.ablate(&request, &pile, common);
        }
        report::check_folder(&folder).map_err(usage)?;
        let readings = Readings::read(&self.input, &request, &pile, keep, common)?;
        let (mut experiment, timing) = self.compare(&request, &sweeps, &readings, pile, common)?;
        for curve in experiment
            .validation_curves
            .iter()
            .filter(|curve| curve.is_empty())
        {
            let what = format!("--validation-curve {}.{}", curve.model, curve.setting);
            common.say(format!(
                "{what}: nothing to draw, for it could not be fitted, or its score is neither log-odds nor a margin"
            ));
        }
        if self.redact {
            experiment.redact();
        }
        if self.stamp {
            experiment.stamp = Some(time::OffsetDateTime::now_utc().format(&Rfc3339)?);
        }
        let timing = Some(timing).filter(|_| !self.no_times);
        report::write(&experiment, timing.as_ref(), &folder)?;
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

    fn ablate(
        &self,
        request: &Request,
        pile: &LabelledMail,
        common: &Common,
    ) -> anyhow::Result<()> {
        let split = self.split(request, pile.mail.emails(), &pile.card.source)?;
        let ablation = ablate::ablate(&self.input, request, pile, &split, common)?;
        let text = if self.json {
            serde_json::to_string_pretty(&ablation)? + "\n"
        } else {
            ablate::as_text(&ablation)
        };
        Ok(stdout().write_all(text.as_bytes())?)
    }

    /// The folds, of which no training part may be beyond the limit of a model asked for by name.
    fn split(&self, request: &Request, corpus: &Corpus, source: &str) -> anyhow::Result<Split> {
        let folds = self.folds.map_or(request.folds.unwrap_or(10), usize::from);
        let split = match &self.split {
            Some(path) => Split::from_file(path, corpus).map_err(usage)?,
            None => Split::stratified(corpus, folds, request.seed)
                .map_err(|error| usage(format!("{source}: {error}")))?,
        };
        for choice in request.choices.iter().filter(|choice| choice.required) {
            let largest = split
                .folds
                .iter()
                .map(|fold| fold.train.len())
                .max()
                .unwrap_or(0);
            choice.applicable(largest).map_err(usage)?;
        }
        Ok(split)
    }

    fn compare(
        &self,
        request: &Request,
        sweeps: &[Sweep],
        readings: &Readings<'_>,
        pile: LabelledMail,
        common: &Common,
    ) -> anyhow::Result<(Experiment, Timing)> {
        let LabelledMail {
            mail,
            card,
            name,
            seconds,
        } = pile;
        let corpus = mail.emails();
        let split = self.split(request, corpus, &card.source)?;
        let plan = plan(request, name, &split)?;
        let augmentation = request.augmentation(corpus);
        let bar = Bar::new(common);
        let live = |model: &str, step, loss| bar.live(model, step, loss);
        let asked = Asked {
            choices: &request.choices,
            terms: TrainOptions {
                live: Some(&live),
                ..request.terms(augmentation.as_ref())
            },
            split: &split,
            curve: !self.no_curve && !self.tune,
            unlabelled_curve: self.unlabelled_curve,
            sweeps,
            readings: &readings.of(corpus),
            decision: Decision::default(),
            resamples: self.resamples,
        };
        let (experiment, mut timing) = compare(&asked, corpus, plan, card, &bar);
        bar.finish();
        timing.read_seconds = seconds;
        Ok((experiment, timing))
    }
}

/// What is compared and how, for the record.
pub fn plan(request: &Request, name: String, split: &Split) -> anyhow::Result<Plan> {
    Ok(Plan {
        name,
        seed: request.seed,
        folds: split.folds.len() as u32,
        split: split.description.clone(),
        recipe: serde_json::to_value(&request.recipe)?,
        vocabulary: serde_json::to_value(request.vocabulary)?,
        without: request.without.names(),
        settings: request.given.clone(),
        search: request.search.clone(),
        augment: request.augment.iter().map(ToString::to_string).collect(),
        calibration: (request.calibrating != CalibrationMethod::Platt)
            .then(|| request.calibrating.name().to_owned()),
        resamples: 0,
    })
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
    let model = |model: &ModelRecord| json!({ "model": model.name, "family": model.family, "metrics": model.spread, "trouble": model.trouble() });
    let models: Vec<_> = experiment.models.iter().map(model).collect();
    let mut all = json!({ "models": models, "baseline": experiment.baseline, "comparisons": experiment.comparisons });
    if let Some(effect) = &experiment.effect {
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
        .effect
        .as_ref()
        .map_or(String::new(), effect_as_text);
    format!(
        "{table}{}{}{effect}{plot}",
        verdicts.collect::<String>(),
        troubles.concat()
    )
}
