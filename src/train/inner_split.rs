//! Inner splits of the training rows, each with rows to fit and rows held out: every candidate of
//! a model is fitted on the one side and scores the other.
//!
//! Three inner folds, or for expensive models one held-out tenth. Vocabulary and weights are
//! learned anew from each side that fits. Where the first fold alone is enough to choose by, the
//! others are a round of their own, for the candidate that was chosen.

use super::final_fit::FinalFit;
use super::model_spec::{Candidate, ModelSpec};
use super::options::TrainOptions;
use super::recorder::FitRecorder;
use super::watched::Watched;
use crate::base::mail::Label;
use crate::dataset::features::{Encoded, Encoders};
use crate::dataset::{Corpus, FeatureView, Representation, TrainingSet, apart, fold_and_others};
use crate::model::{Cost, FitError, ModelEntry, RawOutput, SettingError};
use rayon::prelude::*;
use serde_json::Value;
use std::time::Instant;

/// Inner folds of a model that can afford them.
const FOLDS: usize = 3;
/// An expensive model holds out one message in this many.
const ONE_IN: usize = 10;
/// Messages on which to calibrate well enough: on 600 of SpamAssassin's the calibration error of
/// models of bytes is 1.7 %, by three folds of all 1.3 %; on 1,600 of Enron's it is .5 %.
const ENOUGH: usize = 1_000;
/// Messages held out that are enough to choose settings by: on 11,239 of the six Enron sets pooled,
/// with five seeds, every C is the one that three folds choose, and every smoothing that one or its
/// neighbour.
const ENOUGH_TO_CHOOSE: usize = 5_000;

/// One split of the training rows.
pub struct InnerSplit {
    fit: Vec<usize>,
    pub held: Vec<usize>,
    /// The models it is for.
    costs: &'static [Cost],
    /// Whether no row was left out to save time.
    whole: bool,
}

/// What one split came to.
#[derive(Default)]
pub struct SplitScores {
    /// For each candidate, of each held-out row.
    pub scores: Vec<Vec<RawOutput>>,
    /// The fit of each candidate, of a model that keeps it.
    pub kept: Vec<FinalFit>,
    pub seconds: f64,
}

/// What one split came to for one model; None if it is not for that model.
pub type SplitOutcome = Option<Result<SplitScores, FitError>>;

impl InnerSplit {
    /// The same with one in `least` of the rows to fit, near-duplicates kept together; None if a
    /// class is then missing.
    pub fn thinned(&self, corpus: &Corpus, least: usize, seed: u64) -> Option<InnerSplit> {
        let [fit, _] = apart(corpus, &self.fit, least, seed);
        let has = |label: Label| fit.iter().any(|&row| corpus.label(row) == Some(label));
        Label::BOTH.into_iter().all(has).then(|| InnerSplit {
            fit,
            held: self.held.clone(),
            costs: self.costs,
            whole: false,
        })
    }
}

/// The splits of the rows: three folds and a tenth, each for its models; none where a class cannot
/// be split. They are in rounds, to be scored one after another: what the splits of one round
/// choose is all that the next need score.
pub fn inner_splits(corpus: &Corpus, rows: &[usize], seed: u64) -> Vec<Vec<InnerSplit>> {
    let has_both = |rows: &[usize]| {
        let has = |label| rows.iter().any(|&row| corpus.label(row) == Some(label));
        Label::BOTH.into_iter().all(has)
    };
    let divide = |folds: usize, used: usize, costs: &'static [Cost]| {
        fold_and_others(corpus, rows, folds, seed)
            .take(used)
            .map(|[held, fit]| {
                let usable = has_both(&held) && has_both(&fit);
                usable.then_some(InnerSplit {
                    fit,
                    held,
                    costs,
                    whole: true,
                })
            })
            .collect::<Option<Vec<InnerSplit>>>()
            .unwrap_or_default()
    };
    // Where a tenth is enough to calibrate on, models that are not cheap are spared two fits.
    let (by_folds, by_tenth): (&[Cost], &[Cost]) = if rows.len() / ONE_IN < ENOUGH {
        (&[Cost::Cheap, Cost::Moderate], &[Cost::Costly])
    } else {
        (&[Cost::Cheap], &[Cost::Moderate, Cost::Costly])
    };
    let mut first = divide(FOLDS, FOLDS, by_folds);
    let one_chooses = first
        .first()
        .is_some_and(|split| split.held.len() >= ENOUGH_TO_CHOOSE);
    let others = first.split_off(if one_chooses { 1 } else { first.len() });
    first.extend(divide(ONE_IN, 1, by_tenth));
    vec![first, others]
}

/// Fits every candidate of the models that the split is for, and scores the rows held out.
pub fn score_split(
    split: &InnerSplit,
    choices: &[Option<&ModelSpec>],
    corpus: &Corpus,
    options: TrainOptions<'_>,
) -> Vec<SplitOutcome> {
    let wanted = |choice: &&ModelSpec| split.costs.contains(&choice.entry.cost());
    let views = choices
        .iter()
        .copied()
        .flatten()
        .filter(wanted)
        .flat_map(ModelSpec::views);
    if views.clone().next().is_none() {
        return choices.iter().map(|_| None).collect();
    }
    let augmented = match options.augmented(corpus, &split.fit) {
        Ok(augmented) => augmented,
        Err(reason) => {
            let refused = |_: &ModelSpec| Err(FitError::TooLarge(reason.clone()));
            return choices
                .iter()
                .map(|choice| choice.filter(wanted).map(refused))
                .collect();
        }
    };
    let extended = augmented.extend(corpus);
    let encoders = Encoders::learn(extended, &augmented.rows, &options.vocabulary, views);
    let unlabelled = options.unlabelled(
        choices.iter().copied().flatten().filter(wanted),
        corpus,
        &split.fit,
    );
    let of_corpus = |rows| Encoded::new(corpus, &encoders, rows);
    let rows = SplitRows {
        fit: Encoded::new(extended, &encoders, &augmented.rows),
        held: of_corpus(&split.held),
        unlabelled: unlabelled.as_deref().map(of_corpus),
        watched: options.watched.map(|watched| Watched {
            learned: &split.fit,
            ..watched
        }),
    };
    let scores = |choice: Option<&ModelSpec>| {
        let choice = choice.filter(wanted)?;
        Some(rows.scores(choice, split.whole, options))
    };
    choices.par_iter().copied().map(scores).collect()
}

/// Whether the fit on nine tenths stays, see [`Learner::REFIT`](crate::model::Learner::REFIT).
fn keeps_its_fit(entry: &dyn ModelEntry, path: &[Candidate]) -> bool {
    let of_bytes = |of: &Candidate| of.view.representation == Representation::Bytes;
    !entry.refits() && entry.cost() == Cost::Costly && path.iter().all(of_bytes)
}

/// The rows of one split as the models see them.
struct SplitRows<'a> {
    fit: Encoded<'a>,
    held: Encoded<'a>,
    unlabelled: Option<Encoded<'a>>,
    watched: Option<Watched<'a>>,
}

impl SplitRows<'_> {
    fn training_set(&self, view: FeatureView, seed: u64) -> TrainingSet<'_> {
        let unlabelled = self.unlabelled.as_ref().map(|emails| emails.rows(view));
        TrainingSet::new(self.fit.rows(view), seed).with_unlabelled(unlabelled)
    }

    /// Fits all candidates of a model, and scores the rows held out. Candidates that read alike
    /// stand together and are fitted as one path; paths side by side.
    fn scores(
        &self,
        choice: &ModelSpec,
        whole: bool,
        options: TrainOptions<'_>,
    ) -> Result<SplitScores, FitError> {
        let paths: Vec<&[Candidate]> = choice
            .candidates
            .chunk_by(|a, b| a.view == b.view)
            .collect();
        let score = |path: &&[Candidate]| {
            if whole && keeps_its_fit(choice.entry, path) {
                self.score_and_keep(choice.entry, path, options)
            } else {
                self.score(choice.entry, path, options)
            }
        };
        let paths = paths.par_iter().map(score);
        let mut all = SplitScores::default();
        for path in paths.collect::<Result<Vec<SplitScores>, FitError>>()? {
            all.scores.extend(path.scores);
            all.kept.extend(path.kept);
            all.seconds += path.seconds;
        }
        Ok(all)
    }

    /// Fits candidates that read alike, and scores the rows held out.
    fn score(
        &self,
        entry: &dyn ModelEntry,
        path: &[Candidate],
        options: TrainOptions<'_>,
    ) -> Result<SplitScores, FitError> {
        let refused = |error: SettingError| FitError::Solver(error.to_string());
        let Some(&Candidate { view, .. }) = path.first() else {
            return Ok(SplitScores::default());
        };
        let (data, held) = (self.training_set(view, options.seed), self.held.rows(view));
        let start = Instant::now();
        let grid = path
            .iter()
            .map(|candidate| entry.inner(&candidate.settings));
        let grid = grid
            .collect::<Result<Vec<Value>, SettingError>>()
            .map_err(refused)?;
        let mut notes = FitRecorder::new(entry.name(), Some(&data), None, None)
            .with_checkpoints(options.checkpoints, &grid);
        let fitted = entry.fit_path(&grid, &data, &mut notes)?;
        let scores = fitted
            .iter()
            .map(|fitted| fitted.classifier().raw_batch(held));
        Ok(SplitScores {
            scores: scores.collect(),
            kept: Vec::new(),
            seconds: start.elapsed().as_secs_f64(),
        })
    }

    /// The same for a model whose fit stays: with its own settings, not those of inner fits, and
    /// recorded as a final fit is.
    fn score_and_keep(
        &self,
        entry: &dyn ModelEntry,
        path: &[Candidate],
        options: TrainOptions<'_>,
    ) -> Result<SplitScores, FitError> {
        let mut all = SplitScores::default();
        for Candidate { settings, view } in path {
            let held = self.held.rows(*view);
            let data = self.training_set(*view, options.seed);
            let watched = self
                .watched
                .map(|watched| watched.draw(entry.cost(), &self.fit, *view, options.seed));
            let start = Instant::now();
            let fit = FinalFit::new(entry, settings, &data, watched.as_ref(), options)?;
            all.scores.push(fit.fitted.classifier().raw_batch(held));
            all.seconds += start.elapsed().saturating_sub(fit.looking).as_secs_f64();
            all.kept.push(fit);
        }
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::mail::{Content, Email};
    use crate::dataset::{CorpusBuilder, CorpusOptions, Example};
    use crate::model::{
        Classifier, Evidence, Family, FitObserver, FittedModel, Learner, NoSettings, Scale,
    };
    use crate::tokenize::Recipe;
    use crate::train::{CalibrationMethod, train};
    use serde::{Deserialize, Serialize};
    use serde_json::json;

    /// Spam is longer; fitted again or not.
    struct ByLength<const REFIT: bool>;

    #[derive(Serialize, Deserialize)]
    struct Length {
        boundary: f64,
    }

    impl<const REFIT: bool> Learner for ByLength<REFIT> {
        const NAME: &'static str = "by-length";
        const FAMILY: Family = Family::Discriminative;
        const SUMMARY: &'static str = "a test";
        const DEFAULT: bool = false;
        const COST: Cost = Cost::Costly;
        const REFIT: bool = REFIT;
        type Settings = NoSettings;
        type Fitted = Length;

        fn representation(_: &NoSettings) -> Representation {
            Representation::Bytes
        }

        fn fit(
            &self,
            _: &NoSettings,
            data: &TrainingSet<'_>,
            _: &mut dyn FitObserver,
        ) -> Result<Length, FitError> {
            let bytes: usize = data.examples().map(|email| email.text.len()).sum();
            let boundary = bytes as f64 / data.len() as f64;
            Ok(Length { boundary })
        }
    }

    impl FittedModel for Length {
        fn evidence(&self, email: Example<'_>) -> Evidence {
            Evidence::linear(email, self.score(email), |_| 0.0)
        }
    }

    impl Classifier for Length {
        fn score(&self, email: Example<'_>) -> f64 {
            email.text.len() as f64 - self.boundary
        }

        fn scale(&self) -> Scale {
            Scale::Margin
        }
    }

    #[test]
    fn only_where_a_fold_is_large_are_the_others_a_round_of_their_own() {
        let folds_of = |emails: usize| {
            let email = |at: usize| {
                let label = Label::from_is_spam(at.is_multiple_of(2));
                Email::new(
                    at.to_string(),
                    Some(label),
                    Content::Raw(format!("\n{at}").into_bytes()),
                )
            };
            let mut builder = CorpusBuilder::new(&Recipe::default(), CorpusOptions::default());
            builder.add((0..emails).map(email).collect());
            let corpus = builder.finish();
            let rounds = inner_splits(&corpus, &corpus.labelled_rows(), 1);
            let held = |split: &InnerSplit| split.held.len();
            rounds
                .iter()
                .map(|round| round.iter().map(held).collect())
                .collect::<Vec<Vec<usize>>>()
        };
        assert_eq!(folds_of(90), [vec![30, 30, 30, 9], vec![]]);
        let large = 3 * ENOUGH_TO_CHOOSE;
        assert_eq!(
            folds_of(large),
            [vec![large / 3, large / 10], vec![large / 3; 2]]
        );
    }

    #[test]
    fn a_fit_that_is_kept_is_the_one_that_was_calibrated() {
        // Lengths overlap, so that the calibration says something.
        let email = |at: usize| {
            Email::new(
                at.to_string(),
                Some(Label::from_is_spam(at.is_multiple_of(2))),
                Content::Raw(vec![b'a'; 20 + at * at % 97 + 15 * ((at + 1) % 2)]),
            )
        };
        let keep = CorpusOptions {
            text: true,
            ..CorpusOptions::default()
        };
        let mut builder = CorpusBuilder::new(&Recipe::default(), keep);
        builder.add((0..100).map(email).collect());
        let corpus = builder.finish();
        let rows = corpus.labelled_rows();
        let split = inner_splits(&corpus, &rows, 1).remove(0).pop().unwrap();
        assert_eq!((split.fit.len(), split.held.len()), (90, 10));
        let labels: Vec<Label> = split
            .held
            .iter()
            .filter_map(|&row| corpus.label(row))
            .collect();
        // Whether the calibration of the trained model is that of its own held-out scores.
        let calibrated = |entry: &'static dyn ModelEntry| {
            let spec = ModelSpec::new(entry, &json!({}), true).unwrap();
            let options = TrainOptions::seeded(1);
            let mut training = train(&[spec], &corpus, &rows, options, &|| ());
            let model = training.models.remove(0).unwrap();
            let columns = training.encoders.of_view(model.view).len();
            assert_eq!(model.columns, columns, "of another vocabulary");
            let held = Encoded::new(&corpus, &training.encoders, &split.held);
            let raw = model.scores(held.rows(model.view));
            model.calibration == CalibrationMethod::default().fit(&raw, &labels)
        };
        assert!(calibrated(&ByLength::<false>));
        assert!(!calibrated(&ByLength::<true>));
    }
}
