//! The best settings of each model, and honestly what they are worth.
//!
//! The search runs twice: inside each training set of the outer folds, which tells what models so
//! tuned achieve on mail that had no say in it; and on all mail, whose choice is the one to use.
//! The mail is tokenized once for each candidate tokenizer.

use super::compare::compare_mail;
use super::data::Reading;
use super::error::LabError;
use super::external::ExternalModel;
use super::forecast::{self, Ahead};
use super::spec::ExperimentSpec;
use super::tokenizer_search::{
    BestTokenizer, CandidateMail, TokenizerCandidate, train_with_best_tokenizer,
};
use super::training::fitted;
use crate::base::progress::Progress;
use crate::dataset::CorpusOptions;
use crate::model::Catalog;
use crate::results::{Experiment, Timing};
use crate::train::{TrainOptions, Trained, train};

/// What a search found.
pub struct Tuned {
    /// The models with the settings that all mail chooses.
    pub models: Vec<Trained>,
    /// The tokenizer that all mail chooses, where it was searched.
    pub tokenizer: Option<TokenizerCandidate>,
    /// The nested cross-validation: what models so tuned achieve.
    pub experiment: Experiment,
    /// How long that took.
    pub timing: Timing,
    /// The specification that trains these models with the settings found.
    pub found: ExperimentSpec,
}

/// Searches for settings as `spec` asks, or as a search does by default.
pub fn tune(
    spec: &ExperimentSpec,
    catalog: &Catalog,
    progress: &dyn Progress,
) -> Result<Tuned, LabError> {
    let spec = &ExperimentSpec {
        search: Some(spec.search.clone().unwrap_or_default()),
        ..spec.clone()
    };
    let resolved = spec.resolve(catalog)?;
    let external = ExternalModel::read_all(&spec.external, catalog)?;
    let keep = CorpusOptions {
        text: true,
        ..resolved.keep
    };
    let mail = Reading::new(&spec.data, &spec.recipe, keep).read(progress)?;
    let (models, chosen) = {
        let candidates = CandidateMail::read(spec, &resolved.tokenizers, &mail, keep, progress)?;
        let corpus = mail.mail.emails();
        let corpora = candidates.corpora(corpus);
        let fits = resolved.models.len() * corpora.len().max(1);
        let rows = corpus.labelled_rows();
        let done = || progress.advance(1);
        let augmentation = spec.augmentation(corpus, catalog);
        let options = TrainOptions {
            augmentation: augmentation.as_ref(),
            ..spec.train_options()
        };
        let ahead = Ahead {
            by_all: rows.len() * corpora.len().max(1),
            by_cheap: 0,
        };
        forecast::announce(ahead, &resolved.models, corpus, options, progress);
        progress.begin("searching", fits as u64);
        let best = train_with_best_tokenizer(&corpora, &resolved.models, &rows, options, &done);
        let (chosen, training) = if let Some(BestTokenizer { at, training, .. }) = best {
            (Some(at), training)
        } else {
            let training = train(&resolved.models, corpus, &rows, options, &done);
            (None, training)
        };
        (fitted(&resolved.models, training.models, progress)?, chosen)
    };
    let tokenizer = chosen.map(|at| resolved.tokenizers[at].clone());
    let found = found(spec, &models, tokenizer.as_ref());
    let (experiment, timing) = {
        let mail = (mail, keep);
        compare_mail(spec, &resolved, &external, mail, catalog, progress)?
    };
    Ok(Tuned {
        models,
        tokenizer,
        experiment,
        timing,
        found,
    })
}

/// The specification without its search, with what the search found.
fn found(
    spec: &ExperimentSpec,
    models: &[Trained],
    tokenizer: Option<&TokenizerCandidate>,
) -> ExperimentSpec {
    let mut found = ExperimentSpec {
        search: None,
        models: models
            .iter()
            .map(|model| model.entry.name().to_owned())
            .collect(),
        settings: models
            .iter()
            .map(|model| (model.entry.name().to_owned(), model.settings.clone()))
            .collect(),
        ..spec.clone()
    };
    if let Some(tokenizer) = tokenizer {
        found.recipe = tokenizer.recipe.clone();
        found.vocabulary = tokenizer.vocabulary;
    }
    found
}
