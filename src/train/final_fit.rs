//! A fit that stays, recorded step by step.

use super::options::ProgressFn;
use super::recorder::FitRecorder;
use super::watched::WatchedRows;
use crate::dataset::TrainingSet;
use crate::model::{FitError, FitReport, Fitted, ModelEntry};
use serde_json::Value;
use std::time::Duration;

/// A fit that stays, and how it went.
pub struct FinalFit {
    pub fitted: Box<dyn Fitted>,
    pub report: FitReport,
    /// Time spent on measuring its loss step by step, which is not the model's.
    pub looking: Duration,
}

impl FinalFit {
    /// Fits one model with these settings; `live` is told of every step.
    pub fn new(
        entry: &dyn ModelEntry,
        settings: &Value,
        data: &TrainingSet<'_>,
        watched: Option<&WatchedRows<'_>>,
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
            report,
            looking: notes.looking,
        })
    }
}
