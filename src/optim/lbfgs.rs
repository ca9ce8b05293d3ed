//! L-BFGS on the primal problem: a quasi-Newton direction from the last few steps and changes of
//! the gradient.
//!
//! Nocedal, Mathematics of Computation 35 (1980), the two-loop recursion; Liu and Nocedal 1989 for
//! the first scale. One pass over the rows a step, beside which the recursion over the columns is
//! cheap: it suits many rows, and needs more steps than `newton` where C is high.

use super::primal::{Direction, Point, walk};
use super::problem::inner;
use super::{Check, Problem, Smooth, Solution, Stop};
use std::collections::VecDeque;

/// Steps remembered.
const MEMORY: usize = 10;

/// Solves a problem; see [`Solve`](super::Solve). Nothing is drawn at random.
pub fn solve<L: Smooth>(
    problem: Problem<'_>,
    loss: L,
    stop: Stop,
    _: u64,
    from: Option<&Solution>,
    check: Check<'_>,
) -> Option<Solution> {
    walk(
        &problem,
        loss,
        stop,
        from,
        check,
        &mut CorrectionPairs::default(),
    )
}

/// One remembered step.
struct Pair {
    step: Vec<f64>,
    change: Vec<f64>,
    /// 1 / step'change.
    inverse: f64,
}

#[derive(Default)]
struct CorrectionPairs {
    pairs: VecDeque<Pair>,
}

impl<L: Smooth> Direction<L> for CorrectionPairs {
    fn choose(&mut self, _: &Problem<'_>, _: L, at: &Point) -> (Vec<f64>, u32) {
        let mut direction: Vec<f64> = at.gradient.iter().map(|slope| -slope).collect();
        let mut shares = Vec::with_capacity(self.pairs.len());
        for pair in self.pairs.iter().rev() {
            let share = pair.inverse * inner(&pair.step, &direction);
            add(&mut direction, -share, &pair.change);
            shares.push(share);
        }
        if let Some(last) = self.pairs.back() {
            let scale = 1.0 / (last.inverse * inner(&last.change, &last.change));
            for by in &mut direction {
                *by *= scale;
            }
        }
        for (pair, share) in self.pairs.iter().zip(shares.iter().rev()) {
            let back = pair.inverse * inner(&pair.change, &direction);
            add(&mut direction, share - back, &pair.step);
        }
        (direction, 0)
    }

    fn learn(&mut self, step: Vec<f64>, change: Vec<f64>) {
        let product = inner(&step, &change);
        // Strong convexity makes it at least step'step; what rounding makes of it must not enter
        // the memory.
        if product > 0.0 && (1.0 / product).is_finite() {
            if self.pairs.len() == MEMORY {
                self.pairs.pop_front();
            }
            self.pairs.push_back(Pair {
                inverse: 1.0 / product,
                step,
                change,
            });
        }
    }
}

/// vector += factor · other.
fn add(vector: &mut [f64], factor: f64, other: &[f64]) {
    vector
        .iter_mut()
        .zip(other)
        .for_each(|(at, by)| *at += factor * by);
}
