//! Every metric of a model over all folds, with its interval.

use super::interval::{logit_normal, mean_and_deviation, quantile, studentised, wilson};
use super::resample::{MeanLoss, Resamples};
use super::tested::Tested;
use crate::base::mail::Label;
use crate::base::math::{sigmoid, uniform};
use crate::base::streams::{Stream, random_stream};
use crate::results::data_card::EmailTable;
use crate::results::decision::Decision;
use crate::results::fit::Scale;
use crate::results::metric::{
    Counted, Estimate, IntervalKind, METRICS, Metric, Metrics, OverFolds, ScoredEmails,
    calibration_error, measure, spread,
};
use crate::results::model_record::ModelRecord;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Samples of labels behind [`Estimate::if_calibrated`].
const SAMPLES: u32 = 200;

/// The estimates of a model, without intervals; empty if no run scored.
pub fn estimates(model: &ModelRecord, emails: &EmailTable) -> BTreeMap<String, Estimate> {
    let by_fold: Vec<&Metrics> = model.scored().map(|(_, scored)| &scored.metrics).collect();
    if by_fold.is_empty() {
        return BTreeMap::new();
    }
    let spread = spread(&by_fold);
    let (labels, log_odds) = pooled_scores(model, emails);
    let pooled = measure_all(&labels, &log_odds);
    let estimate = |metric: &Metric| match metric.over_folds {
        OverFolds::Mean => Estimate {
            value: spread[metric.key].mean,
            deviation: spread[metric.key].deviation,
            ..Estimate::default()
        },
        OverFolds::Pooled => Estimate {
            value: pooled[metric.key],
            ..Estimate::default()
        },
    };
    let estimate = |metric: &Metric| (metric.key.to_owned(), estimate(metric));
    METRICS.iter().map(estimate).collect()
}

/// The labels and calibrated log-odds of the messages of all folds.
fn pooled_scores(model: &ModelRecord, emails: &EmailTable) -> (Vec<Label>, Vec<f64>) {
    let pairs = model
        .scored()
        .flat_map(|(_, scored)| scored.rows.iter().zip(&scored.log_odds));
    let known = pairs.filter_map(|(&row, &odds)| Some((emails.label(row)?, odds)));
    known.unzip()
}

/// The metrics of messages of several folds; no metric that is estimated from them asks for the
/// decision.
fn measure_all(labels: &[Label], log_odds: &[f64]) -> Metrics {
    measure(&ScoredEmails {
        labels,
        score: log_odds,
        scale: Scale::LogOdds,
        log_odds,
        decision: Decision::default(),
        code_lengths: &[],
    })
}

/// What the calibration error of a model whose probabilities are true stays below on 95 of 100
/// samples: labels are drawn from the probabilities themselves.
pub fn calibration_error_if_calibrated(model: &ModelRecord, seed: u64) -> Option<f64> {
    let scored = model.scored().flat_map(|(_, scored)| &scored.log_odds);
    let probabilities: Vec<f64> = scored.copied().map(sigmoid).collect();
    let sample = |number: u32| {
        let mut rng = random_stream(seed, Stream::CalibratedLabels(number));
        let draw = |&probability: &f64| (probability, uniform(&mut rng) < probability);
        calibration_error(probabilities.iter().map(draw))
    };
    let errors: Vec<Option<f64>> = (0..SAMPLES).into_par_iter().map(sample).collect();
    quantile(
        &mut errors.into_iter().flatten().collect::<Vec<f64>>(),
        0.95,
    )
}

/// The interval of a metric, by its place, of a model, around `value`.
pub fn interval(
    tested: &Tested<'_>,
    resamples: &Resamples,
    losses: &[MeanLoss; 2],
    (model, metric): (usize, usize),
    value: f64,
) -> Option<[f64; 2]> {
    let (_, deviation) = mean_and_deviation(resamples.metric(model, metric))?;
    let (groups, [ham, spam]) = tested.groups();
    Some(match METRICS[metric].interval {
        IntervalKind::Share { whole, of } => {
            let units = match of {
                Counted::Emails => groups,
                Counted::Ham => ham,
                Counted::Spam => spam,
                Counted::Pairs => ham.min(spam),
            };
            wilson(value / whole, deviation / whole, units as f64).map(|end| end * whole)
        }
        IntervalKind::Between(low, high) => {
            let width = high - low;
            logit_normal((value - low) / width, deviation / width, groups as f64)
                .map(|end| low + end * width)
        }
        IntervalKind::MeanLoss => {
            let raw = usize::from(METRICS[metric].key == "log_loss_bits_raw");
            let deviates = resamples.loss_deviates(model, raw).collect();
            studentised(value, losses[raw].relative_error, deviates)?
        }
        IntervalKind::Absent => return None,
    })
}
