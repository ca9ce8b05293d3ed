//! The few numerical functions that more than one module needs: stable log-sum-exp, the logistic
//! function and its logarithm, information gain, and draws from a random stream.

/// `ln(e^a + e^b)` without overflow.
pub fn log_sum_exp(a: f64, b: f64) -> f64 {
    let high = a.max(b);
    if high.is_infinite() {
        return high;
    }
    high + (-(a - b).abs()).exp().ln_1p()
}

/// The logistic function `1 / (1 + e^-x)`: a probability from log-odds.
pub fn sigmoid(x: f64) -> f64 {
    if x >= 0.0 {
        1.0 / (1.0 + (-x).exp())
    } else {
        let e = x.exp();
        e / (1.0 + e)
    }
}

/// `ln(1 + e^x)`, the logistic loss of the margin `-x`, in nats.
pub fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

/// Log-odds of a probability, in nats.
pub fn logit(p: f64) -> f64 {
    (p / (1.0 - p)).ln()
}

/// The normal deviate below which a share `p` of a standard normal lies: the inverse of its
/// distribution function, for `p` between 0 and 1. Bisection of [`libm::erfc`] to the last bit that
/// matters; not fast.
pub fn probit(p: f64) -> f64 {
    let below = |x: f64| 0.5 * libm::erfc(-x / std::f64::consts::SQRT_2);
    let (mut low, mut high) = (-40.0, 40.0);
    for _ in 0..70 {
        let middle = 0.5 * (low + high);
        if below(middle) < p {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

/// Information gain, in bits, of knowing whether a message holds a token: entropy of the label less
/// its entropy given presence. `with` is the number of messages of each class that hold the token,
/// `total` that of all messages of each class.
pub fn information_gain(with: [f64; 2], total: [f64; 2]) -> f64 {
    let entropy = |[a, b]: [f64; 2]| {
        let term = |x: f64| {
            if x > 0.0 {
                -x / (a + b) * (x / (a + b)).log2()
            } else {
                0.0
            }
        };
        term(a) + term(b)
    };
    let without = [total[0] - with[0], total[1] - with[1]];
    let (present, absent) = (with[0] + with[1], without[0] + without[1]);
    let all = present + absent;
    if all <= 0.0 {
        return 0.0;
    }
    (entropy(total) - present / all * entropy(with) - absent / all * entropy(without)).max(0.0)
}

/// A uniform number in [0, 1) from 53 random bits.
pub fn uniform(rng: &mut dyn rand::Rng) -> f64 {
    (rng.next_u64() >> 11) as f64 / (1u64 << 53) as f64
}

/// A uniform whole number in `0..bound` (Lemire's multiplication; the bias is below 2^-64 × bound).
/// `bound` must not be 0.
pub fn below(rng: &mut dyn rand::Rng, bound: usize) -> usize {
    ((u128::from(rng.next_u64()) * bound as u128) >> 64) as usize
}

/// Replaces each mass by the sum of all up to it, as [`draw`] wants them.
pub fn add_up(masses: &mut [f64]) {
    let mut reached = 0.0;
    for mass in masses {
        reached += *mass;
        *mass = reached;
    }
}

/// Draws an index by its mass, given the cumulative sums of [`add_up`]; None if all masses are 0.
pub fn draw(added_up: &[f64], rng: &mut dyn rand::Rng) -> Option<usize> {
    let all = *added_up.last().filter(|all| **all > 0.0)?;
    let aim = uniform(rng) * all;
    Some(
        added_up
            .partition_point(|&sum| sum <= aim)
            .min(added_up.len() - 1),
    )
}

/// Draws a place in proportion to e to its logarithm; None where there is none, or none is finite.
pub fn draw_by_logarithm(logarithms: &[f64], rng: &mut dyn rand::Rng) -> Option<usize> {
    let most = logarithms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut masses: Vec<f64> = logarithms.iter().map(|of| (of - most).exp()).collect();
    add_up(&mut masses);
    draw(&masses, rng)
}

/// Shuffles `items` uniformly (Fisher and Yates).
pub fn shuffle<T>(items: &mut [T], rng: &mut dyn rand::Rng) {
    for last in (1..items.len()).rev() {
        items.swap(last, below(rng, last + 1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::streams::{Stream, random_stream};

    #[test]
    fn places_are_drawn_as_often_as_their_masses_say_and_those_without_never() {
        let mut masses = [0.0, 1.0, 0.0, 3.0, 0.0];
        add_up(&mut masses);
        assert_eq!(masses, [0.0, 1.0, 1.0, 4.0, 4.0]);
        let mut rng = random_stream(1, Stream::Test(2));
        let mut drawn = [0; 5];
        for _ in 0..4_000 {
            drawn[draw(&masses, &mut rng).unwrap()] += 1;
        }
        assert_eq!([drawn[0], drawn[2], drawn[4]], [0; 3]);
        // 1,000 expected; four standard errors are 110.
        assert!(drawn[1] > 890 && drawn[1] < 1_110, "{drawn:?}");
        assert_eq!(
            (draw(&[0.0, 0.0], &mut rng), draw(&[], &mut rng)),
            (None, None)
        );
    }

    #[test]
    fn logarithms_draw_as_their_powers_do_however_far_they_are_from_0() {
        let mut drawn = [0; 3];
        let mut rng = random_stream(1, Stream::Test(3));
        for _ in 0..4_000 {
            let logarithms = [5_000.0, 5_000.0 + 3_f64.ln(), f64::NEG_INFINITY];
            drawn[draw_by_logarithm(&logarithms, &mut rng).unwrap()] += 1;
        }
        // 1,000 and 3,000 expected; four standard errors are 110.
        assert!(drawn[0] > 890 && drawn[0] < 1_110, "{drawn:?}");
        assert_eq!(drawn[2], 0);
        assert_eq!(draw_by_logarithm(&[], &mut rng), None);
    }

    #[test]
    fn normal_deviates_are_those_of_another_program() {
        // Python 3.11: [statistics.NormalDist().inv_cdf(p) for p in (0.5, 0.975, 1e-9, 0.3)]
        let known = [
            (0.5, 0.0),
            (0.975, 1.959_963_984_540_054),
            (1e-9, -5.997_807_015_007_687),
            (0.3, -0.524_400_512_708_041),
        ];
        for (share, deviate) in known {
            assert!(
                (probit(share) - deviate).abs() < 1e-12,
                "{share}: {}",
                probit(share)
            );
        }
    }

    #[test]
    fn stable_functions_agree_with_their_definitions_and_do_not_overflow() {
        for x in [-30.0_f64, -2.5, 0.0, 0.3, 4.0, 30.0] {
            assert!((sigmoid(x) - 1.0 / (1.0 + (-x).exp())).abs() < 1e-15);
            assert!((softplus(x) - (1.0 + x.exp()).ln()).abs() < 1e-12 * (1.0 + x.abs()));
        }
        assert_eq!(sigmoid(-1e4), 0.0);
        assert_eq!(softplus(1e4), 1e4);
        assert!((log_sum_exp(1000.0, 1000.0) - (1000.0 + 2f64.ln())).abs() < 1e-12);
        assert_eq!(log_sum_exp(f64::NEG_INFINITY, -3.0), -3.0);
        assert!((logit(sigmoid(1.7)) - 1.7).abs() < 1e-12);
    }

    #[test]
    fn information_gain_agrees_with_hand_worked_cases() {
        assert_eq!(information_gain([0.0, 5.0], [5.0, 5.0]), 1.0);
        assert_eq!(information_gain([2.0, 2.0], [4.0, 4.0]), 0.0);
        // H(1/2) - 1/4 H(0) - 3/4 H(1/3) with H(1/3) = log2 3 - 2/3.
        let expected = 1.0 - 0.75 * (3f64.log2() - 2.0 / 3.0);
        assert!((information_gain([0.0, 1.0], [2.0, 2.0]) - expected).abs() < 1e-15);
        assert_eq!(information_gain([0.0, 0.0], [0.0, 0.0]), 0.0);
    }

    #[test]
    fn a_shuffle_keeps_the_items() {
        let mut a: Vec<u32> = (0..100).collect();
        let mut b = a.clone();
        shuffle(&mut a, &mut random_stream(1, Stream::Test(0)));
        shuffle(&mut b, &mut random_stream(1, Stream::Test(1)));
        assert_ne!(a, b);
        a.sort_unstable();
        assert_eq!(a, (0..100).collect::<Vec<_>>());
    }
}
