//! The observer of a fit: it is told of every step and of the end, and can cancel the fit.

use super::Classifier;
use crate::results::{Convergence, ObjectivePoint};

/// Makes the model as it stands; not made unless somebody wants to look.
pub type Snapshot<'a> = &'a dyn Fn() -> Box<dyn Classifier>;

/// Is told how a fit goes, and can cancel it. What a watch looks at a fit never sees: mail to judge
/// by stays on this side.
pub trait FitObserver {
    /// Before the first step, by a fit that stops early: the places in the training set of messages
    /// that it does not learn from.
    fn held_out_rows(&mut self, _places: &[usize]) {}
    /// After each step. Returns whether to go on.
    fn step(&mut self, step: ObjectivePoint, now: Snapshot<'_>) -> bool;
    /// At the end of an iterative fit. Not converging is a fact, not an error.
    fn finished(&mut self, convergence: Convergence);
}

/// Watches nothing and never cancels.
pub struct NoObserver;

impl FitObserver for NoObserver {
    fn step(&mut self, _: ObjectivePoint, _: Snapshot<'_>) -> bool {
        true
    }
    fn finished(&mut self, _: Convergence) {}
}
