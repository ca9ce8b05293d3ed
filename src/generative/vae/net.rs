//! The nets of the document model: words to the distribution of a latent vector, and a latent
//! vector to the probabilities of words.
//!
//! The encoder reads ln(1 + count) of each word, scaled to the length 8, through one layer of
//! rectified units; it is one for both classes, with biases of each. The decoder of a class is one
//! layer over the latent vector, with the class's own unigram model as its biases (the background):
//! at the zero vector it writes as multinomial naive Bayes does.

use crate::base::mail::Label;
use crate::base::math::uniform;
use crate::base::streams::{Stream, hash_of_content, random_stream};
use crate::nn::functions::{rectify, softmax};
use crate::nn::kernel::{Matrix, Write, multiply};
use crate::nn::layers::{Bag, Dense, Gaussian};
use crate::nn::weights::{Begin, Layout, Span, normal};
use rand_pcg::Pcg64;
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
    pub(super) sizes: Sizes,
    pub layout: Layout,
    pub(super) encoder: Bag,
    /// Biases of the encoder, by class.
    pub(super) classes: Bag,
    pub(super) posterior: Dense,
    pub(super) gaussian: Gaussian,
    /// By class, latent dimension by latent dimension.
    pub(super) decoders: [Span; 2],
    /// By class, ln of the probability of each word at the zero vector.
    pub(super) backgrounds: [Span; 2],
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
    pub(super) fn read(
        row: Words<'_>,
        dropout: Option<(f64, &mut Pcg64)>,
        read: &mut Vec<(u32, f32)>,
    ) {
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
    pub(super) fn encode(&self, all: &[f32], read: &[(u32, f32)], label: Label, units: &mut [f32]) {
        units.fill(0.0);
        self.classes.add(all, &[(label.index() as u32, 1.0)], units);
        self.encoder.add(all, read, units);
        rectify(units);
    }

    /// Scores of the words by each latent vector: their softmax is their probability.
    pub(super) fn decode(&self, all: &[f32], z: &[f32], label: Label, scores: &mut Vec<f32>) {
        let rows = z.len() / self.sizes.latent;
        scores.clear();
        for _ in 0..rows {
            scores.extend_from_slice(self.backgrounds[label.index()].of(all));
        }
        let z = Matrix::new(z, rows, self.sizes.latent);
        multiply(scores, z, self.decoder(all, label), Write::Add);
    }

    pub(super) fn decoder<'w>(&self, all: &'w [f32], label: Label) -> Matrix<'w> {
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

    /// A hash of words and counts.
    fn hash(self) -> u64 {
        let numbers = self
            .words
            .iter()
            .copied()
            .chain(self.counts.iter().map(|count| count.to_bits()));
        hash_of_content(numbers.flat_map(u32::to_le_bytes))
    }

    /// Σ count · ln p(word), of scores that become probabilities.
    pub(super) fn log_likelihood(self, scores: &mut [f32]) -> f64 {
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

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::dataset::CsrMatrix;
    use crate::nn::functions::scale;

    /// Six words in four messages, two of each class.
    pub fn counts() -> CsrMatrix {
        let mut rows = CsrMatrix::new(6);
        rows.push([(0, 2.0), (1, 1.0), (4, 1.0)]);
        rows.push([(1, 3.0), (2, 1.0)]);
        rows.push([(3, 1.0), (4, 2.0), (5, 1.0)]);
        rows.push([(5, 4.0), (0, 1.0)]);
        rows
    }

    pub const LABELS: [Label; 4] = [Label::Ham, Label::Ham, Label::Spam, Label::Spam];

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

    /// A net of one latent dimension with random weights, which is not too sure of the latent
    /// vector: importance weights have a variance only where the encoder's distribution is wide
    /// enough.
    fn of_one_dimension() -> (Net, Vec<f32>) {
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
        scale(net.posterior.weights.of_mut(&mut weights), 0.2);
        (net, weights)
    }

    /// ln p(words | class) by integration over a grid of latent vectors.
    fn integrated(net: &Net, weights: &[f32], words: Words<'_>, label: Label) -> f64 {
        let joint = (-4_000..=4_000).map(|at| {
            let z = at as f32 / 500.0;
            let mut scores = Vec::new();
            net.decode(weights, &[z], label, &mut scores);
            let prior = -f64::from(z * z) / 2.0 - (std::f64::consts::TAU).sqrt().ln();
            (words.log_likelihood(&mut scores) + prior).exp() / 500.0
        });
        joint.sum::<f64>().ln()
    }

    /// The mean of some numbers, and its standard error.
    fn mean(values: &[f64]) -> (f64, f64) {
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        (mean, (squares / (count - 1.0) / count).sqrt())
    }

    #[test]
    fn bounds_are_below_the_likelihood_and_the_importance_weighted_one_is_nearer() {
        let (net, weights) = of_one_dimension();
        let counts = counts();
        for (row, label) in LABELS.into_iter().enumerate() {
            let (words, counts) = counts.row(row);
            let words = Words { words, counts };
            let exact = integrated(&net, &weights, words, label);
            let draws = net.draws(&weights, words, label, 4_000);
            let (elbo, weighted) = (draws.elbo(), draws.importance_weighted());
            assert!(elbo < exact, "{elbo} is not below {exact}");
            // Of 4,000 draws the error of the weighted bound is a few hundredths at most.
            assert!((weighted - exact).abs() < 0.05, "{weighted} is not {exact}");
            assert!(weighted > elbo);
        }
    }

    /// ln p(words, z) - ln q(z | words) with both densities written out.
    #[test]
    fn of_one_draw_the_importance_weighted_bound_is_the_evidence_of_that_draw() {
        let (net, weights) = of_one_dimension();
        let counts = counts();
        for (row, label) in LABELS.into_iter().enumerate() {
            let (words, counts) = counts.row(row);
            let words = Words { words, counts };
            let parameters = net.parameters(&weights, words, label);
            let [mean, log_variance] = [parameters[0], parameters[1]].map(f64::from);
            let mut rng = random_stream(0, Stream::Latent(words.hash()));
            let z = mean + (0.5 * log_variance).exp() * f64::from(normal(&mut rng));
            let mut scores = Vec::new();
            net.decode(&weights, &[z as f32], label, &mut scores);
            let density = |z: f64, mean: f64, variance: f64| {
                let tau = std::f64::consts::TAU;
                -0.5 * ((tau * variance).ln() + (z - mean).powi(2) / variance)
            };
            let expected = words.log_likelihood(&mut scores) + density(z, 0.0, 1.0)
                - density(z, mean, log_variance.exp());
            let found = net.draws(&weights, words, label, 1).importance_weighted();
            assert!((found - expected).abs() < 1e-5, "{found} is not {expected}");
        }
    }

    /// In the mean over draws the bound of one is the evidence lower bound, and with more draws it
    /// only rises, towards the likelihood (Burda and others, theorem 1).
    #[test]
    fn the_more_draws_the_tighter_is_the_importance_weighted_bound() {
        let (net, weights) = of_one_dimension();
        let counts = counts();
        for (row, label) in LABELS.into_iter().enumerate() {
            let (words, counts) = counts.row(row);
            let words = Words { words, counts };
            let exact = integrated(&net, &weights, words, label);
            let draws = net.draws(&weights, words, label, 64 * 1_000);
            let by_groups = |of: usize| -> Vec<f64> {
                let groups = draws.each.chunks_exact(of).map(|each| Draws {
                    divergence: draws.divergence,
                    each: each.to_vec(),
                });
                groups.map(|group| group.importance_weighted()).collect()
            };
            let (one, error) = mean(&by_groups(1));
            let elbo = draws.elbo();
            assert!((one - elbo).abs() < 4.0 * error, "{one} ± {error}, {elbo}");
            let bounds = [1, 2, 4, 8, 16, 32, 64].map(|of| mean(&by_groups(of)));
            for pair in bounds.windows(2) {
                let [(fewer, a), (more, b)] = [pair[0], pair[1]];
                assert!(more > fewer - 3.0 * a.max(b), "{more} after {fewer}");
            }
            let (last, error) = bounds[6];
            assert!(last < exact + 3.0 * error, "{last} ± {error}, {exact}");
            assert!(
                exact - last < 0.1 * (exact - elbo),
                "{elbo}, {last}, {exact}"
            );
        }
    }
}
