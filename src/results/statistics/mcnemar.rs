//! McNemar's test: whether two models that scored the same messages differ in their error rate.
//!
//! Only messages on which exactly one is right count. Below 25 of them the exact binomial test,
//! from there on chi-square with Edwards' continuity correction, (|b - c| - 1)² / (b + c) on one
//! degree of freedom.

/// The outcome of the test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct McNemar {
    /// Two-sided p-value.
    pub p_value: f64,
    /// Whether it is the exact one.
    pub exact: bool,
}

/// Tests `only_a` messages that only one model got right against `only_b` that only the other did.
pub fn mcnemar(only_a: usize, only_b: usize) -> McNemar {
    let discordant = only_a + only_b;
    if discordant < 25 {
        // Twice the lower tail of a fair coin; the coefficients of 24 choose k are exact in f64.
        let fewer = only_a.min(only_b);
        let mut coefficient = 1.0;
        let mut tail = 0.0;
        for k in 0..=fewer {
            tail += coefficient;
            coefficient = coefficient * (discordant - k) as f64 / (k + 1) as f64;
        }
        return McNemar {
            p_value: (2.0 * tail / 2f64.powi(discordant as i32)).min(1.0),
            exact: true,
        };
    }
    let difference = only_a.abs_diff(only_b) as f64;
    let chi_square = (difference - 1.0).max(0.0).powi(2) / discordant as f64;
    // The upper tail of chi-square with one degree of freedom.
    McNemar {
        p_value: libm::erfc((chi_square / 2.0).sqrt()),
        exact: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p_values_agree_with_hand_worked_ones_and_scipys() {
        assert_eq!(mcnemar(0, 0).p_value, 1.0);
        // 2 · (1 + 5) / 2^5, the textbook sign test of 1 against 4.
        assert_eq!(
            mcnemar(1, 4),
            McNemar {
                p_value: 0.375,
                exact: true
            }
        );
        assert_eq!(mcnemar(4, 1).p_value, 0.375);
        // (43 - 1)² / 75 = 23.52; scipy.stats.chi2.sf(42**2 / 75, 1) prints 1.236220003948495e-06.
        let found = mcnemar(59, 16);
        assert!(
            (found.p_value / 1.236_220_003_948_495e-6 - 1.0).abs() < 1e-12 && !found.exact,
            "{found:?}"
        );
    }
}
