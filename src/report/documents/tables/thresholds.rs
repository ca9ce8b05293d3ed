//! What each threshold would cost: error rates and cost of the best model of each family, for
//! readers without the slider.

use super::table::{DataTable, TableCell, column};
use crate::base::math::{logit, sigmoid};
use crate::base::numbers::number;
use crate::report::pooled::{PooledPredictions, pooled};
use crate::results::{Decision, DecisionRule, Experiment};

/// Probabilities of spam from which a message is called spam.
const PROBABILITIES: [f64; 9] = [0.01, 0.05, 0.2, 0.5, 0.8, 0.9, 0.95, 0.99, 0.999];
/// What a false positive costs, in false negatives, where no costs were asked for.
const FALSE_POSITIVE_COST: f64 = 10.0;

/// What a false positive costs, in false negatives: by the costs of the decision, if it has any.
pub fn false_positive_cost(experiment: &Experiment) -> f64 {
    let costs = experiment.decision.costs();
    costs.map_or(FALSE_POSITIVE_COST, |costs| {
        costs.false_positive / costs.false_negative
    })
}

/// What the column of costs counts, as a sentence.
pub fn cost_in_words(experiment: &Experiment) -> String {
    let cost = false_positive_cost(experiment);
    let decimals = if cost.fract() == 0.0 { 0 } else { 2 };
    format!(
        "The cost counts a false positive as {} false negatives.",
        number(cost, decimals)
    )
}

/// The false positive and false negative rates in percent, and the cost in false negatives, at
/// each threshold; all test messages pooled.
pub fn thresholds(experiment: &Experiment) -> DataTable {
    let best = experiment.best();
    let names =
        [best.generative, best.discriminative].map(|at| at.map(|at| &experiment.models[at]));
    let pools = pooled(experiment);
    let pools: Vec<&PooledPredictions<'_>> = names
        .into_iter()
        .flatten()
        .filter_map(|model| pools.iter().find(|pool| pool.model.name == model.name))
        .collect();
    let mut columns = vec![column("threshold", "called spam from p(spam)")];
    for pool in &pools {
        for part in ["FPR %", "FNR %", "cost"] {
            let label = format!("{} {part}", pool.model.name);
            columns.push(column(&label, &label));
        }
    }
    let row = |(log_odds, is_in_force): (f64, bool)| {
        let percent = 100.0 * sigmoid(log_odds);
        let decimals = usize::from(!(1.0..=99.0).contains(&percent));
        let note = if is_in_force { ", in force" } else { "" };
        let name = format!("{} %{note}", number(percent, decimals));
        let cells = pools.iter();
        let cells = cells.flat_map(|pool| outcome(pool, log_odds, false_positive_cost(experiment)));
        [TableCell::Text(name)].into_iter().chain(cells).collect()
    };
    let rows = if pools.is_empty() {
        Vec::new()
    } else {
        let in_force = common(experiment.decision);
        levels(in_force).into_iter().map(row).collect()
    };
    DataTable { columns, rows }
}

/// The decision that all models have in common; none where each has its own.
fn common(rule: DecisionRule) -> Option<Decision> {
    match rule {
        DecisionRule::Fixed(_) | DecisionRule::Costs(_) => Some(rule.without_held_out()),
        DecisionRule::MaxFpr(_) => None,
    }
}

/// The thresholds in log-odds, with the one in force among them.
fn levels(in_force: Option<Decision>) -> Vec<(f64, bool)> {
    let in_force = in_force.map(|decision| decision.threshold);
    let same = |log_odds: f64| in_force.is_some_and(|one| (log_odds - one).abs() < 1e-9);
    let mut levels: Vec<(f64, bool)> = PROBABILITIES
        .map(logit)
        .into_iter()
        .filter(|&log_odds| !same(log_odds))
        .map(|log_odds| (log_odds, false))
        .collect();
    levels.extend(in_force.map(|threshold| (threshold, true)));
    levels.sort_by(|a, b| a.0.total_cmp(&b.0));
    levels
}

/// Both rates and the cost of a model at a threshold.
fn outcome(
    pool: &PooledPredictions<'_>,
    threshold: f64,
    false_positive_cost: f64,
) -> [TableCell; 3] {
    let decision = Decision::at(threshold);
    let mut wrong = [0, 0];
    for email in &pool.emails {
        let is_wrong = decision.label(email.log_odds) != email.label;
        wrong[email.label.index()] += usize::from(is_wrong);
    }
    let classes = pool.classes();
    let rate = |class: usize| {
        let share = 100.0 * wrong[class] as f64 / classes[class] as f64;
        TableCell::known((classes[class] > 0).then_some(share), 2)
    };
    let cost = false_positive_cost * wrong[0] as f64 + wrong[1] as f64;
    let decimals = usize::from(cost.fract() != 0.0);
    [rate(0), rate(1), TableCell::known(Some(cost), decimals)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_threshold_in_force_is_among_them_once() {
        for threshold in [0.0, 1.3] {
            let levels = levels(Some(Decision::at(threshold)));
            let in_force: Vec<f64> = levels.iter().filter(|one| one.1).map(|one| one.0).collect();
            assert_eq!(in_force, [threshold]);
            assert_eq!(levels.len(), if threshold == 0.0 { 9 } else { 10 });
            assert!(levels.is_sorted_by(|a, b| a.0 < b.0));
        }
    }
}
