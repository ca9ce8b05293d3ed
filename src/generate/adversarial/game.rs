//! The game: generator and discriminator learn in turn, a batch each.
//!
//! The discriminator learns to tell real vectors from generated ones by the logistic loss, its
//! target for real ones smoothed to 0.9; the generator learns by the discriminator's slopes to be
//! taken for real (the loss that does not saturate; Goodfellow et al. 2014). Adam with a first
//! decay of 0.5 (Radford, Metz and Chintala, ICLR 2016). In equilibrium both losses would be ln 2.

use super::vectors::{Vectors, with_class};
use crate::base::mail::Label;
use crate::base::math::{below, draw_by_logarithm, softplus};
use crate::base::streams::{Stream, random_stream};
use crate::nn::feed_forward::{FeedForward, Passed};
use crate::nn::functions::sigmoid;
use crate::nn::weights::normal;
use crate::optim::optimizer::{Optimizer, UpdateRule};

/// What a discriminator is told to think of a real vector.
const SMOOTHED: f32 = 0.9;
/// What Adam's means keep at each step.
const DECAYS: [f64; 2] = [0.5, 0.999];
/// Generated vectors of which a discriminator chooses one.
const CANDIDATES: usize = 16;

/// How the game is played.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GameSettings {
    /// Normal numbers that the generator makes a vector from.
    pub noise: usize,
    /// Units of each of the two hidden layers of either net.
    pub units: usize,
    /// Steps of either.
    pub steps: u32,
    /// Real and generated vectors of a step.
    pub batch: usize,
    /// Learning rate of the generator.
    pub generator_rate: f64,
    /// Learning rate of the discriminator.
    pub discriminator_rate: f64,
}

/// What a step came to, in nats.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StepLosses {
    /// Steps so far.
    pub step: u32,
    /// The mean loss of the generator: -ln of how real the discriminator takes its vectors for.
    pub generator: f64,
    /// The mean loss of the discriminator over real and generated vectors, without smoothing.
    pub discriminator: f64,
    /// The share of the batch that the discriminator told right before it learned from it.
    pub right: f64,
}

/// The generator after some steps.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// Steps so far.
    pub step: u32,
    /// As it stood.
    pub generator: Generator,
}

/// A game that came to its end.
pub struct Played {
    /// The generator at the end.
    pub generator: Generator,
    /// As it stood after each of the steps asked for.
    pub snapshots: Vec<Snapshot>,
    discriminator: Player,
}

/// The losses or the weights are no longer finite numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Diverged {
    /// Steps so far.
    pub step: u32,
}

/// A net that plays, and how it learns.
#[derive(Debug, Clone)]
struct Player {
    net: FeedForward,
    weights: Vec<f32>,
    gradient: Vec<f32>,
    optimizer: Optimizer<f32>,
    rate: f64,
}

impl Player {
    fn new(widths: &[usize], rate: f64, rng: &mut dyn rand::Rng) -> Player {
        let net = FeedForward::new(widths);
        let weights = net.layout.begin(rng);
        Player {
            gradient: vec![0.0; weights.len()],
            optimizer: Optimizer::new(UpdateRule::Adam, 1, weights.len()).with_decays(DECAYS),
            net,
            weights,
            rate,
        }
    }

    fn learn(&mut self, slopes: &[f32], passed: &mut Passed) {
        self.gradient.fill(0.0);
        self.net
            .backward(&self.weights, slopes, &mut self.gradient, passed);
        self.optimizer
            .step(0, &mut self.weights, &self.gradient, self.rate);
    }
}

/// A net that makes vectors of a class from noise.
#[derive(Debug, Clone)]
pub struct Generator {
    net: FeedForward,
    weights: Vec<f32>,
    noise: usize,
    width: usize,
}

impl Generator {
    /// A vector for each label.
    pub fn generate(&self, labels: &[Label], rng: &mut dyn rand::Rng) -> Vectors {
        let mut passed = Passed::default();
        generate(
            &self.net,
            &self.weights,
            self.noise,
            labels,
            rng,
            &mut passed,
        );
        Vectors {
            width: self.width,
            values: passed.out,
            labels: labels.to_vec(),
        }
    }
}

fn generate(
    net: &FeedForward,
    weights: &[f32],
    noise: usize,
    labels: &[Label],
    rng: &mut dyn rand::Rng,
    passed: &mut Passed,
) {
    let mut inputs = Vec::with_capacity(labels.len() * (noise + 2));
    for &label in labels {
        let drawn: Vec<f32> = (0..noise).map(|_| normal(rng)).collect();
        with_class(&mut inputs, &drawn, label);
    }
    net.forward(weights, &inputs, passed);
}

impl Played {
    /// A vector for each label, one of sixteen generated ones, drawn by the ratio of densities that
    /// the discriminator of the game estimates, e to its logit (Goodfellow et al. 2014, proposition
    /// 1; Azadi et al., ICLR 2019).
    pub fn chosen(&self, labels: &[Label], rng: &mut dyn rand::Rng) -> Vectors {
        let mut all = Vectors {
            width: self.generator.width,
            ..Vectors::default()
        };
        let mut passed = Passed::default();
        for &label in labels {
            let generated = self.generator.generate(&[label; CANDIDATES], rng);
            let mut inputs = Vec::new();
            for row in generated.rows() {
                with_class(&mut inputs, row, label);
            }
            let Player { net, weights, .. } = &self.discriminator;
            net.forward(weights, &inputs, &mut passed);
            let logits: Vec<f64> = passed.out.iter().copied().map(f64::from).collect();
            let at = draw_by_logarithm(&logits, rng).unwrap_or(0);
            all.values.extend_from_slice(generated.row(at));
            all.labels.push(label);
        }
        all
    }
}

/// Plays from random weights. `watch` sees the losses of each step; a snapshot is taken after each
/// of the steps `at`, of which 0 is before the first.
///
/// # Errors
/// The step at which a loss was no longer a finite number.
pub fn play(
    real: &Vectors,
    settings: &GameSettings,
    at: &[u32],
    seed: u64,
    watch: &mut dyn FnMut(StepLosses),
) -> Result<Played, Diverged> {
    let GameSettings {
        noise,
        units,
        steps,
        batch,
        ..
    } = *settings;
    let width = real.width;
    let mut rng = random_stream(seed, Stream::NetWeights);
    let generator_widths = [noise + 2, units, units, width];
    let mut generator = Player::new(&generator_widths, settings.generator_rate, &mut rng);
    let discriminator_widths = [width + 2, units, units, 1];
    let mut discriminator =
        Player::new(&discriminator_widths, settings.discriminator_rate, &mut rng);
    let as_it_stands = |generator: &Player| Generator {
        net: generator.net.clone(),
        weights: generator.weights.clone(),
        noise,
        width,
    };
    let mut snapshots = Vec::new();
    let mut rooms = [Passed::default(), Passed::default()];
    for step in 0..=steps {
        if at.contains(&step) {
            snapshots.push(Snapshot {
                step,
                generator: as_it_stands(&generator),
            });
        }
        if step == steps || real.is_empty() {
            break;
        }
        let mut rng = random_stream(seed, Stream::NetStep(step, 0));
        let [generating, telling] = &mut rooms;
        let mut turn = Turn {
            generator: &mut generator,
            discriminator: &mut discriminator,
            noise,
            generating,
            telling,
            rng: &mut rng,
        };
        let losses = turn.of_both(real, batch, step + 1);
        if !(losses.generator + losses.discriminator).is_finite() {
            return Err(Diverged { step: step + 1 });
        }
        watch(losses);
    }
    Ok(Played {
        generator: as_it_stands(&generator),
        snapshots,
        discriminator,
    })
}

/// One step of both.
struct Turn<'a> {
    generator: &'a mut Player,
    discriminator: &'a mut Player,
    noise: usize,
    generating: &'a mut Passed,
    telling: &'a mut Passed,
    rng: &'a mut dyn rand::Rng,
}

impl Turn<'_> {
    /// The discriminator learns from a batch, and then the generator from the classes of another.
    fn of_both(&mut self, real: &Vectors, batch: usize, step: u32) -> StepLosses {
        let mut draw = || below(self.rng, real.len());
        let rows: Vec<usize> = (0..batch).map(|_| draw()).collect();
        let (discriminator, right) = self.of_the_discriminator(&real.select(rows));
        let mut draw = || real.labels[below(self.rng, real.len())];
        let labels: Vec<Label> = (0..batch).map(|_| draw()).collect();
        let generator = self.of_the_generator(&labels, real.width);
        StepLosses {
            step,
            generator,
            discriminator,
            right,
        }
    }

    fn generate(&mut self, labels: &[Label]) {
        let Player { net, weights, .. } = &*self.generator;
        generate(net, weights, self.noise, labels, self.rng, self.generating);
    }

    /// The discriminator learns from real vectors and as many generated ones of the same classes.
    /// Gives its loss, and the share that it told right.
    fn of_the_discriminator(&mut self, real: &Vectors) -> (f64, f64) {
        let labels = &real.labels[..];
        self.generate(labels);
        let mut inputs = Vec::new();
        let generated = self.generating.out.chunks_exact(real.width);
        for (row, &label) in real
            .rows()
            .chain(generated)
            .zip(labels.iter().chain(labels))
        {
            with_class(&mut inputs, row, label);
        }
        let Player { net, weights, .. } = &*self.discriminator;
        net.forward(weights, &inputs, self.telling);
        let count = labels.len() as f32;
        let (mut loss, mut right) = (0.0, 0usize);
        let logits = self.telling.out.iter().enumerate();
        let slopes: Vec<f32> = logits
            .map(|(at, &logit)| {
                let is_real = at < labels.len();
                let towards = if is_real { -logit } else { logit };
                loss += softplus(f64::from(towards));
                right += usize::from((logit > 0.0) == is_real);
                let target = if is_real { SMOOTHED } else { 0.0 };
                (sigmoid(logit) - target) / count
            })
            .collect();
        self.discriminator.learn(&slopes, self.telling);
        let all = 2.0 * f64::from(count);
        (loss / all, right as f64 / all)
    }

    /// The generator learns from what the discriminator makes of new generated vectors. Gives its
    /// loss.
    fn of_the_generator(&mut self, labels: &[Label], width: usize) -> f64 {
        self.generate(labels);
        let mut inputs = Vec::new();
        for (row, &label) in self.generating.out.chunks_exact(width).zip(labels) {
            with_class(&mut inputs, row, label);
        }
        let Player {
            net,
            weights,
            gradient,
            ..
        } = &mut *self.discriminator;
        net.forward(weights, &inputs, self.telling);
        let count = labels.len() as f32;
        let logits = self.telling.out.iter();
        let loss: f64 = logits.map(|&logit| softplus(f64::from(-logit))).sum();
        let logits = self.telling.out.iter();
        let slopes: Vec<f32> = logits
            .map(|&logit| (sigmoid(logit) - 1.0) / count)
            .collect();
        // The discriminator only passes the slopes on; its own gradient is not used.
        net.backward(weights, &slopes, gradient, self.telling);
        let back = self.telling.back.chunks_exact(width + 2);
        let slopes: Vec<f32> = back.flat_map(|row| &row[..width]).copied().collect();
        self.generator.learn(&slopes, self.generating);
        loss / f64::from(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTINGS: GameSettings = GameSettings {
        noise: 4,
        units: 32,
        steps: 1500,
        batch: 32,
        generator_rate: 1e-3,
        discriminator_rate: 1e-3,
    };

    /// Two coordinates: ham around (2, 0), spam around (-2, 1), both with deviation 0.5.
    fn real() -> Vectors {
        let mut rng = random_stream(1, Stream::Test(0));
        let mut real = Vectors {
            width: 2,
            ..Vectors::default()
        };
        for at in 0..400 {
            let label = Label::from_is_spam(at % 2 == 1);
            let [x, y] = if label.is_spam() {
                [-2.0, 1.0]
            } else {
                [2.0, 0.0]
            };
            real.values
                .extend([x + 0.5 * normal(&mut rng), y + 0.5 * normal(&mut rng)]);
            real.labels.push(label);
        }
        real
    }

    fn means(of: &Vectors, label: Label) -> [f32; 2] {
        let rows: Vec<&[f32]> = (0..of.len())
            .filter(|&at| of.labels[at] == label)
            .map(|at| of.row(at))
            .collect();
        [0, 1].map(|at| rows.iter().map(|row| row[at]).sum::<f32>() / rows.len() as f32)
    }

    #[test]
    fn a_generator_learns_where_each_class_is() {
        let real = real();
        let mut last = None;
        let played = play(&real, &SETTINGS, &[0, 1500], 1, &mut |step| {
            last = Some(step);
        })
        .unwrap();
        assert_eq!(last.map(|losses| losses.step), Some(1500));
        assert_eq!(
            played
                .snapshots
                .iter()
                .map(|one| one.step)
                .collect::<Vec<_>>(),
            [0, 1500]
        );
        let generated = |generator: &Generator| {
            generator.generate(&real.labels, &mut random_stream(9, Stream::Test(0)))
        };
        // Within the deviation of the data; before the first step both classes are around 0.
        let off = |of: &Vectors, label| {
            let (real, of) = (means(&real, label), means(of, label));
            (real[0] - of[0]).hypot(real[1] - of[1])
        };
        for label in Label::BOTH {
            let [begin, end] =
                [0, 1].map(|at| off(&generated(&played.snapshots[at].generator), label));
            assert!(begin > 1.0 && end < 0.5, "{label:?}: {begin} {end}");
        }
        assert_eq!(
            generated(&played.generator),
            generated(&played.snapshots[1].generator)
        );
        let chosen = played.chosen(&real.labels, &mut random_stream(9, Stream::Test(0)));
        assert_eq!(chosen.labels, real.labels);
        assert!(off(&chosen, Label::Spam) < 0.5);
    }

    #[test]
    fn a_rate_far_too_high_is_told() {
        let wild = GameSettings {
            generator_rate: 1e30,
            discriminator_rate: 1e30,
            ..SETTINGS
        };
        let played = play(&real(), &wild, &[], 1, &mut |_| {});
        assert!(matches!(played, Err(Diverged { step }) if step < 10));
    }
}
