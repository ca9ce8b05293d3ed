//! Linear support vector machine: the widest margin between the classes, `w'w / 2 + C Σ max(0, 1 - y w'x)²`, or the plain hinge.
//!
//! The bias is a column of ones and is regularised like the rest, as LIBLINEAR has it. Solved in the dual to a proven gap
//! (Hsieh et al., ICML 2008; see `solver`). Its score is a margin, not a probability; calibration makes one of it.

use super::linear::{self, INNER_TOLERANCE, INPUT, Linear, MAX_PASSES, TOLERANCE, cost_setting};
use super::solver::{Hinge, SquaredHinge, Stop};
use crate::dataset::{Reads, TrainingSet};
use crate::model::{Auto, Family, FitError, Learner, Range, Scale, Setting, Settings, Watch};
use serde::{Deserialize, Serialize};

/// Learns a [`Linear`] model by hinge loss.
pub struct LinearSvm;

/// Settings of [`LinearSvm`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SvmSettings {
    /// Cost of the loss against the square of the weights.
    pub c: Auto,
    /// `squared_hinge` or `hinge`.
    pub loss: String,
    /// Relative duality gap to stop at.
    pub tolerance: f64,
    /// Limit on passes.
    pub max_passes: u32,
    /// What is read.
    pub input: String,
}

impl Default for SvmSettings {
    fn default() -> SvmSettings {
        SvmSettings {
            c: Auto::Choose,
            loss: "squared_hinge".to_owned(),
            tolerance: 1e-4,
            max_passes: 1000,
            input: "tfidf".to_owned(),
        }
    }
}

/// Values C takes when it is left to training: a margin needs less of it than a likelihood.
const SVM_C_GRID: &[f64] = &[0.1, 1.0, 10.0];

impl Settings for SvmSettings {
    const TABLE: &'static [Setting] = &[
        cost_setting(SVM_C_GRID),
        Setting {
            name: "loss",
            doc: "what a margin short of 1 costs",
            range: Range::OneOf(&["squared_hinge", "hinge"]),
        },
        TOLERANCE,
        MAX_PASSES,
        INPUT,
    ];
}

impl Learner for LinearSvm {
    const NAME: &'static str = "svm";
    const FAMILY: Family = Family::Discriminative;
    const SUMMARY: &'static str =
        "linear support vector machine: only the mails nearest to the boundary decide where it runs, on sparse rows";
    const DEFAULT: bool = true;
    type Settings = SvmSettings;
    type Fitted = Linear;

    fn reads(settings: &SvmSettings) -> Reads {
        linear::reads(&settings.input)
    }

    fn grid(settings: &SvmSettings) -> Vec<SvmSettings> {
        let at = |c| SvmSettings { c: Auto::Fixed(c), ..settings.clone() };
        settings.c.candidates(SVM_C_GRID).into_iter().map(at).collect()
    }

    fn inner(settings: &SvmSettings) -> SvmSettings {
        SvmSettings { tolerance: settings.tolerance.max(INNER_TOLERANCE), ..settings.clone() }
    }

    fn fit(&self, settings: &SvmSettings, data: &TrainingSet<'_>, watch: &mut dyn Watch) -> Result<Linear, FitError> {
        let fitted = self.fit_path(std::slice::from_ref(settings), data, watch)?;
        fitted.into_iter().next().ok_or(FitError::NoColumns)
    }

    fn fit_path(
        &self,
        grid: &[SvmSettings],
        data: &TrainingSet<'_>,
        watch: &mut dyn Watch,
    ) -> Result<Vec<Linear>, FitError> {
        let Some(first) = grid.first() else { return Ok(Vec::new()) };
        let stop = Stop { tolerance: first.tolerance, max_passes: first.max_passes };
        let costs: Vec<f64> = grid.iter().map(|settings| settings.c.or(1.0)).collect();
        match first.loss.as_str() {
            "hinge" => linear::fit_path(data, Hinge, Scale::Margin, &costs, stop, watch),
            _ => linear::fit_path(data, SquaredHinge, Scale::Margin, &costs, stop, watch),
        }
    }
}
