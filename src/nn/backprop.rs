//! Teaching a [`Net`]: back-propagation in mini-batches, dropout, weight decay, early stopping.
//!
//! See `net` for the objective. A pass is measured without dropout; the net of the best pass is
//! kept.

use super::net::{Layer, Net, Work, add, entries, number};
use crate::base::math::shuffle;
use crate::base::streams::{Stream, random_stream};
use crate::optim::early_stopping::EarlyStopping;
use crate::optim::optimizer::{Optimizer, Schedule, UpdateRule};
use crate::optim::stochastic::Passed;
use crate::optim::{Logistic, Loss, Problem};
use num_traits::Float;

/// How a net is taught.
#[derive(Debug, Clone, Copy)]
pub struct TrainConfig {
    /// How a gradient becomes a step.
    pub rule: UpdateRule,
    /// The first rate.
    pub learning_rate: f64,
    /// How it falls over all passes.
    pub schedule: Schedule,
    /// Rows a step is learned from.
    pub batch_size: usize,
    /// Passes over all rows at most.
    pub max_iter: u32,
    /// Passes without a better loss after which the work ends.
    pub n_iter_no_change: u32,
    /// Price of half the square of every weight; biases are free.
    pub weight_decay: f64,
    /// Share of the hidden units that are silent at each step.
    pub dropout: f64,
}

/// A taught net.
pub struct TrainedNet<F> {
    /// The net of the best pass.
    pub net: Net<F>,
    /// Its objective.
    pub objective: f64,
    /// Passes over all rows.
    pub passes: u32,
    /// Whether the loss of the rows held out said when to stop.
    pub stopped_early: bool,
}

/// Teaches `net` the rows of `problem`, whose bias is not used, watching those of `held`. `watch`
/// sees each pass and the net after it; None if it says not to go on.
pub fn train<F: Float>(
    net: Net<F>,
    problem: &Problem<'_>,
    held: Option<&Problem<'_>>,
    config: &TrainConfig,
    seed: u64,
    watch: &mut dyn FnMut(Passed, &Net<F>) -> bool,
) -> Option<TrainedNet<F>> {
    let mut pupil = Trainer::new(net, problem, config, seed);
    let mut rng = random_stream(seed, Stream::NetOrder);
    let mut order: Vec<u32> = (0..problem.rows.len() as u32).collect();
    // What is held out is judged by its loss alone.
    let measure = |net: &Net<F>, work: &mut Work<F>| {
        let (price, loss) = (
            net.price(config.weight_decay),
            mean_loss(net, problem, work),
        );
        let held_out = held.map(|held| mean_loss(net, held, work));
        (
            held_out.unwrap_or(price + loss),
            price + loss,
            held_out.map(|loss| price + loss),
        )
    };
    let (measured, objective, _) = measure(&pupil.net, &mut pupil.work);
    let start = (pupil.net.clone(), objective);
    let mut stopping = EarlyStopping::from_measured(config.n_iter_no_change, start, measured);
    let mut pass = 0;
    while pass < config.max_iter && !stopping.is_over(pass) {
        shuffle(&mut order, &mut rng);
        for (at, batch) in order.chunks(config.batch_size.max(1)).enumerate() {
            let done = (f64::from(pass) + (at * config.batch_size) as f64 / order.len() as f64)
                / f64::from(config.max_iter);
            pupil.gradients(batch);
            pupil.step(config.learning_rate * config.schedule.share(done));
        }
        pass += 1;
        let (measured, now, held_out) = measure(&pupil.net, &mut pupil.work);
        if !now.is_finite() {
            // The rate was far too high; the best net so far stands.
            break;
        }
        if !watch(
            Passed {
                pass,
                objective: now,
                held_out,
            },
            &pupil.net,
        ) {
            return None;
        }
        stopping.offer(pass, measured, || (pupil.net.clone(), now));
    }
    let stopped_early = held.is_some() && pass < config.max_iter && stopping.is_over(pass);
    let (net, objective) = stopping.into_best();
    Some(TrainedNet {
        net,
        objective,
        passes: pass,
        stopped_early,
    })
}

/// Mean of cost · loss, in nats.
fn mean_loss<F: Float>(net: &Net<F>, of: &Problem<'_>, work: &mut Work<F>) -> f64 {
    let mut sum = 0.0;
    for (row, (sign, &cost)) in of.signs.iter().zip(of.costs).enumerate() {
        let output = net.judge(of.rows, row, work).to_f64().unwrap_or(f64::NAN);
        sum += Logistic.primal(sign * output, cost);
    }
    sum / of.costs.iter().sum::<f64>()
}

impl<F: Float> Net<F> {
    /// `decay · ‖weights‖² / 2`.
    fn price(&self, decay: f64) -> f64 {
        let square = |weights: &[F]| {
            weights
                .iter()
                .map(|weight| weight.to_f64().unwrap_or(0.0).powi(2))
                .sum::<f64>()
        };
        decay / 2.0
            * (square(&self.first)
                + self
                    .layers
                    .iter()
                    .map(|layer| square(&layer.weights))
                    .sum::<f64>())
    }
}

/// A net that is learning.
struct Trainer<'a, F> {
    net: Net<F>,
    problem: &'a Problem<'a>,
    config: &'a TrainConfig,
    work: Work<F>,
    rng: rand_pcg::Pcg64,
    /// Gradient of the first layer: a block for each input the batch holds.
    first: Vec<F>,
    /// Those inputs, with how many rows of the batch hold each.
    touched: Vec<(u32, f64)>,
    /// Place of each input among them, or `NOWHERE`.
    places: Vec<u32>,
    /// Rows that hold each input.
    holding: Vec<f64>,
    biases: Vec<F>,
    layers: Vec<Layer<F>>,
    first_optimizer: Optimizer<F>,
    bias_optimizer: Optimizer<F>,
    layer_optimizers: Vec<[Optimizer<F>; 2]>,
}

const NOWHERE: u32 = u32::MAX;

impl<'a, F: Float> Trainer<'a, F> {
    fn new(
        net: Net<F>,
        problem: &'a Problem<'a>,
        config: &'a TrainConfig,
        seed: u64,
    ) -> Trainer<'a, F> {
        let inputs = net.first.len() / net.width().max(1);
        let mut holding = vec![0.0; inputs];
        for &column in problem.rows.iter().flat_map(|(columns, _)| columns) {
            holding[column as usize] += 1.0;
        }
        let optimizer = |blocks, length| Optimizer::new(config.rule, blocks, length);
        let zero = |layer: &Layer<F>| Layer {
            weights: vec![F::zero(); layer.weights.len()],
            biases: vec![F::zero(); layer.biases.len()],
        };
        Trainer {
            work: net.work(),
            problem,
            config,
            rng: random_stream(seed, Stream::Dropout),
            first: Vec::new(),
            touched: Vec::new(),
            places: vec![NOWHERE; inputs],
            holding,
            biases: vec![F::zero(); net.width()],
            layers: net.layers.iter().map(zero).collect(),
            first_optimizer: optimizer(inputs, net.width()),
            bias_optimizer: optimizer(1, net.width()),
            layer_optimizers: net
                .layers
                .iter()
                .map(|layer| {
                    [
                        optimizer(1, layer.weights.len()),
                        optimizer(1, layer.biases.len()),
                    ]
                })
                .collect(),
            net,
        }
    }

    /// The gradients of a batch, the decay included.
    fn gradients(&mut self, batch: &[u32]) {
        self.clear();
        let rows = self.problem.costs.len() as f64;
        let scale = rows / (self.problem.costs.iter().sum::<f64>() * batch.len() as f64);
        for &row in batch {
            self.row(row as usize, scale);
        }
        // A batch of b rows stands for all: an input in c of them and in d of all rows has its
        // decay charged c n / b d times.
        let width = self.net.width();
        for (place, &(input, held)) in self.touched.iter().enumerate() {
            let share = held * rows / (batch.len() as f64 * self.holding[input as usize]);
            let weights = &self.net.first[input as usize * width..][..width];
            add(
                &mut self.first[place * width..][..width],
                number(self.config.weight_decay * share),
                weights,
            );
        }
        for (gradient, layer) in self.layers.iter_mut().zip(&self.net.layers) {
            add(
                &mut gradient.weights,
                number(self.config.weight_decay),
                &layer.weights,
            );
        }
    }

    fn clear(&mut self) {
        for (input, _) in self.touched.drain(..) {
            self.places[input as usize] = NOWHERE;
        }
        self.first.clear();
        self.biases.fill(F::zero());
        for layer in &mut self.layers {
            layer.weights.fill(F::zero());
            layer.biases.fill(F::zero());
        }
    }

    /// Adds one row: up through the net and back.
    fn row(&mut self, row: usize, scale: f64) {
        let (net, work, rng) = (&self.net, &mut self.work, &mut self.rng);
        let keep = 1.0 - self.config.dropout;
        net.sums(entries(self.problem.rows, row), work);
        let output = net.rise(work, |units| silence(units, keep, rng));
        let sign = self.problem.signs[row];
        let margin = sign * output.to_f64().unwrap_or(0.0);
        let slope: F = number(sign * Logistic.slope(margin, self.problem.costs[row]) * scale);
        let whole: F = number(1.0 / keep);
        let mut above = vec![slope; 1];
        for (at, layer) in net.layers.iter().enumerate().rev() {
            let (units, slopes) = (&work.units[at], &mut work.slopes[at]);
            slopes.fill(F::zero());
            let gradient = &mut self.layers[at];
            for (output, &slope) in above.iter().enumerate() {
                let span = output * units.len()..(output + 1) * units.len();
                add(&mut gradient.weights[span.clone()], slope, units);
                gradient.biases[output] = gradient.biases[output] + slope;
                add(slopes, slope, &layer.weights[span]);
            }
            for (slope, &unit) in slopes.iter_mut().zip(units) {
                *slope = if unit > F::zero() {
                    *slope * whole
                } else {
                    F::zero()
                };
            }
            above.clone_from(slopes);
        }
        add(&mut self.biases, F::one(), &above);
        self.add_inputs(row, &above);
    }

    /// What a row adds to the gradient of the first layer.
    fn add_inputs(&mut self, row: usize, slopes: &[F]) {
        let width = slopes.len();
        for (input, value) in entries(self.problem.rows, row) {
            if self.places[input] == NOWHERE {
                self.places[input] = self.touched.len() as u32;
                self.touched.push((input as u32, 0.0));
                self.first.resize(self.first.len() + width, F::zero());
            }
            let place = self.places[input] as usize;
            self.touched[place].1 += 1.0;
            add(
                &mut self.first[place * width..][..width],
                number(value),
                slopes,
            );
        }
    }

    /// Moves the weights against the gradients.
    fn step(&mut self, rate: f64) {
        let width = self.net.width();
        for (place, &(input, _)) in self.touched.iter().enumerate() {
            let input = input as usize;
            let weights = &mut self.net.first[input * width..][..width];
            self.first_optimizer
                .step(input, weights, &self.first[place * width..][..width], rate);
        }
        self.bias_optimizer
            .step(0, &mut self.net.biases, &self.biases, rate);
        let layers = self
            .net
            .layers
            .iter_mut()
            .zip(&self.layers)
            .zip(&mut self.layer_optimizers);
        for ((layer, gradient), [weights, biases]) in layers {
            weights.step(0, &mut layer.weights, &gradient.weights, rate);
            biases.step(0, &mut layer.biases, &gradient.biases, rate);
        }
    }
}

/// Keeps each unit with probability `keep`, and what it keeps it scales up, so that the mean stays.
fn silence<F: Float>(units: &mut [F], keep: f64, rng: &mut dyn rand::Rng) {
    if keep >= 1.0 {
        return;
    }
    // Sixteen bits a unit decide: four units for one draw.
    let least = (keep * 65_536.0) as u64;
    let whole = number(1.0 / keep);
    for units in units.chunks_mut(4) {
        let mut bits = rng.next_u64();
        for unit in units {
            *unit = if bits & 0xFFFF < least {
                *unit * whole
            } else {
                F::zero()
            };
            bits >>= 16;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::math::uniform;
    use crate::dataset::CsrMatrix;

    const CONFIG: TrainConfig = TrainConfig {
        rule: UpdateRule::Adam,
        learning_rate: 0.01,
        schedule: Schedule::Constant,
        batch_size: 8,
        max_iter: 200,
        n_iter_no_change: 200,
        weight_decay: 0.01,
        dropout: 0.0,
    };

    /// Rows of two inputs in {0, 1} and the sign of their exclusive or, which no plane parts; eight
    /// of each.
    fn exclusive_or() -> (CsrMatrix, Vec<f64>) {
        let mut rows = CsrMatrix::new(2);
        let mut signs = Vec::new();
        for at in 0..32 {
            let (a, b) = (at & 1, at >> 1 & 1);
            let set = [(0, a), (1, b)].into_iter().filter(|(_, bit)| *bit == 1);
            rows.push(set.map(|(column, _)| (column, 1.0)).collect::<Vec<_>>());
            signs.push(if a == b { -1.0 } else { 1.0 });
        }
        (rows, signs)
    }

    #[test]
    fn gradients_are_the_differences_of_the_objective_for_one_to_three_layers() {
        let mut rng = random_stream(2, Stream::Test(0));
        let mut rows = CsrMatrix::new(5);
        for _ in 0..6 {
            rows.push(
                (0..5)
                    .map(|column| (column, uniform(&mut rng) - 0.3))
                    .filter(|(_, value)| *value > 0.0),
            );
        }
        let signs = [1.0, -1.0, 1.0, 1.0, -1.0, -1.0];
        let problem = Problem {
            rows: &rows,
            signs: &signs,
            costs: &[1.0, 2.0, 1.0, 0.5, 1.0, 3.0],
            bias: 0.0,
        };
        for hidden in 1..=3 {
            let mut net = Net::<f64>::random(5, 4, hidden, &mut rng);
            net.biases.iter_mut().for_each(|bias| *bias = 0.1);
            let mut pupil = Trainer::new(net, &problem, &CONFIG, 1);
            pupil.gradients(&[0, 1, 2, 3, 4, 5]);
            let mut difference = |change: &dyn Fn(&mut Net<f64>, f64)| {
                let mut at = |by: f64| {
                    let mut net = pupil.net.clone();
                    change(&mut net, by);
                    net.price(CONFIG.weight_decay) + mean_loss(&net, &problem, &mut pupil.work)
                };
                (at(1e-6) - at(-1e-6)) / 2e-6
            };
            let near = |found: f64, expected: f64| {
                assert!((found - expected).abs() < 1e-8, "{found} is not {expected}");
            };
            for (place, &(input, _)) in pupil.touched.iter().enumerate() {
                for unit in 0..4 {
                    let at = input as usize * 4 + unit;
                    near(
                        pupil.first[place * 4 + unit],
                        difference(&|net, by| net.first[at] += by),
                    );
                }
            }
            for unit in 0..4 {
                near(
                    pupil.biases[unit],
                    difference(&|net, by| net.biases[unit] += by),
                );
            }
            for (at, layer) in pupil.layers.iter().enumerate() {
                for weight in 0..layer.weights.len() {
                    near(
                        layer.weights[weight],
                        difference(&|net, by| net.layers[at].weights[weight] += by),
                    );
                }
                near(
                    layer.biases[0],
                    difference(&|net, by| net.layers[at].biases[0] += by),
                );
            }
        }
    }

    #[test]
    fn a_net_learns_what_no_plane_can() {
        let (rows, signs) = exclusive_or();
        let problem = Problem {
            rows: &rows,
            signs: &signs,
            costs: &[1.0; 32],
            bias: 0.0,
        };
        for hidden in 1..=3 {
            let net = Net::<f32>::random(2, 16, hidden, &mut random_stream(1, Stream::Test(0)));
            let config = TrainConfig {
                weight_decay: 1e-4,
                ..CONFIG
            };
            let trained = train(net, &problem, None, &config, 1, &mut |_, _| true).unwrap();
            let mut work = trained.net.work();
            for (row, sign) in signs.iter().enumerate() {
                let output = f64::from(trained.net.judge(&rows, row, &mut work));
                assert!(sign * output > 2.0, "{hidden} layers, row {row}: {output}");
            }
        }
    }

    #[test]
    fn dropout_keeps_the_mean() {
        let mut rng = random_stream(4, Stream::Test(0));
        let mut sum = 0.0;
        let draws = 40_000;
        for _ in 0..draws {
            let mut units = [3.0_f64; 5];
            silence(&mut units, 0.6, &mut rng);
            sum += units.iter().sum::<f64>() / 5.0;
        }
        // One unit's variance is 9 · 0.4 / 0.6 = 6: five standard errors of the mean of 200,000 are
        // 0.027.
        assert!(
            (sum / f64::from(draws) - 3.0).abs() < 0.027,
            "{}",
            sum / f64::from(draws)
        );
        let mut whole = [3.0_f64; 5];
        silence(&mut whole, 1.0, &mut rng);
        assert_eq!(whole, [3.0; 5]);
    }

    #[test]
    fn early_stopping_restores_the_best_net_and_a_rate_far_too_high_ends() {
        let (rows, signs) = exclusive_or();
        let turned: Vec<f64> = signs
            .iter()
            .enumerate()
            .map(|(at, s)| if at % 3 == 0 { -s } else { *s })
            .collect();
        let problem = Problem {
            rows: &rows,
            signs: &turned,
            costs: &[1.0; 32],
            bias: 0.0,
        };
        let held = Problem {
            signs: &signs[..],
            ..problem
        };
        let config = TrainConfig {
            n_iter_no_change: 7,
            weight_decay: 0.0,
            learning_rate: 0.05,
            ..CONFIG
        };
        let mut seen = Vec::new();
        let net = Net::<f64>::random(2, 8, 1, &mut random_stream(1, Stream::Test(0)));
        let trained = train(
            net.clone(),
            &problem,
            Some(&held),
            &config,
            1,
            &mut |passed, _| {
                seen.push(passed.held_out.unwrap());
                true
            },
        )
        .unwrap();
        let least = seen.iter().copied().fold(f64::INFINITY, f64::min);
        assert_eq!(
            mean_loss(&trained.net, &held, &mut trained.net.work()),
            least
        );
        assert!(trained.stopped_early && seen[seen.len() - 8] == least);
        let wild = TrainConfig {
            learning_rate: 1e30,
            rule: UpdateRule::Momentum,
            ..CONFIG
        };
        let trained = train(net, &problem, None, &wild, 1, &mut |_, _| true).unwrap();
        assert!(trained.net.inputs() == Some(2) && !trained.stopped_early);
    }
}
