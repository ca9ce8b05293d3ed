//! Every metric of a model over all folds, with its interval.

use super::interval::{
    between_rates, logit_normal, mean_and_deviation, quantile, smoothed, studentised, wilson,
};
use super::resample::{MeanLoss, Resamples};
use super::tested::Tested;
use crate::base::mail::Label;
use crate::base::math::{sigmoid, uniform};
use crate::base::streams::{Stream, random_stream};
use crate::results::data_card::EmailTable;
use crate::results::metric::{
    Estimate, IntervalKind, METRICS, Metric, Metrics, OverFolds, calibration_error, measure_pooled,
    spread,
};
use crate::results::model_record::{ModelRecord, Scored};
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
    let pooled = pooled(model, emails);
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

/// Every metric on the messages of all folds together. A fold with a message without a label is
/// left out.
fn pooled(model: &ModelRecord, emails: &EmailTable) -> Metrics {
    let labelled = model.scored().filter_map(|(_, scored)| {
        let labels = scored.rows.iter().map(|&row| emails.label(row));
        Some((scored, labels.collect::<Option<Vec<Label>>>()?))
    });
    let folds: Vec<(&Scored, Vec<Label>)> = labelled.collect();
    let folds = folds.iter().map(|(scored, labels)| scored.emails(labels));
    measure_pooled(&folds.collect::<Vec<_>>())
}

/// What the calibration error of a model whose probabilities are true stays below on 95 of 100
/// samples: labels are drawn from the probabilities themselves.
pub fn calibration_error_if_calibrated(model: &ModelRecord, seed: u64) -> Option<f64> {
    let scored = model.scored().flat_map(|(_, scored)| &scored.log_odds);
    if_calibrated(scored.copied(), seed)
}

/// Whether the calibration error is more than that.
pub fn is_miscalibrated(log_odds: &[f64], labels: &[Label], seed: u64) -> bool {
    let probabilities = log_odds.iter().copied().map(sigmoid);
    let answers = probabilities.zip(labels.iter().map(|label| label.is_spam()));
    let (error, bound) = (
        calibration_error(answers),
        if_calibrated(log_odds.iter().copied(), seed),
    );
    error.zip(bound).is_some_and(|(error, bound)| error > bound)
}

fn if_calibrated(log_odds: impl Iterator<Item = f64>, seed: u64) -> Option<f64> {
    let probabilities: Vec<f64> = log_odds.map(sigmoid).collect();
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

/// The interval of a metric, by its place, of a model, around `value`, which it always holds.
pub fn interval(
    tested: &Tested<'_>,
    resamples: &Resamples,
    losses: &[MeanLoss; 2],
    (model, metric): (usize, usize),
    value: f64,
) -> Option<[f64; 2]> {
    let (_, deviation) = mean_and_deviation(resamples.metric(model, metric))?;
    let (groups, [ham, spam]) = tested.groups();
    let [low, high] = match METRICS[metric].interval {
        IntervalKind::Share { whole, of } => {
            let units = tested.units(of);
            wilson(value / whole, deviation / whole, units as f64).map(|end| end * whole)
        }
        IntervalKind::Between(low, high) => {
            let width = high - low;
            logit_normal((value - low) / width, deviation / width, groups as f64)
                .map(|end| low + end * width)
        }
        IntervalKind::BetweenRates => {
            let sums = tested.pooled[model].as_ref()?.sums_of_all();
            let rate = |key: &str, units: usize| {
                let at = METRICS.iter().position(|metric| metric.key == key)?;
                let share = METRICS[at].of(&sums)? / 100.0;
                let (_, deviation) = mean_and_deviation(resamples.metric(model, at))?;
                let interval = wilson(share, deviation / 100.0, units as f64);
                Some((smoothed(share, units), interval))
            };
            let rates = [
                rate("ham_misclassified_pct", ham)?,
                rate("spam_misclassified_pct", spam)?,
            ];
            between_rates(rates).map(|end| 100.0 * end)
        }
        IntervalKind::MeanLoss => {
            let raw = usize::from(METRICS[metric].key == "log_loss_bits_raw");
            let deviates = resamples.loss_deviates(model, raw).collect();
            studentised(value, losses[raw].relative_error, deviates)?
        }
        IntervalKind::Absent => return None,
    };
    Some([low.min(value), high.max(value)])
}
