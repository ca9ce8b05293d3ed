//! What the sparse linear models share: the fitted model, and a path of fits along ascending C, each started from the one
//! before. Left out: whatever says which loss.

use super::solver::{Loss, Problem, Solution, Stop, WarmStart, solve};
use crate::dataset::{Example, Reads, TrainingSet};
use crate::model::{Classifier, Convergence, Evidence, FitError, Range, Scale, Setting, Step, Watch};
use serde::{Deserialize, Serialize};

/// Values C takes when it is left to training.
pub const C_GRID: &[f64] = &[1.0, 10.0, 100.0];

/// The setting C, chosen from `grid` when it is left open.
pub const fn cost_setting(grid: &'static [f64]) -> Setting {
    Setting {
        name: "c",
        doc: "cost of the loss against the square of the weights; the higher, the closer the fit",
        range: Range::RealOrAuto { min: 1e-6, max: 1e6, grid },
    }
}

/// The setting of the stopping rule.
pub const TOLERANCE: Setting = Setting {
    name: "tolerance",
    doc: "duality gap to stop at, as a share of the objective",
    range: Range::Real { min: 1e-10, max: 0.1 },
};

/// The setting of the limit on passes.
pub const MAX_PASSES: Setting = Setting {
    name: "max_passes",
    doc: "passes over the mail after which the fit ends in any case",
    range: Range::Whole { min: 1, max: 1_000_000 },
};

/// The setting of what is read; see [`reads`].
pub const INPUT: Setting =
    Setting { name: "input", doc: "what is read of each token", range: Range::OneOf(&["tfidf", "boolean", "counts"]) };

/// Relative duality gap at which fits on inner folds may stop: measured on SpamAssassin, closer ones choose the same C and
/// calibrate to the same third decimal, at twice the time.
pub const INNER_TOLERANCE: f64 = 1e-2;

/// A hyperplane: the decision value is `bias + Σ weights · values`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Linear {
    weights: Vec<f64>,
    bias: f64,
    scale: Scale,
}

impl Linear {
    /// A hyperplane of these weights.
    pub fn new(weights: Vec<f64>, bias: f64, scale: Scale) -> Linear {
        Linear { weights, bias, scale }
    }

    /// Weight of each column.
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// The decision value of a mail without any known token.
    pub fn bias(&self) -> f64 {
        self.bias
    }
}

impl Classifier for Linear {
    fn score(&self, mail: Example<'_>) -> f64 {
        self.bias + mail.entries().map(|(column, value)| self.weights[column] * value).sum::<f64>()
    }

    fn scale(&self) -> Scale {
        self.scale
    }

    fn evidence(&self, mail: Example<'_>) -> Evidence {
        Evidence::linear(mail, self.bias, |column| self.weights[column])
    }

    fn columns(&self) -> Option<usize> {
        let finite = self.bias.is_finite() && self.weights.iter().all(|weight| weight.is_finite());
        finite.then_some(self.weights.len())
    }

    fn weight(&self, column: u32) -> Option<f64> {
        self.weights.get(column as usize).copied()
    }
}

/// What the user may choose of a linear model's input.
pub fn reads(input: &str) -> Reads {
    match input {
        "boolean" => Reads::Boolean,
        "counts" => Reads::Counts,
        _ => Reads::TfIdf,
    }
}

/// Fits one model for each C, in the order given; best ascending.
pub fn fit_path<L: Loss>(
    data: &TrainingSet<'_>,
    loss: L,
    scale: Scale,
    costs: &[f64],
    stop: Stop,
    watch: &mut dyn Watch,
) -> Result<Vec<Linear>, FitError> {
    let signs: Vec<f64> = data.labels().iter().map(|label| label.sign()).collect();
    let mut warm: Option<WarmStart> = None;
    let mut fitted = Vec::new();
    for &cost in costs {
        let problem = Problem { rows: data.matrix(), signs: &signs, costs: [cost; 2], bias: 1.0 };
        let mut check = |pass, objective, gap| watch.step(Step { pass, objective, gap: Some(gap) });
        let solution = solve(problem, loss, stop, data.seed(), warm.as_ref(), &mut check);
        let Solution { weights, bias, primal, gap, passes, converged, warm: next } =
            solution.ok_or(FitError::Cancelled)?;
        watch.finished(Convergence { converged, passes, objective: primal, gap: Some(gap) });
        fitted.push(Linear::new(weights, bias, scale));
        warm = Some(next);
    }
    Ok(fitted)
}
