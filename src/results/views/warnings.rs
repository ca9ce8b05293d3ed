//! What a reader should know before believing a figure, found by the program.

use crate::results::experiment::Experiment;
use crate::results::fit::Scale;
use crate::results::metric::{ScoredEmails, measure};
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
    for (class, emails) in [("ham", ham), ("spam", spam)] {
        if emails < FEW {
            found.push(format!(
                "There are only {emails} {class}: its rates and their intervals say little."
            ));
        }
    }
    if (1..1000).contains(&ham) {
        found.push(format!(
            "With {ham} ham, recall at 0.1 % FPR is the recall without a false positive in a fold."
        ));
    }
    for model in &experiment.models {
        found.extend(of_model(experiment, model));
    }
    found
}

fn of_model(experiment: &Experiment, model: &ModelRecord) -> Vec<String> {
    let mut found = Vec::new();
    let name = &model.name;
    let majority = experiment.baseline.get("accuracy").copied().flatten();
    if let (Some(accuracy), Some(majority)) = (model.mean("accuracy"), majority)
        && accuracy <= majority
    {
        found.push(format!(
            "{name} is no better than always answering with the majority class."
        ));
    }
    let tested: usize = model.scored().map(|(_, scored)| scored.rows.len()).sum();
    if tested > 0 && model.mean("accuracy") == Some(1.0) {
        // The rule of three: so many errors are missed with a chance of one in twenty.
        found.push(format!(
            "{name} made no error on {tested} emails: its interval has no width, yet an error of \
             {:.1} % would be no surprise.",
            (300.0 / tested as f64).min(100.0)
        ));
    }
    let fits = || model.scored().filter_map(|(_, scored)| scored.convergence);
    let unfinished = fits().filter(|fit| !fit.converged).count();
    if unfinished > 0 {
        let fits = fits().count();
        found.push(format!(
            "{name} did not converge in {unfinished} of {fits} folds: raise its limit on passes."
        ));
    }
    if let Some(ece) = pooled_ece(experiment, model).filter(|&ece| ece > UNCALIBRATED) {
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

/// Expected calibration error over all test messages at once: that of a single fold of few messages
/// is mostly chance.
fn pooled_ece(experiment: &Experiment, model: &ModelRecord) -> Option<f64> {
    let pairs = model
        .scored()
        .flat_map(|(_, scored)| scored.rows.iter().zip(&scored.log_odds));
    let known = pairs.filter_map(|(&row, &odds)| Some((experiment.emails.label(row)?, odds)));
    let (labels, log_odds): (Vec<_>, Vec<f64>) = known.unzip();
    let scored = ScoredEmails {
        labels: &labels,
        score: &log_odds,
        scale: Scale::LogOdds,
        log_odds: &log_odds,
        decision: experiment.decision,
        code_lengths: &[],
    };
    measure(&scored).get("ece").copied().flatten()
}
