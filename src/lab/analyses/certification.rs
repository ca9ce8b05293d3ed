//! How near the fits of linear models are to their optimum, and the export of problems and weights
//! for LIBLINEAR to check.
//!
//! Each model is fitted on all the mail at each of its candidate settings. The gap is proven: the
//! optimum is at most that far below the objective, whatever the solver did. Nothing is calibrated
//! or cross-validated: a certificate does not say how well a model classifies.

use super::analysis::{Analysis, LooksAt, erased, parameters};
use crate::base::files;
use crate::base::progress::Progress;
use crate::dataset::features::{Encoded, Encoders};
use crate::dataset::{Corpus, Example, TrainingSet};
use crate::discriminative::linear::liblinear::{SolverKind, kind, write_model, write_problem};
use crate::lab::data::Reading;
use crate::lab::error::{LabError, SpecError};
use crate::lab::spec::ExperimentSpec;
use crate::model::{
    Catalog, Classifier, Convergence, FitObserver, LinearProblem, ModelEntry, ObjectivePoint,
    Snapshot, settings_on_one_line,
};
use crate::train::{Candidate, ModelSpec, TrainError};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// A fit and how near it is to its optimum.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Certificate {
    /// The model.
    pub model: &'static str,
    /// All its settings.
    pub settings: Value,
    /// The objective at the end.
    pub objective: f64,
    /// Objective minus its proven lower bound, where the solver knows one.
    pub gap: Option<f64>,
    /// The gap as a share of the objective.
    pub relative_gap: Option<f64>,
    /// Passes over the mail.
    pub passes: u32,
    /// Whether the stopping rule was met before the limit on passes.
    pub converged: bool,
    /// Weights that are not 0, of a linear model.
    pub weights: Option<usize>,
    /// Seconds that the fit took.
    pub seconds: f64,
}

/// The row of the table.
pub(super) const ANALYSIS: Analysis = Analysis {
    name: "certification",
    question: "How near are the fits of linear models to their optimum?",
    looks_at: LooksAt::Mail(|spec, catalog, given, progress| {
        let parameters = parameters("certification", given)?;
        erased(certify(spec, catalog, &parameters, progress))
    }),
    section: None,
    charts: &[],
};

/// What is asked beyond the models and their settings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CertificationParameters {
    /// The folder that gets the problems in LIBSVM's format, the weights in LIBLINEAR's, and the
    /// commands that check them.
    pub export: Option<PathBuf>,
}

/// Certifies the models of `spec`, or the default ones that solve a linear problem, on all its
/// labelled mail.
///
/// # Errors
/// Of an export, a problem that LIBLINEAR cannot solve is refused before any mail is read.
pub fn certify(
    spec: &ExperimentSpec,
    catalog: &Catalog,
    parameters: &CertificationParameters,
    progress: &dyn Progress,
) -> Result<Vec<Certificate>, LabError> {
    let mut spec = spec.clone();
    spec.analyses.clear();
    if spec.models.is_empty() {
        spec.models = models_with_an_optimum(catalog, parameters.export.is_some());
    }
    let resolved = spec.resolve(catalog)?;
    if !spec.augment.is_empty() {
        return Err(SpecError::NothingToAdd {
            analysis: "a certificate",
        }
        .into());
    }
    let export = parameters.export.as_deref();
    let export = export.map(|folder| Export::new(folder, &resolved.models));
    let export = export.transpose()?;
    let read = Reading::new(&spec.data, &spec.recipe, resolved.keep).read(progress)?;
    certify_on(read.mail.emails(), &resolved.models, &spec, export)
}

/// The default models that solve a linear problem; of an export, one that LIBLINEAR has, too.
fn models_with_an_optimum(catalog: &Catalog, is_export: bool) -> Vec<String> {
    let has_optimum = |entry: &dyn ModelEntry| {
        let defaults = entry.settings(&json!({}));
        defaults.is_ok_and(|defaults| {
            entry.linear_problem(&defaults).is_some()
                && (!is_export || liblinear_problem(entry, &defaults).is_ok())
        })
    };
    let models = catalog.models();
    models
        .filter(|&entry| entry.is_default() && has_optimum(entry))
        .map(|entry| entry.name().to_owned())
        .collect()
}

fn certify_on(
    corpus: &Corpus,
    models: &[ModelSpec],
    spec: &ExperimentSpec,
    mut export: Option<Export<'_>>,
) -> Result<Vec<Certificate>, LabError> {
    let rows = corpus.labelled_rows();
    if rows.is_empty() {
        return Err(LabError::NoMail);
    }
    let views = models.iter().flat_map(ModelSpec::views);
    let encoders = Encoders::learn(corpus, &rows, &spec.vocabulary, views);
    let encoded = Encoded::new(corpus, &encoders, &rows);
    let mut found = Vec::new();
    for model in models {
        let applicable = model.applicable(rows.len());
        applicable.map_err(|why| failed(model.entry, TrainError::NotApplicable(why)))?;
        // Candidates that read alike stand together.
        for alike in model.candidates.chunk_by(|a, b| a.view == b.view) {
            let data = TrainingSet::new(encoded.rows(alike[0].view), spec.seed);
            found.extend(certify_alike(model.entry, alike, &data, export.as_mut())?);
        }
    }
    if let Some(export) = export {
        export.finish()?;
    }
    Ok(found)
}

fn failed(entry: &dyn ModelEntry, error: TrainError) -> LabError {
    LabError::Model {
        model: entry.name().to_owned(),
        error,
    }
}

/// The problem that a fit solves, and what LIBLINEAR calls it.
fn liblinear_problem(
    entry: &dyn ModelEntry,
    settings: &Value,
) -> Result<(LinearProblem, SolverKind), LabError> {
    let problem = entry.linear_problem(settings);
    let problem = problem.and_then(|problem| Some((problem, kind(&problem)?)));
    problem.ok_or_else(|| LabError::NotInLiblinear {
        model: entry.name().to_owned(),
        settings: settings_on_one_line(settings),
    })
}

/// Fits a model at each of its candidate settings, which read alike.
fn certify_alike(
    entry: &'static dyn ModelEntry,
    alike: &[Candidate],
    data: &TrainingSet<'_>,
    mut export: Option<&mut Export<'_>>,
) -> Result<Vec<Certificate>, LabError> {
    let model = entry.name();
    let grid: Vec<Value> = alike.iter().map(|of| of.settings.clone()).collect();
    let mut witness = Witness {
        ends: Vec::new(),
        since: Instant::now(),
    };
    let fitted = entry
        .fit_path(&grid, data, &mut witness)
        .map_err(|error| failed(entry, TrainError::Fit(error)))?;
    if witness.ends.len() != grid.len() {
        return Err(LabError::NoOptimum {
            model: model.to_owned(),
        });
    }
    if let Some(export) = &export {
        export.problem(model, data)?;
    }
    let mut found = Vec::new();
    for ((settings, fitted), (end, seconds)) in grid.into_iter().zip(fitted).zip(witness.ends) {
        let classifier = fitted.classifier();
        let weights = weights(classifier, data.columns());
        let not_0 = |weights: &Vec<f64>| weights.iter().filter(|weight| **weight != 0.0).count();
        let certificate = Certificate {
            model,
            settings,
            objective: end.objective,
            gap: end.gap,
            relative_gap: end.gap.map(|gap| gap / end.objective),
            passes: end.passes,
            converged: end.converged,
            weights: weights.as_ref().map(not_0),
            seconds,
        };
        if let (Some(export), Some(weights)) = (&mut export, &weights) {
            let bias = classifier.score(Example::sparse(&[], &[]));
            let problem = liblinear_problem(entry, &certificate.settings)?;
            export.model(&certificate, problem, weights, bias, data)?;
        }
        found.push(certificate);
    }
    Ok(found)
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
        let seconds = self.since.elapsed().as_secs_f64();
        self.ends.push((convergence, seconds));
        self.since = Instant::now();
    }
}

/// The folder that LIBLINEAR checks.
struct Export<'a> {
    folder: &'a Path,
    commands: String,
}

impl Export<'_> {
    /// Makes the folder. Fails if LIBLINEAR cannot solve the problem of a candidate.
    fn new<'a>(folder: &'a Path, models: &[ModelSpec]) -> Result<Export<'a>, LabError> {
        for model in models {
            for candidate in &model.candidates {
                liblinear_problem(model.entry, &candidate.settings)?;
            }
        }
        files::make_folder(folder).map_err(|error| LabError::NoFolder {
            path: folder.to_owned(),
            error,
        })?;
        let commands = "# Each line trains LIBLINEAR on the problem beside it; the objective we \
                        reached and the gap we proved stand above.\n\
                        # Its objective is to be computed from the weights it writes: |w|² / 2 \
                        (or |w|) + C · losses, the bias among the weights.\n";
        Ok(Export {
            folder,
            commands: commands.to_owned(),
        })
    }

    fn write(
        &self,
        file: &str,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), LabError> {
        let path = self.folder.join(file);
        let written = files::write_whole(&path, write);
        written.map_err(|error| LabError::Unwritable { path, error })
    }

    fn problem(&self, model: &str, data: &TrainingSet<'_>) -> Result<(), LabError> {
        let signs: Vec<f64> = data.labels().iter().map(|label| label.sign()).collect();
        self.write(&format!("{model}.svm"), |out| {
            write_problem(out, data.matrix(), &signs)
        })
    }

    /// Writes the weights of a fit, and the command by which LIBLINEAR solves the same problem.
    fn model(
        &mut self,
        of: &Certificate,
        (problem, kind): (LinearProblem, SolverKind),
        weights: &[f64],
        bias: f64,
        data: &TrainingSet<'_>,
    ) -> Result<(), LabError> {
        let (model, cost) = (of.model, problem.cost);
        let file = format!("{model}-c{cost}.model");
        self.write(&file, |out| write_model(out, kind, weights, bias))?;
        let [ham, spam] = data.class_counts();
        let half = (ham + spam) as f64 / 2.0;
        let class_costs = if problem.balanced {
            format!(" -w-1 {} -w1 {}", half / ham as f64, half / spam as f64)
        } else {
            String::new()
        };
        let gap = of
            .gap
            .map_or_else(|| "unknown".to_owned(), |gap| format!("{gap:e}"));
        let lines = [
            format!("\n# {file}: objective {}, gap {gap}\n", of.objective),
            format!(
                "train {} -c {cost} -B 1{class_costs} {model}.svm liblinear-{file}\n",
                kind.options
            ),
        ];
        self.commands.extend(lines);
        Ok(())
    }

    fn finish(&self) -> Result<(), LabError> {
        self.write("commands.sh", |out| out.write_all(self.commands.as_bytes()))
    }
}
