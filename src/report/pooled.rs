//! Predictions pooled over the folds, each message once, and the thresholds that pass through them:
//! what several charts are drawn from.

use crate::base::mail::Label;
use crate::report::figure::{Key, Sample};
use crate::report::palette::{Role, roles};
use crate::results::{Experiment, ModelRecord};

/// Where a page lists the messages of a class that a model got wrong.
pub fn errors_anchor(model: &str, class: Label) -> String {
    format!("errors-{model}-{class}")
}

/// All test predictions of a model.
pub(super) struct Pooled<'a> {
    pub model: &'a ModelRecord,
    pub role: Role,
    /// Calibrated log-odds of each message, and whether it is spam.
    pub emails: Vec<(f64, bool)>,
}

impl Pooled<'_> {
    /// Number of ham and of spam.
    pub fn classes(&self) -> [usize; 2] {
        let spam = self.emails.iter().filter(|mail| mail.1).count();
        [self.emails.len() - spam, spam]
    }

    /// See [`steps`].
    pub fn steps(&self) -> Option<Vec<Step>> {
        steps(&self.emails)
    }
}

/// Ham and spam called spam at each cut-off, from above all messages to below; those of equal
/// log-odds are one step. None if a class is missing.
pub(super) fn steps(emails: &[(f64, bool)]) -> Option<Vec<Step>> {
    let spam = emails.iter().filter(|mail| mail.1).count();
    if spam == 0 || spam == emails.len() {
        return None;
    }
    let mut ranked = emails.to_vec();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut steps = vec![Step {
        log_odds: f64::INFINITY,
        called: [0, 0],
    }];
    let mut called = [0, 0];
    for group in ranked.chunk_by(|a, b| a.0 == b.0) {
        let hits = group.iter().filter(|mail| mail.1).count();
        called = [called[0] + group.len() - hits, called[1] + hits];
        steps.push(Step {
            log_odds: group[0].0,
            called,
        });
    }
    Some(steps)
}

/// Cut-offs in log-odds, from above all messages to below, each with the ham and the spam called
/// spam.
pub type Cutoffs = Vec<(f64, [usize; 2])>;

/// The cut-offs of each model that judged mail of both classes.
pub fn cutoffs(experiment: &Experiment) -> Vec<(&str, Cutoffs)> {
    let of = |pool: &Pooled<'_>| {
        Some(
            pool.steps()?
                .iter()
                .map(|step| (step.log_odds, step.called))
                .collect(),
        )
    };
    pooled(experiment)
        .into_iter()
        .filter_map(|pool| Some((pool.model.name.as_str(), of(&pool)?)))
        .collect()
}

/// A cut-off: messages of these log-odds and more are called spam.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Step {
    pub log_odds: f64,
    /// Ham and spam called spam.
    pub called: [usize; 2],
}

/// A line of the legend for each of some models.
pub(super) fn line_keys<'a>(pools: impl Iterator<Item = &'a Pooled<'a>>) -> Vec<Key> {
    pools
        .map(|pool| Key {
            label: pool.model.name.clone(),
            role: pool.role,
            sample: Sample::Line,
        })
        .collect()
}

/// The models that scored any mail.
pub(super) fn pooled(experiment: &Experiment) -> Vec<Pooled<'_>> {
    let labels = &experiment.emails.labels;
    let pool = |(model, role): (_, Role)| {
        let model: &ModelRecord = model;
        let folds = model
            .scored()
            .flat_map(|(_, scored)| scored.rows.iter().zip(&scored.log_odds));
        let emails = folds
            .filter_map(|(&row, &odds)| Some((odds, (*labels.get(row as usize)?)?.is_spam())))
            .collect();
        Pooled {
            model,
            role,
            emails,
        }
    };
    let all = experiment.models.iter().zip(roles(experiment)).map(pool);
    all.filter(|pool| !pool.emails.is_empty()).collect()
}
