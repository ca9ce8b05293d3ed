//! The regularisation path of a linear model: fits along ascending C, each started from the one
//! before, which takes a fraction of the passes that each would take alone.
//!
//! A model says in a [`PathLearner`] which problem it solves and how; the rest of a [`Learner`]
//! follows. Left out: models that do not go to a proven optimum, which gain nothing from a path.

use super::common::Linear;
use crate::dataset::{CsrMatrix, Representation, StoredRows, TrainingSet};
use crate::discriminative::problem::{ClassWeight, LabelledRows, StoredLabelledRows};
use crate::model::{
    Convergence, Cost, Family, FitError, FitObserver, Learner, LinearProblem, MarginLoss, Needs,
    ObjectivePoint, Settings,
};
use crate::optim::{At, Check, Problem, Solution, Stop, StoredProblem, Unreadable};
use std::borrow::Cow;

/// The settings that every model of a path has; [`path_settings!`] writes it.
pub trait PathSettings: Settings {
    /// Cost of the losses against the penalty.
    fn c(&self) -> f64;
    /// When a fit ends.
    fn stop(&self) -> Stop;
    /// What is read of each token.
    fn representation(&self) -> Representation;
    /// The weight of each class.
    fn class_weight(&self) -> ClassWeight;
    /// The same, but for a gap of at least `tol` to stop at.
    fn with_tol_of_at_least(&self, tol: f64) -> Self;
    /// Whether the two differ in C at most, so that one can start from the other's solution.
    fn on_path_of(&self, other: &Self) -> bool;
}

/// Implements [`PathSettings`] for settings with the fields `c`, `tol`, `max_iter`,
/// `representation` and `class_weight`.
macro_rules! path_settings {
    ($settings:ident) => {
        impl $crate::discriminative::linear::path::PathSettings for $settings {
            fn c(&self) -> f64 {
                self.c.or(1.0)
            }

            fn stop(&self) -> $crate::optim::Stop {
                $crate::optim::Stop {
                    tol: self.tol,
                    max_iter: self.max_iter,
                }
            }

            fn representation(&self) -> $crate::dataset::Representation {
                self.representation.into()
            }

            fn class_weight(&self) -> ClassWeight {
                self.class_weight
            }

            fn with_tol_of_at_least(&self, tol: f64) -> Self {
                Self {
                    tol: self.tol.max(tol),
                    ..self.clone()
                }
            }

            fn on_path_of(&self, other: &Self) -> bool {
                let same_c = Self {
                    c: other.c,
                    ..self.clone()
                };
                same_c == *other
            }
        }
    };
}
pub(super) use path_settings;

/// What a path is fitted on.
pub struct PathRows<'a> {
    /// One row per message.
    pub rows: Cow<'a, CsrMatrix>,
    /// Turns a hyperplane over `rows` into one over the mail as it is.
    pub to_original: Box<dyn Fn(Linear) -> Linear + 'a>,
}

/// A linear model that is fitted along a path: its name and the problem that it solves.
pub trait PathLearner: Send + Sync + 'static {
    /// See [`Learner::NAME`].
    const NAME: &'static str;
    /// See [`Learner::SUMMARY`].
    const SUMMARY: &'static str;
    /// See [`Learner::DEFAULT`].
    const DEFAULT: bool;
    /// See [`Learner::COST`].
    const COST: Cost = Cost::Cheap;
    /// See [`Learner::TUNABLE`].
    const TUNABLE: &'static [&'static str];
    /// See [`Learner::Settings`].
    type Settings: PathSettings;
    /// What is kept from fit to fit of a path, whose rows are the same, beside the last solution.
    type Kept: Default;

    /// Relative duality gap at which fits on inner folds may stop: measured on SpamAssassin, closer
    /// ones choose the same C and calibrate to the same third decimal, at twice the time.
    const INNER_TOL: f64 = 1e-2;

    /// Whether rows on disk are enough, see [`PathLearner::solve_stored`].
    const FROM_DISK: bool = false;

    /// What a message costs by its margin.
    fn loss(settings: &Self::Settings) -> MarginLoss;

    /// Share of the L1 penalty.
    fn l1_ratio(_settings: &Self::Settings) -> f64 {
        0.0
    }

    /// See [`Learner::applicable`].
    fn applicable(_settings: &Self::Settings) -> Result<(), String> {
        Ok(())
    }

    /// What the problem is solved on: the mail as it is, unless the model scales it.
    fn rows<'a>(_settings: &Self::Settings, data: &'a TrainingSet<'_>) -> PathRows<'a> {
        PathRows {
            rows: Cow::Borrowed(data.matrix()),
            to_original: Box::new(|plane| plane),
        }
    }

    /// See [`Learner::linear_problem`].
    fn linear_problem(settings: &Self::Settings) -> Option<LinearProblem> {
        Some(LinearProblem {
            loss: Self::loss(settings),
            l1_ratio: Self::l1_ratio(settings),
            cost: settings.c(),
            balanced: settings.class_weight() == ClassWeight::Balanced,
        })
    }

    /// Solves one problem of the path from the solution of the one before.
    fn solve(
        settings: &Self::Settings,
        problem: Problem<'_>,
        seed: u64,
        from: Option<&Solution>,
        kept: &mut Self::Kept,
        check: Check<'_>,
    ) -> Option<Solution>;

    /// Whether rows on disk are enough with these settings; else a sentence that says what to
    /// change.
    fn works_on_disk(_settings: &Self::Settings) -> Result<(), String> {
        Ok(())
    }

    /// The same with rows on disk. To be written where [`PathLearner::FROM_DISK`].
    fn solve_stored(
        _settings: &Self::Settings,
        _problem: &dyn StoredProblem,
        _seed: u64,
        _from: Option<&Solution>,
        _check: Check<'_>,
    ) -> Result<Option<Solution>, Unreadable> {
        Ok(None)
    }
}

impl<M: PathLearner> Learner for M {
    const NAME: &'static str = M::NAME;
    const FAMILY: Family = Family::Discriminative;
    const SUMMARY: &'static str = M::SUMMARY;
    const DEFAULT: bool = M::DEFAULT;
    const COST: Cost = M::COST;
    const TUNABLE: &'static [&'static str] = M::TUNABLE;
    const NEEDS: Needs = if M::FROM_DISK {
        Needs::StoredRows
    } else {
        Needs::Messages
    };
    type Settings = M::Settings;
    type Fitted = Linear;

    fn representation(settings: &M::Settings) -> Representation {
        settings.representation()
    }

    fn inner(settings: &M::Settings) -> M::Settings {
        settings.with_tol_of_at_least(M::INNER_TOL)
    }

    fn applicable(settings: &M::Settings, _emails: usize) -> Result<(), String> {
        M::applicable(settings)
    }

    fn linear_problem(settings: &M::Settings) -> Option<LinearProblem> {
        M::linear_problem(settings)
    }

    fn fit(
        &self,
        settings: &M::Settings,
        data: &TrainingSet<'_>,
        watch: &mut dyn FitObserver,
    ) -> Result<Linear, FitError> {
        RegularizationPath::<M>::new(settings, data).fit(settings, watch)
    }

    fn fit_path(
        &self,
        grid: &[M::Settings],
        data: &TrainingSet<'_>,
        watch: &mut dyn FitObserver,
    ) -> Result<Vec<Linear>, FitError> {
        let mut fitted = Vec::with_capacity(grid.len());
        for alike in grid.chunk_by(M::Settings::on_path_of) {
            let mut path = RegularizationPath::<M>::new(&alike[0], data);
            for settings in alike {
                fitted.push(path.fit(settings, watch)?);
            }
        }
        Ok(fitted)
    }

    fn fit_stored(
        &self,
        grid: &[M::Settings],
        rows: &StoredRows,
        seed: u64,
        watch: &mut dyn FitObserver,
    ) -> Result<Vec<Linear>, FitError> {
        if !M::FROM_DISK {
            return Err(FitError::NeedsMessages);
        }
        let mut fitted = Vec::with_capacity(grid.len());
        for alike in grid.chunk_by(M::Settings::on_path_of) {
            M::works_on_disk(&alike[0]).map_err(FitError::TooLarge)?;
            let mut last = None;
            for settings in alike {
                let scale = M::loss(settings).scale();
                let problem = StoredLabelledRows::new(rows, settings.c(), settings.class_weight());
                let plane = |weights, bias| Linear::new(weights, bias, scale);
                let solution = told(watch, &plane, &mut |check| {
                    let from = last.as_ref();
                    M::solve_stored(settings, &problem, seed, from, check)
                        .map_err(|error| FitError::Storage(error.to_string()))
                })?;
                fitted.push(plane(solution.weights.clone(), solution.bias));
                last = Some(solution);
            }
        }
        Ok(fitted)
    }
}

/// Solves a problem while `watch` is told how it goes on; `plane` makes a model of weights.
fn told(
    watch: &mut dyn FitObserver,
    plane: &dyn Fn(Vec<f64>, f64) -> Linear,
    solve: &mut dyn FnMut(Check<'_>) -> Result<Option<Solution>, FitError>,
) -> Result<Solution, FitError> {
    let mut check = |at: At<'_>| {
        let step = ObjectivePoint {
            pass: f64::from(at.passes),
            objective: at.objective,
            gap: Some(at.gap),
            held_out: None,
        };
        watch.step(step, &|| Box::new(plane(at.weights.to_vec(), at.bias)))
    };
    let solution = solve(&mut check)?.ok_or(FitError::Cancelled)?;
    watch.finished(Convergence {
        converged: solution.converged,
        passes: solution.passes,
        objective: solution.primal,
        gap: Some(solution.gap),
    });
    Ok(solution)
}

/// A path as far as it has been fitted.
struct RegularizationPath<'a, M: PathLearner> {
    data: &'a TrainingSet<'a>,
    features: PathRows<'a>,
    last: Option<Solution>,
    kept: M::Kept,
}

impl<'a, M: PathLearner> RegularizationPath<'a, M> {
    /// Before the first fit. All settings of a path see the same rows.
    fn new(settings: &M::Settings, data: &'a TrainingSet<'_>) -> RegularizationPath<'a, M> {
        RegularizationPath {
            data,
            features: M::rows(settings, data),
            last: None,
            kept: M::Kept::default(),
        }
    }

    /// Fits the next model, started from the one before.
    fn fit(
        &mut self,
        settings: &M::Settings,
        watch: &mut dyn FitObserver,
    ) -> Result<Linear, FitError> {
        let PathRows { rows, to_original } = &self.features;
        let labelled = LabelledRows::new(self.data, rows, settings.c(), settings.class_weight());
        let scale = M::loss(settings).scale();
        let plane = |weights, bias| to_original(Linear::new(weights, bias, scale));
        // Only C differs from the last problem, so that its solution, scaled by the ratio of the
        // costs, is close to this one.
        let (seed, from) = (self.data.seed(), self.last.as_ref());
        let (problem, kept) = (labelled.problem(), &mut self.kept);
        let solution = told(watch, &plane, &mut |check| {
            Ok(M::solve(settings, problem, seed, from, kept, check))
        })?;
        let fitted = plane(solution.weights.clone(), solution.bias);
        self.last = Some(solution);
        Ok(fitted)
    }
}
