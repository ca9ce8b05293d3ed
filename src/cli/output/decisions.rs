//! The decisions of models, as a table.

use crate::cli::output::table::Table;
use crate::results::{ChosenDecision, DecisionRule};

/// What each model decides, by what rule, and on how much held-out mail that rests; none where all
/// decide as they do unless they are asked otherwise.
pub fn as_text<'a>(models: impl Iterator<Item = (&'a str, ChosenDecision)>) -> Option<String> {
    let mut table = Table::new(["model", "decision", "chosen by", "held-out ham", "spam"]);
    let mut is_default = true;
    for (model, chosen) in models {
        is_default &= chosen.rule == DecisionRule::default();
        let by = match chosen.rule {
            DecisionRule::Fixed(_) => "as given".to_owned(),
            rule => rule.in_words(),
        };
        let [ham, spam] = chosen.held_out.map(|emails| emails.to_string());
        table.push([model.to_owned(), chosen.decision.in_words(), by, ham, spam]);
    }
    (!is_default).then(|| table.to_string())
}
