//! The combined 5x2cv F test: whether two models differ, by five divisions of the same mail into
//! halves, each of which trains once and tests once (Alpaydin, "Combined 5 × 2 cv F test for
//! comparing supervised classification learning algorithms", Neural Computation 11, 1999).
//!
//! It improves on Dietterich's t (1998), whose numerator is one of the ten differences and so
//! depends on their order: F = Σ of all ten squared / 2 Σ s² of the five divisions, of 10 and 5
//! degrees of freedom.

use crate::results::comparison::FiveByTwo;
use statrs::distribution::{ContinuousCDF, FisherSnedecor};

/// Divisions of the mail into halves.
pub const DIVISIONS: usize = 5;

/// Tests the differences of two models on both halves of each division. None where the halves of
/// every division differ by the same amount, which leaves nothing to judge them by.
pub fn five_by_two(differences: &[[f64; 2]; DIVISIONS]) -> Option<FiveByTwo> {
    let all = || differences.iter().flatten();
    let squares: f64 = all().map(|one| one * one).sum();
    // Of two values, the squared distances from their mean add up to half that from each other.
    let spread = |[a, b]: &[f64; 2]| (a - b).powi(2) / 2.0;
    let variances: f64 = differences.iter().map(spread).sum();
    // Equal halves vary by no more than rounding.
    if variances <= 1e-24 * squares || squares == 0.0 {
        return None;
    }
    let f = squares / (2.0 * variances);
    let folds = 2 * DIVISIONS;
    let distribution = FisherSnedecor::new(folds as f64, DIVISIONS as f64).ok()?;
    Some(FiveByTwo {
        difference: all().sum::<f64>() / folds as f64,
        f,
        p_value: distribution.sf(f),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By numpy and scipy: `((p**2).sum() / (2 * s2.sum()))` of these ten with `s2` as in the
    /// paper, and `scipy.stats.f.sf(F, 10, 5)`.
    #[test]
    fn the_f_and_its_p_value_are_those_of_scipy() {
        let differences = [
            [0.010, 0.012],
            [0.004, 0.015],
            [0.011, 0.002],
            [0.008, 0.009],
            [0.013, 0.003],
        ];
        let found = five_by_two(&differences).unwrap();
        assert!(
            (found.f - 3.039_087_947_882_736_6).abs() < 1e-9,
            "{found:?}"
        );
        assert!((found.p_value - 0.115_798_867_994_029_47).abs() < 1e-9);
        assert!((found.difference - 0.0087).abs() < 1e-15);
        assert!(!found.is_significant());
    }

    #[test]
    fn halves_that_do_not_differ_tell_nothing() {
        assert_eq!(five_by_two(&[[0.0; 2]; DIVISIONS]), None);
        assert_eq!(five_by_two(&[[0.1; 2]; DIVISIONS]), None);
    }
}
