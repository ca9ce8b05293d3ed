//! What the decision of a model comes to on test messages, with intervals.
//!
//! Cost is a sum of rates (how often ham is called spam, spam ham, and either unsure), each times
//! what it costs. Each rate has Wilson's interval, on as many messages as its variance by groups of
//! near-duplicates leaves, and the sum has the interval that follows from theirs (MOVER: Zou and
//! Donner, "Construction of confidence limits about effect measures", Statistics in Medicine 27,
//! 2008). So it has a width where nothing went wrong, and no cost is negative.

use super::interval::wilson;
use crate::base::mail::Label;
use crate::results::data_card::EmailTable;
use crate::results::decision::{Bounded, Costs, DecisionOutcome, LAMBDAS, TotalCostRatio, Verdict};
use crate::results::model_record::{ModelRecord, Scored};
use rustc_hash::FxHashMap;

/// What the decision of a model came to on the test messages of all folds; none if it scored none
/// of one class.
pub fn decision_outcome(
    model: &ModelRecord,
    emails: &EmailTable,
    costs: Option<&Costs>,
) -> Option<DecisionOutcome> {
    let judged = judged(model, emails);
    let of_class = |label: Label| judged.iter().filter(move |one| one.label == label);
    let sizes = Label::BOTH.map(|label| of_class(label).count());
    if sizes.contains(&0) {
        return None;
    }
    let count = |label, verdict| {
        let of_verdict = of_class(label).filter(|one| one.verdict == verdict);
        of_verdict.count()
    };
    let verdicts = Label::BOTH.map(|label| Verdict::ALL.map(|verdict| count(label, verdict)));
    let called = |label: Label, is: &dyn Fn(&Judged) -> bool| rate(of_class(label), is);
    let wrong = Label::BOTH.map(|label| called(label, &|one| one.predicted != label));
    let all = (sizes[0] + sizes[1]) as f64;
    let cost = |costs: &Costs| {
        let of = |label: Label, verdict, cost: f64| {
            let share = sizes[label.index()] as f64 / all;
            (share * cost, called(label, &|one| one.verdict == verdict))
        };
        let unsure = costs.unsure.unwrap_or_default();
        sum(&[
            of(Label::Ham, Verdict::Spam, costs.false_positive),
            of(Label::Spam, Verdict::Ham, costs.false_negative),
            of(Label::Ham, Verdict::Unsure, unsure),
            of(Label::Spam, Verdict::Unsure, unsure),
        ])
    };
    let ratio = |lambda: u32| {
        let ham_by_spam = sizes[0] as f64 / sizes[1] as f64;
        let [ham, spam] = wrong;
        let lost = sum(&[(f64::from(lambda) * ham_by_spam, ham), (1.0, spam)]);
        let inverse = |lost: f64| (lost > 0.0).then(|| 1.0 / lost);
        let [low, high] = lost.interval;
        TotalCostRatio {
            lambda,
            value: inverse(lost.value),
            interval: (1.0 / high, inverse(low)),
        }
    };
    Some(DecisionOutcome {
        verdicts,
        false_positive_rate: Some(called(Label::Ham, &|one| one.verdict == Verdict::Spam)),
        cost: costs.map(cost),
        total_cost_ratios: LAMBDAS.map(ratio).to_vec(),
    })
}

/// A test message with what was said of it.
struct Judged {
    label: Label,
    group: u32,
    predicted: Label,
    verdict: Verdict,
}

fn judged(model: &ModelRecord, emails: &EmailTable) -> Vec<Judged> {
    let of_fold = |(_, scored): (u32, &Scored)| {
        let one = |(at, &row): (usize, &u32)| {
            Some(Judged {
                label: emails.label(row)?,
                group: emails.groups.get(row as usize).copied().unwrap_or(row),
                predicted: scored.label(at),
                verdict: scored.verdict(at),
            })
        };
        let rows = scored.rows.iter().enumerate();
        rows.filter_map(one).collect::<Vec<Judged>>()
    };
    model.scored().flat_map(of_fold).collect()
}

/// How often something is said of messages of one class.
fn rate<'a>(of_class: impl Iterator<Item = &'a Judged>, is: &dyn Fn(&Judged) -> bool) -> Bounded {
    let mut groups: FxHashMap<u32, (f64, f64)> = FxHashMap::default();
    for one in of_class {
        let group = groups.entry(one.group).or_default();
        group.0 += f64::from(u8::from(is(one)));
        group.1 += 1.0;
    }
    // In one order, so that the sums are the same in every run.
    let mut groups: Vec<(u32, (f64, f64))> = groups.into_iter().collect();
    groups.sort_unstable_by_key(|&(group, _)| group);
    let groups = groups.iter().map(|&(_, sums)| sums);
    let (hits, emails) = groups.clone().fold((0.0, 0.0), |(hits, emails), of| {
        (hits + of.0, emails + of.1)
    });
    let share = hits / emails;
    let squares: f64 = groups
        .clone()
        .map(|(hits, emails)| (hits - share * emails).powi(2))
        .sum();
    Bounded {
        value: share,
        interval: wilson(share, squares.sqrt() / emails, groups.count() as f64),
    }
}

/// A sum of rates of messages that are independent of one another, each times a weight from 0 up.
fn sum(parts: &[(f64, Bounded)]) -> Bounded {
    let value: f64 = parts.iter().map(|(weight, rate)| weight * rate.value).sum();
    let far = |end: usize| {
        let squares = parts
            .iter()
            .map(|(weight, rate)| (weight * (rate.interval[end] - rate.value)).powi(2));
        squares.sum::<f64>().sqrt()
    };
    Bounded {
        value,
        interval: [(value - far(0)).max(0.0), value + far(1)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::Bound;
    use crate::results::decision::{ChosenDecision, Decision};
    use crate::results::{Calibration, EmailTable, Family, FoldRun, Outcome, Scale};
    use serde_json::json;
    use std::collections::BTreeMap;

    /// A model that decides at 0 and is unsure between -1 and 1, of mail with these log-odds.
    fn model(log_odds: Vec<f64>) -> ModelRecord {
        let scored = Scored {
            chosen: json!({}),
            scale: Scale::LogOdds,
            calibration: Calibration::Identity,
            decision: ChosenDecision {
                decision: Decision {
                    threshold: 0.0,
                    unsure_band: Some([-1.0, 1.0]),
                },
                ..ChosenDecision::default()
            },
            tried: Vec::new(),
            convergence: None,
            trace: Vec::new(),
            losses: Vec::new(),
            model_bytes: 0,
            bound: Bound::Exact,
            rows: (0..log_odds.len() as u32).collect(),
            score: log_odds.clone(),
            log_odds,
            metrics: BTreeMap::default(),
        };
        ModelRecord {
            name: "one".to_owned(),
            family: Family::Generative,
            external: false,
            summary: String::new(),
            settings: json!({}),
            runs: vec![FoldRun {
                fold: 0,
                outcome: Outcome::Scored(scored),
            }],
            estimates: BTreeMap::default(),
            outcome: None,
        }
    }

    fn emails(labels: Vec<Label>, groups: Vec<u32>) -> EmailTable {
        EmailTable {
            ids: groups.iter().map(ToString::to_string).collect(),
            labels: labels.into_iter().map(Some).collect(),
            groups,
            ..EmailTable::default()
        }
    }

    /// Of 20 ham one is called spam and three are unsure, of 10 spam two are called ham and one is
    /// unsure. Intervals by the formulas of Wilson and MOVER in Python.
    fn hand_worked() -> (ModelRecord, EmailTable) {
        let ham = [vec![3.0], vec![-0.5; 3], vec![-3.0; 16]].concat();
        let spam = [vec![-3.0; 2], vec![0.5], vec![3.0; 7]].concat();
        let labels = [vec![Label::Ham; 20], vec![Label::Spam; 10]].concat();
        (
            model([ham, spam].concat()),
            emails(labels, (0..30).collect()),
        )
    }

    #[test]
    fn costs_and_ratios_are_those_worked_by_hand() {
        let (model, emails) = hand_worked();
        let costs = Costs {
            false_positive: 10.0,
            false_negative: 1.0,
            unsure: Some(0.5),
        };
        let found = decision_outcome(&model, &emails, Some(&costs)).unwrap();
        assert_eq!(found.verdicts, [[16, 3, 1], [2, 1, 7]]);
        assert_eq!(found.unsure(), 4);
        let near = |found: f64, expected: f64| {
            assert!((found / expected - 1.0).abs() < 1e-9, "{found}, {expected}");
        };
        // One of 20 ham is called spam; the three unsure ones are not.
        let rate = found.false_positive_rate.unwrap();
        near(rate.value, 0.05);
        near(rate.interval[0], 0.008_881_448_800_795_402);
        near(rate.interval[1], 0.236_131_193_446_742_05);
        // (10 + 2 + 3 · .5 + .5) / 30.
        let cost = found.cost.unwrap();
        near(cost.value, 14.0 / 30.0);
        near(cost.interval[0], 0.186_180_571_215_658_23);
        near(cost.interval[1], 1.714_835_577_598_300_9);
        let expected = [
            (1, 10.0 / 3.0, 1.274_968_459_807_419, 7.420_381_167_008_665),
            (
                9,
                10.0 / 11.0,
                0.223_981_337_424_484_64,
                2.889_188_953_269_052_5,
            ),
            (
                999,
                10.0 / 1001.0,
                0.002_118_687_817_012_263_6,
                0.055_725_798_811_337_27,
            ),
        ];
        for (found, (lambda, value, low, high)) in found.total_cost_ratios.iter().zip(expected) {
            assert_eq!(found.lambda, lambda);
            near(found.value.unwrap(), value);
            near(found.interval.0, low);
            near(found.interval.1.unwrap(), high);
        }
        assert_eq!(decision_outcome(&model, &emails, None).unwrap().cost, None);
    }

    #[test]
    fn without_an_error_the_ratio_has_no_end_and_the_interval_still_begins() {
        let labels = [vec![Label::Ham; 20], vec![Label::Spam; 10]].concat();
        let odds: Vec<f64> = labels.iter().map(|label| 3.0 * label.sign()).collect();
        let all = emails(labels.clone(), (0..30).collect());
        let found = decision_outcome(&model(odds.clone()), &all, None).unwrap();
        let ratio = found.total_cost_ratios[0];
        assert_eq!((ratio.value, ratio.interval.1), (None, None));
        // Near-duplicates are fewer messages, of which less is known.
        let twins = emails(labels, (0..30).map(|at| at / 2).collect());
        let fewer = decision_outcome(&model(odds), &twins, None).unwrap();
        assert!(fewer.total_cost_ratios[0].interval.0 < ratio.interval.0);
    }
}
