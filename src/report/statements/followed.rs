//! Which model of a family a worked example follows, where that is not the best one.

use super::statement::Statement;
use crate::results::{Experiment, Family};

/// That the best model of a family is not the one that is followed, and why; none where it is, or
/// where the family has no model with a result. `followed` is the name of the one that is.
pub fn followed(
    experiment: &Experiment,
    family: Family,
    followed: Option<&str>,
) -> Option<Statement> {
    let best = match family {
        Family::Generative => experiment.best().generative,
        Family::Discriminative => experiment.best().discriminative,
    };
    let best = experiment.models[best?].name.as_str();
    let cannot = match family {
        Family::Generative => "has no Bayes’ rule to follow token by token",
        Family::Discriminative => "has no weight by token to follow",
    };
    let text = match followed {
        Some(name) if name == best => return None,
        Some(name) => format!(
            "{best}, the best {family} model, {cannot}: {name}, the best that \
             has, is followed instead."
        ),
        None => format!("{best}, the best {family} model, {cannot}, nor has another here."),
    };
    Some(Statement::new(text, Vec::new()))
}
