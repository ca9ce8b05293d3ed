//! Attention with several heads (Vaswani and others, NeurIPS 2017): each place of a window reads
//! the places of a range, by how well its query fits their keys.
//!
//! share_ij = softmax over j of (q_i · k_j / √d + b_{j - i}), with a bias per head and distance
//! that is learned and begins as a straight fall, steeper from head to head (Press, Smith and
//! Lewis, ICLR 2022, in which it stays); one head has none at first. The range of a place says what
//! it may see: all before it in a causal model, the message in one that looks both ways. Left out:
//! windows of different lengths in one batch.

use super::Dense;
use crate::nn::functions::{add_scaled, probabilities, product_of};
use crate::nn::kernel::{Matrix, Write, multiply_into, vectorized};
use crate::nn::weights::{Begin, Layout, Span};
use std::ops::Range;

/// Places that ask together: in a causal window they need no keys after them.
const QUERIES: usize = 64;

/// Attention over windows of at most `window` places.
#[derive(Debug, Clone, Copy)]
pub struct Attention {
    heads: usize,
    /// Numbers of a place.
    width: usize,
    window: usize,
    /// Queries, keys and values of a place, side by side.
    project: Dense,
    /// Bias by head and distance.
    distances: Span,
    output: Dense,
}

/// Windows of places.
#[derive(Debug, Clone, Copy)]
pub struct Windows<'a> {
    /// The numbers of each place, place by place.
    pub x: &'a [f32],
    /// Places of a window.
    pub length: usize,
    /// The places of its window that each place may read: at least itself.
    pub ranges: &'a [Range<usize>],
}

/// What the way back needs.
#[derive(Debug, Clone, Default)]
pub struct Attended {
    projected: Vec<f32>,
    /// By window, head and place, the share of each place.
    pub shares: Vec<f32>,
    mixed: Vec<f32>,
}

/// Room for the way back.
#[derive(Debug, Clone, Default)]
pub struct AttentionWork {
    /// The slopes by the numbers of each place.
    pub back: Vec<f32>,
    of_mixed: Vec<f32>,
    of_projected: Vec<f32>,
    of_shares: Vec<f32>,
}

impl Attention {
    /// Reserves its weights.
    pub fn new(layout: &mut Layout, width: usize, heads: usize, window: usize) -> Attention {
        let root = (width as f32).sqrt();
        let names = ["queries, keys, values", "their biases"];
        let project = Dense::new(layout, names, width, 3 * width, Begin::Normal(1.0 / root));
        let distances = layout.reserve(
            "distances",
            heads * (2 * window - 1),
            Begin::Falling { heads },
        );
        let begin = Begin::Normal(0.5 / root);
        let output = Dense::new(layout, ["attended", "its biases"], width, width, begin);
        Attention {
            heads,
            width,
            window,
            project,
            distances,
            output,
        }
    }

    fn of_head(&self) -> usize {
        self.width / self.heads
    }

    /// Queries, keys and values of a block's head in its window.
    fn parts<'p>(&self, block: &Block, length: usize, projected: &'p [f32]) -> Parts<'p> {
        let each = length * 3 * self.width;
        Parts {
            projected: &projected[block.window * each..][..each],
            width: self.width,
            at: block.head * self.of_head(),
            size: self.of_head(),
        }
    }

    /// The biases of a head by distance: entry `window - 1` is that of a place itself.
    fn biases<'w>(&self, all: &'w [f32], head: usize) -> &'w [f32] {
        let each = 2 * self.window - 1;
        &self.distances.of(all)[head * each..(head + 1) * each]
    }

    /// The blocks of queries: window, head, first query, their number, and the keys they may need.
    fn blocks<'r>(
        &self,
        length: usize,
        ranges: &'r [Range<usize>],
    ) -> impl Iterator<Item = Block> + use<'r> {
        let (heads, windows) = (self.heads, ranges.len() / length.max(1));
        let firsts = move || (0..length).step_by(QUERIES);
        (0..windows).flat_map(move |window| {
            (0..heads).flat_map(move |head| {
                firsts().map(move |first| {
                    let queries = QUERIES.min(length - first);
                    let own = &ranges[window * length + first..][..queries];
                    Block {
                        window,
                        head,
                        first,
                        queries,
                        keys: own.iter().map(|range| range.end).max().unwrap_or(0),
                    }
                })
            })
        })
    }

    /// What each place reads.
    pub fn forward(
        &self,
        all: &[f32],
        windows: Windows<'_>,
        kept: &mut Attended,
        out: &mut Vec<f32>,
    ) {
        let Windows { x, length, ranges } = windows;
        let Attended {
            projected,
            shares,
            mixed,
        } = kept;
        let (width, size) = (self.width, self.of_head());
        self.project.forward(all, x, projected);
        shares.clear();
        shares.resize(ranges.len() * self.heads * length, 0.0);
        mixed.clear();
        mixed.resize(x.len(), 0.0);
        let scale = 1.0 / (size as f32).sqrt();
        for block in self.blocks(length, ranges) {
            let Block {
                window,
                head,
                first,
                queries,
                keys,
            } = block;
            let start = window * length;
            let parts = self.parts(&block, length, projected);
            let shares = &mut shares[((window * self.heads + head) * length + first) * length..]
                [..queries * length];
            let asked = parts.queries(first, queries);
            multiply_into(
                shares,
                length,
                asked,
                parts.keys(keys).transposed(),
                Write::Set,
            );
            let biases = self.biases(all, head);
            for (query, row) in shares.chunks_exact_mut(length).enumerate() {
                let place = first + query;
                let range = ranges[start + place].clone();
                row[..range.start].fill(0.0);
                row[range.end..].fill(0.0);
                let biases = &biases[self.window - 1 + range.start - place..];
                let row = &mut row[range];
                vectorized(
                    #[inline(always)]
                    || {
                        for (score, bias) in row.iter_mut().zip(biases) {
                            *score = *score * scale + bias;
                        }
                        probabilities(row)
                    },
                );
            }
            let shares = Matrix::part(shares, queries, keys, length);
            let mixed = &mut mixed[(start + first) * width + head * size..];
            multiply_into(mixed, width, shares, parts.values(keys), Write::Set);
        }
        self.output.forward(all, mixed, out);
    }

    /// What one more place of a window reads, which sees itself and all places before it. Their
    /// queries, keys and values are `projected`, to which its own are added.
    pub fn step(&self, all: &[f32], x: &[f32], projected: &mut Vec<f32>, out: &mut Vec<f32>) {
        self.project.forward_one(all, x, out);
        projected.extend_from_slice(out);
        let (width, size) = (self.width, self.of_head());
        let places = projected.len() / (3 * width);
        let mut mixed = vec![0.0; width];
        let mut shares = vec![0.0; places];
        let scale = 1.0 / (size as f32).sqrt();
        for (head, mixed) in mixed.chunks_exact_mut(size).enumerate() {
            let part = |place: usize, which: usize| {
                &projected[(3 * place + which) * width + head * size..][..size]
            };
            let query = part(places - 1, 0);
            let biases = &self.biases(all, head)[self.window - places..];
            vectorized(
                #[inline(always)]
                || {
                    for (place, (share, bias)) in shares.iter_mut().zip(biases).enumerate() {
                        *share = product_of(query, part(place, 1)) * scale + bias;
                    }
                    probabilities(&mut shares)
                },
            );
            for (place, share) in shares.iter().enumerate() {
                add_scaled(mixed, *share, part(place, 2));
            }
        }
        self.output.forward_one(all, &mixed, out);
    }

    /// From the slopes by what came out, adds those by its weights to `gradient`, and writes those
    /// by the places to the room.
    pub fn backward(
        &self,
        all: &[f32],
        windows: Windows<'_>,
        kept: &Attended,
        slopes: &[f32],
        gradient: &mut [f32],
        work: &mut AttentionWork,
    ) {
        let AttentionWork {
            back,
            of_mixed,
            of_projected,
            of_shares,
        } = work;
        self.output
            .backward(all, &kept.mixed, slopes, gradient, of_mixed);
        of_projected.clear();
        of_projected.resize(kept.projected.len(), 0.0);
        for block in self.blocks(windows.length, windows.ranges) {
            self.scores_back(&block, windows, kept, of_mixed, of_shares, gradient);
            self.projections_back(&block, windows, kept, of_mixed, of_shares, of_projected);
        }
        self.project
            .backward(all, windows.x, of_projected, gradient, back);
    }

    /// The shares of a block, and where they stand.
    fn shares_of<'k>(&self, block: &Block, length: usize, kept: &'k Attended) -> &'k [f32] {
        let first = (block.window * self.heads + block.head) * length + block.first;
        &kept.shares[first * length..][..block.queries * length]
    }

    /// What was mixed for the queries of a block, or the slopes by it.
    fn mixed_of<'m>(&self, block: &Block, length: usize, mixed: &'m [f32]) -> Matrix<'m> {
        let size = self.of_head();
        let start = (block.window * length + block.first) * self.width + block.head * size;
        Matrix::part(&mixed[start..], block.queries, size, self.width)
    }

    /// The slopes by the scores of a block, from those by what was mixed; those by the distances
    /// are added to `gradient`.
    fn scores_back(
        &self,
        block: &Block,
        windows: Windows<'_>,
        kept: &Attended,
        of_mixed: &[f32],
        of_scores: &mut Vec<f32>,
        gradient: &mut [f32],
    ) {
        let Windows { length, ranges, .. } = windows;
        let start = block.window * length;
        let scale = 1.0 / (self.of_head() as f32).sqrt();
        let values = self
            .parts(block, length, &kept.projected)
            .values(block.keys);
        of_scores.clear();
        of_scores.resize(block.queries * length, 0.0);
        let of_mixed = self.mixed_of(block, length, of_mixed);
        multiply_into(of_scores, length, of_mixed, values.transposed(), Write::Set);
        let each = 2 * self.window - 1;
        let of_biases = &mut self.distances.of_mut(gradient)[block.head * each..][..each];
        let shares = self.shares_of(block, length, kept).chunks_exact(length);
        for (query, (slopes, shares)) in of_scores.chunks_exact_mut(length).zip(shares).enumerate()
        {
            let place = block.first + query;
            let range = ranges[start + place].clone();
            slopes[..range.start].fill(0.0);
            slopes[range.end..].fill(0.0);
            let of_biases = &mut of_biases[self.window - 1 + range.start - place..];
            let (slopes, shares) = (&mut slopes[range.clone()], &shares[range]);
            vectorized(
                #[inline(always)]
                || {
                    let mean = product_of(slopes, shares);
                    for ((slope, share), of_bias) in slopes.iter_mut().zip(shares).zip(of_biases) {
                        let by_score = share * (*slope - mean);
                        *of_bias += by_score;
                        *slope = by_score * scale;
                    }
                },
            );
        }
    }

    /// Adds the slopes by the queries, keys and values of a block.
    fn projections_back(
        &self,
        block: &Block,
        windows: Windows<'_>,
        kept: &Attended,
        of_mixed: &[f32],
        of_scores: &[f32],
        of_projected: &mut [f32],
    ) {
        let length = windows.length;
        let step = 3 * self.width;
        let start = block.window * length * step + block.head * self.of_head();
        let parts = self.parts(block, length, &kept.projected);
        let shares = self.shares_of(block, length, kept);
        let shares = Matrix::part(shares, block.queries, block.keys, length);
        let of_mixed = self.mixed_of(block, length, of_mixed);
        let of_values = &mut of_projected[start + 2 * self.width..];
        multiply_into(of_values, step, shares.transposed(), of_mixed, Write::Add);
        let of_scores = Matrix::part(of_scores, block.queries, block.keys, length);
        let of_queries = &mut of_projected[start + block.first * step..];
        multiply_into(
            of_queries,
            step,
            of_scores,
            parts.keys(block.keys),
            Write::Add,
        );
        let of_keys = &mut of_projected[start + self.width..];
        let asked = parts.queries(block.first, block.queries);
        multiply_into(of_keys, step, of_scores.transposed(), asked, Write::Add);
    }
}

/// Queries of a window that are worked on together, for one head.
struct Block {
    window: usize,
    head: usize,
    first: usize,
    queries: usize,
    /// Keys from the first of the window on that any of them may read.
    keys: usize,
}

/// Queries, keys and values of one head in one window.
struct Parts<'a> {
    projected: &'a [f32],
    width: usize,
    at: usize,
    size: usize,
}

impl<'a> Parts<'a> {
    fn rows(&self, which: usize, first: usize, count: usize) -> Matrix<'a> {
        let start = first * 3 * self.width + which * self.width + self.at;
        Matrix::part(&self.projected[start..], count, self.size, 3 * self.width)
    }

    fn queries(&self, first: usize, count: usize) -> Matrix<'a> {
        self.rows(0, first, count)
    }

    fn keys(&self, count: usize) -> Matrix<'a> {
        self.rows(1, 0, count)
    }

    fn values(&self, count: usize) -> Matrix<'a> {
        self.rows(2, 0, count)
    }
}
