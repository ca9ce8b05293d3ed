//! What training minimises: the negative evidence lower bound of the messages, with part of their
//! words hidden from the encoder, and the divergence coming in over the first passes.

use super::net::{Net, Sizes, Words};
use crate::base::mail::Label;
use crate::dataset::CsrMatrix;
use crate::nn::fit::{Objective, PARTS, Part};
use crate::nn::functions::{add_rows, rectify_back, scale};
use crate::nn::kernel::{Matrix, Write, multiply};
use crate::nn::weights::normal;
use rand_pcg::Pcg64;
use rayon::prelude::*;

/// The messages to learn from, and those held out.
pub struct Emails<'a> {
    pub net: &'a Net,
    /// Counts of the words that the net knows.
    pub counts: &'a CsrMatrix,
    pub labels: &'a [Label],
    /// Rows to learn from.
    pub kept: &'a [usize],
    /// Rows held out.
    pub held: &'a [usize],
    /// Share of the words of a message that the encoder does not see in a step.
    pub dropout: f64,
    /// Passes over which the divergence comes into the loss.
    pub warm_up: f64,
}

/// Draws of a message that is held out.
const HELD_OUT_DRAWS: usize = 1;

impl Emails<'_> {
    fn words(&self, row: usize) -> Words<'_> {
        let (words, counts) = self.counts.row(row);
        Words { words, counts }
    }

    /// The loss of the messages of one class, and the slopes of `share` times the loss by their
    /// scores.
    fn forward(&self, all: &[f32], label: Label, step: &mut Step<'_>, work: &mut Work) -> f64 {
        let Work {
            rows,
            read,
            units,
            parameters,
            noise,
            z,
            scores,
            ..
        } = work;
        let net = self.net;
        let Sizes {
            words,
            hidden,
            latent,
        } = net.sizes;
        let count = rows.len();
        read.resize_with(count.max(read.len()), Vec::new);
        units.clear();
        units.resize(count * hidden, 0.0);
        for ((row, read), units) in rows
            .iter()
            .zip(&mut *read)
            .zip(units.chunks_exact_mut(hidden))
        {
            Net::read(self.words(*row), Some((self.dropout, &mut *step.rng)), read);
            net.encode(all, read, label, units);
        }
        net.posterior.forward(all, units, parameters);
        noise.clear();
        noise.extend((0..count * latent).map(|_| normal(step.rng)));
        z.clear();
        let mut loss = net.gaussian.forward(parameters, noise, z);
        net.decode(all, z, label, scores);
        for (row, scores) in rows.iter().zip(scores.chunks_exact_mut(words)) {
            let row = self.words(*row);
            loss -= row.log_likelihood(scores);
            scale(scores, step.share * row.total() as f32);
            for (&word, count) in row.words.iter().zip(row.counts) {
                scores[word as usize] -= step.share * count;
            }
        }
        loss
    }

    /// Adds the slopes by the weights to `gradient`.
    fn backward(
        &self,
        all: &[f32],
        label: Label,
        step: &Step<'_>,
        work: &mut Work,
        gradient: &mut [f32],
    ) {
        let Work {
            rows,
            read,
            units,
            parameters,
            noise,
            z,
            scores,
            z_slopes,
            parameter_slopes,
            unit_slopes,
        } = work;
        let net = self.net;
        let Sizes {
            words,
            hidden,
            latent,
        } = net.sizes;
        let count = rows.len();
        let slopes = Matrix::new(scores, count, words);
        z_slopes.clear();
        z_slopes.resize(count * latent, 0.0);
        let decoder = net.decoder(all, label).transposed();
        multiply(z_slopes, slopes, decoder, Write::Set);
        let by_z = Matrix::new(z, count, latent).transposed();
        let decoder = net.decoders[label.index()].of_mut(gradient);
        multiply(decoder, by_z, slopes, Write::Add);
        add_rows(net.backgrounds[label.index()].of_mut(gradient), scores);
        parameter_slopes.clear();
        parameter_slopes.resize(count * 2 * latent, 0.0);
        let of_divergence = step.share * step.of_divergence;
        net.gaussian
            .backward(parameters, noise, z_slopes, of_divergence, parameter_slopes);
        net.posterior
            .backward(all, units, parameter_slopes, gradient, unit_slopes);
        rectify_back(units, unit_slopes);
        let biases = &mut net.classes.weights.of_mut(gradient)[label.index() * hidden..][..hidden];
        add_rows(biases, unit_slopes);
        for (read, slopes) in read.iter().zip(unit_slopes.chunks_exact(hidden)) {
            net.encoder.backward(read, slopes, gradient);
        }
    }
}

/// What the messages of one class in a part of a step have in common.
struct Step<'a> {
    /// What the loss of a message counts for.
    share: f32,
    /// Factor of the divergence.
    of_divergence: f32,
    rng: &'a mut Pcg64,
}

/// Room for a part of a batch.
#[derive(Default)]
pub struct Work {
    /// The rows of one class.
    rows: Vec<usize>,
    read: Vec<Vec<(u32, f32)>>,
    units: Vec<f32>,
    parameters: Vec<f32>,
    noise: Vec<f32>,
    z: Vec<f32>,
    scores: Vec<f32>,
    z_slopes: Vec<f32>,
    parameter_slopes: Vec<f32>,
    unit_slopes: Vec<f32>,
}

impl Objective for Emails<'_> {
    type Work = Work;

    fn work(&self) -> Work {
        Work::default()
    }

    fn slopes(
        &self,
        weights: &[f32],
        part: &mut Part<'_>,
        work: &mut Work,
        gradient: &mut [f32],
    ) -> f64 {
        let mut loss = 0.0;
        for label in Label::BOTH {
            let rows = part.rows.iter().map(|&row| self.kept[row as usize]);
            work.rows.clear();
            work.rows
                .extend(rows.filter(|&row| self.labels[row] == label));
            let mut step = Step {
                share: 1.0 / part.batch as f32,
                of_divergence: (part.passes / self.warm_up.max(1e-9)).min(1.0) as f32,
                rng: &mut part.rng,
            };
            if !work.rows.is_empty() {
                loss += self.forward(weights, label, &mut step, work);
                self.backward(weights, label, &step, work, gradient);
            }
        }
        loss
    }

    fn held_out(&self, weights: &[f32], _: &mut [Work; PARTS]) -> Option<f64> {
        let elbo = |&row: &usize| {
            let draws = self
                .net
                .draws(weights, self.words(row), self.labels[row], HELD_OUT_DRAWS);
            -draws.elbo()
        };
        // Added up in order, whichever thread is first.
        let losses: Vec<f64> = self.held.par_iter().map(elbo).collect();
        (!losses.is_empty()).then(|| losses.iter().sum::<f64>() / losses.len() as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::super::net::tests::{LABELS, counts};
    use super::*;
    use crate::base::streams::{Stream, random_stream};
    use crate::nn::fit::Plan;
    use crate::nn::fit::tests::check_bits;
    use crate::nn::weights::tests::slope_error;

    fn net() -> (Net, Vec<f32>) {
        let net = Net::new(Sizes {
            words: 6,
            hidden: 16,
            latent: 3,
        });
        let background = vec![(1.0_f64 / 6.0).ln(); 6];
        let mut rng = random_stream(7, Stream::Test(0));
        let mut weights = net.begin(&[background.clone(), background], &mut rng);
        for weight in &mut weights {
            *weight += 0.1 * normal(&mut rng);
        }
        // Far from the corners of the rectified units.
        for weight in net.classes.weights.of_mut(&mut weights) {
            *weight += 4.0;
        }
        (net, weights)
    }

    #[test]
    fn slopes_are_differences_of_the_loss() {
        let (net, weights) = net();
        let counts = counts();
        let emails = Emails {
            net: &net,
            counts: &counts,
            labels: &LABELS,
            kept: &[0, 1, 2, 3],
            held: &[],
            dropout: 0.0,
            warm_up: 1.0,
        };
        let loss = |weights: &[f32], gradient: &mut [f32]| {
            let mut part = Part {
                rows: &[0, 1, 2, 3],
                batch: 4,
                passes: 5.0,
                rng: random_stream(1, Stream::Test(3)),
            };
            emails.slopes(weights, &mut part, &mut Work::default(), gradient) / 4.0
        };
        let mut gradient = vec![0.0; weights.len()];
        loss(&weights, &mut gradient);
        let value = |moved: &[f32]| loss(moved, &mut vec![0.0; moved.len()]);
        let (error, span) = slope_error(&net.layout, &weights, &gradient, value);
        assert!(error < 0.02, "{error} in {span}");
    }

    #[test]
    fn the_bits_are_the_same_everywhere() {
        let (net, weights) = net();
        let emails = Emails {
            net: &net,
            counts: &counts(),
            labels: &LABELS,
            kept: &[0, 1, 2, 3],
            held: &[0, 1, 2, 3],
            dropout: 0.3,
            warm_up: 3.0,
        };
        check_bits(
            &emails,
            4,
            &Plan::SEQUENCES,
            &weights,
            1_225_824_190_792_091_921,
        );
    }
}
