//! `spamlab certify`: how near the fits are to their optimum, and with `--export` the problem and
//! the weights in LIBLINEAR's format.
//!
//! Each model is fitted on all the mail, at every value that a setting left open is chosen from.
//! The gap is proven: the optimum is at most so far below the objective, whatever the solver did.
//! No calibration and no cross-validation: it says nothing of how well a model judges.

use super::train::needs;
use crate::base::choices::Choice;
use crate::base::files;
use crate::catalog;
use crate::cli::args::input::InputOptions;
use crate::cli::args::training::{Common, TrainingOptions};
use crate::cli::output::table::Table;
use crate::cli::usage;
use crate::dataset::features::{Encoded, Encoders};
use crate::dataset::{Example, TrainingSet};
use crate::discriminative::ClassWeight;
use crate::discriminative::linear::liblinear::{kind, write_model, write_problem};
use crate::model::{Classifier, Convergence, FitObserver, ModelEntry, ObjectivePoint, Snapshot};
use crate::train::{Candidate, ModelSpec};
use clap::Args;
use serde_json::{Value, json};
use std::io::{Write, stdout};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Proves fits.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    input: InputOptions,
    #[command(flatten)]
    training: TrainingOptions,
    /// Write problem and weights here in LIBSVM's and LIBLINEAR's format, with the commands that
    /// check them
    #[arg(long, value_name = "FOLDER")]
    export: Option<PathBuf>,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// The models that are certified where none are named.
const USUAL: &[&str] = &["logistic", "svm"];

/// One fit and how it ended.
struct Certificate {
    model: &'static str,
    settings: Value,
    end: Convergence,
    seconds: f64,
    /// Weights that are not 0, of a model that is linear.
    weights: Option<usize>,
}

impl Arguments {
    pub fn run(&self, common: &Common) -> anyhow::Result<()> {
        let request = self.training.request(USUAL)?;
        if !request.augment.is_empty() {
            return Err(usage(
                "fits are certified on the mail as it is: leave --augment out",
            ));
        }
        let mut export = self
            .export
            .as_deref()
            .map(|folder| Export::new(folder, &request.choices))
            .transpose()?;
        let pile = self
            .input
            .read_both_classes(&request.recipe, needs(&request), false, common)?;
        let corpus = pile.mail.emails();
        let rows = corpus.labelled_rows();
        let views = request.choices.iter().flat_map(ModelSpec::views);
        let encoders = Encoders::learn(corpus, &rows, &request.vocabulary, views);
        let encoded = Encoded::new(corpus, &encoders, &rows);
        let mut found = Vec::new();
        for choice in &request.choices {
            let name = choice.entry.name();
            choice
                .applicable(rows.len())
                .map_err(|reason| usage(format!("{name}: {reason}")))?;
            // Candidates that read alike stand together.
            for alike in choice.candidates.chunk_by(|a, b| a.view == b.view) {
                let data = TrainingSet::new(encoded.rows(alike[0].view), request.seed);
                certify(choice.entry, alike, &data, export.as_mut(), &mut found)?;
            }
        }
        if let Some(export) = export {
            export.finish()?;
            common.say(format!("wrote {}", export.folder.display()));
        }
        let text = if self.json {
            as_json(&found)?
        } else {
            as_text(&found)
        };
        Ok(stdout().write_all(text.as_bytes())?)
    }
}

/// Fits a model at each of its candidate settings, which read alike.
fn certify(
    entry: &'static dyn ModelEntry,
    alike: &[Candidate],
    data: &TrainingSet<'_>,
    mut export: Option<&mut Export>,
    found: &mut Vec<Certificate>,
) -> anyhow::Result<()> {
    let name = entry.name();
    let grid: Vec<Value> = alike
        .iter()
        .map(|candidate| candidate.settings.clone())
        .collect();
    let mut witness = Witness {
        ends: Vec::new(),
        since: Instant::now(),
    };
    let fitted = entry
        .fit_path(&grid, data, &mut witness)
        .map_err(|error| usage(format!("{name}: {error}")))?;
    if witness.ends.len() != grid.len() {
        return Err(usage(format!(
            "{name} has no optimum to prove: its fit is not one of steps that we watch"
        )));
    }
    if let Some(export) = export.as_deref_mut() {
        export.problem(name, data)?;
    }
    for ((settings, fitted), (end, seconds)) in grid.into_iter().zip(fitted).zip(witness.ends) {
        let weights = weights(fitted.classifier(), data.columns());
        if let (Some(export), Some(weights)) = (export.as_deref_mut(), &weights) {
            let bias = fitted.classifier().score(Example::sparse(&[], &[]));
            export.model(name, &settings, &end, weights, bias, data.class_counts())?;
        }
        let weights =
            weights.map(|weights| weights.iter().filter(|weight| **weight != 0.0).count());
        found.push(Certificate {
            model: name,
            settings,
            end,
            seconds,
            weights,
        });
    }
    Ok(())
}

/// The weight of every column, of a model that is linear.
fn weights(classifier: &dyn Classifier, columns: usize) -> Option<Vec<f64>> {
    (0..columns as u32)
        .map(|column| classifier.weight(column))
        .collect()
}

/// Writes down how each fit ended and how long it took.
struct Witness {
    ends: Vec<(Convergence, f64)>,
    since: Instant,
}

impl FitObserver for Witness {
    fn step(&mut self, _: ObjectivePoint, _: Snapshot<'_>) -> bool {
        true
    }

    fn finished(&mut self, convergence: Convergence) {
        self.ends
            .push((convergence, self.since.elapsed().as_secs_f64()));
        self.since = Instant::now();
    }
}

/// The folder others check from.
struct Export {
    folder: PathBuf,
    commands: String,
}

impl Export {
    /// Makes the folder. Models that LIBLINEAR does not have are refused before any work.
    fn new(folder: &Path, choices: &[ModelSpec]) -> anyhow::Result<Export> {
        for choice in choices {
            if kind(choice.entry.name(), &choice.settings).is_none() {
                let (name, settings) = (
                    choice.entry.name(),
                    catalog::settings_in_words(&choice.settings),
                );
                return Err(usage(format!(
                    "--export: LIBLINEAR has no such problem as {name} with {settings}; it has logistic, svm with squared_hinge or \
                     hinge, elastic-net with l1_ratio=1, and sgd with those losses"
                )));
            }
        }
        let refused = |error| {
            usage(format!(
                "{} cannot be made: {}",
                folder.display(),
                files::reason(&error)
            ))
        };
        std::fs::create_dir_all(folder).map_err(refused)?;
        let commands = "# Each line trains LIBLINEAR on the problem beside it; the objective we reached and the gap we proved stand above.\n\
                        # Its objective is to be computed from the weights it writes: |w|² / 2 (or |w|) + C · losses, the bias among the weights.\n";
        Ok(Export {
            folder: folder.to_owned(),
            commands: commands.to_owned(),
        })
    }

    fn write(
        &self,
        file: &str,
        write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
    ) -> anyhow::Result<()> {
        let path = self.folder.join(file);
        files::write_whole(&path, write).map_err(|error| {
            anyhow::anyhow!(
                "{} cannot be written: {}",
                path.display(),
                files::reason(&error)
            )
        })
    }

    fn problem(&self, model: &str, data: &TrainingSet<'_>) -> anyhow::Result<()> {
        let signs: Vec<f64> = data.labels().iter().map(|label| label.sign()).collect();
        self.write(&format!("{model}.svm"), |out| {
            write_problem(out, data.matrix(), &signs)
        })
    }

    fn model(
        &mut self,
        model: &str,
        settings: &Value,
        end: &Convergence,
        weights: &[f64],
        bias: f64,
        [ham, spam]: [usize; 2],
    ) -> anyhow::Result<()> {
        let Some(kind) = kind(model, settings) else {
            return Ok(());
        };
        let cost = settings["c"].as_f64().unwrap_or(1.0);
        let file = format!("{model}-c{cost}.model");
        self.write(&file, |out| write_model(out, kind, weights, bias))?;
        let half = (ham + spam) as f64 / 2.0;
        let weigh = if settings["class_weight"] == ClassWeight::Balanced.name() {
            format!(" -w-1 {} -w1 {}", half / ham as f64, half / spam as f64)
        } else {
            String::new()
        };
        let gap = end
            .gap
            .map_or_else(|| "unknown".to_owned(), |gap| format!("{gap:e}"));
        let lines = [
            format!("\n# {file}: objective {}, gap {gap}\n", end.objective),
            format!(
                "train {} -c {cost} -B 1{weigh} {model}.svm liblinear-{file}\n",
                kind.options
            ),
        ];
        self.commands.extend(lines);
        Ok(())
    }

    fn finish(&self) -> anyhow::Result<()> {
        self.write("commands.sh", |out| out.write_all(self.commands.as_bytes()))
    }
}

/// The gap as a share of the objective.
fn relative(end: &Convergence) -> Option<f64> {
    end.gap.map(|gap| gap / end.objective)
}

fn as_json(found: &[Certificate]) -> anyhow::Result<String> {
    let one = |of: &Certificate| {
        json!({
            "model": of.model,
            "settings": of.settings,
            "objective": of.end.objective,
            "gap": of.end.gap,
            "relative_gap": relative(&of.end),
            "passes": of.end.passes,
            "converged": of.end.converged,
            "weights": of.weights,
            "seconds": of.seconds,
        })
    };
    Ok(serde_json::to_string_pretty(&found.iter().map(one).collect::<Vec<_>>())? + "\n")
}

fn as_text(found: &[Certificate]) -> String {
    let titles = [
        "model",
        "c",
        "objective",
        "gap",
        "gap / objective",
        "passes",
        "converged",
        "weights not 0",
        "seconds",
    ];
    let mut table = Table::new(titles);
    let short = |number: Option<f64>| {
        number.map_or_else(|| "–".to_owned(), |number| format!("{number:.1e}"))
    };
    for Certificate {
        model,
        settings,
        end,
        seconds,
        weights,
    } in found
    {
        table.push([
            (*model).to_owned(),
            settings["c"]
                .as_f64()
                .map_or_else(|| "–".to_owned(), |cost| cost.to_string()),
            format!("{:.8}", end.objective),
            short(end.gap),
            short(relative(end)),
            end.passes.to_string(),
            if end.converged { "yes" } else { "no" }.to_owned(),
            weights.map_or_else(|| "–".to_owned(), |weights| weights.to_string()),
            format!("{seconds:.3}"),
        ]);
    }
    table.to_string()
}
