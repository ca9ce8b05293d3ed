//! What an experiment found, as plain data: predictions, metrics, comparisons. Knows no model; a saved experiment can be
//! drawn again years later.

mod ablation;
mod experiment;
mod mcnemar;
pub mod metric;
mod predictions;

pub use crate::model::Calibration;
pub use ablation::{Ablation, Change, Standing, Variant};
pub use experiment::{
    Comparison, Conflict, Contrast, Curve, CurvePoint, DataCard, Experiment, Mails, Message, Metrics, ModelRecord,
    Outcome, Place, Plan, Rejected, Run, SCHEMA, Scored, Searched, Spread, Timing, TokenContrast, Vote,
};
pub use mcnemar::{McNemar, mcnemar};
pub use metric::{Judged, METRICS, Metric, measure, spread};
pub use predictions::{Prediction, write_predictions};
