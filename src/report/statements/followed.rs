//! Which model of a family is followed or drawn, where that is not the best one.

use super::standing::is_alone;
use super::statement::Statement;
use crate::results::{Experiment, Family, LikelihoodPlane, WorkedExample};

/// Which models read the message of a worked example; none if no model does, or the class of the
/// message is unknown.
pub fn readers(experiment: &Experiment, example: &WorkedExample) -> Option<Statement> {
    let generative = example.bayes.as_ref().map(|one| one.model.as_str());
    let discriminative = example.boundary.as_ref().map(|one| one.model.as_str());
    let class = experiment.emails.label(example.row)?;
    let text = match (generative, discriminative) {
        (Some(a), Some(b)) => format!("{a} and {b} read one {class} message"),
        (Some(one), None) | (None, Some(one)) => format!("{one} reads one {class} message"),
        (None, None) => return None,
    };
    Some(Statement::new(text, Vec::new()))
}

/// That the best generative model is not the one whose likelihoods are drawn; none where it is.
pub fn other_likelihoods(experiment: &Experiment, plane: &LikelihoodPlane) -> Option<Statement> {
    let best = &experiment.models[experiment.best().generative?].name;
    let text = format!(
        "{} is drawn and not {best}, the best generative model, of which no mean likelihood per {} \
         is recorded.",
        plane.model, plane.unit
    );
    (*best != plane.model).then(|| Statement::new(text, Vec::new()))
}

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
