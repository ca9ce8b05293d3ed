//! Layers: what each makes of its inputs, and how the slope of a loss by its outputs becomes the
//! slopes by its inputs and its weights.
//!
//! Plain structs that know where their weights stand; a net is a struct of layers, without a graph
//! or a tape. Rows lie one after the other. One suite compares the slopes of every layer with
//! differences of a loss: whoever adds a layer adds a row to its table.

mod attention;
mod bag;
mod dense;
mod gated;
mod gaussian;
mod norm;

pub use self::attention::{Attended, Attention, AttentionWork, Windows};
pub use self::bag::Bag;
pub use self::dense::Dense;
pub use self::gated::{Course, Gated, GatedWork, KeptGates};
pub use self::gaussian::Gaussian;
pub use self::norm::LayerNorm;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::streams::{Stream, random_stream};
    use crate::nn::functions::{gelu, gelu_back, rectify, rectify_back, softmax};
    use crate::nn::weights::tests::slope_error;
    use crate::nn::weights::{Begin, Layout, Span, normal};

    /// A row of the table: a net with one layer, whose inputs are weights, too, and a loss of what
    /// comes out.
    struct Case {
        name: &'static str,
        layout: Layout,
        /// Greatest relative error.
        within: f64,
        /// The loss; adds its slopes to the gradient.
        loss: Box<Loss>,
    }

    type Loss = dyn Fn(&[f32], &mut [f32]) -> f64;

    /// A loss whose slope by each output is another one: Σ (k + 1) out_k + out_k² / 2.
    fn loss(out: &[f32], slopes: &mut Vec<f32>) -> f64 {
        slopes.clear();
        let mut sum = 0.0;
        for (at, &value) in out.iter().enumerate() {
            let factor = 0.1 * (at % 7 + 1) as f32;
            sum += f64::from(factor) * f64::from(value) + f64::from(value).powi(2) / 2.0;
            slopes.push(factor + value);
        }
        sum
    }

    fn input(layout: &mut Layout, length: usize) -> Span {
        layout.reserve("input", length, Begin::Normal(1.0))
    }

    fn dense() -> Case {
        let mut layout = Layout::default();
        let layer = Dense::new(&mut layout, ["weights", "biases"], 5, 4, Begin::Normal(0.5));
        let x = input(&mut layout, 15);
        let case = move |weights: &[f32], gradient: &mut [f32]| {
            let (mut out, mut slopes, mut back) = (Vec::new(), Vec::new(), Vec::new());
            layer.forward(weights, x.of(weights), &mut out);
            let value = loss(&out, &mut slopes);
            layer.backward(weights, x.of(weights), &slopes, gradient, &mut back);
            x.of_mut(gradient).copy_from_slice(&back);
            value
        };
        Case {
            name: "dense",
            layout,
            within: 0.01,
            loss: Box::new(case),
        }
    }

    fn rectified() -> Case {
        let mut layout = Layout::default();
        let x = input(&mut layout, 40);
        let case = move |weights: &[f32], gradient: &mut [f32]| {
            let (mut out, mut slopes) = (x.of(weights).to_vec(), Vec::new());
            rectify(&mut out);
            let value = loss(&out, &mut slopes);
            rectify_back(&out, &mut slopes);
            x.of_mut(gradient).copy_from_slice(&slopes);
            value
        };
        Case {
            name: "rectified units",
            layout,
            within: 0.02,
            loss: Box::new(case),
        }
    }

    fn bag() -> Case {
        let mut layout = Layout::default();
        let layer = Bag::new(&mut layout, "weights", 6, 4, Begin::Normal(0.5));
        let rows: [&[(u32, f32)]; 2] = [&[(0, 1.0), (5, -0.5)], &[(5, 2.0), (2, 0.3)]];
        let case = move |weights: &[f32], gradient: &mut [f32]| {
            let mut value = 0.0;
            for row in rows {
                let (mut out, mut slopes) = (vec![0.0; 4], Vec::new());
                layer.add(weights, row, &mut out);
                value += loss(&out, &mut slopes);
                layer.backward(row, &slopes, gradient);
            }
            value
        };
        Case {
            name: "bag",
            layout,
            within: 0.01,
            loss: Box::new(case),
        }
    }

    fn gaussian() -> Case {
        let mut layout = Layout::default();
        let x = input(&mut layout, 12);
        let noise: Vec<f32> = {
            let mut rng = random_stream(5, Stream::Test(0));
            (0..6).map(|_| normal(&mut rng)).collect()
        };
        let case = move |weights: &[f32], gradient: &mut [f32]| {
            let layer = Gaussian { dimensions: 3 };
            let (mut z, mut slopes) = (Vec::new(), Vec::new());
            let divergence = layer.forward(x.of(weights), &noise, &mut z);
            let value = loss(&z, &mut slopes) + 0.7 * divergence;
            layer.backward(x.of(weights), &noise, &slopes, 0.7, x.of_mut(gradient));
            value
        };
        Case {
            name: "Gaussian",
            layout,
            within: 0.01,
            loss: Box::new(case),
        }
    }

    fn cross_entropy() -> Case {
        let mut layout = Layout::default();
        let x = input(&mut layout, 9);
        let case = move |weights: &[f32], gradient: &mut [f32]| {
            let mut scores = x.of(weights).to_vec();
            let right = f64::from(scores[4]);
            let log_sum = f64::from(softmax(&mut scores));
            scores[4] -= 1.0;
            x.of_mut(gradient).copy_from_slice(&scores);
            log_sum - right
        };
        Case {
            name: "softmax cross-entropy",
            layout,
            within: 0.01,
            loss: Box::new(case),
        }
    }

    fn gaussian_error_units() -> Case {
        let mut layout = Layout::default();
        let x = input(&mut layout, 40);
        let case = move |weights: &[f32], gradient: &mut [f32]| {
            let (mut out, mut slopes) = (Vec::new(), Vec::new());
            gelu(x.of(weights), &mut out);
            let value = loss(&out, &mut slopes);
            gelu_back(x.of(weights), &mut slopes);
            x.of_mut(gradient).copy_from_slice(&slopes);
            value
        };
        Case {
            name: "Gaussian error linear units",
            layout,
            within: 0.01,
            loss: Box::new(case),
        }
    }

    fn norm() -> Case {
        let mut layout = Layout::default();
        let layer = LayerNorm::new(&mut layout, ["gains", "biases"], 5);
        let x = input(&mut layout, 15);
        let case = move |weights: &[f32], gradient: &mut [f32]| {
            let (mut out, mut kept, mut slopes) = (Vec::new(), Vec::new(), Vec::new());
            let x_values = x.of(weights);
            layer.forward(weights, x_values, &mut out, &mut kept);
            let value = loss(&out, &mut slopes);
            let mut back = vec![0.0; x_values.len()];
            layer.backward(weights, x_values, &kept, &slopes, gradient, &mut back);
            x.of_mut(gradient).copy_from_slice(&back);
            value
        };
        Case {
            name: "layer norm",
            layout,
            within: 0.01,
            loss: Box::new(case),
        }
    }

    /// Two windows of places that see what is before them, all, or a part.
    fn attention(length: usize, within: f64) -> Case {
        let mut layout = Layout::default();
        let layer = Attention::new(&mut layout, 6, 2, length + 1);
        let x = input(&mut layout, 2 * length * 6);
        let ranges: Vec<std::ops::Range<usize>> = (0..2 * length)
            .map(|at| match at {
                at if at < length => 0..at + 1,
                at => (at - length).min(1)..length,
            })
            .collect();
        let case = move |weights: &[f32], gradient: &mut [f32]| {
            let windows = Windows {
                x: x.of(weights),
                length,
                ranges: &ranges,
            };
            let (mut kept, mut out, mut slopes) = (Attended::default(), Vec::new(), Vec::new());
            layer.forward(weights, windows, &mut kept, &mut out);
            let value = loss(&out, &mut slopes);
            let mut work = AttentionWork::default();
            layer.backward(weights, windows, &kept, &slopes, gradient, &mut work);
            x.of_mut(gradient).copy_from_slice(&work.back);
            value
        };
        Case {
            name: "attention",
            layout,
            within,
            loss: Box::new(case),
        }
    }

    /// Two windows, in the second of which the state begins anew.
    fn gated() -> Case {
        let mut layout = Layout::default();
        let layer = Gated::new(&mut layout, 3, 5);
        let x = input(&mut layout, 2 * 4 * 3);
        let anew = [true, false, false, false, true, false, true, false];
        let case = move |weights: &[f32], gradient: &mut [f32]| {
            let course = Course {
                x: x.of(weights),
                length: 4,
                anew: &anew,
            };
            let (mut kept, mut work) = (KeptGates::default(), GatedWork::default());
            let (mut out, mut slopes) = (Vec::new(), Vec::new());
            layer.forward(weights, course, &mut kept, &mut work, &mut out);
            let value = loss(&out, &mut slopes);
            layer.backward(weights, course, &kept, &slopes, gradient, &mut work);
            x.of_mut(gradient).copy_from_slice(&work.back);
            value
        };
        Case {
            name: "gated recurrent unit",
            layout,
            within: 0.01,
            loss: Box::new(case),
        }
    }

    #[test]
    fn the_slopes_of_every_layer_are_differences_of_the_loss() {
        let cases = [
            dense(),
            rectified(),
            gaussian_error_units(),
            bag(),
            gaussian(),
            norm(),
            gated(),
            attention(4, 0.01),
            // Queries in two blocks.
            attention(70, 0.01),
            cross_entropy(),
        ];
        for case in cases {
            let weights = case
                .layout
                .begin(&mut random_stream(4, Stream::Test(0)))
                .into_iter()
                // A rectified unit must not be within a step of its corner.
                .map(|weight| if weight.abs() < 0.02 { 0.05 } else { weight })
                .collect::<Vec<f32>>();
            let mut gradient = vec![0.0; weights.len()];
            (case.loss)(&weights, &mut gradient);
            let value = |moved: &[f32]| (case.loss)(moved, &mut vec![0.0; moved.len()]);
            let (error, span) = slope_error(&case.layout, &weights, &gradient, value);
            assert!(error < case.within, "{}: {error} in {span}", case.name);
        }
    }
}
