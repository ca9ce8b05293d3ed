//! NB-SVM: the bridge between the families. Each token's log-count ratio, the weight naive Bayes
//! would give it, scales the value that a linear support vector machine then sees.
//!
//! Wang and Manning, "Baselines and bigrams", ACL 2012: with p and q the messages of spam and of
//! ham that hold a token, each plus alpha, `r = ln((p / ‖p‖₁) / (q / ‖q‖₁))`; the machine learns w
//! on x ∘ r by the squared hinge; then w becomes `(1 - beta) · mean |w| + beta · w`, which trusts
//! naive Bayes where the machine was not sure. What is left is a hyperplane over x, with weights w
//! ∘ r. The ratios are counted on the training rows alone.

use super::common::{Linear, LinearRepresentation, MAX_ITER, REPRESENTATION, TOL, cost};
use super::path::{PathLearner, PathRows, PathSettings, path_settings};
use crate::dataset::{CsrMatrix, TrainingSet};
use crate::discriminative::problem::{CLASS_WEIGHT, ClassWeight};
use crate::model::{Auto, LinearProblem, MarginLoss, Scale, Setting, settings};
use crate::optim::{Check, Problem, Solution, SquaredHinge, dual};
use std::borrow::Cow;

/// Learns a [`Linear`] model by NB-SVM.
pub struct NaiveBayesSvm;

settings! {
    /// Settings of [`NaiveBayesSvm`].
    pub struct NbSvmSettings {
        c: Auto = cost(NB_C_GRID),
        alpha: f64 = Setting::real(1.0, 1e-6..=1e3, "emails added to the count of every token"),
        beta: f64 = Setting::real(
            0.25,
            0.0..=1.0,
            "share of the machine's own weights; the rest gives all tokens the same, as naive \
             Bayes does",
        ),
        tol: f64 = TOL,
        max_iter: u32 = MAX_ITER,
        representation: LinearRepresentation = REPRESENTATION,
        class_weight: ClassWeight = CLASS_WEIGHT,
    }
}

/// Values C takes when it is left to training: the ratios make the values larger than those `svm`
/// sees.
const NB_C_GRID: &[f64] = &[0.1, 1.0, 10.0];

path_settings!(NbSvmSettings);

impl PathLearner for NaiveBayesSvm {
    const NAME: &'static str = "nb-svm";
    const SUMMARY: &'static str = "\
        support vector machine on tokens scaled by their log-count ratios: naive Bayes corrected \
        where it errs";
    const DEFAULT: bool = true;
    const TUNABLE: &'static [&'static str] = &["beta"];
    type Settings = NbSvmSettings;
    type Kept = ();

    fn loss(_: &NbSvmSettings) -> MarginLoss {
        MarginLoss::SquaredHinge
    }

    /// None: what is solved is a problem of the scaled rows, not of the mail as it is.
    fn linear_problem(_: &NbSvmSettings) -> Option<LinearProblem> {
        None
    }

    fn rows<'a>(settings: &NbSvmSettings, data: &'a TrainingSet<'_>) -> PathRows<'a> {
        let (ratios, beta) = (log_count_ratios(data, settings.alpha), settings.beta);
        PathRows {
            rows: Cow::Owned(scaled(data.matrix(), &ratios)),
            to_original: Box::new(move |machine| interpolated(&machine, &ratios, beta)),
        }
    }

    fn solve(
        settings: &NbSvmSettings,
        problem: Problem<'_>,
        seed: u64,
        from: Option<&Solution>,
        (): &mut (),
        check: Check<'_>,
    ) -> Option<Solution> {
        dual::solve(problem, SquaredHinge, settings.stop(), seed, from, check)
    }
}

/// r of each column.
fn log_count_ratios(data: &TrainingSet<'_>, alpha: f64) -> Vec<f64> {
    let mut holding = vec![[alpha; 2]; data.columns()];
    for (label, (columns, _)) in data.labels().iter().zip(data.matrix().iter()) {
        for &column in columns {
            holding[column as usize][label.index()] += 1.0;
        }
    }
    let total = |class: usize| holding.iter().map(|counts| counts[class]).sum::<f64>();
    let [ham, spam] = [total(0), total(1)];
    holding
        .iter()
        .map(|counts| ((counts[1] / spam) / (counts[0] / ham)).ln())
        .collect()
}

/// x ∘ r of every row.
fn scaled(rows: &CsrMatrix, ratios: &[f64]) -> CsrMatrix {
    let mut scaled = CsrMatrix::new(rows.columns());
    for (columns, values) in rows.iter() {
        let by_ratio = |(&column, &value): (&u32, &f32)| {
            let product = f64::from(value) * ratios[column as usize];
            (column, product as f32)
        };
        scaled.push(columns.iter().zip(values).map(by_ratio));
    }
    scaled
}

/// The hyperplane over x of a machine over x ∘ r.
fn interpolated(machine: &Linear, ratios: &[f64], beta: f64) -> Linear {
    let size = machine
        .weights()
        .iter()
        .map(|weight| weight.abs())
        .sum::<f64>()
        / ratios.len() as f64;
    let weights = machine.weights().iter().zip(ratios);
    let weights = weights
        .map(|(weight, ratio)| ((1.0 - beta) * size + beta * weight) * ratio)
        .collect();
    Linear::new(weights, machine.bias(), Scale::Margin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interpolation_agrees_with_the_paper_worked_by_hand() {
        let machine = Linear::new(vec![3.0, -1.0], 0.5, Scale::Margin);
        // Mean size 2: 0.75 · 2 + 0.25 · 3 = 2.25 and 0.75 · 2 - 0.25 = 1.25, times the ratios.
        let found = interpolated(&machine, &[2.0, -4.0], 0.25);
        assert_eq!((found.weights(), found.bias()), (&[4.5, -5.0][..], 0.5));
        // All of the machine: w ∘ r.
        assert_eq!(
            interpolated(&machine, &[2.0, -4.0], 1.0).weights(),
            [6.0, 4.0]
        );
    }

    #[test]
    fn rows_are_scaled_column_by_column() {
        let mut rows = CsrMatrix::new(2);
        rows.push([(1, 3.0)]);
        assert_eq!(scaled(&rows, &[5.0, -2.0]).row(0), (&[1][..], &[-6.0][..]));
    }
}
