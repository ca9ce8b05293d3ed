//! The two families side by side: what each learns, how it decides, what else it can do, and how
//! the best model of each classifies one real message.

use super::phrases;
use crate::base::mail::Label;
use crate::base::numbers::number;
use crate::base::shown::shown_text;
use crate::report::statements;
use crate::results::{Decision, DiscriminativeExample, Experiment, Family, GenerativeExample};

/// One family.
pub struct FamilyView {
    pub name: &'static str,
    pub learns: &'static str,
    pub decides: &'static str,
    pub besides: &'static str,
    /// Its models in this experiment.
    pub models: String,
    /// The best of them that has a worked example, with the message's tokens and the sums below
    /// them.
    pub worked_example: Option<WorkedExampleView>,
    /// Why it is not the best model of the family that is followed, if it is not.
    pub note: Option<String>,
}

/// How one model classifies a message.
pub struct WorkedExampleView {
    pub model: String,
    /// Headings of the columns of tokens.
    pub columns: Vec<&'static str>,
    /// One row per token: its cells, and whether it is evidence for spam.
    pub tokens: Vec<(Vec<String>, bool)>,
    /// The sums, each with its name and value.
    pub sums: Vec<(String, String)>,
    pub verdict: &'static str,
    pub probability: String,
}

const GENERATIVE: FamilyView = FamilyView {
    name: "generative",
    learns: "How each class writes: p(mail | ham) and p(mail | spam), each from the mail of its \
     class alone, and how much of each there is.",
    decides: "By Bayes’ rule: the class under which the mail is likelier, the shares of the \
     classes taken into account.",
    besides: "Generate mail of either class, give the code length of a text, restore a damaged \
     one (denoising), find mail unlike any it has seen (novelty), learn from mail without labels \
     (semi-supervised).",
    models: String::new(),
    worked_example: None,
    note: None,
};

const DISCRIMINATIVE: FamilyView = FamilyView {
    name: "discriminative",
    learns: "Only where the boundary between the classes runs: a linear model learns one weight \
     per token, all together, so that emails on the wrong side of it, or close to it, cost the \
     least.",
    decides: "By the side of the boundary on which the message falls, and how far from it.",
    besides: "Nothing: it cannot generate, give code lengths or denoise. In return no weight is \
     spent on what does not tell the classes apart.",
    models: String::new(),
    worked_example: None,
    note: None,
};

/// Both families, the generative one first.
pub fn views(experiment: &Experiment) -> [FamilyView; 2] {
    let models = |family: Family| {
        let names: Vec<&str> = experiment
            .models
            .iter()
            .filter(|model| model.family == family && model.scored().next().is_some())
            .map(|model| model.name.as_str())
            .collect();
        if names.is_empty() {
            "none".to_owned()
        } else {
            names.join(", ")
        }
    };
    let worked_example = experiment.worked_example();
    let worked_example = worked_example.as_ref();
    let note = |family: Family| {
        let one = worked_example?;
        let followed = match family {
            Family::Generative => one.bayes.as_ref().map(|one| one.model.as_str()),
            Family::Discriminative => one.boundary.as_ref().map(|one| one.model.as_str()),
        };
        let found = statements::followed(experiment, family, followed)?;
        Some(shown_text(&found.text))
    };
    let row = worked_example.map_or(0, |one| one.row);
    [
        FamilyView {
            models: models(Family::Generative),
            note: note(Family::Generative),
            worked_example: worked_example
                .and_then(|one| one.bayes.as_ref())
                .map(|one| bayes(one, experiment.decision_on(&one.model, row))),
            ..GENERATIVE
        },
        FamilyView {
            models: models(Family::Discriminative),
            note: note(Family::Discriminative),
            worked_example: worked_example
                .and_then(|one| one.boundary.as_ref())
                .map(|one| boundary(one, experiment.decision_on(&one.model, row))),
            ..DISCRIMINATIVE
        },
    ]
}

/// The step from a raw score to log-odds, and from these to a probability.
const CALIBRATED: &str = "calibrated log-odds, learned from the raw scores of held-out mail";
const PROBABILITY: &str = "probability of spam: 1 / (1 + e^−log-odds)";

fn signed(value: f64, decimals: usize) -> String {
    format!(
        "{}{}",
        if value > 0.0 { "+" } else { "" },
        number(value, decimals)
    )
}

fn bayes(bayes: &GenerativeExample, decision: Decision) -> WorkedExampleView {
    let token = |(token, gain): &(String, f64)| {
        let (times, class) = (gain.abs().exp(), Label::from_is_spam(*gain > 0.0));
        let times = if times >= 1e4 {
            "> 10,000".to_owned()
        } else {
            number(times, usize::from(times < 10.0))
        };
        (
            vec![
                shown_text(token),
                format!("{times}× in {class}"),
                signed(*gain, 2),
            ],
            class.is_spam(),
        )
    };
    let [ham, spam] = bayes.log_likelihood;
    let [prior_ham, prior_spam] = bayes.log_prior;
    let prior = prior_spam - prior_ham;
    let sums = vec![
        ("all else".to_owned(), signed(bayes.reasons.rest, 2)),
        ("ln p(mail | ham)".to_owned(), number(ham, 2)),
        ("ln p(mail | spam)".to_owned(), number(spam, 2)),
        ("their difference".to_owned(), signed(spam - ham, 2)),
        (
            "ln p(spam) / p(ham), from the shares of the classes".to_owned(),
            signed(prior, 2),
        ),
        (
            "raw score by Bayes’ rule: log-odds of spam".to_owned(),
            signed(spam - ham + prior, 2),
        ),
        (CALIBRATED.to_owned(), signed(bayes.log_odds, 2)),
        (PROBABILITY.to_owned(), phrases::probability(bayes.log_odds)),
    ];
    view(
        &bayes.model,
        vec!["token", "likelier, all its places", "nats"],
        bayes.reasons.tokens.iter().map(token).collect(),
        sums,
        bayes.log_odds,
        decision,
    )
}

fn boundary(boundary: &DiscriminativeExample, decision: Decision) -> WorkedExampleView {
    let token = |one: &crate::results::WeightedToken| {
        let gain = one.weight * one.value;
        let cells = vec![
            shown_text(&one.token),
            signed(one.weight, 2),
            number(one.value, 3),
            signed(gain, 3),
        ];
        (cells, gain > 0.0)
    };
    let sums = vec![
        ("all else".to_owned(), signed(boundary.rest, 3)),
        (
            "a message without any word".to_owned(),
            signed(boundary.bias, 3),
        ),
        (
            "raw score: all of it added up".to_owned(),
            signed(boundary.score, 3),
        ),
        (
            format!(
                "distance to the boundary: the score divided by the length of the weights, {}",
                number(boundary.norm, 2)
            ),
            signed(boundary.score / boundary.norm, 4),
        ),
        (CALIBRATED.to_owned(), signed(boundary.log_odds, 2)),
        (
            PROBABILITY.to_owned(),
            phrases::probability(boundary.log_odds),
        ),
    ];
    let tokens = boundary.tokens.iter().map(token).collect();
    view(
        &boundary.model,
        vec!["token", "weight", "× value", "= adds"],
        tokens,
        sums,
        boundary.log_odds,
        decision,
    )
}

fn view(
    model: &str,
    columns: Vec<&'static str>,
    tokens: Vec<(Vec<String>, bool)>,
    sums: Vec<(String, String)>,
    log_odds: f64,
    decision: Decision,
) -> WorkedExampleView {
    WorkedExampleView {
        model: shown_text(model),
        columns,
        tokens,
        sums,
        verdict: decision.verdict(log_odds).name(),
        probability: phrases::probability(log_odds),
    }
}
