//! Every output reads every input: `y = x W + b`.

use crate::nn::functions::{add_row_times, add_rows};
use crate::nn::kernel::{Matrix, Write, multiply};
use crate::nn::weights::{Begin, Layout, Span};

/// A dense layer. Its weights are a matrix of `inputs × outputs`, its biases one per output.
#[derive(Debug, Clone, Copy)]
pub struct Dense {
    /// Inputs of a row.
    pub inputs: usize,
    /// Outputs of a row.
    pub outputs: usize,
    /// Weights, input by input.
    pub weights: Span,
    /// Biases.
    pub biases: Span,
}

impl Dense {
    /// Reserves its weights, which begin as told, and its biases, which begin at 0.
    pub fn new(
        layout: &mut Layout,
        [weights, biases]: [&'static str; 2],
        inputs: usize,
        outputs: usize,
        begin: Begin,
    ) -> Dense {
        Dense {
            inputs,
            outputs,
            weights: layout.reserve(weights, inputs * outputs, begin),
            biases: layout.reserve(biases, outputs, Begin::Zero),
        }
    }

    fn matrix<'w>(&self, all: &'w [f32]) -> Matrix<'w> {
        Matrix::new(self.weights.of(all), self.inputs, self.outputs)
    }

    /// The outputs of a single row.
    pub fn forward_one(&self, all: &[f32], x: &[f32], out: &mut Vec<f32>) {
        out.clear();
        out.extend_from_slice(self.biases.of(all));
        add_row_times(out, x, self.weights.of(all));
    }

    /// The outputs of each row of `x`.
    pub fn forward(&self, all: &[f32], x: &[f32], out: &mut Vec<f32>) {
        let rows = x.len() / self.inputs.max(1);
        out.clear();
        for _ in 0..rows {
            out.extend_from_slice(self.biases.of(all));
        }
        let x = Matrix::new(x, rows, self.inputs);
        multiply(out, x, self.matrix(all), Write::Add);
    }

    /// From the slopes by its outputs, adds those by its weights to `gradient`, and writes those by
    /// its inputs to `back`.
    pub fn backward(
        &self,
        all: &[f32],
        x: &[f32],
        slopes: &[f32],
        gradient: &mut [f32],
        back: &mut Vec<f32>,
    ) {
        let rows = x.len() / self.inputs.max(1);
        let slopes_of_rows = Matrix::new(slopes, rows, self.outputs);
        let x = Matrix::new(x, rows, self.inputs).transposed();
        multiply(self.weights.of_mut(gradient), x, slopes_of_rows, Write::Add);
        add_rows(self.biases.of_mut(gradient), slopes);
        back.clear();
        back.resize(rows * self.inputs, 0.0);
        multiply(
            back,
            slopes_of_rows,
            self.matrix(all).transposed(),
            Write::Set,
        );
    }
}
