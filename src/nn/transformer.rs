//! The body of a transformer (Vaswani and others, NeurIPS 2017), normalised before each part (Xiong
//! and others, ICML 2020): tokens become vectors, and each block lets every place read others and
//! then work on what it read.

use super::functions::{add_scaled, gelu, gelu_back};
use super::layers::{Attended, Attention, AttentionWork, Bag, Dense, LayerNorm, Windows};
use super::sequence::{self, Tokens};
use super::weights::{Begin, Layout};
use serde::{Deserialize, Serialize};

/// How large the body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// Tokens that there are.
    pub tokens: usize,
    /// Numbers of a place.
    pub width: usize,
    /// Blocks.
    pub layers: usize,
    /// Heads of each block; they divide the width.
    pub heads: usize,
    /// The most places of a window.
    pub window: usize,
}

/// The body: where its weights stand.
#[derive(Debug, Clone)]
pub struct Body {
    width: usize,
    embedding: Bag,
    blocks: Vec<Block>,
    norm: LayerNorm,
}

#[derive(Debug, Clone)]
struct Block {
    read_norm: LayerNorm,
    attention: Attention,
    work_norm: LayerNorm,
    up: Dense,
    down: Dense,
}

/// What the way back needs.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    blocks: Vec<KeptBlock>,
    last: Vec<f32>,
    norm: Vec<[f32; 2]>,
}

#[derive(Debug, Clone, Default)]
struct KeptBlock {
    x: Vec<f32>,
    read: Vec<f32>,
    read_norm: Vec<[f32; 2]>,
    attended: Attended,
    middle: Vec<f32>,
    worked: Vec<f32>,
    work_norm: Vec<[f32; 2]>,
    raised: Vec<f32>,
    units: Vec<f32>,
}

/// What places leave to later ones: by block, their queries, keys and values.
#[derive(Debug, Clone, Default)]
pub struct Past(Vec<Vec<f32>>);

/// Room for the way back.
#[derive(Debug, Clone, Default)]
pub struct Room {
    x: Vec<f32>,
    out: Vec<f32>,
    back: Vec<f32>,
    units: Vec<f32>,
    attention: AttentionWork,
}

impl Body {
    /// Reserves the weights.
    pub fn new(layout: &mut Layout, shape: Shape) -> Body {
        let Shape {
            tokens,
            width,
            layers,
            heads,
            window,
        } = shape;
        let root = (width as f32).sqrt();
        let embedding = Bag::new(layout, "embedding", tokens, width, Begin::Normal(0.3));
        let mut block = || Block {
            read_norm: LayerNorm::new(layout, ["read gains", "read biases"], width),
            attention: Attention::new(layout, width, heads, window),
            work_norm: LayerNorm::new(layout, ["work gains", "work biases"], width),
            up: Dense::new(
                layout,
                ["up", "up biases"],
                width,
                4 * width,
                Begin::Normal(1.0 / root),
            ),
            down: Dense::new(
                layout,
                ["down", "down biases"],
                4 * width,
                width,
                Begin::Normal(0.25 / root),
            ),
        };
        let blocks = (0..layers).map(|_| block()).collect();
        Body {
            width,
            embedding,
            blocks,
            norm: LayerNorm::new(layout, ["last gains", "last biases"], width),
        }
    }
}

impl sequence::Shape for Shape {
    type Body = Body;

    fn body(&self, layout: &mut Layout) -> Body {
        Body::new(layout, *self)
    }

    fn tokens(&self) -> usize {
        self.tokens
    }

    fn width(&self) -> usize {
        self.width
    }

    fn window(&self) -> usize {
        self.window
    }

    fn is_sound(&self) -> bool {
        let bounds = [
            (self.width, 2_048),
            (self.layers, 12),
            (self.heads, 16),
            (self.window, 1_024),
            (self.tokens, 1 << 16),
        ];
        let within = |&(size, most): &(usize, usize)| (1..=most).contains(&size);
        bounds.iter().all(within) && self.window > 1 && self.width.is_multiple_of(self.heads)
    }
}

impl sequence::Body for Body {
    type Kept = Kept;
    type Room = Room;
    type Past = Past;

    fn forward(
        &self,
        all: &[f32],
        read: Tokens<'_>,
        kept: &mut Kept,
        room: &mut Room,
        out: &mut Vec<f32>,
    ) {
        let Tokens {
            tokens,
            length,
            ranges,
            ..
        } = read;
        kept.blocks
            .resize_with(self.blocks.len(), KeptBlock::default);
        let x = &mut kept.last;
        x.clear();
        x.resize(tokens.len() * self.width, 0.0);
        for ((inputs, used), x) in read.inputs().zip(x.chunks_exact_mut(self.width)) {
            self.embedding.add(all, &inputs[..used], x);
        }
        for (block, kept) in self.blocks.iter().zip(&mut kept.blocks) {
            kept.x.clone_from(x);
            block
                .read_norm
                .forward(all, &kept.x, &mut kept.read, &mut kept.read_norm);
            let windows = Windows {
                x: &kept.read,
                length,
                ranges,
            };
            block
                .attention
                .forward(all, windows, &mut kept.attended, &mut room.out);
            add_scaled(x, 1.0, &room.out);
            kept.middle.clone_from(x);
            block
                .work_norm
                .forward(all, &kept.middle, &mut kept.worked, &mut kept.work_norm);
            block.up.forward(all, &kept.worked, &mut kept.raised);
            gelu(&kept.raised, &mut kept.units);
            block.down.forward(all, &kept.units, &mut room.out);
            add_scaled(x, 1.0, &room.out);
        }
        self.norm.forward(all, x, out, &mut kept.norm);
    }

    fn backward(
        &self,
        all: &[f32],
        read: Tokens<'_>,
        kept: &Kept,
        slopes: &[f32],
        gradient: &mut [f32],
        room: &mut Room,
    ) {
        let Room {
            x,
            back,
            units,
            attention,
            ..
        } = room;
        x.clear();
        x.resize(slopes.len(), 0.0);
        self.norm
            .backward(all, &kept.last, &kept.norm, slopes, gradient, x);
        for (block, kept) in self.blocks.iter().zip(&kept.blocks).rev() {
            block.down.backward(all, &kept.units, x, gradient, units);
            gelu_back(&kept.raised, units);
            block.up.backward(all, &kept.worked, units, gradient, back);
            block
                .work_norm
                .backward(all, &kept.middle, &kept.work_norm, back, gradient, x);
            let windows = Windows {
                x: &kept.read,
                length: read.length,
                ranges: read.ranges,
            };
            block
                .attention
                .backward(all, windows, &kept.attended, x, gradient, attention);
            let back = &attention.back;
            block
                .read_norm
                .backward(all, &kept.x, &kept.read_norm, back, gradient, x);
        }
        for ((inputs, used), slopes) in read.inputs().zip(x.chunks_exact(self.width)) {
            self.embedding.backward(&inputs[..used], slopes, gradient);
        }
    }

    fn step(
        &self,
        all: &[f32],
        read: Tokens<'_>,
        Past(projected): &mut Past,
        room: &mut Room,
        out: &mut Vec<f32>,
    ) {
        projected.resize_with(self.blocks.len(), Vec::new);
        let mut norm = Vec::new();
        let Room {
            x,
            out: read_out,
            back,
            units,
            ..
        } = room;
        x.clear();
        x.resize(self.width, 0.0);
        for (inputs, used) in read.inputs() {
            self.embedding.add(all, &inputs[..used], x);
        }
        for (block, projected) in self.blocks.iter().zip(projected) {
            block.read_norm.forward(all, x, back, &mut norm);
            block.attention.step(all, back, projected, read_out);
            add_scaled(x, 1.0, read_out);
            block.work_norm.forward(all, x, back, &mut norm);
            block.up.forward_one(all, back, read_out);
            gelu(read_out, units);
            block.down.forward_one(all, units, read_out);
            add_scaled(x, 1.0, read_out);
        }
        self.norm.forward(all, x, out, &mut norm);
    }

    fn shares(kept: &Kept) -> Option<&[f32]> {
        kept.blocks.last().map(|block| &block.attended.shares[..])
    }
}

#[cfg(test)]
mod tests {
    use super::sequence::Body as _;
    use super::*;
    use crate::base::streams::{Stream, random_stream};
    use crate::nn::weights::normal;
    use crate::nn::weights::tests::slope_error;

    #[test]
    fn slopes_are_differences_of_a_loss_and_a_causal_place_sees_nothing_after_it() {
        let shape = Shape {
            tokens: 7,
            width: 8,
            layers: 2,
            heads: 2,
            window: 6,
        };
        let mut layout = Layout::default();
        let body = Body::new(&mut layout, shape);
        let mut rng = random_stream(3, Stream::Test(0));
        let mut weights = layout.begin(&mut rng);
        for weight in &mut weights {
            *weight += 0.05 * normal(&mut rng);
        }
        // A causal window of two messages, and one that is read both ways.
        let ranges = [0..1, 0..2, 0..3, 3..4, 3..5, 0..5, 0..5, 0..5, 0..5, 0..5];
        let mut tokens = [1, 4, 0, 6, 2, 3, 3, 5, 0, 1];
        let vectors = |weights: &[f32], tokens: &[u16], kept: &mut Kept| {
            let read = Tokens {
                tokens,
                everywhere: Some(6),
                length: 5,
                ranges: &ranges,
            };
            let mut out = Vec::new();
            body.forward(weights, read, kept, &mut Room::default(), &mut out);
            out
        };
        let term = |(at, x): (usize, f64)| x * (at % 5) as f64 + x.powi(2) / 2.0;
        let loss = |out: &[f32]| -> f64 {
            let out = out.iter().map(|x| f64::from(*x));
            out.enumerate().map(term).sum()
        };
        let mut kept = Kept::default();
        let out = vectors(&weights, &tokens, &mut kept);
        let slopes: Vec<f32> = (0..).zip(&out).map(|(at, x)| (at % 5) as f32 + x).collect();
        let mut gradient = vec![0.0; weights.len()];
        let read = Tokens {
            tokens: &tokens,
            everywhere: Some(6),
            length: 5,
            ranges: &ranges,
        };
        body.backward(
            &weights,
            read,
            &kept,
            &slopes,
            &mut gradient,
            &mut Room::default(),
        );
        let value = |moved: &[f32]| loss(&vectors(moved, &tokens, &mut Kept::default()));
        let (error, span) = slope_error(&layout, &weights, &gradient, value);
        assert!(error < 0.01, "{error} in {span}");
        // Another token at place 2 changes what that place and no other of its window sees.
        tokens[2] = 5;
        let changed = vectors(&weights, &tokens, &mut Kept::default());
        let same = |place: usize| out[place * 8..][..8] == changed[place * 8..][..8];
        assert!(same(0) && same(1) && !same(2) && (3..10).all(same));
        tokens[9] = 2;
        let changed = vectors(&weights, &tokens, &mut Kept::default());
        assert!(out[5 * 8..6 * 8] != changed[5 * 8..6 * 8]);
    }
}
