//! The net: a transformer of which every place sees its whole message, as far as that is in the
//! same window, the mean of the vectors of all places of a message, and a score of that.
//!
//! The messages of a batch stand one after the other and are cut into windows. The last window is
//! filled with places of nobody.

use crate::base::mail::Label;
use crate::base::math::softplus;
use crate::nn::fit::{Objective, PARTS, Part};
use crate::nn::functions::{add_scaled, product_of, sigmoid};
use crate::nn::kernel::vectorized;
use crate::nn::layers::Dense;
use crate::nn::sequence::{self, Body as _, Tokens};
use crate::nn::transformer::{Body, Shape};
use crate::nn::weights::{Begin, Layout};
use rayon::prelude::*;

/// Windows that are run together when a message is scored.
const AT_ONCE: usize = 8;

/// Where the weights of the net stand.
#[derive(Debug, Clone)]
pub struct Pooled {
    shape: Shape,
    pub layout: Layout,
    body: Body,
    output: Dense,
}

/// Windows, and the room to read them.
pub type Work = sequence::Work<Body>;

impl Pooled {
    /// Reserves the weights; the last of the tokens stands at the beginning of each message.
    pub fn new(shape: Shape) -> Pooled {
        let mut layout = Layout::default();
        let body = Body::new(&mut layout, shape);
        let begin = Begin::Normal(0.5 / (shape.width as f32).sqrt());
        let output = Dense::new(
            &mut layout,
            ["output", "output bias"],
            shape.width,
            1,
            begin,
        );
        Pooled {
            shape,
            layout,
            body,
            output,
        }
    }

    fn edge(&self) -> u16 {
        (self.shape.tokens - 1) as u16
    }

    fn forward(&self, all: &[f32], length: usize, work: &mut Work) {
        let Work {
            kept,
            room,
            tokens,
            ranges,
            vectors,
            ..
        } = work;
        let read = Tokens {
            tokens,
            everywhere: None,
            length,
            ranges,
        };
        self.body.forward(all, read, kept, room, vectors);
    }

    /// What each place adds to the score of a message, of which the first stands for the beginning,
    /// and what the score would be without any.
    pub fn shares(&self, all: &[f32], message: &[u16], work: &mut Work) -> (Vec<f64>, f64) {
        let places = message.len() + 1;
        let length = places.min(self.shape.window);
        let weights = self.output.weights.of(all);
        let mut shares = Vec::with_capacity(places);
        work.pack(std::iter::once(message), length, self.edge());
        let (tokens, ranges) = (
            std::mem::take(&mut work.tokens),
            std::mem::take(&mut work.ranges),
        );
        // Few windows at once, so that what the layers keep does not grow with the message.
        let chunk = AT_ONCE * length;
        for (tokens, ranges) in tokens.chunks(chunk).zip(ranges.chunks(chunk)) {
            work.tokens = tokens.to_vec();
            work.ranges = ranges.to_vec();
            self.forward(all, length, work);
            let vectors = work.vectors.chunks_exact(self.shape.width);
            shares.extend(vectors.map(|vector| f64::from(dot(vector, weights)) / places as f64));
        }
        shares.truncate(places);
        (shares, f64::from(self.output.biases.of(all)[0]))
    }

    /// The places of the first window of a message, and how they attend to one another in the last
    /// layer, by head and place.
    pub fn attention<'w>(
        &self,
        all: &[f32],
        message: &[u16],
        work: &'w mut Work,
    ) -> Option<(usize, &'w [f32])> {
        let length = (message.len() + 1).min(self.shape.window);
        work.pack(std::iter::once(&message[..length - 1]), length, self.edge());
        self.forward(all, length, work);
        Some((length, Body::shares(&work.kept)?))
    }

    /// The score of each message in the room, and its mean vector.
    fn pooled(&self, all: &[f32], work: &mut Work) -> (Vec<f32>, Vec<f32>) {
        let width = self.shape.width;
        let length = self.shape.window.min(work.tokens.len());
        self.forward(all, length, work);
        let mut means = vec![0.0; work.messages.len() * width];
        for (mean, places) in means.chunks_exact_mut(width).zip(&work.messages) {
            for place in places.clone() {
                let vector = &work.vectors[place * width..(place + 1) * width];
                add_scaled(mean, 1.0 / places.len() as f32, vector);
            }
        }
        let mut scores = Vec::new();
        self.output.forward(all, &means, &mut scores);
        (scores, means)
    }
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    vectorized(
        #[inline(always)]
        || product_of(a, b),
    )
}

/// The mean of the logistic loss.
pub struct WhichClass<'a> {
    pub net: &'a Pooled,
    pub messages: &'a [Vec<u16>],
    pub labels: &'a [Label],
    /// The messages to learn from.
    pub kept: &'a [usize],
    /// Those held out.
    pub held: &'a [usize],
}

impl WhichClass<'_> {
    fn load(&self, rows: impl Iterator<Item = usize>, work: &mut Work) {
        let messages = rows.map(|row| &self.messages[row][..]);
        work.pack(messages, self.net.shape.window, self.net.edge());
    }

    /// ln(1 + e^-yf).
    fn loss(&self, row: usize, score: f64) -> f64 {
        softplus(if self.labels[row].is_spam() {
            -score
        } else {
            score
        })
    }
}

impl Objective for WhichClass<'_> {
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
        if part.rows.is_empty() {
            return 0.0;
        }
        let Pooled {
            shape,
            body,
            output,
            ..
        } = self.net;
        let rows = || part.rows.iter().map(|&row| self.kept[row as usize]);
        self.load(rows(), work);
        let (mut scores, means) = self.net.pooled(weights, work);
        let losses = rows()
            .zip(&scores)
            .map(|(row, &score)| self.loss(row, f64::from(score)));
        let loss = losses.sum();
        for (score, row) in scores.iter_mut().zip(rows()) {
            let spam = f32::from(u8::from(self.labels[row].is_spam()));
            *score = (sigmoid(*score) - spam) / part.batch as f32;
        }
        let mut of_means = Vec::new();
        output.backward(weights, &means, &scores, gradient, &mut of_means);
        let width = shape.width;
        let back = &mut work.back;
        back.clear();
        back.resize(work.vectors.len(), 0.0);
        for (of_mean, places) in of_means.chunks_exact(width).zip(&work.messages) {
            for place in places.clone() {
                let back = &mut back[place * width..(place + 1) * width];
                add_scaled(back, 1.0 / places.len() as f32, of_mean);
            }
        }
        let read = Tokens {
            tokens: &work.tokens,
            everywhere: None,
            length: shape.window.min(work.tokens.len()),
            ranges: &work.ranges,
        };
        body.backward(weights, read, &work.kept, back, gradient, &mut work.room);
        loss
    }

    fn held_out(&self, weights: &[f32], _: &mut [Work; PARTS]) -> Option<f64> {
        // Each message alone, as it will be scored: a batch is cut into windows elsewhere.
        let of_row = |work: &mut Work, &row: &usize| {
            let (shares, bias) = self.net.shares(weights, &self.messages[row], work);
            self.loss(row, bias + shares.iter().sum::<f64>())
        };
        let losses: Vec<f64> = self
            .held
            .par_iter()
            .map_init(Work::default, of_row)
            .collect();
        (!self.held.is_empty()).then(|| losses.iter().sum::<f64>() / self.held.len() as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::streams::{Stream, random_stream};
    use crate::nn::weights::tests::slope_error;

    const SHAPE: Shape = Shape {
        tokens: 6,
        width: 8,
        layers: 1,
        heads: 2,
        window: 4,
    };

    fn messages() -> Vec<Vec<u16>> {
        vec![vec![0, 1, 2, 3, 0, 4, 2], vec![], vec![3, 1]]
    }

    #[test]
    fn slopes_are_differences_of_the_loss() {
        let net = Pooled::new(SHAPE);
        let weights = net.layout.begin(&mut random_stream(2, Stream::Test(0)));
        let messages = messages();
        let objective = WhichClass {
            net: &net,
            messages: &messages,
            labels: &[Label::Spam, Label::Ham, Label::Ham],
            kept: &[0, 1, 2],
            held: &[0, 1, 2],
        };
        let mut gradient = vec![0.0; weights.len()];
        let mut part = Part {
            rows: &[0, 1, 2],
            batch: 3,
            passes: 0.0,
            rng: random_stream(1, Stream::Test(0)),
        };
        let mut work = Work::default();
        let sum = objective.slopes(&weights, &mut part, &mut work, &mut gradient);
        // Of the messages one after the other, as they are learned from.
        let value = |moved: &[f32]| {
            let mut work = Work::default();
            objective.load(0..3, &mut work);
            let (scores, _) = net.pooled(moved, &mut work);
            let losses = scores.iter().enumerate();
            losses
                .map(|(row, &score)| objective.loss(row, f64::from(score)))
                .sum::<f64>()
                / 3.0
        };
        assert!((sum / 3.0 - value(&weights)).abs() < 1e-6);
        // Only the biases of keys have no slope, since they move all scores of a place alike.
        let (error, span) = slope_error(&net.layout, &weights, &gradient, value);
        assert!(error < 0.01, "{error} in {span}");
    }

    #[test]
    fn a_place_sees_its_message_within_its_window() {
        let mut work = Work::default();
        work.pack(messages().iter().map(|message| &message[..]), 4, 5);
        // 8 + 1 + 3 places in three windows.
        assert_eq!(work.tokens, [5, 0, 1, 2, 3, 0, 4, 2, 5, 5, 3, 1]);
        assert_eq!(work.messages, [0..8, 8..9, 9..12]);
        assert_eq!(work.ranges[..5], [0..4, 0..4, 0..4, 0..4, 0..4]);
        assert_eq!(work.ranges[8..], [0..1, 1..4, 1..4, 1..4]);
        work.pack(std::iter::once(&[1, 2, 3, 4, 0, 1][..]), 4, 5);
        assert_eq!((work.tokens.len(), work.ranges.len()), (8, 8));
        assert_eq!(work.ranges[6..], [0..3, 3..4]);
    }

    #[test]
    fn what_the_places_add_is_the_score_whatever_the_length() {
        let net = Pooled::new(SHAPE);
        let weights = net.layout.begin(&mut random_stream(2, Stream::Test(0)));
        let mut work = Work::default();
        for message in [vec![], vec![1], vec![1, 2, 3], vec![2; 100]] {
            let (shares, bias) = net.shares(&weights, &message, &mut work);
            assert_eq!(shares.len(), message.len() + 1);
            work.pack(std::iter::once(&message[..]), SHAPE.window, net.edge());
            let (scores, _) = net.pooled(&weights, &mut work);
            let sum = bias + shares.iter().sum::<f64>();
            assert!((sum - f64::from(scores[0])).abs() < 1e-5);
            let alone = WhichClass {
                net: &net,
                messages: &[message],
                labels: &[Label::Spam],
                kept: &[],
                held: &[0],
            };
            let works = &mut [Work::default(), Work::default()];
            let held_out = alone.held_out(&weights, works).unwrap();
            assert!((held_out - (-sum).exp().ln_1p()).abs() < 1e-12);
        }
    }
}
