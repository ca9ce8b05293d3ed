//! Training from sums, and from rows on disk: what [`train`](super::train) does for mail in memory,
//! for a [`StreamedCounts`] of a corpus too large for it.
//!
//! The final fits of models that count have the same counts, hence the same bits, as from the mail
//! itself; those from rows on disk reach the same optimum within the same gap. Settings left open
//! and calibration come from the tally's parts: each candidate is fitted to all parts but one
//! and scores the messages that were drawn from that one. A model of rows does so for one part
//! only, for its fits go over all the mail again and again, and one part of a corpus of this size
//! has thousands of messages.

use super::inner_folds::{HeldOut, Pooled};
use super::inner_split::SplitScores;
use super::model_spec::{Candidate, ModelSpec};
use super::options::TrainOptions;
use super::recorder::FitRecorder;
use super::trained::{Trained, Training};
use crate::dataset::features::{Encoded, Encoder, Encoders};
use crate::dataset::{ClassSums, FeatureView, PARTS, Representation, StreamedCounts};
use crate::model::{
    FitError, FitObserver, FitReport, Fitted, ModelEntry, Needs, NoObserver, RawOutput,
};
use rayon::prelude::*;
use serde_json::Value;
use std::time::Instant;

/// Trains each of `choices`, which must be models that need no more than counts or rows on disk, on
/// everything in `tally`.
pub fn train_counted(
    choices: &[ModelSpec],
    tally: &StreamedCounts,
    options: TrainOptions<'_>,
    done: &(dyn Fn() + Sync),
) -> Training {
    let held_out = held_out(choices, tally, options);
    let counted = Counted::new(tally, None, choices, options);
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
        let mut notes = FitRecorder::new(choice.entry.name(), None, None, options.live);
        let mut fitted = counted.fit(choice.entry, std::slice::from_ref(&chosen), &mut notes)?;
        let fitted = fitted
            .pop()
            .ok_or_else(|| FitError::Solver("nothing was fitted".to_owned()))?;
        done();
        let facts = FitReport {
            tried,
            ..notes.into()
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

/// All parts but one, or all, and the vocabulary learned from them.
struct Counted<'a> {
    tally: &'a StreamedCounts,
    left_out: Option<usize>,
    sums: ClassSums,
    encoders: Encoders,
    seed: u64,
}

impl<'a> Counted<'a> {
    fn new(
        tally: &'a StreamedCounts,
        left_out: Option<usize>,
        choices: &[ModelSpec],
        options: TrainOptions<'_>,
    ) -> Counted<'a> {
        let sums = tally.sums(left_out);
        let views = choices.iter().flat_map(ModelSpec::views);
        let kinds = FeatureView::union(views.clone());
        let whole = Encoder::of_counts(
            tally.sample().lexicon(),
            sums.emails,
            &sums.holding,
            &options.vocabulary,
            kinds,
        );
        Counted {
            tally,
            left_out,
            sums,
            encoders: Encoders::narrowing(whole, views),
            seed: options.seed,
        }
    }

    /// Fits candidates that read alike.
    fn fit(
        &self,
        entry: &dyn ModelEntry,
        path: &[Candidate],
        watch: &mut dyn FitObserver,
    ) -> Result<Vec<Box<dyn Fitted>>, FitError> {
        let Some(&Candidate { view, .. }) = path.first() else {
            return Ok(Vec::new());
        };
        let encoder = self.encoders.of_view(view);
        let settings = path.iter().map(|candidate| candidate.settings.clone());
        let grid: Vec<Value> = settings.collect();
        match (entry.needs(), view.representation) {
            (Needs::Counts, Representation::Counts | Representation::Binary) => {
                let tokens = encoder.token_numbers();
                entry.fit_counts(&grid, &self.sums.columns(&tokens, view.representation))
            }
            (Needs::StoredRows, _) => {
                let rows = self.tally.stored_rows(encoder, view, self.left_out);
                let rows = rows
                    .ok_or(FitError::NeedsMessages)?
                    .map_err(FitError::Storage)?;
                entry.fit_stored(&grid, &rows, self.seed, watch)
            }
            _ => Err(FitError::NeedsMessages),
        }
    }

    /// Fits candidates that read alike only to rank and to calibrate them.
    fn fit_for_a_while(
        &self,
        entry: &dyn ModelEntry,
        path: &[Candidate],
    ) -> Result<Vec<Box<dyn Fitted>>, FitError> {
        let inner = |candidate: &Candidate| {
            let settings = entry.inner(&candidate.settings);
            Ok(Candidate {
                settings: settings.map_err(|error| FitError::Solver(error.to_string()))?,
                ..candidate.clone()
            })
        };
        let path: Vec<Candidate> = path.iter().map(inner).collect::<Result<_, FitError>>()?;
        self.fit(entry, &path, &mut NoObserver)
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
        let counted = Counted::new(tally, Some(part), choices, options);
        let encoded = Encoded::new(tally.sample(), &counted.encoders, &rows);
        choices
            .par_iter()
            .zip(&mut pooled)
            .filter(|(choice, _)| part == 0 || choice.entry.needs() == Needs::Counts)
            .for_each(|(choice, pooled)| {
                let start = Instant::now();
                let mut scores: Vec<Vec<RawOutput>> = Vec::new();
                for path in choice.candidates.chunk_by(|a, b| a.view == b.view) {
                    // What fails on a part fails on the whole: the final fit says how.
                    let Ok(fitted) = counted.fit_for_a_while(choice.entry, path) else {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::{Corpus, CorpusBuilder, CorpusOptions};
    use crate::input::{Options, builtin};
    use crate::tokenize::Recipe;
    use serde_json::json;

    /// The mail that comes with the program.
    fn corpus() -> Corpus {
        let source = builtin(&Options::default()).unwrap();
        let mut builder = CorpusBuilder::new(&Recipe::default(), CorpusOptions::NEAR_DUPLICATES);
        builder.read_all(source).unwrap();
        builder.finish()
    }

    #[test]
    fn linear_models_reach_the_optimum_of_mail_in_memory_and_are_calibrated_on_a_part() {
        let corpus = corpus();
        let mut counts = StreamedCounts::new(&Recipe::default(), 1).with_bags();
        counts.add(&corpus);
        let counts = counts.settled();
        let catalog = crate::catalog();
        let options = TrainOptions::seeded(1);
        for (name, given) in [
            ("logistic", json!({ "c": 10, "tol": 1e-6 })),
            (
                "svm",
                json!({ "c": 1, "tol": 1e-6, "class_weight": "balanced" }),
            ),
            ("svm", json!({ "tol": 1e-6, "loss": "hinge" })),
        ] {
            let entry = catalog.model(name).unwrap();
            let choice = ModelSpec::new(entry, &given, true).unwrap();
            let choices = [choice];
            let stored = train_counted(&choices, &counts, options, &|| ());
            let stored = stored.models.into_iter().next().unwrap().unwrap();
            let held = ModelSpec::new(entry, &stored.settings, true).unwrap();
            let rows = corpus.labelled_rows();
            let held = crate::train::train(&[held], &corpus, &rows, options, &|| ());
            let held = held.models.into_iter().next().unwrap().unwrap();
            let end = |trained: &Trained| trained.facts.convergence.unwrap();
            let (found, wanted) = (end(&stored), end(&held));
            assert!(found.converged && wanted.converged);
            let off = (found.objective / wanted.objective - 1.0).abs();
            assert!(off <= 2e-6, "{name}: {found:?}, {wanted:?}");
            assert!(!stored.facts.tried.is_empty() && !stored.facts.trace.is_empty());
            // It was calibrated on messages that it did not learn from.
            let known: usize = stored.held_out.iter().map(|sketch| sketch.emails).sum();
            let mut sampled = counts.sampled(0);
            sampled.dedup();
            assert_eq!(known, sampled.len());
        }
    }
}
