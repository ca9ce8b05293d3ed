//! What an experiment found, as plain data: predictions, metrics, comparisons. Knows no model; a saved experiment can be
//! drawn again years later.

mod experiment;

pub use experiment::{
    Calibration, Comparison, Contrast, Curve, CurvePoint, DataCard, Experiment, Mails, Message, Metrics, ModelRecord,
    Outcome, Plan, Rejected, Run, SCHEMA, Scored, Spread, Timing, TokenContrast, Vote,
};
