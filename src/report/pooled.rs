//! Predictions pooled over the folds, with each message once, and the error counts at each
//! threshold. Several charts are drawn from them.

use super::axis::Axis;
use super::figure::{LegendEntry, LegendMark};
use super::palette::{Role, roles};
use crate::base::mail::Label;
use crate::results::{Experiment, ModelRecord, Scored};

/// The anchor in a page of the list of messages of a class that a model got wrong.
pub fn errors_anchor(model: &str, class: Label) -> String {
    format!("errors-{model}-{class}")
}

/// The anchor in a page of the message of a row.
pub fn message_anchor(row: u32) -> String {
    format!("mail-{row}")
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
    /// Whether it is the best model of its family.
    pub is_best: bool,
    pub emails: Vec<PooledEmail>,
    /// The same by fold.
    pub folds: Vec<Vec<PooledEmail>>,
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
    let all = 0..experiment.models.len();
    let pools = all.map(|at| pooled_model(experiment, at));
    pools.filter(|pool| !pool.emails.is_empty()).collect()
}

/// Most models that have a panel of their own.
const MOST_PANELS: usize = 9;

/// The predictions of the models that have a panel of their own, in the order of the experiment:
/// those with the fewest errors, the highlighted ones among them. And a sentence that says so
/// if others are left out.
pub(super) fn with_panels(experiment: &Experiment) -> (Vec<PooledPredictions<'_>>, String) {
    let mut pools = pooled(experiment);
    let all = pools.len();
    if all <= MOST_PANELS {
        return (pools, String::new());
    }
    let accuracy = |pool: &PooledPredictions<'_>| pool.model.value("accuracy").unwrap_or(0.0);
    let mut ranked: Vec<(bool, f64)> = pools
        .iter()
        .map(|pool| (pool.role.is_highlighted(), accuracy(pool)))
        .collect();
    ranked.sort_by(|a, b| b.0.cmp(&a.0).then(b.1.total_cmp(&a.1)));
    let last = ranked[MOST_PANELS - 1];
    pools.retain(|pool| pool.role.is_highlighted() || (!last.0 && accuracy(pool) >= last.1));
    while pools.len() > MOST_PANELS {
        let last = pools.iter().rposition(|pool| !pool.role.is_highlighted());
        pools.remove(last.unwrap_or(MOST_PANELS));
    }
    let chosen = pools
        .iter()
        .find(|pool| matches!(pool.role, Role::Chosen(_)));
    let note = format!(
        " Shown are {} of {all} models, those with the fewest errors{}.",
        pools.len(),
        chosen.map_or_else(String::new, |pool| format!(", and {}", pool.model.name))
    );
    (pools, note)
}

/// The predictions of one model, by its position in the experiment.
pub(super) fn pooled_model(experiment: &Experiment, at: usize) -> PooledPredictions<'_> {
    let model = &experiment.models[at];
    let role = roles(experiment)[at];
    let fold = |(_, scored): (u32, &Scored)| -> Vec<PooledEmail> {
        labelled(experiment, scored, &scored.log_odds).collect()
    };
    let folds: Vec<Vec<PooledEmail>> = model.scored().map(fold).collect();
    PooledPredictions {
        model,
        role,
        is_best: matches!(role, Role::Best(_)),
        emails: folds.concat(),
        folds,
    }
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

/// At each place the lowest and the highest value over the folds: `value` of the threshold steps of
/// a fold and the numbers of its ham and spam. Empty without several folds of both classes.
pub(super) fn over_folds(
    pool: &PooledPredictions<'_>,
    places: &[f64],
    value: impl Fn(&[ThresholdStep], [f64; 2], f64) -> Option<f64>,
) -> Vec<[f64; 3]> {
    let fold = |emails: &Vec<PooledEmail>| {
        let steps = threshold_steps(emails)?;
        let classes = steps.last()?.called.map(|count| count as f64);
        Some((steps, classes))
    };
    let folds: Vec<_> = pool.folds.iter().filter_map(fold).collect();
    if folds.len() < 2 {
        return Vec::new();
    }
    let at = |&place: &f64| {
        let values = folds.iter();
        let values = values.filter_map(|(steps, classes)| value(steps, *classes, place));
        let values: Vec<f64> = values.collect();
        let low = values.iter().copied().min_by(f64::total_cmp)?;
        let high = values.iter().copied().max_by(f64::total_cmp)?;
        Some([place, low, high])
    };
    places.iter().filter_map(at).collect()
}

/// Evenly spaced places of an axis, both ends included.
pub(super) fn places(axis: &Axis, count: usize) -> Vec<f64> {
    let place = |at: usize| axis.value(at as f64 / (count - 1) as f64);
    (0..count).map(place).collect()
}
