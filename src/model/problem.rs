//! The problem that the fit of a linear model solves, for another solver to solve, too:
//! minimise `l1_ratio ‖w‖₁ + (1 - l1_ratio) w'w / 2 + cost Σ loss(y w'x)`, where a column of ones
//! makes the bias one of the weights.

use crate::results::Scale;

/// What a message costs by its margin `m = y w'x`, where y is 1 for spam and -1 for ham.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarginLoss {
    /// `ln(1 + exp(-m))`.
    Logistic,
    /// `max(0, 1 - m)`.
    Hinge,
    /// `max(0, 1 - m)²`.
    SquaredHinge,
    /// The squared hinge down to a margin of -1, and a straight line below.
    ModifiedHuber,
}

impl MarginLoss {
    /// What the decision value of a fit by this loss means.
    pub fn scale(self) -> Scale {
        match self {
            MarginLoss::Logistic => Scale::LogOdds,
            MarginLoss::Hinge | MarginLoss::SquaredHinge | MarginLoss::ModifiedHuber => {
                Scale::Margin
            }
        }
    }
}

/// A regularised linear problem.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LinearProblem {
    /// The loss of a message by its margin.
    pub loss: MarginLoss,
    /// Share of the L1 penalty: 0 is the L2 penalty alone.
    pub l1_ratio: f64,
    /// Weight of the losses against the penalty: C.
    pub cost: f64,
    /// Whether the costs of each class are scaled so that both classes weigh the same in sum.
    pub balanced: bool,
}
