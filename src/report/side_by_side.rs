//! Several experiments to be drawn on one page, the first of which the others are set against.

use crate::results::{
    ChangedErrors, Experiment, OverCorpora, PRACTICALLY_EQUIVALENT, SCHEMA, changed_errors,
    have_same_messages,
};
use serde::Serialize;

/// One of the experiments.
#[derive(Debug, Clone)]
pub struct NamedExperiment {
    /// What it is called on the page; no two have the same name.
    pub name: String,
    /// The experiment.
    pub experiment: Experiment,
}

/// Experiments side by side.
#[derive(Debug, Clone)]
pub struct SideBySide {
    /// Two or more.
    pub experiments: Vec<NamedExperiment>,
    /// For each but the first, how the errors of the models of both changed from the first to it;
    /// nothing where they tested different messages.
    pub changes: Vec<Vec<ChangedErrors>>,
    /// What they say of the models over several corpora, where there are several.
    pub corpora: Option<OverCorpora>,
}

/// What is saved of several experiments side by side.
#[derive(Debug, Clone, Serialize)]
pub struct SavedSideBySide<'a> {
    schema: u32,
    program: &'a str,
    experiments: Vec<&'a str>,
    changes: &'a [Vec<ChangedErrors>],
    #[serde(skip_serializing_if = "Option::is_none")]
    corpora: Option<&'a OverCorpora>,
}

impl SideBySide {
    /// Sets the others against the first.
    pub fn new(experiments: Vec<NamedExperiment>) -> SideBySide {
        SideBySide::with_region(experiments, PRACTICALLY_EQUIVALENT)
    }

    /// The same, where error rates are practically equivalent that differ by at most this share of
    /// messages.
    pub fn with_region(experiments: Vec<NamedExperiment>, half_width: f64) -> SideBySide {
        let first = experiments.first();
        let against = |other: &NamedExperiment| {
            let first = first.map(|first| &first.experiment);
            first.map_or_else(Vec::new, |first| changed_errors(first, &other.experiment))
        };
        let named = experiments.iter();
        let named: Vec<(&str, &Experiment)> = named
            .map(|one| (one.name.as_str(), &one.experiment))
            .collect();
        SideBySide {
            changes: experiments.iter().skip(1).map(against).collect(),
            corpora: OverCorpora::of(&named, half_width),
            experiments,
        }
    }

    /// What is saved.
    pub fn saved(&self) -> SavedSideBySide<'_> {
        let first = self.experiments.first();
        let names = self.experiments.iter();
        SavedSideBySide {
            schema: SCHEMA,
            program: first.map_or("", |one| &one.experiment.program),
            experiments: names.map(|one| one.name.as_str()).collect(),
            changes: &self.changes,
            corpora: self.corpora.as_ref(),
        }
    }

    /// The first experiment with each other one and what changed.
    pub fn pairs(
        &self,
    ) -> impl Iterator<Item = (&NamedExperiment, &NamedExperiment, &[ChangedErrors])> {
        let first = self.experiments.first();
        let others = self.experiments.iter().skip(1).zip(&self.changes);
        others.filter_map(move |(other, changes)| Some((first?, other, &changes[..])))
    }

    /// Whether all tested the same messages.
    pub fn have_same_messages(&self) -> bool {
        let mut pairs = self.pairs();
        pairs.all(|(a, b, _)| have_same_messages(&a.experiment, &b.experiment))
    }
}
