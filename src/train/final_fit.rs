//! A fit that stays, recorded step by step.

use super::options::TrainOptions;
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
    /// Fits one model with these settings.
    pub fn new(
        entry: &dyn ModelEntry,
        settings: &Value,
        data: &TrainingSet<'_>,
        watched: Option<&WatchedRows<'_>>,
        options: TrainOptions<'_>,
    ) -> Result<FinalFit, FitError> {
        let settings = std::slice::from_ref(settings);
        let mut notes = FitRecorder::new(entry.name(), Some(data), watched, options.live)
            .with_checkpoints(options.checkpoints, settings);
        let mut fitted = entry.fit_path(settings, data, &mut notes)?;
        let fitted = fitted
            .pop()
            .ok_or_else(|| FitError::Solver("nothing was fitted".to_owned()))?;
        let looking = notes.looking;
        Ok(FinalFit {
            fitted,
            report: notes.into(),
            looking,
        })
    }
}
