//! The decisions of models, within eighty columns.

use crate::cli::output::table::Table;
use crate::cli::wrap::paragraph;
use crate::results::{ChosenDecision, DecisionRule};

/// What the decisions were chosen by, and what each model decides on how much held-out mail; none
/// where all decide as they do unless they are asked otherwise.
pub fn as_text<'a>(models: impl Iterator<Item = (&'a str, ChosenDecision)>) -> Option<String> {
    let models: Vec<(&str, ChosenDecision)> = models.collect();
    let mut rules = models.iter().map(|(_, chosen)| chosen.rule);
    let rule = rules.find(|rule| *rule != DecisionRule::default())?;
    let by = match rule {
        DecisionRule::Fixed(_) => "Decision, as given:".to_owned(),
        rule => format!("Decision: {}.", rule.in_words()),
    };
    let mut table = Table::new(["model", "held-out ham", "spam", "decision"]);
    for (model, chosen) in models {
        let [ham, spam] = chosen.held_out.map(|emails| emails.to_string());
        table.push([model.to_owned(), ham, spam, chosen.decision.in_words()]);
    }
    Some(format!("{}{table}", paragraph(&by, 0)))
}
