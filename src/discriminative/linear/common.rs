//! What the sparse linear models share: the fitted model, and a path of fits along ascending C,
//! each started from the one before. Left out: whatever says which loss.

use crate::base::choices::choices;
use crate::dataset::{CsrMatrix, Example, Representation, TrainingSet};
use crate::model::{
    Auto, Classifier, Convergence, Evidence, FitError, FitObserver, FittedModel, InvalidModel,
    LinearProblem, MarginLoss, ObjectivePoint, Scale, Setting,
};
use crate::optim::{At, Check, Problem, Solution, Solver};
use serde::{Deserialize, Serialize};

/// Values C takes when it is left to training.
pub const C_GRID: &[f64] = &[1.0, 10.0, 100.0];

/// The setting C, chosen from `grid` when it is left open.
pub const fn cost(grid: &'static [f64]) -> Setting<Auto> {
    Setting::tuned(
        1e-6..=1e6,
        grid,
        "cost of the loss against the square of the weights; the higher, the closer the fit",
    )
}

/// The setting of the stopping rule.
pub const TOL: Setting<f64> = Setting::real(
    1e-4,
    1e-10..=0.1,
    "duality gap to stop at, as a share of the objective",
);

/// The setting of the limit on passes.
pub const MAX_ITER: Setting<u32> = Setting::whole(
    1000,
    1..=1_000_000,
    "passes over the mail after which the fit ends in any case",
);

choices! {
    /// What a linear model reads of each token.
    pub enum LinearRepresentation {
        /// See [`Representation::TfIdf`].
        TfIdf = "tfidf",
        /// See [`Representation::Binary`].
        Binary = "binary",
        /// See [`Representation::Counts`].
        Counts = "counts",
    }
}

impl From<LinearRepresentation> for Representation {
    fn from(representation: LinearRepresentation) -> Representation {
        match representation {
            LinearRepresentation::TfIdf => Representation::TfIdf,
            LinearRepresentation::Binary => Representation::Binary,
            LinearRepresentation::Counts => Representation::Counts,
        }
    }
}

/// The setting of what is read.
pub const REPRESENTATION: Setting<LinearRepresentation> =
    Setting::one_of(LinearRepresentation::TfIdf, "what is read of each token");

/// The setting of the solver, where the loss is smooth.
pub const SOLVER: Setting<Solver> = Setting::one_of(
    Solver::Dual,
    "how the optimum is sought; all find the same one",
);

choices! {
    /// What a message of each class costs.
    pub enum ClassWeight {
        /// C.
        None = "none",
        /// C times half of all messages, divided by those of its class.
        Balanced = "balanced",
    }
}

/// The setting of the classes' say.
pub const CLASS_WEIGHT: Setting<ClassWeight> = Setting::one_of(
    ClassWeight::None,
    "balanced gives both classes the same say however many emails each has",
);

/// Relative duality gap at which fits on inner folds may stop: measured on SpamAssassin, closer
/// ones choose the same C and calibrate to the same third decimal, at twice the time.
pub const INNER_TOL: f64 = 1e-2;

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
        Linear {
            weights,
            bias,
            scale,
        }
    }

    /// Weight of each column.
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// The decision value of a message without any known token.
    pub fn bias(&self) -> f64 {
        self.bias
    }
}

impl FittedModel for Linear {
    fn validate(&self, columns: usize) -> Result<(), InvalidModel> {
        InvalidModel::unless_columns(self.weights.len(), columns)?;
        InvalidModel::unless_finite(self.weights.iter().chain([&self.bias]))
    }

    fn evidence(&self, mail: Example<'_>) -> Evidence {
        Evidence::linear(mail, self.bias, |column| self.weights[column])
    }

    fn weight(&self, column: u32) -> Option<f64> {
        self.weights.get(column as usize).copied()
    }
}

impl Classifier for Linear {
    fn score(&self, mail: Example<'_>) -> f64 {
        self.bias
            + mail
                .entries()
                .map(|(column, value)| self.weights[column] * value)
                .sum::<f64>()
    }

    fn scale(&self) -> Scale {
        self.scale
    }
}

/// The problem of a fit with these settings.
pub fn linear_problem(
    loss: MarginLoss,
    l1_ratio: f64,
    cost: f64,
    class_weight: ClassWeight,
) -> LinearProblem {
    LinearProblem {
        loss,
        l1_ratio,
        cost,
        balanced: class_weight == ClassWeight::Balanced,
    }
}

/// What each message's loss costs: C, or with `balanced` C times half the messages for each message
/// of its class.
pub fn email_costs(data: &TrainingSet<'_>, cost: f64, class_weight: ClassWeight) -> Vec<f64> {
    let half = data.len() as f64 / 2.0;
    let by_class = data.class_counts().map(|emails| match class_weight {
        ClassWeight::None => 1.0,
        ClassWeight::Balanced => half / emails as f64,
    });
    data.labels()
        .iter()
        .map(|label| cost * by_class[label.index()])
        .collect()
}

/// The sign of each message: +1 for spam.
pub fn signs(data: &TrainingSet<'_>) -> Vec<f64> {
    data.labels().iter().map(|label| label.sign()).collect()
}

/// Fits a grid in which not only C may differ: neighbours that are alike but for C are one path for
/// `fit`.
pub fn by_path<S: Serialize>(
    grid: &[S],
    mut fit: impl FnMut(&[S]) -> Result<Vec<Linear>, FitError>,
) -> Result<Vec<Linear>, FitError> {
    let but_for_c = |settings: &S| {
        let mut settings = serde_json::to_value(settings).unwrap_or_default();
        settings
            .as_object_mut()
            .map(|settings| settings.remove("c"));
        settings
    };
    let mut fitted = Vec::with_capacity(grid.len());
    for path in grid.chunk_by(|a, b| but_for_c(a) == but_for_c(b)) {
        fitted.extend(fit(path)?);
    }
    Ok(fitted)
}

/// The value of the constant column.
pub const BIAS: f64 = 1.0;

/// Solves one problem of a path from the solution of the one before.
pub type SolveNext<'a> = &'a dyn Fn(Problem<'_>, Option<&Solution>, Check<'_>) -> Option<Solution>;

/// A path of fits along C, whatever the loss.
pub struct Path<'a> {
    /// The labelled mail.
    pub data: &'a TrainingSet<'a>,
    /// Its rows as the model sees them.
    pub rows: &'a CsrMatrix,
    /// Values of C; best ascending.
    pub costs: &'a [f64],
    /// See [`CLASS_WEIGHT`].
    pub class_weight: ClassWeight,
    /// What the score means.
    pub scale: Scale,
    /// From a hyperplane over `rows` to one over the mail as it is.
    pub shown: &'a dyn Fn(Linear) -> Linear,
}

impl Path<'_> {
    /// Fits one model for each C, in the order given, each started from the one before.
    pub fn fit(
        &self,
        solve: SolveNext<'_>,
        watch: &mut dyn FitObserver,
    ) -> Result<Vec<Linear>, FitError> {
        let signs = signs(self.data);
        let mut last: Option<Solution> = None;
        let mut fitted = Vec::new();
        for &cost in self.costs {
            let costs = email_costs(self.data, cost, self.class_weight);
            let problem = Problem {
                rows: self.rows,
                signs: &signs,
                costs: &costs,
                bias: BIAS,
            };
            let plane = |weights, bias| (self.shown)(Linear::new(weights, bias, self.scale));
            let mut check = |At {
                                 passes,
                                 objective,
                                 gap,
                                 weights,
                                 bias,
                             }: At<'_>| {
                let step = ObjectivePoint {
                    pass: f64::from(passes),
                    objective,
                    gap: Some(gap),
                    held_out: None,
                };
                watch.step(step, &|| Box::new(plane(weights.to_vec(), bias)))
            };
            let solution = solve(problem, last.as_ref(), &mut check).ok_or(FitError::Cancelled)?;
            let Solution {
                primal: objective,
                gap,
                passes,
                converged,
                ..
            } = solution;
            watch.finished(Convergence {
                converged,
                passes,
                objective,
                gap: Some(gap),
            });
            fitted.push(plane(solution.weights.clone(), solution.bias));
            last = Some(solution);
        }
        Ok(fitted)
    }
}
