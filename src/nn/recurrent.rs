//! The body of a recurrent net: tokens become vectors, and a gated unit carries a state from each
//! to the next.
//!
//! A place may read what is before it in its message and window, as far as its range says: where a
//! range begins at its own place, the state begins anew, as it does in every window. Ranges that
//! end after their place cannot be had.

use super::layers::{Bag, Course, Gated, GatedWork, KeptGates};
use super::sequence::{self, Tokens};
use super::weights::{Begin, Layout};
use serde::{Deserialize, Serialize};

/// How large the body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// Tokens that there are.
    pub tokens: usize,
    /// Numbers of a token.
    pub embedding: usize,
    /// Units of the state.
    pub units: usize,
    /// The most places of a window.
    pub window: usize,
}

/// The body: where its weights stand.
#[derive(Debug, Clone)]
pub struct Body {
    width: usize,
    embedding: Bag,
    gated: Gated,
}

/// What the way back needs.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    x: Vec<f32>,
    anew: Vec<bool>,
    gates: KeptGates,
}

impl sequence::Shape for Shape {
    type Body = Body;

    fn body(&self, layout: &mut Layout) -> Body {
        let Shape {
            tokens,
            embedding: width,
            units,
            ..
        } = *self;
        Body {
            width,
            embedding: Bag::new(layout, "embedding", tokens, width, Begin::Normal(0.3)),
            gated: Gated::new(layout, width, units),
        }
    }

    fn tokens(&self) -> usize {
        self.tokens
    }

    fn width(&self) -> usize {
        self.units
    }

    fn window(&self) -> usize {
        self.window
    }

    fn is_sound(&self) -> bool {
        let bounds = [
            (self.embedding, 1_024),
            (self.units, 2_048),
            (self.window, 1_024),
            (self.tokens, 1 << 16),
        ];
        bounds
            .iter()
            .all(|&(size, most)| (1..=most).contains(&size))
    }
}

impl sequence::Body for Body {
    type Kept = Kept;
    type Room = GatedWork;
    /// The state.
    type Past = Vec<f32>;

    fn forward(
        &self,
        all: &[f32],
        read: Tokens<'_>,
        kept: &mut Kept,
        room: &mut GatedWork,
        out: &mut Vec<f32>,
    ) {
        let Kept { x, anew, gates } = kept;
        x.clear();
        x.resize(read.tokens.len() * self.width, 0.0);
        for ((inputs, used), x) in read.inputs().zip(x.chunks_exact_mut(self.width)) {
            self.embedding.add(all, &inputs[..used], x);
        }
        let places = read.ranges.iter().enumerate();
        anew.clear();
        anew.extend(places.map(|(at, range)| range.start == at % read.length));
        let course = Course {
            x,
            length: read.length,
            anew,
        };
        self.gated.forward(all, course, gates, room, out);
    }

    fn backward(
        &self,
        all: &[f32],
        read: Tokens<'_>,
        kept: &Kept,
        slopes: &[f32],
        gradient: &mut [f32],
        room: &mut GatedWork,
    ) {
        let course = Course {
            x: &kept.x,
            length: read.length,
            anew: &kept.anew,
        };
        self.gated
            .backward(all, course, &kept.gates, slopes, gradient, room);
        let slopes = room.back.chunks_exact(self.width);
        for ((inputs, used), slopes) in read.inputs().zip(slopes) {
            self.embedding.backward(&inputs[..used], slopes, gradient);
        }
    }

    fn step(
        &self,
        all: &[f32],
        read: Tokens<'_>,
        state: &mut Vec<f32>,
        room: &mut GatedWork,
        out: &mut Vec<f32>,
    ) {
        let mut x = vec![0.0; self.width];
        for (inputs, used) in read.inputs() {
            self.embedding.add(all, &inputs[..used], &mut x);
        }
        self.gated.step(all, &x, state, room);
        out.clone_from(state);
    }
}

#[cfg(test)]
mod tests {
    use super::sequence::{Body as _, Shape as _};
    use super::*;
    use crate::base::streams::{Stream, random_stream};

    #[test]
    fn a_place_sees_what_is_before_it_in_its_message_and_nothing_else() {
        let shape = Shape {
            tokens: 7,
            embedding: 3,
            units: 4,
            window: 5,
        };
        let mut layout = Layout::default();
        let body = shape.body(&mut layout);
        let weights = layout.begin(&mut random_stream(3, Stream::Test(0)));
        // Two windows; in the first the second message begins at the third place.
        let ranges = [0..1, 0..2, 2..3, 2..4, 2..5, 0..1, 0..2, 0..3, 0..4, 0..5];
        let states = |tokens: &[u16]| {
            let read = Tokens {
                tokens,
                everywhere: None,
                length: 5,
                ranges: &ranges,
            };
            let mut out = Vec::new();
            let room = &mut GatedWork::default();
            body.forward(&weights, read, &mut Kept::default(), room, &mut out);
            out
        };
        let tokens = [1, 4, 0, 6, 2, 0, 6, 2, 0, 1];
        let out = states(&tokens);
        for changed in 0..10 {
            let mut others = tokens;
            others[changed] = 5;
            let others = states(&others);
            for (place, range) in ranges.iter().enumerate() {
                let window = 5 * (place / 5);
                let seen = range.contains(&changed.wrapping_sub(window));
                let own = place * 4..(place + 1) * 4;
                assert_eq!(
                    out[own.clone()] != others[own],
                    seen,
                    "{changed} at {place}"
                );
            }
        }
        // The same tokens from the beginning of a message give the same states.
        assert_eq!(out[2 * 4..5 * 4], out[5 * 4..8 * 4]);
    }
}
