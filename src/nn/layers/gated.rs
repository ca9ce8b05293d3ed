//! A gated recurrent unit (Cho and others, EMNLP 2014): a state goes from place to place, and two
//! gates say what of it stays.
//!
//! r = σ(x W_r + h U_r), z = σ(x W_z + h U_z), n = tanh(x W_n + r ∘ (h U_n)), h' = (1 - z) ∘ n + z
//! ∘ h, each with biases; r is applied after the product with U_n, as in cuDNN, so that one product
//! serves all three. All windows take a step together.

use super::Dense;
use crate::nn::functions::{add_row_times, add_rows, sigmoid};
use crate::nn::kernel::{Matrix, Packed, Write, multiply, multiply_packed, vectorized};
use crate::nn::weights::{Begin, Layout, Span};

/// A gated recurrent unit.
#[derive(Debug, Clone, Copy)]
pub struct Gated {
    units: usize,
    /// What the input says to the gates r and z and to n.
    input: Dense,
    /// The same of the state: `units × 3 units`.
    state: Span,
    biases: Span,
}

/// Windows of places, through each of which a state goes.
#[derive(Debug, Clone, Copy)]
pub struct Course<'a> {
    /// The numbers of each place, place by place.
    pub x: &'a [f32],
    /// Places of a window.
    pub length: usize,
    /// Whether the state begins anew at a place, as at the first of a window.
    pub anew: &'a [bool],
}

/// What the way back needs, place by place.
#[derive(Debug, Clone, Default)]
pub struct KeptGates {
    /// What the input says, and then r, z and n.
    gates: Vec<f32>,
    /// The state before.
    before: Vec<f32>,
    /// What the state before says to n.
    said: Vec<f32>,
}

/// Room for the ways there and back.
#[derive(Debug, Clone, Default)]
pub struct GatedWork {
    /// The slopes by the numbers of each place.
    pub back: Vec<f32>,
    state: Vec<f32>,
    product: Vec<f32>,
    of_gates: Vec<f32>,
    of_products: Vec<f32>,
}

impl Gated {
    /// Reserves its weights.
    pub fn new(layout: &mut Layout, inputs: usize, units: usize) -> Gated {
        let begin = |of: usize| Begin::Normal(1.0 / (of as f32).sqrt());
        let names = ["input gates", "their biases"];
        Gated {
            units,
            input: Dense::new(layout, names, inputs, 3 * units, begin(inputs)),
            state: layout.reserve("state gates", 3 * units * units, begin(units)),
            biases: layout.reserve("biases of the state", 3 * units, Begin::Zero),
        }
    }

    fn matrix<'w>(&self, all: &'w [f32]) -> Matrix<'w> {
        Matrix::new(self.state.of(all), self.units, 3 * self.units)
    }

    /// The state at each place.
    pub fn forward(
        &self,
        all: &[f32],
        course: Course<'_>,
        kept: &mut KeptGates,
        work: &mut GatedWork,
        out: &mut Vec<f32>,
    ) {
        let Course { x, length, anew } = course;
        let KeptGates {
            gates,
            before,
            said,
        } = kept;
        let GatedWork { state, product, .. } = work;
        let units = self.units;
        self.input.forward(all, x, gates);
        for room in [&mut *before, said, out] {
            room.clear();
            room.resize(anew.len() * units, 0.0);
        }
        let windows = anew.len() / length.max(1);
        let packed = Packed::of(self.matrix(all));
        state.clear();
        state.resize(windows * units, 0.0);
        for step in 0..length {
            product.clear();
            for (window, state) in state.chunks_exact_mut(units).enumerate() {
                if step == 0 || anew[window * length + step] {
                    state.fill(0.0);
                }
                product.extend_from_slice(self.biases.of(all));
            }
            let states = Matrix::new(state, windows, units);
            multiply_packed(product, states, &packed, Write::Add);
            let products = product.chunks_exact(3 * units);
            for (window, (state, product)) in
                state.chunks_exact_mut(units).zip(products).enumerate()
            {
                let place = window * length + step;
                let own = place * units..(place + 1) * units;
                before[own.clone()].copy_from_slice(state);
                said[own.clone()].copy_from_slice(&product[2 * units..]);
                next(&mut gates[3 * own.start..3 * own.end], product, state);
                out[own].copy_from_slice(state);
            }
        }
    }

    /// Takes up one more place into the state, which is empty before the first.
    pub fn step(&self, all: &[f32], x: &[f32], state: &mut Vec<f32>, work: &mut GatedWork) {
        state.resize(self.units, 0.0);
        let GatedWork {
            product, of_gates, ..
        } = work;
        self.input.forward_one(all, x, of_gates);
        product.clear();
        product.extend_from_slice(self.biases.of(all));
        add_row_times(product, state, self.state.of(all));
        next(of_gates, product, state);
    }

    /// From the slopes by the states, adds those by its weights to `gradient`, and writes those by
    /// the places to the room.
    pub fn backward(
        &self,
        all: &[f32],
        course: Course<'_>,
        kept: &KeptGates,
        slopes: &[f32],
        gradient: &mut [f32],
        work: &mut GatedWork,
    ) {
        let Course { x, length, anew } = course;
        let GatedWork {
            back,
            state,
            product,
            of_gates,
            of_products,
        } = work;
        let units = self.units;
        let windows = anew.len() / length.max(1);
        let packed = Packed::of(self.matrix(all).transposed());
        for room in [&mut *of_gates, of_products] {
            room.clear();
            room.resize(kept.gates.len(), 0.0);
        }
        // The slopes by the state that goes on, and by what it says to the gates.
        state.clear();
        state.resize(windows * units, 0.0);
        for step in (0..length).rev() {
            product.clear();
            for (window, state) in state.chunks_exact_mut(units).enumerate() {
                let place = window * length + step;
                let own = place * units..(place + 1) * units;
                let wide = 3 * own.start..3 * own.end;
                previous(
                    &kept.gates[wide.clone()],
                    [
                        &kept.before[own.clone()],
                        &kept.said[own.clone()],
                        &slopes[own],
                    ],
                    state,
                    &mut of_gates[wide.clone()],
                    &mut of_products[wide.clone()],
                );
                product.extend_from_slice(&of_products[wide]);
            }
            let products = Matrix::new(product, windows, 3 * units);
            multiply_packed(state, products, &packed, Write::Add);
            for (window, state) in state.chunks_exact_mut(units).enumerate() {
                if anew[window * length + step] {
                    state.fill(0.0);
                }
            }
        }
        let places = anew.len();
        multiply(
            self.state.of_mut(gradient),
            Matrix::new(&kept.before, places, units).transposed(),
            Matrix::new(of_products, places, 3 * units),
            Write::Add,
        );
        add_rows(self.biases.of_mut(gradient), of_products);
        self.input.backward(all, x, of_gates, gradient, back);
    }
}

/// The state after a place, and its gates in place of what the input says to them.
fn next(gates: &mut [f32], product: &[f32], state: &mut [f32]) {
    let units = state.len();
    let (r, rest) = gates.split_at_mut(units);
    let (z, n) = rest.split_at_mut(units);
    let (of_r, rest) = product.split_at(units);
    let (of_z, of_n) = rest.split_at(units);
    vectorized(
        #[inline(always)]
        || {
            let gates = r.iter_mut().zip(z).zip(n);
            let products = of_r.iter().zip(of_z).zip(of_n);
            for (((r, z), n), (((of_r, of_z), of_n), state)) in gates.zip(products.zip(state)) {
                *r = sigmoid(*r + of_r);
                *z = sigmoid(*z + of_z);
                // tanh(x) = 2 σ(2 x) - 1.
                *n = 2.0 * sigmoid(2.0 * (*n + *r * of_n)) - 1.0;
                *state = (1.0 - *z) * *n + *z * *state;
            }
        },
    );
}

/// From the slopes by the state after a place, those by what the input and the state before said to
/// its gates; `later` becomes the slopes by the state before, as far as it stays.
fn previous(
    gates: &[f32],
    [before, said, slopes]: [&[f32]; 3],
    later: &mut [f32],
    of_gates: &mut [f32],
    of_products: &mut [f32],
) {
    let units = before.len();
    let thirds = |of: &'_ [f32], at: usize| at * units..((at + 1) * units).min(of.len());
    let [r, z, n] = [0, 1, 2].map(|at| &gates[thirds(gates, at)]);
    let (of_r, rest) = of_gates.split_at_mut(units);
    let (of_z, of_n) = rest.split_at_mut(units);
    vectorized(
        #[inline(always)]
        || {
            for at in 0..units {
                let slope = slopes[at] + later[at];
                let (r, z, n) = (r[at], z[at], n[at]);
                of_n[at] = slope * (1.0 - z) * (1.0 - n * n);
                of_z[at] = slope * (before[at] - n) * z * (1.0 - z);
                of_r[at] = of_n[at] * said[at] * r * (1.0 - r);
                later[at] = slope * z;
                of_products[at] = of_r[at];
                of_products[units + at] = of_z[at];
                of_products[2 * units + at] = of_n[at] * r;
            }
        },
    );
}
