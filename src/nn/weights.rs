//! All weights of a net in one vector, in which each layer has spans of its own: so the gradient,
//! the state of an optimizer, a checkpoint and a model file are one vector each.

use crate::base::math::uniform;
use std::ops::Range;

/// What the weights of a span are before the first step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Begin {
    /// All are 0.
    Zero,
    /// All are 1.
    One,
    /// Normal, with this standard deviation.
    Normal(f32),
    /// Biases of attention by head and distance: they fall with the distance, for each head a
    /// quarter as steeply as for the one before; the last head has none.
    Falling {
        /// Heads.
        heads: usize,
    },
}

/// Where the weights of one tensor stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    start: usize,
    length: usize,
}

impl Span {
    /// The places of these weights.
    pub fn range(self) -> Range<usize> {
        self.start..self.start + self.length
    }

    /// These of all weights.
    pub fn of(self, weights: &[f32]) -> &[f32] {
        &weights[self.range()]
    }

    /// The same to be changed.
    pub fn of_mut(self, weights: &mut [f32]) -> &mut [f32] {
        &mut weights[self.range()]
    }
}

/// The spans of a net, reserved one after the other.
#[derive(Debug, Clone, Default)]
pub struct Layout {
    spans: Vec<(&'static str, Span, Begin)>,
    length: usize,
}

impl Layout {
    /// Reserves so many weights.
    pub fn reserve(&mut self, name: &'static str, length: usize, begin: Begin) -> Span {
        let span = Span {
            start: self.length,
            length,
        };
        self.length += length;
        self.spans.push((name, span, begin));
        span
    }

    /// How many weights there are.
    pub fn len(&self) -> usize {
        self.length
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Each span with its name.
    pub fn spans(&self) -> impl Iterator<Item = (&'static str, Span)> {
        self.spans.iter().map(|(name, span, _)| (*name, *span))
    }

    /// The weights before the first step.
    pub fn begin(&self, rng: &mut dyn rand::Rng) -> Vec<f32> {
        let mut weights = vec![0.0; self.length];
        for (_, span, begin) in &self.spans {
            let weights = span.of_mut(&mut weights);
            match begin {
                Begin::Zero => {}
                Begin::One => weights.fill(1.0),
                Begin::Falling { heads } => {
                    let each = weights.len() / heads;
                    let falling = weights.chunks_exact_mut(each).take(heads - 1);
                    for (head, weights) in falling.enumerate() {
                        let slope = 0.25_f32.powi(head as i32);
                        for (at, weight) in weights.iter_mut().enumerate() {
                            *weight = -slope * (at as f32 - (each / 2) as f32).abs();
                        }
                    }
                }
                Begin::Normal(deviation) => {
                    for weight in weights {
                        *weight = deviation * normal(rng);
                    }
                }
            }
        }
        weights
    }
}

/// A standard normal deviate (Box and Muller 1958), the same on every machine.
pub fn normal(rng: &mut dyn rand::Rng) -> f32 {
    // 1 less a number below 1 is never 0.
    let radius = (-2.0 * libm::log(1.0 - uniform(rng))).sqrt();
    (radius * libm::cos(std::f64::consts::TAU * uniform(rng))) as f32
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::base::streams::{Stream, random_stream};

    /// By how much the slopes of a function differ from central differences, over the forty largest
    /// slopes of each span: the greatest ‖difference‖ / ‖slopes‖, with the name of its span.
    pub fn slope_error(
        layout: &Layout,
        weights: &[f32],
        slopes: &[f32],
        mut value: impl FnMut(&[f32]) -> f64,
    ) -> (f64, &'static str) {
        const STEP: f32 = 1e-2;
        let mut worst = (0.0, "");
        for (name, span) in layout.spans() {
            let mut places: Vec<usize> = span.range().collect();
            places.sort_by(|&a, &b| slopes[b].abs().total_cmp(&slopes[a].abs()));
            places.truncate(40);
            let (mut off, mut all) = (0.0, 0.0);
            for place in places {
                let mut at = |by: f32| {
                    let mut moved = weights.to_vec();
                    moved[place] += by;
                    (value(&moved), f64::from(moved[place]))
                };
                let ((above, right), (below, left)) = (at(STEP), at(-STEP));
                let difference = (above - below) / (right - left);
                off += (difference - f64::from(slopes[place])).powi(2);
                all += difference * difference;
            }
            assert!(all > 0.0, "{name} has no slope");
            let error = (off / all).sqrt();
            if error > worst.0 {
                worst = (error, name);
            }
        }
        worst
    }

    #[test]
    fn spans_follow_one_another_and_begin_as_they_are_told() {
        let mut layout = Layout::default();
        let first = layout.reserve("first", 3, Begin::Zero);
        let second = layout.reserve("second", 4_000, Begin::Normal(0.5));
        let third = layout.reserve("third", 10, Begin::Falling { heads: 2 });
        assert_eq!((first.range(), second.range()), (0..3, 3..4_003));
        let weights = layout.begin(&mut random_stream(1, Stream::Test(0)));
        assert_eq!(first.of(&weights), [0.0; 3]);
        let falling = [-2.0, -1.0, 0.0, -1.0, -2.0, 0.0, 0.0, 0.0, 0.0, 0.0];
        assert_eq!(third.of(&weights), falling);
        let drawn = second.of(&weights);
        let mean = drawn.iter().sum::<f32>() / 4_000.0;
        let square = drawn.iter().map(|weight| weight * weight).sum::<f32>() / 4_000.0;
        // Five standard errors: .5 / √4,000 = .008, .25 · √(2 / 4,000) = .0056.
        assert!(mean.abs() < 0.04 && (square - 0.25).abs() < 0.028);
    }
}
