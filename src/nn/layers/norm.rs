//! Layer normalisation (Ba, Kiros and Hinton 2016): each row less its mean, over its standard
//! deviation, then times a gain and plus a bias of each column.

use crate::nn::functions::{product_of, sum_of};
use crate::nn::kernel::vectorized;
use crate::nn::weights::{Begin, Layout, Span};

/// Keeps a row of equal numbers finite.
const SMALL: f32 = 1e-5;

/// Normalises rows of `width` numbers.
#[derive(Debug, Clone, Copy)]
pub struct LayerNorm {
    width: usize,
    gains: Span,
    biases: Span,
}

impl LayerNorm {
    /// Reserves gains, which begin at 1, and biases, which begin at 0.
    pub fn new(layout: &mut Layout, [gains, biases]: [&'static str; 2], width: usize) -> LayerNorm {
        LayerNorm {
            width,
            gains: layout.reserve(gains, width, Begin::One),
            biases: layout.reserve(biases, width, Begin::Zero),
        }
    }

    /// The rows of `x`, normalised; and, for the way back, the mean of each and one over its
    /// deviation.
    pub fn forward(&self, all: &[f32], x: &[f32], out: &mut Vec<f32>, kept: &mut Vec<[f32; 2]>) {
        let (gains, biases) = (self.gains.of(all), self.biases.of(all));
        out.clear();
        out.resize(x.len(), 0.0);
        kept.clear();
        for (x, out) in x
            .chunks_exact(self.width)
            .zip(out.chunks_exact_mut(self.width))
        {
            kept.push(vectorized(
                #[inline(always)]
                || {
                    let count = x.len() as f32;
                    let mean = sum_of(x, |value| value) / count;
                    let variance = sum_of(x, |value| (value - mean) * (value - mean)) / count;
                    let scale = 1.0 / (variance + SMALL).sqrt();
                    let columns = gains.iter().zip(biases);
                    for ((out, x), (gain, bias)) in out.iter_mut().zip(x).zip(columns) {
                        *out = (x - mean) * scale * gain + bias;
                    }
                    [mean, scale]
                },
            ));
        }
    }

    /// From the slopes by what came out, adds those by gains and biases to `gradient` and those by
    /// the rows to `back`.
    pub fn backward(
        &self,
        all: &[f32],
        x: &[f32],
        kept: &[[f32; 2]],
        slopes: &[f32],
        gradient: &mut [f32],
        back: &mut [f32],
    ) {
        let width = self.width;
        let mut normal = vec![0.0; width];
        let mut pulls = vec![0.0; width];
        let rows = x.chunks_exact(width).zip(slopes.chunks_exact(width));
        let rows = rows.zip(kept).zip(back.chunks_exact_mut(width));
        for (((x, slopes), &[mean, scale]), back) in rows {
            let gains = self.gains.of(all);
            vectorized(
                #[inline(always)]
                || {
                    for (normal, x) in normal.iter_mut().zip(x) {
                        *normal = (x - mean) * scale;
                    }
                    for ((pull, slope), gain) in pulls.iter_mut().zip(slopes).zip(gains) {
                        *pull = slope * gain;
                    }
                },
            );
            let of_gains = self.gains.of_mut(gradient);
            vectorized(
                #[inline(always)]
                || {
                    for ((sum, slope), normal) in of_gains.iter_mut().zip(slopes).zip(&normal) {
                        *sum += slope * normal;
                    }
                },
            );
            let of_biases = self.biases.of_mut(gradient);
            vectorized(
                #[inline(always)]
                || {
                    for (sum, slope) in of_biases.iter_mut().zip(slopes) {
                        *sum += slope;
                    }
                    let count = width as f32;
                    let mean_pull = sum_of(&pulls, |pull| pull) / count;
                    let along = product_of(&pulls, &normal) / count;
                    for ((back, pull), normal) in back.iter_mut().zip(&pulls).zip(&normal) {
                        *back += scale * (pull - mean_pull - normal * along);
                    }
                },
            );
        }
    }
}
