//! The studentized range of infinitely many degrees of freedom: how far apart the largest and the
//! smallest of k independent standard normal numbers are.
//!
//! P(range < q) = k ∫ φ(z) (Φ(z) - Φ(z - q))^(k - 1) dz over the largest, z. The trapezoidal rule
//! converges faster than any power for so smooth an integrand that vanishes at both ends; its
//! quantile is found by bisection.

/// Where the integrand has vanished, and steps from one end to the other.
const END: f64 = 12.0;
const STEPS: u32 = 960;
/// Halvings of an interval of 64: to 1e-13.
const HALVINGS: u32 = 50;

fn normal(z: f64) -> f64 {
    0.5 * libm::erfc(-z / std::f64::consts::SQRT_2)
}

/// The probability that the range of so many numbers is below `q`.
fn probability(q: f64, numbers: usize) -> f64 {
    let step = 2.0 * END / f64::from(STEPS);
    let part = |at: u32| {
        let z = -END + f64::from(at) * step;
        let density = libm::exp(-z * z / 2.0) / std::f64::consts::TAU.sqrt();
        density * libm::pow(normal(z) - normal(z - q), numbers as f64 - 1.0)
    };
    numbers as f64 * step * (0..=STEPS).map(part).sum::<f64>()
}

/// The range below which that of so many numbers, two at least, is with this probability.
pub fn quantile(share: f64, numbers: usize) -> f64 {
    let (mut low, mut high) = (0.0, 64.0);
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if probability(middle, numbers) < share {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `scipy.stats.studentized_range.ppf(.95, k, inf)` of scipy 1.17; of two, √2 times the 97.5th
    /// percentile of the normal distribution.
    #[test]
    fn quantiles_and_probabilities_agree_with_scipys() {
        for (numbers, expected) in [
            (2, 2.771_807_648_699_355),
            (3, 3.314_493_155_398_122),
            (5, 3.857_655_510_378_623),
            (10, 4.474_124_221_725_907),
            (20, 5.011_688_794_118_442_5),
            (60, 5.764_388_004_145_548),
        ] {
            let found = quantile(0.95, numbers);
            assert!((found - expected).abs() < 1e-9, "{numbers}: {found}");
        }
        // `studentized_range.sf(3.3, 10, inf)`.
        assert!((1.0 - probability(3.3, 10) - 0.367_076_510_114_961_5).abs() < 1e-9);
    }
}
