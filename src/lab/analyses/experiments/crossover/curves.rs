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
use crate::results::experiments::{
    Crossing, Decay, METRICS_OF_A_CROSSOVER, MatchedCurves, PairedPoint, crossing, decay,
};
use crate::results::{Contributions, CrossedBootstrap, Metrics, quantile};
use crate::train::{ModelSpec, TrainOptions, train};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::convert::Infallible;

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

/// By model, what each test message contributes to each metric; or why it could not be fitted.
type Cell = [Result<ByMetric, String>; 2];
/// The same of two models that both could.
type Contributed<'a> = [&'a ByMetric; 2];

/// The training sets to which both models could be fitted, by size; a size with none is left out.
struct Fitted<'a> {
    /// The place of each size among all.
    places: Vec<usize>,
    sizes: Vec<usize>,
    sets: Vec<Vec<Contributed<'a>>>,
}

impl PairOf<'_> {
    /// The curves of a pair.
    pub fn curves(
        &self,
        matched: &Matched,
        tuned: bool,
        replicates: u32,
        progress: &dyn Progress,
    ) -> MatchedCurves {
        // The most expensive first, so that no thread is left alone with one at the end.
        let jobs = self.plan.subsets.par_iter();
        let cells = jobs.rev().with_max_len(1).map(|(size, rows)| {
            let name = format!("crossover {} {rows:?} {:?}", self.name, self.plan.test);
            let make = |tests: &mut Tests| Ok::<Cell, Infallible>(self.cell(rows, tests));
            let Ok(cell) = self.cells.cell(&name, make);
            progress.advance(1);
            (*size, cell)
        });
        let mut cells: Vec<(usize, Cell)> = cells.collect();
        cells.reverse();
        let sizes = &self.plan.sizes;
        let fitted: Vec<Vec<Contributed<'_>>> =
            (0..sizes.len()).map(|at| both(&cells, at)).collect();
        let point = |(at, sets): (usize, &Vec<Contributed<'_>>)| PairedPoint {
            emails: sizes[at],
            resamples: sets.len(),
            failed: cells.iter().filter(|(size, _)| *size == at).count() - sets.len(),
            means: [0, 1].map(|model| means(sets, model)),
            differences: BTreeMap::new(),
        };
        let mut points: Vec<PairedPoint> = fitted.iter().enumerate().map(point).collect();
        let fitted = Fitted::new(sizes, fitted);
        let crossings = self.crossings(&fitted, &mut points, replicates);
        let decay = [0, 1].map(|model| self.decay(&fitted, &points, model, replicates));
        let failed = [0, 1].map(|model: usize| {
            let mut failed = cells
                .iter()
                .filter_map(|(_, cell)| cell[model].as_ref().err());
            failed.next().cloned()
        });
        MatchedCurves {
            features: matched.features.to_owned(),
            models: matched.sides.each_ref().map(|side| side.model.to_owned()),
            tuned,
            crossings,
            decay,
            failed,
            points,
        }
    }

    /// Where the pair crosses by each metric; each point gets its differences.
    fn crossings(
        &self,
        fitted: &Fitted<'_>,
        points: &mut [PairedPoint],
        replicates: u32,
    ) -> BTreeMap<String, Crossing> {
        let mut crossings = BTreeMap::new();
        for (metric, key) in METRICS_OF_A_CROSSOVER.iter().enumerate() {
            let differences = fitted.contributions(|[a, b]| less(&a[metric], &b[metric]));
            let drawn =
                CrossedBootstrap::draw(&differences, &self.plan.classes, replicates, self.seed);
            let mut of_points = Vec::with_capacity(fitted.places.len());
            for (at, &place) in fitted.places.iter().enumerate() {
                let point = &mut points[place];
                let [a, b] = point
                    .means
                    .each_ref()
                    .map(|means| means[*key].unwrap_or(f64::NAN));
                let interval = drawn.interval(at, LEVEL).unwrap_or([f64::NAN; 2]);
                point
                    .differences
                    .insert((*key).to_owned(), (a - b, interval));
                of_points.push(a - b);
            }
            let crossed = crossed(&fitted.sizes, &of_points, &drawn);
            crossings.insert((*key).to_owned(), crossed);
        }
        crossings
    }

    /// How the error rate of a model falls.
    fn decay(
        &self,
        fitted: &Fitted<'_>,
        points: &[PairedPoint],
        model: usize,
        replicates: u32,
    ) -> Option<Decay> {
        let errors = METRICS_OF_A_CROSSOVER[0];
        let means = points.iter().filter_map(|point| point.means[model][errors]);
        let means: Vec<f64> = means.collect();
        let own = fitted.contributions(|set| set[model][0].clone());
        let drawn = CrossedBootstrap::draw(&own, &self.plan.classes, replicates, self.seed);
        Some(Decay {
            interval: exponents(&fitted.sizes, &drawn),
            ..decay(&fitted.sizes, &means)?
        })
    }

    /// Trains both models on these rows and tests them.
    fn cell(&self, rows: &[usize], tests: &mut Tests) -> Cell {
        // Defaults: a training set of four messages has few words twice.
        let options = TrainOptions::seeded(self.seed);
        let training = train(self.models, self.corpus, rows, options, &|| ());
        let test = Encoded::new(self.corpus, &training.encoders, &self.plan.test);
        let labels = labels(self.corpus, &self.plan.test);
        [0, 1].map(|model: usize| match &training.models[model] {
            Ok(trained) => {
                let log_odds = log_odds(trained, &test);
                tests.add(trained, &log_odds, &labels);
                let decision = trained.decision.decision;
                Ok(contributed(&log_odds, decision, &self.plan.classes))
            }
            Err(error) => Err(error.to_string()),
        })
    }
}

impl<'a> Fitted<'a> {
    /// Of all sizes those that have any training set.
    fn new(sizes: &[usize], mut sets: Vec<Vec<Contributed<'a>>>) -> Fitted<'a> {
        let places = (0..sizes.len()).filter(|&at| !sets[at].is_empty());
        let places: Vec<usize> = places.collect();
        sets.retain(|of_size| !of_size.is_empty());
        Fitted {
            sizes: places.iter().map(|&at| sizes[at]).collect(),
            places,
            sets,
        }
    }

    /// What each test message contributes by training set and size.
    fn contributions(&self, of: impl Fn(&Contributed<'a>) -> Vec<f32>) -> Vec<Contributions> {
        let of_size = |sets: &Vec<Contributed<'a>>| sets.iter().map(&of).collect();
        self.sets.iter().map(of_size).collect()
    }
}

/// The training sets of one size to which both models could be fitted.
fn both(cells: &[(usize, Cell)], at: usize) -> Vec<Contributed<'_>> {
    let of_size = cells.iter().filter(|(size, _)| *size == at);
    let both = of_size.filter_map(|(_, [a, b])| Some([a.as_ref().ok()?, b.as_ref().ok()?]));
    both.collect()
}

/// The mean of each metric of a model over training sets; none without any.
fn means(sets: &[Contributed<'_>], model: usize) -> Metrics {
    let mean = |metric: usize| {
        let own = sets.iter().map(|set| &set[model][metric]);
        let sums = own.map(|own| own.iter().map(|&x| f64::from(x)).sum::<f64>());
        (!sets.is_empty()).then(|| sums.sum::<f64>() / sets.len() as f64)
    };
    let keys = METRICS_OF_A_CROSSOVER.iter().enumerate();
    keys.map(|(metric, key)| ((*key).to_owned(), mean(metric)))
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
