//! From what is asked to what is done: names looked up in the catalog, settings checked against
//! their ranges, candidates laid out. Nothing is read of the mail yet.

use super::analyses;
use super::error::SpecError;
use super::spec::ExperimentSpec;
use super::tokenizer_search::{TokenizerCandidate, candidates};
use crate::dataset::{CorpusOptions, Representation};
use crate::model::{Catalog, Cost, ModelEntry};
use crate::train::ModelSpec;
use serde_json::{Value, json};

/// A specification that can be carried out.
pub struct Resolved {
    /// The models with all their settings, in the order of the catalog.
    pub models: Vec<ModelSpec>,
    /// Ways to tokenize that a search chooses among; none where there is no such search.
    pub tokenizers: Vec<TokenizerCandidate>,
    /// What a corpus must keep for the models.
    pub keep: CorpusOptions,
}

impl Resolved {
    /// Whether the fit of one of the models may take long.
    pub fn takes_long(&self) -> bool {
        let costly = |model: &ModelSpec| model.entry.cost() == Cost::Costly;
        self.models.iter().any(costly)
    }
}

impl ExperimentSpec {
    /// Looks up and checks everything that is asked for. A model that was named must run; one that
    /// was not is left out where it cannot.
    pub fn resolve(&self, catalog: &Catalog) -> Result<Resolved, SpecError> {
        self.check_limits()?;
        let known = |name: &&String| catalog.model(name).is_none();
        if let Some(name) = self.models.iter().chain(self.settings.keys()).find(known) {
            return Err(SpecError::UnknownModel {
                name: name.clone(),
                known: catalog.names(),
            });
        }
        let mut models = self.chosen(catalog)?;
        for wants in analyses::wants(self) {
            if !models.iter().any(|model| wants(model.entry)) {
                for entry in catalog.models().filter(|entry| wants(*entry)) {
                    models.push(ModelSpec::new(entry, &self.given(entry), false)?);
                }
            }
        }
        let models: Vec<ModelSpec> = models
            .into_iter()
            .map(|model| model.without(self.exclude_kinds))
            .collect();
        let searched = self.search.iter().flat_map(|search| &search.tokenizer);
        let searched: Vec<String> = searched.cloned().collect();
        let tokenizers = candidates(&searched, &self.recipe, self.vocabulary)?;
        if !tokenizers.is_empty() && !self.augment.is_empty() {
            return Err(SpecError::SearchAndAugment);
        }
        if !tokenizers.is_empty() && !self.data.is_repeatable() {
            return Err(SpecError::NotRepeatable);
        }
        analyses::check(self, &models)?;
        let keep = self.keep(&models);
        Ok(Resolved {
            models,
            tokenizers,
            keep,
        })
    }

    /// The models named, or the default ones, each with what training may choose among.
    fn chosen(&self, catalog: &Catalog) -> Result<Vec<ModelSpec>, SpecError> {
        let required = !self.models.is_empty();
        let named = |entry: &dyn ModelEntry| self.models.iter().any(|name| name == entry.name());
        // In the order of the catalog however they were named, so that colours and columns stay.
        let entries: Vec<_> = catalog
            .models()
            .filter(|&entry| {
                if required {
                    named(entry)
                } else {
                    entry.is_default()
                }
            })
            .map(|entry| (entry, self.given(entry)))
            .collect();
        Ok(match self.search() {
            Some(search) => search.choices(&entries, required)?,
            None => entries
                .iter()
                .map(|(entry, given)| ModelSpec::new(*entry, given, required))
                .collect::<Result<_, _>>()?,
        })
    }

    /// The settings given for a model.
    pub(super) fn given(&self, entry: &dyn ModelEntry) -> Value {
        self.settings
            .get(entry.name())
            .cloned()
            .unwrap_or_else(|| json!({}))
    }

    /// What a corpus must keep for these models.
    fn keep(&self, models: &[ModelSpec]) -> CorpusOptions {
        let reads = |wanted: Representation| {
            models
                .iter()
                .flat_map(ModelSpec::views)
                .any(|view| view.representation == wanted)
        };
        CorpusOptions {
            near_duplicates: true,
            text: !self.augment.is_empty() || reads(Representation::Bytes),
            sequence: reads(Representation::TokenSequence),
        }
    }
}
