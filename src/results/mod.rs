//! What an experiment found, as plain data: predictions, metrics, comparisons. Knows no model; a
//! saved experiment can be drawn again years later.

mod ablation;
mod best;
mod bootstrap;
mod curve;
mod effect;
mod experiment;
mod knowledge;
mod mcnemar;
pub mod metric;
mod pairs;
mod predictions;
mod readings;
mod redact;
mod replica;
mod slices;
mod suspects;
mod versus;
mod warnings;

pub use crate::model::Calibration;
pub use ablation::{Ablation, Change, Standing, Variant};
pub use best::{Best, ranking};
pub use bootstrap::{RESAMPLES, bootstrap};
pub use curve::{Curve, CurvePoint, UnlabelledCurve, ValidationCurve, ValidationPoint};
pub use effect::{EFFECT_METRICS, EFFECT_SHOWN, Effect, ModelEffect};
pub use experiment::{
    Comparison, Conflict, DataCard, Decider, Experiment, Mails, Metrics, ModelRecord, Outcome,
    Place, Plan, Rejected, ResampledT, Run, SCHEMA, Scored, Searched, Spread, Timing,
};
pub use knowledge::{
    Bayes, Boundary, Contrast, Followed, Message, Plane, TokenContrast, TopTokens, Vote, Weighed,
};
pub use mcnemar::{McNemar, mcnemar};
pub use metric::{Judged, METRICS, Metric, measure, spread};
pub use pairs::compare_pairs;
pub use predictions::{Prediction, write_predictions};
pub use readings::ReadingTried;
pub use redact::HIDDEN;
pub use replica::{PUBLISHED, PUBLISHED_ATTRIBUTES, Replica, SETS, deviation};
pub use slices::{Slice, Wrong, slices};
pub use suspects::{SURE, Suspect, is_suspect, suspects};
pub use versus::{Changed, MetricVersus, ModelVersus, Versus, versus};
pub use warnings::warnings;
