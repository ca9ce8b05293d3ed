//! Predictions pooled over the folds, with each message once, and the error counts at each
//! threshold. Several charts are drawn from them.

use super::figure::{LegendEntry, LegendMark};
use super::palette::{Role, roles};
use crate::base::mail::Label;
use crate::results::{Experiment, ModelRecord, Scored};

/// The anchor in a page of the list of messages of a class that a model got wrong.
pub fn errors_anchor(model: &str, class: Label) -> String {
    format!("errors-{model}-{class}")
}

/// A test message: its label, and the calibrated log-odds of spam by a model that did not learn
/// from it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct PooledEmail {
    pub log_odds: f64,
    pub label: Label,
    /// The class that the model names.
    pub predicted: Label,
}

/// All predictions of a model on test mail.
pub(super) struct PooledPredictions<'a> {
    pub model: &'a ModelRecord,
    pub role: Role,
    pub emails: Vec<PooledEmail>,
}

impl PooledPredictions<'_> {
    /// Number of ham and of spam.
    pub fn classes(&self) -> [usize; 2] {
        let spam = spam_in(&self.emails);
        [self.emails.len() - spam, spam]
    }

    /// See [`threshold_steps`].
    pub fn threshold_steps(&self) -> Option<Vec<ThresholdStep>> {
        threshold_steps(&self.emails)
    }
}

/// A threshold with the numbers of ham and spam that it classifies as spam.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct ThresholdStep {
    /// Messages with at least these log-odds are classified as spam.
    pub log_odds: f64,
    /// Numbers of ham and of spam classified as spam.
    pub called: [usize; 2],
}

/// The numbers of ham and spam classified as spam at each threshold, from above all messages to
/// below all. Messages with equal log-odds are one step. None if a class is missing.
pub(super) fn threshold_steps(emails: &[PooledEmail]) -> Option<Vec<ThresholdStep>> {
    let spam = spam_in(emails);
    if spam == 0 || spam == emails.len() {
        return None;
    }
    let mut ranked = emails.to_vec();
    ranked.sort_by(|a, b| b.log_odds.total_cmp(&a.log_odds));
    let mut steps = vec![ThresholdStep {
        log_odds: f64::INFINITY,
        called: [0, 0],
    }];
    let mut called = [0, 0];
    for tied in ranked.chunk_by(|a, b| a.log_odds == b.log_odds) {
        let hits = spam_in(tied);
        called = [called[0] + tied.len() - hits, called[1] + hits];
        steps.push(ThresholdStep {
            log_odds: tied[0].log_odds,
            called,
        });
    }
    Some(steps)
}

fn spam_in(emails: &[PooledEmail]) -> usize {
    emails.iter().filter(|mail| mail.label.is_spam()).count()
}

/// The predictions of every model that scored any mail.
pub(super) fn pooled(experiment: &Experiment) -> Vec<PooledPredictions<'_>> {
    let pool = |(model, role): (_, Role)| {
        let model: &ModelRecord = model;
        let scored = model.scored();
        PooledPredictions {
            model,
            role,
            emails: scored
                .flat_map(|(_, scored)| labelled(experiment, scored, &scored.log_odds))
                .collect(),
        }
    };
    let all = experiment.models.iter().zip(roles(experiment)).map(pool);
    all.filter(|pool| !pool.emails.is_empty()).collect()
}

/// The messages of a fold with their log-odds, or with others. Rows of unknown class are left out.
pub(super) fn labelled<'a>(
    experiment: &'a Experiment,
    scored: &'a Scored,
    log_odds: &'a [f64],
) -> impl Iterator<Item = PooledEmail> + 'a {
    let rows = scored.rows.iter().enumerate();
    rows.filter_map(|(at, &row)| {
        Some(PooledEmail {
            log_odds: log_odds[at],
            label: experiment.emails.label(row)?,
            predicted: scored.label(at),
        })
    })
}

/// One legend entry for each of these models.
pub(super) fn line_keys<'a>(
    pools: impl Iterator<Item = &'a PooledPredictions<'a>>,
) -> Vec<LegendEntry> {
    pools
        .map(|pool| LegendEntry::new(&pool.model.name, pool.role, LegendMark::Line))
        .collect()
}
