//! For users of linfa: CSR matrices are linfa's [`Records`], and the dual solver of any loss is a
//! [`Fit`] whose model is a [`PredictInplace`], on a CSR matrix or on linfa's own dense ones.
//! `examples/drop_into_linfa.rs` has linfa's cross-validation drive one.

use crate::dataset::{CsrMatrix, Example};
use crate::discriminative::linear::common::Linear;
use crate::model::{Classifier, Scale};
use crate::optim::{Dual, Hinge, Logistic, Problem, SquaredHinge, Stop, dual};
use crate::results::Decision;
use linfa::dataset::{AsSingleTargets, DatasetBase, Records};
use linfa::traits::{Fit, PredictInplace};
use ndarray::{Array1, ArrayBase, Data, Ix2};
use std::borrow::Cow;

/// `w'w / 2 + C Σ loss(y (w'x + b))` at its least, where b counts among w; targets are whether a
/// row is of the positive class.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SparseLinear<L> {
    /// What an error costs.
    pub loss: L,
    /// Cost of the loss against the square of the weights.
    pub c: f64,
    /// Duality gap to stop at, as a share of the objective.
    pub tol: f64,
    /// Passes after which the fit ends in any case.
    pub max_iter: u32,
    /// Seed of the order in which rows are visited.
    pub seed: u64,
}

impl<L> SparseLinear<L> {
    fn with(loss: L, c: f64) -> SparseLinear<L> {
        SparseLinear {
            loss,
            c,
            tol: 1e-4,
            max_iter: 1000,
            seed: 1,
        }
    }
}

impl SparseLinear<Logistic> {
    /// Logistic regression.
    pub fn logistic(c: f64) -> SparseLinear<Logistic> {
        SparseLinear::with(Logistic, c)
    }
}

impl SparseLinear<Hinge> {
    /// The support vector machine.
    pub fn hinge(c: f64) -> SparseLinear<Hinge> {
        SparseLinear::with(Hinge, c)
    }
}

impl SparseLinear<SquaredHinge> {
    /// The support vector machine with squared errors.
    pub fn squared_hinge(c: f64) -> SparseLinear<SquaredHinge> {
        SparseLinear::with(SquaredHinge, c)
    }
}

/// Why there was no fit.
#[derive(Debug, thiserror::Error)]
pub enum SparseFitError {
    /// One of the two classes is missing.
    #[error("all targets are {0}: a boundary needs rows of both classes")]
    OneClass(bool),
    /// A cost or a tolerance that cannot be, or a value that is no number.
    #[error("{0}")]
    Invalid(&'static str),
    /// What linfa says.
    #[error(transparent)]
    Linfa(#[from] linfa::Error),
}

impl Records for CsrMatrix {
    type Elem = f32;

    fn nsamples(&self) -> usize {
        self.len()
    }

    fn nfeatures(&self) -> usize {
        self.columns()
    }
}

/// Rows that [`SparseLinear`] can be fitted on, sparse or dense.
///
/// ```
/// use ndarray::array;
/// use spamlab::discriminative::AsSparse;
///
/// let dense = array![[0.0, 2.5], [0.0, 0.0]];
/// let sparse = dense.sparse();
/// assert_eq!(sparse.row(0), (&[1][..], &[2.5][..]));
/// assert_eq!(sparse.row(1), (&[][..], &[][..]));
/// ```
pub trait AsSparse: Records {
    /// The rows without their zeros.
    fn sparse(&self) -> Cow<'_, CsrMatrix>;
}

impl AsSparse for CsrMatrix {
    fn sparse(&self) -> Cow<'_, CsrMatrix> {
        Cow::Borrowed(self)
    }
}

impl<S: Data<Elem = f64>> AsSparse for ArrayBase<S, Ix2> {
    fn sparse(&self) -> Cow<'_, CsrMatrix> {
        let mut rows = CsrMatrix::new(self.ncols());
        for row in self.rows() {
            rows.push(
                (0..)
                    .zip(row.iter().map(|&value| value as f32))
                    .filter(|&(_, value)| value != 0.0),
            );
        }
        Cow::Owned(rows)
    }
}

impl<L: Dual, R: AsSparse, T: AsSingleTargets<Elem = bool>> Fit<R, T, SparseFitError>
    for SparseLinear<L>
{
    type Object = Linear;

    fn fit(&self, dataset: &DatasetBase<R, T>) -> Result<Linear, SparseFitError> {
        let positive = |number: f64| number.is_finite() && number > 0.0;
        if !positive(self.c) || !positive(self.tol) {
            return Err(SparseFitError::Invalid("c and tol must be numbers above 0"));
        }
        let rows = dataset.records().sparse();
        if rows
            .iter()
            .flat_map(|(_, values)| values)
            .any(|value| !value.is_finite())
        {
            return Err(SparseFitError::Invalid(
                "a row holds a value that is no number",
            ));
        }
        let targets = dataset.as_single_targets();
        if targets.len() != rows.len() {
            return Err(SparseFitError::Invalid(
                "there are not as many targets as rows",
            ));
        }
        if let Some(all) = [false, true]
            .into_iter()
            .find(|&class| targets.iter().all(|&target| target == class))
        {
            return Err(SparseFitError::OneClass(all));
        }
        let signs: Vec<f64> = targets
            .iter()
            .map(|&positive| if positive { 1.0 } else { -1.0 })
            .collect();
        let costs = vec![self.c; rows.len()];
        let problem = Problem {
            rows: &rows,
            signs: &signs,
            costs: &costs,
            bias: 1.0,
        };
        let stop = Stop {
            tol: self.tol,
            max_iter: self.max_iter,
        };
        let solved = dual::solve(problem, self.loss, stop, self.seed, None, &mut |_| true);
        let solved = solved.ok_or(SparseFitError::Invalid("the fit was cancelled"))?;
        Ok(Linear::new(solved.weights, solved.bias, Scale::Margin))
    }
}

/// Whether each row is on the positive side. A column that the model has no weight for counts
/// nothing.
impl<R: AsSparse> PredictInplace<R, Array1<bool>> for Linear {
    fn predict_inplace<'a>(&'a self, rows: &'a R, targets: &mut Array1<bool>) {
        let rows = rows.sparse();
        for (target, (columns, values)) in targets.iter_mut().zip(rows.iter()) {
            let known = columns
                .iter()
                .take_while(|column| (**column as usize) < self.weights().len())
                .count();
            let score = self.score(Example::sparse(&columns[..known], &values[..known]));
            *target = Decision::label_of_raw_score(score).is_spam();
        }
    }

    fn default_target(&self, rows: &R) -> Array1<bool> {
        Array1::default(rows.nsamples())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::math::uniform;
    use crate::base::streams::{Stream, random_stream};
    use linfa::traits::Predict;
    use ndarray::{Array2, array};

    /// Rows of eight columns, half of them 0, of which the first two tell the class in nine of ten
    /// cases.
    fn rows() -> (Array2<f64>, Array1<bool>) {
        let mut rng = random_stream(4, Stream::Test(4));
        let targets = Array1::from_shape_fn(60, |at| at % 3 == 0);
        let rows = Array2::from_shape_fn((60, 8), |(row, column)| {
            let sign = if targets[row] && row % 10 != 0 {
                1.0
            } else {
                -1.0
            };
            let telling = if column < 2 { sign } else { 0.0 };
            if (row + column) % 2 == 0 {
                0.0
            } else {
                telling + uniform(&mut rng)
            }
        });
        (rows, targets)
    }

    #[test]
    fn dense_and_sparse_rows_come_to_the_same_optimum() {
        let (dense, targets) = rows();
        let sparse = dense.sparse().into_owned();
        assert_eq!((sparse.nsamples(), sparse.nfeatures()), (60, 8));
        let learner = SparseLinear {
            tol: 1e-10,
            ..SparseLinear::logistic(2.0)
        };
        let dense = DatasetBase::new(dense, targets.clone());
        let sparse = DatasetBase::new(sparse, targets);
        let (one, other) = (learner.fit(&dense).unwrap(), learner.fit(&sparse).unwrap());
        assert_eq!((one.weights(), one.bias()), (other.weights(), other.bias()));
        let predicted: Array1<bool> = one.predict(&dense);
        let same: Array1<bool> = other.predict(&sparse);
        assert_eq!(predicted, same);
        let right = predicted
            .iter()
            .zip(dense.targets())
            .filter(|(a, b)| a == b)
            .count();
        assert!(right >= 50, "{right} of 60");
        // At the optimum the gradient w - C Σ y σ(-y w'x) x is 0, by its definition.
        let weights: Array1<f64> = one.weights().iter().copied().collect();
        let mut gradient = weights.clone();
        for (row, &target) in dense.records().rows().into_iter().zip(dense.targets()) {
            let sign = if target { 1.0 } else { -1.0 };
            let slope = 2.0 * sign / (1.0 + (sign * (row.dot(&weights) + one.bias())).exp());
            gradient.scaled_add(-slope, &row);
        }
        assert!(
            gradient.iter().all(|value| value.abs() < 1e-3),
            "{gradient}"
        );
    }

    #[test]
    fn linfa_cross_validates_it() {
        let (rows, targets) = rows();
        let learners = [1e-4, 1.0].map(SparseLinear::squared_hinge);
        let right = |predicted: &Array1<bool>, truth: &ndarray::ArrayView1<'_, bool>| {
            Ok(
                predicted.iter().zip(truth).filter(|(a, b)| a == b).count() as f64
                    / truth.len() as f64,
            )
        };
        let found = DatasetBase::new(rows, targets)
            .cross_validate_single(5, &learners, right)
            .unwrap();
        assert!(found[1] > 0.8 && found[1] > found[0], "{found}");
    }

    #[test]
    fn what_cannot_be_fitted_is_said() {
        let fit = |rows: Array2<f64>, targets: Array1<bool>, c: f64| {
            SparseLinear::hinge(c)
                .fit(&DatasetBase::new(rows, targets))
                .err()
                .unwrap()
                .to_string()
        };
        assert!(
            fit(array![[1.0], [2.0]], array![true, true], 1.0).contains("all targets are true")
        );
        assert!(fit(array![[1.0], [f64::NAN]], array![true, false], 1.0).contains("no number"));
        assert!(fit(array![[1.0], [2.0]], array![true, false], 0.0).contains("above 0"));
    }
}
