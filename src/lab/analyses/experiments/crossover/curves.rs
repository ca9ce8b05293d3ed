//! The curves of a pair: both models trained on every training set and tested on the same messages,
//! with what each message contributes to each metric, so that both kinds of chance can be drawn.

use super::{LEVEL, Matched, Plan};
use crate::base::mail::Label;
use crate::base::math::softplus;
use crate::base::progress::Progress;
use crate::dataset::Corpus;
use crate::dataset::features::Encoded;
use crate::lab::analyses::experiments::cells::KeyedCells;
use crate::lab::error::LabError;
use crate::results::experiments::{
    Crossing, Decay, METRICS_OF_A_CROSSOVER, MatchedCurves, PairedPoint, crossing, decay,
};
use crate::results::{Contributions, CrossedBootstrap, Metrics, placements, quantile};
use crate::train::{ModelSpec, TrainOptions, Trained, train};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::f64::consts::LN_2;
use std::ops::Range;

/// Models of a pair, and what they read.
pub(super) struct PairOf<'a> {
    pub cells: &'a KeyedCells<'a>,
    pub name: &'a str,
    pub plan: &'a Plan,
    pub corpus: &'a Corpus,
    pub models: &'a [ModelSpec],
    pub seed: u64,
}

/// What each test message contributes to each metric, by model.
type Contributed = [[Vec<f32>; METRICS_OF_A_CROSSOVER.len()]; 2];

impl PairOf<'_> {
    /// The curves of a pair.
    pub fn curves(
        &self,
        matched: &Matched,
        tuned: bool,
        replicates: u32,
        progress: &dyn Progress,
    ) -> Result<MatchedCurves, LabError> {
        // The most expensive first, so that no thread is left alone with one at the end.
        let jobs = self.plan.subsets.par_iter();
        let cells = jobs.rev().with_max_len(1).map(|(size, rows)| {
            let name = format!("crossover {} {rows:?} {:?}", self.name, self.plan.test);
            let cell = self.cells.cell(&name, || self.cell(rows));
            progress.advance(1);
            Ok((*size, cell?))
        });
        let mut cells: Vec<(usize, Contributed)> = cells.collect::<Result<_, LabError>>()?;
        cells.reverse();
        let sizes = &self.plan.sizes;
        let mut points: Vec<PairedPoint> = (0..sizes.len())
            .map(|at| PairedPoint {
                emails: sizes[at],
                resamples: of_size(&cells, at).count(),
                means: [0, 1].map(|model| {
                    let cells = of_size(&cells, at).map(|cell| &cell[model]);
                    means(&cells.collect::<Vec<_>>())
                }),
                differences: BTreeMap::new(),
            })
            .collect();
        let crossings = self.crossings(&cells, &mut points, replicates);
        let decay = [0, 1].map(|model| self.decay(&cells, &points, model, replicates));
        Ok(MatchedCurves {
            features: matched.features.to_owned(),
            models: matched.sides.each_ref().map(|side| side.model.to_owned()),
            tuned,
            crossings,
            decay,
            points,
        })
    }

    /// Where the pair crosses by each metric; each point gets its differences.
    fn crossings(
        &self,
        cells: &[(usize, Contributed)],
        points: &mut [PairedPoint],
        replicates: u32,
    ) -> BTreeMap<String, Crossing> {
        let sizes = &self.plan.sizes;
        let mut crossings = BTreeMap::new();
        for (metric, key) in METRICS_OF_A_CROSSOVER.iter().enumerate() {
            let differences: Vec<Contributions> = (0..sizes.len())
                .map(|at| of_size(cells, at).map(|cell| less(cell, metric)).collect())
                .collect();
            let drawn =
                CrossedBootstrap::draw(&differences, &self.plan.classes, replicates, self.seed);
            for (at, point) in points.iter_mut().enumerate() {
                let [a, b] = point
                    .means
                    .each_ref()
                    .map(|means| means[*key].unwrap_or(f64::NAN));
                let interval = drawn.interval(at, LEVEL).unwrap_or([f64::NAN; 2]);
                point
                    .differences
                    .insert((*key).to_owned(), (a - b, interval));
            }
            let of_points: Vec<f64> = points
                .iter()
                .map(|point| point.differences[*key].0)
                .collect();
            crossings.insert((*key).to_owned(), crossed(sizes, &of_points, &drawn));
        }
        crossings
    }

    /// How the error rate of a model falls.
    fn decay(
        &self,
        cells: &[(usize, Contributed)],
        points: &[PairedPoint],
        model: usize,
        replicates: u32,
    ) -> Option<Decay> {
        let sizes = &self.plan.sizes;
        let errors = METRICS_OF_A_CROSSOVER[0];
        let means = points.iter().map(|point| point.means[model][errors]);
        let means: Vec<f64> = means.map(|error| error.unwrap_or(f64::NAN)).collect();
        let of = |at: usize| {
            of_size(cells, at)
                .map(|cell| cell[model][0].clone())
                .collect()
        };
        let own: Vec<Contributions> = (0..sizes.len()).map(of).collect();
        let drawn = CrossedBootstrap::draw(&own, &self.plan.classes, replicates, self.seed);
        Some(Decay {
            interval: exponents(sizes, &drawn),
            ..decay(sizes, &means)?
        })
    }

    /// Trains both models on these rows and tests them.
    fn cell(&self, rows: &[usize]) -> Result<Contributed, LabError> {
        // Defaults: a training set of four messages has few words twice.
        let options = TrainOptions::seeded(self.seed);
        let training = train(self.models, self.corpus, rows, options, &|| ());
        let test = Encoded::new(self.corpus, &training.encoders, &self.plan.test);
        let mut cell = Contributed::default();
        for ((model, trained), own) in self.models.iter().zip(training.models).zip(&mut cell) {
            let trained = trained.map_err(|error| LabError::Model {
                model: model.entry.name().to_owned(),
                error,
            })?;
            *own = contributed(&trained, &test, &self.plan.classes);
        }
        Ok(cell)
    }
}

/// The training sets of one size.
fn of_size(cells: &[(usize, Contributed)], at: usize) -> impl Iterator<Item = &Contributed> {
    let of = cells.iter().filter(move |(size, _)| *size == at);
    of.map(|(_, cell)| cell)
}

/// What each test message contributes to the error rate, (1-ROCA) % and log loss of a model.
fn contributed(
    trained: &Trained,
    test: &Encoded<'_>,
    classes: &[Range<usize>; 2],
) -> [Vec<f32>; METRICS_OF_A_CROSSOVER.len()] {
    let raw = trained.scores(test.rows(trained.view));
    let log_odds: Vec<f64> = raw
        .iter()
        .map(|&raw| trained.calibration.log_odds(raw))
        .collect();
    let count = log_odds.len() as f64;
    let decision = trained.decision.decision;
    let label = |at: usize| Label::from_is_spam(classes[1].contains(&at));
    let wrong = |(at, &odds): (usize, &f64)| {
        if decision.label(odds) == label(at) {
            0.0
        } else {
            (100.0 / count) as f32
        }
    };
    let loss = |(at, &odds): (usize, &f64)| {
        let margin = if label(at).is_spam() { odds } else { -odds };
        (softplus(-margin) / (LN_2 * count)) as f32
    };
    [
        log_odds.iter().enumerate().map(wrong).collect(),
        wrong_pairs(&log_odds, classes),
        log_odds.iter().enumerate().map(loss).collect(),
    ]
}

/// What each message contributes to (1-ROCA) %: the share of messages of the other class that it is
/// ranked on the wrong side of, less half of the mean of all, over the number of its class. Their
/// sum is (1-ROCA) %, and the sum over messages drawn again is, but for terms of the second order,
/// that of those (Sen 1960; DeLong, DeLong and Clarke-Pearson 1988).
fn wrong_pairs(log_odds: &[f64], [ham, spam]: &[Range<usize>; 2]) -> Vec<f32> {
    let labels = [Label::Ham, Label::Spam].map(|label| {
        let class = if label.is_spam() { spam } else { ham };
        vec![label; class.len()]
    });
    let shares = placements(log_odds, &labels.concat());
    let mean = shares[ham.clone()].iter().sum::<f64>() / ham.len() as f64;
    let of = |(at, share): (usize, &f64)| {
        let class = if ham.contains(&at) { ham } else { spam };
        (100.0 * (share - mean / 2.0) / class.len() as f64) as f32
    };
    shares.iter().enumerate().map(of).collect()
}

/// The mean of each metric over training sets.
fn means(cells: &[&[Vec<f32>; METRICS_OF_A_CROSSOVER.len()]]) -> Metrics {
    let mean = |metric: usize| {
        let sum = |own: &&[Vec<f32>; METRICS_OF_A_CROSSOVER.len()]| -> f64 {
            own[metric].iter().map(|&x| f64::from(x)).sum()
        };
        cells.iter().map(sum).sum::<f64>() / cells.len() as f64
    };
    let keys = METRICS_OF_A_CROSSOVER.iter().enumerate();
    keys.map(|(metric, key)| ((*key).to_owned(), Some(mean(metric))))
        .collect()
}

/// What each message contributes to the difference of both models.
fn less([a, b]: &Contributed, metric: usize) -> Vec<f32> {
    a[metric]
        .iter()
        .zip(&b[metric])
        .map(|(a, b)| a - b)
        .collect()
}

/// The interval of the exponent at which the error rates of a model fall.
fn exponents(sizes: &[usize], drawn: &CrossedBootstrap) -> Option<[f64; 2]> {
    let fitted = drawn.map(|means| decay(sizes, means)).into_iter();
    let mut exponents: Vec<f64> = fitted.flatten().map(|decay| decay.exponent).collect();
    let mut end = |share: f64| quantile(&mut exponents, share);
    Some([end(LEVEL / 2.0)?, end(1.0 - LEVEL / 2.0)?])
}

fn crossed(sizes: &[usize], differences: &[f64], drawn: &CrossedBootstrap) -> Crossing {
    let mut crossings: Vec<f64> = drawn
        .map(|means| crossing(sizes, means))
        .into_iter()
        .flatten()
        .collect();
    let replicates = drawn.map(|_| ()).len();
    let share = crossings.len() as f64 / replicates.max(1) as f64;
    let end = |share: f64, crossings: &mut [f64]| quantile(crossings, share);
    let low = end(LEVEL / 2.0, &mut crossings);
    let high = end(1.0 - LEVEL / 2.0, &mut crossings);
    Crossing {
        at: crossing(sizes, differences),
        share,
        interval: low.zip(high).map(|(low, high)| [low, high]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: ham 0, 1, 2 and spam 1, 3. Of six pairs (2, 1) is wrong and (1, 1) a tie: 25 %.
    #[test]
    fn contributions_to_the_area_add_up_to_it_and_follow_the_messages() {
        let log_odds = [0.0, 1.0, 2.0, 1.0, 3.0];
        let found = wrong_pairs(&log_odds, &[0..3, 3..5]);
        let sum: f32 = found.iter().sum();
        assert!((sum - 25.0).abs() < 1e-4, "{sum}");
        // Shares of the other class on the wrong side: 0, 1/4, 1/2 of spam, 1/2 and 0 of ham.
        let expected = [0.0, 0.25, 0.5, 0.5, 0.0]
            .iter()
            .enumerate()
            .map(|(at, share)| 100.0 * (share - 0.125) / if at < 3 { 3.0 } else { 2.0 });
        for (found, expected) in found.iter().zip(expected) {
            assert!(
                (f64::from(*found) - expected).abs() < 1e-4,
                "{found}, {expected}"
            );
        }
    }
}
