//! Other mail that might have been tested: whole groups of near-duplicates drawn with replacement
//! within each fold, as many as there are.
//!
//! All models are measured on the same draws. What is resampled is the test mail: the models stay
//! as they were fitted.

use super::tested::{Tested, TestedFold};
use crate::base::math::below;
use crate::base::progress::Progress;
use crate::base::streams::{Stream, random_stream};
use crate::results::metric::{METRICS, OverFolds};
use rayon::prelude::*;

/// Resamples unless the user wants another number.
pub const RESAMPLES: u32 = 2_000;
/// Resamples between two messages to the progress bar.
const BATCH: u32 = 50;
/// What is kept of a model after its metrics: the deviates of both mean losses, and its accuracy on
/// the messages that were not drawn.
const EXTRA: usize = 3;

/// What every model got on every resample.
pub struct Resamples {
    batches: Vec<Vec<f64>>,
    models: usize,
}

impl Resamples {
    /// Draws `count` resamples. The same for the same experiment and seed, at any number of
    /// threads.
    pub fn draw(tested: &Tested<'_>, count: u32, seed: u64, progress: &dyn Progress) -> Resamples {
        progress.begin("bootstrap", u64::from(count));
        let measured = measure_losses(tested);
        let batch = |batch: u32| {
            let numbers = batch * BATCH..count.min((batch + 1) * BATCH);
            let drawn = numbers
                .clone()
                .flat_map(|number| resample(tested, &measured, seed, number))
                .collect();
            progress.advance(u64::from(numbers.end - numbers.start));
            drawn
        };
        Resamples {
            batches: (0..count.div_ceil(BATCH))
                .into_par_iter()
                .map(batch)
                .collect(),
            models: tested.pooled.len(),
        }
    }

    /// The values of a metric of [`METRICS`], by its place, on every resample; not a number where
    /// it is undefined.
    pub fn metric(&self, model: usize, metric: usize) -> impl Iterator<Item = f64> {
        self.column(model, metric)
    }

    /// How many of its own standard errors the logarithm of a mean loss (0: calibrated, 1: raw)
    /// lies above that of what was measured.
    pub fn loss_deviates(&self, model: usize, loss: usize) -> impl Iterator<Item = f64> {
        self.column(model, METRICS.len() + loss)
    }

    /// The accuracy on the messages that a resample left out.
    pub fn accuracy_outside(&self, model: usize) -> impl Iterator<Item = f64> {
        self.column(model, METRICS.len() + 2)
    }

    fn column(&self, model: usize, column: usize) -> impl Iterator<Item = f64> {
        let width = METRICS.len() + EXTRA;
        let row = self.models * width;
        let rows = self
            .batches
            .iter()
            .flat_map(move |batch| batch.chunks_exact(row));
        rows.map(move |values| values[model * width + column])
    }
}

/// A mean loss over folds, and its standard error as a share of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeanLoss {
    /// The mean over folds, in nats.
    pub mean: f64,
    /// Its standard error by groups, over the mean.
    pub relative_error: f64,
}

/// Both mean losses of each model.
pub fn measure_losses(tested: &Tested<'_>) -> Vec<[MeanLoss; 2]> {
    let once: Vec<Vec<f64>> = tested
        .folds
        .iter()
        .map(|fold| vec![1.0; fold.sizes.len()])
        .collect();
    let of = |model: usize| [0, 1].map(|loss| mean_loss(&tested.folds, model, loss, &once));
    (0..tested.pooled.len()).map(of).collect()
}

/// A mean loss where each group counts `times` times. The variance of a mean of messages in groups
/// is that of a ratio: Σ t (S - n mean)² / N², for the sum S and the number n of a group.
fn mean_loss(folds: &[TestedFold<'_>], model: usize, loss: usize, times: &[Vec<f64>]) -> MeanLoss {
    let (mut mean, mut variance, mut count) = (0.0, 0.0, 0.0);
    for (fold, times) in folds.iter().zip(times) {
        let Some(model) = &fold.models[model] else {
            continue;
        };
        let sums = &model.losses[loss];
        let over = |value: &dyn Fn(usize) -> f64| -> f64 {
            times
                .iter()
                .enumerate()
                .map(|(at, times)| times * value(at))
                .sum()
        };
        let emails = over(&|at| fold.sizes[at]);
        let of_fold = over(&|at| sums[at]) / emails;
        mean += of_fold;
        variance += over(&|at| (sums[at] - fold.sizes[at] * of_fold).powi(2)) / emails.powi(2);
        count += 1.0;
    }
    MeanLoss {
        mean: mean / count,
        relative_error: variance.sqrt() / mean,
    }
}

/// All columns of all models on one draw.
fn resample(tested: &Tested<'_>, measured: &[[MeanLoss; 2]], seed: u64, number: u32) -> Vec<f64> {
    let mut rng = random_stream(seed, Stream::Bootstrap(number));
    let draw = |fold: &TestedFold<'_>| {
        let mut times = vec![0.0; fold.sizes.len()];
        for _ in 0..times.len() {
            times[below(&mut rng, fold.sizes.len())] += 1.0;
        }
        times
    };
    let drawn: Vec<Vec<f64>> = tested.folds.iter().map(draw).collect();
    let mut values = Vec::with_capacity(measured.len() * (METRICS.len() + EXTRA));
    for (model, measured) in measured.iter().enumerate() {
        metrics(tested, model, &drawn, &mut values);
        values.extend([0, 1].map(|loss| {
            let again = mean_loss(&tested.folds, model, loss, &drawn);
            (again.mean / measured[loss].mean).ln() / again.relative_error
        }));
        values.push(accuracy_outside(&tested.folds, model, &drawn));
    }
    values
}

/// Appends every metric: the mean over the folds on which it is defined, or its value on all.
fn metrics(tested: &Tested<'_>, model: usize, drawn: &[Vec<f64>], values: &mut Vec<f64>) {
    let mut sums = vec![(0.0, 0.0); METRICS.len()];
    let mut all_times = Vec::new();
    for (fold, drawn) in tested.folds.iter().zip(drawn) {
        let Some(model) = &fold.models[model] else {
            continue;
        };
        let from = all_times.len();
        all_times.extend(fold.groups.iter().map(|&group| drawn[group as usize]));
        let found = model.ranking.sums(&all_times[from..]);
        for ((sum, folds), metric) in sums.iter_mut().zip(METRICS) {
            if let Some(value) = metric.of(&found) {
                *sum += value;
                *folds += 1.0;
            }
        }
    }
    let pooled = tested.pooled[model]
        .as_ref()
        .map(|ranking| ranking.sums(&all_times));
    for ((sum, folds), metric) in sums.into_iter().zip(METRICS) {
        values.push(match metric.over_folds {
            OverFolds::Mean => sum / folds,
            OverFolds::Pooled => {
                let value = pooled.as_ref().and_then(|sums| metric.of(sums));
                value.unwrap_or(f64::NAN)
            }
        });
    }
}

/// The share of the messages of groups that were not drawn which a model got right.
fn accuracy_outside(folds: &[TestedFold<'_>], model: usize, drawn: &[Vec<f64>]) -> f64 {
    let (mut right, mut emails) = (0.0, 0.0);
    for (fold, drawn) in folds.iter().zip(drawn) {
        let Some(model) = &fold.models[model] else {
            continue;
        };
        for (group, &times) in drawn.iter().enumerate() {
            if times == 0.0 {
                right += model.right[group];
                emails += fold.sizes[group];
            }
        }
    }
    right / emails
}
