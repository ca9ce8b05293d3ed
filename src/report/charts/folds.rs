//! What captions say of folds, where there are several.

use crate::results::Experiment;

/// That bands show the folds; `whose` ends the sentence.
pub(super) fn bands(experiment: &Experiment, whose: &str) -> String {
    if experiment.has_folds() {
        format!(" Bands reach from the lowest to the highest fold{whose}.")
    } else {
        String::new()
    }
}

/// On which fold a course was looked at.
pub(super) fn on_the_first(experiment: &Experiment) -> &'static str {
    if experiment.has_folds() {
        ", on the first fold"
    } else {
        ""
    }
}
