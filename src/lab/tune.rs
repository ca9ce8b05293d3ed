//! The best settings of each model, and an unbiased estimate of what they are worth.
//!
//! The search runs twice: inside each training set of the outer folds, which tells what models so
//! tuned achieve on mail that had no say in it; and on all mail, whose choice is the one to use.
//! The mail is tokenized once for each candidate tokenizer.

use super::compare::compare_prepared;
use super::data::Reading;
use super::error::LabError;
use super::external::ExternalModel;
use super::forecast::{self, Ahead};
use super::prepared::Prepared;
use super::resolve::Resolved;
use super::spec::ExperimentSpec;
use super::tokenizer_search::{BestTokenizer, TokenizerCandidate, train_with_best_tokenizer};
use super::training::fitted;
use crate::base::progress::Progress;
use crate::dataset::CorpusOptions;
use crate::model::Catalog;
use crate::results::{Experiment, Timing};
use crate::train::{Trained, train};

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
    let keep = resolved.keep.and(CorpusOptions::TEXT);
    let mail = Reading::new(&spec.data, &spec.recipe, keep).read(progress)?;
    let mail = (mail, keep);
    let prepared = Prepared::new(spec, &resolved, &external, mail, catalog, progress)?;
    let (models, chosen) = search_all(spec, &resolved, &prepared, progress)?;
    let tokenizer = chosen.map(|at| resolved.tokenizers[at].clone());
    let found = found(spec, &models, tokenizer.as_ref());
    let (experiment, timing) = compare_prepared(spec, &resolved, &prepared, progress);
    Ok(Tuned {
        models,
        tokenizer,
        experiment,
        timing,
        found,
    })
}

/// The models with the settings that all mail chooses, and the number of the tokenizer, where it is
/// searched. Beforehand it tells how long that and the comparison after it will take.
fn search_all(
    spec: &ExperimentSpec,
    resolved: &Resolved,
    prepared: &Prepared<'_>,
    progress: &dyn Progress,
) -> Result<(Vec<Trained>, Option<usize>), LabError> {
    let (models, corpus) = (&resolved.models, prepared.corpus());
    let corpora = prepared.corpora();
    let rows = corpus.labelled_rows();
    let options = prepared.options(spec);
    let tried = corpora.len().max(1);
    let of_all = tried * options.emails(rows.len());
    let ahead = Ahead::of_sets(models.len(), &[of_all]).then(&prepared.ahead(spec, resolved));
    forecast::announce(&ahead, models, corpus, options, progress);
    progress.begin("searching", (models.len() * tried) as u64);
    let done = || progress.advance(1);
    let best = train_with_best_tokenizer(&corpora, models, &rows, options, &done);
    let (chosen, training) = if let Some(BestTokenizer { at, training, .. }) = best {
        (Some(at), training)
    } else {
        (None, train(models, corpus, &rows, options, &done))
    };
    Ok((fitted(models, training.models, progress)?, chosen))
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
