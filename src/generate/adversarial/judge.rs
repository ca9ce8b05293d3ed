//! What generated vectors are worth: whether a fresh discriminator tells them from real ones,
//! whether they lie where real ones lie and everywhere there, and what a classifier learns from
//! them.

use super::vectors::{Vectors, with_class};
use crate::base::math::{shuffle, softplus};
use crate::base::streams::{Stream, random_stream};
use crate::nn::feed_forward::{FeedForward, Passed};
use crate::nn::fit::{self, Objective, PARTS, Part, Plan, State};
use crate::nn::functions::sigmoid;
use crate::optim::optimizer::{Schedule, UpdateRule};

/// Units of each hidden layer of a judge.
const UNITS: usize = 64;
/// Share of the vectors, in tenths, that a fresh discriminator learns from; it is tested on the
/// others.
const TRAINING: usize = 7;
/// Neighbours up to which the ball of a vector reaches, and the most vectors that are looked at
/// (Kynkäänniemi et al., NeurIPS 2019).
const NEIGHBOURS: usize = 3;
const MOST: usize = 1_000;

const PASSES: u32 = 30;
/// How a judge learns: to the end, whatever comes out.
const PLAN: Plan = Plan {
    rule: UpdateRule::Adam,
    learning_rate: 0.001,
    schedule: Schedule::Cosine,
    warm_up: 1,
    max_norm: 10.0,
    weight_decay: 0.001,
    batch_size: 64,
    max_iter: PASSES,
    n_iter_no_change: PASSES,
    settling: PASSES,
};

/// What a fresh discriminator and the balls of neighbours say of generated vectors.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judged {
    /// The share of unseen vectors, half of them real, that the discriminator told right.
    pub accuracy: f64,
    /// The area under its ROC curve.
    pub auc: f64,
    /// Vectors that it was tested on.
    pub tested: usize,
    /// The share of generated vectors that lie within the ball of a real one.
    pub precision: f64,
    /// The share of real vectors that lie within the ball of a generated one.
    pub recall: f64,
}

/// Judges generated vectors beside as many real ones, which the generator should not have seen.
/// None where there are fewer than ten of either, or the discriminator's numbers do not stay
/// finite.
pub fn judge(real: &Vectors, generated: &Vectors, seed: u64) -> Option<Judged> {
    let count = real.len().min(generated.len());
    if count < 10 {
        return None;
    }
    let (real, generated) = (real.select(0..count), generated.select(0..count));
    let mut order: Vec<usize> = (0..count).collect();
    shuffle(&mut order, &mut random_stream(seed, Stream::Folds));
    let (training, tested) = order.split_at(count * TRAINING / 10);
    let both = |rows: &[usize]| Labelled {
        width: real.width + 2,
        inputs: {
            let mut inputs = Vec::new();
            for of in [&real, &generated] {
                for &row in rows {
                    with_class(&mut inputs, of.row(row), of.labels[row]);
                }
            }
            inputs
        },
        positive: [true, false]
            .into_iter()
            .flat_map(|is_real| rows.iter().map(move |_| is_real))
            .collect(),
    };
    let discriminator = both(training).train(seed)?;
    let logits = discriminator.logits(&both(tested).inputs);
    let (of_real, of_generated) = logits.split_at(tested.len());
    let right = of_real.iter().filter(|&&logit| logit > 0.0).count()
        + of_generated.iter().filter(|&&logit| logit <= 0.0).count();
    let [precision, recall] = precision_and_recall(&real, &generated);
    Some(Judged {
        accuracy: right as f64 / logits.len() as f64,
        auc: area_under_curve(of_real, of_generated),
        tested: logits.len(),
        precision,
        recall,
    })
}

/// The share of `test` vectors whose class a classifier tells right that learned from `training`
/// alone. None where a class is missing there, or nothing is tested.
pub fn accuracy_on_real(training: &Vectors, test: &Vectors, seed: u64) -> Option<f64> {
    let spam = training
        .labels
        .iter()
        .filter(|label| label.is_spam())
        .count();
    if spam == 0 || spam == training.len() || test.is_empty() {
        return None;
    }
    let positive = training.labels.iter().map(|label| label.is_spam());
    let training = Labelled {
        width: training.width,
        inputs: training.values.clone(),
        positive: positive.collect(),
    };
    let logits = training.train(seed)?.logits(&test.values);
    let said = logits.iter().map(|&logit| logit > 0.0);
    let right = said
        .zip(&test.labels)
        .filter(|(said, label)| *said == label.is_spam());
    Some(right.count() as f64 / test.len() as f64)
}

/// Rows of which some are positive.
struct Labelled {
    width: usize,
    inputs: Vec<f32>,
    positive: Vec<bool>,
}

/// A net that tells positive rows from others.
struct Judge {
    net: FeedForward,
    weights: Vec<f32>,
}

impl Judge {
    fn logits(&self, inputs: &[f32]) -> Vec<f32> {
        let mut passed = Passed::default();
        self.net.forward(&self.weights, inputs, &mut passed);
        passed.out
    }
}

impl Labelled {
    fn train(&self, seed: u64) -> Option<Judge> {
        let net = FeedForward::new(&[self.width, UNITS, UNITS, 1]);
        let weights = net
            .layout
            .begin(&mut random_stream(seed, Stream::NetWeights));
        let objective = TellApart {
            net: &net,
            rows: self,
        };
        let begin = State::new(weights, &PLAN);
        let rows = self.positive.len();
        let trained = fit::fit(&objective, rows, &PLAN, seed, begin, &mut |_, _| true).ok()?;
        Some(Judge {
            weights: trained.weights,
            net,
        })
    }
}

/// The mean of the logistic loss.
struct TellApart<'a> {
    net: &'a FeedForward,
    rows: &'a Labelled,
}

impl Objective for TellApart<'_> {
    type Work = Passed;

    fn work(&self) -> Passed {
        Passed::default()
    }

    fn slopes(
        &self,
        weights: &[f32],
        part: &mut Part<'_>,
        work: &mut Passed,
        gradient: &mut [f32],
    ) -> f64 {
        let Labelled {
            width,
            inputs,
            positive,
        } = self.rows;
        let rows = part.rows.iter().map(|&row| row as usize);
        let read: Vec<f32> = rows
            .clone()
            .flat_map(|row| &inputs[row * width..(row + 1) * width])
            .copied()
            .collect();
        self.net.forward(weights, &read, work);
        let mut loss = 0.0;
        let slopes: Vec<f32> = rows
            .zip(&work.out)
            .map(|(row, &logit)| {
                let towards = if positive[row] { -logit } else { logit };
                loss += softplus(f64::from(towards));
                (sigmoid(logit) - f32::from(u8::from(positive[row]))) / part.batch as f32
            })
            .collect();
        self.net.backward(weights, &slopes, gradient, work);
        loss
    }

    fn held_out(&self, _: &[f32], _: &mut [Passed; PARTS]) -> Option<f64> {
        None
    }
}

/// The probability that a positive has the larger logit, ties counted by half.
fn area_under_curve(positive: &[f32], negative: &[f32]) -> f64 {
    let mut sorted = negative.to_vec();
    sorted.sort_by(f32::total_cmp);
    let below = |logit: &f32| {
        let less = sorted.partition_point(|other| other < logit);
        let up_to = sorted.partition_point(|other| other <= logit);
        f64::midpoint(less as f64, up_to as f64)
    };
    positive.iter().map(below).sum::<f64>() / (positive.len() * negative.len()) as f64
}

/// Precision and recall of generated vectors: see [`Judged`].
pub fn precision_and_recall(real: &Vectors, generated: &Vectors) -> [f64; 2] {
    let some = |of: &Vectors| of.select(0..of.len().min(MOST));
    let (real, generated) = (some(real), some(generated));
    [within(&real, &generated), within(&generated, &real)]
}

/// The share of `of` that lie within the ball of one of `centres`, which reaches to the third
/// nearest other centre.
fn within(centres: &Vectors, of: &Vectors) -> f64 {
    let distance = |a: &[f32], b: &[f32]| -> f32 {
        let squares = a.iter().zip(b).map(|(a, b)| (a - b) * (a - b));
        squares.sum()
    };
    let radius = |at: usize| {
        let mut others: Vec<f32> = (0..centres.len())
            .filter(|&other| other != at)
            .map(|other| distance(centres.row(at), centres.row(other)))
            .collect();
        others.sort_by(f32::total_cmp);
        others.get(NEIGHBOURS - 1).copied().unwrap_or(0.0)
    };
    let radii: Vec<f32> = (0..centres.len()).map(radius).collect();
    let is_within = |row: &&[f32]| {
        let balls = centres.rows().zip(&radii);
        balls
            .into_iter()
            .any(|(centre, radius)| distance(centre, row) <= *radius)
    };
    of.rows().filter(is_within).count() as f64 / of.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::mail::Label;
    use crate::nn::weights::normal;

    /// Normal vectors of two coordinates, spam moved by (3, 0), all by (`by`, `by`).
    fn vectors(count: usize, by: f32, seed: u64) -> Vectors {
        let mut rng = random_stream(seed, Stream::Test(0));
        let mut all = Vectors {
            width: 2,
            ..Vectors::default()
        };
        for at in 0..count {
            let label = Label::from_is_spam(at % 2 == 1);
            let moved = if label.is_spam() { 3.0 } else { 0.0 };
            all.values
                .extend([normal(&mut rng) + by + moved, normal(&mut rng) + by]);
            all.labels.push(label);
        }
        all
    }

    #[test]
    fn what_is_real_is_not_told_from_real_and_what_lies_elsewhere_is() {
        let real = vectors(1000, 0.0, 1);
        let same = judge(&real, &vectors(1000, 0.0, 2), 1).unwrap();
        // Of 600 vectors; five standard errors are 0.1.
        assert_eq!(same.tested, 600);
        assert!(
            (same.accuracy - 0.5).abs() < 0.1 && (same.auc - 0.5).abs() < 0.1,
            "{same:?}"
        );
        assert!(same.precision > 0.9 && same.recall > 0.9);
        let other = judge(&real, &vectors(1000, 20.0, 2), 1).unwrap();
        assert!(other.accuracy > 0.99 && other.auc > 0.99, "{other:?}");
        assert_eq!([other.precision, other.recall], [0.0, 0.0]);
        assert_eq!(judge(&real, &vectors(9, 0.0, 2), 1), None);
    }

    #[test]
    fn a_generator_of_one_vector_is_precise_and_covers_nothing() {
        let real = vectors(400, 0.0, 1);
        let mut one = vectors(400, 0.0, 2);
        for row in one.values.chunks_exact_mut(2) {
            row.copy_from_slice(&[0.1, 0.1]);
        }
        let [precision, recall] = precision_and_recall(&real, &one);
        assert_eq!(precision, 1.0);
        assert!(recall < 0.01, "{recall}");
    }

    #[test]
    fn the_area_counts_pairs_and_ties_by_half() {
        // 3 of 4 pairs in order, one of them a tie: 2.5 of 4.
        assert_eq!(area_under_curve(&[1.0, 2.0], &[0.0, 2.0]), 0.625);
    }

    #[test]
    fn a_classifier_learns_the_classes_from_its_training_vectors() {
        let test = vectors(500, 0.0, 3);
        // Bayes' error of two unit normals three apart is Φ(-1.5) = 6.7 %.
        let accuracy = accuracy_on_real(&vectors(1000, 0.0, 1), &test, 1).unwrap();
        assert!((accuracy - 0.933).abs() < 0.05, "{accuracy}");
        let ham = test.select((0..500).step_by(2));
        assert_eq!(accuracy_on_real(&ham, &test, 1), None);
    }
}
