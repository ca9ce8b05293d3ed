//! Training the models of a specification for a model file.

use super::compare::describe_step;
use super::data::key::key;
use super::data::{LabelledMail, Reading};
use super::error::LabError;
use super::forecast::{self, Ahead};
use super::not_run::not_run;
use super::resolve::Resolved;
use super::spec::ExperimentSpec;
use crate::base::numbers::count;
use crate::base::progress::Progress;
use crate::dataset::features::Vocabulary;
use crate::dataset::{Fingerprints, StreamedCounts, Streaming, TrainingMail};
use crate::model::file::{self, Card, ModelCard, SavedModel};
use crate::model::{Catalog, LossPoint, Needs, ObjectivePoint};
use crate::train::{self, CHECKPOINT_FORMAT, CheckpointFile, ModelSpec, TrainError, TrainOptions};
use crate::train::{Trained, Training, messages_held_out, train_counted};
use std::path::Path;

/// Models trained on all labelled mail of a specification, ready to be written.
pub struct TrainedModels {
    /// The models, in the order of the catalog.
    pub models: Vec<Trained>,
    /// What the model file says of itself.
    pub card: Card,
    /// The vocabulary that all of them share.
    pub vocabulary: Vocabulary,
    /// Of the training mail, unless it was too large to hold.
    pub fingerprints: Option<Fingerprints>,
}

impl TrainedModels {
    /// Writes the model file.
    pub fn save(&self, path: &Path) -> Result<(), LabError> {
        let (models, known) = (self.saved(), self.fingerprints.as_ref());
        let saved = file::save(path, &self.card, &self.vocabulary, known, &models);
        Ok(saved?)
    }

    /// The bytes of the model file.
    pub fn to_bytes(&self) -> Result<Vec<u8>, LabError> {
        let (models, known) = (self.saved(), self.fingerprints.as_ref());
        let bytes = file::to_bytes(&self.card, &self.vocabulary, known, &models);
        Ok(bytes?)
    }

    fn saved(&self) -> Vec<SavedModel<'_>> {
        self.models.iter().map(SavedModel::from).collect()
    }
}

/// Reads the mail and trains the models that `spec` asks for on all of it. Where counts or rows on
/// disk are all that the models need, mail too large to hold is counted as it passes by. Long fits
/// are kept in `checkpoints` as they go on, and go on from there.
///
/// # Errors
/// A model that was named and cannot be fitted is an error; one of the default models is left out
/// with a note.
pub fn train(
    spec: &ExperimentSpec,
    catalog: &Catalog,
    checkpoints: Option<&CheckpointFile>,
    progress: &dyn Progress,
) -> Result<TrainedModels, LabError> {
    let resolved = spec.resolve(catalog)?;
    let reading = Reading {
        stream: streaming(spec, &resolved.models),
        ..Reading::new(&spec.data, &spec.recipe, resolved.keep)
    };
    let mail = reading.read(progress)?;
    let training = fit(spec, &resolved, &mail, catalog, checkpoints, progress);
    progress.end();
    let Training { encoders, models } = training;
    let models = fitted(&resolved.models, models, progress)?;
    let LabelledMail { mail, card, .. } = mail;
    Ok(TrainedModels {
        card: Card {
            program: format!("spamlab {}", env!("CARGO_PKG_VERSION")),
            source: card.source,
            plan: card.plan,
            emails: card.kept,
            rejected: card.rejected_by_reason.values().sum(),
            seed: spec.seed,
            recipe: spec.recipe.clone(),
            vocabulary: spec.vocabulary,
            augment: spec.augment.iter().map(ToString::to_string).collect(),
            tokens: encoders.whole().len(),
            models: models.iter().map(ModelCard::from).collect(),
        },
        vocabulary: encoders.whole().vocabulary(mail.lexicon()),
        fingerprints: match &mail {
            TrainingMail::InMemory(corpus) => Some(Fingerprints::of(corpus)),
            TrainingMail::Streamed(_) => None,
        },
        models,
    })
}

/// How mail too large to hold is learned from; None if a model must hold it.
fn streaming(spec: &ExperimentSpec, models: &[ModelSpec]) -> Option<Streaming> {
    let needs = |needs: Needs| models.iter().any(|model| model.entry.needs() == needs);
    let streams = spec.augment.is_empty() && !needs(Needs::Messages);
    streams.then(|| Streaming {
        seed: spec.seed,
        keeps_bags: needs(Needs::StoredRows),
    })
}

fn fit(
    spec: &ExperimentSpec,
    resolved: &Resolved,
    mail: &LabelledMail,
    catalog: &Catalog,
    checkpoints: Option<&CheckpointFile>,
    progress: &dyn Progress,
) -> Training {
    let live = |model: &str, step: ObjectivePoint, loss: Option<LossPoint>| {
        progress.detail(&describe_step(model, step, loss));
    };
    let done = || progress.advance(1);
    let stage = || progress.begin("training", resolved.models.len() as u64);
    match &mail.mail {
        TrainingMail::InMemory(corpus) => {
            let augmentation = spec.augmentation(corpus, catalog);
            let checkpoints =
                checkpoints.map(|file| file.open(key(CHECKPOINT_FORMAT, spec, corpus), progress));
            let options = TrainOptions {
                augmentation: augmentation.as_ref(),
                live: Some(&live),
                checkpoints: checkpoints.as_ref(),
                ..spec.train_options()
            };
            let rows = corpus.labelled_rows();
            let messages = options.emails(rows.len());
            let ahead = Ahead::of_sets(resolved.models.len(), &[messages]);
            forecast::announce(&ahead, &resolved.models, corpus, options, progress);
            stage();
            train::train(&resolved.models, corpus, &rows, options, &done)
        }
        TrainingMail::Streamed(counts) => {
            progress.note(&streamed(counts, &resolved.models));
            stage();
            let options = TrainOptions {
                live: Some(&live),
                ..spec.train_options()
            };
            train_counted(&resolved.models, counts, options, &done)
        }
    }
}

/// The models that were fitted. One that could not be is an error if it was named, and else left
/// out with a note.
pub(super) fn fitted(
    specs: &[ModelSpec],
    outcomes: Vec<Result<Trained, TrainError>>,
    progress: &dyn Progress,
) -> Result<Vec<Trained>, LabError> {
    let mut models: Vec<Trained> = Vec::new();
    let (mut left_out, mut reason) = (Vec::new(), None);
    for (model, outcome) in specs.iter().zip(outcomes) {
        let name = model.entry.name();
        match outcome {
            Ok(trained) => {
                if let Some(warning) = unconverged(&trained) {
                    progress.note(&warning);
                }
                models.push(trained);
            }
            Err(error) if model.required => {
                return Err(LabError::Model {
                    model: name.to_owned(),
                    error,
                });
            }
            Err(error) => {
                if let TrainError::NotApplicable(why) = &error {
                    left_out.push((name.to_owned(), model.settings.clone(), why.clone()));
                } else {
                    progress.note(&format!("{name} failed: {error}"));
                }
                reason.get_or_insert(error);
            }
        }
    }
    for line in not_run(&left_out) {
        progress.note(&line);
    }
    match reason {
        Some(reason) if models.is_empty() => Err(LabError::NoModel(reason)),
        _ => Ok(models),
    }
}

/// What to say of a model whose fit stopped before it was done.
fn unconverged(trained: &Trained) -> Option<String> {
    let end = trained.facts.convergence.filter(|end| !end.converged)?;
    let name = trained.entry.name();
    Some(format!(
        "{name} did not converge in {} passes: raise its limit on passes",
        end.passes
    ))
}

/// How mail too large to hold was learned from.
fn streamed(counts: &StreamedCounts, models: &[ModelSpec]) -> String {
    let forgotten = match counts.forgotten() {
        0 => String::new(),
        tokens => format!(
            "; {} of the rarest tokens were dropped on the way",
            count(tokens)
        ),
    };
    let held_out = [Needs::Counts, Needs::StoredRows].map(|needs| {
        let alike = models.iter().filter(|model| model.entry.needs() == needs);
        let names: Vec<&str> = alike.map(|model| model.entry.name()).collect();
        let emails = count(messages_held_out(counts, needs));
        (!names.is_empty()).then(|| format!("{emails} messages ({})", names.join(", ")))
    });
    let held_out: Vec<String> = held_out.into_iter().flatten().collect();
    format!(
        "  counted as it passed by: {} MB of mail; settings and calibration learned from {} of \
         it{forgotten}",
        counts.bytes() / 1_000_000,
        held_out.join(" and ")
    )
}
