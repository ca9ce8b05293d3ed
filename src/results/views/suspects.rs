//! Messages that look mislabelled: the best model of each family is confident, and the label is
//! against both.

use crate::base::mail::Label;
use crate::results::decision::Decision;
use crate::results::experiment::Experiment;
use crate::results::model_record::ModelRecord;
use std::collections::BTreeMap;

/// Log-odds of a probability of 0.99, from which a model is confident.
const CONFIDENT: f64 = 4.595_119_850_134_59;
/// The rule that is unsure of all that a model is not confident of.
const CONFIDENTLY: Decision = Decision {
    threshold: 0.0,
    unsure_band: Some([-CONFIDENT, CONFIDENT]),
};

/// A message whose label is in doubt.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Suspect {
    /// Row among the messages.
    pub row: u32,
    /// What it is called.
    pub label: Label,
    /// Log-odds of spam by the best generative and by the best discriminative model.
    pub log_odds: [f64; 2],
}

/// Whether two models are confident of the class that the label is not.
pub fn is_suspect(label: Label, log_odds: [f64; 2]) -> bool {
    let other = Label::from_is_spam(!label.is_spam());
    log_odds
        .iter()
        .all(|&odds| CONFIDENTLY.verdict(odds).names(other))
}

/// All of them, the most confident first.
pub fn suspects(experiment: &Experiment) -> Vec<Suspect> {
    let Some((a, b)) = experiment.best().both() else {
        return Vec::new();
    };
    let odds = |model: &ModelRecord| -> BTreeMap<u32, f64> {
        let pairs = model.scored().flat_map(|(_, scored)| {
            scored
                .rows
                .iter()
                .copied()
                .zip(scored.log_odds.iter().copied())
        });
        pairs.collect()
    };
    let (left, right) = (odds(&experiment.models[a]), odds(&experiment.models[b]));
    let suspect = |(&row, &left): (&u32, &f64)| {
        let label = experiment.emails.label(row)?;
        let log_odds = [left, *right.get(&row)?];
        is_suspect(label, log_odds).then_some(Suspect {
            row,
            label,
            log_odds,
        })
    };
    let mut found: Vec<Suspect> = left.iter().filter_map(suspect).collect();
    let weaker = |one: &Suspect| one.log_odds[0].abs().min(one.log_odds[1].abs());
    found.sort_by(|a, b| weaker(b).total_cmp(&weaker(a)).then(a.row.cmp(&b.row)));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_must_be_confident_and_against_the_label() {
        assert!((crate::base::math::sigmoid(CONFIDENT) - 0.99).abs() < 1e-12);
        assert!(is_suspect(Label::Ham, [5.0, 9.0]) && is_suspect(Label::Spam, [-5.0, -9.0]));
        assert!(!is_suspect(Label::Ham, [5.0, 4.0]) && !is_suspect(Label::Spam, [5.0, 9.0]));
    }
}
