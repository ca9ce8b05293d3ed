//! The decision of a model by the scores of mail that did not fit it.

use crate::base::mail::Label;
use crate::results::{ChosenDecision, Decision, DecisionRule, ScoreSketch};

/// How sure it is to be that the false positive rate stays below the one asked for.
const MISSED: f64 = 0.05;

/// The calibrated log-odds of held-out mail, from the highest down: of each group of
/// near-duplicates in a class the highest, since near-duplicates are no independent messages.
#[derive(Debug, Clone, Default)]
pub struct HeldOutScores {
    by_class: [Vec<f64>; 2],
}

impl HeldOutScores {
    /// The scores of messages, with the label and the group of each.
    pub fn new(messages: impl Iterator<Item = (f64, Label, u32)>) -> HeldOutScores {
        let mut by_class: [Vec<(u32, f64)>; 2] = Default::default();
        for (log_odds, label, group) in messages {
            by_class[label.index()].push((group, log_odds));
        }
        HeldOutScores {
            by_class: by_class.map(|mut scores| {
                scores.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
                scores.dedup_by_key(|(group, _)| *group);
                let mut highest: Vec<f64> = scores.into_iter().map(|(_, score)| score).collect();
                highest.sort_by(|a, b| b.total_cmp(a));
                highest
            }),
        }
    }

    /// Those of a class.
    pub fn of(&self, label: Label) -> &[f64] {
        &self.by_class[label.index()]
    }
}

/// Chooses by the rule.
///
/// For costs the calibrated probabilities decide, see [`Costs::decision`]. For a largest false
/// positive rate it is an order statistic of the held-out ham.
///
/// [`Costs::decision`]: crate::results::Costs::decision
pub fn choose(rule: DecisionRule, held_out: &HeldOutScores) -> ChosenDecision {
    let decision = match rule {
        DecisionRule::MaxFpr(share) => below(share, held_out.of(Label::Ham)),
        _ => None,
    };
    ChosenDecision {
        decision: decision.unwrap_or_else(|| rule.without_held_out()),
        rule,
        held_out: Label::BOTH.map(|label| held_out.of(label).len()),
    }
}

/// The same where no more is known of the held-out scores than their sketches: of ham, of spam.
pub fn choose_by_sketch(rule: DecisionRule, [ham, spam]: &[ScoreSketch; 2]) -> ChosenDecision {
    let decision = match rule {
        DecisionRule::MaxFpr(share) => ham
            .with_at_most_above(most_above(share, ham.emails))
            .map(|spared| Decision::at(f64::from((spared as f32).next_up()))),
        _ => None,
    };
    ChosenDecision {
        decision: decision.unwrap_or_else(|| rule.without_held_out()),
        rule,
        held_out: [ham.emails, spam.emails],
    }
}

/// The lowest threshold of which it is 95 % sure that no more than this share of ham reaches it: a
/// tolerance limit that asks for no shape of the distribution (Wilks, "Determination of sample
/// sizes for setting tolerance limits", Annals of Mathematical Statistics 12, 1941). Where there is
/// too little ham to be so sure, it is above all of it. None without ham.
fn below(share: f64, ham: &[f64]) -> Option<Decision> {
    let spared = ham.get(most_above(share, ham.len()))?;
    Some(Decision::at(spared.next_up()))
}

/// The most of `held_out` independent ham that may reach a threshold which no more than `share` of
/// all ham reaches: the largest number for which so few of them would be a chance of at most 5 % if
/// more of all ham did. 0 where even none is no proof.
fn most_above(share: f64, held_out: usize) -> usize {
    // ln of the probability that k of them do, for one k after another.
    let n = held_out as f64;
    let odds = share.ln() - (-share).ln_1p();
    let mut ln_mass = n * (-share).ln_1p();
    let mut sum = 0.0;
    for k in 0..held_out {
        sum += ln_mass.exp();
        if sum > MISSED {
            return k.saturating_sub(1);
        }
        ln_mass += ((n - k as f64) / (k as f64 + 1.0)).ln() + odds;
    }
    held_out.saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Wilks's table as in Conover, *Practical Nonparametric Statistics*: one-sided limits at 95 %
    /// need 59 of a share of 5 %, 299 of 1 %; with one beyond them 93 and 473.
    #[test]
    fn as_many_may_be_above_as_the_tables_of_tolerance_limits_say() {
        for (share, held_out, above) in [
            (0.05, 58, 0),
            (0.05, 92, 0),
            (0.05, 93, 1),
            (0.01, 472, 0),
            (0.01, 473, 1),
            // Added up by math.lgamma in Python.
            (0.1, 27_000, 2618),
            (0.001, 0, 0),
            (0.001, 5, 0),
        ] {
            assert_eq!(most_above(share, held_out), above, "{share} of {held_out}");
        }
    }

    #[test]
    fn the_threshold_is_just_above_the_ham_that_is_to_be_spared() {
        let ham: Vec<f64> = (0..100).map(|at| 5.0 - 0.1 * f64::from(at)).collect();
        // Each ham has a near-duplicate of a lower score; the spam are forty of one group each.
        let messages = (0..240).map(|at: u32| match at {
            0..200 => {
                let odds = ham[at as usize / 2] - f64::from(at % 2);
                (odds, Label::Ham, at / 2)
            }
            _ => (9.0, Label::Spam, at),
        });
        let held_out = HeldOutScores::new(messages);
        let called = |rule| {
            let chosen = choose(rule, &held_out);
            assert_eq!(chosen.held_out, [100, 40]);
            let is_spam = |odds: &&f64| chosen.decision.label(**odds).is_spam();
            ham.iter().filter(is_spam).count()
        };
        assert_eq!(called(DecisionRule::MaxFpr(0.05)), 1);
        assert_eq!(called(DecisionRule::MaxFpr(0.001)), 0);
        assert_eq!(called(DecisionRule::default()), 51);
        let chosen = choose(DecisionRule::MaxFpr(0.1), &HeldOutScores::default());
        assert_eq!(chosen.decision, Decision::default());
    }
}
