//! Fitting and calibrating one or many models on training rows.
//!
//! Everything that is learned is learned here, from the rows given: vocabulary and weights, the
//! settings that are `auto` (chosen by the log loss of calibrated scores on held-out rows) and the
//! calibration (Platt on the same held-out scores). Cheap models use three inner folds, the first
//! alone to choose settings by where it is large, costly ones one held-out tenth; near-duplicates
//! stay on one side. Both families read the very same tokens on the very same rows.

pub mod augment;
pub mod calibration;
mod checkpoints;
mod counted;
mod deciding;
mod final_fit;
mod inner_folds;
mod inner_split;
mod model_spec;
mod options;
mod recorder;
mod search;
mod search_space;
mod trained;
mod watched;

pub use calibration::CalibrationMethod;
pub use checkpoints::{CHECKPOINT_FORMAT, CheckpointFile, Checkpoints, TrainingKey};
pub use counted::{messages_held_out, train_counted};
pub use deciding::{HeldOutScores, choose, choose_by_sketch};
pub use model_spec::{Candidate, ModelSpec, SearchStrategy};
pub use options::{ProgressFn, TrainOptions};
pub(crate) use recorder::mean_loss;
pub use search::Search;
pub use trained::{TrainError, Trained, Training};
pub use watched::Watched;

use crate::dataset::features::{Encoded, Encoders};
use crate::dataset::{Corpus, TrainingSet};
use crate::model::{FitError, FitReport};
use augment::Augmented;
use final_fit::FinalFit;
use rayon::prelude::*;
use std::time::Instant;

/// Trains each of `choices` on `rows` of `corpus`, which must be labelled. `done` is told whenever
/// one model is finished.
pub fn train(
    choices: &[ModelSpec],
    corpus: &Corpus,
    rows: &[usize],
    options: TrainOptions<'_>,
    done: &(dyn Fn() + Sync),
) -> Training {
    let (augmented, refused) = match options.augmented(corpus, rows) {
        Ok(augmented) => (augmented, None),
        Err(reason) => (Augmented::plain(rows), Some(reason)),
    };
    let vocabulary = options.vocabulary;
    let extended = augmented.extend(corpus);
    let held_out = match refused {
        Some(reason) => choices
            .iter()
            .map(|_| Err(TrainError::NotApplicable(reason.clone())))
            .collect(),
        None => inner_folds::scores(choices, corpus, rows, augmented.rows.len(), options),
    };
    let encoders = Encoders::learn(
        extended,
        &augmented.rows,
        &vocabulary,
        choices.iter().flat_map(ModelSpec::views),
    );
    let encoded = Encoded::new(extended, &encoders, &augmented.rows);
    let unlabelled = options.unlabelled(choices.iter(), corpus, rows);
    let unlabelled = unlabelled
        .as_deref()
        .map(|rows| Encoded::new(corpus, &encoders, rows));
    let models = choices
        .par_iter()
        .zip(held_out)
        .map(|(choice, held_out)| {
            let trained = held_out.and_then(|held_out| {
                finish(choice, held_out, &encoded, unlabelled.as_ref(), options)
            });
            done();
            trained
        })
        .collect();
    drop((encoded, unlabelled));
    Training { encoders, models }
}

/// Chooses the settings by what was held out, and fits them on all rows unless their fit is kept.
fn finish(
    choice: &ModelSpec,
    held_out: inner_folds::HeldOut,
    encoded: &Encoded<'_>,
    unlabelled: Option<&Encoded<'_>>,
    options: TrainOptions<'_>,
) -> Result<Trained, TrainError> {
    let inner_folds::HeldOut {
        chosen: Candidate { settings, view },
        calibration,
        decision,
        sketch,
        novelty_reference,
        tried,
        kept,
        seconds,
    } = held_out;
    let refit = || {
        let watched = options.watched.map(|watched| {
            let cost = choice.entry.cost();
            watched.draw(cost, encoded, view, options.seed)
        });
        let start = Instant::now();
        let data = TrainingSet::new(encoded.rows(view), options.seed)
            .with_unlabelled(unlabelled.map(|emails| emails.rows(view)));
        let fit = FinalFit::new(choice.entry, &settings, &data, watched.as_ref(), options)?;
        let seconds = seconds + start.elapsed().saturating_sub(fit.looking).as_secs_f64();
        Ok::<_, FitError>((fit, seconds))
    };
    // What a kept fit took is among the seconds of the held-out scores.
    let (fit, seconds) = kept.map_or_else(refit, |fit| Ok((fit, seconds)))?;
    Ok(Trained {
        entry: choice.entry,
        settings,
        view,
        // Of the vocabulary of all rows, from which that of a kept fit may differ: it reads none.
        columns: encoded.rows(view).matrix().columns(),
        fitted: fit.fitted,
        calibration,
        decision,
        held_out: sketch,
        novelty_reference,
        facts: FitReport {
            tried,
            ..fit.report
        },
        seconds,
    })
}
