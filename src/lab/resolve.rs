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
        self.check_names(catalog)?;
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

    /// Refuses names that no model has.
    pub(super) fn check_names(&self, catalog: &Catalog) -> Result<(), SpecError> {
        let named = self.models.iter().chain(&self.also);
        let unknown = |name: &&String| catalog.model(name).is_none();
        match named.chain(self.settings.keys()).find(unknown) {
            None => Ok(()),
            Some(name) => Err(SpecError::UnknownModel {
                name: name.clone(),
                known: catalog.names(),
            }),
        }
    }

    /// The models that are asked for: those named, or else those that are `usual`, and those beside
    /// them; each with whether it was named. In the order of the catalog however they were named,
    /// so that colours and columns stay.
    pub(super) fn asked_for<'a>(
        &'a self,
        catalog: &'a Catalog,
        usual: impl Fn(&dyn ModelEntry) -> bool + 'a,
    ) -> impl Iterator<Item = (&'static dyn ModelEntry, bool)> + 'a {
        catalog.models().filter_map(move |entry| {
            let is_in = |names: &[String]| names.iter().any(|name| name == entry.name());
            let is_named = is_in(&self.models);
            let is_usual = self.models.is_empty() && usual(entry);
            (is_named || is_usual || is_in(&self.also)).then_some((entry, is_named))
        })
    }

    /// The models that are asked for, each with what training may choose among.
    fn chosen(&self, catalog: &Catalog) -> Result<Vec<ModelSpec>, SpecError> {
        let asked = self.asked_for(catalog, |entry| entry.is_default());
        let asked: Vec<_> = asked
            .map(|(entry, is_named)| (entry, self.given(entry), is_named))
            .collect();
        Ok(match self.search() {
            Some(search) => search.choices(&asked)?,
            None => asked
                .iter()
                .map(|(entry, given, required)| ModelSpec::new(*entry, given, *required))
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
