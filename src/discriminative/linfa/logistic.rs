//! Logistic regression by the crate linfa-logistic: L-BFGS on dense rows, the same model as
//! `logistic` but for its bias, which is not regularised here. A second opinion by independent
//! code, on a bounded number of features and messages.

use super::dense::{MAX_EMAILS, dense_matrix, spread, targets, within};
use crate::dataset::{Representation, TrainingSet};
use crate::discriminative::linear::common::Linear;
use crate::discriminative::selection::{MAX_FEATURES, Selection};
use crate::model::{Family, FitError, FitObserver, Learner, Scale, Setting, settings};
use linfa::prelude::*;
use linfa_logistic::LogisticRegression;

/// Learns a [`Linear`] model by linfa-logistic.
pub struct LinfaLogistic;

settings! {
    /// Settings of [`LinfaLogistic`].
    pub struct LinfaLogisticSettings {
        c: f64 = Setting::real(
            10.0,
            1e-6..=1e6,
            "cost of the loss against the square of the weights",
        ),
        max_features: usize = MAX_FEATURES,
        max_emails: usize = MAX_EMAILS,
        max_iter: u64 = Setting::whole(
            500,
            1..=100_000,
            "L-BFGS iterations after which the fit ends in any case",
        ),
    }
}

impl Learner for LinfaLogistic {
    const NAME: &'static str = "linfa-logistic";
    const FAMILY: Family = Family::Discriminative;
    const SUMMARY: &'static str = "\
        logistic regression by linfa on the most informative tokens: dense rows, so only for up \
        to 1000 emails";
    const DEFAULT: bool = true;
    const COST: crate::model::Cost = crate::model::Cost::Costly;
    type Settings = LinfaLogisticSettings;
    type Fitted = Linear;

    fn representation(_: &LinfaLogisticSettings) -> Representation {
        Representation::TfIdf
    }

    fn applicable(settings: &LinfaLogisticSettings, emails: usize) -> Result<(), String> {
        within(
            Self::NAME,
            "logistic, the same model on a sparse matrix",
            emails,
            settings.max_emails,
        )
    }

    fn fit(
        &self,
        settings: &LinfaLogisticSettings,
        data: &TrainingSet<'_>,
        _: &mut dyn FitObserver,
    ) -> Result<Linear, FitError> {
        let selection = Selection::learn(data, settings.max_features);
        let emails = linfa::Dataset::new(dense_matrix(&selection, data.matrix()), targets(data));
        let fitted = LogisticRegression::default()
            .alpha(1.0 / settings.c)
            .max_iterations(settings.max_iter)
            // linfa's tolerance is absolute; the gradient at zero grows with the messages.
            .gradient_tolerance(1e-6 * data.len() as f64)
            .fit(&emails)
            .map_err(|error| FitError::Solver(error.to_string()))?;
        // linfa calls the larger class positive, whatever the labels mean.
        let sign = if fitted.labels().pos.class { 1.0 } else { -1.0 };
        let weights: Vec<f64> = fitted.params().iter().map(|weight| sign * weight).collect();
        Ok(Linear::new(
            spread(&selection, &weights, data.columns()),
            sign * fitted.intercept(),
            Scale::LogOdds,
        ))
    }
}
