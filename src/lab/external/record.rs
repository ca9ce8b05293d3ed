//! The record of a model that was fitted elsewhere, on the folds of a comparison.
//!
//! Its predictions are a function of the mail that whoever fitted it answers for. What is learned
//! here, the calibration of scores and a decision by held-out mail, is learned for each fold from
//! the predictions of the other folds, so that no label of a message has a part in its own verdict.

use super::predictions::{ExternalModel, ExternalPrediction, Said, log_odds};
use crate::base::mail::Label;
use crate::dataset::Corpus;
use crate::lab::error::LabError;
use crate::lab::spec::ExperimentSpec;
use crate::lab::split::Split;
use crate::lab::split::id_table::RowsById;
use crate::model::{Calibration, RawOutput, Scale};
use crate::results::{
    Bound, EmailTable, FoldRun, ModelRecord, Outcome, Scored, ScoredEmails, decision_outcome,
    estimates, measure,
};
use crate::train::{HeldOutScores, choose};
use serde_json::json;
use std::collections::BTreeMap;

/// The record of each model on the folds of a split of this mail.
pub fn records(
    models: &[ExternalModel],
    spec: &ExperimentSpec,
    corpus: &Corpus,
    split: &Split,
    emails: &EmailTable,
) -> Result<Vec<ModelRecord>, LabError> {
    let record = |model: &ExternalModel| {
        let folds = by_fold(model, corpus, split).map_err(|why| LabError::External {
            file: model.place(),
            why,
        })?;
        Ok(measured(model, &folds, spec, corpus, emails))
    };
    models.iter().map(record).collect()
}

/// The test messages of a fold, and what was said of each.
struct Tested {
    rows: Vec<usize>,
    raw: Vec<RawOutput>,
}

/// What a model said of the test messages of each fold.
fn by_fold(model: &ExternalModel, corpus: &Corpus, split: &Split) -> Result<Vec<Tested>, String> {
    let name = &model.name;
    let said = by_row(model, corpus)?;
    if model.said == Said::Score && split.folds.len() < 2 {
        return Err(format!(
            "the scores of {name:?} need at least two folds, since those of one are calibrated on \
             the others; give probabilities"
        ));
    }
    let mut folds = Vec::new();
    let mut names: BTreeMap<&str, usize> = BTreeMap::new();
    for (fold, test) in split.folds.iter().map(|fold| &fold.test).enumerate() {
        let mut name_of_fold: Option<&str> = None;
        let mut raw = Vec::new();
        for &row in test {
            let id = corpus.id(row);
            let one = said[row].ok_or_else(|| {
                format!(
                    "{name:?} has no prediction of the message {id:?}; it needs one of every \
                     message that is tested"
                )
            })?;
            if let Some(given) = &one.fold {
                let of_name = *names.entry(given).or_insert(fold);
                if of_name != fold || *name_of_fold.get_or_insert(given) != given {
                    return Err(format!(
                        "the message {id:?} is not in fold {given:?} of this comparison: fit \
                         {name:?} on its folds (same mail, seed and number of folds, or the same \
                         split file)"
                    ));
                }
            }
            raw.push(RawOutput::of_score(match model.said {
                Said::Probability => log_odds(one.value),
                Said::Score => one.value,
            }));
        }
        folds.push(Tested {
            rows: test.clone(),
            raw,
        });
    }
    Ok(folds)
}

/// What a model said of each row.
fn by_row<'a>(
    model: &'a ExternalModel,
    corpus: &Corpus,
) -> Result<Vec<Option<&'a ExternalPrediction>>, String> {
    let name = &model.name;
    let rows = RowsById::of(corpus)?;
    let mut said = vec![None; corpus.len()];
    for one in &model.predictions {
        let id = &one.id;
        let row = rows.row(id).ok_or_else(|| {
            format!("no labelled message has the id {id:?}, of which {name:?} has a prediction")
        })?;
        if said[row].replace(one).is_some() {
            return Err(format!(
                "{name:?} has two predictions of the message {id:?}"
            ));
        }
    }
    Ok(said)
}

fn measured(
    model: &ExternalModel,
    folds: &[Tested],
    spec: &ExperimentSpec,
    corpus: &Corpus,
    emails: &EmailTable,
) -> ModelRecord {
    let run = |fold: usize| FoldRun {
        fold: fold as u32,
        outcome: Outcome::Scored(scored(model, folds, fold, spec, corpus)),
    };
    let summary = match model.said {
        Said::Probability => "fitted elsewhere; its probabilities are taken as they are",
        Said::Score => "fitted elsewhere; its scores are calibrated on the other folds",
    };
    let mut record = ModelRecord {
        name: model.name.clone(),
        family: model.family,
        external: true,
        summary: summary.to_owned(),
        settings: json!({}),
        runs: (0..folds.len()).map(run).collect(),
        estimates: BTreeMap::new(),
        outcome: None,
    };
    record.estimates = estimates(&record, emails);
    record.outcome = decision_outcome(&record, emails, spec.decision.costs());
    record
}

fn scored(
    model: &ExternalModel,
    folds: &[Tested],
    fold: usize,
    spec: &ExperimentSpec,
    corpus: &Corpus,
) -> Scored {
    let labels = |rows: &[usize]| -> Vec<Label> {
        rows.iter().filter_map(|&row| corpus.label(row)).collect()
    };
    let others = || folds.iter().enumerate().filter(|(at, _)| *at != fold);
    let held_out: Vec<usize> = others().flat_map(|(_, one)| one.rows.clone()).collect();
    let held_out_raw: Vec<RawOutput> = others().flat_map(|(_, one)| one.raw.clone()).collect();
    let held_out_labels = labels(&held_out);
    let (scale, calibration) = match model.said {
        Said::Probability => (Scale::LogOdds, Calibration::Identity),
        Said::Score => {
            let learned = spec.calibration.fit(&held_out_raw, &held_out_labels);
            (Scale::Index, learned)
        }
    };
    let odds = |raw: &[RawOutput]| -> Vec<f64> {
        raw.iter().map(|&raw| calibration.log_odds(raw)).collect()
    };
    let described = odds(&held_out_raw).into_iter().zip(held_out_labels);
    let described = described.zip(&held_out);
    let held_out = described.map(|((odds, label), &row)| (odds, label, corpus.group(row)));
    let decision = choose(spec.decision, &HeldOutScores::new(held_out));
    let Tested { rows, raw } = &folds[fold];
    let score: Vec<f64> = raw.iter().map(|raw| raw.score).collect();
    let log_odds = odds(raw);
    let metrics = measure(&ScoredEmails {
        labels: &labels(rows),
        score: &score,
        scale,
        log_odds: &log_odds,
        decision: decision.decision,
        code_lengths: &[],
    });
    Scored {
        chosen: json!({}),
        scale,
        calibration,
        decision,
        tried: Vec::new(),
        convergence: None,
        trace: Vec::new(),
        losses: Vec::new(),
        model_bytes: 0,
        bound: Bound::Exact,
        rows: rows.iter().map(|&row| row as u32).collect(),
        score,
        log_odds,
        metrics,
    }
}
