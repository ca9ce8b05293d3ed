//! A net of dense layers with leaky rectified units between them, on rows of a fixed width: what
//! generator and discriminator of an adversarial game are made of, and whoever judges them.

use super::functions::{leak, leak_back};
use super::layers::Dense;
use super::weights::{Begin, Layout};

/// Names of the layers' weights and biases.
const NAMES: [[&str; 2]; 4] = [
    ["first weights", "first biases"],
    ["second weights", "second biases"],
    ["third weights", "third biases"],
    ["fourth weights", "fourth biases"],
];

/// Where the weights of the net stand.
#[derive(Debug, Clone)]
pub struct FeedForward {
    /// The spans.
    pub layout: Layout,
    layers: Vec<Dense>,
}

/// What each layer read, and what came out at the end.
#[derive(Debug, Clone, Default)]
pub struct Passed {
    /// The inputs of each layer; the first are those of the net.
    inputs: Vec<Vec<f32>>,
    /// The outputs of the net, row by row.
    pub out: Vec<f32>,
    slopes: Vec<f32>,
    /// The slopes by the inputs of the net, once they were asked for.
    pub back: Vec<f32>,
}

impl FeedForward {
    /// Reserves the weights of a net with so many units in each layer, from inputs to outputs: four
    /// layers at most. Weights begin normal, with variance 2 over the inputs of their layer (He and
    /// others, ICCV 2015).
    pub fn new(widths: &[usize]) -> FeedForward {
        let mut layout = Layout::default();
        let layers = widths.windows(2).zip(NAMES).map(|(pair, names)| {
            let begin = Begin::Normal((2.0 / pair[0] as f32).sqrt());
            Dense::new(&mut layout, names, pair[0], pair[1], begin)
        });
        let layers = layers.collect();
        FeedForward { layout, layers }
    }

    /// The outputs of each row of `x`, in `passed`.
    pub fn forward(&self, all: &[f32], x: &[f32], passed: &mut Passed) {
        passed.inputs.resize(self.layers.len(), Vec::new());
        let Passed { inputs, out, .. } = passed;
        if let Some(first) = inputs.first_mut() {
            first.clear();
            first.extend_from_slice(x);
        }
        for (at, layer) in self.layers.iter().enumerate() {
            let (read, after) = inputs.split_at_mut(at + 1);
            match after.first_mut() {
                Some(next) => {
                    layer.forward(all, &read[at], next);
                    leak(next);
                }
                None => layer.forward(all, &read[at], out),
            }
        }
    }

    /// From the slopes by the outputs of the rows that went forward last, adds those by the weights
    /// to `gradient`, and writes those by the inputs to `passed.back`.
    pub fn backward(&self, all: &[f32], slopes: &[f32], gradient: &mut [f32], passed: &mut Passed) {
        let Passed {
            inputs,
            slopes: kept,
            back,
            ..
        } = passed;
        kept.clear();
        kept.extend_from_slice(slopes);
        for (at, layer) in self.layers.iter().enumerate().rev() {
            layer.backward(all, &inputs[at], kept, gradient, back);
            if at > 0 {
                leak_back(&inputs[at], back);
                std::mem::swap(kept, back);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::streams::{Stream, random_stream};
    use crate::nn::weights::tests::slope_error;

    #[test]
    fn slopes_by_weights_and_inputs_are_differences_of_the_loss() {
        let mut net = FeedForward::new(&[3, 7, 6, 2]);
        // The inputs are weights, too, so that their slopes are compared as well.
        let x = net.layout.reserve("inputs", 12, Begin::Normal(1.0));
        let weights = net.layout.begin(&mut random_stream(3, Stream::Test(0)));
        let value = |moved: &[f32]| {
            let mut passed = Passed::default();
            net.forward(moved, x.of(moved), &mut passed);
            let squares = passed.out.iter().enumerate();
            squares
                .map(|(at, &y)| f64::from(y).powi(2) / 2.0 + at as f64 * f64::from(y))
                .sum()
        };
        let mut passed = Passed::default();
        net.forward(&weights, x.of(&weights), &mut passed);
        let slopes: Vec<f32> = passed
            .out
            .iter()
            .enumerate()
            .map(|(at, y)| y + at as f32)
            .collect();
        let mut gradient = vec![0.0; weights.len()];
        net.backward(&weights, &slopes, &mut gradient, &mut passed);
        x.of_mut(&mut gradient).copy_from_slice(&passed.back);
        let (error, span) = slope_error(&net.layout, &weights, &gradient, value);
        assert!(error < 0.02, "{error} in {span}");
    }
}
