//! The contract between the models and the rest of the program.
//!
//! The author of a model implements [`Learner`] (and its [`Settings`]), [`FittedModel`], and
//! [`Classifier`] or [`Generative`], from which [`Classifier`] follows by Bayes' rule. One blanket
//! implementation turns every learner into a [`ModelEntry`], the object-safe face that the
//! workbench sees: settings with range errors, fitting, saving and loading all come from it.

mod catalog;
mod entry;
pub mod file;
mod fit_error;
mod fitted;
mod incremental;
mod learner;
mod novelty;
mod problem;
mod saved;
mod settings;
pub mod shared_settings;
pub mod tables;
mod watch;

pub use crate::results::{
    Attention, Bound, Calibration, CodeLength, Convergence, Family, LossPoint, ObjectivePoint,
    RawOutput, Reasons, Scale, Trial,
};
pub use catalog::{Catalog, settings_on_one_line};
pub use entry::ModelEntry;
pub use fit_error::FitError;
pub use fitted::{
    Classifier, END, Evidence, EvidencePlace, FittedModel, Generative, Infilling, InvalidModel,
    Latent, Sample, SampleRequest, Sequence, from_all_of,
};
pub use incremental::Incremental;
pub use learner::{Cost, Learner, Needs};
pub use novelty::{Novelty, NoveltyReference};
pub use problem::{LinearProblem, MarginLoss};
pub use saved::Fitted;
pub use settings::{
    Auto, NoSettings, Prior, Range, Setting, SettingError, SettingRow, Settings, Whole, settings,
};
pub use watch::{FitObserver, FitReport, NoObserver, Snapshot};
