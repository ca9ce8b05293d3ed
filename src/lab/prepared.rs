//! What a comparison works on, read and checked before any model is fitted.

use super::analyses::{self, Planned};
use super::data::{LabelledMail, facts};
use super::error::LabError;
use super::external::{self, ExternalModel};
use super::forecast::Ahead;
use super::resolve::Resolved;
use super::spec::ExperimentSpec;
use super::split::Split;
use super::tokenizer_search::{CandidateCorpus, CandidateMail};
use crate::base::progress::Progress;
use crate::dataset::{Corpus, CorpusOptions};
use crate::model::Catalog;
use crate::results::{DataCard, EmailTable, ModelRecord};
use crate::train::TrainOptions;
use crate::train::augment::Augmentation;

/// The mail of a comparison, its folds, and what was said of it elsewhere.
pub struct Prepared<'a> {
    /// The mail, by the recipe of the specification.
    mail: LabelledMail,
    /// The same mail as the candidates of a search over the tokenizer read it.
    candidates: CandidateMail<'a>,
    /// The folds.
    pub split: Split,
    /// The messages, for the experiment.
    pub emails: EmailTable,
    /// The records of models that were fitted elsewhere.
    pub external: Vec<ModelRecord>,
    /// What is added to training mail; none if nothing is.
    augmentation: Option<Augmentation>,
}

impl<'a> Prepared<'a> {
    /// Of mail that was read by the recipe of `spec`.
    ///
    /// # Errors
    /// Mail that cannot be split as asked; a training set beyond the limit of a model that must
    /// run; what was said of other messages, or on other folds.
    pub fn new(
        spec: &ExperimentSpec,
        resolved: &'a Resolved,
        external: &[ExternalModel],
        (mail, keep): (LabelledMail, CorpusOptions),
        catalog: &Catalog,
        progress: &dyn Progress,
    ) -> Result<Prepared<'a>, LabError> {
        let candidates = CandidateMail::read(spec, &resolved.tokenizers, &mail, keep, progress)?;
        let corpus = mail.mail.emails();
        let split = Split::of(spec, corpus, &mail.card.source)?;
        split.require_applicable(&resolved.models)?;
        let emails = facts::emails(corpus);
        let external = external::records(external, spec, corpus, &split, &emails)?;
        let augmentation = spec.augmentation(corpus, catalog);
        Ok(Prepared {
            mail,
            candidates,
            split,
            emails,
            external,
            augmentation,
        })
    }

    /// The mail.
    pub fn corpus(&self) -> &Corpus {
        self.mail.mail.emails()
    }

    /// The mail as every candidate reads it; none where the tokenizer is not searched.
    pub fn corpora(&self) -> Vec<CandidateCorpus<'_>> {
        self.candidates.corpora(self.corpus())
    }

    /// What was read, and the seconds it took.
    pub fn card(&self) -> (&DataCard, f64) {
        (&self.mail.card, self.mail.seconds)
    }

    /// How models are trained on it.
    pub fn options(&self, spec: &ExperimentSpec) -> TrainOptions<'_> {
        TrainOptions {
            augmentation: self.augmentation.as_ref(),
            ..spec.train_options()
        }
    }

    /// The training that the comparison takes.
    pub fn ahead(&self, spec: &ExperimentSpec, resolved: &Resolved) -> Ahead {
        let models = &resolved.models;
        let folds = self.split.folds.iter();
        let planned = Planned {
            spec,
            models,
            labelled: self.corpus().labelled_rows().len(),
            folds: folds.map(|fold| fold.train.len()).collect(),
            options: self.options(spec),
        };
        let tried = resolved.tokenizers.len().max(1);
        let sets = planned.folds.iter();
        let sets: Vec<usize> = sets
            .map(|&set| tried * planned.options.emails(set))
            .collect();
        let of_model = |model| analyses::messages(&planned, model);
        Ahead::of_sets(models.len(), &sets).then(&Ahead {
            by_model: models.iter().map(of_model).collect(),
            in_turn: 0,
        })
    }
}
