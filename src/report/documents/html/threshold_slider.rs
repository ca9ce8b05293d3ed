//! The data of the threshold slider, as JSON in the page: for each model, the numbers of ham and
//! spam classified as spam at each threshold. If there are many thresholds, some are left out, but
//! never the one in force. The counts of those kept are exact.

use crate::report::pooled::{ThresholdStep, pooled};
use crate::report::statements::leader;
use crate::results::{Decision, Experiment};
use serde::Serialize;

/// Approximate number of thresholds kept per model.
const MOST: usize = 160;

/// The slider.
pub struct Slider {
    /// Its data, without any markup.
    pub steps: String,
    /// Its initial position in log-odds: that of the best model.
    pub threshold: f64,
    /// The command that trains a model with a threshold; empty for none.
    pub train: String,
}

impl Slider {
    pub fn of(experiment: &Experiment, train: Option<&str>) -> Slider {
        let best = leader(experiment).map(|at| &experiment.models[at]);
        Slider {
            steps: steps(experiment),
            threshold: best.map_or(0.0, |model| model.decision().threshold),
            train: train.unwrap_or_default().to_owned(),
        }
    }
}

#[derive(Serialize)]
struct ModelSteps<'a> {
    name: &'a str,
    /// Whether it was fitted elsewhere, so that it cannot be trained here.
    external: bool,
    /// Numbers of ham and of spam scored.
    emails: [usize; 2],
    /// The log-odds from which it calls a message spam, the median over folds.
    threshold: f64,
    /// Numbers of ham and of spam that it calls spam from there.
    called: [usize; 2],
    /// Log-odds with the numbers of ham and of spam classified as spam, from above all messages to
    /// below all.
    steps: Vec<(f64, usize, usize)>,
}

/// The data, without any markup; an empty list if there are no thresholds.
fn steps(experiment: &Experiment) -> String {
    let pools = pooled(experiment);
    let mut models: Vec<ModelSteps<'_>> = pools
        .iter()
        .filter_map(|pool| {
            let steps = pool.threshold_steps()?;
            let decision = pool.model.decision();
            Some(ModelSteps {
                name: &pool.model.name,
                external: pool.model.external,
                emails: pool.classes(),
                threshold: decision.threshold,
                called: steps[in_force(&steps, decision)].called,
                steps: thinned(&steps, decision),
            })
        })
        .collect();
    // The page begins with the first: the best of all.
    let leader = leader(experiment).map(|at| experiment.models[at].name.as_str());
    models.sort_by_key(|model| Some(model.name) != leader);
    // In JSON a `<` is always part of a string, where this escape is allowed.
    serde_json::to_string(&models)
        .unwrap_or_else(|_| "[]".to_owned())
        .replace('<', "\\u003c")
}

/// The step at which a decision stands: the last that it calls spam, or that above all messages.
fn in_force(steps: &[ThresholdStep], decision: Decision) -> usize {
    let called = |step: &ThresholdStep| decision.label(step.log_odds).is_spam();
    steps.iter().rposition(called).unwrap_or(0)
}

/// Evenly spaced steps, including both ends and the two next to the threshold in force.
fn thinned(steps: &[ThresholdStep], decision: Decision) -> Vec<(f64, usize, usize)> {
    let in_force = in_force(steps, decision);
    let stride = steps.len().div_ceil(MOST).max(1);
    let kept = |at: usize| {
        at.is_multiple_of(stride) || at == in_force || at == in_force + 1 || at + 1 == steps.len()
    };
    let shown = |step: &ThresholdStep| {
        let [ham, spam] = step.called;
        (rounded_down(step.log_odds), ham, spam)
    };
    steps
        .iter()
        .enumerate()
        .filter(|&(at, _)| kept(at))
        .map(|(_, step)| shown(step))
        .collect()
}

/// Log-odds rounded down to a thousandth. The slider moves by five hundredths, so that a message
/// remains on its side of each of its thresholds.
fn rounded_down(log_odds: f64) -> f64 {
    (log_odds.clamp(-99.0, 99.0) * 1000.0).floor() / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_threshold_in_force_is_kept_and_stays_on_its_side() {
        let steps: Vec<ThresholdStep> = (0..1000_usize)
            .map(|at| ThresholdStep {
                log_odds: 5.0004 - 0.01 * at as f64,
                called: [at / 2, at],
            })
            .collect();
        let kept = thinned(&steps, Decision::default());
        assert!(kept.len() <= MOST + 4, "{}", kept.len());
        let last_called = kept
            .iter()
            .rfind(|(log_odds, ..)| *log_odds >= 0.0)
            .unwrap();
        assert_eq!((last_called.1, last_called.2), (250, 500));
        assert_eq!((kept[0].1, kept[kept.len() - 1].2), (0, 999));
    }
}
