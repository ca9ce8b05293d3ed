//! The penalty of the lasso and the ridge mixed, and what a solver asks of it.

use super::problem::inner;

/// Share of the lasso from which on a slope counts as near its edge.
const NEAR_THE_EDGE: f64 = 0.9;

/// How weights are held down: `l1 ‖w‖₁ + l2 w'w / 2`; not both 0.
#[derive(Debug, Clone, Copy)]
pub struct Penalty {
    /// Factor of the absolute weights: makes weights 0.
    pub l1: f64,
    /// Factor of half their squares: makes weights small, and equal where tokens go together.
    pub l2: f64,
}

impl Penalty {
    /// The penalty on these weights.
    pub fn of(self, weights: &[f64]) -> f64 {
        self.l1 * weights.iter().map(|weight| weight.abs()).sum::<f64>()
            + self.l2 * inner(weights, weights) / 2.0
    }

    /// The share by which dual variables with `Σ α y x = pull` must be scaled down to be allowed.
    pub(crate) fn allowed(self, pull: &[f64]) -> f64 {
        if self.l2 > 0.0 {
            return 1.0;
        }
        let most = pull.iter().fold(0.0_f64, |most, by| most.max(by.abs()));
        if most > self.l1 { self.l1 / most } else { 1.0 }
    }

    /// The convex conjugate at `share · pull`, where that is allowed.
    pub(crate) fn conjugate(self, pull: &[f64], share: f64) -> f64 {
        if self.l2 == 0.0 {
            return 0.0;
        }
        let beyond = |by: &f64| (share * by.abs() - self.l1).max(0.0).powi(2);
        pull.iter().map(beyond).sum::<f64>() / (2.0 * self.l2)
    }

    /// Where a weight goes if the smooth part has this slope and curvature there.
    pub(crate) fn step(self, weight: f64, slope: f64, curvature: f64) -> f64 {
        let (slope, curvature) = (slope + self.l2 * weight, curvature + self.l2);
        let least = weight - slope / curvature;
        let shrunk = (least.abs() - self.l1 / curvature).max(0.0).copysign(least);
        if shrunk.is_finite() {
            shrunk - weight
        } else {
            0.0
        }
    }

    /// How far the optimum condition of a weight is from being met, if the losses have this slope
    /// there; 0 where it is.
    pub(crate) fn violation(self, weight: f64, slope: f64) -> f64 {
        let slope = slope + self.l2 * weight;
        if weight == 0.0 {
            (slope.abs() - self.l1).max(0.0)
        } else {
            (slope + self.l1.copysign(weight)).abs()
        }
    }

    /// Whether a weight is not 0, or near enough to the edge of the lasso that it may not stay so.
    pub(crate) fn may_move(self, weight: f64, slope: f64) -> bool {
        weight != 0.0 || slope.abs() >= NEAR_THE_EDGE * self.l1
    }
}
