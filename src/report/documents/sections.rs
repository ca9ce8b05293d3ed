//! The sections of a report and the charts in each: one table by chart key, from which page and
//! Markdown are laid out alike.

use super::drawing::Drawing;

/// A part of a report that holds charts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// What was found, on the first screen.
    Finding,
    /// Why: what each family knows.
    Why,
    /// When: with how much mail.
    When,
    /// Whether it can be trusted.
    Trust,
    /// What to do: the threshold.
    Decide,
    /// Appendix: what every threshold would give.
    Curves,
    /// Appendix: model by model, and model against model.
    Verdicts,
    /// Appendix: what the models know.
    Tokens,
    /// Appendix: how the models were fitted, what they cost, and whatever has no other place.
    Fitting,
}

use Section::{Curves, Decide, Finding, Fitting, Tokens, Trust, Verdicts, When, Why};

/// The charts in their order, each with its section.
const CHARTS: &[(&str, Section)] = &[
    ("intervals", Finding),
    ("densities", Why),
    ("difference", When),
    ("learning_curve", When),
    ("unlabelled", When),
    ("reliability", Trust),
    ("threshold", Decide),
    ("roc", Curves),
    ("precision_recall", Curves),
    ("det", Curves),
    ("lift", Curves),
    ("pairwise", Verdicts),
    ("confusion", Verdicts),
    ("scores", Verdicts),
    ("reliability_all", Verdicts),
    ("contrast", Tokens),
    ("top_tokens", Tokens),
    ("boundary", Tokens),
    ("cost_accuracy", Fitting),
    ("convergence", Fitting),
    ("loss", Fitting),
    ("validation", Fitting),
    ("search", Fitting),
];

/// The drawings of a section, in order.
pub(super) fn charts_of(drawings: &[Drawing], section: Section) -> Vec<&Drawing> {
    let place = |drawing: &Drawing| CHARTS.iter().position(|(key, _)| *key == drawing.key);
    let mut found: Vec<&Drawing> = drawings
        .iter()
        .filter(|drawing| place(drawing).map_or(Fitting, |at| CHARTS[at].1) == section)
        .collect();
    found.sort_by_key(|drawing| place(drawing).unwrap_or(CHARTS.len()));
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::charts;
    use std::collections::BTreeSet;

    #[test]
    fn every_chart_has_one_place() {
        let keys: BTreeSet<&str> = CHARTS.iter().map(|(key, _)| *key).collect();
        assert_eq!(keys.len(), CHARTS.len());
        for chart in charts::CHARTS {
            assert!(keys.contains(chart.key), "{} has no section", chart.key);
        }
    }
}
