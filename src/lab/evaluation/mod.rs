//! The models of a file on other labelled mail, as an experiment of one fold that fits nothing.

use crate::base::mail::Label;
use crate::base::math::logit;
use crate::base::progress::Progress;
use crate::lab::analyses::drift;
use crate::lab::data::NewMail;
use crate::lab::error::LabError;
use crate::lab::facts;
use crate::lab::spec::ExperimentSpec;
use crate::model::file::{ModelCard, ModelFile};
use crate::model::{Catalog, CodeLength, Scale};
use crate::predict::{Classification, ScoredBatch, Scorer};
use crate::results::{
    ChosenDecision, DRIFT, DataCard, DecisionRule, EmailTable, Experiment, FoldRun, Metrics,
    ModelRecord, Outcome, SCHEMA, ScoreSketch, Scored, ScoredEmails, SplitRecord, bootstrap,
    compare_pairs, decision_outcome, estimates, measure,
};
use crate::train::choose_by_sketch;
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

/// The models of a scorer on mail that it scored, with how that mail differs from the training mail
/// of the file.
pub fn evaluate(
    file: &ModelFile,
    scorer: &Scorer,
    asked: &ExperimentSpec,
    new: &NewMail,
    progress: &dyn Progress,
) -> Result<Experiment, LabError> {
    let catalog = file.catalog();
    let corpus = new.scored.corpus();
    let emails = facts::emails(corpus);
    let record = |at: usize| record(scorer, at, &new.scored, &emails, catalog);
    let models: Vec<ModelRecord> = (0..scorer.loaded().len()).map(record).collect();
    let card = file.card();
    let spec = ExperimentSpec {
        models: models.iter().map(|model| model.name.clone()).collect(),
        recipe: card.recipe.clone(),
        vocabulary: card.vocabulary,
        analyses: BTreeMap::new(),
        ..asked.clone()
    };
    let rule = scorer
        .loaded()
        .first()
        .map(|model| model.card.decision.rule);
    let mut experiment = Experiment {
        schema: SCHEMA,
        program: format!("spamlab {}", env!("CARGO_PKG_VERSION")),
        stamp: None,
        name: asked.data.name(),
        decision: rule.unwrap_or_default(),
        split: SplitRecord {
            folds: 1,
            description: format!(
                "models trained on {}, tested on all of this mail",
                card.source
            ),
        },
        data: DataCard {
            leaky_tokens: facts::leaky_tokens(corpus),
            ..new.card.clone()
        },
        baseline: baseline(card.emails, &emails),
        comparisons: compare_pairs(&models, &emails),
        families: None,
        analyses: BTreeMap::from([(DRIFT.to_owned(), json!(drift(file, scorer, new)?))]),
        tokenizer_trials: Vec::new(),
        spec: json!(spec),
        models,
        emails,
    };
    bootstrap(&mut experiment, spec.resamples, spec.seed, progress);
    if spec.redact {
        experiment.redact();
    }
    Ok(experiment)
}

fn record(
    scorer: &Scorer,
    at: usize,
    batch: &ScoredBatch,
    emails: &EmailTable,
    catalog: &Catalog,
) -> ModelRecord {
    let card = &scorer.loaded()[at].card;
    let summary = catalog
        .model(&card.name)
        .map_or("", |entry| entry.summary());
    let scored = scored(scorer, at, batch);
    let mut record = ModelRecord {
        name: card.name.clone(),
        family: card.family,
        external: false,
        summary: summary.to_owned(),
        settings: card.settings.clone(),
        runs: vec![FoldRun {
            fold: 0,
            outcome: Outcome::Scored(scored),
        }],
        estimates: BTreeMap::new(),
        outcome: None,
    };
    record.estimates = estimates(&record, emails);
    record.outcome = decision_outcome(&record, emails, card.decision.rule.costs());
    record
}

fn scored(scorer: &Scorer, at: usize, batch: &ScoredBatch) -> Scored {
    let loaded = &scorer.loaded()[at];
    let corpus = batch.corpus();
    let rows = corpus.labelled_rows();
    let labels: Vec<Label> = rows.iter().filter_map(|&row| corpus.label(row)).collect();
    let said = || rows.iter().map(|&row| &batch.verdicts(at)[row]);
    let column =
        |value: &dyn Fn(&Classification) -> f64| -> Vec<f64> { said().map(value).collect() };
    let (score, log_odds) = (column(&|said| said.score), column(&|said| said.log_odds));
    let code_lengths: Vec<CodeLength> = said().filter_map(|said| said.code_length).collect();
    let metrics = measure(&ScoredEmails {
        labels: &labels,
        score: &score,
        scale: loaded.card.scale,
        log_odds: &log_odds,
        decision: loaded.card.decision.decision,
        code_lengths: &code_lengths,
    });
    Scored {
        chosen: loaded.card.settings.clone(),
        scale: loaded.card.scale,
        calibration: loaded.card.calibration.clone(),
        decision: loaded.card.decision,
        tried: Vec::new(),
        convergence: None,
        trace: Vec::new(),
        losses: Vec::new(),
        model_bytes: loaded.fitted.save().map_or(0, |bytes| bytes.len()),
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
