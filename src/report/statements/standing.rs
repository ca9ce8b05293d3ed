//! What the leading model of a family is called: the best one, or the only one.

use crate::results::{Experiment, Family, ranking};

/// Whether a family has a single model with a result.
pub(super) fn is_alone(experiment: &Experiment, family: Family) -> bool {
    ranking(&experiment.models, family).len() == 1
}

/// `the best discriminative model`, or `the only discriminative model`.
pub(super) fn standing(experiment: &Experiment, family: Family) -> String {
    let which = if is_alone(experiment, family) {
        "only"
    } else {
        "best"
    };
    format!("the {which} {family} model")
}
