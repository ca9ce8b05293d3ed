//! The nets of the document model: words to the distribution of a latent vector, and a latent
//! vector to the probabilities of words.
//!
//! The encoder reads ln(1 + count) of each word, scaled to the length 8, through one layer of
//! rectified units; it is one for both classes, with biases of each. The decoder of a class is one
//! layer over the latent vector, with the class's own unigram model as its biases (the background):
//! at the zero vector it writes as multinomial naive Bayes does.

use crate::base::mail::Label;
use crate::base::math::uniform;
use crate::base::streams::{Stream, random_stream};
use crate::dataset::CsrMatrix;
use crate::nn::fit::{Objective, PARTS, Part};
use crate::nn::functions::{add_rows, rectify, rectify_back, scale, softmax};
use crate::nn::kernel::{Matrix, Write, multiply};
use crate::nn::layers::{Bag, Dense, Gaussian};
use crate::nn::weights::{Begin, Layout, Span, normal};
use rand_pcg::Pcg64;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Length of what the encoder reads of a message.
const READ_LENGTH: f32 = 8.0;

/// How large the net is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sizes {
    /// Words that it knows.
    pub words: usize,
    /// Units of the encoder.
    pub hidden: usize,
    /// Dimensions of the latent vector.
    pub latent: usize,
}

/// Where the weights of the net stand.
#[derive(Debug, Clone)]
pub struct Net {
    sizes: Sizes,
    pub layout: Layout,
    encoder: Bag,
    /// Biases of the encoder, by class.
    classes: Bag,
    posterior: Dense,
    gaussian: Gaussian,
    /// By class, latent dimension by latent dimension.
    decoders: [Span; 2],
    /// By class, ln of the probability of each word at the zero vector.
    backgrounds: [Span; 2],
}

impl Net {
    pub fn new(sizes: Sizes) -> Net {
        let Sizes {
            words,
            hidden,
            latent,
        } = sizes;
        let mut layout = Layout::default();
        let root = (hidden as f32).sqrt();
        let begin = Begin::Normal(0.5 / root);
        let encoder = Bag::new(&mut layout, "encoder", words, hidden, begin);
        let classes = Bag::new(&mut layout, "encoder biases", 2, hidden, Begin::Zero);
        let names = ["posterior", "posterior biases"];
        let begin = Begin::Normal(1.0 / root);
        let posterior = Dense::new(&mut layout, names, hidden, 2 * latent, begin);
        let mut decoder = |name| layout.reserve(name, latent * words, Begin::Normal(0.05));
        let decoders = [decoder("ham decoder"), decoder("spam decoder")];
        let mut background = |name| layout.reserve(name, words, Begin::Zero);
        let backgrounds = [background("ham background"), background("spam background")];
        Net {
            sizes,
            layout,
            encoder,
            classes,
            posterior,
            gaussian: Gaussian { dimensions: latent },
            decoders,
            backgrounds,
        }
    }

    /// Weights before the first step: random, but for the backgrounds.
    pub fn begin(&self, backgrounds: &[Vec<f64>; 2], rng: &mut dyn rand::Rng) -> Vec<f32> {
        let mut weights = self.layout.begin(rng);
        for (span, background) in self.backgrounds.iter().zip(backgrounds) {
            for (weight, log_p) in span.of_mut(&mut weights).iter_mut().zip(background) {
                *weight = *log_p as f32;
            }
        }
        weights
    }

    /// What the encoder reads of a message, of whose words a share is left out.
    fn read(row: Words<'_>, dropout: Option<(f64, &mut Pcg64)>, read: &mut Vec<(u32, f32)>) {
        read.clear();
        let value = |(&word, &count): (&u32, &f32)| (word, libm::log1pf(count));
        let words = row.words.iter().zip(row.counts).map(value);
        match dropout {
            Some((share, rng)) if share > 0.0 => {
                read.extend(words.filter(|_| uniform(rng) >= share));
            }
            _ => read.extend(words),
        }
        let squares: f32 = read.iter().map(|(_, value)| value * value).sum();
        let factor = READ_LENGTH / squares.sqrt().max(1.0);
        for (_, value) in read {
            *value *= factor;
        }
    }

    /// The units of the encoder for what was read.
    fn encode(&self, all: &[f32], read: &[(u32, f32)], label: Label, units: &mut [f32]) {
        units.fill(0.0);
        self.classes.add(all, &[(label.index() as u32, 1.0)], units);
        self.encoder.add(all, read, units);
        rectify(units);
    }

    /// Scores of the words by each latent vector: their softmax is their probability.
    fn decode(&self, all: &[f32], z: &[f32], label: Label, scores: &mut Vec<f32>) {
        let rows = z.len() / self.sizes.latent;
        scores.clear();
        for _ in 0..rows {
            scores.extend_from_slice(self.backgrounds[label.index()].of(all));
        }
        let z = Matrix::new(z, rows, self.sizes.latent);
        multiply(scores, z, self.decoder(all, label), Write::Add);
    }

    fn decoder<'w>(&self, all: &'w [f32], label: Label) -> Matrix<'w> {
        let weights = self.decoders[label.index()].of(all);
        Matrix::new(weights, self.sizes.latent, self.sizes.words)
    }

    /// Probabilities of the words of a class at a latent vector.
    pub fn probabilities(&self, all: &[f32], z: &[f32], label: Label) -> Vec<f32> {
        let mut scores = Vec::new();
        self.decode(all, z, label, &mut scores);
        softmax(&mut scores);
        scores
    }

    /// The mean of the latent vector of a message, given its class.
    pub fn mean(&self, all: &[f32], row: Words<'_>, label: Label) -> Vec<f32> {
        let parameters = self.parameters(all, row, label);
        self.gaussian.means(&parameters).collect()
    }

    fn parameters(&self, all: &[f32], row: Words<'_>, label: Label) -> Vec<f32> {
        let (mut read, mut parameters) = (Vec::new(), Vec::new());
        let mut units = vec![0.0; self.sizes.hidden];
        Net::read(row, None, &mut read);
        self.encode(all, &read, label, &mut units);
        self.posterior.forward(all, &units, &mut parameters);
        parameters
    }

    /// What so many draws of the latent vector say of a message, given its class. Their noise
    /// depends on what the message says and on nothing else.
    pub fn draws(&self, all: &[f32], row: Words<'_>, label: Label, draws: usize) -> Draws {
        let parameters = self.parameters(all, row, label);
        let mut rng = random_stream(0, Stream::Latent(row.hash()));
        let latent = self.sizes.latent;
        let noise: Vec<f32> = (0..draws * latent).map(|_| normal(&mut rng)).collect();
        let (mut z, mut scores) = (Vec::new(), Vec::new());
        let divergence = self
            .gaussian
            .forward(&parameters.repeat(draws), &noise, &mut z);
        self.decode(all, &z, label, &mut scores);
        let of_draw = |(scores, (noise, z)): (&mut [f32], (&[f32], &[f32]))| {
            let weight = self.gaussian.log_weight(&parameters, noise, z);
            (row.log_likelihood(scores), weight)
        };
        let each = noise.chunks_exact(latent).zip(z.chunks_exact(latent));
        let words = self.sizes.words.max(1);
        Draws {
            divergence: divergence / draws as f64,
            each: scores
                .chunks_exact_mut(words)
                .zip(each)
                .map(of_draw)
                .collect(),
        }
    }
}

/// The words of a message that the net knows, with their counts.
#[derive(Debug, Clone, Copy)]
pub struct Words<'a> {
    pub words: &'a [u32],
    pub counts: &'a [f32],
}

impl Words<'_> {
    /// How many there are, each occurrence counted.
    pub fn total(self) -> f64 {
        self.counts.iter().map(|&count| f64::from(count)).sum()
    }

    /// FNV-1a of words and counts.
    fn hash(self) -> u64 {
        let numbers = self
            .words
            .iter()
            .copied()
            .chain(self.counts.iter().map(|count| count.to_bits()));
        let bytes = numbers.flat_map(u32::to_le_bytes);
        bytes.fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01B3)
        })
    }

    /// Σ count · ln p(word), of scores that become probabilities.
    fn log_likelihood(self, scores: &mut [f32]) -> f64 {
        let scored = self.words.iter().zip(self.counts);
        let sum: f64 = scored
            .map(|(&word, &count)| f64::from(count) * f64::from(scores[word as usize]))
            .sum();
        sum - self.total() * f64::from(softmax(scores))
    }
}

/// What draws of the latent vector say of a message.
pub struct Draws {
    /// By how many nats the distribution of the vector diverges from the prior one.
    divergence: f64,
    /// ln p(words | vector), and ln of the weight of the vector.
    each: Vec<(f64, f64)>,
}

impl Draws {
    /// The evidence lower bound of ln p(words | class) (Kingma and Welling, ICLR 2014).
    pub fn elbo(&self) -> f64 {
        let sum: f64 = self.each.iter().map(|(log_p, _)| log_p).sum();
        sum / self.each.len() as f64 - self.divergence
    }

    /// The importance-weighted bound, in the mean at least as near (Burda, Grosse and
    /// Salakhutdinov, ICLR 2016).
    pub fn importance_weighted(&self) -> f64 {
        let log: Vec<f64> = self
            .each
            .iter()
            .map(|(log_p, weight)| log_p + weight)
            .collect();
        let most = log.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = log.iter().map(|log| (log - most).exp()).sum();
        most + (sum / log.len() as f64).ln()
    }
}

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
    use super::*;
    use crate::nn::weights::tests::slope_error;

    /// Six words in four messages, two of each class.
    fn counts() -> CsrMatrix {
        let mut rows = CsrMatrix::new(6);
        rows.push([(0, 2.0), (1, 1.0), (4, 1.0)]);
        rows.push([(1, 3.0), (2, 1.0)]);
        rows.push([(3, 1.0), (4, 2.0), (5, 1.0)]);
        rows.push([(5, 4.0), (0, 1.0)]);
        rows
    }

    const LABELS: [Label; 4] = [Label::Ham, Label::Ham, Label::Spam, Label::Spam];

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
    fn at_the_start_it_writes_as_multinomial_naive_bayes_does() {
        let net = Net::new(Sizes {
            words: 3,
            hidden: 4,
            latent: 2,
        });
        let background = [vec![0.5_f64, 0.3, 0.2], vec![0.1, 0.1, 0.8]]
            .map(|p| p.into_iter().map(f64::ln).collect::<Vec<f64>>());
        let weights = net.begin(&background, &mut random_stream(1, Stream::Test(0)));
        for label in Label::BOTH {
            let found = net.probabilities(&weights, &[0.0, 0.0], label);
            for (p, log_p) in found.iter().zip(&background[label.index()]) {
                assert!((f64::from(*p) - log_p.exp()).abs() < 1e-6);
            }
        }
    }

    /// The bounds against ln p(words | class) by integration over a grid of latent vectors.
    #[test]
    fn bounds_are_below_the_likelihood_and_the_importance_weighted_one_is_nearer() {
        let net = Net::new(Sizes {
            words: 6,
            hidden: 16,
            latent: 1,
        });
        let background = vec![(1.0_f64 / 6.0).ln(); 6];
        let mut rng = random_stream(3, Stream::Test(0));
        let mut weights = net.begin(&[background.clone(), background], &mut rng);
        for weight in &mut weights {
            *weight += 0.3 * normal(&mut rng);
        }
        // Importance weights have a variance only where the encoder's distribution is wide enough.
        scale(net.posterior.weights.of_mut(&mut weights), 0.2);
        let counts = counts();
        for (row, label) in LABELS.into_iter().enumerate() {
            let (words, counts) = counts.row(row);
            let words = Words { words, counts };
            let joint = (-4_000..=4_000).map(|at| {
                let z = at as f32 / 500.0;
                let mut scores = Vec::new();
                net.decode(&weights, &[z], label, &mut scores);
                let prior = -f64::from(z * z) / 2.0 - (std::f64::consts::TAU).sqrt().ln();
                (words.log_likelihood(&mut scores) + prior).exp() / 500.0
            });
            let exact = joint.sum::<f64>().ln();
            let draws = net.draws(&weights, words, label, 4_000);
            let (elbo, weighted) = (draws.elbo(), draws.importance_weighted());
            assert!(elbo < exact, "{elbo} is not below {exact}");
            // Of 4,000 draws the error of the weighted bound is a few hundredths at most.
            assert!((weighted - exact).abs() < 0.05, "{weighted} is not {exact}");
            assert!(weighted > elbo);
        }
    }
}
