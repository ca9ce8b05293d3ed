//! Functions of single numbers and of slices that nets are made of, with the same bits on every
//! processor: an exponential of our own, and sums in sixteen fixed lanes.

use super::kernel::vectorized;

/// Lanes of every sum over a slice.
const LANES: usize = 16;

/// e^x, at most 3e-7 of it off. x is cut at ±87, where 32 bits end; not a number stays so.
///
/// Cody and Waite: x = k ln 2 + r with |r| ≤ ln 2 / 2, and a polynomial of degree 6 in r.
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    // Adding and taking away 1.5 · 2^23 rounds to a whole number.
    const ROUND: f32 = 12_582_912.0;
    let x = x.clamp(-87.0, 87.0);
    let k = (x * std::f32::consts::LOG2_E + ROUND) - ROUND;
    // ln 2 in two parts, the first of which has few bits, so that k times it is exact.
    let r = (x - k * 0.693_359_4) + k * 2.121_944_4e-4;
    let terms = [1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0];
    let power = terms.iter().fold(0.0, |sum, term| (sum + term) * r) + 1.0;
    power * f32::from_bits((((k as i32) + 127) << 23) as u32)
}

/// The sum of `of` each number, in sixteen lanes.
#[inline(always)]
pub fn sum_of(values: &[f32], of: impl Fn(f32) -> f32) -> f32 {
    let mut sums = [0.0_f32; LANES];
    let (whole, rest) = values.as_chunks::<LANES>();
    for values in whole {
        for (sum, value) in sums.iter_mut().zip(values) {
            *sum += of(*value);
        }
    }
    for (sum, value) in sums.iter_mut().zip(rest) {
        *sum += of(*value);
    }
    sums.iter().sum()
}

/// a'b, in sixteen lanes.
#[inline(always)]
pub fn product_of(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0_f32; LANES];
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    for (a, b) in a.iter().zip(b) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a * b;
        }
    }
    for ((sum, a), b) in sums.iter_mut().zip(a_rest).zip(b_rest) {
        *sum += a * b;
    }
    sums.iter().sum()
}

/// The greatest of the numbers; minus infinity of none.
#[inline(always)]
fn greatest(values: &[f32]) -> f32 {
    let mut most = [f32::NEG_INFINITY; LANES];
    let greater = |most: &mut f32, value: f32| {
        if value > *most {
            *most = value;
        }
    };
    let (whole, rest) = values.as_chunks::<LANES>();
    for values in whole {
        for (most, value) in most.iter_mut().zip(values) {
            greater(most, *value);
        }
    }
    for (most, value) in most.iter_mut().zip(rest) {
        greater(most, *value);
    }
    most.into_iter().fold(f32::NEG_INFINITY, f32::max)
}

/// Sum of the squares.
pub fn sum_of_squares(values: &[f32]) -> f32 {
    vectorized(
        #[inline(always)]
        || sum_of(values, |value| value * value),
    )
}

/// `a += factor · b`.
pub fn add_scaled(a: &mut [f32], factor: f32, b: &[f32]) {
    vectorized(
        #[inline(always)]
        || {
            for (a, b) in a.iter_mut().zip(b) {
                *a += factor * b;
            }
        },
    );
}

/// Adds a row times the rows of a matrix, which lie one after the other: for a single row, for
/// which a matrix is not worth packing.
pub fn add_row_times(out: &mut [f32], row: &[f32], matrix: &[f32]) {
    vectorized(
        #[inline(always)]
        || {
            for (factor, matrix) in row.iter().zip(matrix.chunks_exact(out.len())) {
                for (out, value) in out.iter_mut().zip(matrix) {
                    *out += factor * value;
                }
            }
        },
    );
}

/// Multiplies each number.
pub fn scale(values: &mut [f32], factor: f32) {
    vectorized(
        #[inline(always)]
        || {
            for value in values.iter_mut() {
                *value *= factor;
            }
        },
    );
}

/// Adds each row of `rows` to `sums`, in their order.
pub fn add_rows(sums: &mut [f32], rows: &[f32]) {
    for row in rows.chunks_exact(sums.len().max(1)) {
        add_scaled(sums, 1.0, row);
    }
}

/// Every number cut at 0 from below.
pub fn rectify(values: &mut [f32]) {
    for value in values {
        *value = value.max(0.0);
    }
}

/// The slope by what [`rectify`] was given: none where it gave 0.
pub fn rectify_back(rectified: &[f32], slopes: &mut [f32]) {
    for (slope, value) in slopes.iter_mut().zip(rectified) {
        if *value <= 0.0 {
            *slope = 0.0;
        }
    }
}

/// What is left of a number below 0 by [`leak`].
const LEAK: f32 = 0.2;

/// A fifth of every number below 0, so that no unit is silent for good (Maas, Hannun and Ng 2013).
pub fn leak(values: &mut [f32]) {
    for value in values {
        *value = value.max(LEAK * *value);
    }
}

/// The slope by what [`leak`] was given.
pub fn leak_back(leaked: &[f32], slopes: &mut [f32]) {
    for (slope, value) in slopes.iter_mut().zip(leaked) {
        if *value < 0.0 {
            *slope *= LEAK;
        }
    }
}

/// Replaces scores by probabilities, e^score over the sum of all. Returns the logarithm of that
/// sum.
pub fn softmax(scores: &mut [f32]) -> f32 {
    vectorized(
        #[inline(always)]
        || probabilities(scores),
    )
}

/// [`softmax`], to be compiled into a loop.
#[inline(always)]
pub fn probabilities(scores: &mut [f32]) -> f32 {
    let most = greatest(scores);
    for score in scores.iter_mut() {
        *score = exp(*score - most);
    }
    let sum = sum_of(scores, |value| value);
    let share = 1.0 / sum;
    for score in scores.iter_mut() {
        *score *= share;
    }
    libm::logf(sum) + most
}

/// The logistic function.
#[inline(always)]
pub fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

/// √(2 / π) and the factor of x³ in the argument of [`gelu`].
const GELU: [f32; 2] = [0.797_884_6, 0.044_715];

/// Gaussian error linear units, x Φ(x) in the form with a hyperbolic tangent (Hendrycks and Gimpel
/// 2016): x times the logistic function of 2 √(2 / π) (x + 0.044715 x³).
pub fn gelu(values: &[f32], out: &mut Vec<f32>) {
    out.clear();
    out.resize(values.len(), 0.0);
    vectorized(
        #[inline(always)]
        || {
            for (out, x) in out.iter_mut().zip(values) {
                *out = x * sigmoid(2.0 * GELU[0] * (x + GELU[1] * x * x * x));
            }
        },
    );
}

/// The slopes by what [`gelu`] was given.
pub fn gelu_back(values: &[f32], slopes: &mut [f32]) {
    vectorized(
        #[inline(always)]
        || {
            for (slope, x) in slopes.iter_mut().zip(values) {
                let share = sigmoid(2.0 * GELU[0] * (x + GELU[1] * x * x * x));
                let inner = 2.0 * GELU[0] * (1.0 + 3.0 * GELU[1] * x * x);
                *slope *= share + x * share * (1.0 - share) * inner;
            }
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::kernel::tests::on_every_architecture;

    #[test]
    fn the_exponential_is_near_that_of_64_bits() {
        for step in -8_700..=8_700 {
            let x = step as f32 / 100.0;
            let expected = f64::from(x).exp();
            let found = f64::from(exp(x));
            assert!((found / expected - 1.0).abs() < 3e-7, "{x}: {found}");
        }
        assert!(exp(f32::NAN).is_nan() && exp(1e9).is_finite() && exp(-1e9) > 0.0);
    }

    #[test]
    fn probabilities_add_up_to_one_whatever_the_scores_and_are_the_same_everywhere() {
        for scores in [
            vec![0.5; 3],
            vec![500.0, -500.0, 499.0],
            (0..37).map(|at| at as f32 / 7.0 - 2.0).collect(),
        ] {
            let all = on_every_architecture(|| {
                let mut probabilities = scores.clone();
                let log_sum = softmax(&mut probabilities);
                (probabilities, log_sum, sum_of_squares(&scores))
            });
            assert!(all.iter().all(|one| *one == all[0]));
            let (probabilities, log_sum, squares) = &all[0];
            let sum: f64 = probabilities.iter().map(|p| f64::from(*p)).sum();
            assert!((sum - 1.0).abs() < 1e-6);
            let most = scores.iter().copied().fold(f32::MIN, f32::max);
            let expected = scores.iter().map(|score| f64::from(score - most).exp());
            let expected = expected.sum::<f64>().ln() + f64::from(most);
            assert!((f64::from(*log_sum) - expected).abs() < 1e-6 * expected.abs().max(1.0));
            let expected: f64 = scores.iter().map(|score| f64::from(*score).powi(2)).sum();
            assert!((f64::from(*squares) / expected - 1.0).abs() < 1e-6);
        }
    }

    #[test]
    fn a_slope_passes_where_a_unit_is_above_zero() {
        let mut units = [-1.0, 0.0, 2.0];
        rectify(&mut units);
        let mut slopes = [5.0, 6.0, 7.0];
        rectify_back(&units, &mut slopes);
        assert_eq!((units, slopes), ([0.0, 0.0, 2.0], [0.0, 0.0, 7.0]));
        let mut sums = [1.0, 1.0];
        add_rows(&mut sums, &[1.0, 2.0, 3.0, 4.0]);
        assert_eq!(sums, [5.0, 7.0]);
    }
}
