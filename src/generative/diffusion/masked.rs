//! The masked model of a class: what the masked tokens of a text are, by a transformer that reads
//! all others. The nets of both classes are trained together, their weights in one vector, ham
//! first.
//!
//! Of the n tokens of a segment, which is a message as far as it is in one window, m are masked, m
//! uniform among 1 … n and the places uniform. Then n / m times the sum of ln p of the masked
//! tokens is, on average, at most ln p of the segment given its length (Ou and others, ICLR 2025;
//! Sahoo and others, NeurIPS 2024, whose integral over a continuous time this is in closed form).
//! The m of several draws are spread evenly over 1 … n, which keeps the average and lowers its
//! variance.

use crate::base::math::uniform;
use crate::base::streams::{Stream, hash_of_content, random_stream};
use crate::nn::fit::{Objective, PARTS, Part};
use crate::nn::functions::softmax;
use crate::nn::sequence::{self, Shape as _, TokenNet};
use crate::nn::transformer::{Body, Shape};
use rayon::prelude::*;
use std::ops::Range;

/// Windows that are run together where nothing is learned.
const ROWS: usize = 8;
/// Draws of masks for each window held out.
const HELD_DRAWS: usize = 2;
/// Multiples of it lie evenly between 0 and 1, however many there are.
const GOLDEN: f64 = 0.618_033_988_749_894_8;

/// A masked model: the last two tokens of the shape are the mask and the beginning of a message.
pub type Net = TokenNet<Shape>;

/// Room to run the net.
#[derive(Debug, Clone, Default)]
pub struct Work {
    net: sequence::Work<Body>,
    /// By place, n / m where it is masked, otherwise 0.
    factors: Vec<f32>,
    shuffled: Vec<usize>,
}

/// The token of a masked place.
fn mask(net: &Net) -> u16 {
    (net.shape.tokens() - 2) as u16
}

/// The token before a message.
fn edge(net: &Net) -> u16 {
    (net.shape.tokens() - 1) as u16
}

/// Messages cut into windows, none of whose tokens is masked.
#[derive(Debug, Clone, Default)]
pub struct Windows {
    /// Places of a window.
    length: usize,
    tokens: Vec<u16>,
    ranges: Vec<Range<usize>>,
}

impl Windows {
    /// Cuts messages.
    pub fn of<'m>(net: &Net, messages: impl Iterator<Item = &'m [u16]>) -> Windows {
        let mut packed = sequence::Work::<Body>::default();
        packed.pack(messages, net.shape.window, edge(net));
        Windows {
            length: net.shape.window,
            tokens: packed.tokens,
            ranges: packed.ranges,
        }
    }

    /// One message, in windows no longer than it.
    pub fn of_one(net: &Net, message: &[u16]) -> Windows {
        let length = (message.len() + 1).min(net.shape.window);
        let mut packed = sequence::Work::<Body>::default();
        packed.pack(std::iter::once(message), length, edge(net));
        Windows {
            length,
            tokens: packed.tokens,
            ranges: packed.ranges,
        }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.tokens.len() / self.length.max(1)
    }

    /// Puts a window into the room, masked: `share`, from 0 to 1, says how much of its first
    /// segment, and a step from it how much of each other.
    fn load(&self, net: &Net, row: usize, share: f64, rng: &mut dyn rand::Rng, work: &mut Work) {
        let span = row * self.length..(row + 1) * self.length;
        let Work {
            net: room,
            factors,
            shuffled,
        } = work;
        let first = room.tokens.len();
        room.targets.extend_from_slice(&self.tokens[span.clone()]);
        room.tokens.extend_from_slice(&self.tokens[span.clone()]);
        room.ranges.extend_from_slice(&self.ranges[span.clone()]);
        factors.resize(room.tokens.len(), 0.0);
        let (mut at, mut share) = (0, share);
        while at < self.length {
            let segment = self.ranges[span.start + at].clone();
            at = segment.end;
            shuffled.clear();
            shuffled.extend(segment.filter(|place| room.tokens[first + place] != edge(net)));
            let n = shuffled.len();
            let m = n.min(1 + (share * n as f64) as usize);
            for chosen in 0..m {
                let other = chosen + (uniform(rng) * (n - chosen) as f64) as usize;
                shuffled.swap(chosen, other.min(n - 1));
                let place = first + shuffled[chosen];
                room.tokens[place] = mask(net);
                factors[place] = n as f32 / m as f32;
            }
            share = (share + GOLDEN).fract();
        }
    }
}

impl Work {
    fn clear(&mut self) {
        self.net.clear();
        self.factors.clear();
    }

    /// For each place n / m times -ln p of its token where it is masked, otherwise 0. Scores become
    /// probabilities there.
    fn losses<'w>(&'w mut self, net: &Net) -> impl Iterator<Item = f64> + 'w {
        let scores = self.net.scores.chunks_exact_mut(net.shape.tokens());
        let places = scores.zip(self.net.targets.iter().zip(&self.factors));
        places.map(|(scores, (&target, &factor))| {
            if factor == 0.0 {
                return 0.0;
            }
            let score = f64::from(scores[usize::from(target)]);
            f64::from(factor) * (f64::from(softmax(scores)) - score)
        })
    }
}

/// An estimate of the bound of ln p of a message given its length.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// Of each draw.
    pub by_draw: Vec<f64>,
    /// What each token adds to the mean over draws.
    pub by_token: Vec<f64>,
}

/// By class, from n / m Σ ln p of what is masked in each draw. The masks are the same for both
/// classes and follow from the message.
pub fn estimates(
    net: &Net,
    classes: [&[f32]; 2],
    message: &[u16],
    draws: usize,
    work: &mut Work,
) -> [Estimate; 2] {
    let windows = Windows::of_one(net, message);
    let content = message.iter().flat_map(|token| token.to_le_bytes());
    let mut rng = random_stream(0, Stream::Latent(hash_of_content(content)));
    let offsets: Vec<f64> = (0..windows.count()).map(|_| uniform(&mut rng)).collect();
    let rows: Vec<(usize, usize)> = (0..draws)
        .flat_map(|draw| (0..windows.count()).map(move |row| (draw, row)))
        .collect();
    let mut found = [(); 2].map(|()| Estimate {
        by_draw: vec![0.0; draws],
        by_token: vec![0.0; message.len()],
    });
    for some in rows.chunks(ROWS) {
        work.clear();
        for &(draw, row) in some {
            let share = (draw as f64 + offsets[row]) / draws as f64;
            windows.load(net, row, share, &mut rng, work);
        }
        for (class, found) in classes.iter().zip(&mut found) {
            net.forward(class, windows.length, &mut work.net);
            for (at, loss) in work.losses(net).enumerate() {
                let (draw, row) = some[at / windows.length];
                let place = row * windows.length + at % windows.length;
                // Not the beginning, nor what fills the last window.
                if (1..=message.len()).contains(&place) {
                    found.by_draw[draw] -= loss;
                    found.by_token[place - 1] -= loss / draws as f64;
                }
            }
        }
    }
    found
}

/// Probabilities of the tokens at the masked places of one window, one row for each.
pub fn probabilities(
    net: &Net,
    weights: &[f32],
    window: &[Option<u16>],
    work: &mut Work,
) -> Vec<Vec<f32>> {
    let room = &mut work.net;
    room.clear();
    let tokens = window.iter().map(|token| token.unwrap_or(mask(net)));
    room.tokens.extend(tokens);
    room.ranges.resize(window.len(), 0..window.len());
    net.forward(weights, window.len(), room);
    let scores = room.scores.chunks_exact_mut(net.shape.tokens());
    let masked = scores.zip(window).filter(|(_, token)| token.is_none());
    let of_place = |(scores, _): (&mut [f32], _)| {
        // The mask and the beginning are no tokens of a text.
        let scores = &mut scores[..net.shape.tokens() - 2];
        softmax(scores);
        scores.to_vec()
    };
    masked.map(of_place).collect()
}

/// The mean over all places of n / m times -ln p of what is masked, by the net of the message's
/// class. Rows are the windows of ham, then those of spam.
pub struct Masked<'a> {
    pub net: &'a Net,
    /// To learn from, by class.
    pub kept: [Windows; 2],
    /// Held out, by class.
    pub held: [Windows; 2],
}

impl Masked<'_> {
    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.kept.iter().map(Windows::count).sum()
    }

    /// The places of the weights of a class.
    fn of_class(&self, class: usize) -> Range<usize> {
        let each = self.net.layout.len();
        class * each..(class + 1) * each
    }
}

impl Objective for Masked<'_> {
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
        let (net, of_ham) = (self.net, self.kept[0].count() as u32);
        let (ham, spam): (Vec<u32>, Vec<u32>) = part.rows.iter().partition(|&&row| row < of_ham);
        let spam: Vec<u32> = spam.into_iter().map(|row| row - of_ham).collect();
        let mut loss = 0.0;
        for (class, rows) in [ham, spam].iter().enumerate() {
            if rows.is_empty() {
                continue;
            }
            let (windows, own) = (&self.kept[class], self.of_class(class));
            work.clear();
            let offset = uniform(&mut part.rng);
            for (at, &row) in rows.iter().enumerate() {
                let share = (at as f64 + offset) / rows.len() as f64;
                windows.load(net, row as usize, share, &mut part.rng, work);
            }
            let length = windows.length;
            net.forward(&weights[own.clone()], length, &mut work.net);
            loss += work.losses(net).sum::<f64>() / length as f64;
            let share = 1.0 / (part.batch * length) as f32;
            let factors = std::mem::take(&mut work.factors);
            let of_place = |place: usize| share * factors[place];
            let (weights, gradient) = (&weights[own.clone()], &mut gradient[own]);
            net.backward(weights, length, of_place, &mut work.net, gradient);
            work.factors = factors;
        }
        loss
    }

    fn held_out(&self, weights: &[f32], _: &mut [Work; PARTS]) -> Option<f64> {
        let (mut sum, mut places) = (0.0, 0);
        for (class, windows) in self.held.iter().enumerate() {
            let weights = &weights[self.of_class(class)];
            let rows: Vec<usize> = (0..windows.count()).collect();
            // The same masks at every measurement.
            let of_rows = |work: &mut Work, rows: &[usize]| {
                work.clear();
                for &row in rows {
                    let mut rng = random_stream(0, Stream::Latent(row as u64));
                    let offset = uniform(&mut rng);
                    for draw in 0..HELD_DRAWS {
                        let share = (draw as f64 + offset) / HELD_DRAWS as f64;
                        windows.load(self.net, row, share, &mut rng, work);
                    }
                }
                self.net.forward(weights, windows.length, &mut work.net);
                work.losses(self.net).sum::<f64>()
            };
            let losses: Vec<f64> = rows
                .par_chunks(ROWS)
                .map_init(Work::default, of_rows)
                .collect();
            sum += losses.iter().sum::<f64>() / HELD_DRAWS as f64;
            places += windows.tokens.len();
        }
        (places > 0).then(|| sum / places as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::weights::tests::slope_error;

    const SHAPE: Shape = Shape {
        tokens: 6,
        width: 8,
        layers: 1,
        heads: 2,
        window: 5,
    };

    fn net() -> (Net, Vec<f32>) {
        let net = Net::new(SHAPE);
        let weights = net.layout.begin(&mut random_stream(2, Stream::Test(0)));
        (net, weights)
    }

    #[test]
    fn the_mean_over_masks_is_that_over_all_orders_of_unmasking() {
        // Ou and others 2025, section 3: the bound is the mean over all orders of Σ ln p(next |
        // those before). Computed here order by order, for a message of three tokens.
        let (net, ham) = net();
        let spam = net.layout.begin(&mut random_stream(3, Stream::Test(0)));
        let message = [2, 0, 3];
        let log_p = |weights: &[f32], window: &[u16; 4], place: usize| {
            let mut room = sequence::Work::<Body>::default();
            room.tokens.extend(window);
            room.ranges.resize(4, 0..4);
            net.forward(weights, 4, &mut room);
            let scores = &mut room.scores[(place + 1) * 6..(place + 2) * 6];
            softmax(scores);
            f64::from(scores[usize::from(message[place])]).ln()
        };
        let orders = [
            [0, 1, 2],
            [0, 2, 1],
            [1, 0, 2],
            [1, 2, 0],
            [2, 0, 1],
            [2, 1, 0],
        ];
        let draws = 600;
        let both = [&ham[..], &spam[..]];
        let found = estimates(&net, both, &message, draws, &mut Work::default());
        for (weights, found) in both.into_iter().zip(&found) {
            let mut of_orders = 0.0;
            for order in orders {
                let mut window = [edge(&net), mask(&net), mask(&net), mask(&net)];
                for place in order {
                    of_orders += log_p(weights, &window, place) / 6.0;
                    window[place + 1] = message[place];
                }
            }
            let mean = found.by_draw.iter().sum::<f64>() / draws as f64;
            let squares = found.by_draw.iter().map(|sum| (sum - mean).powi(2));
            let error = (squares.sum::<f64>() / draws as f64 / draws as f64).sqrt();
            assert!(
                (mean - of_orders).abs() < 5.0 * error,
                "{mean}, {of_orders}"
            );
            assert!(error < 0.1 && error > 0.0);
            assert!((found.by_token.iter().sum::<f64>() - mean).abs() < 1e-9);
        }
        assert_ne!(found[0], found[1]);
    }

    #[test]
    fn slopes_are_differences_of_the_loss() {
        let (net, ham) = net();
        let spam = net.layout.begin(&mut random_stream(3, Stream::Test(0)));
        let weights = [&ham[..], &spam[..]].concat();
        let messages: [&[u16]; 2] = [&[0, 1, 1, 0, 3, 2], &[1, 2, 0]];
        let windows = || messages.map(|message| Windows::of(&net, [message].into_iter()));
        let objective = Masked {
            net: &net,
            kept: windows(),
            held: windows(),
        };
        let slopes = |weights: &[f32], gradient: &mut [f32]| {
            // The same masks every time.
            let mut part = Part {
                rows: &[0, 1, 2],
                batch: 3,
                passes: 0.0,
                rng: random_stream(1, Stream::Test(0)),
            };
            objective.slopes(weights, &mut part, &mut Work::default(), gradient) / 3.0
        };
        let mut gradient = vec![0.0; weights.len()];
        slopes(&weights, &mut gradient);
        let each = net.layout.len();
        let of_ham = |moved: &[f32]| {
            let all = [moved, &weights[each..]].concat();
            slopes(&all, &mut vec![0.0; all.len()])
        };
        let (error, span) = slope_error(&net.layout, &ham, &gradient[..each], of_ham);
        assert!(error < 0.01, "{error} in {span}");
    }

    #[test]
    fn windows_mask_every_number_of_tokens_alike_and_never_the_beginning() {
        let (net, _) = net();
        let messages: [&[u16]; 2] = [&[0, 1, 2], &[3, 3, 0, 1]];
        let windows = Windows::of(&net, messages.into_iter());
        assert_eq!((windows.count(), windows.length), (2, 5));
        assert_eq!(windows.tokens, [5, 0, 1, 2, 5, 3, 3, 0, 1, 5]);
        let mut rng = random_stream(1, Stream::Test(0));
        let mut numbers = [0; 4];
        for at in 0..300 {
            let mut work = Work::default();
            windows.load(&net, 0, f64::from(at) / 300.0, &mut rng, &mut work);
            let masked = work.factors.iter().filter(|factor| **factor > 0.0).count();
            assert_eq!(work.net.tokens[0], 5);
            assert_eq!(work.factors.iter().sum::<f32>().round(), 3.0);
            numbers[masked] += 1;
        }
        assert_eq!(numbers, [0, 100, 100, 100]);
    }

    #[test]
    fn a_message_has_an_estimate_for_each_token_whatever_its_length() {
        let (net, weights) = net();
        let mut work = Work::default();
        for length in [0, 1, 4, 5, 23] {
            let message: Vec<u16> = (0..length).map(|at| at % 4).collect();
            let [ham, spam] = estimates(&net, [&weights; 2], &message, 4, &mut work);
            assert_eq!((ham.by_draw.len(), ham.by_token.len()), (4, message.len()));
            assert!(ham.by_token.iter().all(|log| *log <= 0.0));
            assert_eq!(ham, spam);
        }
    }
}
