//! A draw from a normal distribution whose mean and variance a net gives, so made that slopes pass
//! through it: `z = mean + e^(log variance / 2) · noise` (Kingma and Welling, ICLR 2014).
//!
//! Means and logarithms of variances are cut at ±8, far beyond what they come to; what is cut has
//! no slope.

use crate::nn::functions::exp;

/// Where means and logarithms of variances are cut.
const MOST: f32 = 8.0;

/// A diagonal normal distribution. Its inputs are the means, then the logarithms of the variances.
#[derive(Debug, Clone, Copy)]
pub struct Gaussian {
    /// Dimensions of a draw.
    pub dimensions: usize,
}

impl Gaussian {
    /// The means of a row.
    pub fn means(self, parameters: &[f32]) -> impl Iterator<Item = f32> {
        let means = &parameters[..self.dimensions];
        means.iter().map(|mean| mean.clamp(-MOST, MOST))
    }

    /// For each dimension of a row, its mean and the logarithm of its variance, as they are and as
    /// they are cut.
    fn pairs(self, row: &[f32]) -> impl Iterator<Item = ([f32; 2], [f32; 2])> {
        let (means, log_variances) = row.split_at(self.dimensions);
        means.iter().zip(log_variances).map(|(&mean, &log)| {
            let cut = [mean, log].map(|value| value.clamp(-MOST, MOST));
            ([mean, log], cut)
        })
    }

    /// Appends a draw for each row, by its noise. Returns by how many nats the distributions of all
    /// rows diverge from the standard normal one (Kullback and Leibler).
    pub fn forward(self, parameters: &[f32], noise: &[f32], z: &mut Vec<f32>) -> f64 {
        let rows = parameters.chunks_exact(2 * self.dimensions);
        let mut divergence = 0.0;
        for (row, noise) in rows.zip(noise.chunks_exact(self.dimensions)) {
            for ((_, [mean, log]), noise) in self.pairs(row).zip(noise) {
                z.push(mean + exp(0.5 * log) * noise);
                divergence += f64::from(0.5 * (mean * mean + exp(log) - 1.0 - log));
            }
        }
        divergence
    }

    /// From the slopes by the draws, and the factor of the divergence in the loss, writes the
    /// slopes by means and logarithms of variances.
    pub fn backward(
        self,
        parameters: &[f32],
        noise: &[f32],
        slopes: &[f32],
        of_divergence: f32,
        back: &mut [f32],
    ) {
        let width = 2 * self.dimensions;
        let rows = parameters
            .chunks_exact(width)
            .zip(back.chunks_exact_mut(width));
        let draws = noise
            .chunks_exact(self.dimensions)
            .zip(slopes.chunks_exact(self.dimensions));
        for ((row, back), (noise, slopes)) in rows.zip(draws) {
            let (of_means, of_logs) = back.split_at_mut(self.dimensions);
            let places = of_means
                .iter_mut()
                .zip(of_logs)
                .zip(noise.iter().zip(slopes));
            for ((given, [mean, log]), ((of_mean, of_log), (noise, slope))) in
                self.pairs(row).zip(places)
            {
                let by_mean = slope + of_divergence * mean;
                let by_log =
                    0.5 * (slope * noise * exp(0.5 * log) + of_divergence * (exp(log) - 1.0));
                *of_mean = if given[0] == mean { by_mean } else { 0.0 };
                *of_log = if given[1] == log { by_log } else { 0.0 };
            }
        }
    }

    /// ln p(z) - ln q(z | row) of a draw: what it weighs beside the likelihood of what is made of
    /// it (Burda, Grosse and Salakhutdinov, ICLR 2016).
    pub fn log_weight(self, row: &[f32], noise: &[f32], z: &[f32]) -> f64 {
        let terms = self.pairs(row).zip(noise.iter().zip(z));
        terms
            .map(|((_, [_, log]), (noise, z))| f64::from(0.5 * (noise * noise + log - z * z)))
            .sum()
    }
}
