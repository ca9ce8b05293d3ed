//! A multilayer perceptron on a sparse matrix: one to three hidden layers of rectified units and
//! one output, the log-odds of +1.
//!
//! Minimises `mean of cost · ln(1 + exp(-y f(x))) + decay · ‖weights‖² / 2` by back-propagation in
//! mini-batches (Rumelhart, Hinton and Williams 1986), by any rule of `optimizer`. The weights of
//! the first layer lie input by input, so that a row reads and moves only the blocks of its own
//! columns; their decay is shared out among the rows that hold them, as in `stochastic`. Dropout
//! (Srivastava et al., JMLR 15, 2014) silences hidden units during training and scales up the
//! others, so that scoring needs no correction. One thread, one order of additions: the same seed
//! gives the same bits. `F` is f32 at work and f64 where gradients are checked.

use crate::base::math::uniform;
use crate::dataset::CsrMatrix;
use crate::optim::{Logistic, Loss, Problem};
use num_traits::Float;

/// The number next to this one.
pub(crate) fn number<F: Float>(x: f64) -> F {
    F::from(x).unwrap_or_else(F::zero)
}

/// One layer that reads all units of the layer before: weights output by output, then biases.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Layer<F> {
    /// `outputs × inputs`, output by output.
    pub weights: Vec<F>,
    /// One for each output.
    pub biases: Vec<F>,
}

/// A net. Its objective is [`Net::mean_loss`] and [`Net::penalty`].
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Net<F> {
    /// Weights of the first layer, a block of as many as there are units for each input.
    pub first: Vec<F>,
    /// Biases of the first layer.
    pub biases: Vec<F>,
    /// The layers above; the last has one output.
    pub layers: Vec<Layer<F>>,
}

/// The numbers of one row on its way up and down, kept so that no row allocates.
#[derive(Debug, Clone, Default)]
pub struct Work<F> {
    /// Units of each hidden layer, 0 where a unit is silent.
    pub(crate) units: Vec<Vec<F>>,
    /// Slope of the loss by each unit.
    pub(crate) slopes: Vec<Vec<F>>,
}

impl<F: Float> Net<F> {
    /// A net of small random weights: uniform within ±√(6 / (inputs + outputs)) (Glorot and Bengio
    /// 2010).
    pub fn random(inputs: usize, width: usize, hidden: usize, rng: &mut dyn rand::Rng) -> Net<F> {
        let mut draw = |inputs: usize, outputs: usize| -> Vec<F> {
            let bound = (6.0 / (inputs + outputs) as f64).sqrt();
            (0..inputs * outputs)
                .map(|_| number(bound * (2.0 * uniform(rng) - 1.0)))
                .collect()
        };
        let first = draw(inputs, width);
        let outputs = (1..hidden).map(|_| width).chain([1]);
        let layers = outputs.map(|outputs| Layer {
            weights: draw(width, outputs),
            biases: vec![F::zero(); outputs],
        });
        Net {
            first,
            biases: vec![F::zero(); width],
            layers: layers.collect(),
        }
    }

    /// Units of a hidden layer.
    pub fn width(&self) -> usize {
        self.biases.len()
    }

    /// Inputs, if the parts fit one another; None if they contradict one another or are not finite.
    pub fn inputs(&self) -> Option<usize> {
        let width = self.width();
        let last = self.layers.len().checked_sub(1)?;
        let fits = |(at, layer): (usize, &Layer<F>)| {
            let outputs = if at == last { 1 } else { width };
            layer.biases.len() == outputs && Some(layer.weights.len()) == outputs.checked_mul(width)
        };
        let sound = width > 0
            && self.first.len().is_multiple_of(width)
            && self.layers.iter().enumerate().all(fits)
            && self.numbers().all(|weight| weight.is_finite());
        sound.then(|| self.first.len() / width)
    }

    fn numbers(&self) -> impl Iterator<Item = &F> {
        let layers = self
            .layers
            .iter()
            .flat_map(|layer| layer.weights.iter().chain(&layer.biases));
        self.first.iter().chain(&self.biases).chain(layers)
    }

    /// Room for one row.
    pub fn work(&self) -> Work<F> {
        let units = vec![vec![F::zero(); self.width()]; self.layers.len()];
        Work {
            slopes: units.clone(),
            units,
        }
    }

    /// The first layer's sums of a row, before any unit is silenced, into the first units of
    /// `work`.
    pub fn sums(&self, entries: impl Iterator<Item = (usize, f64)>, work: &mut Work<F>) {
        let width = self.width();
        work.units[0].copy_from_slice(&self.biases);
        for (input, value) in entries {
            add(
                &mut work.units[0],
                number(value),
                &self.first[input * width..][..width],
            );
        }
    }

    /// From the first layer's sums to the log-odds. `drop` silences units of a layer while
    /// learning.
    pub fn rise(&self, work: &mut Work<F>, mut drop: impl FnMut(&mut [F])) -> F {
        let mut output = F::zero();
        for (at, layer) in self.layers.iter().enumerate() {
            for unit in &mut work.units[at] {
                *unit = unit.max(F::zero());
            }
            drop(&mut work.units[at]);
            let (below, above) = work.units.split_at_mut(at + 1);
            let rows = layer
                .weights
                .chunks_exact(below[at].len())
                .zip(&layer.biases);
            let sums = rows.map(|(weights, bias)| *bias + dot(weights, &below[at]));
            match above.first_mut() {
                Some(units) => units
                    .iter_mut()
                    .zip(sums)
                    .for_each(|(unit, sum)| *unit = sum),
                None => output = sums.fold(F::zero(), |_, sum| sum),
            }
        }
        output
    }

    /// The log-odds of a row.
    pub fn output(&self, entries: impl Iterator<Item = (usize, f64)>, work: &mut Work<F>) -> F {
        self.sums(entries, work);
        self.rise(work, |_| {})
    }

    /// The log-odds of a row, and what it would be without each of its entries. The first layer
    /// adds up, so only the layers above are gone through again.
    pub fn leave_one_out(
        &self,
        entries: impl Iterator<Item = (usize, f64)> + Clone,
    ) -> (F, Vec<F>) {
        let mut work = self.work();
        self.sums(entries.clone(), &mut work);
        let sums = work.units[0].clone();
        let whole = self.rise(&mut work, |_| {});
        let width = self.width();
        let without = entries.map(|(input, value)| {
            work.units[0].copy_from_slice(&sums);
            add(
                &mut work.units[0],
                number(-value),
                &self.first[input * width..][..width],
            );
            self.rise(&mut work, |_| {})
        });
        let without = without.collect();
        (whole, without)
    }

    /// Mean of cost · loss, in nats.
    pub fn mean_loss(&self, of: &Problem<'_>, work: &mut Work<F>) -> f64 {
        let mut sum = 0.0;
        for (row, (sign, &cost)) in of.signs.iter().zip(of.costs).enumerate() {
            let output = self
                .row_output(of.rows, row, work)
                .to_f64()
                .unwrap_or(f64::NAN);
            sum += Logistic.primal(sign * output, cost);
        }
        sum / of.costs.iter().sum::<f64>()
    }

    /// `decay · ‖weights‖² / 2`; biases are free.
    pub fn penalty(&self, decay: f64) -> f64 {
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

    /// The log-odds of a row of a matrix.
    pub fn row_output(&self, rows: &CsrMatrix, row: usize, work: &mut Work<F>) -> F {
        self.output(entries(rows, row), work)
    }
}

/// Inputs of a row with their values.
pub(crate) fn entries(rows: &CsrMatrix, row: usize) -> impl Iterator<Item = (usize, f64)> {
    let (columns, values) = rows.row(row);
    columns
        .iter()
        .map(|column| *column as usize)
        .zip(values.iter().map(|&value| f64::from(value)))
}

/// a += factor · b.
pub(crate) fn add<F: Float>(a: &mut [F], factor: F, b: &[F]) {
    a.iter_mut().zip(b).for_each(|(a, &b)| *a = *a + factor * b);
}

/// a'b in eight running sums.
fn dot<F: Float>(a: &[F], b: &[F]) -> F {
    let mut sums = [F::zero(); 8];
    let (eights, rest) = a.as_chunks::<8>();
    let (other_eights, other_rest) = b.as_chunks::<8>();
    for (a, b) in eights.iter().zip(other_eights) {
        for lane in 0..8 {
            sums[lane] = sums[lane] + a[lane] * b[lane];
        }
    }
    let rest = rest.iter().zip(other_rest).map(|(&a, &b)| a * b);
    sums.into_iter()
        .chain(rest)
        .fold(F::zero(), |sum, term| sum + term)
}
