//! What the sparse linear models share: the fitted model and the rows of their settings.

use crate::base::choices::choices;
use crate::base::parts::Parts;
use crate::dataset::{Example, Representation};
use crate::model::tables::{Tables, in_table, push_by_column};
use crate::model::{Auto, Classifier, Evidence, FittedModel, InvalidModel, Scale, Setting};
use crate::optim::Solver;
use serde::{Deserialize, Serialize};

/// Values C takes when it is left to training.
pub const C_GRID: &[f64] = &[1.0, 10.0, 100.0];

/// The setting C, chosen from `grid` when it is `auto`.
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

/// Whether a solver works on rows on disk; else a sentence that says which one does.
pub fn works_on_disk(model: &str, solver: Solver) -> Result<(), String> {
    match solver {
        Solver::Dual => Ok(()),
        Solver::Newton | Solver::Lbfgs => Err(format!(
            "mail that memory does not hold is learned from in the dual: use {model}.solver=dual"
        )),
    }
}

/// A hyperplane: the decision value is `bias + Σ weights · values`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Linear {
    #[serde(serialize_with = "in_table")]
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

    fn save_tables(&self, parts: &mut Parts) {
        push_by_column(parts, [&self.weights]);
    }

    fn load_tables(&mut self, tables: &mut Tables<'_>) -> Result<(), String> {
        tables.by_column([&mut self.weights])
    }

    fn evidence(&self, email: Example<'_>) -> Evidence {
        Evidence::linear(email, self.bias, |column| self.weights[column])
    }

    fn weight(&self, column: u32) -> Option<f64> {
        self.weights.get(column as usize).copied()
    }
}

impl Classifier for Linear {
    fn score(&self, email: Example<'_>) -> f64 {
        self.bias
            + email
                .entries()
                .map(|(column, value)| self.weights[column] * value)
                .sum::<f64>()
    }

    fn scale(&self) -> Scale {
        self.scale
    }
}
