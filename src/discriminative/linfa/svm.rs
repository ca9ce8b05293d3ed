//! Support vector machines by the crate linfa-svm: sequential minimal optimisation on the whole
//! kernel matrix, with a linear kernel, and with a Gaussian one, which bends the boundary: f(x) = Σ
//! α_i exp(-|x - x_i|² / width) - ρ over the support vectors.
//!
//! On a bounded number of features and messages, for the kernel matrix is dense. linfa's own Platt
//! scaling is left out: it is fitted on the scores of its own training rows. What is kept is plain
//! data of ours, not linfa's types.

use super::dense::{MAX_EMAILS, dense_matrix, dense_row, spread, targets, within};
use crate::dataset::{Example, Representation, TrainingSet};
use crate::discriminative::linear::common::Linear;
use crate::discriminative::selection::{MAX_FEATURES, Selection, validate_selection};
use crate::model::{
    Classifier, Cost, Evidence, EvidencePlace, Family, FitError, FitObserver, FittedModel,
    InvalidModel, Learner, Scale, Setting, settings,
};
use linfa::prelude::*;
use linfa_svm::Svm;
use ndarray::Array1;
use serde::{Deserialize, Serialize};

/// Learns a [`Linear`] model by linfa-svm.
pub struct LinfaSvm;

/// Learns a [`GaussianMachine`] by linfa-svm.
pub struct LinfaSvmGaussian;

const C: Setting<f64> = Setting::real(
    1.0,
    1e-6..=1e6,
    "cost of the hinge loss against the square of the weights",
);

settings! {
    /// Settings of [`LinfaSvm`].
    pub struct LinfaSvmSettings {
        c: f64 = C,
        max_features: usize = MAX_FEATURES,
        max_emails: usize = MAX_EMAILS,
    }
}

settings! {
    /// Settings of [`LinfaSvmGaussian`].
    pub struct GaussianSvmSettings {
        c: f64 = C.with_default(5.0),
        width: f64 = Setting::real(
            2.0,
            1e-3..=1e3,
            "squared distance at which the kernel falls to 1/e; rows have length 1",
        ),
        max_features: usize = MAX_FEATURES,
        max_emails: usize = MAX_EMAILS,
    }
}

impl Learner for LinfaSvm {
    const NAME: &'static str = "linfa-svm";
    const FAMILY: Family = Family::Discriminative;
    const SUMMARY: &'static str = "\
        linear support vector machine by linfa on the most informative tokens: dense, so only for \
        up to 1000 emails";
    const DEFAULT: bool = true;
    const COST: Cost = Cost::Costly;
    type Settings = LinfaSvmSettings;
    type Fitted = Linear;

    fn representation(_: &LinfaSvmSettings) -> Representation {
        Representation::TfIdf
    }

    fn applicable(settings: &LinfaSvmSettings, emails: usize) -> Result<(), String> {
        within(
            Self::NAME,
            "svm, the same model on a sparse matrix",
            emails,
            settings.max_emails,
        )
    }

    fn fit(
        &self,
        settings: &LinfaSvmSettings,
        data: &TrainingSet<'_>,
        _: &mut dyn FitObserver,
    ) -> Result<Linear, FitError> {
        let selection = Selection::learn(data, settings.max_features);
        let emails = linfa::Dataset::new(dense_matrix(&selection, data.matrix()), targets(data));
        let fitted = Svm::<f64, bool>::params()
            .pos_neg_weights(settings.c, settings.c)
            .linear_kernel()
            .fit(&emails)
            .map_err(|error| FitError::Solver(error.to_string()))?;
        // The hyperplane is private: its weights are the decision values of the unit vectors.
        let unit = |at: usize| {
            let mut unit = Array1::zeros(selection.columns.len());
            unit[at] = 1.0;
            fitted.weighted_sum(&unit)
        };
        let weights: Vec<f64> = (0..selection.columns.len()).map(unit).collect();
        Ok(Linear::new(
            spread(&selection, &weights, data.columns()),
            -fitted.rho,
            Scale::Margin,
        ))
    }
}

/// A boundary bent by a Gaussian kernel.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GaussianMachine {
    /// Columns of the vocabulary in all.
    columns: usize,
    /// Columns that are read, ascending.
    selected: Vec<u32>,
    /// The support vectors one after the other, each as long as `selected`.
    support: Vec<f64>,
    /// α of each, with its sign.
    alphas: Vec<f64>,
    rho: f64,
    width: f64,
}

impl Learner for LinfaSvmGaussian {
    const NAME: &'static str = "linfa-svm-rbf";
    const FAMILY: Family = Family::Discriminative;
    const SUMMARY: &'static str = "\
        support vector machine with a Gaussian kernel by linfa: a curved boundary, only for up to \
        1000 emails";
    const DEFAULT: bool = true;
    const COST: Cost = Cost::Costly;
    type Settings = GaussianSvmSettings;
    type Fitted = GaussianMachine;

    fn representation(_: &GaussianSvmSettings) -> Representation {
        Representation::TfIdf
    }

    fn applicable(settings: &GaussianSvmSettings, emails: usize) -> Result<(), String> {
        within(
            Self::NAME,
            "svm, its linear counterpart on sparse matrices",
            emails,
            settings.max_emails,
        )
    }

    fn fit(
        &self,
        settings: &GaussianSvmSettings,
        data: &TrainingSet<'_>,
        _: &mut dyn FitObserver,
    ) -> Result<GaussianMachine, FitError> {
        let selection = Selection::learn(data, settings.max_features);
        let emails = linfa::Dataset::new(dense_matrix(&selection, data.matrix()), targets(data));
        let fitted = Svm::<f64, bool>::params()
            .pos_neg_weights(settings.c, settings.c)
            .gaussian_kernel(settings.width)
            .fit(&emails)
            .map_err(|error| FitError::Solver(error.to_string()))?;
        let rows = emails
            .records
            .outer_iter()
            .zip(&fitted.alpha)
            .filter(|(_, alpha)| **alpha != 0.0);
        let (support, alphas): (Vec<_>, Vec<f64>) =
            rows.map(|(row, &alpha)| (row.to_vec(), alpha)).unzip();
        Ok(GaussianMachine {
            columns: data.columns(),
            selected: selection.columns,
            support: support.concat(),
            alphas,
            rho: fitted.rho,
            width: settings.width,
        })
    }
}

impl GaussianMachine {
    fn decide(&self, row: &[f64]) -> f64 {
        let distance = |vector: &[f64]| {
            vector
                .iter()
                .zip(row)
                .map(|(a, b)| (a - b) * (a - b))
                .sum::<f64>()
        };
        let vectors = self.support.chunks_exact(self.selected.len().max(1));
        let kernel = vectors
            .zip(&self.alphas)
            .map(|(vector, alpha)| alpha * (-distance(vector) / self.width).exp());
        kernel.sum::<f64>() - self.rho
    }
}

impl FittedModel for GaussianMachine {
    fn validate(&self, columns: usize) -> Result<(), InvalidModel> {
        InvalidModel::unless_columns(self.columns, columns)?;
        validate_selection(&self.selected, columns)?;
        InvalidModel::unless(
            self.alphas.len().checked_mul(self.selected.len()) == Some(self.support.len()),
            "its support vectors are not as long as they should be",
        )?;
        InvalidModel::unless(self.width > 0.0, "its width is not above 0")?;
        let numbers = self.support.iter().chain(&self.alphas);
        InvalidModel::unless_finite(numbers.chain([&self.rho, &self.width]))
    }

    /// What leaving out each token alone would change: a curved boundary has no exact shares.
    fn evidence(&self, email: Example<'_>) -> Evidence {
        let mut row = dense_row(&self.selected, email);
        let whole = self.decide(&row);
        let mut parts = Vec::new();
        for &column in email.columns {
            if let Ok(place) = self.selected.binary_search(&column) {
                let value = std::mem::replace(&mut row[place], 0.0);
                parts.push((EvidencePlace::Column(column), whole - self.decide(&row)));
                row[place] = value;
            }
        }
        let intercept = whole - parts.iter().map(|(_, value)| value).sum::<f64>();
        Evidence {
            parts,
            intercept,
            exact: false,
        }
    }
}

impl Classifier for GaussianMachine {
    fn score(&self, email: Example<'_>) -> f64 {
        self.decide(&dense_row(&self.selected, email))
    }

    fn scale(&self) -> Scale {
        Scale::Margin
    }
}
