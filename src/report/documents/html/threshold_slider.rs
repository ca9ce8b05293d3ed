//! What the slider of the page moves through: of each model the ham and spam called spam at each
//! cut-off, as JSON in the page. Some of many cut-offs are left out, never the one in force;
//! the counts of those kept are exact.

use crate::report::pooled::{Cutoffs, cutoffs};
use crate::results::{Decision, Experiment};
use serde::Serialize;

/// Cut-offs kept of a model, about.
const MOST: usize = 160;

#[derive(Serialize)]
struct Model {
    name: String,
    /// Ham and spam judged.
    emails: [usize; 2],
    /// Log-odds, ham called spam, spam called spam; from above all messages to below.
    steps: Vec<(f64, usize, usize)>,
}

/// The data, in which nothing is markup; an empty list if there is nothing to move.
pub fn data(experiment: &Experiment) -> String {
    let model = |(name, steps): (&str, Cutoffs)| {
        let &(_, emails) = steps.last()?;
        Some(Model {
            name: name.to_owned(),
            emails,
            steps: thinned(&steps, experiment.decision),
        })
    };
    let models: Vec<Model> = cutoffs(experiment).into_iter().filter_map(model).collect();
    // Within JSON a `<` is only ever part of a string, where it may be written so.
    serde_json::to_string(&models)
        .unwrap_or_else(|_| "[]".to_owned())
        .replace('<', "\\u003c")
}

/// Evenly chosen ones, both ends, and the two to either side of the threshold in force.
fn thinned(steps: &[(f64, [usize; 2])], decision: Decision) -> Vec<(f64, usize, usize)> {
    let in_force = steps
        .iter()
        .rposition(|&(log_odds, _)| decision.label(log_odds).is_spam())
        .unwrap_or(0);
    let stride = steps.len().div_ceil(MOST).max(1);
    let kept = |at: usize| {
        at.is_multiple_of(stride) || at == in_force || at == in_force + 1 || at + 1 == steps.len()
    };
    let step = |&(log_odds, [ham, spam]): &(f64, [usize; 2])| (rounded_down(log_odds), ham, spam);
    steps
        .iter()
        .enumerate()
        .filter(|&(at, _)| kept(at))
        .map(|(_, one)| step(one))
        .collect()
}

/// To a thousandth, downwards: the mail stays on its side of every cut-off of the slider, which are
/// of five hundredths.
fn rounded_down(log_odds: f64) -> f64 {
    (log_odds.clamp(-99.0, 99.0) * 1000.0).floor() / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cut_off_at_a_half_is_kept_and_stays_on_its_side() {
        let steps: Vec<(f64, [usize; 2])> = (0..1000)
            .map(|at| {
                (
                    5.0004 - 0.01 * f64::from(at),
                    [at as usize / 2, at as usize],
                )
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
