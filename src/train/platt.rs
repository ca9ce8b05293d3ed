//! Platt's calibration: log-odds = slope · score + intercept, by maximum likelihood with smoothed targets.
//!
//! Platt 1999, with the Newton method and numerically safe sums of Lin, Lin and Weng, "A note on Platt's probabilistic outputs
//! for support vector machines", Machine Learning 68 (2007). Scores are first divided by their root mean square, since those
//! of a naive Bayes model run into the thousands. To be fitted on rows that did not fit the model.

use crate::mail::Label;
use crate::math::{sigmoid, softplus};
use crate::model::Calibration;

/// Newton steps before the fit is taken as it is; it needs fewer than ten.
const MOST_STEPS: usize = 100;

/// Fits slope and intercept to scores of labelled mails. Without both classes there is nothing to fit: identity.
pub fn fit(scores: &[f64], labels: &[Label]) -> Calibration {
    let spam = labels.iter().filter(|label| label.is_spam()).count() as f64;
    let ham = labels.len() as f64 - spam;
    if spam == 0.0 || ham == 0.0 {
        return Calibration::Identity;
    }
    let unit = (scores.iter().map(|score| score * score).sum::<f64>() / scores.len() as f64).sqrt();
    let unit = if unit.is_normal() { unit } else { 1.0 };
    // Targets short of 0 and 1, as if each class had been seen once more: they keep separable scores from an infinite slope.
    let target = |label: Label| if label.is_spam() { (spam + 1.0) / (spam + 2.0) } else { 1.0 / (ham + 2.0) };
    let points: Vec<(f64, f64)> =
        scores.iter().zip(labels).map(|(&score, &label)| (score / unit, target(label))).collect();
    let (slope, intercept) = newton(&points, ((spam + 1.0) / (ham + 1.0)).ln());
    Calibration::Platt { slope: slope / unit, intercept }
}

/// Cross-entropy of the targets under the log-odds `slope · score + intercept`.
fn loss(points: &[(f64, f64)], slope: f64, intercept: f64) -> f64 {
    points
        .iter()
        .map(|&(score, target)| {
            let odds = slope * score + intercept;
            softplus(odds) - target * odds
        })
        .sum()
}

fn newton(points: &[(f64, f64)], start: f64) -> (f64, f64) {
    let (mut slope, mut intercept) = (0.0, start);
    let mut current = loss(points, slope, intercept);
    for _ in 0..MOST_STEPS {
        // The ridge keeps the Hessian invertible where every score is the same.
        let (mut h_ss, mut h_si, mut h_ii) = (1e-12, 0.0, 1e-12);
        let (mut g_s, mut g_i) = (0.0, 0.0);
        for &(score, target) in points {
            let p = sigmoid(slope * score + intercept);
            let (error, curvature) = (p - target, p * (1.0 - p));
            g_s += error * score;
            g_i += error;
            h_ss += curvature * score * score;
            h_si += curvature * score;
            h_ii += curvature;
        }
        if g_s.abs().max(g_i.abs()) < 1e-9 * points.len() as f64 {
            break;
        }
        let determinant = h_ss * h_ii - h_si * h_si;
        let (d_s, d_i) = (-(h_ii * g_s - h_si * g_i) / determinant, -(h_ss * g_i - h_si * g_s) / determinant);
        let descent = g_s * d_s + g_i * d_i;
        let mut step = 1.0;
        loop {
            let (next_slope, next_intercept) = (slope + step * d_s, intercept + step * d_i);
            let next = loss(points, next_slope, next_intercept);
            if next <= current + 1e-4 * step * descent {
                (slope, intercept, current) = (next_slope, next_intercept, next);
                break;
            }
            step /= 2.0;
            if step < 1e-10 {
                return (slope, intercept);
            }
        }
    }
    (slope, intercept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symmetric_scores_give_the_hand_worked_sigmoid() {
        // Three of four right on each side at scores ±1, smoothed targets 5/6 and 1/6: by symmetry the intercept is 0 and the
        // log-odds at 1 is the logit of the mean target there, (3 · 5/6 + 1 · 1/6) / 4 = 2/3, so the slope is ln 2.
        let scores = [1.0, 1.0, 1.0, -1.0, -1.0, -1.0, -1.0, 1.0];
        let labels = [[Label::Spam; 4], [Label::Ham; 4]].concat();
        let Calibration::Platt { slope, intercept } = fit(&scores, &labels) else { panic!("both classes are there") };
        assert!((slope - 2f64.ln()).abs() < 1e-8, "{slope}");
        assert!(intercept.abs() < 1e-8, "{intercept}");
    }

    #[test]
    fn huge_equal_and_separable_scores_stay_finite() {
        let labels = [Label::Ham, Label::Ham, Label::Spam, Label::Spam];
        for scores in [[-4e5, -3e5, 2e5, 9e5], [0.0; 4], [7.0; 4], [1e-300, 0.0, 0.0, 1e300]] {
            let Calibration::Platt { slope, intercept } = fit(&scores, &labels) else {
                panic!("both classes are there")
            };
            assert!(slope.is_finite() && intercept.is_finite(), "{scores:?}: {slope} {intercept}");
        }
        assert_eq!(fit(&[1.0, 2.0], &[Label::Ham; 2]), Calibration::Identity);
    }
}
