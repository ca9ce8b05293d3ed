//! The models of a file on other labelled mail, as an experiment of one fold that fits nothing.

use crate::base::mail::Label;
use crate::base::math::logit;
use crate::base::progress::Progress;
use crate::dataset::Corpus;
use crate::lab::analyses::{self, Compared, drift};
use crate::lab::cross_validation::{FoldResult, Protocol, labels, records};
use crate::lab::data::facts;
use crate::lab::data::{NewMail, Purpose};
use crate::lab::error::LabError;
use crate::lab::spec::ExperimentSpec;
use crate::lab::split::{Fold, Split};
use crate::model::file::{Card, Loaded, ModelCard, ModelFile};
use crate::model::{CodeLength, Scale, SettingError};
use crate::predict::{Classification, ScoredBatch, Scorer};
use crate::results::{
    ATTENTION, BestModels, Bound, CONTRAST, ChosenDecision, DRIFT, DataCard, DecisionRule,
    EmailTable, Experiment, HIDDEN, LATENT_SPACE, LIKELIHOOD_PLANE, MESSAGES, Metrics, Outcome,
    SCHEMA, ScoreSketch, Scored, ScoredEmails, SplitRecord, TOP_TOKENS, WORKED_EXAMPLE, bootstrap,
    compare_pairs, measure,
};
use crate::train::{ModelSpec, TrainError, TrainOptions, Trained, Training, choose_by_sketch};
use serde_json::json;
use std::collections::BTreeMap;

/// The scorer, of which every model decides by this rule on the scores of held-out mail that the
/// file keeps.
pub fn deciding(scorer: Scorer, rule: DecisionRule, file: &ModelFile) -> Result<Scorer, LabError> {
    let held_out: BTreeMap<String, [ScoreSketch; 2]> = file.held_out()?;
    let choose = |card: &ModelCard| match held_out.get(&card.name) {
        Some(sketches) => choose_by_sketch(rule, sketches),
        None => ChosenDecision {
            decision: rule.without_held_out(),
            rule,
            held_out: [0, 0],
        },
    };
    Ok(scorer.deciding(choose))
}

/// The analyses of a comparison that fit nothing.
const WITHOUT_FITTING: [&str; 7] = [
    ATTENTION,
    CONTRAST,
    LATENT_SPACE,
    LIKELIHOOD_PLANE,
    TOP_TOKENS,
    WORKED_EXAMPLE,
    MESSAGES,
];

/// How the record of an evaluation tells its split, which is one test set.
fn single(split: &Split) -> SplitRecord {
    SplitRecord {
        folds: 1,
        description: split.description.clone(),
        ..SplitRecord::default()
    }
}

/// The models of a scorer on mail that it scored, with how that mail differs from the training mail
/// of the file. Only a report needs more than the models' metrics, see [`Purpose`].
pub fn evaluate(
    file: &ModelFile,
    scorer: Scorer,
    given: &ExperimentSpec,
    new: &NewMail,
    progress: &dyn Progress,
) -> Result<Experiment, LabError> {
    let corpus = new.scored.corpus();
    let emails = facts::emails(corpus);
    let drift = drift(file, &scorer, new)?;
    let training = Training {
        encoders: new.scored.encoders().clone(),
        models: trained(file, scorer)?.into_iter().map(Ok).collect(),
    };
    let models = specs(&training)?;
    let card = file.card();
    let spec = spec(given, card, &training, new.purpose);
    let split = split(corpus, card, spec.redact);
    let first = training.models.iter().flatten().next();
    let decision = first.map_or_else(DecisionRule::default, |model| model.decision.rule);
    let protocol = Protocol {
        models: &models,
        options: TrainOptions {
            deciding: decision,
            ..spec.train_options()
        },
        split: &split,
        candidates: &[],
    };
    let results = [tested(training, &new.scored, &split.folds[0])];
    let records = records(&protocol, &results, &emails);
    let mut analyses = analyses::run(&Compared {
        spec: &spec,
        protocol: &protocol,
        corpus,
        results: &results,
        models: &records,
        best: &BestModels::of(&records),
        external: &[],
        progress,
    });
    analyses.insert(DRIFT.to_owned(), json!(drift));
    let mut experiment = Experiment {
        schema: SCHEMA,
        program: format!("spamlab {}", env!("CARGO_PKG_VERSION")),
        stamp: None,
        name: given.data.name(),
        decision,
        split: single(&split),
        data: data_card(new),
        baseline: baseline(card.emails, &emails),
        comparisons: compare_pairs(&records, &emails),
        families: None,
        analyses,
        highlighted: None,
        tokenizer_trials: Vec::new(),
        spec: json!(spec),
        models: records,
        emails,
    };
    bootstrap(&mut experiment, spec.resamples, spec.seed, progress);
    if spec.redact {
        experiment.redact();
    }
    Ok(experiment)
}

fn data_card(new: &NewMail) -> DataCard {
    DataCard {
        leaky_tokens: match new.purpose {
            Purpose::Metrics => Vec::new(),
            Purpose::Report => {
                let corpus = new.scored.corpus();
                facts::leaky_tokens(corpus, &corpus.labelled_rows())
            }
        },
        ..new.card.clone()
    }
}

/// The models of a file as training left them.
fn trained(file: &ModelFile, scorer: Scorer) -> Result<Vec<Trained>, LabError> {
    let (mut facts, mut held_out) = (file.facts()?, file.held_out()?);
    let one = |Loaded { card, fitted }: Loaded| {
        let unknown = || file.damaged(&format!("this program knows no model {}", card.name));
        Ok(Trained {
            entry: file.catalog().model(&card.name).ok_or_else(unknown)?,
            facts: facts.remove(&card.name).unwrap_or_default(),
            held_out: held_out.remove(&card.name).unwrap_or_default(),
            settings: card.settings,
            view: card.view,
            columns: card.columns,
            fitted,
            calibration: card.calibration,
            decision: card.decision,
            novelty_reference: card.novelty_reference,
            seconds: 0.0,
        })
    };
    scorer.into_loaded().into_iter().map(one).collect()
}

/// What was asked, with what the file says of its models.
fn spec(
    given: &ExperimentSpec,
    card: &Card,
    training: &Training,
    purpose: Purpose,
) -> ExperimentSpec {
    let models = training.models.iter().flatten();
    ExperimentSpec {
        models: models.map(|model| model.entry.name().to_owned()).collect(),
        recipe: card.recipe.clone(),
        vocabulary: card.vocabulary,
        analyses: match purpose {
            Purpose::Metrics => BTreeMap::new(),
            Purpose::Report => WITHOUT_FITTING
                .map(|name| (name.to_owned(), json!(true)))
                .into(),
        },
        ..given.clone()
    }
}

/// All labelled mail as the test set of one fold.
fn split(corpus: &Corpus, card: &Card, redact: bool) -> Split {
    let source = if redact { HIDDEN } else { &card.source };
    Split {
        folds: vec![Fold {
            train: Vec::new(),
            test: corpus.labelled_rows(),
        }],
        description: format!("models trained on {source}, tested on all of this mail"),
    }
}

/// What was asked of training to get these models.
fn specs(training: &Training) -> Result<Vec<ModelSpec>, LabError> {
    let spec = |model: &Trained| {
        let refused = |error: SettingError| LabError::Model {
            model: model.entry.name().to_owned(),
            error: error.into(),
        };
        ModelSpec::new(model.entry, &model.settings, true).map_err(refused)
    };
    training.models.iter().flatten().map(spec).collect()
}

/// The fold of which all mail that was scored is the test set.
fn tested<'a>(training: Training, batch: &'a ScoredBatch, fold: &Fold) -> FoldResult<'a> {
    let run = |(at, model): (usize, &Result<Trained, TrainError>)| match model {
        Ok(trained) => Outcome::Scored(scored(trained, batch, at, &fold.test)),
        Err(error) => Outcome::Failed(error.to_string()),
    };
    let code_lengths = |at: usize| code_lengths(batch, at, &fold.test);
    FoldResult {
        corpus: batch.corpus(),
        candidate_losses: Vec::new(),
        runs: training.models.iter().enumerate().map(run).collect(),
        code_lengths: (0..training.models.len()).map(code_lengths).collect(),
        scoring: training.models.iter().map(|_| None).collect(),
        training,
    }
}

/// What each message cost a model of text.
fn code_lengths(batch: &ScoredBatch, at: usize, rows: &[usize]) -> Vec<CodeLength> {
    let said = rows.iter().map(|&row| &batch.verdicts(at)[row]);
    said.filter_map(|said| said.code_length).collect()
}

fn scored(trained: &Trained, batch: &ScoredBatch, at: usize, rows: &[usize]) -> Scored {
    let said = || rows.iter().map(|&row| &batch.verdicts(at)[row]);
    let column =
        |value: &dyn Fn(&Classification) -> f64| -> Vec<f64> { said().map(value).collect() };
    let (score, log_odds) = (column(&|said| said.score), column(&|said| said.log_odds));
    let code_lengths = code_lengths(batch, at, rows);
    let metrics = measure(&ScoredEmails {
        labels: &labels(batch.corpus(), rows),
        score: &score,
        scale: trained.scale(),
        log_odds: &log_odds,
        decision: trained.decision.decision,
        code_lengths: &code_lengths,
    });
    Scored {
        chosen: trained.settings.clone(),
        scale: trained.scale(),
        calibration: trained.calibration.clone(),
        decision: trained.decision,
        tried: Vec::new(),
        convergence: trained.facts.convergence,
        trace: trained.facts.trace.clone(),
        losses: Vec::new(),
        model_bytes: trained.fitted.save().map_or(0, |bytes| bytes.len()),
        bound: code_lengths.first().map_or(Bound::Exact, |one| one.bound),
        rows: rows.iter().map(|&row| row as u32).collect(),
        score,
        log_odds,
        metrics,
    }
}

/// What always answering with the training mail's share of spam gets.
fn baseline([ham, spam]: [usize; 2], emails: &EmailTable) -> Metrics {
    let labels: Vec<Label> = emails.labels.iter().copied().flatten().collect();
    let prior = logit(spam as f64 / (ham + spam).max(1) as f64).clamp(-50.0, 50.0);
    let log_odds = vec![prior; labels.len()];
    measure(&ScoredEmails {
        labels: &labels,
        score: &log_odds,
        scale: Scale::LogOdds,
        log_odds: &log_odds,
        decision: ChosenDecision::default().decision,
        code_lengths: &[],
    })
}
