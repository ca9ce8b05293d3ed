//! What an experiment found, as plain data: predictions, metrics, comparisons. Knows no model; a
//! saved experiment can be drawn again years later.

mod ablation;
mod curve;
mod effect;
mod experiment;
mod knowledge;
pub mod metric;
mod readings;
mod statistics;
mod views;

pub use crate::model::Calibration;
pub use ablation::{Ablation, AblationVariant, Change, WinTieLoss};
pub use curve::{Curve, CurvePoint, UnlabelledCurve, ValidationCurve, ValidationPoint};
pub use effect::{EFFECT_METRICS, EFFECT_SHOWN, Effect, ModelEffect};
pub use experiment::{
    Comparison, Conflict, DataCard, Experiment, LeakyToken, Mails, Metrics, ModelRecord, Outcome,
    Plan, Rejected, ResampledT, Run, SCHEMA, Scored, Searched, SourceLine, Spread, Timing,
};
pub use knowledge::{
    Bayes, Boundary, Contrast, LikelihoodPlane, QuotedMessage, TokenContrast, TopTokens, Vote,
    Weighed, WorkedExample,
};
pub use metric::{METRICS, Metric, ScoredEmails, measure, spread};
pub use readings::TokenizerTrial;
pub use statistics::bootstrap::{RESAMPLES, bootstrap};
pub use statistics::mcnemar::{McNemar, mcnemar};
pub use statistics::pairs::compare_pairs;
pub use views::best::{Best, ranking};
pub use views::predictions::{Prediction, write_predictions};
pub use views::redact::HIDDEN;
pub use views::slices::{Slice, Wrong, slices};
pub use views::suspects::{SURE, Suspect, is_suspect, suspects};
pub use views::versus::{Changed, MetricVersus, ModelVersus, Versus, versus};
pub use views::warnings::warnings;
