//! A dense layer for sparse rows: the weights of the inputs that a row has, times their values, are
//! added up. Without biases.

use crate::nn::functions::add_scaled;
use crate::nn::weights::{Begin, Layout, Span};

/// A bag of inputs, each with a block of `outputs` weights.
#[derive(Debug, Clone, Copy)]
pub struct Bag {
    outputs: usize,
    /// Weights, input by input.
    pub weights: Span,
}

impl Bag {
    /// Reserves its weights.
    pub fn new(
        layout: &mut Layout,
        name: &'static str,
        inputs: usize,
        outputs: usize,
        begin: Begin,
    ) -> Bag {
        Bag {
            outputs,
            weights: layout.reserve(name, inputs * outputs, begin),
        }
    }

    /// Adds what a row gives, inputs with their values, to its outputs.
    pub fn add(&self, all: &[f32], row: &[(u32, f32)], out: &mut [f32]) {
        let weights = self.weights.of(all);
        for &(input, value) in row {
            let start = input as usize * self.outputs;
            add_scaled(out, value, &weights[start..start + self.outputs]);
        }
    }

    /// From the slopes by the outputs of a row, adds those by its weights to `gradient`.
    pub fn backward(&self, row: &[(u32, f32)], slopes: &[f32], gradient: &mut [f32]) {
        let gradient = self.weights.of_mut(gradient);
        for &(input, value) in row {
            let start = input as usize * self.outputs;
            add_scaled(&mut gradient[start..start + self.outputs], value, slopes);
        }
    }
}
