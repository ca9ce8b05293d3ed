//! A model to train: its settings, and the candidates among which training chooses where they leave
//! something open.

use crate::base::choices::choices;
use crate::dataset::FeatureView;
use crate::model::{ModelEntry, SettingError};
use crate::tokenize::{TokenKind, TokenKinds};
use serde_json::Value;

choices! {
    /// How a search lays out the settings that it tries.
    pub enum SearchStrategy {
        /// On a grid of evenly spaced values.
        Grid = "grid",
        /// At random, spread evenly over the ranges.
        Random = "random",
        /// At random, most of them evaluated on part of the mail.
        Halving = "halving",
    }
}

/// Settings that a model may be trained with.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Every setting by its name; none is `auto`.
    pub settings: Value,
    /// What the model reads of the mail with these settings.
    pub view: FeatureView,
}

/// A model to train, with all its settings.
#[derive(Clone)]
pub struct ModelSpec {
    /// Its row in the table.
    pub entry: &'static dyn ModelEntry,
    /// All its settings, before training chooses what they leave open.
    pub settings: Value,
    /// What training chooses among, at least one.
    pub candidates: Vec<Candidate>,
    /// Whether the user asked for it by name: then what is beyond its limit is an error, else it is
    /// only left out.
    pub required: bool,
    /// How its candidates were searched for, if they are more than its own grid.
    pub search: Option<SearchStrategy>,
}

impl ModelSpec {
    /// A model with the settings given over its defaults. Of a setting that is given as a list
    /// training chooses one, together with those that are `auto`: all combinations are candidates.
    pub fn new(
        entry: &'static dyn ModelEntry,
        given: &Value,
        required: bool,
    ) -> Result<ModelSpec, SettingError> {
        let mut all = vec![given.clone()];
        // Numbers last, so that settings that differ in one alone are neighbours: the next may
        // start from the last one's answer.
        let is_word = |setting: &str| {
            entry
                .settings_table()
                .iter()
                .any(|row| row.name == setting && row.range.few_values().is_some())
        };
        let mut lists: Vec<(&String, &Value)> = given.as_object().into_iter().flatten().collect();
        lists.sort_by_key(|(setting, _)| !is_word(setting));
        for (setting, value) in lists {
            let Some(values) = value.as_array().filter(|values| !values.is_empty()) else {
                continue;
            };
            let with = |given: &Value| {
                let set = |value: &Value| {
                    let mut given = given.clone();
                    given[setting] = value.clone();
                    given
                };
                values.iter().map(set).collect::<Vec<Value>>()
            };
            all = all.iter().flat_map(with).collect();
        }
        let all = all
            .iter()
            .map(|given| entry.settings(given))
            .collect::<Result<Vec<Value>, SettingError>>()?;
        let mut settings = all.first().cloned().unwrap_or_default();
        for (setting, value) in given
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(_, value)| value.is_array())
        {
            settings[setting] = value.clone();
        }
        Ok(ModelSpec {
            entry,
            settings,
            candidates: candidates(entry, &all)?,
            required,
            search: None,
        })
    }

    /// Whether so many messages are within the limit of all its candidates; else a sentence that
    /// says what to use instead.
    pub fn applicable(&self, emails: usize) -> Result<(), String> {
        self.candidates
            .iter()
            .try_for_each(|candidate| self.entry.applicable(&candidate.settings, emails))
    }

    /// What it reads, by candidate.
    pub fn views(&self) -> impl Iterator<Item = FeatureView> + Clone {
        self.candidates.iter().map(|candidate| candidate.view)
    }

    /// The same without tokens of the given kinds.
    #[must_use]
    pub fn without(mut self, kinds: TokenKinds) -> ModelSpec {
        for Candidate { view, .. } in &mut self.candidates {
            view.kinds = kinds.iter().fold(view.kinds, TokenKinds::without);
        }
        self
    }

    /// Whether any of its candidates reads tokens of `kind`.
    pub fn holds(&self, kind: TokenKind) -> bool {
        FeatureView::union(self.views()).holds(kind)
    }

    /// The same with tokens of `kind` if it reads none, else without them.
    #[must_use]
    pub fn changed(mut self, kind: TokenKind) -> ModelSpec {
        if self.holds(kind) {
            return self.without(TokenKinds::NONE.with(kind));
        }
        for Candidate { view, .. } in &mut self.candidates {
            view.kinds = view.kinds.with(kind);
        }
        self
    }
}

/// What training chooses among: for each of `all` settings the grid that they leave open.
/// Candidates that read alike stand together, so that one can start from its neighbour's answer.
pub(super) fn candidates(
    entry: &dyn ModelEntry,
    all: &[Value],
) -> Result<Vec<Candidate>, SettingError> {
    let mut candidates: Vec<Candidate> = Vec::new();
    for settings in all {
        for settings in entry.grid(settings)? {
            candidates.push(Candidate {
                view: entry.view(&settings)?,
                settings,
            });
        }
    }
    candidates.sort_by_key(|candidate| candidate.view);
    Ok(candidates)
}
