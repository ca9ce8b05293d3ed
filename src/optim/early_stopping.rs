//! When an iterative fit has gone on for too long without progress, and the best it had come to.

use serde::{Deserialize, Serialize};

/// The best state of a fit so far, by what was measured of it; less is better.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EarlyStopping<T> {
    patience: u32,
    best: T,
    pass: u32,
    least: Option<f64>,
}

impl<T> EarlyStopping<T> {
    /// Before the first pass, of a start that was not measured. A fit ends after `patience` passes
    /// without progress, at least one.
    pub fn new(patience: u32, start: T) -> EarlyStopping<T> {
        EarlyStopping {
            patience: patience.max(1),
            best: start,
            pass: 0,
            least: None,
        }
    }

    /// The same with what was measured of the start.
    pub fn from_measured(patience: u32, start: T, measured: f64) -> EarlyStopping<T> {
        EarlyStopping {
            least: Some(measured),
            ..EarlyStopping::new(patience, start)
        }
    }

    /// The same with patience that counts from this pass on.
    pub fn counting_from(self, pass: u32) -> EarlyStopping<T> {
        EarlyStopping { pass, ..self }
    }

    /// Whether patience is at an end after `pass` passes.
    pub fn is_over(&self, pass: u32) -> bool {
        pass.saturating_sub(self.pass) >= self.patience
    }

    /// Keeps the state after a pass if it measures less than all before.
    pub fn offer(&mut self, pass: u32, measured: f64, state: impl FnOnce() -> T) {
        if self.least.is_none_or(|least| measured < least) {
            self.best = state();
            self.pass = pass;
            self.least = Some(measured);
        }
    }

    /// The best state so far.
    pub fn best(&self) -> &T {
        &self.best
    }

    /// The state that measured least, of equals the first.
    pub fn into_best(self) -> T {
        self.best
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_the_least_stays_and_patience_counts_from_it() {
        let mut stopping = EarlyStopping::new(2, 0);
        for (pass, measured) in [(1, 5.0), (2, 3.0), (3, 3.0)] {
            assert!(!stopping.is_over(pass - 1));
            stopping.offer(pass, measured, || pass);
        }
        assert!(!stopping.is_over(3) && stopping.is_over(4));
        assert_eq!(stopping.into_best(), 2);
        // No patience is one pass of it, and a start that was measured may be the best.
        let mut stopping = EarlyStopping::from_measured(0, 0, 1.0);
        assert!(!stopping.is_over(0));
        stopping.offer(1, 1.5, || 1);
        assert!(stopping.is_over(1));
        assert_eq!(stopping.into_best(), 0);
        let later = EarlyStopping::new(2, 0).counting_from(5);
        assert!(!later.is_over(1) && !later.is_over(6) && later.is_over(7));
    }
}
