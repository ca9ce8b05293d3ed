//! The curves of a pair: both models trained on every training set and tested on the same messages,
//! with what each message contributes to each metric, so that both kinds of chance can be drawn.

use super::pairs::Matched;
use super::plan::Plan;
use crate::base::progress::Progress;
use crate::dataset::Corpus;
use crate::dataset::features::Encoded;
use crate::lab::analyses::experiments::cells::{KeyedCells, Tests};
use crate::lab::analyses::experiments::contributions::{ByMetric, contributed, less};
use crate::lab::analyses::experiments::{labels, log_odds};
use crate::lab::error::LabError;
use crate::results::experiments::{
    Crossing, Decay, METRICS_OF_A_CROSSOVER, MatchedCurves, PairedPoint, crossing, decay,
};
use crate::results::{Contributions, CrossedBootstrap, Metrics, quantile};
use crate::train::{ModelSpec, TrainOptions, train};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Share of samples in which an interval leaves out the truth.
const LEVEL: f64 = 0.05;

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
type Contributed = [ByMetric; 2];

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
            let cell = self.cells.cell(&name, |tests| self.cell(rows, tests));
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
                .map(|at| {
                    let cells = of_size(cells, at);
                    cells.map(|[a, b]| less(&a[metric], &b[metric])).collect()
                })
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
    fn cell(&self, rows: &[usize], tests: &mut Tests) -> Result<Contributed, LabError> {
        // Defaults: a training set of four messages has few words twice.
        let options = TrainOptions::seeded(self.seed);
        let training = train(self.models, self.corpus, rows, options, &|| ());
        let test = Encoded::new(self.corpus, &training.encoders, &self.plan.test);
        let labels = labels(self.corpus, &self.plan.test);
        let mut cell = Contributed::default();
        for ((model, trained), own) in self.models.iter().zip(training.models).zip(&mut cell) {
            let trained = trained.map_err(|error| LabError::Model {
                model: model.entry.name().to_owned(),
                error,
            })?;
            let log_odds = log_odds(&trained, &test);
            tests.add(&trained, &log_odds, &labels);
            let decision = trained.decision.decision;
            *own = contributed(&log_odds, decision, &self.plan.classes);
        }
        Ok(cell)
    }
}

/// The training sets of one size.
fn of_size(cells: &[(usize, Contributed)], at: usize) -> impl Iterator<Item = &Contributed> {
    let of = cells.iter().filter(move |(size, _)| *size == at);
    of.map(|(_, cell)| cell)
}

/// The mean of each metric over training sets.
fn means(cells: &[&ByMetric]) -> Metrics {
    let mean = |metric: usize| {
        let sum = |own: &&ByMetric| -> f64 { own[metric].iter().map(|&x| f64::from(x)).sum() };
        cells.iter().map(sum).sum::<f64>() / cells.len() as f64
    };
    let keys = METRICS_OF_A_CROSSOVER.iter().enumerate();
    keys.map(|(metric, key)| ((*key).to_owned(), Some(mean(metric))))
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
