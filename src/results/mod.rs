//! What an experiment found, as plain data: predictions, metrics, comparisons, and what fits leave
//! behind beside the models. It knows no model: a saved experiment can be drawn again years later.

mod ablation;
mod analyses;
mod calibration;
mod comparison;
mod curves;
mod data_card;
mod decision;
mod drift;
mod effect;
mod experiment;
pub mod experiments;
mod fit;
mod generators;
mod introspection;
pub mod metric;
mod model_record;
mod statistics;
mod tokenizer_trial;
mod views;

pub use ablation::{Ablation, AblationVariant, Change, WinTieLoss};
pub use analyses::{
    ATTENTION, AUGMENTATION, CONTRAST, DRIFT, FIVE_BY_TWO, GAN, GENERATIVE_MODELS, LATENT_SPACE,
    LEAKY_TOKENS, LEARNING_CURVE, LIKELIHOOD_PLANE, MESSAGES, TOP_TOKENS, UNLABELLED_CURVE,
    VALIDATION_CURVE, WORKED_EXAMPLE,
};
pub use calibration::{Bound, Calibration, CodeLength, RawOutput};
pub use comparison::{
    Belief, BestOfFamily, Comparison, FAMILY_METRICS, Families, FamilyDifference, FiveByTwo,
    PRACTICALLY_EQUIVALENT, PairInHalves, ResampledT, SIGNIFICANCE_LEVEL, is_significant,
};
pub use curves::{Curve, CurvePoint, UnlabelledCurve, ValidationCurve, ValidationPoint};
pub use data_card::{
    ClassDates, Conflict, DataCard, EmailTable, LeakyToken, Rejected, SourceLine,
    WithoutLeakyTokens, WithoutTokens,
};
pub use decision::{
    Bounded, ChosenDecision, Costs, Decision, DecisionOutcome, DecisionRule, LAMBDAS,
    TotalCostRatio, Verdict,
};
pub use drift::{
    Drift, ModelDrift, PriorShift, ScoreShift, ScoreSketch, SharedMail, TokenShift, estimated_share,
};
pub use effect::{EFFECT_METRICS, EFFECT_SHOWN, Effect, ModelEffect};
pub use experiment::{Experiment, Resemblance, SCHEMA, SplitRecord, Timing};
pub use fit::{Convergence, Family, LossPoint, ObjectivePoint, Reasons, Scale, Trial};
pub use generators::{
    AdversarialGame, Cloud, Coverage, GameLosses, GenerativeModel, GenerativeModels,
    GeneratorQuality, Judge, Measured, PlayedGame, Unmeasured,
};
pub use introspection::{
    Attention, AttentionMap, Contrast, DiscriminativeExample, GenerativeExample, LatentAxis,
    LatentPoint, LatentSpace, LikelihoodPlane, QuotedMessage, TokenContrast, TopTokens, Vote,
    WeightedToken, WorkedExample,
};
pub use metric::{Estimate, METRICS, Metric, Metrics, ScoredEmails, Spread, measure, spread};
pub use model_record::{FoldRun, ModelRecord, Outcome, Scored};
pub use statistics::between::{ChangedErrors, changed_errors, have_same_messages};
pub use statistics::closed_form::roc_area::placements;
pub use statistics::closed_form::{paired_difference, with_intervals};
pub use statistics::corpora::friedman::{Friedman, friedman, holm};
pub use statistics::corpora::signed_rank::Weights;
pub use statistics::corpora::{LEAST_CORPORA, OverCorpora, PairOverCorpora, RankedModel};
pub use statistics::crossed::{Contributions, CrossedBootstrap};
pub use statistics::decision_outcome::decision_outcome;
pub use statistics::estimates::estimates;
pub use statistics::five_by_two::{DIVISIONS, five_by_two};
pub use statistics::interval::{mean_and_deviation, over_runs, quantile, wilson};
pub use statistics::mcnemar::{McNemar, mcnemar};
pub use statistics::pairs::{compare_pairs, differences_on_curve, resampled_t};
pub use statistics::resample::RESAMPLES;
pub use statistics::uncertainty::{bootstrap, bootstrap_models};
pub use statistics::versus::{
    ChangedVerdict, MetricVersus, ModelVersus, Versus, changed_verdicts, versus,
};
pub use statistics::wilson_of_count;
pub use tokenizer_trial::TokenizerTrial;
pub use views::best::{BestModels, ranking};
pub use views::predictions::{Prediction, write_predictions};
pub use views::redact::HIDDEN;
pub use views::slices::{Slice, SliceErrors, slices};
pub use views::suspects::{Suspect, is_suspect, suspects};
pub use views::warnings::{FEW, conflicting_groups, decides_alone, warnings};
