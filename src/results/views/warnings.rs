//! What a reader should know before believing a figure, found by the program.

use crate::results::experiment::Experiment;
use crate::results::model_record::{ModelRecord, Outcome};

/// Messages of a class below which its rates are not to be relied on: at 30, one message is three
/// percent.
const FEW: usize = 30;
/// Expected calibration error from which probabilities should not be believed.
const UNCALIBRATED: f64 = 0.05;

/// The warnings, a sentence each, most grave first.
pub fn warnings(experiment: &Experiment) -> Vec<String> {
    let mut found = Vec::new();
    let [ham, spam] = experiment.data.kept;
    for one in &experiment.data.leaky_tokens {
        let [in_ham, in_spam] = one.emails;
        found.push(format!(
            "The token `{}` alone decides: {in_ham} of {ham} ham and {in_spam} of {spam} spam \
             hold it. If it comes from how the mail was collected, exclude its kind of token.",
            one.token
        ));
    }
    let conflicting = experiment.data.conflicting;
    if conflicting > 0 {
        let groups = if conflicting == 1 {
            "1 group of near-duplicates holds".to_owned()
        } else {
            format!("{conflicting} groups of near-duplicates hold")
        };
        found.push(format!(
            "{groups} both ham and spam: no model can get all of them right."
        ));
    }
    let [ham, spam] = experiment.tested();
    for (class, emails) in [("ham", ham), ("spam", spam)] {
        if emails < FEW {
            found.push(format!(
                "There are only {emails} {class}: its rates and their intervals say little."
            ));
        }
    }
    for (rate, percent) in [(0.001, "0.1"), (0.01, "1")] {
        let allowed = rate * ham as f64;
        if (1.0..3.0).contains(&allowed) {
            found.push(format!(
                "With {ham} ham, recall at {percent} % FPR is not told: {} of them would be all \
                 that may be misclassified.",
                allowed as usize
            ));
        }
    }
    for model in &experiment.models {
        found.extend(of_model(experiment, model));
    }
    found.extend(of_decisions(experiment));
    found
}

/// What the choice of the decisions leaves open, where a model had least to choose by.
fn of_decisions(experiment: &Experiment) -> Option<String> {
    let folds = experiment.models.iter().flat_map(ModelRecord::scored);
    let decisions = folds.map(|(_, scored)| scored.decision);
    decisions
        .min_by_key(|decision| decision.held_out[0])?
        .remark()
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
        found.push(format!("{name} made no error on {tested} emails."));
    }
    let fits = || model.scored().filter_map(|(_, scored)| scored.convergence);
    let unfinished = fits().filter(|fit| !fit.converged).count();
    if unfinished > 0 {
        let fits = fits().count();
        found.push(format!(
            "{name} did not converge in {unfinished} of {fits} folds: raise its limit on passes."
        ));
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
