//! Fitting and calibrating one or many models on training rows.
//!
//! Everything that is learned is learned here, from the rows given: vocabulary and weights, the
//! settings left open (chosen by the log loss of calibrated scores on held-out rows) and the
//! calibration (Platt on the same held-out scores). Cheap models use three inner folds, costly ones
//! one held-out tenth; copies stay on one side. Both families read the very same tokens on the very
//! same rows.

pub mod augment;
pub mod calibration;
mod counted;
mod inner_folds;
mod part;
mod recorder;
mod search;

pub use calibration::CalibrationMethod;
pub use counted::train_counted;
pub(crate) use recorder::mean_loss;
pub use search::{Search, SearchStrategy};

use crate::dataset::features::{Encoded, Encoders, VocabularySettings};
use crate::dataset::{Corpus, FeatureView, Rows, TrainingSet};
use crate::model::file::{ModelCard, SavedModel};
use crate::model::{
    Calibration, Family, FitError, FitReport, Fitted, LossPoint, ModelEntry, NoveltyReference,
    ObjectivePoint, RawOutput, Scale, SettingError,
};
use crate::tokenize::{TokenKind, TokenKinds};
use crate::train::augment::{Augmentation, Augmented};
use rayon::prelude::*;
use recorder::FitRecorder;
use rustc_hash::FxHashSet;
use serde_json::Value;
use std::time::{Duration, Instant};

/// Settings that a model may be trained with.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// All settings.
    pub settings: Value,
    /// What the model reads of the mail with these settings.
    pub view: FeatureView,
}

/// A model to train, with all its settings.
#[derive(Clone)]
pub struct ModelSpec {
    /// Its row in the table.
    pub entry: &'static dyn ModelEntry,
    /// All its settings, before training chooses what they leave open.
    pub settings: Value,
    /// What training chooses among, at least one.
    pub candidates: Vec<Candidate>,
    /// Whether the user asked for it by name: then what is beyond its limit is an error, else it is
    /// only left out.
    pub required: bool,
    /// How its candidates were searched for, if they are more than its own grid.
    pub search: Option<SearchStrategy>,
}

impl ModelSpec {
    /// A model with the settings given over its defaults. Of a setting that is given as a list
    /// training chooses one, together with those left open: all combinations are candidates.
    pub fn new(
        entry: &'static dyn ModelEntry,
        given: &Value,
        required: bool,
    ) -> Result<ModelSpec, SettingError> {
        let mut all = vec![given.clone()];
        // Numbers last, so that settings that differ in one alone are neighbours: the next may
        // start from the last one's answer.
        let is_word = |setting: &str| {
            entry
                .settings_table()
                .iter()
                .any(|row| row.name == setting && row.range.few_values().is_some())
        };
        let mut lists: Vec<(&String, &Value)> = given.as_object().into_iter().flatten().collect();
        lists.sort_by_key(|(setting, _)| !is_word(setting));
        for (setting, value) in lists {
            let Some(values) = value.as_array().filter(|values| !values.is_empty()) else {
                continue;
            };
            let with = |given: &Value| {
                let set = |value: &Value| {
                    let mut given = given.clone();
                    given[setting] = value.clone();
                    given
                };
                values.iter().map(set).collect::<Vec<Value>>()
            };
            all = all.iter().flat_map(with).collect();
        }
        let all = all
            .iter()
            .map(|given| entry.settings(given))
            .collect::<Result<Vec<Value>, SettingError>>()?;
        let mut settings = all.first().cloned().unwrap_or_default();
        for (setting, value) in given
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(_, value)| value.is_array())
        {
            settings[setting] = value.clone();
        }
        Ok(ModelSpec {
            entry,
            settings,
            candidates: candidates(entry, &all)?,
            required,
            search: None,
        })
    }

    /// Whether so many messages are within the limit of all its candidates; else a sentence that
    /// says what to use instead.
    pub fn applicable(&self, emails: usize) -> Result<(), String> {
        self.candidates
            .iter()
            .try_for_each(|candidate| self.entry.applicable(&candidate.settings, emails))
    }

    /// What it reads, by candidate.
    pub fn views(&self) -> impl Iterator<Item = FeatureView> + Clone {
        self.candidates.iter().map(|candidate| candidate.view)
    }

    /// The same without tokens of the given kinds.
    #[must_use]
    pub fn without(mut self, kinds: TokenKinds) -> ModelSpec {
        for Candidate { view, .. } in &mut self.candidates {
            view.kinds = kinds.iter().fold(view.kinds, TokenKinds::without);
        }
        self
    }

    /// Whether any of its candidates reads tokens of `kind`.
    pub fn holds(&self, kind: TokenKind) -> bool {
        FeatureView::union(self.views()).holds(kind)
    }

    /// The same with tokens of `kind` if it reads none, else without them.
    #[must_use]
    pub fn changed(mut self, kind: TokenKind) -> ModelSpec {
        if self.holds(kind) {
            return self.without(TokenKinds::NONE.with(kind));
        }
        for Candidate { view, .. } in &mut self.candidates {
            view.kinds = view.kinds.with(kind);
        }
        self
    }
}

/// What training chooses among: for each of `all` settings the grid that they leave open.
/// Candidates that read alike stand together, so that one can start from its neighbour's answer.
fn candidates(entry: &dyn ModelEntry, all: &[Value]) -> Result<Vec<Candidate>, SettingError> {
    let mut candidates: Vec<Candidate> = Vec::new();
    for settings in all {
        for settings in entry.grid(settings)? {
            candidates.push(Candidate {
                view: entry.view(&settings)?,
                settings,
            });
        }
    }
    candidates.sort_by_key(|candidate| candidate.view);
    Ok(candidates)
}

/// Why there is no trained model.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// The data are beyond the model's stated limit.
    #[error("{0}")]
    NotApplicable(String),
    /// The fit failed.
    #[error(transparent)]
    Fit(#[from] FitError),
    /// Its settings cannot be.
    #[error(transparent)]
    Setting(#[from] SettingError),
}

/// A model fitted and calibrated.
pub struct Trained {
    /// Its row in the table.
    pub entry: &'static dyn ModelEntry,
    /// Its settings, those chosen by training included.
    pub settings: Value,
    /// What it reads.
    pub view: FeatureView,
    /// Tokens of the vocabulary that it reads.
    pub columns: usize,
    /// The model.
    pub fitted: Box<dyn Fitted>,
    /// From its raw score to log-odds.
    pub calibration: Calibration,
    /// What the novelty of new mail is judged by, of a model that gives code lengths.
    pub novelty_reference: Option<NoveltyReference>,
    /// How the fit went.
    pub facts: FitReport,
    /// Seconds spent on tuning, calibration and the final fit.
    pub seconds: f64,
}

impl Trained {
    /// What its raw score means.
    pub fn scale(&self) -> Scale {
        self.fitted.classifier().scale()
    }

    /// Raw scores of messages in its encoding.
    pub fn scores(&self, rows: &Rows<'_>) -> Vec<RawOutput> {
        self.fitted.classifier().raw_batch(rows)
    }
}

impl From<&Trained> for ModelCard {
    fn from(trained: &Trained) -> ModelCard {
        ModelCard {
            name: trained.entry.name().to_owned(),
            family: trained.entry.family(),
            settings: trained.settings.clone(),
            view: trained.view,
            columns: trained.columns,
            scale: trained.scale(),
            calibration: trained.calibration.clone(),
            novelty_reference: trained.novelty_reference.clone(),
        }
    }
}

impl<'a> From<&'a Trained> for SavedModel<'a> {
    fn from(trained: &'a Trained) -> SavedModel<'a> {
        SavedModel {
            name: trained.entry.name(),
            fitted: &*trained.fitted,
            report: &trained.facts,
        }
    }
}

/// All models trained on the same rows, and the encoder they share.
pub struct Training {
    /// Learned from the rows.
    pub encoders: Encoders,
    /// One for each choice, in order.
    pub models: Vec<Result<Trained, TrainError>>,
}

impl Training {
    /// Mean loss of the best settings of each model on the mail held out for choosing them, in
    /// bits: the mean over both families, so that neither decides by the number of its models. None
    /// if nothing was held out.
    pub fn held_out_loss_bits(&self) -> Option<f64> {
        let of_family = |family: Family| {
            let models = self
                .models
                .iter()
                .flatten()
                .filter(|model| model.entry.family() == family);
            let losses: Vec<f64> = models
                .filter_map(|model| model.facts.held_out_loss_bits())
                .collect();
            (!losses.is_empty()).then(|| losses.iter().sum::<f64>() / losses.len() as f64)
        };
        let families: Vec<f64> = Family::BOTH.into_iter().filter_map(of_family).collect();
        (!families.is_empty()).then(|| families.iter().sum::<f64>() / families.len() as f64)
    }
}

/// Is told the name of a model and a step of its fit, with what it then lost if that was measured.
pub type ProgressFn<'a> = dyn Fn(&str, ObjectivePoint, Option<LossPoint>) + Sync + 'a;

/// On what terms models are trained, whichever they are.
#[derive(Clone, Copy, Default)]
pub struct TrainOptions<'a> {
    /// How the vocabulary is learned.
    pub vocabulary: VocabularySettings,
    /// What is added to the training mail.
    pub augmentation: Option<&'a Augmentation>,
    /// Rows that are learned from as if nobody had told their class, instead of those of which
    /// nobody did.
    pub hidden: Option<&'a [usize]>,
    /// Labelled rows to look at after each step of a final fit. No model sees them.
    pub watched: Option<&'a [usize]>,
    /// How scores become probabilities.
    pub calibrating: CalibrationMethod,
    /// Is told of every step of a final fit, by the name of its model.
    pub live: Option<&'a ProgressFn<'a>>,
    /// Seed of everything random.
    pub seed: u64,
}

impl TrainOptions<'_> {
    /// The usual terms.
    pub fn seeded(seed: u64) -> TrainOptions<'static> {
        TrainOptions {
            seed,
            ..TrainOptions::default()
        }
    }

    /// The rows with what is to be added to them; else why that could not be.
    fn augmented(&self, corpus: &Corpus, rows: &[usize]) -> Result<Augmented, String> {
        match self.augmentation {
            Some(augmentation) => augmentation.of_rows(corpus, rows, self.seed),
            None => Ok(Augmented::plain(rows)),
        }
    }
}

/// Trains each of `choices` on `rows` of `corpus`, which must be labelled. `done` is told whenever
/// one model is finished.
pub fn train(
    choices: &[ModelSpec],
    corpus: &Corpus,
    rows: &[usize],
    terms: TrainOptions<'_>,
    done: &(dyn Fn() + Sync),
) -> Training {
    let (augmented, refused) = match terms.augmented(corpus, rows) {
        Ok(augmented) => (augmented, None),
        Err(reason) => (Augmented::plain(rows), Some(reason)),
    };
    let vocabulary = terms.vocabulary;
    let extended = augmented.extend(corpus);
    let held_out = match refused {
        Some(reason) => choices
            .iter()
            .map(|_| Err(TrainError::NotApplicable(reason.clone())))
            .collect(),
        None => inner_folds::scores(choices, corpus, rows, augmented.rows.len(), terms),
    };
    let encoders = Encoders::learn(
        extended,
        &augmented.rows,
        &vocabulary,
        choices.iter().flat_map(ModelSpec::views),
    );
    let encoded = Encoded::new(extended, &encoders, &augmented.rows);
    let unlabelled = unlabelled(choices.iter(), corpus, rows, terms.hidden);
    let unlabelled = unlabelled
        .as_deref()
        .map(|rows| Encoded::new(corpus, &encoders, rows));
    let watched = terms
        .watched
        .map(|rows| Encoded::new(corpus, &encoders, rows));
    let models = choices
        .par_iter()
        .zip(held_out)
        .map(|(choice, held_out)| {
            let trained = held_out.and_then(|held_out| {
                finish(
                    choice,
                    held_out,
                    &encoded,
                    unlabelled.as_ref(),
                    watched.as_ref(),
                    terms,
                )
            });
            done();
            trained
        })
        .collect();
    drop((encoded, unlabelled, watched));
    Training { encoders, models }
}

/// The messages of which nobody told the class, or those that are `hidden`, if one of the models
/// learns from them: but for copies of labelled messages that are neither among `rows` nor hidden,
/// which would let a model see what it is tested on.
fn unlabelled<'c>(
    mut choices: impl Iterator<Item = &'c ModelSpec>,
    corpus: &Corpus,
    rows: &[usize],
    hidden: Option<&[usize]>,
) -> Option<Vec<usize>> {
    if !choices.any(|choice| choice.entry.is_semi_supervised()) {
        return None;
    }
    let unlabelled = || {
        (0..corpus.len())
            .filter(|&row| corpus.label(row).is_none())
            .collect()
    };
    let mut found: Vec<usize> = hidden.map_or_else(unlabelled, <[usize]>::to_vec);
    let seen: FxHashSet<usize> = rows.iter().chain(&found).copied().collect();
    let tested = corpus
        .labelled_rows()
        .into_iter()
        .filter(|row| !seen.contains(row));
    let tested: FxHashSet<u32> = tested.map(|row| corpus.group(row)).collect();
    found.retain(|&row| !tested.contains(&corpus.group(row)));
    (!found.is_empty()).then_some(found)
}

/// Chooses the settings by what was held out, and fits them on all rows unless their fit is kept.
fn finish(
    choice: &ModelSpec,
    held_out: inner_folds::HeldOut,
    encoded: &Encoded<'_>,
    unlabelled: Option<&Encoded<'_>>,
    watched: Option<&Encoded<'_>>,
    terms: TrainOptions<'_>,
) -> Result<Trained, TrainError> {
    let inner_folds::HeldOut {
        chosen: Candidate { settings, view },
        calibration,
        novelty_reference,
        tried,
        kept,
        seconds,
    } = held_out;
    let refit = || {
        let start = Instant::now();
        let data = TrainingSet::new(encoded.rows(view), terms.seed)
            .with_unlabelled(unlabelled.map(|emails| emails.rows(view)));
        let watched = watched.map(|emails| TrainingSet::new(emails.rows(view), terms.seed));
        let fit = FinalFit::new(choice.entry, &settings, &data, watched.as_ref(), terms.live)?;
        let seconds = seconds + start.elapsed().saturating_sub(fit.looking).as_secs_f64();
        Ok::<_, FitError>((fit, seconds))
    };
    // What a kept fit took is among the seconds of the held-out scores.
    let (fit, seconds) = kept.map_or_else(refit, |fit| Ok((fit, seconds)))?;
    Ok(Trained {
        entry: choice.entry,
        settings,
        view,
        columns: fit.columns,
        fitted: fit.fitted,
        calibration,
        novelty_reference,
        facts: FitReport {
            tried,
            ..fit.report
        },
        seconds,
    })
}

/// A fit that stays, and how it went.
struct FinalFit {
    fitted: Box<dyn Fitted>,
    columns: usize,
    report: FitReport,
    /// What looking at it took, which is not the model's time.
    looking: Duration,
}

impl FinalFit {
    fn new(
        entry: &dyn ModelEntry,
        settings: &Value,
        data: &TrainingSet<'_>,
        watched: Option<&TrainingSet<'_>>,
        live: Option<&ProgressFn<'_>>,
    ) -> Result<FinalFit, FitError> {
        let mut notes = FitRecorder::new(entry.name(), data, watched, live);
        let mut fitted = entry.fit_path(std::slice::from_ref(settings), data, &mut notes)?;
        let fitted = fitted
            .pop()
            .ok_or_else(|| FitError::Solver("nothing was fitted".to_owned()))?;
        let report = FitReport {
            convergence: notes.convergence,
            trace: notes.trace,
            losses: notes.losses,
            tried: Vec::new(),
        };
        Ok(FinalFit {
            fitted,
            columns: data.columns(),
            report,
            looking: notes.looking,
        })
    }
}
