//! What a decision is chosen by, and what came of it for one model. How it is chosen is the
//! business of `train`.

use super::verdict::Decision;
use crate::base::math::{logit, sigmoid};
use crate::base::numbers::count;
use serde::{Deserialize, Serialize};

/// What a decision is chosen by.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "RuleFields", into = "RuleFields")]
pub enum DecisionRule {
    /// This decision, for all models alike.
    Fixed(Decision),
    /// The least expected cost.
    Costs(Costs),
    /// The most spam caught with no more than this share of ham called spam.
    MaxFpr(f64),
}

impl Default for DecisionRule {
    fn default() -> DecisionRule {
        DecisionRule::Fixed(Decision::default())
    }
}

impl DecisionRule {
    /// The decision where there are no held-out scores to choose it by.
    pub fn without_held_out(&self) -> Decision {
        match self {
            DecisionRule::Fixed(decision) => *decision,
            DecisionRule::Costs(costs) => costs.decision(),
            DecisionRule::MaxFpr(_) => Decision::default(),
        }
    }

    /// What it costs to be wrong, or unsure, where the rule says so.
    pub fn costs(&self) -> Option<&Costs> {
        match self {
            DecisionRule::Costs(costs) => Some(costs),
            _ => None,
        }
    }

    /// The rule in words.
    pub fn in_words(&self) -> String {
        match self {
            DecisionRule::Fixed(decision) => decision.in_words(),
            DecisionRule::Costs(costs) => {
                let [wanted, missed] = [costs.false_positive, costs.false_negative];
                let others = match costs.unsure {
                    Some(unsure) => {
                        format!(", a false negative {missed} and being unsure {unsure}")
                    }
                    None => format!(" and a false negative {missed}"),
                };
                format!("chosen for least cost, where a false positive costs {wanted}{others}")
            }
            DecisionRule::MaxFpr(share) => {
                format!("chosen for at most {} of ham called spam", percent(*share))
            }
        }
    }
}

/// What it costs to be wrong, or unsure, in a unit of the user's.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Costs {
    /// A ham called spam.
    pub false_positive: f64,
    /// A spam called ham.
    pub false_negative: f64,
    /// A message of either class called unsure; none if no message may be unsure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unsure: Option<f64>,
}

impl Default for Costs {
    fn default() -> Costs {
        Costs {
            false_positive: 1.0,
            false_negative: 1.0,
            unsure: None,
        }
    }
}

impl Costs {
    /// The decision of least expected cost where the probabilities are true (Chow, "On optimum
    /// recognition error and reject tradeoff", IEEE Transactions on Information Theory 16, 1970).
    ///
    /// With probability p of spam, spam costs (1 - p) FP, ham costs p FN, and unsure its own cost.
    /// There is a band only where unsure is the least of the three for some p.
    ///
    /// Thresholds of least cost on the held-out messages themselves were measured too: on half the
    /// test messages of six models, judged on the other half, over the mail of the program,
    /// `SpamAssassin`, SMS and Enron1. They cost .94 to 1.06 times as much where a false positive
    /// costs 1 or 10 and up to 1.4 times at 100; with a band 1 to 1.15 times and .8 to 2.3 times.
    /// At 999 they cost 1.3 to 7.6 times as much, since then a single ham decides.
    pub fn decision(&self) -> Decision {
        let (positive, negative) = (self.false_positive, self.false_negative);
        let band = self.unsure.filter(|&unsure| unsure < self.least_unsure());
        Decision {
            threshold: (positive / negative).ln(),
            unsure_band: band
                .map(|unsure| [logit(unsure / negative), logit(1.0 - unsure / positive)]),
        }
    }

    /// The cost from which on it never pays to be unsure: what the better of the two classes costs
    /// where they cost the same.
    pub fn least_unsure(&self) -> f64 {
        self.false_positive * self.false_negative / (self.false_positive + self.false_negative)
    }
}

/// The decision of one model, and what it rests on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct ChosenDecision {
    /// From log-odds to verdicts.
    #[serde(flatten)]
    pub decision: Decision,
    /// What it was chosen by.
    pub rule: DecisionRule,
    /// Ham and spam held out of training, by whose scores it was calibrated and chosen;
    /// near-duplicates count as one.
    pub held_out: [usize; 2],
}

impl ChosenDecision {
    /// What should be known of choices made alike, where there was least ham to choose by.
    pub fn remark_on(choices: impl Iterator<Item = ChosenDecision>) -> Option<String> {
        choices.min_by_key(|choice| choice.held_out[0])?.remark()
    }

    /// What should be known of the choice, as a sentence, if there is anything.
    fn remark(&self) -> Option<String> {
        let [ham, _] = self.held_out;
        match self.rule {
            DecisionRule::MaxFpr(_) if ham == 0 => Some(
                "No ham was held out to choose the threshold by, so that it is the default one."
                    .to_owned(),
            ),
            DecisionRule::MaxFpr(share) if (ham as f64) < 3.0 / share => Some(format!(
                "A false positive rate of at most {} is not promised: that takes {} held-out ham, \
                 and there were {}. The threshold is above all of them.",
                percent(share),
                count((3.0 / share).ceil() as usize),
                count(ham),
            )),
            DecisionRule::Costs(costs) => {
                let least = costs.least_unsure();
                let unsure = costs.unsure.filter(|&unsure| unsure >= least)?;
                Some(format!(
                    "No message is unsure: that costs {unsure}, and naming the cheaper class never \
                     costs more than {} on average. An unsure message has to cost less \
                     than {} to make a band.",
                    rounded(least, f64::ceil),
                    rounded(least, f64::floor)
                ))
            }
            _ => None,
        }
    }
}

impl Decision {
    /// The decision in words, by probabilities of spam. A threshold within the band is only what
    /// errors are counted by: no verdict changes there.
    pub fn in_words(&self) -> String {
        let shown = |log_odds| percent(sigmoid(log_odds));
        let threshold = shown(self.threshold);
        match self.unsure_band {
            Some([low, high]) if (low..=high).contains(&self.threshold) => {
                let [low, high] = [low, high].map(shown);
                format!(
                    "spam from a probability of {high}, unsure from {low} to {high}; errors are \
                     counted from {threshold}"
                )
            }
            Some(band) => {
                let [low, high] = band.map(shown);
                format!(
                    "spam from a probability of {threshold}, but unsure between {low} and {high}"
                )
            }
            None => format!("spam from a probability of {threshold}"),
        }
    }
}

/// A share in percent. It, or what is missing to 100, has two significant digits.
fn percent(share: f64) -> String {
    let percent = 100.0 * share;
    let size = percent.min(100.0 - percent).max(1e-6).log10().floor();
    let decimals = (1.0 - size).max(0.0) as usize;
    let text = format!("{percent:.decimals$}");
    let text = if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        &text
    };
    format!("{text} %")
}

/// A cost with three significant digits, rounded up or down.
fn rounded(cost: f64, direction: impl Fn(f64) -> f64) -> String {
    let size = cost.log10().floor() as i32;
    let decimals = 2 - size;
    // What a rounding error takes from a whole number is given back.
    let digits = direction((cost * 10.0_f64.powi(decimals) * 1e6).round() / 1e6);
    let text = format!(
        "{:.*}",
        decimals.max(0) as usize,
        digits / 10.0_f64.powi(decimals)
    );
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// The rule as it is saved: one of the threshold (in log-odds, with or without a band), the costs
/// and the largest false positive rate.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RuleFields {
    #[serde(skip_serializing_if = "Option::is_none")]
    threshold: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unsure_band: Option<[f64; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    costs: Option<Costs>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_fpr: Option<f64>,
}

impl TryFrom<RuleFields> for DecisionRule {
    type Error = &'static str;

    fn try_from(fields: RuleFields) -> Result<DecisionRule, &'static str> {
        let RuleFields {
            threshold,
            unsure_band,
            costs,
            max_fpr,
        } = fields;
        let fixed = threshold.is_some() || unsure_band.is_some();
        match (fixed, costs, max_fpr) {
            (_, None, None) => Ok(DecisionRule::Fixed(Decision {
                threshold: threshold.unwrap_or_default(),
                unsure_band,
            })),
            (false, Some(costs), None) => Ok(DecisionRule::Costs(costs)),
            (false, None, Some(share)) => Ok(DecisionRule::MaxFpr(share)),
            _ => Err("a decision is chosen by one of threshold, costs and max_fpr"),
        }
    }
}

impl From<DecisionRule> for RuleFields {
    fn from(rule: DecisionRule) -> RuleFields {
        let fields = RuleFields::default();
        match rule {
            DecisionRule::Fixed(decision) => RuleFields {
                threshold: Some(decision.threshold),
                unsure_band: decision.unsure_band,
                ..fields
            },
            DecisionRule::Costs(costs) => RuleFields {
                costs: Some(costs),
                ..fields
            },
            DecisionRule::MaxFpr(share) => RuleFields {
                max_fpr: Some(share),
                ..fields
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::decision::Verdict;

    /// By hand: spam from p on where (1 - p) FP = p FN; unsure from p FN = U to (1 - p) FP = U.
    #[test]
    fn costs_become_the_probabilities_at_which_two_verdicts_cost_the_same() {
        let costs = |false_positive, unsure| Costs {
            false_positive,
            false_negative: 1.0,
            unsure,
        };
        let threshold = |costs: Costs| sigmoid(costs.decision().threshold);
        assert_eq!(costs(1.0, None).decision(), Decision::default());
        assert!((threshold(costs(9.0, None)) - 0.9).abs() < 1e-12);
        let decision = costs(9.0, Some(0.3)).decision();
        let [low, high] = decision.unsure_band.unwrap().map(sigmoid);
        assert!((low - 0.3).abs() < 1e-12 && (9.0 * (1.0 - high) - 0.3).abs() < 1e-12);
        // To call a message ham costs at most .9 where it is not the worse of the two.
        assert_eq!(costs(9.0, Some(0.9)).decision().unsure_band, None);
    }

    #[test]
    fn a_rule_is_saved_as_one_of_three_and_read_back() {
        let costs = Costs {
            unsure: Some(0.5),
            ..Costs::default()
        };
        for (rule, saved) in [
            (DecisionRule::default(), r#"{"threshold":0.0}"#),
            (
                DecisionRule::Costs(costs),
                r#"{"costs":{"false_positive":1.0,"false_negative":1.0,"unsure":0.5}}"#,
            ),
            (DecisionRule::MaxFpr(0.001), r#"{"max_fpr":0.001}"#),
        ] {
            assert_eq!(serde_json::to_string(&rule).unwrap(), saved);
            assert_eq!(serde_json::from_str::<DecisionRule>(saved).unwrap(), rule);
        }
        // As every experiment before this one has it.
        let old = r#"{"threshold":1.5,"unsure_band":null}"#;
        let read: DecisionRule = serde_json::from_str(old).unwrap();
        assert_eq!(read, DecisionRule::Fixed(Decision::at(1.5)));
        let two = r#"{"threshold":1.5,"max_fpr":0.1}"#;
        assert!(serde_json::from_str::<DecisionRule>(two).is_err());
    }

    /// Every probability has one verdict in the words: with 93 % a message is unsure, not spam.
    #[test]
    fn a_decision_in_words_contradicts_no_verdict() {
        let decision = |threshold: f64, band: Option<[f64; 2]>| Decision {
            threshold: logit(threshold),
            unsure_band: band.map(|band| band.map(logit)),
        };
        let within = decision(10.0 / 11.0, Some([0.5, 0.95]));
        assert_eq!(within.verdict(logit(0.93)), Verdict::Unsure);
        assert_eq!(
            within.in_words(),
            "spam from a probability of 95 %, unsure from 50 % to 95 %; errors are counted from \
             90.9 %"
        );
        let outside = decision(0.9, Some([0.2, 0.4]));
        assert_eq!(
            outside.in_words(),
            "spam from a probability of 90 %, but unsure between 20 % and 40 %"
        );
        let plain = Decision::default().in_words();
        assert_eq!(plain, "spam from a probability of 50 %");
    }

    #[test]
    fn a_rule_says_what_it_was_chosen_for_and_promises_nothing() {
        let costs = |unsure| {
            DecisionRule::Costs(Costs {
                false_positive: 100.0,
                false_negative: 1.0,
                unsure,
            })
        };
        for (rule, words) in [
            (
                DecisionRule::MaxFpr(0.001),
                "chosen for at most 0.1 % of ham called spam",
            ),
            (
                costs(None),
                "chosen for least cost, where a false positive costs 100 and a false negative 1",
            ),
            (
                costs(Some(0.5)),
                "chosen for least cost, where a false positive costs 100, a false negative 1 and \
                 being unsure 0.5",
            ),
        ] {
            assert_eq!(rule.in_words(), words);
        }
    }

    #[test]
    fn what_cannot_be_promised_is_said_and_what_can_is_not() {
        let chosen = |rule, ham| ChosenDecision {
            rule,
            held_out: [ham, 100],
            ..ChosenDecision::default()
        };
        let said = |rule, ham| chosen(rule, ham).remark().unwrap_or_default();
        let rule = DecisionRule::MaxFpr(0.001);
        assert!(said(rule, 0).contains("the default one"));
        assert_eq!(
            said(rule, 2_999),
            "A false positive rate of at most 0.1 % is not promised: that takes 3,000 held-out \
             ham, and there were 2,999. The threshold is above all of them."
        );
        assert_eq!(said(rule, 3_000), "");
        let unsure = |unsure| {
            DecisionRule::Costs(Costs {
                false_positive: 100.0,
                unsure: Some(unsure),
                ..Costs::default()
            })
        };
        assert_eq!(
            said(unsure(5.0), 9),
            "No message is unsure: that costs 5, and naming the cheaper class never costs more \
             than 0.991 on average. An unsure message has to cost less than 0.99 to make a band."
        );
        assert_eq!(said(unsure(0.5), 9), "");
        assert_eq!(said(DecisionRule::default(), 0), "");
    }

    #[test]
    fn a_cost_is_rounded_to_the_side_on_which_the_sentence_stays_true() {
        // 100 / 101 = 0.990099, 1 / 2, 999 / 1000, 2e9 / 3.
        for (cost, up, down) in [
            (100.0 / 101.0, "0.991", "0.99"),
            (0.5, "0.5", "0.5"),
            (0.999, "0.999", "0.999"),
            (2e9 / 3.0, "667000000", "666000000"),
            (1e-9, "0.000000001", "0.000000001"),
        ] {
            assert_eq!(rounded(cost, f64::ceil), up);
            assert_eq!(rounded(cost, f64::floor), down);
        }
    }

    #[test]
    fn percentages_have_the_digits_that_they_need() {
        for (share, expected) in [
            (0.5, "50 %"),
            (0.001, "0.1 %"),
            (0.9, "90 %"),
            (0.01, "1 %"),
            (100.0 / 101.0, "99.01 %"),
            (0.999_001, "99.9 %"),
        ] {
            assert_eq!(percent(share), expected);
        }
    }
}
