//! Several experiments to be drawn on one page, the first of which the others are set against.

use crate::results::{ChangedErrors, Experiment, changed_errors, have_same_messages};

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
}

impl SideBySide {
    /// Sets the others against the first.
    pub fn new(experiments: Vec<NamedExperiment>) -> SideBySide {
        let first = experiments.first();
        let against = |other: &NamedExperiment| {
            let first = first.map(|first| &first.experiment);
            first.map_or_else(Vec::new, |first| changed_errors(first, &other.experiment))
        };
        SideBySide {
            changes: experiments.iter().skip(1).map(against).collect(),
            experiments,
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
