//! Which model of a family a worked example follows, where that is not the best one.

use super::standing::is_alone;
use super::statement::Statement;
use crate::results::{Experiment, Family};

/// That the best model of a family is not the one that is followed; none where it is, or where the
/// family has no model with a result. `followed` is the name of the one that is.
pub fn followed(
    experiment: &Experiment,
    family: Family,
    followed: Option<&str>,
) -> Option<Statement> {
    let best = experiment.best().of_family(family)?;
    let best = experiment.models[best].name.as_str();
    let text = match followed {
        Some(name) if name == best => return None,
        Some(name) => format!(
            "{name} is followed and not {best}, the best {family} model, of which no evidence by \
             token and sum is recorded."
        ),
        None if is_alone(experiment, family) => {
            format!("Of {best} no evidence by token and sum is recorded.")
        }
        None => format!(
            "Of {best}, the best {family} model, no evidence by token and sum is recorded, nor of \
             another."
        ),
    };
    Some(Statement::new(text, Vec::new()))
}
