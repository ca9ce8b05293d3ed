//! Losses of a margin m = y w'x, each with what the dual solver needs: the optimal step of one dual variable and the duality
//! gap of one row.
//!
//! By Fenchel and Young the gap of the whole problem is the sum over rows of `cost·loss(m) + conjugate(α) + α m`, every term
//! of which is at least 0 and 0 only at the optimum: so a row's own gap says whether it needs work. Steps: Hsieh et al. 2008
//! (Algorithm 3) for the hinges, Yu, Huang and Lin 2011 for the logistic loss, there in terms of t = ln α/(C - α), in which the
//! one-variable problem has no bounds and its Newton iteration no cancellation.

use crate::math::{sigmoid, softplus};

/// A convex loss of the margin, and its dual.
pub trait Loss: Copy + Send + Sync {
    /// The state of a row before the first step: (nearly) α = 0.
    fn start(self, cost: f64) -> f64;
    /// The dual variable α of a state.
    fn alpha(self, state: f64, cost: f64) -> f64;
    /// The state that stands for the same share of a cost `ratio` times as high.
    fn rescale(self, state: f64, ratio: f64) -> f64;
    /// `cost · loss(margin)`.
    fn primal(self, margin: f64, cost: f64) -> f64;
    /// The derivative of `cost · loss(margin)` by the margin.
    fn slope(self, margin: f64, cost: f64) -> f64;
    /// What the row adds to the duality gap; at least 0.
    fn gap(self, state: f64, margin: f64, cost: f64) -> f64;
    /// The state that is best for this row while all others stay; `norm` is x'x.
    fn step(self, state: f64, margin: f64, norm: f64, cost: f64) -> f64;
}

/// max(0, 1 - m): the SVM's own loss. The state is α in [0, cost].
#[derive(Debug, Clone, Copy)]
pub struct Hinge;

impl Loss for Hinge {
    fn start(self, _: f64) -> f64 {
        0.0
    }

    fn alpha(self, state: f64, _: f64) -> f64 {
        state
    }

    fn rescale(self, state: f64, ratio: f64) -> f64 {
        state * ratio
    }

    fn primal(self, margin: f64, cost: f64) -> f64 {
        cost * (1.0 - margin).max(0.0)
    }

    fn slope(self, margin: f64, cost: f64) -> f64 {
        if margin < 1.0 { -cost } else { 0.0 }
    }

    fn gap(self, state: f64, margin: f64, cost: f64) -> f64 {
        let short = 1.0 - margin;
        if short > 0.0 { (cost - state) * short } else { -state * short }
    }

    fn step(self, state: f64, margin: f64, norm: f64, cost: f64) -> f64 {
        (state + (1.0 - margin) / norm.max(f64::MIN_POSITIVE)).clamp(0.0, cost)
    }
}

/// max(0, 1 - m)². The state is α from 0 up.
#[derive(Debug, Clone, Copy)]
pub struct SquaredHinge;

impl Loss for SquaredHinge {
    fn start(self, _: f64) -> f64 {
        0.0
    }

    fn alpha(self, state: f64, _: f64) -> f64 {
        state
    }

    fn rescale(self, state: f64, ratio: f64) -> f64 {
        state * ratio
    }

    fn primal(self, margin: f64, cost: f64) -> f64 {
        cost * (1.0 - margin).max(0.0).powi(2)
    }

    fn slope(self, margin: f64, cost: f64) -> f64 {
        -2.0 * cost * (1.0 - margin).max(0.0)
    }

    fn gap(self, state: f64, margin: f64, cost: f64) -> f64 {
        // cost·h² - α (1 - m) + α²/(4 cost) is a square where the loss is at work, and a sum of positive terms where not.
        let short = 1.0 - margin;
        let half = state / (2.0 * cost);
        if short > 0.0 { cost * (short - half).powi(2) } else { state * (half / 2.0 - short) }
    }

    fn step(self, state: f64, margin: f64, norm: f64, cost: f64) -> f64 {
        let diagonal = 0.5 / cost;
        (state - (margin - 1.0 + diagonal * state) / (norm + diagonal)).max(0.0)
    }
}

/// ln(1 + e^-m): logistic regression. The state is t = ln α/(cost - α), any number.
#[derive(Debug, Clone, Copy)]
pub struct Logistic;

/// States stay within: beyond it α and cost - α are 0 to the last bit of any sum.
const FARTHEST: f64 = 700.0;

impl Loss for Logistic {
    fn start(self, cost: f64) -> f64 {
        // LIBLINEAR's choice: α = min(0.001 cost, 1e-8).
        -(cost / (1e-3 * cost).min(1e-8) - 1.0).ln()
    }

    fn alpha(self, state: f64, cost: f64) -> f64 {
        cost * sigmoid(state)
    }

    fn rescale(self, state: f64, _: f64) -> f64 {
        state
    }

    fn primal(self, margin: f64, cost: f64) -> f64 {
        cost * softplus(-margin)
    }

    fn slope(self, margin: f64, cost: f64) -> f64 {
        -cost * sigmoid(-margin)
    }

    fn gap(self, state: f64, margin: f64, cost: f64) -> f64 {
        // The Bregman divergence of softplus between -m and t; what rounding makes negative is 0.
        (cost * (softplus(-margin) - softplus(state) + sigmoid(state) * (state + margin))).max(0.0)
    }

    fn step(self, state: f64, margin: f64, norm: f64, cost: f64) -> f64 {
        // The root of t + a σ(t) + shift, which rises with slope between 1 and 1 + a/4 and so has exactly one.
        let a = norm * cost;
        let shift = margin - a * sigmoid(state);
        let (mut low, mut high) = (-shift - a, -shift);
        let mut t = state.clamp(low, high);
        for _ in 0..50 {
            let p = sigmoid(t);
            let value = t + a * p + shift;
            if value > 0.0 {
                high = t;
            } else {
                low = t;
            }
            let newton = t - value / (1.0 + a * p * (1.0 - p));
            // A Newton step that leaves the bracket is halved into it.
            let next = if newton > low && newton < high { newton } else { f64::midpoint(low, high) };
            let moved = (next - t).abs();
            t = next;
            if moved <= 1e-3 * (t - state).abs() || moved <= 1e-15 * (1.0 + t.abs()) {
                break;
            }
        }
        t.clamp(-FARTHEST, FARTHEST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<L: Loss>(loss: L, states: &[f64]) {
        let cost = 3.0;
        for &margin in &[-4.0, -0.3, 0.2, 0.999, 1.5, 6.0] {
            let step = 1e-6;
            let difference = (loss.primal(margin + step, cost) - loss.primal(margin - step, cost)) / (2.0 * step);
            assert!((difference - loss.slope(margin, cost)).abs() < 1e-5, "slope at {margin}");
            for &state in states {
                assert!(loss.gap(state, margin, cost) >= 0.0);
                // The step is optimal: from it, at the margin it leads to, the next one stands still.
                let norm = 1.7;
                let next = loss.step(state, margin, norm, cost);
                let moved = margin + norm * (loss.alpha(next, cost) - loss.alpha(state, cost));
                let again = loss.step(next, moved, norm, cost);
                let change = (loss.alpha(again, cost) - loss.alpha(next, cost)).abs();
                assert!(change < 1e-4 * cost, "{margin} {state}: {change}");
            }
        }
    }

    #[test]
    fn slopes_are_the_differences_gaps_are_not_negative_and_steps_are_optimal() {
        check(Hinge, &[0.0, 1.0, 3.0]);
        check(SquaredHinge, &[0.0, 1.0, 20.0]);
        check(Logistic, &[-30.0, -1.0, 0.0, 4.0, 40.0]);
    }

    #[test]
    fn the_gap_of_a_row_is_zero_where_its_dual_variable_is_the_slope() {
        for margin in [-2.0, 0.5, 0.9] {
            assert!(Hinge.gap(3.0, margin, 3.0).abs() < 1e-15);
            assert!(SquaredHinge.gap(6.0 * (1.0 - margin), margin, 3.0).abs() < 1e-15);
            assert!(Logistic.gap(-margin, margin, 3.0).abs() < 1e-15);
        }
    }
}
