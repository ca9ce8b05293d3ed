//! The decisions of models, within eighty columns.

use crate::cli::output::table::Table;
use crate::cli::wrap::paragraph;
use crate::results::{ChosenDecision, DecisionRule, Experiment, ModelRecord};

/// What the decisions were chosen by, and what each model decides on how much held-out mail; none
/// where all decide as they do unless they are asked otherwise.
pub fn as_text<'a>(models: impl Iterator<Item = (&'a str, ChosenDecision)>) -> Option<String> {
    let models: Vec<(&str, ChosenDecision)> = models.collect();
    let mut rules = models.iter().map(|(_, chosen)| chosen.rule);
    let rule = rules.find(|rule| *rule != DecisionRule::default())?;
    let mut by = match rule {
        DecisionRule::Fixed(_) => "Decision, as given:".to_owned(),
        rule => format!("Decision: {}.", rule.in_words()),
    };
    let choices = models.iter().map(|&(_, chosen)| chosen);
    by.extend(ChosenDecision::remark_on(choices).map(|remark| format!(" {remark}")));
    let mut table = Table::new(["model", "held-out ham", "spam", "decision"]);
    for (model, chosen) in models {
        let [ham, spam] = chosen.held_out.map(|emails| emails.to_string());
        table.push([model.to_owned(), ham, spam, chosen.decision.in_words()]);
    }
    Some(format!("{}{table}", paragraph(&by, 0)))
}

/// A largest false positive rate that was asked for, beside those measured, with their intervals;
/// none where none was asked for.
pub fn measured(experiment: &Experiment) -> Option<String> {
    let rule = experiment.decision;
    if !matches!(rule, DecisionRule::MaxFpr(_)) {
        return None;
    }
    let rate = |model: &ModelRecord| {
        let rate = model.estimates.get("ham_misclassified_pct")?;
        let interval = rate.interval;
        let interval = interval.map_or(String::new(), |[low, high]| {
            format!(" ({low:.2}–{high:.2})")
        });
        Some(format!("{} {:.2}{interval}", model.name, rate.value?))
    };
    let rates: Vec<String> = experiment.models.iter().filter_map(rate).collect();
    let text = format!(
        "Decision: {}. Measured FPR, % (95 % CI): {}.",
        rule.in_words(),
        rates.join(", ")
    );
    (!rates.is_empty()).then(|| paragraph(&text, 0))
}
