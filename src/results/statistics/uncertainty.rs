//! How far what was measured could be from the truth: intervals of every metric, the best of each
//! family with what the choice of it costs, and p-values of all pairs together.

use super::estimates::{calibration_error_if_calibrated, interval};
use super::interval::{DEVIATIONS, logit_normal, mean_and_deviation, no_difference};
use super::max_statistic::adjusted;
use super::pairs::{difference_over_folds, variance_by_training};
use super::resample::{Resamples, measure_losses};
use super::tested::Tested;
use crate::base::progress::Progress;
use crate::results::comparison::{BestOfFamily, FAMILY_METRICS, Families, FamilyDifference};
use crate::results::data_card::EmailTable;
use crate::results::experiment::Experiment;
use crate::results::fit::Family;
use crate::results::metric::{IntervalKind, METRICS, Metric, OverFolds};
use crate::results::model_record::ModelRecord;
use crate::results::views::best::ranking;

/// Fills the intervals of every model, the families and the p-values of all pairs together. The
/// same for the same experiment and seed, at any number of threads.
pub fn bootstrap(experiment: &mut Experiment, resamples: u32, seed: u64, progress: &dyn Progress) {
    let Experiment { emails, models, .. } = &*experiment;
    let tested = Tested::new(models, emails);
    if resamples == 0 || tested.folds.is_empty() {
        return;
    }
    let drawn = Resamples::draw(&tested, resamples, seed, progress);
    let intervals = intervals(models, &tested, &drawn);
    let if_calibrated: Vec<Option<f64>> = models
        .iter()
        .map(|model| calibration_error_if_calibrated(model, seed))
        .collect();
    let families = families(models, &drawn, &tested);
    let place = |name: &str| {
        models
            .iter()
            .position(|model| model.name == name)
            .unwrap_or(0)
    };
    let pairs = experiment.comparisons.iter();
    let pairs: Vec<(usize, usize)> = pairs.map(|pair| (place(&pair.a), place(&pair.b))).collect();
    let adjusted = adjusted(&tested, &pairs, resamples, seed);
    for (pair, p_value) in experiment.comparisons.iter_mut().zip(adjusted) {
        pair.p_adjusted = Some(p_value);
    }
    fill(&mut experiment.models, intervals);
    for (model, found) in experiment.models.iter_mut().zip(if_calibrated) {
        if let Some(estimate) = model.estimates.get_mut("ece") {
            estimate.if_calibrated = found;
        }
    }
    experiment.families = families;
}

/// The intervals of models that were tested on the same messages, outside of an experiment.
pub fn bootstrap_models(
    models: &mut [ModelRecord],
    emails: &EmailTable,
    resamples: u32,
    seed: u64,
    progress: &dyn Progress,
) {
    let tested = Tested::new(models, emails);
    if resamples == 0 || tested.folds.is_empty() {
        return;
    }
    let drawn = Resamples::draw(&tested, resamples, seed, progress);
    let intervals = intervals(models, &tested, &drawn);
    fill(models, intervals);
}

/// By model, the interval of each metric in the order of the table.
type Intervals = Vec<Vec<Option<[f64; 2]>>>;

fn intervals(models: &[ModelRecord], tested: &Tested<'_>, drawn: &Resamples) -> Intervals {
    let losses = measure_losses(tested);
    let of_model = |model: usize| {
        let of_metric = |metric: usize| {
            let value = models[model].value(METRICS[metric].key)?;
            interval(tested, drawn, &losses[model], (model, metric), value)
        };
        (0..METRICS.len()).map(of_metric).collect()
    };
    (0..models.len()).map(of_model).collect()
}

fn fill(models: &mut [ModelRecord], intervals: Intervals) {
    for (model, found) in models.iter_mut().zip(intervals) {
        for (metric, interval) in METRICS.iter().zip(found) {
            if let Some(estimate) = model.estimates.get_mut(metric.key) {
                estimate.interval = interval;
            }
        }
    }
}

fn families(
    models: &[ModelRecord],
    resamples: &Resamples,
    tested: &Tested<'_>,
) -> Option<Families> {
    let (generative, of_generative) = best(models, Family::Generative, resamples, tested)?;
    let (discriminative, of_discriminative) =
        best(models, Family::Discriminative, resamples, tested)?;
    let both = [generative, discriminative];
    let difference = |key: &&str| difference(models, both, key, resamples, tested);
    Some(Families {
        generative: of_generative,
        discriminative: of_discriminative,
        differences: FAMILY_METRICS.iter().filter_map(difference).collect(),
    })
}

/// The best model of a family, and the accuracy that its choice leaves: in each resample the best
/// on the messages drawn is judged on the others (bootstrap bias corrected cross-validation:
/// Tsamardinos, Greasidou and Borboudakis, Machine Learning 107, 2018).
fn best(
    models: &[ModelRecord],
    family: Family,
    resamples: &Resamples,
    tested: &Tested<'_>,
) -> Option<(usize, BestOfFamily)> {
    let candidates = ranking(models, family);
    let &chosen = candidates.first()?;
    let accuracy = METRICS.iter().position(|metric| metric.key == "accuracy")?;
    let columns: Vec<[Vec<f64>; 2]> = candidates
        .iter()
        .map(|&model| {
            let inside = resamples.metric(model, accuracy).collect();
            [inside, resamples.accuracy_outside(model).collect()]
        })
        .collect();
    let count = columns.first()?[0].len();
    let outside = |resample: usize| {
        // Of equals the one that stands first.
        let better = |best: usize, next: usize| {
            if columns[next][0][resample] > columns[best][0][resample] {
                next
            } else {
                best
            }
        };
        let best = (1..columns.len()).fold(0, better);
        columns[best][1][resample]
    };
    let (mean, _) = mean_and_deviation((0..count).map(outside))?;
    let (_, deviation) = mean_and_deviation(columns.first()?[0].iter().copied())?;
    let (groups, _) = tested.groups();
    let best = BestOfFamily {
        model: models[chosen].name.clone(),
        tried: candidates.len(),
        accuracy: mean,
        interval: logit_normal(mean, deviation, groups as f64),
    };
    Some((chosen, best))
}

/// By how much a metric of two models differs. Where they differ in no fold and in no resample, so
/// that neither has a spread, the interval of a share is that of none found; nothing can be said of
/// a loss.
fn difference(
    models: &[ModelRecord],
    [a, b]: [usize; 2],
    key: &str,
    resamples: &Resamples,
    tested: &Tested<'_>,
) -> Option<FamilyDifference> {
    let at = METRICS.iter().position(|metric| metric.key == key)?;
    let Metric { over_folds, .. } = METRICS[at];
    let by_test = (over_folds == OverFolds::Mean)
        .then(|| difference_over_folds(&models[a], &models[b], key))
        .flatten();
    let (value, [low, high]) = if let Some(test) = by_test {
        (test.gain, test.interval)
    } else {
        let value = models[a].value(key)? - models[b].value(key)?;
        let pairs = resamples.metric(a, at).zip(resamples.metric(b, at));
        let (_, deviation) = mean_and_deviation(pairs.map(|(a, b)| a - b))?;
        let widened = variance_by_training(&models[a], &models[b]).sqrt();
        let half = DEVIATIONS * deviation * widened;
        (value, [value - half, value + half])
    };
    let interval = match METRICS[at].interval {
        IntervalKind::Share { whole, of } if low == high => {
            let none = no_difference(tested.units(of) as f64);
            none.map(|end| (value + whole * end).clamp(-whole, whole))
        }
        IntervalKind::Share { whole, .. } => [low, high].map(|end| end.clamp(-whole, whole)),
        _ if low == high => return None,
        _ => [low, high],
    };
    Some(FamilyDifference {
        metric: key.to_owned(),
        value,
        interval,
    })
}
