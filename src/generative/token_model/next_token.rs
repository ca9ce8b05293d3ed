//! The language model of a class: which token comes next, by a body that reads what stands before
//! it in the message. The nets of both classes are trained together, their weights in one vector,
//! ham first.
//!
//! The messages stand one after the other and are cut into windows; a place sees its own message
//! only, as far as it is in the window. A message is scored by windows of which each begins half a
//! window after the one before, so that all but its first tokens see at least half a window.

use crate::nn::fit::{Objective, PARTS, Part};
use crate::nn::functions::softmax;
use crate::nn::sequence::{Body, Reading, Shape, TokenNet, Work};
use rayon::prelude::*;
use std::ops::Range;

/// Windows that are run together where nothing is learned.
const ROWS: usize = 8;

/// Where the weights of a class stand among all, and the token that is added to all of its places:
/// one net of each class has none, a net of both has a token for each class before the last one.
pub fn of_class<S: Shape>(
    net: &TokenNet<S>,
    share: bool,
    class: usize,
) -> (Range<usize>, Option<u16>) {
    let each = net.layout.len();
    if share {
        let token = net.shape.tokens() - 3 + class;
        (0..each, Some(token as u16))
    } else {
        (class * each..(class + 1) * each, None)
    }
}

impl<S: Shape> TokenNet<S> {
    /// The token at the beginning and at the end of each message: the last.
    fn edge(&self) -> u16 {
        (self.shape.tokens() - 1) as u16
    }

    /// ln p of each token of a message, its end included.
    pub fn log_probabilities(
        &self,
        all: &[f32],
        message: &[u16],
        work: &mut Work<S::Body>,
    ) -> Vec<f64> {
        let places = message.len() + 1;
        let length = places.min(self.shape.window());
        let step = (length / 2).max(1);
        // The last window ends with the message.
        let mut starts: Vec<usize> = (0..places - length).step_by(step).collect();
        starts.push(places - length);
        let symbol = |at: usize| message.get(at).copied().unwrap_or(self.edge());
        let mut known = Vec::with_capacity(places);
        // Few windows at once, so that what the layers keep does not grow with the message.
        for starts in starts.chunks(ROWS) {
            work.clear();
            for start in starts {
                for at in *start..start + length {
                    let before = at.checked_sub(1).map(symbol);
                    work.tokens.push(before.unwrap_or(self.edge()));
                    work.targets.push(symbol(at));
                    work.ranges.push(0..at - start + 1);
                }
            }
            self.forward(all, length, work);
            for (at, loss) in self.losses(work).enumerate() {
                let (window, place) = (at / length, at % length);
                if starts[window] + place == known.len() {
                    known.push(-loss);
                }
            }
        }
        known
    }

    /// The places of the first window of a message, and how they attend to one another in the last
    /// layer, by head and place; None of a body without attention.
    pub fn attention<'w>(
        &self,
        all: &[f32],
        message: &[u16],
        work: &'w mut Work<S::Body>,
    ) -> Option<(usize, &'w [f32])> {
        let length = (message.len() + 1).min(self.shape.window());
        work.clear();
        work.tokens.push(self.edge());
        work.tokens.extend_from_slice(&message[..length - 1]);
        work.ranges.extend((0..length).map(|at| 0..at + 1));
        self.forward(all, length, work);
        Some((length, S::Body::shares(&work.kept)?))
    }

    /// Probabilities of what comes after these tokens of a message, of which the last are seen.
    /// `reading` has read the beginning of the same message, or nothing.
    pub fn next(&self, all: &[f32], message: &[u16], reading: &mut Reading<S::Body>) -> Vec<f32> {
        // As in scoring, a full window begins anew with its second half.
        let most = self.shape.window();
        let half = (most / 2).max(1);
        let places = message.len() + 1;
        let start = if places <= most {
            0
        } else {
            half * (places - most).div_ceil(half)
        };
        let before = |at: usize| {
            at.checked_sub(1)
                .map_or(self.edge(), |before| message[before])
        };
        let window: Vec<u16> = (start..places).map(before).collect();
        let mut scores = self.read_on(all, start, &window, reading).to_vec();
        softmax(&mut scores);
        scores
    }
}

/// Messages cut into windows.
#[derive(Debug, Clone, Default)]
pub struct Windows {
    /// Places of a window.
    length: usize,
    tokens: Vec<u16>,
    targets: Vec<u16>,
    ranges: Vec<Range<usize>>,
}

impl Windows {
    /// Cuts messages; the last window overlaps the one before, so that all are full.
    pub fn of<'m, S: Shape>(
        net: &TokenNet<S>,
        messages: impl Iterator<Item = &'m [u16]>,
    ) -> Windows {
        let (mut tokens, mut targets, mut first) = (Vec::new(), Vec::new(), Vec::new());
        for message in messages {
            let start = tokens.len();
            tokens.push(net.edge());
            tokens.extend_from_slice(message);
            targets.extend_from_slice(message);
            targets.push(net.edge());
            first.resize(tokens.len(), start);
        }
        let length = tokens.len().min(net.shape.window());
        let mut windows = Windows {
            length,
            ..Windows::default()
        };
        let mut start = 0;
        while length > 0 && start < tokens.len() {
            let start_now = start.min(tokens.len() - length);
            let span = start_now..start_now + length;
            windows.tokens.extend_from_slice(&tokens[span.clone()]);
            windows.targets.extend_from_slice(&targets[span.clone()]);
            let seen = span.map(|at| first[at].saturating_sub(start_now)..at - start_now + 1);
            windows.ranges.extend(seen);
            start += length;
        }
        windows
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.tokens.len() / self.length.max(1)
    }

    /// Puts some of them into the room.
    fn load<B: Body>(&self, rows: &[u32], work: &mut Work<B>) {
        work.clear();
        for &row in rows {
            let span = row as usize * self.length..(row as usize + 1) * self.length;
            work.tokens.extend_from_slice(&self.tokens[span.clone()]);
            work.targets.extend_from_slice(&self.targets[span.clone()]);
            work.ranges.extend_from_slice(&self.ranges[span]);
        }
    }
}

/// The mean of -ln p of the next token, by the net of the message's class. Rows are the windows of
/// ham, then those of spam.
pub struct NextToken<'a, S: Shape> {
    pub net: &'a TokenNet<S>,
    /// Whether one net serves both classes.
    pub share: bool,
    /// To learn from, by class.
    pub kept: [Windows; 2],
    /// Held out, by class.
    pub held: [Windows; 2],
}

impl<S: Shape> NextToken<'_, S> {
    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.kept.iter().map(Windows::count).sum()
    }

    /// The sum of the mean losses of windows of one class, and the slopes of `share` times it.
    fn class(
        &self,
        weights: &[f32],
        class: usize,
        rows: &[u32],
        share: f32,
        work: &mut Work<S::Body>,
        gradient: &mut [f32],
    ) -> f64 {
        let (net, windows) = (self.net, &self.kept[class]);
        let (own, everywhere) = of_class(net, self.share, class);
        let (weights, gradient) = (&weights[own.clone()], &mut gradient[own]);
        windows.load(rows, work);
        work.everywhere = everywhere;
        net.forward(weights, windows.length, work);
        let loss: f64 = net.losses(work).sum();
        let share = share / windows.length as f32;
        net.backward(weights, windows.length, |_| share, work, gradient);
        loss / windows.length as f64
    }
}

impl<S: Shape> Objective for NextToken<'_, S> {
    type Work = Work<S::Body>;

    fn work(&self) -> Work<S::Body> {
        Work::default()
    }

    fn slopes(
        &self,
        weights: &[f32],
        part: &mut Part<'_>,
        work: &mut Work<S::Body>,
        gradient: &mut [f32],
    ) -> f64 {
        let share = 1.0 / part.batch as f32;
        let of_ham = self.kept[0].count() as u32;
        let (ham, spam): (Vec<u32>, Vec<u32>) = part.rows.iter().partition(|&&row| row < of_ham);
        let spam: Vec<u32> = spam.into_iter().map(|row| row - of_ham).collect();
        let mut loss = 0.0;
        for (class, rows) in [ham, spam].iter().enumerate() {
            if !rows.is_empty() {
                loss += self.class(weights, class, rows, share, work, gradient);
            }
        }
        loss
    }

    fn held_out(&self, weights: &[f32], _: &mut [Work<S::Body>; PARTS]) -> Option<f64> {
        let (mut sum, mut places) = (0.0, 0);
        for (class, windows) in self.held.iter().enumerate() {
            let (own, everywhere) = of_class(self.net, self.share, class);
            let weights = &weights[own];
            let rows: Vec<u32> = (0..windows.count() as u32).collect();
            let of_rows = |work: &mut Work<S::Body>, rows: &[u32]| {
                windows.load(rows, work);
                work.everywhere = everywhere;
                self.net.forward(weights, windows.length, work);
                self.net.losses(work).sum::<f64>()
            };
            let losses: Vec<f64> = rows
                .par_chunks(ROWS)
                .map_init(Work::default, of_rows)
                .collect();
            sum += losses.iter().sum::<f64>();
            places += windows.tokens.len();
        }
        (places > 0).then(|| sum / places as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::streams::{Stream, random_stream};
    use crate::nn::fit::Plan;
    use crate::nn::fit::tests::check_bits;
    use crate::nn::weights::tests::slope_error;
    use crate::nn::{recurrent, transformer};

    const SHAPE: transformer::Shape = transformer::Shape {
        tokens: 5,
        width: 8,
        layers: 1,
        heads: 2,
        window: 6,
    };

    const RECURRENT: recurrent::Shape = recurrent::Shape {
        tokens: 5,
        embedding: 3,
        units: 8,
        window: 6,
    };

    fn net() -> (TokenNet<transformer::Shape>, Vec<f32>) {
        let net = TokenNet::new(SHAPE);
        let weights = net.layout.begin(&mut random_stream(2, Stream::Test(0)));
        (net, weights)
    }

    #[test]
    fn windows_hold_every_token_and_a_place_sees_its_own_message_only() {
        let (net, _) = net();
        let messages: [&[u16]; 3] = [&[0, 1, 2], &[], &[3, 3, 0, 1]];
        let windows = Windows::of(&net, messages.into_iter());
        // 4 + 1 + 5 places in windows of six: the second overlaps the first.
        assert_eq!((windows.count(), windows.length), (2, 6));
        assert_eq!(windows.tokens, [4, 0, 1, 2, 4, 4, 4, 4, 3, 3, 0, 1]);
        assert_eq!(windows.targets, [0, 1, 2, 4, 4, 3, 4, 3, 3, 0, 1, 4]);
        let first = [0..1, 0..2, 0..3, 0..4, 4..5, 5..6];
        assert_eq!(windows.ranges[..6], first);
        assert_eq!(windows.ranges[6..8], [0..1, 1..2]);
        assert_eq!(Windows::of(&net, std::iter::empty()).count(), 0);
    }

    #[test]
    fn a_message_has_a_probability_for_each_token_that_does_not_depend_on_its_windows() {
        let (net, weights) = net();
        let mut work = Work::default();
        let message = [0, 1, 2, 3, 0, 1, 2, 3, 0, 0, 1];
        let long = net.log_probabilities(&weights, &message, &mut work);
        assert_eq!(long.len(), 12);
        let short = net.log_probabilities(&weights, &message[..3], &mut work);
        for (a, b) in long.iter().zip(&short[..3]) {
            assert!((a - b).abs() < 1e-5, "{a} is not {b}");
        }
        // What is likely by `next` is so in the message, as long as all of it is seen.
        let mut reading = Reading::new(None);
        for at in 0..5 {
            let next = net.next(&weights, &message[..at], &mut reading);
            let sum: f64 = next.iter().map(|p| f64::from(*p)).sum();
            assert!((sum - 1.0).abs() < 1e-5);
            let p = f64::from(next[usize::from(message[at])]);
            assert!((p.ln() - long[at]).abs() < 1e-4);
        }
        assert_eq!(net.log_probabilities(&weights, &[], &mut work).len(), 1);
        let longer = message.repeat(10);
        let found = net.log_probabilities(&weights, &longer, &mut work);
        assert_eq!((found.len(), &found[..5]), (111, &long[..5]));
        // Read on token by token, from window to window, as read at once.
        for at in 0..longer.len() {
            let at_once = net.next(&weights, &longer[..at], &mut Reading::new(None));
            let read_on = net.next(&weights, &longer[..at], &mut reading);
            assert_eq!(at_once, read_on);
        }
    }

    /// What is learned from the messages of both classes, which are held out, too, and the first
    /// weights.
    fn objective<'n, S: Shape>(
        net: &'n TokenNet<S>,
        share: bool,
        messages: [&[&[u16]]; 2],
    ) -> (NextToken<'n, S>, Vec<f32>) {
        let windows = || messages.map(|of_class| Windows::of(net, of_class.iter().copied()));
        let nets = if share { 1 } else { 2 };
        let mut rng = random_stream(2, Stream::Test(0));
        let weights = (0..nets).map(|_| net.layout.begin(&mut rng));
        let objective = NextToken {
            net,
            share,
            kept: windows(),
            held: windows(),
        };
        (objective, weights.collect::<Vec<_>>().concat())
    }

    fn slopes_are_differences<S: Shape>(shape: S, share: bool) {
        // Two tokens, one for each class, and the edge. Each class fills one window.
        let net = TokenNet::new(shape);
        let messages: [&[&[u16]]; 2] = [&[&[0, 1], &[1, 0]], &[&[1, 0, 0, 1, 1]]];
        let (objective, weights) = objective(&net, share, messages);
        let rows: Vec<u32> = (0..objective.rows() as u32).collect();
        let mut part = Part {
            rows: &rows,
            batch: rows.len(),
            passes: 0.0,
            rng: random_stream(1, Stream::Test(0)),
        };
        let mut gradient = vec![0.0; weights.len()];
        let mut work = Work::default();
        let sum = objective.slopes(&weights, &mut part, &mut work, &mut gradient);
        // As both windows are full, the mean over places is that over rows.
        let held_out = |weights: &[f32]| {
            let works = &mut [Work::default(), Work::default()];
            objective.held_out(weights, works).unwrap()
        };
        assert!((sum / 2.0 - held_out(&weights)).abs() < 1e-6, "{shape:?}");
        // Of each net the layout tells the spans; those of the last one are checked here.
        let last = weights.len() - net.layout.len();
        let value = |moved: &[f32]| held_out(&[&weights[..last], moved].concat());
        let slopes = &gradient[last..];
        let (error, span) = slope_error(&net.layout, &weights[last..], slopes, value);
        assert!(error < 0.01, "{shape:?}: {error} in {span}");
    }

    #[test]
    fn slopes_are_differences_of_the_loss_with_a_net_of_each_class_and_with_one_of_both() {
        for share in [false, true] {
            slopes_are_differences(SHAPE, share);
            slopes_are_differences(RECURRENT, share);
        }
        let net = net().0;
        assert_eq!(of_class(&net, true, 1), (0..net.layout.len(), Some(3)));
        let each = net.layout.len();
        assert_eq!(of_class(&net, false, 1), (each..2 * each, None));
    }

    /// Ten windows of each class and a width that is more than one vector of numbers.
    fn bits_are_the_same<S: Shape>(shape: S, pinned: u64) {
        let net = TokenNet::new(shape);
        let [ham, spam]: [[&[u16]; 10]; 2] = [[&[0, 1, 1, 0, 1]; 10], [&[1, 0, 0, 1, 1]; 10]];
        let (objective, weights) = objective(&net, false, [&ham, &spam]);
        let rows = objective.rows();
        check_bits(&objective, rows, &Plan::SEQUENCES, &weights, pinned);
    }

    #[test]
    fn the_bits_of_a_transformer_are_the_same_everywhere() {
        let wide = transformer::Shape { width: 20, ..SHAPE };
        bits_are_the_same(wide, 13_630_475_785_846_331_327);
    }

    #[test]
    fn the_bits_of_a_recurrent_net_are_the_same_everywhere() {
        let wide = recurrent::Shape {
            units: 20,
            ..RECURRENT
        };
        bits_are_the_same(wide, 6_546_440_670_423_845_839);
    }
}
