//! One row per mail and model, so that anyone can recompute every figure elsewhere.

use crate::base::mail::Label;
use crate::base::math::sigmoid;
use crate::base::shown::CsvText;
use crate::results::decision::Verdict;
use crate::results::experiment::Experiment;
use crate::results::fit::Family;
use crate::results::model_record::Scored;
use std::io::Write;

/// The header of the table.
const COLUMNS: [&str; 9] = [
    "id",
    "label",
    "model",
    "family",
    "fold",
    "score",
    "log_odds",
    "probability",
    "predicted",
];

/// One row of the table.
#[derive(Debug, Clone, PartialEq)]
pub struct Prediction<'a> {
    /// Identifier of the message.
    pub id: &'a str,
    /// Its true label, where known.
    pub label: Option<Label>,
    /// The model.
    pub model: &'a str,
    /// Its family.
    pub family: Family,
    /// The fold, from 0; empty for a model that was trained beforehand.
    pub fold: Option<u32>,
    /// Raw score.
    pub score: f64,
    /// Calibrated log-odds of spam, in nats.
    pub log_odds: f64,
    /// The verdict on them.
    pub predicted: Verdict,
}

/// Writes rows as CSV, the header first, with identifiers as `texts` says. Numbers are written so
/// that they read back to the same bits.
pub fn write_predictions<'a>(
    out: impl Write,
    texts: CsvText,
    rows: impl Iterator<Item = Prediction<'a>>,
) -> csv::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(COLUMNS)?;
    for row in rows {
        writer.write_record([
            texts.cell(row.id).as_ref(),
            row.label.map_or("", Label::name),
            row.model,
            &row.family.to_string(),
            &row.fold.map_or(String::new(), |fold| fold.to_string()),
            &row.score.to_string(),
            &row.log_odds.to_string(),
            &sigmoid(row.log_odds).to_string(),
            row.predicted.name(),
        ])?;
    }
    writer.flush()?;
    Ok(())
}

impl Experiment {
    /// Every prediction, model by model and fold by fold.
    pub fn predictions(&self) -> impl Iterator<Item = Prediction<'_>> {
        self.models.iter().flat_map(move |model| {
            model
                .scored()
                .flat_map(move |(fold, scored): (u32, &Scored)| {
                    scored
                        .rows
                        .iter()
                        .enumerate()
                        .map(move |(at, &row)| Prediction {
                            id: &self.emails.ids[row as usize],
                            label: self.emails.labels[row as usize],
                            model: &model.name,
                            family: model.family,
                            fold: Some(fold),
                            score: scored.score[at],
                            log_odds: scored.log_odds[at],
                            predicted: scored.verdict(at),
                        })
                })
        })
    }
}
