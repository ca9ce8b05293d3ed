//! What reads tokens: a body turns each place of a window into a vector, and a head makes a score
//! for each token of it.
//!
//! What a place may read is given from outside: what is before it makes a language model, the whole
//! message a classifier or a masked model.

use super::functions::{scale, softmax};
use super::layers::Dense;
use super::weights::{Begin, Layout};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Debug;
use std::ops::Range;

/// Windows of tokens.
#[derive(Debug, Clone, Copy)]
pub struct Tokens<'a> {
    /// The token of each place.
    pub tokens: &'a [u16],
    /// A token that is added to all of them.
    pub everywhere: Option<u16>,
    /// Places of a window.
    pub length: usize,
    /// The places of its window that each place may read: at least itself.
    pub ranges: &'a [Range<usize>],
}

/// A body: where its weights stand, and the way there and back.
pub trait Body: Debug + Clone + Send + Sync + 'static {
    /// What the way back needs.
    type Kept: Debug + Clone + Default + Send;
    /// Room for the way back.
    type Room: Debug + Clone + Default + Send;
    /// What the places of a window leave to the next.
    type Past: Debug + Clone + Default + Send;

    /// The vector of each place.
    fn forward(
        &self,
        all: &[f32],
        read: Tokens<'_>,
        kept: &mut Self::Kept,
        room: &mut Self::Room,
        out: &mut Vec<f32>,
    );

    /// From the slopes by the vectors, adds those by the weights to `gradient`.
    fn backward(
        &self,
        all: &[f32],
        read: Tokens<'_>,
        kept: &Self::Kept,
        slopes: &[f32],
        gradient: &mut [f32],
        room: &mut Self::Room,
    );

    /// The vector of one more place of a window, which reads itself and all places before it: up to
    /// rounding the one that [`Body::forward`] gives it. `read` has its token.
    fn step(
        &self,
        all: &[f32],
        read: Tokens<'_>,
        past: &mut Self::Past,
        room: &mut Self::Room,
        out: &mut Vec<f32>,
    );

    /// Of the windows read last, the share of each place in what another reads in the last layer,
    /// by window, head and place; None of a body whose places do not attend to one another.
    fn shares(_kept: &Self::Kept) -> Option<&[f32]> {
        None
    }
}

/// How large a body is.
pub trait Shape:
    Debug + Clone + Copy + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static
{
    /// The body.
    type Body: Body;

    /// Reserves the weights of the body.
    fn body(&self, layout: &mut Layout) -> Self::Body;

    /// Tokens that there are.
    fn tokens(&self) -> usize;

    /// Numbers of a place.
    fn width(&self) -> usize;

    /// The most places of a window.
    fn window(&self) -> usize;

    /// Whether such a body can be made, and is small enough to be.
    fn is_sound(&self) -> bool;
}

/// A body with a score for each token at each place.
#[derive(Debug, Clone)]
pub struct TokenNet<S: Shape> {
    /// How large it is.
    pub shape: S,
    /// Where its weights stand.
    pub layout: Layout,
    body: S::Body,
    output: Dense,
}

/// Windows to be read, and the room to do so.
#[derive(Debug, Clone)]
pub struct Work<B: Body> {
    /// What the body keeps.
    pub kept: B::Kept,
    /// Its room.
    pub room: B::Room,
    /// See [`Tokens`].
    pub tokens: Vec<u16>,
    /// See [`Tokens`].
    pub everywhere: Option<u16>,
    /// See [`Tokens`].
    pub ranges: Vec<Range<usize>>,
    /// The places of each message that was packed, over all windows.
    pub messages: Vec<Range<usize>>,
    /// The token to be told at each place.
    pub targets: Vec<u16>,
    /// For each place a score, and then a probability, of each token.
    pub scores: Vec<f32>,
    /// What the body makes of each place.
    pub vectors: Vec<f32>,
    /// The slopes by that.
    pub back: Vec<f32>,
}

// A derived one would ask for a body that has a default.
impl<B: Body> Default for Work<B> {
    fn default() -> Work<B> {
        Work {
            kept: B::Kept::default(),
            room: B::Room::default(),
            tokens: Vec::new(),
            everywhere: None,
            ranges: Vec::new(),
            messages: Vec::new(),
            targets: Vec::new(),
            scores: Vec::new(),
            vectors: Vec::new(),
            back: Vec::new(),
        }
    }
}

/// A window that is read place by place.
#[derive(Debug, Clone)]
pub struct Reading<B: Body> {
    /// See [`Tokens`].
    pub everywhere: Option<u16>,
    /// Where the window begins in its message.
    start: usize,
    /// How many places were read.
    places: usize,
    past: B::Past,
    room: B::Room,
    vector: Vec<f32>,
    scores: Vec<f32>,
}

impl<B: Body> Reading<B> {
    /// Before the first place.
    pub fn new(everywhere: Option<u16>) -> Reading<B> {
        Reading {
            everywhere,
            start: 0,
            places: 0,
            past: B::Past::default(),
            room: B::Room::default(),
            vector: Vec::new(),
            scores: Vec::new(),
        }
    }
}

impl Tokens<'_> {
    /// Each place as the inputs of an embedding.
    pub(super) fn inputs(&self) -> impl Iterator<Item = ([(u32, f32); 2], usize)> {
        let everywhere = self
            .everywhere
            .map_or((0, 0.0), |token| (u32::from(token), 1.0));
        let used = 1 + usize::from(self.everywhere.is_some());
        let tokens = self.tokens.iter();
        tokens.map(move |token| ([(u32::from(*token), 1.0), everywhere], used))
    }
}

impl<B: Body> Work<B> {
    /// Empties it of windows.
    pub fn clear(&mut self) {
        self.tokens.clear();
        self.ranges.clear();
        self.messages.clear();
        self.targets.clear();
    }

    /// Puts messages into the room, one after the other, cut into windows of `length` places; a
    /// place may read all of its message that is in its window. A message begins with `edge`, and
    /// the last window is filled with it: those places are nobody's.
    pub fn pack<'m>(
        &mut self,
        messages: impl Iterator<Item = &'m [u16]>,
        length: usize,
        edge: u16,
    ) {
        self.clear();
        for message in messages {
            let start = self.tokens.len();
            self.tokens.push(edge);
            self.tokens.extend_from_slice(message);
            self.messages.push(start..self.tokens.len());
        }
        for message in &self.messages {
            let own = message.clone().map(|place| {
                let window = place / length * length;
                message.start.max(window) - window..message.end.min(window + length) - window
            });
            self.ranges.extend(own);
        }
        let places = self.tokens.len().next_multiple_of(length);
        let nobodys = (self.tokens.len()..places).map(|place| place % length..place % length + 1);
        self.ranges.extend(nobodys);
        self.tokens.resize(places, edge);
    }
}

impl<S: Shape> TokenNet<S> {
    /// Reserves the weights.
    pub fn new(shape: S) -> TokenNet<S> {
        let mut layout = Layout::default();
        let body = shape.body(&mut layout);
        let begin = Begin::Normal(0.5 / (shape.width() as f32).sqrt());
        let names = ["output", "output biases"];
        let output = Dense::new(&mut layout, names, shape.width(), shape.tokens(), begin);
        TokenNet {
            shape,
            layout,
            body,
            output,
        }
    }

    /// The scores at each place of the windows in the room, of `length` places each.
    pub fn forward(&self, all: &[f32], length: usize, work: &mut Work<S::Body>) {
        let Work {
            kept,
            room,
            tokens,
            everywhere,
            ranges,
            vectors,
            scores,
            ..
        } = work;
        let read = Tokens {
            tokens,
            everywhere: *everywhere,
            length,
            ranges,
        };
        self.body.forward(all, read, kept, room, vectors);
        self.output.forward(all, vectors, scores);
    }

    /// The scores after the places of a window that begins at `start`, of which those are read
    /// that were not before. What was read before must be the beginning of the same window, or it
    /// begins elsewhere.
    pub fn read_on<'r>(
        &self,
        all: &[f32],
        start: usize,
        window: &[u16],
        reading: &'r mut Reading<S::Body>,
    ) -> &'r mut [f32] {
        if reading.start != start || reading.places > window.len() {
            *reading = Reading {
                start,
                ..Reading::new(reading.everywhere)
            };
        }
        for token in &window[reading.places..] {
            let read = Tokens {
                tokens: std::slice::from_ref(token),
                everywhere: reading.everywhere,
                length: 1,
                ranges: &[],
            };
            let Reading {
                past, room, vector, ..
            } = &mut *reading;
            self.body.step(all, read, past, room, vector);
        }
        reading.places = window.len();
        let Reading { vector, scores, .. } = reading;
        self.output.forward_one(all, vector, scores);
        scores
    }

    /// -ln p of the target of each place, whose scores become probabilities.
    pub fn losses<'w>(&self, work: &'w mut Work<S::Body>) -> impl Iterator<Item = f64> + 'w {
        let rows = work.scores.chunks_exact_mut(self.shape.tokens());
        rows.zip(&work.targets).map(|(scores, &target)| {
            let score = f64::from(scores[usize::from(target)]);
            f64::from(softmax(scores)) - score
        })
    }

    /// From the probabilities at each place, adds the slopes of the sum of the losses, each times
    /// its
    /// `share`, to `gradient`.
    pub fn backward(
        &self,
        all: &[f32],
        length: usize,
        share: impl Fn(usize) -> f32,
        work: &mut Work<S::Body>,
        gradient: &mut [f32],
    ) {
        let Work {
            kept,
            room,
            tokens,
            everywhere,
            ranges,
            targets,
            scores,
            vectors,
            back,
            ..
        } = work;
        let of_places = scores.chunks_exact_mut(self.shape.tokens());
        for (at, (scores, &target)) in of_places.zip(targets.iter()).enumerate() {
            scores[usize::from(target)] -= 1.0;
            scale(scores, share(at));
        }
        self.output.backward(all, vectors, scores, gradient, back);
        let read = Tokens {
            tokens,
            everywhere: *everywhere,
            length,
            ranges,
        };
        self.body.backward(all, read, kept, back, gradient, room);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::streams::{Stream, random_stream};
    use crate::nn::{recurrent, transformer};

    /// Scores of the places of one window, read at once and place by place.
    fn scores_agree<S: Shape>(shape: S) {
        let net = TokenNet::new(shape);
        let weights = net.layout.begin(&mut random_stream(4, Stream::Test(0)));
        let tokens = [6, 4, 0, 5, 2, 0, 3];
        for everywhere in [None, Some(1)] {
            let mut work = Work {
                everywhere,
                ..Work::default()
            };
            work.tokens.extend_from_slice(&tokens);
            work.ranges.extend((0..tokens.len()).map(|at| 0..at + 1));
            net.forward(&weights, tokens.len(), &mut work);
            let mut reading = Reading::new(everywhere);
            for (at, at_once) in work.scores.chunks_exact(shape.tokens()).enumerate() {
                let read_on = net.read_on(&weights, 0, &tokens[..=at], &mut reading);
                for (a, b) in at_once.iter().zip(read_on) {
                    assert!((a - *b).abs() < 1e-5, "{shape:?}, place {at}: {a}, {b}");
                }
            }
            // Another window of the same reading begins anew.
            let elsewhere = net
                .read_on(&weights, 3, &tokens[3..], &mut reading)
                .to_vec();
            let mut anew = Reading::new(everywhere);
            assert_eq!(elsewhere, net.read_on(&weights, 0, &tokens[3..], &mut anew));
        }
    }

    #[test]
    fn a_window_read_place_by_place_has_the_scores_of_one_read_at_once() {
        scores_agree(transformer::Shape {
            tokens: 7,
            width: 8,
            layers: 2,
            heads: 2,
            window: 8,
        });
        scores_agree(recurrent::Shape {
            tokens: 7,
            embedding: 3,
            units: 20,
            window: 8,
        });
    }
}
