//! Back-propagation: the gradients of a [`Net`] by a mini-batch, with dropout and weight decay, and
//! the step against them.
//!
//! See `net` for the objective. Only the inputs that a batch holds have a gradient of the first
//! layer, so that a step costs what the rows hold, not what the vocabulary does.

use super::net::{Layer, Net, Work, add, entries, number};
use crate::base::streams::{Stream, random_stream};
use crate::optim::optimizer::{Optimizer, UpdateRule};
use crate::optim::{Logistic, Loss, Problem};
use num_traits::Float;

/// What keeps a net from overfitting.
#[derive(Debug, Clone, Copy)]
pub struct Regularisation {
    /// Factor of half the square of every weight in the objective; biases are free.
    pub weight_decay: f64,
    /// Share of the hidden units that are silent at each step.
    pub dropout: f64,
}

/// A net that is learning.
pub(super) struct Trainer<'a, F> {
    /// The net as it stands.
    pub net: Net<F>,
    problem: &'a Problem<'a>,
    regularisation: Regularisation,
    /// Room to score one row.
    pub work: Work<F>,
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
    /// A net before its first step, to learn the rows of `problem`.
    pub fn new(
        net: Net<F>,
        problem: &'a Problem<'a>,
        rule: UpdateRule,
        regularisation: Regularisation,
        seed: u64,
    ) -> Trainer<'a, F> {
        let inputs = net.first.len() / net.width().max(1);
        let mut holding = vec![0.0; inputs];
        for &column in problem.rows.iter().flat_map(|(columns, _)| columns) {
            holding[column as usize] += 1.0;
        }
        let optimizer = |blocks, length| Optimizer::new(rule, blocks, length);
        let zero = |layer: &Layer<F>| Layer {
            weights: vec![F::zero(); layer.weights.len()],
            biases: vec![F::zero(); layer.biases.len()],
        };
        Trainer {
            work: net.work(),
            problem,
            regularisation,
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
    pub fn gradients(&mut self, batch: &[u32]) {
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
                number(self.regularisation.weight_decay * share),
                weights,
            );
        }
        for (gradient, layer) in self.layers.iter_mut().zip(&self.net.layers) {
            add(
                &mut gradient.weights,
                number(self.regularisation.weight_decay),
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
        let keep = 1.0 - self.regularisation.dropout;
        net.sums(entries(self.problem.rows, row), work);
        let output = net.rise(work, |units| silence(units, keep, rng));
        let sign = self.problem.signs[row];
        let margin = sign * output.to_f64().unwrap_or(0.0);
        let slope: F = number(sign * Logistic.slope(margin, self.problem.costs[row]) * scale);
        let whole: F = number(1.0 / keep);
        // From the output down: `above` holds the slope of the loss by each sum of the layer above.
        // A unit that was silent, by dropout or because its sum was negative, passes nothing on;
        // the others were scaled up on the way and are so again.
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
    pub fn step(&mut self, rate: f64) {
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

    const REGULARISATION: Regularisation = Regularisation {
        weight_decay: 0.01,
        dropout: 0.0,
    };

    #[test]
    fn gradients_are_the_differences_of_the_objective_for_one_to_three_layers() {
        let mut rng = random_stream(2, Stream::Test(0));
        let mut rows = CsrMatrix::new(5);
        for _ in 0..6 {
            rows.push(
                (0..5)
                    .map(|column| (column, uniform(&mut rng) as f32 - 0.3))
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
            gradients_are_differences(net, &problem);
        }
    }

    /// Compares every gradient with a central difference of the objective.
    fn gradients_are_differences(net: Net<f64>, problem: &Problem<'_>) {
        let mut trainer = Trainer::new(net, problem, UpdateRule::Adam, REGULARISATION, 1);
        trainer.gradients(&[0, 1, 2, 3, 4, 5]);
        let mut difference = |change: &dyn Fn(&mut Net<f64>, f64)| {
            let mut at = |by: f64| {
                let mut net = trainer.net.clone();
                change(&mut net, by);
                net.penalty(REGULARISATION.weight_decay) + net.mean_loss(problem, &mut trainer.work)
            };
            (at(1e-6) - at(-1e-6)) / 2e-6
        };
        let near = |found: f64, expected: f64| {
            assert!((found - expected).abs() < 1e-8, "{found} is not {expected}");
        };
        for (place, &(input, _)) in trainer.touched.iter().enumerate() {
            for unit in 0..4 {
                let at = input as usize * 4 + unit;
                let expected = difference(&|net, by| net.first[at] += by);
                near(trainer.first[place * 4 + unit], expected);
            }
        }
        for (unit, &found) in trainer.biases.iter().enumerate() {
            near(found, difference(&|net, by| net.biases[unit] += by));
        }
        for (at, layer) in trainer.layers.iter().enumerate() {
            for (weight, &found) in layer.weights.iter().enumerate() {
                let change = |net: &mut Net<f64>, by| net.layers[at].weights[weight] += by;
                near(found, difference(&change));
            }
            let change = |net: &mut Net<f64>, by| net.layers[at].biases[0] += by;
            near(layer.biases[0], difference(&change));
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
}
