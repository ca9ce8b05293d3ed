//! Platt's calibration: log-odds = slope · score + intercept, by maximum likelihood with smoothed
//! targets.
//!
//! Platt 1999, with the Newton method and numerically safe sums of Lin, Lin and Weng, "A note on
//! Platt's probabilistic outputs for support vector machines", Machine Learning 68 (2007). Scores
//! are first divided by their root mean square, since those of a naive Bayes model run into the
//! thousands. A score that is a sum over symbols is weighed as a sum and as a mean, neither against
//! its own sign. No calibration turns the order of messages round: where a few held-out messages
//! happen to say so, all probabilities are nearly those of the classes, in the order of the scores.
//! To be fitted on rows that did not fit the model.

use crate::base::mail::Label;
use crate::base::math::{sigmoid, softplus};
use crate::model::{Calibration, RawOutput};

/// Newton steps before the fit is taken as it is; it needs fewer than ten.
const MOST_STEPS: usize = 100;
/// The least factor of a score over its root mean square.
const LEAST_SLOPE: f64 = 1e-6;

/// Fits a calibration to what a model said of labelled messages. Without both classes there is
/// nothing to fit: identity.
pub fn fit(raw: &[RawOutput], labels: &[Label]) -> Calibration {
    let spam = labels.iter().filter(|label| label.is_spam()).count() as f64;
    let ham = labels.len() as f64 - spam;
    if spam == 0.0 || ham == 0.0 {
        return Calibration::Identity;
    }
    let targets = targets(labels);
    let start = ((spam + 1.0) / (ham + 1.0)).ln();
    let sums: Vec<f64> = raw.iter().map(|raw| raw.score).collect();
    let means: Option<Vec<f64>> = raw.iter().map(|raw| raw.mean()).collect();
    let by_sum = || {
        let [slope, intercept] = weigh([&sums], &targets, start);
        if slope > 0.0 {
            return Calibration::Platt { slope, intercept };
        }
        let share = targets.iter().sum::<f64>() / targets.len() as f64;
        Calibration::Platt {
            slope: LEAST_SLOPE / root_mean_square(&sums),
            intercept: (share / (1.0 - share)).ln(),
        }
    };
    let Some(means) = means else { return by_sum() };
    let [sum, mean, intercept] = weigh([&sums, &means], &targets, start);
    if mean < 0.0 {
        by_sum()
    } else if sum < 0.0 {
        let [mean, intercept] = weigh([&means], &targets, start);
        if mean < 0.0 {
            return by_sum();
        }
        Calibration::PlattByLength {
            sum: 0.0,
            mean,
            intercept,
        }
    } else {
        Calibration::PlattByLength {
            sum,
            mean,
            intercept,
        }
    }
}

/// Short of 0 and 1, as if each class had been seen once more: that keeps separable scores from an
/// infinite slope.
pub fn targets(labels: &[Label]) -> Vec<f64> {
    let spam = labels.iter().filter(|label| label.is_spam()).count() as f64;
    let ham = labels.len() as f64 - spam;
    let target = |label: &Label| {
        if label.is_spam() {
            (spam + 1.0) / (spam + 2.0)
        } else {
            1.0 / (ham + 2.0)
        }
    };
    labels.iter().map(target).collect()
}

/// The same with one factor and no intercept.
pub fn temperature(raw: &[RawOutput], labels: &[Label]) -> Calibration {
    if labels.iter().all(|label| Some(label) == labels.first()) {
        return Calibration::Identity;
    }
    let scores: Vec<f64> = raw.iter().map(|raw| raw.score).collect();
    let unit = root_mean_square(&scores);
    let points: Vec<([f64; 1], f64)> = raw
        .iter()
        .zip(targets(labels))
        .map(|(raw, target)| ([raw.score / unit], target))
        .collect();
    let [slope] = newton(&points, 0.0);
    Calibration::Platt {
        slope: slope.max(LEAST_SLOPE) / unit,
        intercept: 0.0,
    }
}

/// Factors of the columns, and last the intercept. `N` is one more than there are columns.
fn weigh<const COLUMNS: usize, const N: usize>(
    columns: [&[f64]; COLUMNS],
    targets: &[f64],
    start: f64,
) -> [f64; N] {
    let unit = columns.map(root_mean_square);
    let row = |at: usize| {
        std::array::from_fn(|x| {
            if x < COLUMNS {
                columns[x][at] / unit[x]
            } else {
                1.0
            }
        })
    };
    let points: Vec<([f64; N], f64)> = targets
        .iter()
        .enumerate()
        .map(|(at, &target)| (row(at), target))
        .collect();
    let mut factors = newton(&points, start);
    factors
        .iter_mut()
        .zip(unit)
        .for_each(|(factor, unit)| *factor /= unit);
    factors
}

/// The root of the mean square; 1 where that is nothing to divide by.
fn root_mean_square(values: &[f64]) -> f64 {
    let unit = (values.iter().map(|x| x * x).sum::<f64>() / values.len() as f64).sqrt();
    if unit.is_normal() { unit } else { 1.0 }
}

fn dot<const N: usize>(a: &[f64; N], b: &[f64; N]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Cross-entropy of the targets under the log-odds of the factors.
fn loss<const N: usize>(points: &[([f64; N], f64)], factors: &[f64; N]) -> f64 {
    let of = |(row, target): &([f64; N], f64)| {
        let odds = dot(factors, row);
        softplus(odds) - target * odds
    };
    points.iter().map(of).sum()
}

/// Minimises the cross-entropy from factors 0 and the given intercept.
fn newton<const N: usize>(points: &[([f64; N], f64)], start: f64) -> [f64; N] {
    let mut factors = [0.0; N];
    factors[N - 1] = start;
    let mut current = loss(points, &factors);
    for _ in 0..MOST_STEPS {
        let (hessian, gradient) = derivatives(points, &factors);
        if gradient
            .iter()
            .all(|g| g.abs() < 1e-9 * points.len() as f64)
        {
            break;
        }
        let direction = solve(hessian, gradient.map(|g| -g));
        let descent = dot(&gradient, &direction);
        let mut step = 1.0;
        loop {
            let next = std::array::from_fn(|at| factors[at] + step * direction[at]);
            let next_loss = loss(points, &next);
            if next_loss <= current + 1e-4 * step * descent {
                (factors, current) = (next, next_loss);
                break;
            }
            step /= 2.0;
            if step < 1e-10 {
                return factors;
            }
        }
    }
    factors
}

/// Second and first derivatives of the cross-entropy.
fn derivatives<const N: usize>(
    points: &[([f64; N], f64)],
    factors: &[f64; N],
) -> ([[f64; N]; N], [f64; N]) {
    // The ridge keeps the Hessian invertible where every score is the same.
    let mut hessian: [[f64; N]; N] =
        std::array::from_fn(|a| std::array::from_fn(|b| if a == b { 1e-12 } else { 0.0 }));
    let mut gradient = [0.0; N];
    for (row, target) in points {
        let p = sigmoid(dot(factors, row));
        let (error, curvature) = (p - target, p * (1.0 - p));
        for a in 0..N {
            gradient[a] += error * row[a];
            for b in 0..N {
                hessian[a][b] += curvature * row[a] * row[b];
            }
        }
    }
    (hessian, gradient)
}

/// Solves a positive definite system by elimination.
fn solve<const N: usize>(mut matrix: [[f64; N]; N], mut right: [f64; N]) -> [f64; N] {
    for pivot in 0..N {
        for row in pivot + 1..N {
            let share = matrix[row][pivot] / matrix[pivot][pivot];
            let above = matrix[pivot];
            matrix[row]
                .iter_mut()
                .zip(above)
                .for_each(|(x, above)| *x -= share * above);
            right[row] -= share * right[pivot];
        }
    }
    for pivot in (0..N).rev() {
        let known: f64 = (pivot + 1..N).map(|at| matrix[pivot][at] * right[at]).sum();
        right[pivot] = (right[pivot] - known) / matrix[pivot][pivot];
    }
    right
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::CodeLength;

    fn raw(scores: &[f64]) -> Vec<RawOutput> {
        scores.iter().copied().map(RawOutput::of_score).collect()
    }

    #[test]
    fn scores_that_a_few_messages_contradict_keep_their_order_and_say_next_to_nothing() {
        use Label::{Ham, Spam};
        let raw = raw(&[300.0, 200.0, -100.0, -200.0]);
        // The mean of the smoothed targets: of three ham 1/5 each, and of one spam 2/3.
        for (labels, expected) in [
            ([Ham, Ham, Spam, Spam], 0.5),
            ([Ham, Ham, Ham, Spam], (3.0 / 5.0 + 2.0 / 3.0) / 4.0),
        ] {
            let found = fit(&raw, &labels);
            let odds: Vec<f64> = raw.iter().map(|&raw| found.log_odds(raw)).collect();
            assert!(odds.is_sorted_by(|a, b| a > b), "{odds:?}");
            for odds in odds {
                assert!((sigmoid(odds) - expected).abs() < 1e-5, "{}", sigmoid(odds));
            }
        }
        let found = temperature(&raw, &[Ham, Ham, Spam, Spam]);
        let odds: Vec<f64> = raw.iter().map(|&raw| found.log_odds(raw)).collect();
        assert!(
            odds.is_sorted_by(|a, b| a > b) && odds[0] < 1e-5,
            "{odds:?}"
        );
    }

    #[test]
    fn symmetric_scores_give_the_hand_worked_sigmoid() {
        // Three of four right on each side at scores ±1, smoothed targets 5/6 and 1/6: by symmetry
        // the intercept is 0 and the log-odds at 1 is the logit of the mean target there, (3 · 5/6
        // + 1 · 1/6) / 4 = 2/3, so the slope is ln 2.
        let scores = [1.0, 1.0, 1.0, -1.0, -1.0, -1.0, -1.0, 1.0];
        let labels = [[Label::Spam; 4], [Label::Ham; 4]].concat();
        let Calibration::Platt { slope, intercept } = fit(&raw(&scores), &labels) else {
            panic!("both classes are there")
        };
        assert!((slope - 2f64.ln()).abs() < 1e-8, "{slope}");
        assert!(intercept.abs() < 1e-8, "{intercept}");
    }

    #[test]
    fn huge_equal_and_separable_scores_stay_finite() {
        let labels = [Label::Ham, Label::Ham, Label::Spam, Label::Spam];
        for scores in [
            [-4e5, -3e5, 2e5, 9e5],
            [0.0; 4],
            [7.0; 4],
            [1e-300, 0.0, 0.0, 1e300],
        ] {
            let Calibration::Platt { slope, intercept } = fit(&raw(&scores), &labels) else {
                panic!("both classes are there")
            };
            assert!(
                slope.is_finite() && intercept.is_finite(),
                "{scores:?}: {slope} {intercept}"
            );
        }
        assert_eq!(
            fit(&raw(&[1.0, 2.0]), &[Label::Ham; 2]),
            Calibration::Identity
        );
    }

    /// A score that is a sum over so many symbols.
    fn sum_over(symbols: u32, score: f64) -> RawOutput {
        let code_length = Some(CodeLength {
            symbols: f64::from(symbols),
            ..CodeLength::default()
        });
        RawOutput { score, code_length }
    }

    /// scikit-learn 1.9.1, each point twice with its smoothed target as weight: `X = c_[s, s/L]; Z
    /// = X / sqrt((X**2).mean(0))`; `LogisticRegression(C=inf, tol=1e-14,
    /// solver='newton-cholesky').fit(r_[Z, Z], r_[ones(8), zeros(8)], r_[t, 1-t])`, divided by the
    /// units.
    #[test]
    fn sum_and_mean_agree_with_scikit_learn() {
        let scores = [40.0, 3.0, -2.0, 60.0, -30.0, -5.0, 8.0, -90.0];
        let lengths = [100, 4, 10, 300, 50, 8, 40, 200];
        let labels = [[Label::Spam; 4], [Label::Ham; 4]].concat();
        let raw: Vec<RawOutput> = scores
            .iter()
            .zip(lengths)
            .map(|(&score, length)| sum_over(length, score))
            .collect();
        let Calibration::PlattByLength {
            sum,
            mean,
            intercept,
        } = fit(&raw, &labels)
        else {
            panic!("there are lengths")
        };
        assert!((sum - 0.014_918_352_881_949_41).abs() < 1e-9, "{sum}");
        assert!((mean - 1.460_900_974_527_698_4).abs() < 1e-9, "{mean}");
        assert!(
            (intercept - 0.059_255_754_011_672_3).abs() < 1e-9,
            "{intercept}"
        );
        assert_eq!(
            Calibration::PlattByLength {
                sum,
                mean,
                intercept
            }
            .log_odds(raw[0]),
            sum * 40.0 + mean * 0.4 + intercept
        );
    }

    #[test]
    fn neither_sum_nor_mean_speaks_against_the_score() {
        let labels = [[Label::Spam; 2], [Label::Ham; 2]].concat();
        let of = |scores: [f64; 4], lengths: [u32; 4]| {
            let raw = |(score, length): (f64, u32)| sum_over(length, score);
            fit(
                &scores.into_iter().zip(lengths).map(raw).collect::<Vec<_>>(),
                &labels,
            )
        };
        // The means are 1, 1, -1, -1 and tell all; a sum of 100 stands on either side, where the
        // mean already decides.
        let by_mean = of([100.0, 1.0, -1.0, -1.0], [100, 1, 1, 1]);
        let Calibration::PlattByLength { sum, mean, .. } = by_mean else {
            panic!("{by_mean:?}")
        };
        assert!(sum >= 0.0 && mean > 0.0, "{sum} {mean}");
        // The shorter the message, the more it looks like ham by the mean, and yet the sum tells
        // all.
        let by_sum = of([10.0, 12.0, 2.0, 3.0], [1000, 1000, 1, 1]);
        assert!(
            matches!(by_sum, Calibration::Platt { slope, .. } if slope > 0.0),
            "{by_sum:?}"
        );
    }
}
