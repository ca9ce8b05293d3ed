//! spamlab trains generative and discriminative spam classifiers on the same labelled mail and
//! shows side by side what each knows.
//!
//! ```
//! use spamlab::prelude::*;
//!
//! // What is asked: two models, one of each family, on the mail that comes with the library.
//! let spec = ExperimentSpec {
//!     models: vec!["multinomial".to_owned(), "logistic".to_owned()],
//!     split: SplitSpec::Folds(2),
//!     resamples: 0,
//!     ..ExperimentSpec::default()
//! };
//! let catalog = spamlab::catalog();
//!
//! // Train on all of it, save, and classify a new message.
//! let folder = tempfile::tempdir()?;
//! let file = folder.path().join("mail.spamlab");
//! spamlab::lab::train(&spec, &catalog, None, &Silent)?.save(&file)?;
//! let scorer = Scorer::open(&ModelFile::open(&file, &catalog)?, &[])?;
//! let text = b"Subject: You have WON\n\nClaim your free prize now!";
//! let message = Email::message("1", text.to_vec());
//! let scored = scorer.score_emails(vec![message]);
//! assert_eq!(scored.verdicts(0).len(), 1);
//!
//! // Compare the families by cross-validation.
//! let (experiment, _) = spamlab::lab::compare(&spec, &catalog, &Silent)?;
//! let accuracy = experiment.models[0].value("accuracy");
//! // That mail is written to look like the other class; to answer ham always is right on 60 %.
//! assert!(accuracy.is_some_and(|accuracy| accuracy > 0.6));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Modules stand in one order, and each uses only those before it (see `ARCHITECTURE.md`):
//! [`base`], [`input`], [`tokenize`], [`dataset`], [`results`], [`model`], [`optim`], [`nn`],
//! [`generative`] and [`discriminative`], [`train`], [`predict`], [`generate`], [`lab`],
//! [`report`], [`cli`].

pub mod base;
#[cfg(feature = "cli")]
pub mod cli;
pub mod dataset;
pub mod discriminative;
pub mod generate;
pub mod generative;
pub mod input;
pub mod lab;
pub mod model;
pub mod nn;
pub mod optim;
pub mod predict;
#[cfg(feature = "report")]
pub mod report;
pub mod results;
pub mod tokenize;
pub mod train;

use model::Catalog;

/// What most users of the library need.
pub mod prelude {
    pub use crate::base::mail::{Content, Email, Label};
    pub use crate::base::progress::{Progress, Silent};
    pub use crate::lab::ExperimentSpec;
    pub use crate::lab::spec::{DataSpec, SplitSpec};
    pub use crate::model::Catalog;
    pub use crate::model::file::ModelFile;
    pub use crate::predict::Scorer;
    pub use crate::results::Experiment;
}

/// Every model of the program: the rows of both families, generative first.
pub fn catalog() -> Catalog {
    Catalog::new(&[generative::MODELS, discriminative::MODELS])
}
