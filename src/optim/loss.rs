//! Losses of a margin m = y w'x: their value and slope, their curvature where they have one, and
//! what the dual solver needs: the optimal step of one dual variable and the duality gap of one
//! row.
//!
//! By Fenchel and Young the gap of the whole problem is the sum over rows of `cost·loss(m) +
//! conjugate(α) + α m`, every term of which is at least 0 and 0 only at the optimum: so a row's own
//! gap says whether it needs work. Steps: Hsieh et al. 2008 (Algorithm 3) for the hinges, Yu, Huang
//! and Lin 2011 for the logistic loss, there in terms of t = ln α/(C - α), in which the
//! one-variable problem has no bounds and its Newton iteration no cancellation. Modified Huber:
//! Zhang, ICML 2004.

use crate::base::math::{sigmoid, softplus};

/// What visiting a row comes to.
#[derive(Debug, Clone, Copy)]
pub struct Visit {
    /// The state that is best for this row while all others stay.
    pub state: f64,
    /// By how much α changes, in units of the cost.
    pub change: f64,
    /// What the row added to the duality gap before the step, near enough to tell when it pays to
    /// measure the gap exactly.
    pub gap: f64,
}

/// What a row adds to the primal objective and to the duality gap.
#[derive(Debug, Clone, Copy)]
pub struct Measure {
    /// `cost · loss(margin)`.
    pub primal: f64,
    /// The row's own duality gap, at least 0, in the unit of the objective.
    pub gap: f64,
}

/// A convex loss of the margin.
///
/// A loss of one's own is three formulas, here of the squared error `(1 - m)²`:
///
/// ```
/// use spamlab::optim::{Loss, Problem, primal_objective};
/// use spamlab::dataset::CsrMatrix;
///
/// #[derive(Clone, Copy)]
/// struct SquaredError;
///
/// impl Loss for SquaredError {
///     fn primal(self, margin: f64, cost: f64) -> f64 {
///         cost * (1.0 - margin).powi(2)
///     }
///
///     fn slope(self, margin: f64, cost: f64) -> f64 {
///         -2.0 * cost * (1.0 - margin)
///     }
///
///     fn conjugate(self, alpha: f64, cost: f64) -> f64 {
///         alpha * (alpha / (4.0 * cost) - 1.0)
///     }
/// }
///
/// let mut rows = CsrMatrix::new(1);
/// rows.push([(0, 2.0)]);
/// rows.push([(0, 1.0)]);
/// let problem = Problem { rows: &rows, signs: &[1.0, -1.0], costs: &[3.0, 3.0], bias: 0.0 };
/// // w = 0.5: w'w / 2 is 0.125; the margins are 1 and -0.5, so the losses are 0 and 3 · 1.5².
/// assert_eq!(primal_objective(&problem, SquaredError, &[0.5], 0.0), 0.125 + 6.75);
/// ```
pub trait Loss: Copy + Send + Sync {
    /// `cost · loss(margin)`.
    fn primal(self, margin: f64, cost: f64) -> f64;
    /// The derivative of `cost · loss(margin)` by the margin.
    fn slope(self, margin: f64, cost: f64) -> f64;
    /// The convex conjugate of `cost · loss` at -α: the most that `-α m - cost · loss(m)` can be. α
    /// must be minus some slope.
    fn conjugate(self, alpha: f64, cost: f64) -> f64;
}

/// A loss whose slope is continuous, so that the primal problem can be solved by its gradient.
///
/// ```
/// use spamlab::optim::{Logistic, Loss, Smooth};
///
/// // At margin 0 the probability is one half: slope -1/2, curvature 1/4.
/// assert_eq!(Logistic.slope(0.0, 1.0), -0.5);
/// assert_eq!(Logistic.curvature(0.0, 1.0), 0.25);
/// ```
pub trait Smooth: Loss {
    /// The second derivative of `cost · loss(margin)`; at a kink of the slope that of one side.
    fn curvature(self, margin: f64, cost: f64) -> f64;
}

/// A conjugate that is `curvature α² / 2 - α` for α between 0 and `most`.
#[derive(Debug, Clone, Copy)]
pub struct Parabola {
    /// The greatest α, in units of the cost.
    pub most: f64,
    /// The second derivative, in units of 1 / cost.
    pub curvature: f64,
}

/// A loss with what dual coordinate descent needs of it.
///
/// ```
/// use spamlab::optim::{Dual, Hinge};
///
/// // One row x = 2 of cost 10, from w = 0, so α = 0 and margin 0: the objective α²x²/2 - α of its
/// // dual is least at α = 1 / x'x, where the margin x'x α is 1 and the gap is closed.
/// let visit = Hinge.visit(Hinge.start(10.0), 0.0, 4.0, 10.0);
/// assert_eq!(Hinge.alpha(visit.state, 10.0), 0.25);
/// assert_eq!(Hinge.measure(visit.state, 4.0 * visit.change, 10.0).gap, 0.0);
/// ```
pub trait Dual: Loss {
    /// The state of a row before the first step: (nearly) α = 0.
    fn start(self, cost: f64) -> f64;
    /// The dual variable α of a state.
    fn alpha(self, state: f64, cost: f64) -> f64;
    /// The conjugate, where it is a parabola and the state is α itself.
    fn parabola(self, _cost: f64) -> Option<Parabola> {
        None
    }
    /// The state that stands for the same share of a cost `ratio` times as high.
    fn rescale(self, state: f64, ratio: f64) -> f64;
    /// What the row adds to objective and gap.
    fn measure(self, state: f64, margin: f64, cost: f64) -> Measure;
    /// The best step of the row; `norm` is x'x.
    fn visit(self, state: f64, margin: f64, norm: f64, cost: f64) -> Visit;
}

/// max(0, 1 - m): the SVM's own loss. The state is α in [0, cost].
#[derive(Debug, Clone, Copy)]
pub struct Hinge;

impl Loss for Hinge {
    fn primal(self, margin: f64, cost: f64) -> f64 {
        cost * (1.0 - margin).max(0.0)
    }

    fn slope(self, margin: f64, cost: f64) -> f64 {
        if margin < 1.0 { -cost } else { 0.0 }
    }

    fn conjugate(self, alpha: f64, _: f64) -> f64 {
        -alpha
    }
}

impl Dual for Hinge {
    fn start(self, _: f64) -> f64 {
        0.0
    }

    fn alpha(self, state: f64, _: f64) -> f64 {
        state
    }

    fn parabola(self, cost: f64) -> Option<Parabola> {
        Some(Parabola {
            most: cost,
            curvature: 0.0,
        })
    }

    fn rescale(self, state: f64, ratio: f64) -> f64 {
        state * ratio
    }

    fn measure(self, state: f64, margin: f64, cost: f64) -> Measure {
        let short = 1.0 - margin;
        let gap = if short > 0.0 {
            (cost - state) * short
        } else {
            -state * short
        };
        Measure {
            primal: self.primal(margin, cost),
            gap,
        }
    }

    fn visit(self, state: f64, margin: f64, norm: f64, cost: f64) -> Visit {
        let next = (state + (1.0 - margin) / norm.max(f64::MIN_POSITIVE)).clamp(0.0, cost);
        Visit {
            state: next,
            change: next - state,
            gap: self.measure(state, margin, cost).gap,
        }
    }
}

/// The two squared hinges: max(0, 1 - m)², which from where 1 - m reaches `STRAIGHT` goes on as a
/// straight line. The state is α in [0, 2 cost STRAIGHT].
trait Squared: Copy + Send + Sync {
    const STRAIGHT: f64;
}

/// max(0, 1 - m)².
#[derive(Debug, Clone, Copy)]
pub struct SquaredHinge;

impl Squared for SquaredHinge {
    const STRAIGHT: f64 = f64::INFINITY;
}

/// Modified Huber: max(0, 1 - m)² down to m = -1, from there -4 m. A message with the wrong label
/// pulls no harder however wrong it is.
#[derive(Debug, Clone, Copy)]
pub struct ModifiedHuber;

impl Squared for ModifiedHuber {
    const STRAIGHT: f64 = 2.0;
}

impl<S: Squared> Loss for S {
    fn primal(self, margin: f64, cost: f64) -> f64 {
        let short = (1.0 - margin).max(0.0);
        let bent = short.min(S::STRAIGHT);
        cost * (bent * bent
            + if short > bent {
                2.0 * bent * (short - bent)
            } else {
                0.0
            })
    }

    fn slope(self, margin: f64, cost: f64) -> f64 {
        -2.0 * cost * (1.0 - margin).clamp(0.0, S::STRAIGHT)
    }

    fn conjugate(self, alpha: f64, cost: f64) -> f64 {
        alpha * (alpha / (4.0 * cost) - 1.0)
    }
}

impl<S: Squared> Smooth for S {
    fn curvature(self, margin: f64, cost: f64) -> f64 {
        let short = 1.0 - margin;
        if short > 0.0 && short < S::STRAIGHT {
            2.0 * cost
        } else {
            0.0
        }
    }
}

impl<S: Squared> Dual for S {
    fn start(self, _: f64) -> f64 {
        0.0
    }

    fn alpha(self, state: f64, _: f64) -> f64 {
        state
    }

    fn parabola(self, cost: f64) -> Option<Parabola> {
        Some(Parabola {
            most: 2.0 * cost * S::STRAIGHT,
            curvature: 0.5 / cost,
        })
    }

    fn rescale(self, state: f64, ratio: f64) -> f64 {
        state * ratio
    }

    fn measure(self, state: f64, margin: f64, cost: f64) -> Measure {
        // cost·h² - α (1 - m) + α²/(4 cost) is a square where the loss is bent, and a sum of
        // positive terms where not.
        let short = 1.0 - margin;
        let half = state / (2.0 * cost);
        let gap = if short <= 0.0 {
            state * (half / 2.0 - short)
        } else if short <= S::STRAIGHT {
            cost * (short - half).powi(2)
        } else {
            let left = 2.0 * cost * S::STRAIGHT - state;
            left * (left / (4.0 * cost) + short - S::STRAIGHT)
        };
        Measure {
            primal: self.primal(margin, cost),
            gap,
        }
    }

    fn visit(self, state: f64, margin: f64, norm: f64, cost: f64) -> Visit {
        let diagonal = 0.5 / cost;
        let best = state - (margin - 1.0 + diagonal * state) / (norm + diagonal);
        let next = best.clamp(0.0, 2.0 * cost * S::STRAIGHT);
        Visit {
            state: next,
            change: next - state,
            gap: self.measure(state, margin, cost).gap,
        }
    }
}

/// ln(1 + e^-m): logistic regression. The state is t = ln α/(cost - α), any number.
#[derive(Debug, Clone, Copy)]
pub struct Logistic;

/// States stay within: beyond it α and cost - α are 0 to the last bit of any sum.
const FARTHEST: f64 = 700.0;

/// A Newton iteration ends when so small a share of the way to the root is left. On the tf-idf of
/// SpamAssassin 0.1 takes half as long again to a gap of 1e-6 at C = 1, and 0.003 saves no pass.
const NEAR: f64 = 0.02;

impl Loss for Logistic {
    fn primal(self, margin: f64, cost: f64) -> f64 {
        cost * softplus(-margin)
    }

    fn slope(self, margin: f64, cost: f64) -> f64 {
        -cost * sigmoid(-margin)
    }

    fn conjugate(self, alpha: f64, cost: f64) -> f64 {
        let term = |x: f64| if x > 0.0 { x * (x / cost).ln() } else { 0.0 };
        term(alpha) + term(cost - alpha)
    }
}

impl Smooth for Logistic {
    fn curvature(self, margin: f64, cost: f64) -> f64 {
        let p = sigmoid(margin);
        cost * p * (1.0 - p)
    }
}

impl Dual for Logistic {
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

    fn measure(self, state: f64, margin: f64, cost: f64) -> Measure {
        let loss = softplus(-margin);
        // The gap is the Bregman divergence of softplus between -m and t; what rounding makes
        // negative is 0.
        let gap = cost * (loss - softplus(state) + sigmoid(state) * (state + margin));
        Measure {
            primal: cost * loss,
            gap: gap.max(0.0),
        }
    }

    fn visit(self, state: f64, margin: f64, norm: f64, cost: f64) -> Visit {
        // The root of t + a σ(t) + shift, which rises with slope between 1 and 1 + a/4 and so has
        // exactly one. At the present state its value is t + m: 0 at the optimum.
        let a = norm * cost;
        let before = sigmoid(state);
        let short = state + margin;
        let shift = margin - a * before;
        let (mut low, mut high) = (-shift - a, -shift);
        let (mut t, mut p, mut value) = (state, before, short);
        // Near enough will do: the row is visited again, and every exponential costs as much as ten
        // columns.
        while value.abs() > NEAR * short.abs() {
            if value > 0.0 {
                high = t;
            } else {
                low = t;
            }
            let newton = t - value / (1.0 + a * p * (1.0 - p));
            // A Newton step that leaves the bracket is halved into it.
            let next = if newton > low && newton < high {
                newton
            } else {
                f64::midpoint(low, high)
            };
            if next == t {
                break;
            }
            t = next.clamp(-FARTHEST, FARTHEST);
            p = sigmoid(t);
            value = t + a * p + shift;
            if t != next {
                break;
            }
        }
        let gap = if short.abs() < 0.5 {
            cost * before * (1.0 - before) * short * short / 2.0
        } else {
            self.measure(state, margin, cost).gap
        };
        Visit {
            state: t,
            change: cost * (p - before),
            gap,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<L: Dual>(loss: L, states: &[f64]) {
        let cost = 3.0;
        for &margin in &[-4.0, -0.3, 0.2, 0.999, 1.5, 6.0] {
            let step = 1e-6;
            let difference = (loss.primal(margin + step, cost) - loss.primal(margin - step, cost))
                / (2.0 * step);
            assert!(
                (difference - loss.slope(margin, cost)).abs() < 1e-5,
                "slope at {margin}"
            );
            for &state in states {
                let measure = loss.measure(state, margin, cost);
                assert!(measure.gap >= 0.0);
                // The gap is what its definition says.
                let alpha = loss.alpha(state, cost);
                let gap = loss.primal(margin, cost) + loss.conjugate(alpha, cost) + alpha * margin;
                assert!(
                    (measure.gap - gap).abs() < 1e-12 * (1.0 + gap),
                    "gap {gap} at {margin} of {state}"
                );
                // Steps lead to the optimum of the row: where one arrives, at the margin it leads
                // to, the next stands still.
                let norm = 1.7;
                let (mut at, mut moved) = (state, margin);
                for _ in 0..40 {
                    let visit = loss.visit(at, moved, norm, cost);
                    let change = loss.alpha(visit.state, cost) - loss.alpha(at, cost);
                    assert!((visit.change - change).abs() < 1e-12 * cost);
                    (at, moved) = (visit.state, moved + norm * visit.change);
                }
                let change = loss.visit(at, moved, norm, cost).change.abs();
                assert!(
                    change < 1e-12 * cost && loss.measure(at, moved, cost).gap < 1e-12
                        || state.abs() > 1e3,
                    "{margin} {state}: {change}"
                );
            }
        }
    }

    #[test]
    fn slopes_are_the_differences_gaps_are_not_negative_and_steps_are_optimal() {
        check(Hinge, &[0.0, 1.0, 3.0]);
        check(SquaredHinge, &[0.0, 1.0, 20.0]);
        check(ModifiedHuber, &[0.0, 1.0, 12.0]);
        check(Logistic, &[-30.0, -1.0, 0.0, 4.0, 40.0]);
    }

    #[test]
    fn the_gap_of_a_row_is_zero_where_its_dual_variable_is_the_slope() {
        for margin in [-2.0, 0.5, 0.9] {
            assert!(Hinge.measure(3.0, margin, 3.0).gap.abs() < 1e-15);
            assert!(
                SquaredHinge
                    .measure(6.0 * (1.0 - margin), margin, 3.0)
                    .gap
                    .abs()
                    < 1e-15
            );
            assert!(Logistic.measure(-margin, margin, 3.0).gap.abs() < 1e-15);
        }
    }

    fn bends<L: Smooth>(loss: L) {
        for &margin in &[-4.0, -0.3, 0.2, 0.999, 1.5, 6.0] {
            let step = 1e-6;
            let difference =
                (loss.slope(margin + step, 3.0) - loss.slope(margin - step, 3.0)) / (2.0 * step);
            assert!(
                (difference - loss.curvature(margin, 3.0)).abs() < 1e-6,
                "curvature at {margin}"
            );
        }
    }

    #[test]
    fn curvatures_are_the_differences_of_slopes() {
        bends(SquaredHinge);
        bends(ModifiedHuber);
        bends(Logistic);
    }

    #[test]
    fn modified_huber_is_what_zhang_and_scikit_learn_call_so() {
        // sklearn.linear_model._sgd_fast.ModifiedHuber: (1 - z)² from z = -1, -4 z below; slopes -2
        // (1 - z) and -4.
        for (margin, loss, slope) in [
            (2.0, 0.0, 0.0),
            (0.5, 0.25, -1.0),
            (-1.0, 4.0, -4.0),
            (-3.0, 12.0, -4.0),
        ] {
            assert_eq!(ModifiedHuber.primal(margin, 1.0), loss);
            assert_eq!(ModifiedHuber.slope(margin, 1.0), slope);
        }
    }
}
