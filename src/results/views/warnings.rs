//! What a reader should know before believing a figure, found by the program.

use crate::base::numbers::count;
use crate::results::data_card::LeakyToken;
use crate::results::decision::ChosenDecision;
use crate::results::experiment::Experiment;
use crate::results::metric::{FALSE_POSITIVE_RATES, LEAST_FALSE_POSITIVES};
use crate::results::model_record::{ModelRecord, Outcome};

/// Messages of a class below which its rates are not to be relied on: at 30, one message is three
/// percent.
pub const FEW: usize = 30;
/// Expected calibration error from which probabilities should not be believed.
const UNCALIBRATED: f64 = 0.05;

/// The warnings, a sentence each, most grave first.
pub fn warnings(experiment: &Experiment) -> Vec<String> {
    let mut found = Vec::new();
    for one in &experiment.data.leaky_tokens {
        found.push(decides_alone(one, experiment.data.kept));
    }
    let conflicting = experiment.data.conflicting;
    if conflicting > 0 {
        let groups = conflicting_groups(conflicting);
        found.push(format!("{groups}: no model can get all of them right."));
    }
    let [ham, spam] = experiment.tested();
    for (class, emails) in [("ham", ham), ("spam", spam)] {
        if emails < FEW {
            found.push(format!(
                "There are only {emails} {class}: its rates and their intervals say little."
            ));
        }
    }
    found.extend(recall_at_low_rates(ham, experiment.split.folds as usize));
    found.extend(not_converged(experiment));
    for model in &experiment.models {
        found.extend(of_model(experiment, model));
    }
    found.extend(of_decisions(experiment));
    found
}

/// That a token nearly determines the class of so many ham and spam.
pub fn decides_alone(one: &LeakyToken, [ham, spam]: [usize; 2]) -> String {
    let [in_ham, in_spam] = one.emails.map(count);
    let [ham, spam] = [ham, spam].map(count);
    format!(
        "The token `{}` alone decides: {in_ham} of {ham} ham and {in_spam} of {spam} spam hold it. \
         If it comes from how the mail was collected, exclude its kind of token.",
        one.token
    )
}

/// That some groups of near-duplicates hold messages of both classes.
pub fn conflicting_groups(groups: usize) -> String {
    match (groups, count(groups)) {
        (1, _) => "1 group of near-duplicates holds both ham and spam".to_owned(),
        (_, groups) => format!("{groups} groups of near-duplicates hold both ham and spam"),
    }
}

/// Which recalls at a fixed false positive rate so few ham cannot tell, and which rest on one
/// threshold for all folds since the ham of a fold would have none of their own.
fn recall_at_low_rates(ham: usize, folds: usize) -> Vec<String> {
    let all = FALSE_POSITIVE_RATES.into_iter();
    let (given, hidden): (Vec<f64>, Vec<f64>) =
        all.partition(|rate| ham as f64 * rate >= LEAST_FALSE_POSITIVES);
    let mut found = Vec::new();
    if !hidden.is_empty() {
        let rates = hidden.iter().map(|rate| format!("{} %", 100.0 * rate));
        let rates: Vec<String> = rates.collect();
        let needed = hidden.iter().map(|rate| LEAST_FALSE_POSITIVES / rate);
        let needed: Vec<String> = needed.map(|ham| count(ham.round() as usize)).collect();
        found.push(format!(
            "Recall at {} FPR cannot be estimated: that takes {} ham, and there are {}.",
            rates.join(" and "),
            needed.join(" and "),
            count(ham)
        ));
    }
    let per_fold = ham / folds.max(1);
    let few = given
        .iter()
        .filter(|rate| folds > 1 && per_fold as f64 * *rate < 1.0);
    found.extend(few.map(|rate| {
        format!(
            "Recall at {} % FPR takes one threshold for all {folds} folds: with some \
             {} ham, a fold has fewer than one that may be misclassified. A threshold for one \
             model may do worse.",
            100.0 * rate,
            count(per_fold)
        )
    }));
    found
}

/// What the choice of the decisions leaves open, where a model had least to choose by.
fn of_decisions(experiment: &Experiment) -> Option<String> {
    let folds = experiment.models.iter().flat_map(ModelRecord::scored);
    ChosenDecision::remark_on(folds.map(|(_, scored)| scored.decision))
}

/// The models of which a fit came to the end of its passes before it converged.
fn not_converged(experiment: &Experiment) -> Option<String> {
    let unfinished = |model: &ModelRecord| {
        let fits = || model.scored().filter_map(|(_, scored)| scored.convergence);
        let unfinished = fits().filter(|fit| !fit.converged).count();
        let folds = match fits().count() {
            1 => String::new(),
            fits => format!(" ({unfinished} of {fits} folds)"),
        };
        (unfinished > 0).then(|| format!("{}{folds}", model.name))
    };
    let models: Vec<String> = experiment.models.iter().filter_map(unfinished).collect();
    let limit = match models.len() {
        0 => return None,
        1 => "its limit",
        _ => "their limit",
    };
    let models = models.join(", ");
    Some(format!("Not converged: {models}. Raise {limit} on passes."))
}

fn of_model(experiment: &Experiment, model: &ModelRecord) -> Vec<String> {
    let mut found = Vec::new();
    let name = &model.name;
    let majority = experiment.baseline.get("accuracy").copied().flatten();
    if let (Some(accuracy), Some(majority)) = (model.value("accuracy"), majority)
        && accuracy <= majority
    {
        found.push(format!(
            "{name} is no better than always answering with the majority class."
        ));
    }
    let tested: usize = model.scored().map(|(_, scored)| scored.rows.len()).sum();
    if tested > 0 && model.value("accuracy") == Some(1.0) {
        let tested = count(tested);
        found.push(format!("{name} made no error on {tested} emails."));
    }
    if let Some(ece) = model.value("ece").filter(|&ece| ece > UNCALIBRATED) {
        found.push(format!(
            "The probabilities of {name} are off by {:.1} points on average (expected calibration \
             error): rank by them, but do not bet on them.",
            100.0 * ece
        ));
    }
    // One that is beyond its limit is only left out; one that broke is a reason to look.
    let failure = model.runs.iter().find_map(|run| {
        if let Outcome::Failed(why) = &run.outcome {
            Some(why)
        } else {
            None
        }
    });
    if let Some(why) = failure {
        found.push(format!("{name} failed: {why}"));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three false positives are 0.1 % of 3,000 ham and 1 % of 300.
    #[test]
    fn a_recall_that_ham_cannot_tell_is_named_with_the_ham_that_it_takes() {
        let said = |ham, folds| recall_at_low_rates(ham, folds).join("\n");
        assert_eq!(
            said(299, 1),
            "Recall at 0.1 % and 1 % FPR cannot be estimated: that takes 3,000 and 300 ham, and \
             there are 299."
        );
        assert_eq!(
            said(2_999, 1),
            "Recall at 0.1 % FPR cannot be estimated: that takes 3,000 ham, and there are 2,999."
        );
        assert_eq!(said(3_000, 1), "");
        // 415 ham in a fold are fewer than the 1,000 of which one is 0.1 %.
        assert_eq!(
            said(4_150, 10),
            "Recall at 0.1 % FPR takes one threshold for all 10 folds: with some 415 ham, a fold \
             has fewer than one that may be misclassified. A threshold for one model may do worse."
        );
        assert_eq!(said(9_999, 10).lines().count(), 1);
        assert_eq!(said(10_000, 10), "");
        // 1 % of the 44 ham of a fold is less than one, and 0.1 % is hidden.
        let both = said(441, 10);
        assert!(
            both.contains("takes 3,000 ham") && both.contains("some 44 ham"),
            "{both}"
        );
    }
}
