//! Training from sums alone: what [`train`](super::train) does for mail in memory, for a
//! [`StreamedCounts`] of a corpus too large for it.
//!
//! The final fits have the same counts, hence the same bits, as from the mail itself. Settings left
//! open and calibration come from the tally's parts: each candidate is fitted to all parts but one
//! and scores the messages that were drawn from that one.

use super::inner_folds::{HeldOut, Pooled};
use super::inner_split::SplitScores;
use super::model_spec::{Candidate, ModelSpec};
use super::options::TrainOptions;
use super::trained::{Trained, Training};
use crate::dataset::features::{Encoded, Encoder, Encoders, VocabularySettings};
use crate::dataset::{ClassSums, FeatureView, PARTS, Representation, StreamedCounts};
use crate::model::FitReport;
use crate::model::{FitError, Fitted, ModelEntry, RawOutput};
use rayon::prelude::*;
use serde_json::Value;
use std::time::Instant;

/// Trains each of `choices`, which must be models that learn from counts, on everything in `tally`.
pub fn train_counted(
    choices: &[ModelSpec],
    tally: &StreamedCounts,
    options: TrainOptions<'_>,
    done: &(dyn Fn() + Sync),
) -> Training {
    let held_out = held_out(choices, tally, options);
    let counted = Counted::new(tally, None, &options.vocabulary, choices);
    let finish = |(choice, held_out): (&ModelSpec, HeldOut)| {
        let HeldOut {
            chosen,
            calibration,
            decision,
            sketch,
            novelty_reference,
            tried,
            kept: _,
            seconds,
        } = held_out;
        let start = Instant::now();
        let mut fitted = counted.fit(choice.entry, std::slice::from_ref(&chosen))?;
        let fitted = fitted
            .pop()
            .ok_or_else(|| FitError::Solver("nothing was fitted".to_owned()))?;
        done();
        let facts = FitReport {
            convergence: None,
            tried,
            ..FitReport::default()
        };
        let seconds = seconds + start.elapsed().as_secs_f64();
        let Candidate { settings, view } = chosen;
        Ok(Trained {
            entry: choice.entry,
            settings,
            view,
            columns: counted.encoders.of_view(view).len(),
            fitted,
            calibration,
            decision,
            held_out: sketch,
            novelty_reference,
            facts,
            seconds,
        })
    };
    let models = choices.par_iter().zip(held_out).map(finish).collect();
    Training {
        encoders: counted.encoders,
        models,
    }
}

/// Sums of some parts, and the vocabulary learned from them.
struct Counted {
    sums: ClassSums,
    encoders: Encoders,
}

impl Counted {
    fn new(
        tally: &StreamedCounts,
        part: Option<usize>,
        vocabulary: &VocabularySettings,
        choices: &[ModelSpec],
    ) -> Counted {
        let sums = tally.sums(part);
        let views = choices.iter().flat_map(ModelSpec::views);
        let kinds = FeatureView::union(views.clone());
        let whole = Encoder::of_counts(
            tally.sample().lexicon(),
            sums.emails,
            &sums.holding,
            vocabulary,
            kinds,
        );
        Counted {
            sums,
            encoders: Encoders::narrowing(whole, views),
        }
    }

    /// Fits candidates that read alike.
    fn fit(
        &self,
        entry: &dyn ModelEntry,
        path: &[Candidate],
    ) -> Result<Vec<Box<dyn Fitted>>, FitError> {
        let Some(&Candidate { view, .. }) = path.first() else {
            return Ok(Vec::new());
        };
        if !matches!(
            view.representation,
            Representation::Counts | Representation::Binary
        ) {
            return Err(FitError::NeedsMessages);
        }
        let tokens = self.encoders.of_view(view).token_numbers();
        let grid: Vec<Value> = path
            .iter()
            .map(|candidate| candidate.settings.clone())
            .collect();
        entry.fit_counts(&grid, &self.sums.columns(&tokens, view.representation))
    }
}

/// For each choice what the scores of messages held out decide.
fn held_out(
    choices: &[ModelSpec],
    tally: &StreamedCounts,
    options: TrainOptions<'_>,
) -> Vec<HeldOut> {
    let mut pooled: Vec<Pooled> = choices
        .iter()
        .map(|choice| Pooled::new(&choice.candidates))
        .collect();
    for part in 0..PARTS {
        let rows = tally.sampled(part);
        let labels = rows
            .iter()
            .filter_map(|&row| tally.sample().label(row))
            .collect::<Vec<_>>();
        let groups: Vec<u32> = rows.iter().map(|&row| tally.sample().group(row)).collect();
        let counted = Counted::new(tally, Some(part), &options.vocabulary, choices);
        let encoded = Encoded::new(tally.sample(), &counted.encoders, &rows);
        choices
            .par_iter()
            .zip(&mut pooled)
            .for_each(|(choice, pooled)| {
                let start = Instant::now();
                let mut scores: Vec<Vec<RawOutput>> = Vec::new();
                for path in choice.candidates.chunk_by(|a, b| a.view == b.view) {
                    // What fails on a part fails on the whole: the final fit says how.
                    let Ok(fitted) = counted.fit(choice.entry, path) else {
                        return;
                    };
                    let rows = encoded.rows(path[0].view);
                    scores.extend(
                        fitted
                            .iter()
                            .map(|fitted| fitted.classifier().raw_batch(rows)),
                    );
                }
                let seconds = start.elapsed().as_secs_f64();
                let scored = SplitScores {
                    scores,
                    seconds,
                    ..SplitScores::default()
                };
                pooled.add(&labels, &groups, scored);
            });
    }
    let decide = |pooled: Pooled| pooled.decide(options);
    pooled.into_iter().map(decide).collect()
}
