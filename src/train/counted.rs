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
use super::options::{ProgressFn, TrainOptions};
use super::recorder::FitRecorder;
use super::trained::{TrainError, Trained, Training};
use crate::base::mail::Label;
use crate::dataset::features::{Encoded, Encoder, Encoders};
use crate::dataset::{ClassSums, FeatureView, PARTS, Representation, StreamedCounts};
use crate::model::{FitError, FitObserver, FitReport, Fitted, ModelEntry, Needs, RawOutput};
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
    let emails = tally.emails().iter().sum();
    let finish = |(choice, held_out): (&ModelSpec, Result<HeldOut, FitError>)| {
        choice
            .applicable(emails)
            .map_err(TrainError::NotApplicable)?;
        let HeldOut {
            chosen,
            calibration,
            decision,
            sketch,
            novelty_reference,
            tried,
            kept: _,
            seconds,
        } = held_out?;
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
        live: Option<&ProgressFn<'_>>,
    ) -> Result<Vec<Box<dyn Fitted>>, FitError> {
        let inner = |candidate: &Candidate| {
            let settings = entry.inner(&candidate.settings);
            Ok(Candidate {
                settings: settings.map_err(|error| FitError::Solver(error.to_string()))?,
                ..candidate.clone()
            })
        };
        let path: Vec<Candidate> = path.iter().map(inner).collect::<Result<_, FitError>>()?;
        let mut notes = FitRecorder::new(entry.name(), None, None, live);
        self.fit(entry, &path, &mut notes)
    }
}

/// How many messages settings and calibration of models that need `needs` are learned from.
pub fn messages_held_out(tally: &StreamedCounts, needs: Needs) -> usize {
    match needs {
        Needs::StoredRows => part_for_rows(tally).map_or(0, |part| tally.sampled(part).len()),
        Needs::Counts | Needs::Messages => tally.sample().len(),
    }
}

/// The part that models of rows hold out: of those which have both classes and leave both, the one
/// with the most messages of its rarer class.
fn part_for_rows(tally: &StreamedCounts) -> Option<usize> {
    let rarer = |part: usize| {
        let mut emails = [0; 2];
        for label in tally
            .sampled(part)
            .iter()
            .map(|&row| tally.sample().label(row))
        {
            emails[label.map_or(0, Label::index)] += 1;
        }
        let leaves_both = tally.emails_without(part).iter().all(|&left| left > 0);
        emails[0].min(emails[1]) * usize::from(leaves_both)
    };
    let best = (0..PARTS).rev().max_by_key(|&part| rarer(part))?;
    (rarer(best) > 0).then_some(best)
}

/// For each choice what the scores of messages held out decide; else why that cannot be known. As
/// with mail in memory, nothing is held out where a class cannot be divided.
fn held_out(
    choices: &[ModelSpec],
    tally: &StreamedCounts,
    options: TrainOptions<'_>,
) -> Vec<Result<HeldOut, FitError>> {
    let pooled = choices.iter();
    let mut pooled: Vec<Result<Pooled, FitError>> = pooled
        .map(|choice| Ok(Pooled::new(&choice.candidates)))
        .collect();
    let for_rows = part_for_rows(tally);
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
            .filter(|(choice, _)| for_rows == Some(part) || choice.entry.needs() == Needs::Counts)
            .for_each(|(choice, pooled)| {
                let start = Instant::now();
                let mut scores: Vec<Vec<RawOutput>> = Vec::new();
                for path in choice.candidates.chunk_by(|a, b| a.view == b.view) {
                    let fitted = match counted.fit_for_a_while(choice.entry, path, options.live) {
                        Ok(fitted) => fitted,
                        Err(error @ (FitError::Storage(_) | FitError::Cancelled)) => {
                            *pooled = Err(error);
                            return;
                        }
                        // What else fails on a part fails on the whole: the final fit says how.
                        Err(_) => return,
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
                if let Ok(pooled) = pooled {
                    pooled.add(&labels, &groups, scored);
                }
            });
    }
    let decide = |pooled: Result<Pooled, FitError>| Ok(pooled?.decide(options));
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
            let known: usize = stored.held_out.iter().map(|sketch| sketch.emails).sum();
            let mut sampled = counts.sampled(part_for_rows(&counts).unwrap());
            sampled.dedup();
            assert_eq!(known, sampled.len());
        }
    }

    #[test]
    fn models_of_rows_on_disk_are_the_same_at_any_number_of_threads() {
        let corpus = corpus();
        let catalog = crate::catalog();
        let choice = |name: &str| {
            let entry = catalog.model(name).unwrap();
            ModelSpec::new(entry, &json!({}), true).unwrap()
        };
        let choices = ["multinomial", "logistic", "svm"].map(choice);
        let trained = |threads: usize| -> Vec<(Vec<u8>, String)> {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            pool.unwrap().install(|| {
                let mut counts = StreamedCounts::new(&Recipe::default(), 1).with_bags();
                counts.add(&corpus);
                let (counts, options) = (counts.settled(), TrainOptions::seeded(1));
                let trained = train_counted(&choices, &counts, options, &|| ());
                let told = |model: Result<Trained, TrainError>| {
                    let model = model.unwrap();
                    let learned = (model.settings, model.calibration, model.facts.tried);
                    (model.fitted.save().unwrap(), format!("{learned:?}"))
                };
                trained.models.into_iter().map(told).collect()
            })
        };
        let alone = trained(1);
        assert!(alone == trained(2) && alone == trained(4));
    }

    #[test]
    fn a_part_that_is_held_out_is_not_learned_from() {
        let corpus = corpus();
        let catalog = crate::catalog();
        let entry = catalog.model("svm").unwrap();
        let choices = [ModelSpec::new(entry, &json!({ "c": 1 }), true).unwrap()];
        let options = TrainOptions::seeded(1);
        let fitted = |corpus: &Corpus, left_out: Option<usize>| {
            let mut counts = StreamedCounts::new(&Recipe::default(), 1).with_bags();
            counts.add(corpus);
            let counts = counts.settled();
            let counted = Counted::new(&counts, left_out, &choices, options);
            let fitted = counted.fit_for_a_while(entry, &choices[0].candidates, None);
            fitted.unwrap()[0].save().unwrap()
        };
        let mut counts = StreamedCounts::new(&Recipe::default(), 1);
        counts.add(&corpus);
        let part = part_for_rows(&counts).unwrap();
        let held: Vec<usize> = (0..corpus.len())
            .filter(|&row| corpus.part(row) == part)
            .collect();
        // The other labels there change all that is learned from them.
        let turned = corpus.mislabelled(&held);
        assert!(held.len() > 50);
        assert!(fitted(&corpus, Some(part)) == fitted(&turned, Some(part)));
        assert!(fitted(&corpus, None) != fitted(&turned, None));
    }

    #[test]
    fn what_cannot_be_done_with_rows_on_disk_is_said() {
        let mut counts = StreamedCounts::new(&Recipe::default(), 1).with_bags();
        counts.add(&corpus());
        let counts = counts.settled();
        let catalog = crate::catalog();
        let said = |model: &str, given: Value| {
            let choice = ModelSpec::new(catalog.model(model).unwrap(), &given, true).unwrap();
            let trained = train_counted(&[choice], &counts, TrainOptions::seeded(1), &|| ());
            let trained = trained.models.into_iter().next().unwrap();
            trained
                .err()
                .map(|error| error.to_string())
                .unwrap_or_default()
        };
        let hinge = json!({ "loss": "hinge", "solver": "newton" });
        assert!(said("svm", hinge).contains("the hinge has a corner"));
        let lbfgs = said("logistic", json!({ "solver": "lbfgs" }));
        assert!(lbfgs.contains("logistic.solver=dual"), "{lbfgs}");
        assert!(said("nb-svm", json!({})).contains("from the messages themselves"));
    }
}
