//! How far each metric could be from what was measured, had other mail been tested: intervals by
//! the bootstrap.
//!
//! Within each fold whole groups of near-duplicates are drawn with replacement, as many as there
//! are, and the mean over folds of every metric is worked out again, for all models on the same
//! draw. The interval reaches from the 2.5th to the 97.5th percentile (Efron and Tibshirani, *An
//! Introduction to the Bootstrap*, 1993, chapter 13), moved by the bias of the bootstrap (their
//! chapter 10): messages drawn twice make some metrics look worse or better than the mail itself
//! does, the expected calibration error of few messages above all, and without the move the
//! interval would lie beside what was measured. It speaks of the choice of test mail, not of that
//! of training mail: the models stay as they were fitted.

use crate::base::math::below;
use crate::base::progress::Progress;
use crate::base::streams::{Stream, random_stream};
use crate::results::comparison::SIGNIFICANCE_LEVEL;
use crate::results::experiment::Experiment;
use crate::results::metric::{METRICS, Ranking, ScoredEmails};
use crate::results::model_record::Scored;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

/// Resamples unless the user wants another number.
pub const RESAMPLES: u32 = 10_000;
/// Share of the resamples below the interval, and share of them above it.
const TAIL: f64 = SIGNIFICANCE_LEVEL / 2.0;
/// Resamples between two messages to the progress bar.
const BATCH: u32 = 50;

/// The test messages of one fold, and each model's ranking of them.
struct FoldRankings {
    /// Group of near-duplicates of each message, numbered from 0.
    groups: Vec<u32>,
    count: usize,
    /// By model; none where it came to no result.
    rankings: Vec<Option<Ranking>>,
}

/// Fills the intervals of every model. The same for the same experiment and seed, at any number of
/// threads.
pub fn bootstrap(experiment: &mut Experiment, resamples: u32, seed: u64, progress: &dyn Progress) {
    let folds = folds(experiment);
    let models = experiment.models.len();
    if resamples == 0 || folds.is_empty() {
        return;
    }
    progress.begin("bootstrap", u64::from(resamples));
    let batches: Vec<Vec<f64>> = (0..resamples.div_ceil(BATCH))
        .into_par_iter()
        .map(|batch| {
            let numbers = batch * BATCH..resamples.min((batch + 1) * BATCH);
            let drawn = numbers
                .clone()
                .flat_map(|number| resample(&folds, models, seed, number))
                .collect();
            progress.advance(u64::from(numbers.end - numbers.start));
            drawn
        })
        .collect();
    let width = models * METRICS.len();
    for (at, model) in experiment.models.iter_mut().enumerate() {
        for (of, metric) in METRICS.iter().enumerate() {
            let place = at * METRICS.len() + of;
            let values = batches
                .iter()
                .flat_map(|batch| batch.chunks_exact(width))
                .map(|values| values[place]);
            if let Some(measured) = model.mean(metric.key)
                && let Some(interval) =
                    interval(measured, values.filter(|value| !value.is_nan()).collect())
            {
                model.intervals.insert(metric.key.to_owned(), interval);
            }
        }
    }
}

/// The 2.5th and the 97.5th percentile (of n values in order the one at `share × (n - 1)`, between
/// two the nearer), less what the mean of the values lies above what was measured.
fn interval(measured: f64, mut values: Vec<f64>) -> Option<[f64; 2]> {
    let last = values.len().checked_sub(1)?;
    let bias = values.iter().sum::<f64>() / values.len() as f64 - measured;
    let mut at = |share: f64| {
        *values
            .select_nth_unstable_by((share * last as f64).round() as usize, f64::total_cmp)
            .1
    };
    Some([at(TAIL) - bias, at(1.0 - TAIL) - bias])
}

fn folds(experiment: &Experiment) -> Vec<FoldRankings> {
    let emails = &experiment.emails;
    let numbers = experiment
        .models
        .iter()
        .flat_map(|model| model.scored().map(|(fold, _)| fold));
    let mut numbers: Vec<u32> = numbers.collect();
    numbers.sort_unstable();
    numbers.dedup();
    let fold = |number: u32| {
        let scored: Vec<Option<&Scored>> = experiment
            .models
            .iter()
            .map(|model| {
                model
                    .scored()
                    .find(|&(fold, _)| fold == number)
                    .map(|(_, scored)| scored)
            })
            .collect();
        let rows = &scored.iter().flatten().next()?.rows;
        let labels: Option<Vec<_>> = rows.iter().map(|&row| emails.label(row)).collect();
        let labels = labels?;
        let mut known = FxHashMap::default();
        let group = |&row: &u32| {
            let next = known.len() as u32;
            *known
                .entry(emails.groups.get(row as usize).copied().unwrap_or(row))
                .or_insert(next)
        };
        let groups: Vec<u32> = rows.iter().map(group).collect();
        let ranking = |scored: &Scored| {
            let Scored {
                score,
                scale,
                log_odds,
                ..
            } = scored;
            Ranking::new(&ScoredEmails {
                labels: &labels,
                score,
                scale: *scale,
                log_odds,
                decision: experiment.decision,
                code_lengths: &[],
            })
        };
        let same = |scored: &&Scored| scored.rows == *rows;
        let rankings = scored
            .iter()
            .map(|scored| scored.filter(same).map(ranking))
            .collect();
        Some(FoldRankings {
            count: known.len(),
            groups,
            rankings,
        })
    };
    numbers.into_iter().filter_map(fold).collect()
}

/// Every metric of every model on one draw: mean over the folds on which it is defined, else not a
/// number.
fn resample(folds: &[FoldRankings], models: usize, seed: u64, number: u32) -> Vec<f64> {
    let mut rng = random_stream(seed, Stream::Bootstrap(number));
    let mut sums = vec![(0.0, 0.0); models * METRICS.len()];
    let (mut drawn, mut times) = (Vec::new(), Vec::new());
    for fold in folds {
        // Whole groups are drawn, as many as there are, with replacement: near-duplicates are no
        // independent messages. `times` is how often each message counts.
        drawn.clear();
        drawn.resize(fold.count, 0.0);
        for _ in 0..fold.count {
            drawn[below(&mut rng, fold.count)] += 1.0;
        }
        times.clear();
        times.extend(fold.groups.iter().map(|&group| drawn[group as usize]));
        for (at, ranking) in fold.rankings.iter().enumerate() {
            let Some(ranking) = ranking else { continue };
            let found = ranking.sums(&times);
            for (of, metric) in METRICS.iter().enumerate() {
                if let Some(value) = metric.of(&found) {
                    let (sum, folds) = &mut sums[at * METRICS.len() + of];
                    *sum += value;
                    *folds += 1.0;
                }
            }
        }
    }
    sums.into_iter().map(|(sum, folds)| sum / folds).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_of_the_numbers_to_a_thousand_leaves_out_a_fortieth_at_each_end() {
        let values: Vec<f64> = (0..=1000).rev().map(f64::from).collect();
        assert_eq!(interval(500.0, values.clone()), Some([25.0, 975.0]));
        // Resamples that lie 40 too high on average.
        assert_eq!(interval(460.0, values), Some([-15.0, 935.0]));
        assert_eq!(interval(3.0, vec![3.0]), Some([3.0, 3.0]));
        assert_eq!(interval(3.0, Vec::new()), None);
    }
}
